//! What a comparison of two runs says, before it becomes text.

use std::fmt;

use record::{AllocationSubject, EntryKey};
use schemars::JsonSchema;
use serde::Serialize;
use statistics::Direction;

use super::difference::{NotedDifference, Which};
use crate::findings::Metric;

/// Version of the JSON that [`RunComparison`] serialises to. It grows when a
/// field changes its meaning or goes away.
pub const COMPARISON_VERSION: u32 = 1;

/// Which run one side is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunName {
    /// As it was asked for: a folder, or a revision.
    pub source: String,
    /// When it started, `YYYY-MM-DDTHH:MM:SSZ`.
    pub started_at: String,
    /// Commit of the project.
    pub commit: Option<String>,
    /// Name of the host.
    pub host: String,
    /// Blocks that are whole.
    pub blocks: u32,
}

/// Run B against run A.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RunComparison {
    /// [`COMPARISON_VERSION`].
    #[schemars(extend("const" = COMPARISON_VERSION))]
    pub comparison_version: u32,
    /// A.
    pub before: RunName,
    /// B.
    pub after: RunName,
    /// In what they differ beside their figures.
    pub differences: Vec<NotedDifference>,
    /// The row that ratios of both runs are taken to.
    pub base: Option<String>,
    /// What both have, in the order of B's tables.
    pub cells: Vec<CellChange>,
    /// Verdicts, counted over all rows but base and controls.
    pub tally: Tally,
}

/// One cell in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CellChange {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Measured quantities.
    pub metrics: Vec<MetricChange>,
    /// Allocation counts.
    pub allocations: Vec<AllocationChange>,
}

impl CellChange {
    /// Every verdict of the cell with its row.
    pub fn verdicts(&self) -> impl Iterator<Item = (&RowKey, &ChangeVerdict)> {
        let measured = self.metrics.iter().flat_map(|metric| &metric.rows);
        let counted = self.allocations.iter();
        measured
            .map(|row| (&row.key, &row.verdict))
            .chain(counted.map(|change| (&change.key, &change.verdict)))
    }
}

/// One quantity in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MetricChange {
    /// Which.
    pub metric: Metric,
    /// Which way is good.
    pub direction: Direction,
    /// The larger of both runs' noise floors, as a log-ratio; `None` when a run
    /// has none.
    pub least_effect: Option<f64>,
    /// What the machine may have done to all servers between the runs, as a
    /// log-ratio: the largest magnitude inside the intervals of the baselines'
    /// own changes, at least `least_effect`. An absolute change is claimed only
    /// if its whole interval lies beyond. `None` where absolute figures are not
    /// judged: another host, toolchain or effort, or baselines that do not agree
    /// within `least_effect`.
    pub absolute_least_effect: Option<f64>,
    /// One per row that both runs have.
    pub rows: Vec<RowChange>,
}

/// Which row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RowKey {
    /// The server.
    #[serde(flatten)]
    pub entry: EntryKey,
    /// Its name in tables.
    pub label: String,
    /// The library's version in A.
    pub version_before: String,
    /// The library's version in B.
    pub version_after: String,
    /// A baseline that nobody asked for by name: it shows whether the machine
    /// is the same, and its verdicts are not counted.
    pub is_control: bool,
}

/// One row by one quantity in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RowChange {
    /// Which row.
    #[serde(flatten)]
    pub key: RowKey,
    /// In A.
    pub before: Option<Figure>,
    /// In B.
    pub after: Option<Figure>,
    /// The ratio to the base in B over that in A.
    pub change: Option<Change>,
    /// What may be said about that.
    #[serde(flatten)]
    pub verdict: ChangeVerdict,
    /// The figure in B over that in A, for information.
    pub absolute: Option<AbsoluteChange>,
}

/// A row in one run, in the unit that the metric's name ends with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Figure {
    /// Blocks with a valid trial.
    pub blocks: usize,
    /// Median over them.
    pub median: f64,
    /// Median of the ratios to the base.
    pub ratio_to_base: Option<f64>,
}

/// A change as a ratio, 1 for none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// Hodges–Lehmann estimate.
    pub ratio: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
    /// Exact coverage of the interval.
    pub coverage: f64,
    /// Two-sided p-value of the rank-sum test.
    pub p_value: f64,
    /// The same after Holm's correction over the family. A claim asks for 0.025
    /// at most: two families share 5 %. Where there is only one, and for
    /// controls and absolute figures, it asks for 0.05.
    pub p_adjusted: f64,
}

/// A change of an absolute figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AbsoluteChange {
    /// The change.
    #[serde(flatten)]
    pub change: Change,
    /// What may be said, where absolute figures are judged.
    pub judged: Option<ChangeVerdict>,
}

/// What an allocation trial counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AllocationQuantity {
    /// New blocks.
    Allocations,
    /// Resized blocks.
    Reallocations,
    /// Bytes asked for.
    AllocatedBytes,
    /// Bytes that stay allocated.
    LiveBytes,
}

