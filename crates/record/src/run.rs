//! The header of a run: everything that must be known to read its numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    EntryKey, GoToolchain, Language, MissingToolchain, Plan, Protocol, TrialRecord, Variant,
};

/// The machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Host {
    /// Name of the host, used in the folder's name.
    pub name: String,
    /// Processor model.
    pub cpu_model: String,
    /// Processors online.
    pub cpus: u32,
    /// Memory.
    pub memory_bytes: u64,
    /// Operating system, such as `Debian GNU/Linux 12`.
    pub operating_system: String,
    /// Kernel release.
    pub kernel: String,
    /// Hypervisor, when one says so.
    pub hypervisor: Option<String>,
    /// Frequency governor of processor 0, when the kernel shows one.
    pub governor: Option<String>,
    /// Open files allowed to a process.
    pub open_files: u64,
    /// Listen backlog that the kernel allows (`somaxconn`).
    pub backlog_limit: u64,
    /// Congestion control of new TCP connections, such as `cubic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub congestion_control: Option<String>,
    /// What the kernel reads the time from, such as `tsc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_source: Option<String>,
    /// Processors that servers run on.
    pub server_cpus: Vec<u32>,
    /// Processors that load generators run on.
    pub client_cpus: Vec<u32>,
    /// Whether some server processor and some generator processor are threads
    /// of one core, and so take time from each other; `None` where the kernel
    /// doesn't tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_core: Option<bool>,
}

/// The compiler and its flags, the same for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ToolchainFacts {
    /// `rustc --version`.
    pub rustc: String,
    /// `cargo --version`.
    pub cargo: String,
    /// Target triple.
    pub target: String,
    /// The compiler's flags in force, whatever set them; empty when none.
    pub rustflags: String,
    /// The release profile's settings in words, overrides included.
    pub profile: String,
    /// What changes a build besides the manifests: variables of the environment
    /// and keys of cargo's configuration files, verbatim, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overrides: BTreeMap<String, String>,
    /// What built the contenders in Go, where there are such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go: Option<GoToolchain>,
}

/// One option of a variant, from a contender's metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingFact {
    /// Name as the library spells it.
    pub name: String,
    /// Value as text.
    pub value: String,
    /// Why it is set so.
    pub reason: String,
}

/// What a variant is, from a contender's metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VariantFacts {
    /// When data is flushed to the socket, in words.
    pub flush: String,
    /// The options.
    #[serde(default)]
    pub options: Vec<SettingFact>,
    /// Features of the contender's own package that its program is built with
    /// for this variant; the variants of a run are built with none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
}

/// A thread that a server has besides those that serve connections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HelperThread {
    /// Its name in `/proc/PID/task/TID/comm`, 15 bytes at most.
    pub name: String,
    /// What it is there for.
    pub reason: String,
}

/// What a contender declares about itself in `[package.metadata.contender]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContenderFacts {
    /// Package name of the library that is measured.
    pub library: String,
    /// The runtime that drives it.
    pub runtime: String,
    /// Kind of API: `blocking`, `async`, `frames`, ….
    pub api: String,
    /// True for a server that is no WebSocket library.
    #[serde(default)]
    pub baseline: bool,
    /// Whether it belongs to the libraries that the project began with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub core: bool,
    /// What it is written in.
    #[serde(default, skip_serializing_if = "Language::is_rust")]
    pub language: Language,
    /// What it speaks.
    #[serde(default)]
    pub protocol: Protocol,
    /// Where the library's source is.
    pub repository: String,
    /// The documentation page that the code follows.
    pub documentation: String,
    /// What the library can't do, or does other than the rest.
    #[serde(default)]
    pub gaps: Vec<String>,
    /// Threads that its runtime or library starts beside those that serve
    /// connections, one entry each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub helper_threads: Vec<HelperThread>,
    /// The variants, `default` at least.
    pub variants: BTreeMap<Variant, VariantFacts>,
}

