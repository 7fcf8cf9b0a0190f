//! A run while it goes on: progress on standard error, tables on the disk.

use std::path::Path;

use record::{Plan, TrialRecord};

use crate::{
    output,
    progress::{Progress, in_words},
    run::{Due, Watch},
};

/// Watches a run.
#[derive(Debug)]
pub(super) struct Live<'a> {
    progress: &'a mut Progress,
    folder: &'a Path,
    total: usize,
}

impl<'a> Live<'a> {
    /// Watches the run in `folder`, of which `done` planned trials are over.
    pub(super) fn new(
        progress: &'a mut Progress,
        folder: &'a Path,
        plan: &Plan,
        done: usize,
    ) -> Self {
        progress.trials(done, plan.trials.len());
        Self {
            progress,
            folder,
            total: plan.trials.len(),
        }
    }
}

impl Watch for Live<'_> {
    fn trial_starts(&mut self, plan: &Plan, due: Due<'_>, remaining_ns: u64) {
        let trial = due.planned;
        let again = if due.attempt > 0 { " once more" } else { "" };
        self.progress.now(&format!(
            "block {}/{}, trial {}/{}{again}, {} left: {}, {}",
            trial.block + 1,
            plan.effort.blocks,
            trial.number + 1,
            self.total,
            in_words(remaining_ns),
            plan.cells[trial.cell].name,
            plan.entries[trial.entry].key,
        ));
    }

    fn round_starts(&mut self, plan: &Plan, due: Due<'_>, round: u32, remaining_ns: u64) {
        let trial = due.planned;
        let cell = &plan.cells[trial.cell];
        let again = if due.attempt > 0 { " once more" } else { "" };
        self.progress.now(&format!(
            "block {}/{}, round {}/{} of all servers{again}, {} left: {}",
            trial.block + 1,
            plan.effort.blocks,
            round + 1,
            cell.rounds,
            in_words(remaining_ns),
            cell.name,
        ));
    }

    fn trial_ended(&mut self, _: &Plan, record: &TrialRecord) {
        // Those beyond the plan are not in the bar.
        if record.attempt == 0 {
            self.progress.trial_done();
        }
        if let Some(flaw) = record.flaws.first() {
            self.progress
                .warn(&format!("{} in {}: {flaw}", record.entry, record.cell));
        }
    }

    fn block_ended(&mut self, plan: &Plan, block: u32) {
        let written = output::refresh(self.folder);
        match written {
            Ok(_) => self.progress.say(&format!(
                "block {}/{} is done; the tables in {} are up to date",
                block + 1,
                plan.effort.blocks,
                self.folder.display()
            )),
            // The records are safe, and the tables can be made from them later.
            Err(error) => self
                .progress
                .warn(&format!("the tables can't be written: {error:#}")),
        }
    }
}
