//! Runs the trials of a plan in their order and writes each down.

use record::{Calibration, Plan, RunEnd, RunLine, TrialRecord};

use super::{
    Bench, Recorder, Schedule,
    recorder::RecorderError,
    schedule::Due,
    trial::{self, TrialTask},
};
use crate::{
    exit::Interrupted,
    plan::{Estimate, cell_seed},
};

/// Whoever wants to know how a run goes.
pub(crate) trait Watch {
    /// A trial is about to start.
    fn trial_starts(&mut self, plan: &Plan, due: Due<'_>, remaining_ns: u64);
    /// A trial is over and written down.
    fn trial_ended(&mut self, plan: &Plan, record: &TrialRecord);
    /// A block is whole and on the disk.
    fn block_ended(&mut self, plan: &Plan, block: u32);
}

/// How much of a plan to run.
#[derive(Clone, Debug)]
pub(crate) struct Portion<'a> {
    /// Where an earlier session ended; where the run begins, without one.
    pub(crate) schedule: Schedule<'a>,
    /// What they took, from the first one's start to the last one's end.
    pub(crate) done_took_ns: u64,
    /// Time for this session; blocks that don't fit are left out, but the first.
    pub(crate) budget_ns: Option<u64>,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Finished {
    /// The user asked to stop.
    pub(crate) interrupted: bool,
    /// Blocks that are whole, those of earlier sessions included.
    pub(crate) whole_blocks: u32,
}

/// Runs the plan's trials, each one line of the file.
///
/// The last line is written whether the plan came to its end, the budget is
/// used up or the user asked to stop.
///
/// # Errors
/// When a line can't be written. Every line before it is whole.
pub(crate) fn measure(
    bench: &Bench<'_>,
    plan: &Plan,
    calibrations: &[Calibration],
    recorder: &mut Recorder,
    portion: Portion<'_>,
    watch: &mut dyn Watch,
) -> Result<Finished, RecorderError> {
    let start_ns = bench.clock.monotonic_ns();
    let mut estimate = Estimate::new(plan);
    let mut schedule = portion.schedule;
    let mut interrupted = false;
    let mut block_starts = false;

    while let Some(due) = schedule.due() {
        let planned = due.planned;
        if block_starts {
            let spent_ns = bench.clock.monotonic_ns() - start_ns;
            let block_ns = estimate.block_ns(plan, planned.block);
            if portion
                .budget_ns
                .is_some_and(|budget_ns| spent_ns + block_ns > budget_ns)
            {
                break;
            }
        }
        watch.trial_starts(plan, due, estimate.cells_ns(schedule.cells_to_come()));
        let Ok(record) = run_one(bench, plan, calibrations, due) else {
            interrupted = true;
            break;
        };
        estimate.learn(planned.cell, record.took_ns);
        block_starts = schedule.advance(&record.flaws);
        let line = RunLine::Trial(Box::new(record));
        recorder.append(&line)?;
        if let RunLine::Trial(record) = &line {
            watch.trial_ended(plan, record);
        }
        if block_starts {
            recorder.sync()?;
            watch.block_ended(plan, planned.block);
        }
    }

    let whole_blocks = schedule.whole_blocks();
    recorder.append(&RunLine::End(RunEnd {
        ended_at_unix_ns: bench.clock.realtime_ns(),
        took_ns: portion.done_took_ns + (bench.clock.monotonic_ns() - start_ns),
        interrupted: schedule.due().is_some(),
        whole_blocks,
    }))?;
    recorder.sync()?;
    Ok(Finished {
        interrupted,
        whole_blocks,
    })
}

fn run_one(
    bench: &Bench<'_>,
    plan: &Plan,
    calibrations: &[Calibration],
    due: Due<'_>,
) -> Result<TrialRecord, Interrupted> {
    let planned = due.planned;
    let cell = &plan.cells[planned.cell];
    let entry = &plan.entries[planned.entry].key;
    let started_at_unix_ns = bench.clock.realtime_ns();
    let start_ns = bench.clock.monotonic_ns();
    let mut record = TrialRecord {
        number: planned.number,
        block: planned.block,
        attempt: due.attempt,
        cell: cell.name.clone(),
        scenario: cell.scenario.clone(),
        entry: entry.clone(),
        started_at_unix_ns,
        took_ns: 0,
        flaws: Vec::new(),
        measurement: None,
        machine: None,
    };
    if let Some(scenario) = plan.scenario_of(cell) {
        let outcome = trial::run(
            bench,
            &TrialTask {
                entry,
                kind: &scenario.kind,
                effort: &plan.effort,
                tolerates_disturbance: plan.tolerates_disturbance,
                rate_per_s: rate_per_s(calibrations, &cell.scenario, cell.rung),
                seed: cell_seed(plan.seed, planned.block, planned.cell),
            },
        )?;
        record.flaws = outcome.flaws;
        record.measurement = outcome.measurement;
        record.machine = outcome.machine;
    }
    record.took_ns = bench.clock.monotonic_ns() - start_ns;
    Ok(record)
}

fn rate_per_s(calibrations: &[Calibration], scenario: &str, rung: Option<usize>) -> Option<f64> {
    calibrations
        .iter()
        .find(|calibration| calibration.scenario == scenario)?
        .rung_rates_per_s
        .get(rung?)
        .copied()
}
