//! The bootstrap of a median, without resampling.
//!
//! The percentile bootstrap asks how the median would be distributed if the
//! sample were drawn anew from itself. For the median that distribution has a
//! closed form (Efron 1979; Maritz and Jarrett 1978), so this module computes
//! it: the answer is the one that seeded resampling approaches as the number of
//! resamples grows, without a seed on which it would depend.
//!
//! The bias-corrected accelerated variant (BCa) is left out on purpose: its
//! acceleration comes from the jackknife, which is not consistent for a median
//! (Efron 1979, remark on the jackknife's failure).

use crate::{
    Sample,
    binomial::{ln_choose_all, point_probability},
};

/// Which pairs of order statistics form the median of a resample, and how
/// likely each pair is. Depends on the sample's size only.
#[derive(Clone, Debug, PartialEq)]
pub struct MedianDistribution {
    size: usize,
    /// Ranks from 0, and the probability that their mean is the median.
    outcomes: Vec<(usize, usize, f64)>,
}

impl MedianDistribution {
    /// The distribution for samples of `size` values, at least 1.
    #[must_use]
    pub fn new(size: usize) -> Self {
        let size = size.max(1);
        let outcomes = if size % 2 == 1 {
            odd_outcomes(size)
        } else {
            even_outcomes(size)
        };
        Self { size, outcomes }
    }

    /// Quantiles of the bootstrapped median of `sample`, for ascending
    /// `probabilities`. `None` when the sample has another size.
    #[must_use]
    pub fn quantiles<const N: usize>(
        &self,
        sample: &Sample,
        probabilities: [f64; N],
    ) -> Option<[f64; N]> {
        if sample.len() != self.size {
            return None;
        }
        let values = sample.sorted();
        let mut medians: Vec<(f64, f64)> = self
            .outcomes
            .iter()
            .map(|(low, high, weight)| (values[*low] / 2.0 + values[*high] / 2.0, *weight))
            .collect();
        medians.sort_by(|left, right| left.0.total_cmp(&right.0));
        let total: f64 = medians.iter().map(|(_, weight)| weight).sum();
        Some(probabilities.map(|probability| {
            let mut reached = 0.0;
            for (median, weight) in &medians {
                reached += weight;
                if reached >= probability * total {
                    return *median;
                }
            }
            sample.max()
        }))
    }
}

/// The probability that the `order`-th smallest (from 1) of `size` draws from
/// ranks `1..=size` is at most `rank`.
fn order_statistic_at_most(size: usize, order: usize, rank: usize, ln_choose: &[f64]) -> f64 {
    let below = rank as f64 / size as f64;
    (order..=size)
        .map(|count| point_probability(size, count, below, ln_choose[count]))
        .sum()
}

fn odd_outcomes(size: usize) -> Vec<(usize, usize, f64)> {
    let ln_choose = ln_choose_all(size);
    let middle = size.div_ceil(2);
    let at_most = |rank| order_statistic_at_most(size, middle, rank, &ln_choose);
    (1..=size)
        .map(|rank| {
            (
                rank - 1,
                rank - 1,
                (at_most(rank) - at_most(rank - 1)).max(0.0),
            )
        })
        .collect()
}

/// With `2m` draws the median is the mean of the draws of order `m` and
/// `m + 1`. They are at most `i` and at least `j > i` exactly when `m` draws
/// lie in `1..=i` and `m` in `j..=2m`; differences of that give each pair.
fn even_outcomes(size: usize) -> Vec<(usize, usize, f64)> {
    let ln_choose = ln_choose_all(size);
    let half = size / 2;
    let power = |rank: usize| (rank as f64 / size as f64).powi(half as i32);
    let step: Vec<f64> = (1..=size)
        .map(|rank| power(rank) - power(rank - 1))
        .collect();
    let choose_half = ln_choose[half].exp();
    let at_most = |rank| order_statistic_at_most(size, half, rank, &ln_choose);

    let mut outcomes = Vec::with_capacity(size * (size + 1) / 2);
    for low in 0..size {
        let mut apart = 0.0;
        for high in low + 1..size {
            // The upper half mirrors the lower one.
            let probability = choose_half * step[low] * step[size - 1 - high];
            apart += probability;
            outcomes.push((low, high, probability));
        }
        let lower_is_low = at_most(low + 1) - at_most(low);
        outcomes.push((low, low, (lower_is_low - apart).max(0.0)));
    }
    outcomes
}

/// The percentile interval of the bootstrapped median that leaves out the same
/// probability at each end, `confidence` in between.
#[must_use]
pub fn bootstrap_interval_of_median(sample: &Sample, confidence: f64) -> (f64, f64) {
    let tail = (1.0 - confidence.clamp(0.0, 1.0)) / 2.0;
    let distribution = MedianDistribution::new(sample.len());
    match distribution.quantiles(sample, [tail, 1.0 - tail]) {
        Some([lower, upper]) => (lower, upper),
        None => (sample.min(), sample.max()),
    }
}
