//! Trials of opening handshakes.

use record::{Extent, Load, Measurement};

use super::{
    Bench, Session, echo,
    trial::{Outcome, PROBE, TrialTask, check_open_files},
};
use crate::process::Stop;

/// Opens, upgrades and closes connections, `concurrency` at a time.
pub(super) fn run(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    concurrency: u32,
) -> Result<Outcome, Stop> {
    check_open_files(bench, concurrency)?;
    let mut session = Session::open(bench, task.entry, 0)?;
    let load = Load::Handshakes { concurrency };
    let mut workload = session.workload(task.seed, concurrency, load, PROBE);
    workload.warm_up = Extent::DurationNs(task.effort.warm_up_ns);
    workload.window = Extent::DurationNs(task.effort.window_ns);
    session.connect(&workload)?;
    let observed = echo::observe(bench, task, &mut session, &workload)?;
    Ok(Outcome {
        flaws: observed.flaws,
        measurement: Some(Measurement::Handshakes {
            load: Box::new(observed.load),
            server: observed.server,
        }),
        machine: observed.machine,
    })
}
