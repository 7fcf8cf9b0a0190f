//! The one rule by which every interval of a median is made.

use serde::Serialize;

use crate::{
    Sample, bootstrap::bootstrap_interval_of_median, order_statistics::order_statistic_interval,
};

/// Confidence of every interval: what an order-statistic interval holds at
/// least, and what a bootstrap interval is made for.
pub const CONFIDENCE: f64 = 0.95;

/// A p-value at most this high counts as evidence.
pub const SIGNIFICANCE: f64 = 0.05;

/// Under this number of blocks there is no 95 % interval of a median: the full
/// range of 5 values holds it with a probability of 93.75 % only.
pub const BLOCKS_FOR_AN_INTERVAL: usize = 6;

/// From this number of blocks on the bootstrap is used; under it, resamples
/// repeat the few values too often to say more than order statistics.
pub const BLOCKS_FOR_BOOTSTRAP: usize = 8;

/// How an interval was made, and what it may be called.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum IntervalMethod {
    /// Smallest to largest value: too few for an interval. Call it a range.
    Range,
    /// Between two order statistics.
    OrderStatistics {
        /// Rank from both ends, from 1.
        rank: usize,
        /// Exact coverage.
        coverage: f64,
    },
    /// Percentiles of the bootstrapped median.
    Bootstrap {
        /// Nominal confidence. With 8 to 20 blocks an interval that is made for
        /// 95 % holds the median in 91 to 97 % of cases, depending on the
        /// number of blocks.
        confidence: f64,
    },
}

impl IntervalMethod {
    /// The method's name, as it is serialised.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::OrderStatistics { .. } => "order-statistics",
            Self::Bootstrap { .. } => "bootstrap",
        }
    }

    /// `range` or `interval`: a range must not be called an interval.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::OrderStatistics { .. } | Self::Bootstrap { .. } => "interval",
        }
    }
}

/// Where a median lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// How it was made.
    #[serde(flatten)]
    pub method: IntervalMethod,
}

impl Interval {
    /// Half of its width.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        (self.upper - self.lower) / 2.0
    }

    /// Whether all of it lies on one side of zero.
    #[must_use]
    pub fn excludes_zero(&self) -> bool {
        self.lower > 0.0 || self.upper < 0.0
    }

    /// The same after applying a growing function to both ends.
    #[must_use]
    pub fn map(&self, function: impl Fn(f64) -> f64) -> Self {
        Self {
            lower: function(self.lower),
            upper: function(self.upper),
            method: self.method,
        }
    }
}

/// The interval of the median of `sample`: bootstrap from 8 values on, order
/// statistics for 6 and 7, the range under 6.
#[must_use]
pub fn interval_of_median(sample: &Sample) -> Interval {
    if sample.len() >= BLOCKS_FOR_BOOTSTRAP {
        let (lower, upper) = bootstrap_interval_of_median(sample, CONFIDENCE);
        return Interval {
            lower,
            upper,
            method: IntervalMethod::Bootstrap {
                confidence: CONFIDENCE,
            },
        };
    }
    match order_statistic_interval(sample, CONFIDENCE) {
        Some(found) => Interval {
            lower: found.lower,
            upper: found.upper,
            method: IntervalMethod::OrderStatistics {
                rank: found.rank,
                coverage: found.coverage,
            },
        },
        None => Interval {
            lower: sample.min(),
            upper: sample.max(),
            method: IntervalMethod::Range,
        },
    }
}
