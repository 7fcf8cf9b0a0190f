//! One trial, of whichever kind its scenario asks for.

use record::{
    Effort, EntryKey, Flaw, MachineUse, Measurement, MessageKind, MessageShape, ScenarioKind,
};

use super::{
    Bench, allocations, costs, idle,
    window::{Window, knows_disk_waits},
};
use crate::{exit::Interrupted, process::Stop};

/// What a trial is to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct TrialTask<'a> {
    /// Which server.
    pub(super) entry: &'a EntryKey,
    /// Whether the others are compared with it.
    pub(super) is_reference: bool,
    /// What is done to it.
    pub(super) kind: &'a ScenarioKind,
    /// For how long.
    pub(super) effort: &'a Effort,
    /// Whether a disturbed machine is no flaw.
    pub(super) tolerates_disturbance: bool,
    /// Rounds of its window.
    pub(super) rounds: u32,
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

/// Runs a trial by itself. When the user asks to stop it is abandoned and
/// leaves no record.
pub(super) fn run(bench: &Bench<'_>, task: &TrialTask<'_>) -> Result<Outcome, Interrupted> {
    or_flaws(match task.kind {
        ScenarioKind::Echo { .. }
        | ScenarioKind::RateLadder { .. }
        | ScenarioKind::Handshakes { .. } => alone(bench, task),
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
    })
}

/// A window that no other server shares.
fn alone(bench: &Bench<'_>, task: &TrialTask<'_>) -> Result<Outcome, Stop> {
    let Some(mut window) = Window::open(bench, task)? else {
        return Ok(Outcome::default());
    };
    if !knows_disk_waits(bench) {
        window.forget_disk_waits();
    }
    for _ in 0..task.rounds.max(1) {
        window.round()?;
    }
    window.finish()
}

/// A trial that was stopped by its flaws has an outcome, too.
pub(super) fn or_flaws(result: Result<Outcome, Stop>) -> Result<Outcome, Interrupted> {
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
