//! How far a run came.

use super::trials::Trials;
use crate::{
    Run,
    findings::{RunFacts, RunState},
};

pub(super) fn of(run: &Run, trials: &Trials<'_>) -> RunFacts {
    let header = &run.header;
    let whole_blocks = trials.whole_blocks();
    let redone = run.trials.iter().filter(|trial| trial.attempt > 0);
    let redone_trials = redone.count();
    RunFacts {
        schema_version: header.schema_version,
        started_at: header.started_at.clone(),
        command: header.command.clone(),
        commit: header.commit.clone(),
        dirty: header.dirty,
        host: header.host.clone(),
        toolchain: header.toolchain.clone(),
        seed: header.plan.seed,
        effort: header.plan.effort,
        calibrations: header.calibrations.clone(),
        state: state(run, whole_blocks),
        whole_blocks,
        planned_trials: header.plan.trials.len(),
        recorded_trials: run.trials.len() - redone_trials,
        redone_trials,
        valid_trials: run.trials.iter().filter(|trial| trial.is_valid()).count(),
        tolerates_disturbance: header.plan.tolerates_disturbance,
        took_ns: took_ns(run),
        cut_line: run.cut_line,
    }
}

fn state(run: &Run, whole_blocks: u32) -> RunState {
    match &run.end {
        None => RunState::Unfinished,
        Some(end) if end.interrupted => RunState::Interrupted,
        Some(_) if whole_blocks < planned_blocks(run) => RunState::Interrupted,
        Some(_) => RunState::Complete,
    }
}

fn planned_blocks(run: &Run) -> u32 {
    let blocks: std::collections::BTreeSet<u32> = run
        .header
        .plan
        .trials
        .iter()
        .map(|trial| trial.block)
        .collect();
    blocks.len() as u32
}

fn took_ns(run: &Run) -> u64 {
    if let Some(end) = &run.end {
        return end.took_ns;
    }
    let first = run
        .trials
        .iter()
        .map(|trial| trial.started_at_unix_ns)
        .min();
    let last = run
        .trials
        .iter()
        .map(|trial| trial.started_at_unix_ns.saturating_add(trial.took_ns))
        .max();
    last.unwrap_or(0).saturating_sub(first.unwrap_or(0))
}
