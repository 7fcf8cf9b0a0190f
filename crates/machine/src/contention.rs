//! Signs that somebody else wanted the same processors, memory or disk.

use crate::{MachineError, error::Problem, file::read_with};

/// Time since the boot in which some task of the machine had to wait
/// (`some … total=` of `/proc/pressure`, see the kernel's `accounting/psi`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stalls {
    /// For a processor.
    pub cpu_ns: u64,
    /// For memory.
    pub memory_ns: u64,
    /// For a disk.
    pub io_ns: u64,
}

/// What tasks of this machine waited for until now.
///
/// # Errors
/// Where the kernel keeps no pressure stall information.
pub fn stalls() -> Result<Stalls, MachineError> {
    let read = |name: &str| read_with(format!("/proc/pressure/{name}"), parse_pressure);
    Ok(Stalls {
        cpu_ns: read("cpu")?,
        memory_ns: read("memory")?,
        io_ns: read("io")?,
    })
}

/// Time in which the calling thread was ready to run and its processor ran
/// something else, in ns; from `/proc/thread-self/schedstat`.
///
/// # Errors
/// Where the kernel doesn't count it.
pub fn thread_run_queue_wait_ns() -> Result<u64, MachineError> {
    read_with("/proc/thread-self/schedstat", parse_schedstat)
}

/// `some avg10=0.00 avg60=0.10 avg300=0.65 total=7430968`, the total in us.
fn parse_pressure(text: &str) -> Result<u64, Problem> {
    let some = text
        .lines()
        .find_map(|line| line.strip_prefix("some "))
        .ok_or(Problem("no line \"some\""))?;
    let total_us: u64 = some
        .split_ascii_whitespace()
        .find_map(|word| word.strip_prefix("total="))
        .and_then(|total| total.parse().ok())
        .ok_or(Problem("no total"))?;
    Ok(total_us.saturating_mul(1000))
}

/// Time running, time waiting to run, times that it ran; the times in ns.
fn parse_schedstat(text: &str) -> Result<u64, Problem> {
    text.split_ascii_whitespace()
        .nth(1)
        .and_then(|waited| waited.parse().ok())
        .ok_or(Problem("no second number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressure_is_the_total_of_some() {
        let text = "some avg10=0.07 avg60=0.44 avg300=1.74 total=24845216\n\
                    full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
        assert_eq!(parse_pressure(text), Ok(24_845_216_000));
        assert!(parse_pressure("full avg10=0.00 total=7\n").is_err());
        assert!(parse_pressure("some avg10=0.00\n").is_err());
    }

    #[test]
    fn waiting_is_the_second_number() {
        assert_eq!(parse_schedstat("36151052 136121 20\n"), Ok(136_121));
        assert!(parse_schedstat("36151052\n").is_err());
        assert!(parse_schedstat("").is_err());
    }
}
