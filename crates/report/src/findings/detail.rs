//! Figures that belong to one kind of cell. They describe; only a
//! [`Metric`](super::Metric) is compared.

use record::AllocationSubject;
use schemars::JsonSchema;
use serde::Serialize;

use super::CostDetail;

/// Percentiles of a merged histogram, in ns. A percentile is `None` when fewer
/// than ten values lie above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Percentiles {
    /// Values in the histogram.
    pub count: u64,
    /// Median.
    pub p50_ns: Option<u64>,
    /// 90th percentile.
    pub p90_ns: Option<u64>,
    /// 99th percentile.
    pub p99_ns: Option<u64>,
    /// 99.9th percentile.
    pub p99_9_ns: Option<u64>,
    /// Largest value.
    pub max_ns: u64,
}

/// A point of a distribution of times.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct QuantilePoint {
    /// Share of the values that are not above it.
    pub quantile: f64,
    /// The value.
    pub ns: u64,
}

/// Latency at a fixed rate, from the merged histograms of all valid trials.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LatencyDetail {
    /// Planned instant to complete echo.
    pub response: Percentiles,
    /// Write to complete echo.
    pub service: Option<Percentiles>,
    /// 99th percentile of planned instant to write.
    pub schedule_lag_p99_ns: Option<u64>,
    /// Echoes completed in the window over those due in it.
    pub achieved_over_offered: f64,
}

/// Figures of an echo cell: medians over the valid trials unless said.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EchoDetail {
    /// Share of user mode in the server's CPU time: ticks of all valid trials
    /// together. `None` when no tick was seen.
    pub user_share: Option<f64>,
    /// CPU time per message in user mode: the median times that share.
    pub user_ns_per_message: Option<f64>,
    /// CPU time per message in kernel mode.
    pub kernel_ns_per_message: Option<f64>,
    /// Ticks behind the share.
    pub ticks: u64,
    /// Payload echoed per second, one direction.
    pub mib_per_s: f64,
    /// The server's CPU time over its processors' time.
    pub server_busy: f64,
    /// The generator's CPU time over its processors' time.
    pub generator_busy: f64,
    /// The generator was saturated before the server was, so that the
    /// throughput is the generator's.
    pub is_generator_bound: bool,
    /// Voluntary context switches of the server per message.
    pub voluntary_switches_per_message: f64,
    /// Frames per echo; above 1 when the server splits messages.
    pub frames_per_message: f64,
    /// Highest resident memory of the server until the end of the window.
    pub peak_rss_bytes: f64,
    /// Present at a fixed rate.
    pub latency: Option<LatencyDetail>,
    /// The distribution of response times at a fixed rate, from the merged
    /// histogram, as far as at least ten values lie above a point; empty in a
    /// closed loop.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response_curve: Vec<QuantilePoint>,
}

impl EchoDetail {
    /// How far the time in user mode may be from its true value, because so few
    /// ticks were seen: to the farther end of the nominal 95 % interval of a share
    /// by Agresti and Coull (1998, "Approximate Is Better than Exact"). What is
    /// missing there is in kernel mode, so it holds for that time as well.
    #[must_use]
    pub fn split_error_ns(&self) -> Option<f64> {
        let share = self.user_share?;
        let all_ns = self.user_ns_per_message? + self.kernel_ns_per_message?;
        let ticks = self.ticks as f64;
        let (added, twice) = (4.0, 2.0);
        let middle = (share * ticks + added / 2.0) / (ticks + added);
        let half = twice * (middle * (1.0 - middle) / (ticks + added)).sqrt();
        Some((half + (middle - share).abs()) * all_ns)
    }
}

/// Figures of a handshake cell.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HandshakeDetail {
    /// Share of user mode in the server's CPU time.
    pub user_share: Option<f64>,
    /// The server's CPU time over its processors' time.
    pub server_busy: f64,
    /// The generator's CPU time over its processors' time.
    pub generator_busy: f64,
    /// The generator was saturated before the server was, so that the rate is
    /// the generator's.
    pub is_generator_bound: bool,
    /// Connect to 101, all valid trials together.
    pub latency: Percentiles,
    /// Handshakes completed in all trials, the invalid ones included.
    pub completed: u64,
    /// Handshakes that failed in all trials.
    pub failed: u64,
    /// Connections on which the closing handshake was not answered, in all
    /// trials.
    pub not_closed: u64,
}

/// Memory at one number of connections, medians over the valid trials.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct IdleLevelFigure {
    /// Connections.
    pub connections: u64,
    /// Resident memory.
    pub rss_bytes: f64,
    /// Proportional memory.
    pub pss_bytes: f64,
    /// Threads of the server.
    pub threads: f64,
}

