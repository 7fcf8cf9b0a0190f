//! Scenarios: what is done to a server, as data.

use serde::{Deserialize, Serialize};

use crate::{CostKind, CostSize, MessageShape, Spacing};

/// How often a scenario is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Repetition {
    /// In every block: a figure that wobbles.
    #[default]
    EveryBlock,
    /// In the first two blocks: a figure that is exact or nearly so; the second
    /// run shows that it is.
    Twice,
}

/// One rung of a rate ladder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Name of the rung, part of its cell's name.
    pub name: String,
    /// Fraction of the slowest contender's calibrated capacity.
    pub fraction_of_slowest: f64,
}

/// What kind of measurement a scenario is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ScenarioKind {
    /// Closed loop: CPU per message, throughput.
    Echo {
        /// Connections.
        connections: u32,
        /// Messages in flight per connection.
        in_flight: u32,
        /// What is sent.
        message: MessageShape,
    },
    /// Open loop at rates that are the same for all contenders.
    RateLadder {
        /// Connections.
        connections: u32,
        /// What is sent.
        message: MessageShape,
        /// How the messages lie in time; at even distances in files that don't say.
        #[serde(default, skip_serializing_if = "Spacing::is_even")]
        spacing: Spacing,
        /// From the lowest to the highest.
        rungs: Vec<Rung>,
    },
    /// Opening handshakes: rate, latency, CPU per handshake.
    Handshakes {
        /// Handshakes under way at a time.
        concurrency: u32,
    },
    /// Memory per idle connection.
    Idle {
        /// Numbers of connections, growing; memory is read at each, and at 0.
        levels: Vec<u32>,
    },
    /// Allocations per message, exact.
    AllocationsPerMessage {
        /// Payload sizes.
        sizes_bytes: Vec<u64>,
        /// Messages counted per size.
        messages: u64,
        /// Messages that the server keeps per connection; 0 for a plain echo.
        keep: u32,
    },
    /// What a message costs, exactly, by the difference of two passes under a
    /// tool that counts.
    PerMessageCosts {
        /// What is counted.
        counted: CostKind,
        /// Payload sizes with the lengths of their passes.
        sizes: Vec<CostSize>,
    },
    /// Allocations per opening handshake and live bytes per idle connection.
    AllocationsPerConnection {
        /// Handshakes counted, one at a time.
        handshakes: u64,
        /// Connections held to see what stays allocated.
        connections: u32,
    },
}

/// One scenario file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Scenario {
    /// Short name, used in flags, records and file names.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Why this is measured; printed in the report.
    pub why: String,
    /// Position among the tables; lower comes first.
    pub order: u32,
    /// How often it is measured.
    #[serde(default)]
    pub repetition: Repetition,
    /// What is measured.
    #[serde(flatten)]
    pub kind: ScenarioKind,
}

impl Scenario {
    /// The names of the cells that this scenario gives: its rungs, or itself.
    #[must_use]
    pub fn cell_names(&self) -> Vec<String> {
        match &self.kind {
            ScenarioKind::RateLadder { rungs, .. } => rungs
                .iter()
                .map(|rung| format!("{}-{}", self.name, rung.name))
                .collect(),
            _ => vec![self.name.clone()],
        }
    }
}
