//! In what two runs differ beside their figures.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::facts::{EffortFact, HostFact, ToolchainFact};
use crate::text::grouped;

/// Which of the two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub enum Which {
    /// The first.
    A,
    /// The second.
    B,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
        })
    }
}

/// What a difference does to the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The figures mean different things: they are left out.
    Refused,
    /// Absolute figures say little; ratios within each run still do.
    Caution,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused",
            Self::Caution => "caution",
        })
    }
}

/// One difference between two runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "difference", rename_all = "kebab-case")]
pub enum Difference {
    /// Both are the same run.
    SameRun,
    /// Another machine, or another set-up of it.
    Host {
        /// Which fact.
        fact: HostFact,
        /// In A.
        before: String,
        /// In B.
        after: String,
    },
    /// Another compiler, or other flags.
    Toolchain {
        /// Which fact.
        fact: ToolchainFact,
        /// In A.
        before: String,
        /// In B.
        after: String,
    },
    /// More or longer trials in one of them.
    Effort {
        /// Which number.
        fact: EffortFact,
        /// In A.
        before: String,
        /// In B.
        after: String,
    },
    /// Written in different versions of the format.
    Schema {
        /// In A.
        before: u32,
        /// In B.
        after: u32,
    },
    /// Other commits of this project: its servers and its load generator may
    /// differ too.
    Commit {
        /// In A.
        before: Option<String>,
        /// In B.
        after: Option<String>,
    },
    /// The checkout had uncommitted changes.
    Dirty {
        /// In which run.
        run: Which,
    },
    /// Trials count however disturbed the machine was.
    Disturbed {
        /// In which run.
        run: Which,
    },
    /// The load generator was given, not built from the commit.
    GivenGenerator {
        /// In which run.
        run: Which,
    },
    /// Less than the plan was measured.
    Partial {
        /// Which run.
        run: Which,
        /// Blocks that are whole.
        whole_blocks: u32,
        /// Blocks that were planned.
        planned_blocks: u32,
    },
    /// The runs took their ratios against different contenders.
    Reference {
        /// In A.
        before: String,
        /// In B.
        after: String,
    },
    /// The reference is another program now, so that ratios to it moved even
    /// where a row did not.
    ReferenceMoved {
        /// The reference.
        reference: String,
        /// What changed about it.
        how: String,
        /// What ratios are taken to instead.
        base: Option<String>,
    },
    /// The base's executable has another size although nothing that is on
    /// record about it changed.
    BaseRebuilt {
        /// The base.
        base: String,
        /// Size in A.
        before_bytes: u64,
        /// Size in B.
        after_bytes: u64,
    },
    /// The base was built with other versions or features of what it depends on,
    /// and so was everything that could take its place.
    BaseRelinked {
        /// The base.
        base: String,
    },
    /// A server whose code is the same moved against the base.
    ControlMoved {
        /// The baseline.
        row: String,
        /// Where.
        cell: String,
    },
    /// A row's options or flush rule changed.
    OptionsChanged {
        /// The row.
        row: String,
    },
    /// A row is in one of the runs only.
    RowOnlyIn {
        /// The row.
        row: String,
        /// Which run has it.
        run: Which,
    },
    /// One name, two definitions.
    ScenarioChanged {
        /// The scenario.
        scenario: String,
    },
    /// A cell is in one of the runs only.
    CellOnlyIn {
        /// The cell.
        cell: String,
        /// Which run has it.
        run: Which,
    },
    /// A rung of a ladder offered another rate.
    RateChanged {
        /// The cell.
        cell: String,
        /// Messages per second in A.
        before_per_s: Option<f64>,
        /// Messages per second in B.
        after_per_s: Option<f64>,
    },
    /// Memory per connection was taken at other numbers of connections.
    IdleLevelsChanged {
        /// The cell.
        cell: String,
        /// In A.
        before: Vec<u32>,
        /// In B.
        after: Vec<u32>,
    },
}

impl Difference {
    /// What it does to the comparison.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::RowOnlyIn { .. }
            | Self::ScenarioChanged { .. }
            | Self::CellOnlyIn { .. }
            | Self::RateChanged { .. }
            | Self::IdleLevelsChanged { .. } => Severity::Refused,
            _ => Severity::Caution,
        }
    }

    /// Whether something that A measured has nothing to be compared with in B.
    #[must_use]
    pub fn is_lost_in_b(&self) -> bool {
        match self {
            Self::RowOnlyIn { run, .. } | Self::CellOnlyIn { run, .. } => *run == Which::A,
            Self::ScenarioChanged { .. }
            | Self::RateChanged { .. }
            | Self::IdleLevelsChanged { .. } => true,
            _ => false,
        }
    }

    /// Whether it forbids a verdict on absolute figures.
    #[must_use]
    pub fn is_of_machine_or_effort(&self) -> bool {
        matches!(
            self,
            Self::Host { .. }
                | Self::Toolchain { .. }
                | Self::Effort { .. }
                | Self::Disturbed { .. }
        )
    }
}

