//! The exact signed-rank test of Wilcoxon (1945).

/// The two-sided p-value of Wilcoxon's signed-rank test of "symmetric about
/// zero", from the exact distribution over all sign patterns.
///
/// Zeros are left out, as Wilcoxon did; equal magnitudes share their mean rank,
/// and the distribution is the one of those shared ranks. 1 when nothing is
/// left.
#[must_use]
pub fn signed_rank_p(differences: &[f64]) -> f64 {
    let mut nonzero: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    if nonzero.is_empty() {
        return 1.0;
    }
    nonzero.sort_by(|left, right| left.abs().total_cmp(&right.abs()));
    let doubled_ranks = doubled_mean_ranks(&nonzero);
    let total: usize = doubled_ranks.iter().sum();
    let positive: usize = nonzero
        .iter()
        .zip(&doubled_ranks)
        .filter(|(difference, _)| **difference > 0.0)
        .map(|(_, rank)| rank)
        .sum();
    let smaller = positive.min(total - positive);

    let tail: f64 = rank_sum_distribution(&doubled_ranks, smaller).iter().sum();
    (2.0 * tail).min(1.0)
}

/// The smallest two-sided p-value that `n` differences can give: all of one
/// sign. Under 6 it is above 0.05.
#[must_use]
pub fn smallest_signed_rank_p(n: usize) -> f64 {
    2.0_f64.powf(1.0 - n as f64).min(1.0)
}

/// Twice the mean rank of each magnitude, which is a whole number.
fn doubled_mean_ranks(sorted_by_magnitude: &[f64]) -> Vec<usize> {
    let mut ranks = Vec::with_capacity(sorted_by_magnitude.len());
    for group in sorted_by_magnitude.chunk_by(|left, right| left.abs() == right.abs()) {
        let first = ranks.len() + 1;
        let last = ranks.len() + group.len();
        ranks.extend(std::iter::repeat_n(first + last, group.len()));
    }
    ranks
}

/// The probability of each sum of ranks from 0 to `highest`, when every sign is
/// a fair coin.
fn rank_sum_distribution(ranks: &[usize], highest: usize) -> Vec<f64> {
    let mut probability = vec![0.0; highest + 1];
    probability[0] = 1.0;
    for rank in ranks {
        for sum in (0..=highest).rev() {
            let with = if sum >= *rank {
                probability[sum - rank]
            } else {
                0.0
            };
            probability[sum] = 0.5 * (probability[sum] + with);
        }
    }
    probability
}
