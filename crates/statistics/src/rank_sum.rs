//! Two samples that are not paired: the rank-sum test of Wilcoxon (1945) and of
//! Mann and Whitney (1947), and the estimate and interval of a shift that
//! belong to it (Hodges and Lehmann 1963; Moses 1953).
//!
//! Blocks of two runs have nothing in common, so nothing can be paired across
//! runs. Ranks ask nothing of the noise but that it be alike in both samples,
//! and the exact distribution asks nothing of their size. Hollander, Wolfe and
//! Chicken (2014), sections 4.1 to 4.3, are the textbook account.

use std::collections::HashMap;

use serde::Serialize;

use crate::{CONFIDENCE, Sample};

/// How far a second sample lies above a first one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Shift {
    /// The Hodges–Lehmann estimate: the median of all differences between a
    /// value of the second sample and one of the first.
    pub estimate: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
    /// Exact probability with which such an interval holds the shift. Under
    /// [`CONFIDENCE`] when the samples are too small for that: then the
    /// interval is the range of all differences.
    pub coverage: f64,
    /// Two-sided p-value of the rank-sum test.
    pub p_value: f64,
}

impl Shift {
    /// From `before` to `after`.
    #[must_use]
    pub fn between(before: &Sample, after: &Sample) -> Self {
        Self::between_knowing(before, after, &mut Untied::default())
    }

    pub(crate) fn between_knowing(before: &Sample, after: &Sample, known: &mut Untied) -> Self {
        let mut differences: Vec<f64> = Vec::with_capacity(before.len() * after.len());
        for later in after.sorted() {
            differences.extend(before.sorted().iter().map(|earlier| later - earlier));
        }
        differences.sort_by(f64::total_cmp);
        let (rank, coverage) = interval_rank(before.len(), after.len(), known);
        let last = differences.len() - 1;
        let middle = (differences[last / 2] + differences[last.div_ceil(2)]) / 2.0;
        Self {
            estimate: middle,
            lower: differences[rank - 1],
            upper: differences[differences.len() - rank],
            coverage,
            p_value: p_value(before, after, known),
        }
    }
}

/// The two-sided p-value of the rank-sum test, from the exact distribution over
/// all ways to split the values into two samples of these sizes: twice the
/// smaller tail, at most 1. Equal values share their mean rank, and the
/// distribution is the one of those shared ranks.
#[must_use]
pub fn rank_sum_p(first: &Sample, second: &Sample) -> f64 {
    p_value(first, second, &mut Untied::default())
}

fn p_value(first: &Sample, second: &Sample, known: &mut Untied) -> f64 {
    // The distribution is built from the smaller sample; either gives the same.
    let (small, large) = if first.len() <= second.len() {
        (first, second)
    } else {
        (second, first)
    };
    let (doubled_ranks, doubled_sum) = pooled_ranks(small, large);
    let has_ties = doubled_ranks.windows(2).any(|pair| pair[0] == pair[1]);
    let of_ties;
    let (distribution, observed) = if has_ties {
        of_ties = sum_distribution(&doubled_ranks, small.len());
        (of_ties.as_slice(), doubled_sum)
    } else {
        (known.of(small.len(), large.len()), doubled_sum / 2)
    };
    let lower: f64 = distribution[..=observed].iter().sum();
    let upper: f64 = distribution[observed..].iter().sum();
    (2.0 * lower.min(upper)).min(1.0)
}

/// Distributions of rank sums without ties, which depend on sizes only: the
/// rows of a table share theirs.
#[derive(Default)]
pub(crate) struct Untied {
    by_size: HashMap<(usize, usize), Vec<f64>>,
}

impl Untied {
    fn of(&mut self, small: usize, large: usize) -> &[f64] {
        self.by_size.entry((small, large)).or_insert_with(|| {
            let ranks: Vec<usize> = (1..=small + large).collect();
            sum_distribution(&ranks, small)
        })
    }
}

/// The smallest two-sided p-value that samples of these sizes can give: all
/// values of one above all of the other.
#[must_use]
pub fn smallest_rank_sum_p(first: usize, second: usize) -> f64 {
    let mut ways = 1.0_f64;
    for step in 1..=first.min(second) {
        ways *= (first.max(second) + step) as f64 / step as f64;
    }
    (2.0 / ways).min(1.0)
}

/// Twice the mean rank of every value, and their sum over the sample `small`.
fn pooled_ranks(small: &Sample, large: &Sample) -> (Vec<usize>, usize) {
    let tagged = |sample: &Sample, is_small: bool| -> Vec<(f64, bool)> {
        sample.sorted().iter().map(|it| (*it, is_small)).collect()
    };
    let mut pooled = [tagged(small, true), tagged(large, false)].concat();
    pooled.sort_by(|left, right| left.0.total_cmp(&right.0));
    let mut ranks = Vec::with_capacity(pooled.len());
    let mut sum = 0;
    for group in pooled.chunk_by(|left, right| left.0 == right.0) {
        let doubled = 2 * ranks.len() + 1 + group.len();
        ranks.extend(std::iter::repeat_n(doubled, group.len()));
        sum += doubled * group.iter().filter(|(_, is_small)| *is_small).count();
    }
    (ranks, sum)
}

/// The probability of each sum of `size` of the `ranks`, every choice being
/// equally likely.
fn sum_distribution(ranks: &[usize], size: usize) -> Vec<f64> {
    let mut descending = ranks.to_vec();
    descending.sort_unstable_by(|left, right| right.cmp(left));
    let highest: usize = descending.iter().take(size).sum();
    // counts[k][s]: ways to choose k of the ranks seen so far with sum s.
    let mut counts = vec![vec![0.0_f64; highest + 1]; size + 1];
    counts[0][0] = 1.0;
    for (seen, rank) in ranks.iter().enumerate() {
        for chosen in (1..=size.min(seen + 1)).rev() {
            let (fewer, these) = counts.split_at_mut(chosen);
            for (with, without) in these[0][*rank..].iter_mut().zip(&fewer[chosen - 1]) {
                *with += without;
            }
        }
    }
    let mut of_size = counts.swap_remove(size);
    let total: f64 = of_size.iter().sum();
    for count in &mut of_size {
        *count /= total;
    }
    of_size
}

/// The rank, from both ends of all sorted differences, at which an interval of
/// the shift begins, and the interval's exact coverage.
fn interval_rank(first: usize, second: usize, known: &mut Untied) -> (usize, f64) {
    let small = first.min(second);
    let distribution = known.of(small, first.max(second));
    let least_sum = small * (small + 1) / 2;
    let tail = (1.0 - CONFIDENCE) / 2.0;
    let mut rank = 1;
    let mut below = distribution[least_sum];
    while below + distribution[least_sum + rank] <= tail {
        below += distribution[least_sum + rank];
        rank += 1;
    }
    (rank, 1.0 - 2.0 * below)
}
