//! Trials of echoes, in a closed or an open loop.

use std::collections::BTreeSet;

use record::{Extent, Flaw, Load, Measurement, MessageShape, ProcessUse, Workload};

use super::{
    Bench, Session,
    machine_use::{self, Reading},
    session::STAGGER_BYTES,
    trial::{Outcome, TrialTask, check_open_files},
    validity,
};
use crate::process::Stop;

/// A closed loop: every connection keeps `in_flight` messages on the way.
pub(super) fn closed(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    connections: u32,
    in_flight: u32,
    message: MessageShape,
) -> Result<Outcome, Stop> {
    check_open_files(bench, connections)?;
    let mut session = Session::open(bench, task.entry, 0)?;
    let mut workload =
        session.workload(task.seed, connections, Load::Closed { in_flight }, message);
    workload.window = Extent::DurationNs(task.effort.window_ns);
    window(bench, task, &mut session, workload)
}

/// An open loop at the rung's rate.
pub(super) fn open(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    connections: u32,
    message: MessageShape,
) -> Result<Outcome, Stop> {
    check_open_files(bench, connections)?;
    let rate_per_s = task.rate_per_s.ok_or_else(|| Flaw::GeneratorFailed {
        error: "no rate: the calibration failed for every server".to_owned(),
    })?;
    let mut session = Session::open(bench, task.entry, 0)?;
    let mut workload = session.workload(task.seed, connections, Load::Open { rate_per_s }, message);
    workload.window = Extent::DurationNs(task.effort.rate_window_ns);
    window(bench, task, &mut session, workload)
}

fn window(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    session: &mut Session<'_>,
    mut workload: Workload,
) -> Result<Outcome, Stop> {
    workload.stagger_bytes = STAGGER_BYTES;
    workload.warm_up = Extent::DurationNs(task.effort.warm_up_ns);
    session.connect(&workload)?;
    let observed = observe(bench, task, session, &workload)?;
    Ok(Outcome {
        flaws: observed.flaws,
        measurement: Some(Measurement::Echo {
            load: Box::new(observed.load),
            server: observed.server,
            offered_per_s: task.rate_per_s,
        }),
        machine: observed.machine,
    })
}

/// A measured window with everything that was read around it.
pub(super) struct Observed {
    /// What was wrong.
    pub(super) flaws: Vec<Flaw>,
    /// What the generator says.
    pub(super) load: record::LoadResult,
    /// What the server used.
    pub(super) server: ProcessUse,
    /// What the machine did.
    pub(super) machine: Option<record::MachineUse>,
}

/// Measures a window and reads the kernel's counters before and after.
pub(super) fn observe(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    session: &mut Session<'_>,
    workload: &Workload,
) -> Result<Observed, Stop> {
    let pid = session.server.pid();
    let switches_before = bench
        .kernel
        .switches(pid)
        .map_err(|error| session.not_readable(error))?;
    let before = read_machine(bench)?;
    let load = session.drive(workload)?;
    let after = read_machine(bench)?;
    let mut flaws = session.judge(workload, &load)?;

    // A server that has ended has no counters left; its exit is the flaw.
    let mut server = ProcessUse::default();
    match (bench.kernel.memory(pid), bench.kernel.switches(pid)) {
        (Ok(memory), Ok(after)) => {
            server.memory = memory;
            server.threads = after.threads;
            server.voluntary_switches = after.voluntary.saturating_sub(switches_before.voluntary);
            server.involuntary_switches = after
                .involuntary
                .saturating_sub(switches_before.involuntary);
        }
        (Err(error), _) | (_, Err(error)) if flaws.is_empty() => {
            flaws.push(Flaw::NotReadable { error });
        }
        _ => {}
    }
    if load.observed_cpu_ns.is_none() && flaws.is_empty() {
        flaws.push(Flaw::NotReadable {
            error: "the server's CPU time, by the load generator".to_owned(),
        });
    }
    let machine = machine_use::between(
        &before,
        &after,
        &bench.server_cpus,
        &bench.client_cpus,
        bench.kernel.ticks_per_s(),
    );
    if !task.tolerates_disturbance {
        let cpus = bench.server_cpus.iter().chain(&bench.client_cpus);
        let trial_cpus = cpus.collect::<BTreeSet<_>>().len();
        let threads = workload.threads as usize;
        let share = trial_cpus < bench.server_cpus.len() + bench.client_cpus.len();
        let found = validity::of_machine(&machine, &load, threads, trial_cpus, share);
        flaws.extend(found);
        if matches!(workload.load, Load::Open { .. }) {
            flaws.extend(validity::of_schedule(&load, threads));
        }
    }
    Ok(Observed {
        flaws,
        load,
        server,
        machine: Some(machine),
    })
}

fn read_machine(bench: &Bench<'_>) -> Result<Reading, Flaw> {
    let ticks = bench
        .kernel
        .cpu_ticks()
        .map_err(|error| Flaw::NotReadable { error })?;
    Ok(Reading {
        ticks,
        stalls: bench.kernel.stalls(),
    })
}
