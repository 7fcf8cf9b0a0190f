//! What a person says: the load, what the library must do, and what to rank by.

use std::fmt;

use record::{Language, MessageKind};
use schemars::JsonSchema;
use serde::Serialize;

use super::{ChooseData, date::Day, words::say};

/// What servers are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// CPU time per message at the asked size, closed loop.
    Cpu,
    /// Resident memory per idle connection.
    Memory,
    /// 99th percentile of response times at the rung nearest to the asked rate.
    P99,
}

/// Which way messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// Every message is read and answered.
    Echo,
    /// The server only sends.
    Push,
}

/// A yes-or-no fact that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// TLS by an option of its own, or over a stream that the program brings.
    Tls,
    /// TLS by an option of its own.
    TlsBuiltIn,
    /// permessage-deflate.
    Deflate,
    /// Builds for WebAssembly.
    Wasm,
    /// Every case of RFC 6455 passed and closed well.
    Autobahn,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Tls,
        Self::TlsBuiltIn,
        Self::Deflate,
        Self::Wasm,
        Self::Autobahn,
    ];

    /// Its name in flags and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::TlsBuiltIn => "tls-built-in",
            Self::Deflate => "deflate",
            Self::Wasm => "wasm",
            Self::Autobahn => "autobahn",
        }
    }
}

/// The load of a service.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Workload {
    /// Payload size of a message.
    pub size_bytes: u64,
    /// What it is made of.
    pub kind: MessageKind,
    /// Connections at a time.
    pub connections: u64,
    /// Messages per second on each of them.
    pub rate_per_s: f64,
    /// Which way they go.
    pub pattern: Pattern,
    /// Messages that come together on a connection.
    pub burst: u32,
}

/// What the library must have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Needs {
    /// Yes-or-no facts.
    pub features: Vec<Feature>,
    /// The runtime.
    pub runtime: Option<String>,
    /// The HTTP library whose connections it takes over.
    pub http: Option<String>,
    /// Licences that are accepted; any when empty.
    pub licences: Vec<String>,
    /// Its version is at most so many months old.
    pub maintained_within_months: Option<u32>,
    /// The language; any when `None`.
    pub language: Option<Language>,
    /// Resident memory at most, at the asked number of connections.
    pub memory_limit_bytes: Option<u64>,
}

/// A whole question.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// The load.
    pub workload: Workload,
    /// What the library must have.
    pub needs: Needs,
    /// What to rank by.
    pub axis: Axis,
    /// Whether what isn't known about a need rules nothing out.
    pub unknown_ok: bool,
    /// The day on which it is asked, `YYYY-MM-DD`.
    pub today: String,
}

/// A question that can't be asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ChooseError {
    /// The run can't answer any question about CPU time.
    #[error("this run has no echo cell, so it can't say what a message costs; choose another run")]
    NoEchoCell,
    /// A value makes no sense.
    #[error("{what} is {value}; it must be {allowed}")]
    OutOfRange {
        /// Which value.
        what: &'static str,
        /// What was given.
        value: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A name that neither a row nor a fact knows.
    #[error("nothing here knows the {what} {name:?}; there are: {}", known.join(", "))]
    UnknownName {
        /// Of what.
        what: &'static str,
        /// The name.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// Not a day.
    #[error("{0:?} is no day; write it as 2026-11-21")]
    NoDay(String),
}

impl Question {
    /// Whether the question can be asked of `data`.
    ///
    /// # Errors
    /// When a value is out of its range, or names what nothing knows.
    pub fn check(&self, data: &ChooseData) -> Result<(), ChooseError> {
        if data.cells.is_empty() {
            return Err(ChooseError::NoEchoCell);
        }
        let load = &self.workload;
        let out_of_range = |what, value: String, allowed| {
            Err(ChooseError::OutOfRange {
                what,
                value,
                allowed,
            })
        };
        if !(1..=1 << 30).contains(&load.size_bytes) {
            let value = load.size_bytes.to_string();
            return out_of_range("the size of a message", value, "1 B to 1 GiB");
        }
        if !(1..=10_000_000).contains(&load.connections) {
            let value = load.connections.to_string();
            return out_of_range("the number of connections", value, "1 to 10,000,000");
        }
        if !(load.rate_per_s > 0.0 && load.rate_per_s <= 1e6) {
            let allowed = "above 0 and at most 1,000,000 messages per second and connection";
            return out_of_range("the rate", load.rate_per_s.to_string(), allowed);
        }
        if !(1..=1000).contains(&load.burst) {
            return out_of_range("the burst", load.burst.to_string(), "1 to 1,000 messages");
        }
        if self.needs.memory_limit_bytes == Some(0) {
            return out_of_range("the memory limit", "0".to_owned(), "above 0");
        }
        if let Some(months @ (0 | 1201..)) = self.needs.maintained_within_months {
            let allowed = "1 to 1,200 months";
            return out_of_range("the age of a version", months.to_string(), allowed);
        }
        let is_known = |what, name: &str, known: &[String]| {
            if known.iter().any(|it| it == name) {
                return Ok(());
            }
            Err(ChooseError::UnknownName {
                what,
                name: name.to_owned(),
                known: known.to_vec(),
            })
        };
        if let Some(runtime) = &self.needs.runtime {
            is_known("runtime", runtime, &data.runtimes)?;
        }
        if let Some(http) = &self.needs.http {
            is_known("HTTP library", http, &data.http_names)?;
        }
        match Day::parse(&self.today) {
            Some(_) => Ok(()),
            None => Err(ChooseError::NoDay(self.today.clone())),
        }
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Cpu => "axis.cpu",
            Self::Memory => "axis.memory",
            Self::P99 => "axis.p99",
        };
        out.write_str(&say(name, &[]))
    }
}