impl fmt::Display for AllocationQuantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allocations => "allocations",
            Self::Reallocations => "reallocations",
            Self::AllocatedBytes => "bytes allocated",
            Self::LiveBytes => "bytes live",
        })
    }
}

/// One count of one row in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AllocationChange {
    /// Which row.
    #[serde(flatten)]
    pub key: RowKey,
    /// What was done.
    #[serde(flatten)]
    pub subject: AllocationSubject,
    /// What was counted.
    pub quantity: AllocationQuantity,
    /// Per message, handshake or connection in A.
    pub before: Option<f64>,
    /// The same in B.
    pub after: Option<f64>,
    /// What may be said: counts are exact, so that any change is one.
    #[serde(flatten)]
    pub verdict: ChangeVerdict,
}

/// What may be said about a row's change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum ChangeVerdict {
    /// It is the base: what every other row is held against.
    Base,
    /// Better, beyond chance and beyond the least effect.
    Better,
    /// Worse, beyond chance and beyond the least effect.
    Worse,
    /// The whole interval lies within the least effect; a count: the same.
    Tied,
    /// The data can't tell.
    CannotTell,
    /// There is not enough to say even that.
    Unknown {
        /// Why.
        reason: NoVerdict,
    },
}

impl ChangeVerdict {
    /// The word in tables.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Tied => "tied",
            Self::CannotTell => "~",
            Self::Unknown { .. } => "?",
        }
    }
}

/// Why there is no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum NoVerdict {
    /// No valid trial.
    NotMeasured {
        /// None in A.
        lacks_before: bool,
        /// None in B.
        lacks_after: bool,
    },
    /// The figure is the load generator's.
    GeneratorBound,
    /// Nothing to take ratios to.
    NoBase,
    /// A value has no logarithm.
    NotPositive,
    /// Fewer blocks than an interval needs.
    TooFewBlocks {
        /// Blocks of the run that has fewer.
        blocks: usize,
        /// Blocks that are needed.
        needed: usize,
    },
    /// No agreement between so few blocks is evidence among so many rows.
    TooManyComparisons {
        /// Rows that are judged together.
        comparisons: usize,
        /// As many could be judged with these blocks.
        at_most: usize,
    },
    /// A run has no noise floor.
    NoNoiseFloor,
    /// The server can't count this.
    NotCounted,
    /// Counts of one run differed from each other.
    CountsVary,
}

impl fmt::Display for NoVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMeasured {
                lacks_before: true,
                lacks_after: true,
            } => f.write_str("no valid trial in either run"),
            Self::NotMeasured { lacks_before, .. } => {
                let run = if *lacks_before { Which::A } else { Which::B };
                write!(f, "no valid trial in {run}")
            }
            Self::GeneratorBound => f.write_str("limited by the load generator"),
            Self::NoBase => f.write_str("no base to take ratios to"),
            Self::NotPositive => f.write_str("a value that is not positive has no ratio"),
            Self::TooFewBlocks { blocks, needed } => {
                write!(f, "{blocks} of at least {needed} blocks")
            }
            Self::TooManyComparisons {
                comparisons,
                at_most,
            } => write!(
                f,
                "{comparisons} rows are too many for so few blocks (at most {at_most}): narrow \
                 them down with --contender or --scenario"
            ),
            Self::NoNoiseFloor => f.write_str("no noise floor"),
            Self::NotCounted => f.write_str("not counted"),
            Self::CountsVary => f.write_str("counts of one run differ from each other"),
        }
    }
}

/// Verdicts, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tally {
    /// Better.
    pub better: usize,
    /// Worse.
    pub worse: usize,
    /// Tied.
    pub tied: usize,
    /// The data can't tell.
    pub cannot_tell: usize,
    /// No verdict.
    pub unknown: usize,
}

/// Which verdicts a gate lets nobody pass with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerdictFilter {
    /// Worse.
    Regressed,
    /// Better or worse.
    Changed,
}

impl Tally {
    /// Counts one verdict.
    pub(super) fn count(&mut self, verdict: &ChangeVerdict) {
        match verdict {
            ChangeVerdict::Base => {}
            ChangeVerdict::Better => self.better += 1,
            ChangeVerdict::Worse => self.worse += 1,
            ChangeVerdict::Tied => self.tied += 1,
            ChangeVerdict::CannotTell => self.cannot_tell += 1,
            ChangeVerdict::Unknown { .. } => self.unknown += 1,
        }
    }

    /// How many verdicts `filter` catches.
    #[must_use]
    pub fn caught_by(&self, filter: VerdictFilter) -> usize {
        match filter {
            VerdictFilter::Regressed => self.worse,
            VerdictFilter::Changed => self.worse + self.better,
        }
    }
}
