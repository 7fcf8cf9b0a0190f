//! One trial, of whichever kind its scenario asks for.

use record::{
    Effort, EntryKey, Flaw, MachineUse, Measurement, MessageKind, MessageShape, ScenarioKind,
};

use super::{Bench, allocations, costs, echo, handshakes, idle};
use crate::{exit::Interrupted, process::Stop};

/// What a trial is to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct TrialTask<'a> {
    /// Which server.
    pub(super) entry: &'a EntryKey,
    /// What is done to it.
    pub(super) kind: &'a ScenarioKind,
    /// For how long.
    pub(super) effort: &'a Effort,
    /// Whether a disturbed machine is no flaw.
    pub(super) tolerates_disturbance: bool,
    /// For a rung of a ladder: messages per second.
    pub(super) rate_per_s: Option<f64>,
    /// Seed of payloads, masks and phases.
    pub(super) seed: u64,
}

/// What a trial gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// What was wrong.
    pub(super) flaws: Vec<Flaw>,
    /// What was measured, as far as it came.
    pub(super) measurement: Option<Measurement>,
    /// What the machine did meanwhile.
    pub(super) machine: Option<MachineUse>,
}

impl Outcome {
    /// A trial without flaws, and without a look at the machine.
    pub(super) fn of(measurement: Measurement) -> Self {
        Self {
            measurement: Some(measurement),
            ..Self::default()
        }
    }
}

/// Runs a trial. When the user asks to stop it is abandoned and leaves no
/// record.
pub(super) fn run(bench: &Bench<'_>, task: &TrialTask<'_>) -> Result<Outcome, Interrupted> {
    let result = match task.kind {
        ScenarioKind::Echo {
            connections,
            in_flight,
            message,
        } => echo::closed(bench, task, *connections, *in_flight, *message),
        ScenarioKind::RateLadder {
            connections,
            message,
            ..
        } => echo::open(bench, task, *connections, *message),
        ScenarioKind::Handshakes { concurrency } => handshakes::run(bench, task, *concurrency),
        ScenarioKind::Idle { levels } => idle::run(bench, task, levels),
        ScenarioKind::AllocationsPerMessage {
            sizes_bytes,
            messages,
            keep,
        } => allocations::per_message(bench, task, sizes_bytes, *messages, *keep),
        ScenarioKind::PerMessageCosts { counted, sizes } => {
            costs::per_message(bench, task, *counted, sizes)
        }
        ScenarioKind::AllocationsPerConnection {
            handshakes,
            connections,
        } => allocations::per_connection(bench, task, *handshakes, *connections),
    };
    match result {
        Ok(outcome) => Ok(outcome),
        Err(Stop::Flawed(flaws)) => Ok(Outcome {
            flaws,
            ..Outcome::default()
        }),
        Err(Stop::Interrupted) => Err(Interrupted),
    }
}

/// The message with which a connection is verified where the scenario is not
/// about messages.
pub(super) const PROBE: MessageShape = MessageShape {
    kind: MessageKind::Binary,
    size_bytes: 125,
};

/// Open files that a process needs besides its connections.
const OTHER_FILES: u64 = 64;

/// The flaw of a scenario that needs more connections than files may be open.
pub(super) fn check_open_files(bench: &Bench<'_>, connections: u32) -> Result<(), Stop> {
    let needed = u64::from(connections) + OTHER_FILES;
    let allowed = bench.kernel.open_file_limit();
    if needed > allowed {
        return Err(Flaw::TooFewFiles { needed, allowed }.into());
    }
    Ok(())
}
