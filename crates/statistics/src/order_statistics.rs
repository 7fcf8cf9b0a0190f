//! The distribution-free interval of a median.

use crate::{Sample, binomial::lower_tail_of_fair_coin};

/// An interval between two order statistics, with the coverage that it has for
/// any continuous distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrderStatisticInterval {
    /// The `rank`-th smallest value.
    pub lower: f64,
    /// The `rank`-th largest value.
    pub upper: f64,
    /// Counted from 1 at both ends.
    pub rank: usize,
    /// Exact probability that the interval holds the median:
    /// `1 - 2 × P(Binomial(n, 1/2) < rank)`.
    pub coverage: f64,
}

/// The shortest symmetric interval between order statistics that holds the
/// median with at least the probability `confidence`.
///
/// `None` when even the full range doesn't: 95 % needs 6 values.
#[must_use]
pub fn order_statistic_interval(
    sample: &Sample,
    confidence: f64,
) -> Option<OrderStatisticInterval> {
    let n = sample.len();
    let coverage_of = |rank: usize| 1.0 - 2.0 * lower_tail_of_fair_coin(n, rank - 1);
    let rank = (1..=n.div_ceil(2))
        .take_while(|rank| coverage_of(*rank) >= confidence)
        .last()?;
    Some(OrderStatisticInterval {
        lower: sample.sorted()[rank - 1],
        upper: sample.sorted()[n - rank],
        rank,
        coverage: coverage_of(rank),
    })
}

/// The interval from the smallest to the largest value, the widest that a
/// sample gives. It excludes zero only if all blocks agree about the sign,
/// which without a difference happens with probability `2^(1 - n)`.
#[must_use]
pub fn sign_interval(sample: &Sample) -> OrderStatisticInterval {
    OrderStatisticInterval {
        lower: sample.min(),
        upper: sample.max(),
        rank: 1,
        coverage: 1.0 - 2.0 * lower_tail_of_fair_coin(sample.len(), 0),
    }
}
