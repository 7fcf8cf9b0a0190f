//! Exact costs of a message, counted by a tool under which the server runs.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CostKind {
    /// Calls into the kernel, by strace.
    SystemCalls,
    /// Instructions in user mode, by valgrind's callgrind.
    Instructions,
}

impl CostKind {
    /// The program that counts it.
    #[must_use]
    pub fn tool(self) -> &'static str {
        match self {
            Self::SystemCalls => "strace",
            Self::Instructions => "valgrind",
        }
    }
}

impl fmt::Display for CostKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SystemCalls => "system calls",
            Self::Instructions => "instructions",
        })
    }
}

/// A payload size and the lengths of its two passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CostSize {
    /// Payload size.
    pub size_bytes: u64,
    /// Messages of the shorter pass.
    pub fewer: u64,
    /// Messages of the longer one.
    pub more: u64,
}

/// What was counted in one pass: in the whole life of a server process (system
/// calls), or in a part of one (instructions).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CostPass {
    /// Messages that were echoed, those before the window apart.
    pub messages: u64,
    /// The count, what belongs to no message included.
    pub total: u64,
    /// The same by name, where there are names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_name: BTreeMap<String, u64>,
}

/// Two passes that differ in nothing but the number of messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CostStep {
    /// Payload size.
    pub size_bytes: u64,
    /// The shorter pass.
    pub fewer: CostPass,
    /// The longer one.
    pub more: CostPass,
}

/// All passes of a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CostMeasurement {
    /// What was counted.
    pub counted: CostKind,
    /// The tool's version, in its own words.
    pub tool: String,
    /// One per payload size.
    pub steps: Vec<CostStep>,
}
