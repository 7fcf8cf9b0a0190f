//! Which trial comes next: the plan's, and once more the cells of a block in
//! which something outside of the servers went wrong.
//!
//! Servers of a cell are compared with each other, so all of them run again,
//! in another order, when the block has come to its end. That is bounded per
//! cell and over the whole run. The schedule is a function of the plan and of
//! the records so far: a run that was stopped continues exactly where it was.

use std::collections::{BTreeMap, VecDeque};

use rand::{SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use record::{Flaw, FlawKind, Plan, PlannedTrial, TrialRecord};

use crate::plan::cell_seed;

/// How often a cell of a block may run in all.
const MOST_ATTEMPTS: u32 = 3;

/// Trials beyond the plan, per hundred of its own.
const REDONE_PER_HUNDRED: usize = 10;

/// Attempts in a row that a server may spoil by anything but a disturbance
/// before its cell is no longer tried again for its sake: it can't do better,
/// and the rest of the run needs the trials.
const MOST_SPOILED: u32 = 2;

/// The trials of one cell in one block.
#[derive(Clone, Debug)]
struct Row {
    /// Indices into the plan's trials, in the order in which they run.
    trials: VecDeque<usize>,
    attempt: u32,
    /// Something outside of the servers went wrong in this attempt.
    disturbed: bool,
}

/// A trial that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due<'a> {
    /// What the plan says of it.
    pub(crate) planned: &'a PlannedTrial,
    /// Which attempt it is, from 0.
    pub(crate) attempt: u32,
}

/// A record that the schedule did not ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "record {position} is trial {number}, attempt {attempt}, which this plan does not put there; \
     start a new run"
)]
pub(crate) struct OutOfOrder {
    /// Place in the file, from 0.
    pub(crate) position: usize,
    /// Its number.
    pub(crate) number: u32,
    /// Its attempt.
    pub(crate) attempt: u32,
}

/// The order of trials, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct Schedule<'a> {
    plan: &'a Plan,
    /// Rows of the block under way that are still to run; the first may have
    /// begun.
    rows: VecDeque<Row>,
    /// The first trial of the next block.
    next_block: usize,
    /// Trials beyond the plan that may still be added.
    allowance: usize,
    /// By cell and entry: attempts in a row that ended with a flaw which the
    /// machine may be to blame for, and is not known to be.
    spoiled: BTreeMap<(usize, usize), u32>,
}

impl<'a> Schedule<'a> {
    /// The schedule of a run that has not begun.
    pub(crate) fn new(plan: &'a Plan) -> Self {
        let mut schedule = Self {
            plan,
            rows: VecDeque::new(),
            next_block: 0,
            // A small run may redo a row or two as well.
            allowance: (plan.trials.len() * REDONE_PER_HUNDRED / 100).max(2 * plan.entries.len()),
            spoiled: BTreeMap::new(),
        };
        schedule.enter_block();
        schedule
    }

    /// The schedule of a run that has written these records.
    pub(crate) fn after(plan: &'a Plan, records: &[TrialRecord]) -> Result<Self, OutOfOrder> {
        let mut schedule = Self::new(plan);
        for (position, record) in records.iter().enumerate() {
            let is_due = schedule.due().is_some_and(|due| {
                (due.planned.number, due.attempt) == (record.number, record.attempt)
            });
            if !is_due {
                return Err(OutOfOrder {
                    position,
                    number: record.number,
                    attempt: record.attempt,
                });
            }
            schedule.advance(&record.flaws);
        }
        Ok(schedule)
    }

