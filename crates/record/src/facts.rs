//! What a table of facts is made of: `facts.json` and the files that it draws on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Answer, Claim, Language, Property};

/// Version of [`FactsFile`], [`BuildsFile`] and [`ProbesFile`]. It grows when a
/// field changes its meaning or goes away.
pub const FACTS_VERSION: u32 = 1;

/// A fact, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Found<T> {
    /// It is known.
    Known(T),
    /// It isn't; this says why, for people.
    Unknown(String),
}

impl<T> Found<T> {
    /// The value, when it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

/// Packages below a library in the tree of one contender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DependencyCounts {
    /// Those that it names itself.
    pub direct: u32,
    /// All of them, each once.
    pub total: u32,
}

/// Unsafe Rust in source files, as the syntax tree has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnsafeCounts {
    /// The packages that were looked through, as `NAME VERSION`, with what was
    /// not read in its syntax tree in brackets.
    pub packages: Vec<String>,
    /// Source files that were read.
    pub files: u32,
    /// `unsafe { … }`.
    pub blocks: u32,
    /// `unsafe fn`, methods included.
    pub functions: u32,
    /// `unsafe impl`.
    pub impls: u32,
    /// `unsafe trait`.
    pub traits: u32,
    /// The word in the tokens of macros, where there is no syntax tree.
    pub in_macros: u32,
    /// The word in files that can't be parsed, which have no syntax tree either.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub by_words: u32,
    /// Every package has `#![forbid(unsafe_code)]`.
    pub forbidden: bool,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl UnsafeCounts {
    /// All places.
    pub fn total(&self) -> u32 {
        self.blocks + self.functions + self.impls + self.traits + self.in_macros + self.by_words
    }
}

/// The size of a contender's program without symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StrippedSize {
    /// Of the whole program.
    pub program_bytes: u64,
    /// Of the baseline's; what is above it is the library and what it brings.
    pub baseline_bytes: u64,
}

impl StrippedSize {
    /// What the library adds; below zero where the baseline is larger.
    pub fn above_baseline_bytes(self) -> i128 {
        i128::from(self.program_bytes) - i128::from(self.baseline_bytes)
    }
}

/// Times of clean builds, one per round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuildTimes {
    /// Of this contender.
    pub rounds_ns: Vec<u64>,
    /// Of the reference in the same rounds.
    pub reference_rounds_ns: Vec<u64>,
}

/// What cargo, the registry and the source say of one contender's library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DerivedFacts {
    /// When the pinned version was published, as `YYYY-MM-DD`: the registry's
    /// index says so, or Go's module proxy.
    pub released: Found<String>,
    /// Licence, an SPDX expression where there is one.
    pub license: Found<String>,
    /// Oldest supported Rust, as the manifest has it; of a library in Go `Go` and
    /// the version in its go.mod.
    pub rust_version: Found<String>,
    /// Packages that it is built with here.
    pub dependencies: Found<DependencyCounts>,
    /// Its own unsafe code.
    pub unsafe_code: Found<UnsafeCounts>,
    /// Size of the program.
    pub stripped_size: Found<StrippedSize>,
    /// Times of clean builds.
    pub build_times: Found<BuildTimes>,
    /// Open RUSTSEC advisories of the library and of what it is built with.
    pub advisories: Found<Vec<String>>,
}

/// What a probe saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProbeAnswer {
    /// The answer.
    pub answer: Answer,
    /// What was done and seen, in a sentence.
    pub probe: String,
}

/// Evidence for one property.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// What a page says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// What a probe saw; it counts more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<ProbeAnswer>,
}

/// Everything that is known of one contender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContenderRow {
    /// The contender's name.
    pub contender: String,
    /// The language of the library.
    #[serde(default, skip_serializing_if = "Language::is_rust")]
    pub language: Language,
    /// Package name of its library.
    pub library: String,
    /// The library's version, from Cargo.lock or go.mod.
    pub version: String,
    /// Where the library's source is.
    pub repository: String,
    /// What was derived.
    pub derived: DerivedFacts,
    /// What is claimed and what was probed. A property that is missing here is
    /// unknown.
    pub properties: BTreeMap<Property, Evidence>,
}

/// On what something was measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Provenance {
    /// Day, as `YYYY-MM-DD`.
    pub day: String,
    /// Commit of the checkout, when there is one.
    pub commit: Option<String>,
    /// Whether sources differed from the commit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dirty: bool,
    /// Host and processor, when that matters.
    pub machine: Option<String>,
    /// `rustc --version`, when that matters.
    pub rustc: Option<String>,
}

/// `facts.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FactsFile {
    /// [`FACTS_VERSION`].
    pub facts_version: u32,
    /// When and from what the file was made.
    pub made: Provenance,
    /// Target triple that dependencies are counted for.
    pub target: String,
    /// The contender that build times are compared with.
    pub reference: String,
    /// The baseline that sizes are compared with.
    pub size_baseline: String,
    /// Where sizes come from, when there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sizes_made: Option<Provenance>,
    /// Where build times come from, when there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_times_made: Option<Provenance>,
    /// The rows, by name.
    pub contenders: Vec<ContenderRow>,
}

/// What was measured of one contender by building it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuiltFacts {
    /// The library's version that was built.
    pub version: String,
    /// Size of the stripped program, or why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stripped_bytes: Option<Found<u64>>,
    /// Wall-clock time of each clean build, in the order of the rounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean_build_ns: Option<Found<Vec<u64>>>,
}

/// `builds.json`: what is dear to find out, kept apart from what is cheap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuildsFile {
    /// [`FACTS_VERSION`].
    pub facts_version: u32,
    /// On what the sizes were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sizes_made: Option<Provenance>,
    /// On what the builds were timed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times_made: Option<Provenance>,
    /// Per contender, baselines included.
    pub contenders: BTreeMap<String, BuiltFacts>,
}

/// What probes saw of one contender.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProbedFacts {
    /// The library's version that was probed.
    pub version: String,
    /// The answers.
    pub answers: BTreeMap<Property, ProbeAnswer>,
}

/// `probes.json`: what admission and conformance saw, for the tables of facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProbesFile {
    /// [`FACTS_VERSION`].
    pub facts_version: u32,
    /// When, and on what.
    pub made: Provenance,
    /// Per contender.
    pub contenders: BTreeMap<String, ProbedFacts>,
}
