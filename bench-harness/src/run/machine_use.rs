//! What the machine did between two readings.

use machine::CpuTicks;
use record::MachineUse;

/// The difference of two readings of all processors.
pub(super) fn between(
    before: &[(u32, CpuTicks)],
    after: &[(u32, CpuTicks)],
    server_cpus: &[u32],
    client_cpus: &[u32],
    ticks_per_s: u64,
) -> MachineUse {
    let mut machine_use = MachineUse {
        ticks_per_s,
        ..MachineUse::default()
    };
    for (cpu, later) in after {
        let Some((_, earlier)) = before.iter().find(|(number, _)| number == cpu) else {
            continue;
        };
        let passed = later.since(earlier);
        machine_use.steal_ticks += passed.steal;
        machine_use.elapsed_ticks = machine_use.elapsed_ticks.max(passed.total());
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

    #[test]
    fn processors_are_told_apart_and_steal_is_of_all() {
        let ticks = |user, softirq, steal, idle| CpuTicks {
            user,
            softirq,
            steal,
            idle,
            ..CpuTicks::default()
        };
        let before = [(0, ticks(90, 10, 1, 500)), (1, ticks(180, 20, 2, 500))];
        let after = [(0, ticks(137, 13, 2, 509)), (1, ticks(201, 29, 4, 528))];
        assert_eq!(
            between(&before, &after, &[0], &[1], 100),
            MachineUse {
                ticks_per_s: 100,
                steal_ticks: 3,
                server_cpus_busy_ticks: 50,
                server_cpus_softirq_ticks: 3,
                client_cpus_busy_ticks: 30,
                client_cpus_softirq_ticks: 9,
                elapsed_ticks: 60,
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
        assert_eq!(between(&[], &one, &[0], &[0], 100).elapsed_ticks, 0);
        assert_eq!(between(&one, &[], &[0], &[0], 100).elapsed_ticks, 0);
    }
}
