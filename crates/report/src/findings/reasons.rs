//! Why something is not known.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// Why a row has no ratio to the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum NotCompared {
    /// The quantity says nothing about servers.
    NotAboutServers,
    /// It failed the admission test.
    NotAdmitted,
    /// The rate, or a time at that rate, is the generator's and not the
    /// server's.
    GeneratorBound,
    /// The plan has no reference.
    NoReference,
    /// The reference has no figure that can be compared.
    ReferenceHasNoFigure,
    /// The reference failed the admission test.
    ReferenceNotAdmitted,
    /// The reference was limited by the load generator.
    ReferenceGeneratorBound,
    /// No block holds a figure of both.
    NoCommonBlocks,
    /// A value of the row or of the reference is zero or negative, so that
    /// there is no ratio.
    NotPositive {
        /// The block, from 0.
        block: u32,
    },
}

impl fmt::Display for NotCompared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAboutServers => out.write_str("it says nothing about servers"),
            Self::NotAdmitted => out.write_str("it isn't admitted"),
            Self::ReferenceNotAdmitted => out.write_str("the reference isn't admitted"),
            Self::GeneratorBound => out.write_str("it was limited by the load generator"),
            Self::NoReference => out.write_str("the plan has no reference"),
            Self::ReferenceHasNoFigure => out.write_str("the reference has no valid figure"),
            Self::ReferenceGeneratorBound => {
                out.write_str("the reference was limited by the load generator")
            }
            Self::NoCommonBlocks => {
                out.write_str("no block holds a valid figure of both it and the reference")
            }
            Self::NotPositive { block } => write!(
                out,
                "in block {} a value of its own or of the reference is not above zero",
                block + 1
            ),
        }
    }
}

/// Why nobody knows what difference the tool sees where there is none. The A/A
/// row is the reference's twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum NoFloor {
    /// The plan has no twin of the reference.
    NoTwin,
    /// The twin has no valid figure.
    TwinHasNoFigure,
    /// The twin can't be compared with the reference.
    TwinNotCompared {
        /// Why.
        reason: NotCompared,
    },
    /// Fewer common blocks of the two than an interval needs.
    TooFewBlocks {
        /// How many there are.
        blocks: usize,
        /// How many are needed.
        needed: usize,
    },
}

impl fmt::Display for NoFloor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTwin => out.write_str("the plan has no A/A row"),
            Self::TwinHasNoFigure => out.write_str("the A/A row has no valid figure"),
            Self::TwinNotCompared {
                reason: NotCompared::GeneratorBound,
            } => out.write_str("the A/A row was limited by the load generator"),
            Self::TwinNotCompared {
                reason: NotCompared::NotAdmitted,
            } => out.write_str("the A/A row isn't admitted"),
            Self::TwinNotCompared { reason } => write!(out, "A/A rows: {reason}"),
            Self::TooFewBlocks { blocks: 1, .. } => out.write_str("1 A/A block"),
            Self::TooFewBlocks { blocks, .. } => write!(out, "{blocks} A/A blocks"),
        }
    }
}
