//! What a choice is made from: the facts and figures of a run, reduced to what
//! the question needs, so that a page can carry them as JSON.

use std::collections::BTreeMap;

use record::{Language, MessageKind};
use serde::Serialize;

use super::{Feature, Profile};

/// Version of [`ChooseData`], [`Question`](super::Question) and
/// [`Answer`](super::Answer). It grows when a field changes its meaning or goes
/// away.
pub const CHOOSE_VERSION: u32 = 1;

/// Everything that a choice is made from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChooseData {
    /// [`CHOOSE_VERSION`].
    pub choose_version: u32,
    /// The run that was measured.
    pub run: RunNote,
    /// The day of the table of facts; `None` without one.
    pub facts_day: Option<String>,
    /// Closed-loop echo cells, in the order of the tables.
    pub cells: Vec<EchoCell>,
    /// Rungs of the first rate ladder, from the lowest rate to the highest.
    pub rungs: Vec<RateRung>,
    /// The most idle connections at which memory was read.
    pub idle_connections: Option<u64>,
    /// The rows that can be chosen, by name.
    pub candidates: Vec<Candidate>,
    /// Contenders with facts that this run has no row of.
    pub not_measured: Vec<String>,
    /// Every runtime that a row ran on or that a fact names.
    pub runtimes: Vec<String>,
    /// Every HTTP library that a fact names.
    pub http_names: Vec<String>,
    /// Every licence that a manifest names.
    pub licences: Vec<String>,
    /// Ready-made questions.
    pub profiles: Vec<Profile>,
    /// Sentences of the answer, with places for names and numbers in braces.
    pub words: BTreeMap<&'static str, &'static str>,
}

/// Where the figures come from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunNote {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// The machine's name.
    pub host: String,
    /// Its processor.
    pub cpu_model: String,
    /// Processors that a server had.
    pub server_processors: usize,
    /// Blocks of which every planned trial is recorded.
    pub whole_blocks: u32,
    /// Whether less than the plan is there.
    pub is_partial: bool,
    /// Whether trials counted however disturbed the machine was.
    pub tolerates_disturbance: bool,
}

/// One closed-loop echo cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EchoCell {
    /// Its name.
    pub name: String,
    /// Payload size.
    pub size_bytes: u64,
    /// What the payload is made of.
    pub kind: MessageKind,
    /// Messages in flight per connection.
    pub in_flight: u32,
    /// Connections.
    pub connections: u32,
    /// Blocks with a record.
    pub blocks: usize,
    /// The noise floor of CPU per message, as a factor.
    pub noise_floor: Option<f64>,
}

/// One rate of the ladder.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RateRung {
    /// The cell's name.
    pub name: String,
    /// Messages per second over all connections.
    pub rate_per_s: f64,
    /// Payload size.
    pub size_bytes: u64,
    /// What the payload is made of.
    pub kind: MessageKind,
    /// Connections.
    pub connections: u32,
    /// The noise floor of the 99th percentile, as a factor.
    pub p99_noise_floor: Option<f64>,
}

/// One row that can be chosen: a contender in one variant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Its name in tables.
    pub name: String,
    /// Whether its variant is `tuned`.
    pub is_tuned: bool,
    /// Package name of the library.
    pub library: String,
    /// The library's version.
    pub version: String,
    /// What it is written in.
    pub language: Language,
    /// What drives it.
    pub runtime: String,
    /// When it flushes.
    pub flush: String,
    /// Where its source is.
    pub repository: String,
    /// What the library can't do, as its manifest declares.
    pub gaps: Vec<String>,
    /// Facts that are a yes or a no.
    pub features: BTreeMap<Feature, Fact>,
    /// The runtime that it was measured on, in words that can be asked for.
    pub measured_on: Vec<String>,
    /// The runtimes that its documentation names.
    pub runtimes: Named,
    /// The HTTP libraries that its documentation names.
    pub http: Named,
    /// The licence.
    pub licence: Licence,
    /// The day on which this version was published.
    pub released: Released,
    /// CPU per message in ns, one per [`ChooseData::cells`].
    pub cpu: Vec<Measured>,
    /// Highest resident memory meanwhile in bytes, one per
    /// [`ChooseData::cells`].
    pub peak_bytes: Vec<Option<f64>>,
    /// CPU per message in ns at a fixed rate, one per [`ChooseData::rungs`].
    pub loaded_cpu: Vec<Measured>,
    /// 99th percentile of response times in ns, one per [`ChooseData::rungs`].
    pub p99: Vec<Measured>,
    /// Resident bytes per idle connection.
    pub memory: Measured,
    /// Resident bytes before the first connection.
    pub base_bytes: Option<f64>,
    /// Threads that a further connection costs.
    pub threads_per_connection: Option<f64>,
}

/// What is known of a yes-or-no question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// The answer.
    pub state: State,
    /// Its evidence, or why there is none.
    pub text: String,
}

/// Yes, no, or nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is so.
    Yes,
    /// It isn't.
    No,
    /// It isn't known.
    Unknown,
}

/// Names that a fact holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The names in lower case; `None` when nothing is known.
    pub names: Option<Vec<String>>,
    /// The fact as it is written, or why there is none.
    pub text: String,
}

/// A licence as a choice between sets of licences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Licence {
    /// Who accepts all licences of one of these sets may use it; `None` when
    /// it isn't known.
    pub alternatives: Option<Vec<Vec<String>>>,
    /// The licence as the manifest has it, or why there is none.
    pub text: String,
}

/// When a version was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Released {
    /// The day, `YYYY-MM-DD`; `None` when it isn't known.
    pub day: Option<String>,
    /// Why it isn't known; empty when it is.
    pub text: String,
}

/// A figure, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Measured {
    /// It was measured.
    Figure(Figure),
    /// It wasn't; this says why.
    Missing(String),
}

impl Measured {
    /// The figure, where there is one.
    #[must_use]
    pub fn figure(&self) -> Option<&Figure> {
        match self {
            Self::Figure(figure) => Some(figure),
            Self::Missing(_) => None,
        }
    }
}

/// A median with where it lies.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// Median over blocks.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Whether the ends are a range, of too few blocks for an interval.
    pub is_range: bool,
    /// Blocks behind it.
    pub blocks: usize,
    /// Its tie groups in this cell; empty without a verdict.
    pub letters: Vec<String>,
}
