//! Runs the trials of a plan in their order and writes each down.

use record::{Calibration, Plan, PlannedTrial, RunEnd, RunLine, TrialRecord};

use super::{
    Bench, Recorder, Schedule,
    recorder::RecorderError,
    schedule::Due,
    trial::{self, TrialTask},
    turns::{self, Step, Taken},
};
use crate::{
    exit::Interrupted,
    plan::{Estimate, cell_seed},
};

/// Whoever wants to know how a run goes.
pub(crate) trait Watch {
    /// A trial is about to start.
    fn trial_starts(&mut self, plan: &Plan, due: Due<'_>, remaining_ns: u64);
    /// Servers that take turns, of whose trials the first is `due`, begin a
    /// round, from 0.
    fn round_starts(&mut self, plan: &Plan, due: Due<'_>, round: u32, remaining_ns: u64);
    /// Trials of a cell are over and written down: one, or those of all servers
    /// that took turns.
    fn trials_ended(&mut self, records: &[TrialRecord]);
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
        let together = if plan.cells[planned.cell].rounds > 1 {
            schedule.due_together()
        } else {
            vec![due]
        };
        let ran = run_together(bench, plan, calibrations, &together, |step| {
            let started = match step {
                Step::Start(index) => index,
                Step::Round(_) => together.len(),
            };
            let remaining_ns = estimate.cells_ns(schedule.cells_to_come().skip(started));
            match step {
                Step::Start(index) => watch.trial_starts(plan, together[index], remaining_ns),
                Step::Round(round) => watch.round_starts(plan, due, round, remaining_ns),
            }
        });
        let Ok(records) = ran else {
            interrupted = true;
            break;
        };
        for record in &records {
            estimate.learn(planned.cell, record.took_ns);
            block_starts = schedule.advance(&record.flaws);
        }
        let line = |record: &TrialRecord| RunLine::Trial(Box::new(record.clone()));
        recorder.append_all(&records.iter().map(line).collect::<Vec<_>>())?;
        watch.trials_ended(&records);
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

/// Runs trials of one cell, alone or in turns, and says what each gave.
fn run_together(
    bench: &Bench<'_>,
    plan: &Plan,
    calibrations: &[Calibration],
    together: &[Due<'_>],
    mut before: impl FnMut(Step),
) -> Result<Vec<TrialRecord>, Interrupted> {
    let tasks: Option<Vec<_>> = together
        .iter()
        .map(|due| task(plan, calibrations, due.planned))
        .collect();
    let taken = match tasks.as_deref() {
        None => vec![Taken::default(); together.len()],
        Some([task]) => {
            before(Step::Start(0));
            let started_at_unix_ns = bench.clock.realtime_ns();
            let start_ns = bench.clock.monotonic_ns();
            vec![Taken {
                outcome: trial::run(bench, task)?,
                started_at_unix_ns,
                took_ns: bench.clock.monotonic_ns() - start_ns,
                beside: None,
            }]
        }
        Some(tasks) => turns::run(bench, tasks, before)?,
    };
    let record = |(due, taken): (&Due<'_>, Taken)| {
        let cell = &plan.cells[due.planned.cell];
        TrialRecord {
            number: due.planned.number,
            block: due.planned.block,
            attempt: due.attempt,
            cell: cell.name.clone(),
            scenario: cell.scenario.clone(),
            entry: plan.entries[due.planned.entry].key.clone(),
            started_at_unix_ns: taken.started_at_unix_ns,
            took_ns: taken.took_ns,
            flaws: taken.outcome.flaws,
            measurement: taken.outcome.measurement,
            machine: taken.outcome.machine,
            beside: taken.beside,
        }
    };
    Ok(together.iter().zip(taken).map(record).collect())
}

/// What a trial is to do; `None` where the plan lacks the scenario of its cell.
fn task<'a>(
    plan: &'a Plan,
    calibrations: &[Calibration],
    planned: &PlannedTrial,
) -> Option<TrialTask<'a>> {
    let cell = &plan.cells[planned.cell];
    let entry = &plan.entries[planned.entry];
    Some(TrialTask {
        entry: &entry.key,
        is_reference: entry.is_reference,
        kind: &plan.scenario_of(cell)?.kind,
        effort: &plan.effort,
        tolerates_disturbance: plan.tolerates_disturbance,
        rounds: cell.rounds,
        rate_per_s: rate_per_s(calibrations, &cell.scenario, cell.rung),
        seed: cell_seed(plan.seed, planned.block, planned.cell),
    })
}

fn rate_per_s(calibrations: &[Calibration], scenario: &str, rung: Option<usize>) -> Option<f64> {
    calibrations
        .iter()
        .find(|calibration| calibration.scenario == scenario)?
        .rung_rates_per_s
        .get(rung?)
        .copied()
}
