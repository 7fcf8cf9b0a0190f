//! Is a run complete?

use record::{BuildOutcome, FlawKind, Plan, RunHeader, TrialRecord};

use crate::exit::Exit;

/// Flaws that say something about a server, not about the machine. One in any
/// trial is worth an exit code; a missed rate is one only when no block of its
/// cell reached it.
fn is_server_s_fault(kind: FlawKind) -> bool {
    !matches!(
        kind,
        FlawKind::RateNotReached
            | FlawKind::GeneratorFailed
            | FlawKind::ToolMissing
            | FlawKind::ToolFailed
            | FlawKind::NotReadable
            | FlawKind::TooFewFiles
            | FlawKind::TimedOut
            | FlawKind::NotSteady
    )
}

/// Whether nothing but an optional tool kept the trial from its figures: its
/// cell says so, and the run is complete nevertheless.
fn lacks_only_a_tool(trial: &TrialRecord) -> bool {
    let is_tool_s = |kind| matches!(kind, FlawKind::ToolMissing | FlawKind::ToolFailed);
    !trial.flaws.is_empty() && trial.flaws.iter().all(|flaw| is_tool_s(flaw.kind()))
}

/// What is missing or wrong, one line per row and cell; empty when the run is
/// complete as far as it came.
pub(super) fn shortcomings(header: &RunHeader, trials: &[TrialRecord]) -> Vec<String> {
    let mut found = Vec::new();
    for contender in &header.contenders {
        if matches!(contender.build, BuildOutcome::Failed { .. }) {
            found.push(format!("{} could not be built", contender.name));
        }
    }
    for check in &header.checks {
        if let Some(flaw) = check.flaws.first() {
            found.push(format!("{} failed its check: {flaw}", check.entry));
        }
    }
    for entry in &header.plan.entries {
        for cell in &header.plan.cells {
            let of_row: Vec<&TrialRecord> = trials
                .iter()
                .filter(|trial| trial.entry == entry.key && trial.cell == cell.name)
                .collect();
            let flaws = of_row.iter().flat_map(|trial| &trial.flaws);
            let mut server_s_fault = flaws.filter(|flaw| is_server_s_fault(flaw.kind()));
            let never_valid = !of_row.is_empty()
                && !of_row
                    .iter()
                    .any(|trial| trial.is_valid() || lacks_only_a_tool(trial));
            let reason = match server_s_fault.next() {
                Some(flaw) => Some(flaw.to_string()),
                None if never_valid => Some(
                    of_row
                        .iter()
                        .flat_map(|trial| &trial.flaws)
                        .next()
                        .map_or_else(|| "nothing was measured".to_owned(), ToString::to_string),
                ),
                None => None,
            };
            if let Some(reason) = reason {
                found.push(format!("{} in {}: {reason}", entry.key, cell.name));
            }
        }
    }
    found
}

/// The exit code of a run.
pub(super) fn exit_of(interrupted: bool, shortcomings: &[String]) -> Exit {
    if interrupted {
        Exit::Interrupted
    } else if shortcomings.is_empty() {
        Exit::Ok
    } else {
        Exit::Incomplete
    }
}

/// Whether every trial of the plan is on record.
pub(super) fn is_whole(plan: &Plan, trials: &[TrialRecord]) -> bool {
    trials.len() >= plan.trials.len()
}
