//! Was the machine quiet enough for a trial to say something?
//!
//! The bounds were set before the published run, from the evidence of earlier
//! ones, and look at the machine and the generator. A trial beyond them stays
//! in the file with its reason, and its cell is run again.

use record::{Disturbance, Flaw, LoadResult, MachineUse};

/// Share of the time of the trial's processors that the hypervisor may take.
const MOST_STEAL: f64 = 0.05;

/// Share of the time in which a thread of the generator may be ready and not
/// running.
const MOST_PREEMPTION: f64 = 0.05;

/// Share of the time in which some task may wait for memory or for a disk.
const MOST_STALL: f64 = 0.05;

/// Share of the median response time that the median lag of the schedule may be.
const MOST_LAG: f64 = 0.5;

/// Busy share of the generator's processors at a fixed rate: above it a row is
/// called generator-bound in a closed loop, too. Below, a busier generator is
/// no later one: it sleeps less, and its lag falls.
const MOST_BUSY_AT_A_RATE: f64 = 0.9;

/// What disturbed a window, or a round of one, that `threads` threads of the generator drove, on
/// `trial_cpus` processors of server and generator together. Where the two
/// `share` a processor the generator waits for the server, which is no
/// disturbance.
pub(super) fn of_machine(
    machine: &MachineUse,
    load: &LoadResult,
    threads: usize,
    trial_cpus: usize,
    share: bool,
) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut judge = |by, part: f64, whole: f64, bound| {
        let share = part / whole;
        if share > bound {
            flaws.push(Flaw::Disturbed { by, share, bound });
        }
    };
    if let Some(steal_ticks) = machine.trial_cpus_steal_ticks {
        let ticks = machine.elapsed_ticks * trial_cpus as u64;
        // Of a single tick nobody knows how much of it was stolen.
        if steal_ticks > 1 {
            let all = ticks.max(steal_ticks) as f64;
            judge(Disturbance::Steal, steal_ticks as f64, all, MOST_STEAL);
        }
    }
    let elapsed_ns = load.drained_ns.max(1) as f64;
    if let (Some(wait_ns), false) = (load.generator_wait_ns, share) {
        judge(
            Disturbance::GeneratorPreempted,
            wait_ns as f64,
            elapsed_ns * threads.max(1) as f64,
            MOST_PREEMPTION,
        );
    }
    for (by, stall_ns) in [
        (Disturbance::MemoryStall, machine.memory_stall_ns),
        (Disturbance::IoStall, machine.io_stall_ns),
    ] {
        if let Some(stall_ns) = stall_ns {
            judge(by, stall_ns as f64, elapsed_ns, MOST_STALL);
        }
    }
    flaws
}

/// What kept the generator from being where the schedule of an open loop
/// wanted it, on `client_cpus` processors.
pub(super) fn of_schedule(load: &LoadResult, client_cpus: usize) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let elapsed_ns = load.drained_ns.max(1) as f64;
    let share = load.generator_cpu_ns as f64 / (elapsed_ns * client_cpus.max(1) as f64);
    if share > MOST_BUSY_AT_A_RATE {
        flaws.push(Flaw::GeneratorSaturated {
            share,
            bound: MOST_BUSY_AT_A_RATE,
        });
    }
    let Some(lag) = &load.schedule_lag else {
        flaws.push(Flaw::GeneratorFailed {
            error: "its result has no schedule lag".to_owned(),
        });
        return flaws;
    };
    match (lag.decode(), load.response_time.decode()) {
        (Ok(lag), Ok(response)) => {
            let lag_p50_ns = lag.value_at_quantile(0.5);
            let response_p50_ns = response.value_at_quantile(0.5);
            if lag_p50_ns as f64 > MOST_LAG * response_p50_ns as f64 {
                flaws.push(Flaw::ScheduleLagged {
                    lag_p50_ns,
                    response_p50_ns,
                    bound: MOST_LAG,
                });
            }
        }
        (Err(error), _) | (_, Err(error)) => flaws.push(Flaw::GeneratorFailed {
            error: error.to_string(),
        }),
    }
    flaws
}

