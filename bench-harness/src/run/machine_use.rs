//! What the machine did between two readings.

use machine::{CpuTicks, Stalls};
use record::MachineUse;

/// One reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Every processor, by its number.
    pub(super) ticks: Vec<(u32, CpuTicks)>,
    /// What tasks waited for, where the kernel tells.
    pub(super) stalls: Option<Stalls>,
}

/// The difference of two readings.
pub(super) fn between(
    before: &Reading,
    after: &Reading,
    server_cpus: &[u32],
    client_cpus: &[u32],
    ticks_per_s: u64,
) -> MachineUse {
    let mut machine_use = MachineUse {
        ticks_per_s,
        trial_cpus_steal_ticks: Some(0),
        ..MachineUse::default()
    };
    if let (Some(before), Some(after)) = (before.stalls, after.stalls) {
        machine_use.cpu_stall_ns = Some(after.cpu_ns.saturating_sub(before.cpu_ns));
        machine_use.memory_stall_ns = Some(after.memory_ns.saturating_sub(before.memory_ns));
        machine_use.io_stall_ns = Some(after.io_ns.saturating_sub(before.io_ns));
    }
    for (cpu, later) in &after.ticks {
        let Some((_, earlier)) = before.ticks.iter().find(|(number, _)| number == cpu) else {
            continue;
        };
        let passed = later.since(earlier);
        machine_use.steal_ticks += passed.steal;
        machine_use.elapsed_ticks = machine_use.elapsed_ticks.max(passed.total());
        if (server_cpus.contains(cpu) || client_cpus.contains(cpu))
            && let Some(steal_ticks) = &mut machine_use.trial_cpus_steal_ticks
        {
            *steal_ticks += passed.steal;
        }
        if server_cpus.contains(cpu) {
            machine_use.server_cpus_busy_ticks += passed.busy();
            machine_use.server_cpus_softirq_ticks += passed.softirq;
        }
        if client_cpus.contains(cpu) {
            machine_use.client_cpus_busy_ticks += passed.busy();
            machine_use.client_cpus_softirq_ticks += passed.softirq;
        }
    }
    machine_use
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(ticks: &[(u32, CpuTicks)]) -> Reading {
        Reading {
            ticks: ticks.to_vec(),
            stalls: None,
        }
    }

    #[test]
    fn stalls_are_differences_where_they_are_known() {
        let at = |cpu_ns, memory_ns, io_ns| Reading {
            ticks: Vec::new(),
            stalls: Some(Stalls {
                cpu_ns,
                memory_ns,
                io_ns,
            }),
        };
        let passed = between(&at(5, 6, 7), &at(15, 26, 37), &[0], &[1], 100);
        assert_eq!(passed.cpu_stall_ns, Some(10));
        assert_eq!(passed.memory_stall_ns, Some(20));
        assert_eq!(passed.io_stall_ns, Some(30));
        let unknown = between(&reading(&[]), &at(1, 1, 1), &[0], &[1], 100);
        assert_eq!(unknown.cpu_stall_ns, None);
    }

    #[test]
    fn processors_are_told_apart_and_steal_is_of_all() {
        let ticks = |user, softirq, steal, idle| CpuTicks {
            user,
            softirq,
            steal,
            idle,
            ..CpuTicks::default()
        };
        let before = [
            (0, ticks(90, 10, 1, 500)),
            (1, ticks(180, 20, 2, 500)),
            (2, ticks(0, 0, 0, 0)),
        ];
        let after = [
            (0, ticks(137, 13, 2, 509)),
            (1, ticks(201, 29, 4, 528)),
            (2, ticks(0, 0, 7, 53)),
        ];
        assert_eq!(
            between(&reading(&before), &reading(&after), &[0], &[1], 100),
            MachineUse {
                ticks_per_s: 100,
                steal_ticks: 10,
                trial_cpus_steal_ticks: Some(3),
                server_cpus_busy_ticks: 50,
                server_cpus_softirq_ticks: 3,
                client_cpus_busy_ticks: 30,
                client_cpus_softirq_ticks: 9,
                elapsed_ticks: 60,
                ..MachineUse::default()
            }
        );
    }

    #[test]
    fn a_processor_that_went_away_or_came_is_left_out() {
        let one = [(
            0,
            CpuTicks {
                user: 5,
                ..CpuTicks::default()
            },
        )];
        let (none, one) = (reading(&[]), reading(&one));
        assert_eq!(between(&none, &one, &[0], &[0], 100).elapsed_ticks, 0);
        assert_eq!(between(&one, &none, &[0], &[0], 100).elapsed_ticks, 0);
    }
}
