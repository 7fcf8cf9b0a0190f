//! The trials of a run by cell and row.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use record::{EntryKey, TrialRecord};

use crate::Run;

/// The trials of one row in one cell.
#[derive(Default)]
pub(super) struct RowTrials<'a> {
    /// Blocks in which the plan has it.
    pub(super) planned_blocks: BTreeSet<u32>,
    /// All records.
    pub(super) recorded: Vec<&'a TrialRecord>,
    /// Those of the attempts that count, one per block.
    pub(super) counting: Vec<&'a TrialRecord>,
}

impl<'a> RowTrials<'a> {
    /// One valid trial per block, in order of blocks.
    pub(super) fn valid(&self) -> Vec<&'a TrialRecord> {
        let mut by_block = BTreeMap::new();
        for trial in self.counting.iter().filter(|trial| trial.is_valid()) {
            by_block.entry(trial.block).or_insert(*trial);
        }
        by_block.into_values().collect()
    }

    /// Blocks with any record.
    pub(super) fn recorded_blocks(&self) -> BTreeSet<u32> {
        self.recorded.iter().map(|trial| trial.block).collect()
    }
}

/// Which attempt at a cell counts in a block: that with the most valid trials,
/// of equals the first. It counts for all rows, because they are compared with
/// each other; a trial's figures have no say in it.
fn counting_attempts(trials: &[TrialRecord]) -> HashMap<(&str, u32), u32> {
    let mut valid: BTreeMap<(&str, u32, u32), usize> = BTreeMap::new();
    for trial in trials {
        let key = (trial.cell.as_str(), trial.block, trial.attempt);
        *valid.entry(key).or_default() += usize::from(trial.is_valid());
    }
    let mut best: HashMap<(&str, u32), (usize, u32)> = HashMap::new();
    for ((cell, block, attempt), count) in valid {
        let entry = best.entry((cell, block)).or_insert((count, attempt));
        if count > entry.0 {
            *entry = (count, attempt);
        }
    }
    best.into_iter()
        .map(|(key, (_, attempt))| (key, attempt))
        .collect()
}

/// All trials, planned and recorded.
pub(super) struct Trials<'a> {
    rows: HashMap<&'a str, HashMap<&'a EntryKey, RowTrials<'a>>>,
    nothing: RowTrials<'a>,
}

impl<'a> Trials<'a> {
    pub(super) fn of(run: &'a Run) -> Self {
        let plan = &run.header.plan;
        let mut rows: HashMap<&str, HashMap<&EntryKey, RowTrials<'_>>> = HashMap::new();
        for trial in &plan.trials {
            let (Some(cell), Some(entry)) =
                (plan.cells.get(trial.cell), plan.entries.get(trial.entry))
            else {
                continue;
            };
            let row = rows
                .entry(&cell.name)
                .or_default()
                .entry(&entry.key)
                .or_default();
            row.planned_blocks.insert(trial.block);
        }
        let attempts = counting_attempts(&run.trials);
        for trial in &run.trials {
            let counts = attempts.get(&(trial.cell.as_str(), trial.block)) == Some(&trial.attempt);
            let row = rows
                .entry(&trial.cell)
                .or_default()
                .entry(&trial.entry)
                .or_default();
            row.recorded.push(trial);
            if counts {
                row.counting.push(trial);
            }
        }
        Self {
            rows,
            nothing: RowTrials::default(),
        }
    }

    pub(super) fn row(&self, cell: &str, entry: &EntryKey) -> &RowTrials<'a> {
        let row = self.rows.get(cell).and_then(|rows| rows.get(entry));
        row.unwrap_or(&self.nothing)
    }

    pub(super) fn of_entry(&self, entry: &EntryKey) -> impl Iterator<Item = &RowTrials<'a>> {
        self.rows.values().filter_map(move |rows| rows.get(entry))
    }

    /// Blocks of which every planned trial is on record.
    pub(super) fn whole_blocks(&self) -> u32 {
        let mut whole: BTreeMap<u32, bool> = BTreeMap::new();
        for row in self.rows.values().flat_map(HashMap::values) {
            let recorded = row.recorded_blocks();
            for block in &row.planned_blocks {
                let is_whole = whole.entry(*block).or_insert(true);
                *is_whole &= recorded.contains(block);
            }
        }
        whole.values().filter(|is_whole| **is_whole).count() as u32
    }
}
