//! Trials of allocations: exact counts, each taken twice.

use std::time::Duration;

use record::{
    AllocationMeasurement, AllocationStep, AllocationSubject, Extent, Load, Measurement,
    MessageKind, MessageShape, Workload,
};

use super::{
    Bench, Session,
    trial::{Outcome, PROBE, TrialTask, check_open_files},
};
use crate::process::Stop;

/// How long a server rests before it is asked: what it does after the last
/// echo is part of the work.
const SETTLE: Duration = Duration::from_millis(10);

/// Messages before the first count, besides those that the server keeps:
/// buffers have found their size by then.
const WARM_UP_MESSAGES: u64 = 128;

/// Handshakes and connections before the first count.
const WARM_UP_CONNECTIONS: u32 = 32;

/// Counts what echoes of each size allocate, on one connection with one
/// message in flight.
pub(super) fn per_message(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    sizes_bytes: &[u64],
    messages: u64,
    keep: u32,
) -> Result<Outcome, Stop> {
    let mut session = Session::open(bench, task.entry, keep)?;
    let mut steps = Vec::with_capacity(sizes_bytes.len());
    let protocol = session.ready.protocol;
    for &size_bytes in sizes_bytes.iter().filter(|size| protocol.carries(**size)) {
        let message = MessageShape {
            kind: MessageKind::Binary,
            size_bytes,
        };
        let load = Load::Closed { in_flight: 1 };
        let mut workload = session.workload(task.seed, 1, load, message);
        workload.warm_up = Extent::Count(WARM_UP_MESSAGES + 2 * u64::from(keep));
        workload.window = Extent::Count(messages);
        session.connect(&workload)?;
        steps.push(count_twice(
            &mut session,
            AllocationSubject::Message { size_bytes },
            messages,
            |session, _| go(session, &workload),
        )?);
        session.disconnect()?;
    }
    session.server.count_off()?;
    finish(session, keep, steps)
}

/// Counts what handshakes allocate, and what connections that stay do.
pub(super) fn per_connection(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    handshakes: u64,
    connections: u32,
) -> Result<Outcome, Stop> {
    let held = WARM_UP_CONNECTIONS + 2 * connections;
    check_open_files(bench, held)?;
    let mut session = Session::open(bench, task.entry, 0)?;

    let load = Load::Handshakes { concurrency: 1 };
    let mut workload = session.workload(task.seed, 1, load, PROBE);
    workload.warm_up = Extent::Count(u64::from(WARM_UP_CONNECTIONS));
    workload.window = Extent::Count(handshakes);
    session.connect(&workload)?;
    let handshake = count_twice(
        &mut session,
        AllocationSubject::Handshake,
        handshakes,
        |session, _| go(session, &workload),
    )?;
    session.disconnect()?;

    let workload = session.workload(task.seed, WARM_UP_CONNECTIONS, Load::Hold, PROBE);
    session.connect(&workload)?;
    let connection = count_twice(
        &mut session,
        AllocationSubject::Connection,
        u64::from(connections),
        |session, round| {
            let total = WARM_UP_CONNECTIONS + (round + 1) * connections;
            session.hold(total, &workload).map(drop)
        },
    )?;
    session.server.count_off()?;
    finish(session, 0, vec![handshake, connection])
}

/// Does `work` twice, with the numbers 0 and 1, and counts each time apart.
fn count_twice(
    session: &mut Session<'_>,
    subject: AllocationSubject,
    times: u64,
    mut work: impl FnMut(&mut Session<'_>, u32) -> Result<(), Stop>,
) -> Result<AllocationStep, Stop> {
    let mut count = |round| {
        session.settle(SETTLE);
        session.server.count_on()?;
        work(session, round)?;
        session.settle(SETTLE);
        session.server.stats()
    };
    Ok(AllocationStep {
        subject,
        times,
        counts: count(0)?,
        counts_again: count(1)?,
    })
}

fn go(session: &mut Session<'_>, workload: &Workload) -> Result<(), Stop> {
    let (_, flaws) = session.go(workload)?;
    if flaws.is_empty() {
        Ok(())
    } else {
        Err(Stop::Flawed(flaws))
    }
}

fn finish(
    mut session: Session<'_>,
    keep: u32,
    steps: Vec<AllocationStep>,
) -> Result<Outcome, Stop> {
    if let Some(exited) = session.server.exited() {
        return Err(exited.into());
    }
    Ok(Outcome::of(Measurement::Allocations(
        AllocationMeasurement { keep, steps },
    )))
}
