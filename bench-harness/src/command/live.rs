//! A run while it goes on: progress on standard error, tables on the disk.

use std::{collections::BTreeMap, path::Path};

use record::{Flaw, FlawKind, Plan, TrialRecord};

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

    fn trials_ended(&mut self, records: &[TrialRecord]) {
        // Those beyond the plan are not in the bar.
        for _ in records.iter().filter(|record| record.attempt == 0) {
            self.progress.trial_done();
        }
        for warning in warnings(records) {
            self.progress.warn(&warning);
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

/// Rows with the same kind of flaw that are named one by one. What befalls more
/// of them befell the machine.
const NAMED: usize = 3;

/// What went wrong in trials of one cell, in as few lines as say it.
fn warnings(records: &[TrialRecord]) -> Vec<String> {
    let mut by_kind: BTreeMap<FlawKind, Vec<(&TrialRecord, &Flaw)>> = BTreeMap::new();
    for record in records {
        if let Some(flaw) = record.flaws.first() {
            by_kind.entry(flaw.kind()).or_default().push((record, flaw));
        }
    }
    let mut lines = Vec::new();
    for flawed in by_kind.values() {
        let in_words = |(record, flaw): &(&TrialRecord, &Flaw)| {
            format!("{} in {}: {flaw}", record.entry, record.cell)
        };
        match flawed.as_slice() {
            [first, ..] if flawed.len() > NAMED => lines.push(format!(
                "{} (and {} more of the {} servers there)",
                in_words(first),
                flawed.len() - 1,
                records.len()
            )),
            few => lines.extend(few.iter().map(in_words)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use record::Disturbance;

    use super::*;
    use crate::run::fixture;

    fn record(name: &str, flaw: Option<Flaw>) -> TrialRecord {
        TrialRecord {
            number: 0,
            block: 0,
            attempt: 0,
            cell: "echo".to_owned(),
            scenario: "echo".to_owned(),
            entry: fixture::key(name),
            started_at_unix_ns: 0,
            took_ns: 0,
            flaws: flaw.into_iter().collect(),
            measurement: None,
            machine: None,
            beside: None,
        }
    }

    #[test]
    fn what_befalls_many_servers_is_one_line() {
        let disturbed = || Flaw::Disturbed {
            by: Disturbance::Steal,
            share: 0.2,
            bound: 0.05,
        };
        let mut records: Vec<_> = ["a", "b", "c", "d"]
            .iter()
            .map(|name| record(name, Some(disturbed())))
            .collect();
        records.push(record("e", Some(Flaw::Corrupted { count: 1 })));
        records.push(record("f", None));
        let lines = warnings(&records);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("a in echo: ")
            && line.ends_with(" (and 3 more of the 6 servers there)")));
        assert!(lines.iter().any(|line| line.starts_with("e in echo: ")));
        records.remove(0);
        assert_eq!(warnings(&records).len(), 4, "few are named");
    }
}
