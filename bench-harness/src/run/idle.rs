//! Trials of idle connections: memory at growing numbers of them.

use std::time::Duration;

use record::{IdleLevel, Load, Measurement};

use super::{
    Bench, Session,
    trial::{Outcome, PROBE, TrialTask, check_open_files},
};
use crate::process::Stop;

/// How long a server rests before its memory is read: background threads have
/// ended, and freed pages have gone back.
const SETTLE: Duration = Duration::from_millis(150);

/// Reads the memory without connections and at each of `levels`.
pub(super) fn run(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    levels: &[u32],
) -> Result<Outcome, Stop> {
    let highest = levels.iter().copied().max().unwrap_or(0);
    check_open_files(bench, highest)?;
    let mut session = Session::open(bench, task.entry, 0)?;
    session.settle(SETTLE);
    let mut read = vec![level(bench, &mut session, 0)?];

    let first = levels.first().copied().unwrap_or(0);
    let workload = session.workload(task.seed, first, Load::Hold, PROBE);
    for (index, &connections) in levels.iter().enumerate() {
        if index == 0 {
            session.connect(&workload)?;
        } else {
            session.hold(connections, &workload)?;
        }
        session.settle(SETTLE);
        read.push(level(bench, &mut session, u64::from(connections))?);
        // Opens none: says whether those that were counted are still there.
        session.hold(connections, &workload)?;
    }
    if let Some(exited) = session.server.exited() {
        return Err(exited.into());
    }
    Ok(Outcome::of(Measurement::Idle { levels: read }))
}

fn level(
    bench: &Bench<'_>,
    session: &mut Session<'_>,
    connections: u64,
) -> Result<IdleLevel, Stop> {
    let pid = session.server.pid();
    let memory = bench.kernel.memory(pid);
    let threads = bench.kernel.switches(pid).map(|switches| switches.threads);
    match (memory, threads) {
        (Ok(memory), Ok(threads)) => Ok(IdleLevel {
            connections,
            memory,
            threads,
        }),
        (Err(error), _) | (_, Err(error)) => Err(session.not_readable(error)),
    }
}
