//! The short list and what stands behind it.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Axis, CHOOSE_VERSION, Question};

/// A question with its answer: what `choose --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// What was asked, with the defaults filled in.
    pub question: Question,
    /// What it gets.
    pub answer: Answer,
}

/// What a question gets.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// [`CHOOSE_VERSION`].
    #[schemars(extend("const" = CHOOSE_VERSION))]
    pub choose_version: u32,
    /// What the places are by.
    pub axis: Axis,
    /// One per library, by place.
    pub picks: Vec<Pick>,
    /// Rows that meet every need and have no figure to be ranked by.
    pub unranked: Vec<Unranked>,
    /// Which row each need ruled out; a row has one entry per need.
    pub ruled_out: Vec<RuledOut>,
    /// What each need alone costs: the rows that it and nothing else rules out.
    pub alone: Vec<Alone>,
    /// Every row that meets all needs, by name.
    pub candidates: Vec<String>,
    /// How sure the figures are.
    pub sureness: Vec<String>,
    /// What must be known to use them.
    pub notes: Vec<String>,
}

/// A value with where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Span {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Span {
    pub(super) fn times(self, factor: f64) -> Self {
        Self {
            value: self.value * factor,
            low: self.low * factor,
            high: self.high * factor,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            low: self.low + other.low,
            high: self.high + other.high,
        }
    }
}

/// A library on the short list, by its best row.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pick {
    /// The row's name.
    pub name: String,
    /// Package name of the library.
    pub library: String,
    /// Its version.
    pub version: String,
    /// What drives it.
    pub runtime: String,
    /// From 1; those that share one can't be told apart.
    pub place: usize,
    /// What was measured and what is known, in sentences.
    pub reasons: Vec<String>,
    /// What isn't known about a need, where that was allowed.
    pub caveats: Vec<String>,
    /// CPU time per message, closed loop.
    pub cpu_ns: Option<Span>,
    /// CPU time per message at the asked load.
    pub loaded_cpu_ns: Option<Span>,
    /// Processors at the asked load.
    pub cores: Option<Span>,
    /// Resident bytes per idle connection.
    pub bytes_per_connection: Option<Span>,
    /// Resident bytes at the asked number of connections.
    pub memory_bytes: Option<Span>,
    /// 99th percentile of response times.
    pub p99_ns: Option<Span>,
    /// Further rows of the library that meet every need.
    pub others: Vec<Other>,
    /// What the library can't do, as its manifest declares.
    pub gaps: Vec<String>,
    /// Where its source is.
    pub repository: String,
}

/// Another row of a library.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Other {
    /// Its name.
    pub name: String,
    /// Its figure on the axis.
    pub figure: f64,
    /// The same for people, with whether it is told apart from the pick.
    pub text: String,
}

/// A row without a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unranked {
    /// Its name.
    pub name: String,
    /// Why.
    pub because: String,
}

/// A row that a need ruled out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuledOut {
    /// Its name.
    pub name: String,
    /// The need.
    pub need: String,
    /// What is known about it.
    pub because: String,
    /// Whether nothing is known, so that `--unknown-ok` would let it in.
    pub is_unknown: bool,
}

/// What one need costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Alone {
    /// The need.
    pub need: String,
    /// Rows that only it rules out.
    pub names: Vec<String>,
}
