//! One quantity over all rows.

use schemars::JsonSchema;
use serde::Serialize;
use statistics::{BlockValue, Comparison, Direction, Family, Interval};

use super::{NoFloor, NotCompared};

/// What is measured, with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// CPU time of the server per message, the primary metric.
    ServerCpuNsPerMessage,
    /// CPU time of the load generator per message.
    GeneratorCpuNsPerMessage,
    /// Echoes completed per second of the window.
    MessagesPerS,
    /// Median of response times.
    ResponseP50Ns,
    /// 99th percentile of response times.
    ResponseP99Ns,
    /// Opening handshakes per second.
    HandshakesPerS,
    /// CPU time of the server per handshake, closing included.
    ServerCpuNsPerHandshake,
    /// Median time from connect to 101.
    HandshakeP50Ns,
    /// 99th percentile of the same.
    HandshakeP99Ns,
    /// Resident memory per idle connection.
    RssBytesPerConnection,
    /// Proportional memory per idle connection.
    PssBytesPerConnection,
}

impl Metric {
    /// Which way is good.
    #[must_use]
    pub fn direction(self) -> Direction {
        match self {
            Self::MessagesPerS | Self::HandshakesPerS => Direction::HigherIsBetter,
            _ => Direction::LowerIsBetter,
        }
    }

    /// Whether it says something about servers, so that they are compared by
    /// it.
    #[must_use]
    pub fn is_compared(self) -> bool {
        self != Self::GeneratorCpuNsPerMessage
    }

    /// Whether it is the rate of a closed loop or a time that follows from it,
    /// so that it is the generator's where the generator is saturated.
    #[must_use]
    pub fn follows_the_rate(self) -> bool {
        matches!(
            self,
            Self::MessagesPerS | Self::HandshakesPerS | Self::HandshakeP50Ns | Self::HandshakeP99Ns
        )
    }

    /// Its name in CSV columns and JSON.
    #[must_use]
    pub fn column_name(self) -> &'static str {
        match self {
            Self::ServerCpuNsPerMessage => "server_cpu_ns_per_message",
            Self::GeneratorCpuNsPerMessage => "generator_cpu_ns_per_message",
            Self::MessagesPerS => "messages_per_s",
            Self::ResponseP50Ns => "response_p50_ns",
            Self::ResponseP99Ns => "response_p99_ns",
            Self::HandshakesPerS => "handshakes_per_s",
            Self::ServerCpuNsPerHandshake => "server_cpu_ns_per_handshake",
            Self::HandshakeP50Ns => "handshake_p50_ns",
            Self::HandshakeP99Ns => "handshake_p99_ns",
            Self::RssBytesPerConnection => "rss_bytes_per_connection",
            Self::PssBytesPerConnection => "pss_bytes_per_connection",
        }
    }
}

/// The smallest effect that may be claimed in this cell by this metric.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NoiseFloor {
    /// As a log-ratio, which counts in both directions.
    pub log_ratio: f64,
    /// The same as a factor: what lies between `1 / factor` and `factor` is
    /// not claimed.
    pub factor: f64,
    /// Blocks behind it, at least 6.
    pub blocks: usize,
}

/// What is known about one row.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Estimate {
    /// One value per block with a valid trial.
    pub blocks: Vec<BlockValue>,
    /// For the reference, where the values of all other rows were put at its
    /// speed: the figure that it counts as in every block when rows are
    /// compared, its median.
    pub counts_as: Option<f64>,
    /// Median over the blocks.
    pub median: f64,
    /// Hodges–Lehmann estimate.
    pub hodges_lehmann: f64,
    /// Where the median lies.
    pub interval: Interval,
    /// Half of the interval's width in per cent of the median; `None` when the
    /// median is zero.
    pub spread_percent: Option<f64>,
    /// Ratio to the reference; `None` for the reference itself and where
    /// [`not_compared`](Self::not_compared) says why.
    pub ratio: Option<f64>,
    /// Lower end of the ratio's interval.
    pub ratio_lower: Option<f64>,
    /// Upper end of the ratio's interval.
    pub ratio_upper: Option<f64>,
    /// How the ratio was judged.
    pub comparison: Option<Comparison>,
    /// Why there is no ratio; `None` where there is one, and for the reference.
    pub not_compared: Option<NotCompared>,
    /// Letters of its tie groups; empty when it has no verdict against the
    /// reference.
    pub letters: String,
}

/// One quantity in one cell.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MetricFinding {
    /// Which.
    pub metric: Metric,
    /// Which way is good.
    pub direction: Direction,
    /// From the reference and its twin.
    pub noise_floor: Option<NoiseFloor>,
    /// Why there is no noise floor; `None` where there is one.
    pub no_floor: Option<NoFloor>,
    /// The comparisons with the reference, the twin's left out; `None` when
    /// there are none.
    pub family: Option<Family>,
    /// The pairs without the reference, on which the letters rest as well;
    /// `None` when there are no letters.
    pub letters_family: Option<Family>,
    /// One per entry, in the order of the entries.
    pub rows: Vec<Option<Estimate>>,
}

impl Estimate {
    /// The values that rows are compared by.
    #[must_use]
    pub fn compared(&self) -> Vec<BlockValue> {
        let block = |value: &BlockValue| BlockValue {
            value: self.counts_as.unwrap_or(value.value),
            ..*value
        };
        self.blocks.iter().map(block).collect()
    }
}

impl MetricFinding {
    /// The estimate of an entry.
    #[must_use]
    pub fn row(&self, entry: usize) -> Option<&Estimate> {
        self.rows.get(entry)?.as_ref()
    }
}
