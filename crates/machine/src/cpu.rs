//! What processors did, from `/proc/stat`.

use crate::{MachineError, error::Problem, file::read_with, system};

/// Time of one processor by mode since the boot, in ticks of [`ticks_per_s`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuTicks {
    /// In programs; guests of this machine count here too.
    pub user: u64,
    /// In programs of lowered priority.
    pub nice: u64,
    /// In the kernel.
    pub system: u64,
    /// Doing nothing.
    pub idle: u64,
    /// Doing nothing while something waits for a disk. It may go backwards.
    pub iowait: u64,
    /// In interrupts.
    pub irq: u64,
    /// In soft interrupts, where loopback's receive path runs.
    pub softirq: u64,
    /// Ready to run, but the hypervisor ran something else.
    pub steal: u64,
}

impl CpuTicks {
    /// Ticks in which this processor worked: neither idle nor stolen.
    #[must_use]
    pub fn busy(&self) -> u64 {
        self.user + self.nice + self.system + self.irq + self.softirq
    }

    /// All ticks.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.busy() + self.idle + self.iowait + self.steal
    }

    /// What was added since `earlier`; 0 for a count that went backwards.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            user: self.user.saturating_sub(earlier.user),
            nice: self.nice.saturating_sub(earlier.nice),
            system: self.system.saturating_sub(earlier.system),
            idle: self.idle.saturating_sub(earlier.idle),
            iowait: self.iowait.saturating_sub(earlier.iowait),
            irq: self.irq.saturating_sub(earlier.irq),
            softirq: self.softirq.saturating_sub(earlier.softirq),
            steal: self.steal.saturating_sub(earlier.steal),
        }
    }
}

/// Every processor that is online, by its number.
///
/// # Errors
/// Elsewhere than on Linux.
pub fn cpu_ticks() -> Result<Vec<(u32, CpuTicks)>, MachineError> {
    read_with("/proc/stat", parse_cpu_ticks)
}

/// Ticks per second in the kernel's files; 100 on any Linux.
#[must_use]
pub fn ticks_per_s() -> u64 {
    system::ticks_per_s().unwrap_or(100)
}

fn parse_cpu_ticks(stat: &str) -> Result<Vec<(u32, CpuTicks)>, Problem> {
    let cpus: Vec<_> = stat
        .lines()
        .filter_map(|line| line.strip_prefix("cpu"))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
        .map(parse_cpu)
        .collect::<Option<_>>()
        .ok_or(Problem("a processor's line has not eight counts"))?;
    if cpus.is_empty() {
        return Err(Problem("no processor"));
    }
    Ok(cpus)
}

/// The line of one processor, without `cpu` before its number.
fn parse_cpu(line: &str) -> Option<(u32, CpuTicks)> {
    let mut fields = line.split_ascii_whitespace();
    let number = fields.next()?.parse().ok()?;
    let mut next = || fields.next()?.parse().ok();
    let ticks = CpuTicks {
        user: next()?,
        nice: next()?,
        system: next()?,
        idle: next()?,
        iowait: next()?,
        irq: next()?,
        softirq: next()?,
        steal: next()?,
    };
    Some((number, ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  5657 0 2695 259360 1057 0 41 30 0 0\n\
                        cpu0 2307 1 1043 130890 136 2 5 12 0 0\n\
                        cpu3 3350 0 1652 128470 921 0 35 17 9 9\n\
                        intr 157355 0 0\nctxt 289465\n";

    #[test]
    fn processors_keep_their_numbers() {
        let cpus = parse_cpu_ticks(STAT).unwrap();
        let zero = CpuTicks {
            user: 2307,
            nice: 1,
            system: 1043,
            idle: 130_890,
            iowait: 136,
            irq: 2,
            softirq: 5,
            steal: 12,
        };
        assert_eq!(cpus[0], (0, zero));
        assert_eq!(cpus[1].0, 3);
        assert_eq!(cpus.len(), 2);
        assert_eq!(zero.busy(), 2307 + 1 + 1043 + 2 + 5);
        assert_eq!(zero.total(), 2307 + 1 + 1043 + 2 + 5 + 130_890 + 136 + 12);
    }

    #[test]
    fn a_count_that_went_backwards_counts_as_nothing() {
        let cpus = parse_cpu_ticks(STAT).unwrap();
        let (earlier, later) = (cpus[0].1, cpus[1].1);
        let difference = later.since(&earlier);
        assert_eq!(difference.user, 1043);
        assert_eq!(difference.idle, 0);
        assert_eq!(difference.steal, 5);
        assert_eq!(earlier.since(&earlier), CpuTicks::default());
    }

    #[test]
    fn other_texts_are_refused() {
        assert!(parse_cpu_ticks("cpu  1 2 3 4 5 6 7 8\n").is_err());
        assert!(parse_cpu_ticks("cpu0 1 2 3\n").is_err());
        assert!(parse_cpu_ticks("cpu0x 1 2 3 4 5 6 7 8\n").is_err());
    }
}
