//! What is claimed of the tool.

use std::fmt;

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A claim about what the tool says of servers whose truth is known.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Claim {
    /// The same server under two names is a tie
    SameServer,
    /// 20 % more CPU time per message is found, and as about that much
    CpuPlus20,
    /// 5 % more CPU time per message is found
    CpuPlus5,
    /// A server that stalls shows the response times that arithmetic predicts
    Stall,
    /// Allocations per message are reported exactly
    Allocations,
    /// Servers that misbehave are named as what they are and give no number
    Faults,
}

impl Claim {
    /// All claims, in the order in which they are tried.
    pub(super) const ALL: [Self; 6] = [
        Self::Faults,
        Self::Allocations,
        Self::Stall,
        Self::SameServer,
        Self::CpuPlus20,
        Self::CpuPlus5,
    ];

    /// Whether it is about CPU time, and so needs blocks and windows of a real
    /// run.
    pub(super) fn needs_effort(self) -> bool {
        matches!(self, Self::SameServer | Self::CpuPlus20 | Self::CpuPlus5)
    }

    /// Its name in flags and JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SameServer => "same-server",
            Self::CpuPlus20 => "cpu-plus20",
            Self::CpuPlus5 => "cpu-plus5",
            Self::Stall => "stall",
            Self::Allocations => "allocations",
            Self::Faults => "faults",
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameServer => "the same server under two names is a tie",
            Self::CpuPlus20 => "20 % more CPU time per message is found, and as about that much",
            Self::CpuPlus5 => "5 % more CPU time per message is found",
            Self::Stall => "a server that stalls shows the response times that arithmetic predicts",
            Self::Allocations => "allocations per message are reported exactly",
            Self::Faults => "a server that misbehaves is named as what it is and gives no number",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_flags_and_json() {
        for claim in Claim::ALL {
            let flag = claim.to_possible_value().unwrap();
            assert_eq!(flag.get_name(), claim.name());
            assert_eq!(serde_json::to_value(claim).unwrap(), claim.name());
        }
        assert_eq!(Claim::ALL.len(), Claim::value_variants().len());
    }
}
