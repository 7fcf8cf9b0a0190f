//! What a run is going to do.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{SCHEMA_VERSION, Scenario, Variant};

/// How much effort a run makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EffortLevel {
    /// A look: few blocks, short windows.
    Quick,
    /// What is published.
    #[default]
    Standard,
    /// More blocks, longer windows.
    Thorough,
}

impl fmt::Display for EffortLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Thorough => "thorough",
        })
    }
}

/// The numbers behind an effort level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Effort {
    /// The level's name.
    pub level: EffortLevel,
    /// Blocks to run.
    pub blocks: u32,
    /// Blocks in which a scenario with [`Repetition::Twice`] runs.
    ///
    /// [`Repetition::Twice`]: crate::Repetition::Twice
    pub exact_blocks: u32,
    /// Into how many rounds a measured window is cut at most: see [`Cell::rounds`].
    #[serde(default = "one")]
    pub rounds: u32,
    /// Warm-up of a trial with a time window.
    pub warm_up_ns: u64,
    /// Measured window of such a trial.
    pub window_ns: u64,
    /// Measured window of a trial at a fixed rate.
    pub rate_window_ns: u64,
    /// Idle levels above this are left out.
    pub idle_level_limit: u32,
}

/// What a row is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// No WebSocket library: what libraries are held against.
    Baseline,
    /// A library on a runtime.
    Contender,
    /// The reference once more under another name: its difference from the
    /// reference is the noise floor.
    Again,
}

/// Which server a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EntryKey {
    /// The contender's name, its package name without `echo-`.
    pub contender: String,
    /// The variant.
    pub variant: Variant,
    /// The row's role; tells the reference from its twin.
    pub role: Role,
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.contender)?;
        if self.variant != Variant::Default {
            write!(f, " ({})", self.variant)?;
        }
        if self.role == Role::Again {
            f.write_str(" (again)")?;
        }
        Ok(())
    }
}

/// One row of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entry {
    /// Which server.
    #[serde(flatten)]
    pub key: EntryKey,
    /// Whether ratios are taken against this entry.
    #[serde(default)]
    pub is_reference: bool,
}

/// One column of the comparison: a scenario, or one rung of a ladder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cell {
    /// Unique name, as in [`Scenario::cell_names`].
    pub name: String,
    /// Name of its scenario.
    pub scenario: String,
    /// For a rung: its number in the scenario's list.
    pub rung: Option<usize>,
    /// Rounds of its measured window. With more than one, all servers of the
    /// cell are up at the same time and take turns: what the machine does in
    /// between befalls all of them. The lengths of the rounds add up to the
    /// window. 1 where every server runs alone.
    #[serde(default = "one")]
    pub rounds: u32,
}

/// What a plan says that was made before there were rounds.
fn one() -> u32 {
    1
}

/// One trial of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedTrial {
    /// Number in the plan, from 0.
    pub number: u32,
    /// Block, from 0.
    pub block: u32,
    /// Index into [`Plan::cells`].
    pub cell: usize,
    /// Index into [`Plan::entries`].
    pub entry: usize,
}

/// A plan that stands by itself: what `plan --json` prints. That of a run stands
/// in the run's header, under the version of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrintedPlan<'a> {
    /// [`SCHEMA_VERSION`] of the writer.
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA_VERSION)))]
    pub schema_version: u32,
    /// The plan.
    #[serde(flatten)]
    pub plan: &'a Plan,
}

impl<'a> PrintedPlan<'a> {
    /// The plan, in the present version.
    #[must_use]
    pub fn new(plan: &'a Plan) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            plan,
        }
    }
}

/// Everything that a run is going to do, in order. A pure function of seed,
/// effort, scenarios and entries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// Seed of the order and of all payloads.
    pub seed: u64,
    /// Effort.
    pub effort: Effort,
    /// Trials count however disturbed the machine was: for a look on a machine
    /// that is in use, never for a result.
    #[serde(default)]
    pub tolerates_disturbance: bool,
    /// The scenarios.
    pub scenarios: Vec<Scenario>,
    /// The rows.
    pub entries: Vec<Entry>,
    /// The columns.
    pub cells: Vec<Cell>,
    /// The trials in the order in which they run.
    pub trials: Vec<PlannedTrial>,
}

impl Plan {
    /// The scenario of a cell.
    #[must_use]
    pub fn scenario_of(&self, cell: &Cell) -> Option<&Scenario> {
        self.scenarios
            .iter()
            .find(|scenario| scenario.name == cell.scenario)
    }

    /// The entry that ratios are taken against.
    #[must_use]
    pub fn reference(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.is_reference)
    }
}