    /// The next trial; `None` at the end of the run.
    pub(crate) fn due(&self) -> Option<Due<'a>> {
        let row = self.rows.front()?;
        Some(Due {
            planned: &self.plan.trials[*row.trials.front()?],
            attempt: row.attempt,
        })
    }

    /// The trials that are due together: the one that is due and those of its
    /// cell that follow it in this attempt.
    pub(crate) fn due_together(&self) -> Vec<Due<'a>> {
        let row = self.rows.front();
        row.into_iter()
            .flat_map(|row| {
                row.trials.iter().map(|&index| Due {
                    planned: &self.plan.trials[index],
                    attempt: row.attempt,
                })
            })
            .collect()
    }

    /// Goes on after the trial that was due, which had these flaws. Says
    /// whether that was the last one of its block.
    pub(crate) fn advance(&mut self, flaws: &[Flaw]) -> bool {
        let is_to_redo = self.is_to_redo(flaws);
        let Some(row) = self.rows.front_mut() else {
            return false;
        };
        row.disturbed |= is_to_redo;
        let done = row.trials.pop_front();
        if !row.trials.is_empty() {
            return false;
        }
        let (disturbed, attempt) = (row.disturbed, row.attempt);
        self.rows.pop_front();
        if let (true, Some(done)) = (disturbed, done) {
            self.redo(done, attempt + 1);
        }
        if !self.rows.is_empty() {
            return false;
        }
        self.enter_block();
        true
    }

    /// Whether the flaws of the trial that was due are a reason to run its cell
    /// again. A fault of the server's among them is none: it is never hidden by
    /// a better attempt.
    fn is_to_redo(&mut self, flaws: &[Flaw]) -> bool {
        let Some(PlannedTrial { cell, entry, .. }) = self.due().map(|due| due.planned.clone())
        else {
            return false;
        };
        let spoiled = self.spoiled.entry((cell, entry)).or_default();
        let is_known = flaws.iter().any(|flaw| flaw.kind() == FlawKind::Disturbed);
        if flaws.is_empty() {
            *spoiled = 0;
        } else if !is_known {
            *spoiled += 1;
        }
        !flaws.is_empty()
            && flaws.iter().all(|flaw| flaw.kind().may_be_the_machine_s())
            && (is_known || *spoiled <= MOST_SPOILED)
    }

    /// Cells of the trials that are still to run, as far as is known.
    pub(crate) fn cells_to_come(&self) -> impl Iterator<Item = usize> {
        let begun = self.rows.iter().flat_map(|row| &row.trials).copied();
        begun
            .chain(self.next_block..self.plan.trials.len())
            .map(|index| self.plan.trials[index].cell)
    }

    /// Trials of the plan that have run, first attempts only.
    pub(crate) fn planned_done(&self) -> usize {
        let left = self.rows.iter().filter(|row| row.attempt == 0);
        self.next_block - left.map(|row| row.trials.len()).sum::<usize>()
    }

    /// Blocks that are over.
    pub(crate) fn whole_blocks(&self) -> u32 {
        match self.due() {
            Some(due) => due.planned.block,
            None => self.plan.trials.last().map_or(0, |last| last.block + 1),
        }
    }

    /// Puts the rows of the next block on the list.
    fn enter_block(&mut self) {
        let trials = &self.plan.trials;
        let Some(first) = trials.get(self.next_block) else {
            return;
        };
        let mut cell = None;
        while let Some(trial) = trials.get(self.next_block) {
            if trial.block != first.block {
                break;
            }
            if cell != Some(trial.cell) {
                cell = Some(trial.cell);
                self.rows.push_back(Row {
                    trials: VecDeque::new(),
                    attempt: 0,
                    disturbed: false,
                });
            }
            if let Some(row) = self.rows.back_mut() {
                row.trials.push_back(self.next_block);
            }
            self.next_block += 1;
        }
    }

    /// Puts the row of trial `index` at the end of the list, if that is allowed.
    fn redo(&mut self, index: usize, attempt: u32) {
        let PlannedTrial { block, cell, .. } = self.plan.trials[index];
        let mut trials: Vec<usize> = (0..self.next_block)
            .filter(|&index| {
                let trial = &self.plan.trials[index];
                (trial.block, trial.cell) == (block, cell)
            })
            .collect();
        if attempt >= MOST_ATTEMPTS || trials.len() > self.allowance {
            return;
        }
        self.allowance -= trials.len();
        let seed = cell_seed(self.plan.seed.wrapping_add(u64::from(attempt)), block, cell);
        trials.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        self.rows.push_back(Row {
            trials: trials.into(),
            attempt,
            disturbed: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use record::Disturbance;

    use super::*;
    use crate::run::fixture;

    fn stolen() -> Flaw {
        Flaw::Disturbed {
            by: Disturbance::Steal,
            share: 0.2,
            bound: 0.05,
        }
    }

    fn record(due: Due<'_>, flaws: Vec<Flaw>) -> TrialRecord {
        TrialRecord {
            number: due.planned.number,
            block: due.planned.block,
            attempt: due.attempt,
            cell: String::new(),
            scenario: String::new(),
            entry: fixture::key("any"),
            started_at_unix_ns: 0,
            took_ns: 0,
            flaws,
            measurement: None,
            machine: None,
            beside: None,
        }
    }

    /// Runs to the end; `flaw` says what is wrong with each trial.
    fn run(plan: &Plan, mut flaw: impl FnMut(Due<'_>) -> Option<Flaw>) -> Vec<TrialRecord> {
        let mut schedule = Schedule::new(plan);
        let mut records = Vec::new();
        while let Some(due) = schedule.due() {
            let record = record(due, flaw(due).into_iter().collect());
            schedule.advance(&record.flaws);
            records.push(record);
        }
        records
    }

    #[test]
    fn without_disturbance_it_is_the_plan() {
        let plan = fixture::plan(3, &["a", "b"]);
        let records = run(&plan, |_| None);
        let numbers = records.iter().map(|record| record.number);
        assert!(numbers.eq(plan.trials.iter().map(|trial| trial.number)));
    }

    #[test]
    fn a_disturbed_cell_runs_again_whole_at_the_end_of_its_block() {
        let plan = fixture::plan(2, &["a", "b", "c"]);
        let hit = plan.trials[4].clone();
        let records = run(&plan, |due| {
            (due.planned.number == hit.number && due.attempt == 0).then(stolen)
        });
        let again: Vec<_> = records
            .iter()
            .enumerate()
            .filter(|(_, it)| it.attempt == 1)
            .collect();
        let first_block = plan.trials.iter().filter(|it| it.block == 0).count();
        assert!(
            again
                .iter()
                .map(|(place, _)| *place)
                .eq(first_block..first_block + 3)
        );
        for (_, it) in again {
            let planned = &plan.trials[it.number as usize];
            assert_eq!((planned.block, planned.cell), (hit.block, hit.cell));
        }
        assert_eq!(records.len(), plan.trials.len() + 3);
    }

    #[test]
    fn what_a_server_does_wrong_is_not_tried_again() {
        let plan = fixture::plan(2, &["a", "b"]);
        let records = run(&plan, |_| Some(Flaw::Corrupted { count: 1 }));
        assert_eq!(records.len(), plan.trials.len());
    }

    #[test]
    fn a_fault_is_not_hidden_by_a_disturbance_beside_it() {
        let plan = fixture::plan(1, &["a", "b"]);
        let mut schedule = Schedule::new(&plan);
        while schedule.due().is_some() {
            schedule.advance(&[Flaw::Corrupted { count: 1 }, stolen()]);
        }
        assert_eq!(schedule.allowance, Schedule::new(&plan).allowance);
    }

    #[test]
    fn a_server_that_never_reaches_a_rate_leaves_the_others_their_second_tries() {
        let plan = fixture::plan(30, &["a", "slow"]);
        let slow = |due: Due<'_>| plan.entries[due.planned.entry].key.contender == "slow";
        let ladder = |due: Due<'_>| plan.cells[due.planned.cell].scenario == "ladder";
        let records = run(&plan, |due| {
            (slow(due) && ladder(due)).then_some(Flaw::RateNotReached { ratio: 0.5 })
        });
        // Two rows of two servers, and never again.
        assert_eq!(records.len(), plan.trials.len() + 4);
    }

    #[test]
    fn the_order_of_a_second_attempt_never_changes() {
        let plan = fixture::plan(1, &["a", "b", "c", "d", "e"]);
        let records = run(&plan, |due| (due.attempt == 0).then(stolen));
        let again: Vec<u32> = records
            .iter()
            .filter(|record| record.attempt == 1)
            .map(|record| record.number)
            .take(5)
            .collect();
        insta::assert_debug_snapshot!(again);
    }

    #[test]
    fn a_machine_that_is_always_disturbed_comes_to_an_end() {
        let plan = fixture::plan(6, &["a", "b"]);
        let records = run(&plan, |_| Some(stolen()));
        let beyond = records.len() - plan.trials.len();
        assert!(beyond > 0 && beyond <= (plan.trials.len() * 10 / 100).max(4));
        assert!(records.iter().all(|it| it.attempt < MOST_ATTEMPTS));
    }

    #[test]
    fn foreign_records_are_refused() {
        let plan = fixture::plan(2, &["a", "b"]);
        let mut records = run(&plan, |_| None);
        records[3].attempt = 1;
        let error = Schedule::after(&plan, &records).unwrap_err();
        assert_eq!((error.position, error.attempt), (3, 1));
    }

    proptest! {
        /// Stopped anywhere, it goes on as if it had not been stopped; blocks
        /// never mix; no trial is left out and none comes twice in an attempt.
        #[test]
        fn it_continues_where_it_was(disturbed: Vec<bool>, stop in 0_usize..200, blocks in 1_u32..4) {
            let plan = fixture::plan(blocks, &["a", "b", "c"]);
            let mut at = 0;
            let records = run(&plan, |_| {
                at += 1;
                disturbed.get(at % 64).copied().unwrap_or(false).then(stolen)
            });
            let (before, rest) = records.split_at(stop.min(records.len()));
            let mut schedule = Schedule::after(&plan, before).unwrap();
            for record in rest {
                let due = schedule.due().unwrap();
                prop_assert_eq!((due.planned.number, due.attempt), (record.number, record.attempt));
                schedule.advance(&record.flaws);
            }
            prop_assert_eq!(schedule.due(), None);
            prop_assert_eq!(schedule.whole_blocks(), blocks);
            prop_assert!(records.is_sorted_by_key(|record| record.block));
            let mut seen = BTreeMap::new();
            for record in &records {
                *seen.entry((record.number, record.attempt)).or_insert(0) += 1;
            }
            prop_assert!(seen.values().all(|&count| count == 1));
            for number in 0..plan.trials.len() {
                prop_assert!(seen.contains_key(&(u32::try_from(number).unwrap(), 0)));
            }
        }
    }
}
