//! What was wrong with the trials of a row.

use std::collections::BTreeMap;

use record::{Flaw, FlawKind, TrialRecord};

use crate::findings::FlawNote;

/// A flaw in as few words as fit a table's cell.
pub(crate) fn short_name(kind: FlawKind) -> &'static str {
    match kind {
        FlawKind::NotStarted => "did not start",
        FlawKind::NeverReady => "never ready",
        FlawKind::BadReadyLine => "bad ready line",
        FlawKind::Exited => "exited",
        FlawKind::ControlFailed => "control failed",
        FlawKind::ToolMissing => "tool not found",
        FlawKind::ToolFailed => "does not run under the tool",
        FlawKind::GeneratorFailed => "generator failed",
        FlawKind::ConnectionsFailed => "connections failed",
        FlawKind::Corrupted => "wrong bytes",
        FlawKind::WrongLength => "wrong length",
        FlawKind::WrongOpcode => "wrong opcode",
        FlawKind::Reordered => "out of order",
        FlawKind::Duplicated => "echoed twice",
        FlawKind::Missing => "echoes missing",
        FlawKind::Late => "echoes late",
        FlawKind::ProtocolViolated => "protocol broken",
        FlawKind::ClosedEarly => "closed early",
        FlawKind::NothingEchoed => "no echo",
        FlawKind::RateNotReached => "rate not reached",
        FlawKind::TimedOut => "timed out",
        FlawKind::Disturbed => "machine disturbed",
        FlawKind::ScheduleLagged => "sent late",
        FlawKind::GeneratorSaturated => "generator saturated",
        FlawKind::TooFewFiles => "too few files",
        FlawKind::NotReadable => "not readable",
    }
}

/// One note per kind of flaw, the most frequent first.
pub(super) fn notes(trials: &[&TrialRecord]) -> Vec<FlawNote> {
    let mut by_name: BTreeMap<&str, FlawNote> = BTreeMap::new();
    let mut note = |short: &'static str, text: String, block: u32| {
        by_name
            .entry(short)
            .or_insert_with(|| FlawNote {
                short: short.to_owned(),
                text,
                blocks: Vec::new(),
            })
            .blocks
            .push(block);
    };
    for trial in trials {
        for flaw in &trial.flaws {
            note(short_name(Flaw::kind(flaw)), flaw.to_string(), trial.block);
        }
        if trial.flaws.is_empty() && trial.measurement.is_none() {
            note(
                "no figures",
                "the record holds no figures".to_owned(),
                trial.block,
            );
        }
    }
    let mut notes: Vec<FlawNote> = by_name.into_values().collect();
    notes.sort_by_key(|note| std::cmp::Reverse(note.blocks.len()));
    notes
}