/// A value that may be missing.
fn or_unknown(value: Option<&str>) -> &str {
    value.filter(|text| !text.is_empty()).unwrap_or("unknown")
}

fn short(commit: Option<&String>) -> &str {
    or_unknown(commit.map(|it| it.get(..7).unwrap_or(it)))
}

fn rate(per_s: Option<f64>) -> String {
    per_s.map_or("unknown".to_owned(), |it| grouped(it.round() as u64))
}

fn list(levels: &[u32]) -> String {
    let levels: Vec<String> = levels.iter().map(|it| grouped(u64::from(*it))).collect();
    levels.join(", ")
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameRun => f.write_str("A and B are the same run"),
            Self::Host {
                fact,
                before,
                after,
            } => write!(f, "another host: {fact} {before} in A, {after} in B"),
            Self::Toolchain {
                fact,
                before,
                after,
            } => write!(f, "another toolchain: {fact} {before} in A, {after} in B"),
            Self::Effort {
                fact,
                before,
                after,
            } => write!(f, "another effort: {fact} {before} in A, {after} in B"),
            Self::Schema { before, after } => {
                write!(
                    f,
                    "another format: schema version {before} in A, {after} in B"
                )
            }
            Self::Commit { before, after } => write!(
                f,
                "another commit: {} in A, {} in B; the servers' own code, the load generator and \
                 the harness may differ too",
                short(before.as_ref()),
                short(after.as_ref())
            ),
            Self::Dirty { run } => write!(
                f,
                "{run} was made with uncommitted changes, so its commit doesn't say what ran"
            ),
            Self::Disturbed { run } => write!(
                f,
                "{run} was made with --tolerate-disturbance: disturbed trials are in its figures"
            ),
            Self::GivenGenerator { run } => write!(
                f,
                "{run} was driven by a load generator that was given with --load-generator"
            ),
            Self::Partial {
                run,
                whole_blocks,
                planned_blocks,
            } => write!(
                f,
                "{run} is partial: {whole_blocks} of {planned_blocks} blocks are whole; \
                 `bench-harness resume` completes it"
            ),
            Self::Reference { before, after } => {
                write!(f, "another reference: {before} in A, {after} in B")
            }
            Self::ReferenceMoved {
                reference,
                how,
                base,
            } => {
                write!(f, "the base of A's ratios moved: {reference} has {how}; ")?;
                match base {
                    Some(base) => write!(f, "ratios are taken to {base} instead"),
                    None => f.write_str(
                        "no row that is the same in both runs can take its place, so there are no \
                         verdicts on ratios",
                    ),
                }
            }
            Self::BaseRebuilt {
                base,
                before_bytes,
                after_bytes,
            } => write!(
                f,
                "the base {base} is another executable ({} bytes in A, {} in B): where most rows \
                 move the same way, suspect it",
                grouped(*before_bytes),
                grouped(*after_bytes)
            ),
            Self::BaseRelinked { base } => write!(
                f,
                "the base {base} was built with other dependencies or features, as every other \
                 base would be: where most rows move the same way, suspect it"
            ),
            Self::ControlMoved { row, cell } => write!(
                f,
                "the baseline {row} moved against the base in {cell}, which no library explains: \
                 either machine or base changed"
            ),
            Self::OptionsChanged { row } => {
                write!(f, "{row} runs with other options or another flush rule")
            }
            Self::RowOnlyIn { row, run } => write!(f, "{row} is in {run} only; left out"),
            Self::ScenarioChanged { scenario } => write!(
                f,
                "{scenario} is another scenario under the same name; left out"
            ),
            Self::CellOnlyIn { cell, run } => write!(f, "{cell} is in {run} only; left out"),
            Self::RateChanged {
                cell,
                before_per_s,
                after_per_s,
            } => write!(
                f,
                "{cell} offered {} messages/s in A, {} in B; left out (run B with --rates-of A)",
                rate(*before_per_s),
                rate(*after_per_s)
            ),
            Self::IdleLevelsChanged {
                cell,
                before,
                after,
            } => write!(
                f,
                "{cell} held {} connections in A, {} in B; left out",
                list(before),
                list(after)
            ),
        }
    }
}

/// A difference with what follows from it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NotedDifference {
    /// What it does to the comparison.
    pub severity: Severity,
    /// The sentence about it.
    pub text: String,
    /// The difference itself.
    #[serde(flatten)]
    pub difference: Difference,
}

impl From<Difference> for NotedDifference {
    fn from(difference: Difference) -> Self {
        Self {
            severity: difference.severity(),
            text: difference.to_string(),
            difference,
        }
    }
}