/// Figures of an idle cell.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct IdleDetail {
    /// One per level, growing.
    pub levels: Vec<IdleLevelFigure>,
}

/// A count divided by how often the work was done.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AllocationFigure {
    /// Per message, handshake or connection: the median of all counts.
    pub per_time: f64,
    /// Whether every count of every valid trial gave the same number.
    pub is_exact: bool,
}

/// What one kind of work allocates; a figure is `None` where the contender
/// can't know it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StepFigures {
    /// What was done.
    #[serde(flatten)]
    pub subject: AllocationSubject,
    /// New blocks.
    pub allocations: Option<AllocationFigure>,
    /// Resized blocks.
    pub reallocations: Option<AllocationFigure>,
    /// Bytes asked for.
    pub allocated_bytes: Option<AllocationFigure>,
    /// Bytes that stayed allocated.
    pub live_bytes: Option<AllocationFigure>,
}

/// Figures of an allocation cell.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AllocationDetail {
    /// Messages that the server kept per connection.
    pub keep: u32,
    /// One per kind of work.
    pub steps: Vec<StepFigures>,
}

/// Figures by kind of cell.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RowDetail {
    /// Echoes, closed or open loop.
    Echo(EchoDetail),
    /// Opening handshakes.
    Handshakes(HandshakeDetail),
    /// Idle connections.
    Idle(IdleDetail),
    /// Allocations.
    Allocations(AllocationDetail),
    /// System calls or instructions.
    Costs(CostDetail),
}

impl RowDetail {
    /// Whether the rate that was reached is the generator's, not the server's.
    #[must_use]
    pub fn is_generator_bound(&self) -> bool {
        match self {
            Self::Echo(detail) => detail.is_generator_bound,
            Self::Handshakes(detail) => detail.is_generator_bound,
            Self::Idle(_) | Self::Allocations(_) | Self::Costs(_) => false,
        }
    }

    /// The figures of an echo cell.
    #[must_use]
    pub fn echo(&self) -> Option<&EchoDetail> {
        match self {
            Self::Echo(detail) => Some(detail),
            _ => None,
        }
    }

    /// The figures of a handshake cell.
    #[must_use]
    pub fn handshakes(&self) -> Option<&HandshakeDetail> {
        match self {
            Self::Handshakes(detail) => Some(detail),
            _ => None,
        }
    }

    /// The figures of an idle cell.
    #[must_use]
    pub fn idle(&self) -> Option<&IdleDetail> {
        match self {
            Self::Idle(detail) => Some(detail),
            _ => None,
        }
    }

    /// The figures of a cell of exact costs.
    #[must_use]
    pub fn costs(&self) -> Option<&CostDetail> {
        match self {
            Self::Costs(detail) => Some(detail),
            _ => None,
        }
    }

    /// The figures of an allocation cell.
    #[must_use]
    pub fn allocations(&self) -> Option<&AllocationDetail> {
        match self {
            Self::Allocations(detail) => Some(detail),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_error_ns(user_ticks: f64, ticks: u64) -> Option<f64> {
        let share = user_ticks / ticks as f64;
        let detail = EchoDetail {
            user_share: Some(share),
            user_ns_per_message: Some(share * 6_000.0),
            kernel_ns_per_message: Some((1.0 - share) * 6_000.0),
            ticks,
            mib_per_s: 1.0,
            server_busy: 1.0,
            generator_busy: 1.0,
            is_generator_bound: false,
            voluntary_switches_per_message: 0.0,
            frames_per_message: 1.0,
            peak_rss_bytes: 1.0,
            latency: None,
            response_curve: Vec::new(),
        };
        detail.split_error_ns()
    }

    /// 0 of 10 with two added to each side is 2 of 14: 0.143, with a standard error
    /// of 0.0935. The interval ends at 0.330.
    #[test]
    fn few_ticks_tell_little() {
        let error_ns = split_error_ns(0.0, 10).expect("ticks were seen");
        assert!((error_ns - 0.32990 * 6_000.0).abs() < 1.0, "{error_ns}");
        let all = split_error_ns(10.0, 10).expect("ticks were seen");
        assert!((all - error_ns).abs() < 1e-6, "{all}");
        // One tick of sixty says hardly more than that user time is small.
        let one = split_error_ns(1.0, 60).expect("ticks were seen");
        assert!(one > 6_000.0 / 60.0);
        let hundredfold = split_error_ns(100.0, 6_000).expect("ticks were seen");
        assert!(hundredfold < one / 8.0);
    }
}
