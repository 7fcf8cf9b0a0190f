//! One cell of the plan over all rows.

use record::{Inapplicable, Scenario};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Metric, MetricFinding, RowDetail};

/// The rung of a ladder that a cell is.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RungFacts {
    /// Its name.
    pub name: String,
    /// Fraction of the slowest capacity.
    pub fraction_of_slowest: f64,
    /// Messages per second, when the calibration gave a rate.
    pub rate_per_s: Option<f64>,
}

/// What became of a row in a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum RowStatus {
    /// At least one valid trial.
    Measured,
    /// Trials, but no valid one.
    Invalid,
    /// Planned, not yet run.
    NotYet,
    /// It never ran, for a reason that was known before the run.
    Excluded {
        /// The reason.
        reason: String,
    },
    /// What its server speaks has no such thing.
    NotApplicable {
        /// Why.
        reason: Inapplicable,
    },
    /// Not in the plan.
    NotPlanned,
}

/// A flaw and where it was seen.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FlawNote {
    /// A few words, for a table's cell.
    pub short: String,
    /// The whole text of its first occurrence.
    pub text: String,
    /// Blocks in which it was seen.
    pub blocks: Vec<u32>,
}

/// One row of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CellRow {
    /// Position in [`Findings::entries`](super::Findings::entries).
    pub entry: usize,
    /// What became of it.
    #[serde(flatten)]
    pub status: RowStatus,
    /// Blocks in which it is planned.
    pub planned_blocks: usize,
    /// Trials on record, those that were redone included.
    pub recorded_trials: usize,
    /// Trials that the figures come from: valid ones, one per block.
    pub valid_trials: usize,
    /// What was wrong, most frequent first.
    pub flaws: Vec<FlawNote>,
    /// Figures that belong to the cell's kind.
    pub detail: Option<RowDetail>,
}

/// One cell: a scenario, or one rung of it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CellFinding {
    /// The cell's name.
    pub name: String,
    /// Its scenario.
    pub scenario: Scenario,
    /// The rung, in a ladder.
    pub rung: Option<RungFacts>,
    /// Blocks with a record of any row.
    pub blocks: usize,
    /// Measured quantities.
    pub metrics: Vec<MetricFinding>,
    /// One per entry, in the order of the entries.
    pub rows: Vec<CellRow>,
}

impl CellFinding {
    /// The finding about `metric`, where this kind of cell has it.
    #[must_use]
    pub fn metric(&self, metric: Metric) -> Option<&MetricFinding> {
        self.metrics.iter().find(|found| found.metric == metric)
    }

    /// The detail of an entry.
    #[must_use]
    pub fn detail(&self, entry: usize) -> Option<&RowDetail> {
        self.rows.get(entry)?.detail.as_ref()
    }
}
