//! The run and its rows.

use record::{
    BuildOutcome, Calibration, Effort, EntryKey, Host, Language, OptionInForce, Protocol,
    SettingFact, ToolchainFacts,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Conformance, Hazards, NotAdmitted};

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Everything that was planned.
    Complete,
    /// Stopped by a signal or by its budget.
    Interrupted,
    /// Still under way, or killed.
    Unfinished,
}

/// What must be known to read the numbers.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RunFacts {
    /// Schema version of the run's file.
    pub schema_version: u32,
    /// When it started, `YYYY-MM-DDTHH:MM:SSZ`.
    pub started_at: String,
    /// The command that makes it again.
    pub command: String,
    /// Commit of the project.
    pub commit: Option<String>,
    /// Whether the checkout had uncommitted changes.
    pub dirty: bool,
    /// The machine.
    pub host: Host,
    /// The compiler.
    pub toolchain: ToolchainFacts,
    /// Seed of the order and of all payloads.
    pub seed: u64,
    /// How much was asked for.
    pub effort: Effort,
    /// Rates of the ladders.
    pub calibrations: Vec<Calibration>,
    /// How far it came.
    pub state: RunState,
    /// Blocks of which every planned trial is recorded.
    pub whole_blocks: u32,
    /// Trials in the plan.
    pub planned_trials: usize,
    /// Of those, the ones on record.
    pub recorded_trials: usize,
    /// Trials beyond the plan, because something outside of the servers went
    /// wrong in their cell.
    pub redone_trials: usize,
    /// Valid trials of both kinds.
    pub valid_trials: usize,
    /// Whether trials count however disturbed the machine was.
    pub tolerates_disturbance: bool,
    /// From the first trial's start to the last one's end.
    pub took_ns: u64,
    /// Number of the file's last line when it was cut off.
    pub cut_line: Option<usize>,
}

impl RunFacts {
    /// The day on which it started.
    #[must_use]
    pub fn date(&self) -> &str {
        self.started_at.get(..10).unwrap_or(&self.started_at)
    }

    /// Whether less than the plan is there.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.state != RunState::Complete
    }
}

/// One row: who it is and what it declares.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EntryFinding {
    /// Which server.
    #[serde(flatten)]
    pub key: EntryKey,
    /// Its name in tables.
    pub label: String,
    /// Whether ratios are taken against it.
    pub is_reference: bool,
    /// Package name of the library.
    pub library: String,
    /// The library's version; empty for a baseline.
    pub version: String,
    /// What it is written in.
    #[serde(skip_serializing_if = "Language::is_rust")]
    pub language: Language,
    /// What drives it.
    pub runtime: String,
    /// Kind of API.
    pub api: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// When it flushes.
    pub flush: String,
    /// Options of its variant, with reasons.
    pub options: Vec<SettingFact>,
    /// Options that the running server said are in force.
    pub options_in_force: Vec<OptionInForce>,
    /// What the library can't do.
    pub gaps: Vec<String>,
    /// Where its source is.
    pub repository: String,
    /// The page that its code follows.
    pub documentation: String,
    /// What building it gave; `None` when the run's header doesn't know it.
    pub build: Option<BuildOutcome>,
    /// Whether the check before the run looked at it.
    pub checked: bool,
    /// What that check found wrong.
    pub check_flaws: Vec<String>,
    /// Trials on record.
    pub recorded_trials: usize,
    /// Of those, the valid ones.
    pub valid_trials: usize,
    /// Why it isn't ranked: it failed the admission test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_admitted: Option<NotAdmitted>,
    /// What the cases of RFC 6455 said of it, where they were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conformance: Option<Conformance>,
    /// What hostile input did to it, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hazards: Option<Hazards>,
}

impl EntryFinding {
    /// Name with the library's version, for tables that stand alone.
    #[must_use]
    pub fn label_with_version(&self) -> String {
        if self.version.is_empty() {
            return self.label.clone();
        }
        let rest = &self.label[self.key.contender.len()..];
        format!("{} {}{rest}", self.key.contender, self.version)
    }
}