/// What building a contender gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum BuildOutcome {
    /// It is built.
    Built {
        /// Size of the executable.
        binary_bytes: u64,
        /// Hash of the features of every package in it.
        feature_hash: String,
    },
    /// It is an executable that was given, not built here.
    Given {
        /// Size of the executable.
        binary_bytes: u64,
    },
    /// It could not be built.
    Failed {
        /// The compiler's first error.
        error: String,
    },
    /// It needs a toolchain that this machine doesn't have. That is no fault.
    ToolchainMissing(MissingToolchain),
}

/// What the check before the run found for one entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckOutcome {
    /// Which server.
    #[serde(flatten)]
    pub entry: EntryKey,
    /// What is wrong with it; empty when it may run.
    pub flaws: Vec<crate::Flaw>,
    /// The options it says are in force.
    pub options: Vec<crate::OptionInForce>,
}

/// One contender of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuiltContender {
    /// Its name, the package name without `echo-`.
    pub name: String,
    /// What it declares.
    pub facts: ContenderFacts,
    /// The library's version from Cargo.lock.
    pub version: String,
    /// What building it gave.
    pub build: BuildOutcome,
}

/// One executable of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProgramFacts {
    /// The contender's name, or the load generator's package.
    pub name: String,
    /// SHA-256 of the file, in hexadecimal digits; empty when there was none.
    pub sha256: String,
    /// The command that was given; empty for what was built here. Of the files
    /// that a command names, `sha256` covers the first, the program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
}

/// A number of idle connections that was to be measured and could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeftOutLevel {
    /// Name of the scenario.
    pub scenario: String,
    /// Connections.
    pub connections: u32,
    /// Open files that the machine allowed.
    pub allowed_files: u64,
}

/// Capacity found before the run, from which the ladder's rates follow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Calibration {
    /// Name of the ladder's scenario.
    pub scenario: String,
    /// Messages per second that each entry reached in a closed loop.
    pub capacities_per_s: Vec<(EntryKey, f64)>,
    /// The slowest entry.
    pub slowest: EntryKey,
    /// Messages per second of each rung.
    pub rung_rates_per_s: Vec<f64>,
}

/// The first line of a run's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunHeader {
    /// [`SCHEMA_VERSION`](crate::SCHEMA_VERSION) of the writer.
    #[cfg_attr(feature = "schema", schemars(extend("const" = crate::SCHEMA_VERSION)))]
    pub schema_version: u32,
    /// When the run started, ns since 1970.
    pub started_at_unix_ns: u64,
    /// The same as text, `YYYY-MM-DDTHH:MM:SSZ`.
    pub started_at: String,
    /// The command that makes this run again.
    pub command: String,
    /// Commit of this project, `None` outside a checkout.
    pub commit: Option<String>,
    /// Whether the checkout had uncommitted changes.
    pub dirty: bool,
    /// The machine.
    pub host: Host,
    /// The compiler.
    pub toolchain: ToolchainFacts,
    /// What is compared.
    pub contenders: Vec<BuiltContender>,
    /// The servers' executables; empty in files of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<ProgramFacts>,
    /// The load generator's executable; `None` in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator: Option<ProgramFacts>,
    /// Idle connections that the limit on open files forbade.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out_levels: Vec<LeftOutLevel>,
    /// What the check found.
    pub checks: Vec<CheckOutcome>,
    /// One per ladder in the plan.
    pub calibrations: Vec<Calibration>,
    /// What the run is going to do.
    pub plan: Plan,
    /// Estimate of the run's length, made before the first trial.
    pub estimate_ns: u64,
}

/// The last line of a run that came to its end by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunEnd {
    /// When it ended, ns since 1970.
    pub ended_at_unix_ns: u64,
    /// Time from the first trial's start to the last one's end.
    pub took_ns: u64,
    /// Whether it was interrupted or ran out of its budget.
    pub interrupted: bool,
    /// Blocks that are whole.
    pub whole_blocks: u32,
}

/// Every line of a run's file `run.ndjson`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "line", rename_all = "kebab-case")]
pub enum RunLine {
    /// First.
    Header(Box<RunHeader>),
    /// One per trial, in the order in which they ran.
    Trial(Box<TrialRecord>),
    /// Last.
    End(RunEnd),
}
