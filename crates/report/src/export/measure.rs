//! What is measured, as other tools name it.

use record::CostKind;
use statistics::Direction;

use crate::findings::Metric;

/// A percentile of merged histograms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    P50,
    P90,
    P99,
    P99_9,
    Max,
}

impl Level {
    pub(super) const ALL: [Self; 5] = [Self::P50, Self::P90, Self::P99, Self::P99_9, Self::Max];

    /// The quantile as OpenMetrics writes it.
    pub(super) fn quantile(self) -> &'static str {
        match self {
            Self::P50 => "0.5",
            Self::P90 => "0.9",
            Self::P99 => "0.99",
            Self::P99_9 => "0.999",
            Self::Max => "1.0",
        }
    }
}

/// Which allocation count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    Allocations,
    Reallocations,
    AllocatedBytes,
    LiveBytes,
}

/// One quantity of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// The median over blocks.
    Median(Metric),
    /// Planned instant to complete echo, or connect to 101: all valid trials'
    /// histograms merged.
    Latency(Level),
    /// Write to complete echo, merged.
    ServiceTime(Level),
    /// An allocation count.
    Allocation(Count),
    /// System calls or instructions.
    Cost(CostKind),
}

impl Measure {
    /// Its name: lower case, hyphens, as a Bencher slug must be. `latency` (in
    /// ns) and `throughput` (operations per second) are Bencher's own.
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Median(metric) => match metric {
                Metric::ServerCpuNsPerMessage => "cpu-per-message",
                Metric::GeneratorCpuNsPerMessage => "generator-cpu-per-message",
                Metric::MessagesPerS | Metric::HandshakesPerS => "throughput",
                Metric::ResponseP50Ns | Metric::HandshakeP50Ns => "latency-p50-over-blocks",
                Metric::ResponseP99Ns | Metric::HandshakeP99Ns => "latency-p99-over-blocks",
                Metric::ServerCpuNsPerHandshake => "cpu-per-handshake",
                Metric::RssBytesPerConnection => "rss-per-connection",
                Metric::PssBytesPerConnection => "pss-per-connection",
            },
            Self::Latency(level) => match level {
                Level::P50 => "latency",
                Level::P90 => "latency-p90",
                Level::P99 => "latency-p99",
                Level::P99_9 => "latency-p99-9",
                Level::Max => "latency-max",
            },
            Self::ServiceTime(level) => match level {
                Level::P50 => "service-time-p50",
                Level::P90 => "service-time-p90",
                Level::P99 => "service-time-p99",
                Level::P99_9 => "service-time-p99-9",
                Level::Max => "service-time-max",
            },
            Self::Allocation(count) => match count {
                Count::Allocations => "allocations",
                Count::Reallocations => "reallocations",
                Count::AllocatedBytes => "allocated-bytes",
                Count::LiveBytes => "live-bytes",
            },
            Self::Cost(CostKind::SystemCalls) => "system-calls",
            Self::Cost(CostKind::Instructions) => "instructions",
        }
    }

    /// The unit of its values, in words.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Median(metric) => match metric {
                Metric::ServerCpuNsPerMessage | Metric::GeneratorCpuNsPerMessage => "ns/message",
                Metric::MessagesPerS => "messages/s",
                Metric::HandshakesPerS => "handshakes/s",
                Metric::ServerCpuNsPerHandshake => "ns/handshake",
                Metric::ResponseP50Ns
                | Metric::ResponseP99Ns
                | Metric::HandshakeP50Ns
                | Metric::HandshakeP99Ns => "ns",
                Metric::RssBytesPerConnection | Metric::PssBytesPerConnection => "bytes/connection",
            },
            Self::Latency(_) | Self::ServiceTime(_) => "ns",
            Self::Allocation(Count::Allocations | Count::Reallocations) => "calls/operation",
            Self::Allocation(Count::AllocatedBytes | Count::LiveBytes) => "bytes/operation",
            Self::Cost(CostKind::SystemCalls) => "calls/message",
            Self::Cost(CostKind::Instructions) => "instructions/message",
        }
    }

    pub(super) fn direction(self) -> Direction {
        match self {
            Self::Median(metric) => metric.direction(),
            Self::Latency(_) | Self::ServiceTime(_) | Self::Allocation(_) | Self::Cost(_) => {
                Direction::LowerIsBetter
            }
        }
    }
}
