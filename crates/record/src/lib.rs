//! The values that flow between the programs of this workspace.
//!
//! Every arrow of the data flow plan → build → check → run → analyse → render
//! is one of these types, serialised. The crate does no I/O: who reads or
//! writes a file, a pipe or a socket does it elsewhere.
//!
//! Numbers are raw and carry their unit in their name (`_ns`, `_bytes`,
//! `_per_s`). Text for people is made by `Display` or in the `report` crate.

mod admission;
mod applicability;
mod claims;
mod codec;
mod conformance;
mod contender;
mod costs;
mod facts;
mod flaw;
mod generator;
mod histogram;
mod language;
mod message;
mod mixed;
mod plan;
#[cfg(feature = "histograms")]
mod rounds;
mod run;
mod scenario;
#[cfg(feature = "schema")]
mod schema;
mod trial;

pub use admission::{
    AdmissionReport, AdmissionRule, Fact, NotApplicable, Received, Requirement, RuleOutcome,
    RuleResult, Sent,
};
pub use applicability::Inapplicable;
pub use claims::{Answer, Claim, ClaimFault, Claims, Property};
pub use codec::{
    CODEC_VERSION, CodecCount, CodecFamily, CodecGroup, CodecHeader, CodecLibrary, CodecLine,
    CodecTime,
};
pub use conformance::{
    Behaviour, CONFORMANCE_VERSION, CaseExplanation, CaseRecord, CaseVerdict, CloseBehaviour,
    ConformanceReport, ConnectionEnd, CutShort, Observed, ObservedEvent, TestedServer,
};
pub use contender::{
    AllocationCounts, ContenderLine, OptionInForce, Protocol, Ready, UnknownVariant, Variant,
};
pub use costs::{CostKind, CostMeasurement, CostPass, CostSize, CostStep};
pub use facts::{
    BuildTimes, BuildsFile, BuiltFacts, ContenderRow, DependencyCounts, DerivedFacts, Evidence,
    FACTS_VERSION, FactsFile, Found, ProbeAnswer, ProbedFacts, ProbesFile, Provenance,
    StrippedSize, UnsafeCounts,
};
pub use flaw::{Disturbance, Flaw, FlawKind};
pub use generator::{
    Connected, Disconnected, Extent, GeneratorFault, GeneratorLine, HandshakeCounts, Load,
    LoadResult, Spacing, VerificationCounts, Workload,
};
pub use histogram::EncodedHistogram;
#[cfg(feature = "histograms")]
pub use histogram::{HistogramError, new_latency_histogram};
pub use language::{GoToolchain, Language, MissingToolchain};
pub use message::{MessageKind, MessageShape};
pub use mixed::mixed;
pub use plan::{Cell, Effort, EffortLevel, Entry, EntryKey, Plan, PlannedTrial, PrintedPlan, Role};
pub use run::{
    BuildOutcome, BuiltContender, Calibration, CheckOutcome, ContenderFacts, HelperThread, Host,
    LeftOutLevel, ProgramFacts, RunEnd, RunHeader, RunLine, SettingFact, ToolchainFacts,
    VariantFacts,
};
pub use scenario::{Repetition, Rung, Scenario, ScenarioKind};
#[cfg(feature = "schema")]
pub use schema::{SchemaFile, Side, schema_files};
pub use trial::{
    AllocationMeasurement, AllocationStep, AllocationSubject, Beside, IdleLevel, MachineUse,
    Measurement, ProcessMemory, ProcessUse, TrialRecord,
};

/// Version of everything that this crate writes. It grows when a field changes
/// its meaning or goes away; adding an optional field keeps it.
pub const SCHEMA_VERSION: u32 = 1;