#[cfg(test)]
mod tests {
    use record::{EncodedHistogram, FlawKind, new_latency_histogram};

    use super::*;
    use crate::run::fixture;

    fn quiet() -> (MachineUse, LoadResult) {
        let machine = MachineUse {
            ticks_per_s: 100,
            elapsed_ticks: 25,
            trial_cpus_steal_ticks: Some(1),
            cpu_stall_ns: Some(250_000_000),
            memory_stall_ns: Some(0),
            io_stall_ns: Some(0),
            ..MachineUse::default()
        };
        let mut load = fixture::load_result();
        load.drained_ns = 250_000_000;
        load.generator_wait_ns = Some(1_000_000);
        (machine, load)
    }

    fn disturbances(machine: &MachineUse, load: &LoadResult) -> Vec<Disturbance> {
        of_machine(machine, load, 1, 2, false)
            .into_iter()
            .filter_map(|flaw| match flaw {
                Flaw::Disturbed { by, share, bound } => {
                    assert!(share > bound);
                    Some(by)
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_quiet_machine_has_no_flaw() {
        let (machine, load) = quiet();
        assert!(of_machine(&machine, &load, 1, 2, false).is_empty());
        // A kernel that tells nothing can't be blamed.
        let mut silent = load;
        silent.generator_wait_ns = None;
        assert!(of_machine(&MachineUse::default(), &silent, 1, 2, false).is_empty());
    }

    #[test]
    fn each_disturbance_has_its_name() {
        let (machine, load) = quiet();
        let mut stolen = machine;
        // 2 of 50 ticks are within the bound, 3 are not.
        stolen.trial_cpus_steal_ticks = Some(2);
        assert!(disturbances(&stolen, &load).is_empty());
        stolen.trial_cpus_steal_ticks = Some(3);
        assert_eq!(disturbances(&stolen, &load), [Disturbance::Steal]);

        let mut preempted = load.clone();
        preempted.generator_wait_ns = Some(12_600_000);
        assert_eq!(
            disturbances(&machine, &preempted),
            [Disturbance::GeneratorPreempted]
        );
        assert!(of_machine(&machine, &preempted, 2, 3, false).is_empty());
        assert!(of_machine(&machine, &preempted, 1, 1, true).is_empty());

        let mut stalled = machine;
        stalled.memory_stall_ns = Some(13_000_000);
        stalled.io_stall_ns = Some(13_000_000);
        assert_eq!(
            disturbances(&stalled, &load),
            [Disturbance::MemoryStall, Disturbance::IoStall]
        );
    }

    fn histogram_of(value_ns: u64) -> EncodedHistogram {
        let mut histogram = new_latency_histogram();
        histogram.record(value_ns).unwrap();
        EncodedHistogram::encode(&histogram).unwrap()
    }

    fn schedule_flaws(lag_ns: u64, response_ns: u64, busy_ns: u64) -> Vec<FlawKind> {
        let mut load = fixture::load_result();
        load.drained_ns = 100_000_000;
        load.generator_cpu_ns = busy_ns;
        load.response_time = histogram_of(response_ns);
        load.schedule_lag = Some(histogram_of(lag_ns));
        let flaws = of_schedule(&load, 1);
        flaws.iter().map(Flaw::kind).collect()
    }

    #[test]
    fn a_late_or_busy_generator_spoils_a_fixed_rate() {
        assert!(schedule_flaws(40_000, 100_000, 89_000_000).is_empty());
        assert_eq!(
            schedule_flaws(60_000, 100_000, 89_000_000),
            [FlawKind::ScheduleLagged]
        );
        assert_eq!(
            schedule_flaws(40_000, 100_000, 91_000_000),
            [FlawKind::GeneratorSaturated]
        );
        let mut load = fixture::load_result();
        load.schedule_lag = None;
        let flaws = of_schedule(&load, 1);
        assert_eq!(flaws[0].kind(), FlawKind::GeneratorFailed);
    }
}
