//! Every shortcut against the definition it stands for.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statistics::{
    BlockValue, IntervalMethod, MedianDistribution, PairingError, Sample, SampleError,
    holm_adjusted, interval_of_median, lower_tail_of_fair_coin, order_statistic_interval,
    paired_log_ratios, signed_rank_p, smallest_signed_rank_p, tie_letters,
};

fn values(sizes: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-1e6..1e6_f64, sizes)
}

/// The median by its definition: as many values on one side as on the other.
fn middle(mut values: Vec<f64>) -> f64 {
    while values.len() > 2 {
        values.sort_by(f64::total_cmp);
        values.pop();
        values.remove(0);
    }
    values.iter().sum::<f64>() / values.len() as f64
}

/// Calls `visit` with every sequence of `length` digits under `base`.
fn every_sequence(base: usize, length: usize, mut visit: impl FnMut(&[usize])) {
    let mut digits = vec![0; length];
    loop {
        visit(&digits);
        let Some(place) = digits.iter().position(|digit| *digit + 1 < base) else {
            return;
        };
        digits[place] += 1;
        digits[..place].fill(0);
    }
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1.0)
}

proptest! {
    #[test]
    fn median_is_the_middle(values in values(1..=30)) {
        let sample = Sample::new(values.clone()).expect("finite");
        prop_assert!(near(sample.median(), middle(values)));
        prop_assert!(near(sample.median(), sample.quantile(0.5)));
    }

    #[test]
    fn quantile_interpolates_at_its_position(values in values(1..=30), p in 0.0..=1.0_f64) {
        let sample = Sample::new(values).expect("finite");
        let position = p * (sample.len() - 1) as f64;
        // Walk along the straight lines through (index, value).
        let index = (position as usize).min(sample.len().saturating_sub(2));
        let expected = match sample.sorted() {
            [only] => *only,
            sorted => {
                let slope = sorted[index + 1] - sorted[index];
                sorted[index] + slope * (position - index as f64)
            }
        };
        prop_assert!((sample.quantile(p) - expected).abs() <= 1e-6);
    }

    #[test]
    fn hodges_lehmann_is_the_median_of_pair_means(values in values(1..=20)) {
        let mut means = Vec::new();
        for first in 0..values.len() {
            for second in first..values.len() {
                means.push((values[first] + values[second]) / 2.0);
            }
        }
        let sample = Sample::new(values).expect("finite");
        prop_assert!(near(sample.hodges_lehmann(), middle(means)));
    }

    #[test]
    fn signed_rank_counts_sign_patterns(
        magnitudes in prop::collection::vec(0..6_i32, 1..=10),
        signs in prop::collection::vec(any::<bool>(), 10),
    ) {
        let differences: Vec<f64> = magnitudes
            .iter()
            .zip(&signs)
            .map(|(size, up)| if *up { f64::from(*size) } else { -f64::from(*size) })
            .collect();
        prop_assert!(near(signed_rank_p(&differences), p_by_all_patterns(&differences)));
    }

    #[test]
    fn nothing_beats_the_smallest_p(values in values(1..=25)) {
        let p = signed_rank_p(&values);
        prop_assert!(p >= smallest_signed_rank_p(values.len()) * (1.0 - 1e-9) && p <= 1.0);
        let all_up: Vec<f64> = values.iter().map(|value| value.abs() + 1.0).collect();
        prop_assert!(near(signed_rank_p(&all_up), smallest_signed_rank_p(values.len())));
    }

    /// Holm is the closure of Bonferroni: a hypothesis falls when every set
    /// that holds it falls.
    #[test]
    fn holm_is_closed_bonferroni(p_values in prop::collection::vec(0.0..=1.0_f64, 1..=8)) {
        let adjusted = holm_adjusted(&p_values);
        for (index, found) in adjusted.iter().enumerate() {
            let mut expected: f64 = 0.0;
            for set in 1_u32..1 << p_values.len() {
                if set & (1 << index) == 0 { continue; }
                let members = (0..p_values.len()).filter(|i| set & (1 << i) != 0);
                let smallest = members.map(|i| p_values[i]).fold(1.0, f64::min);
                expected = expected.max((f64::from(set.count_ones()) * smallest).min(1.0));
            }
            prop_assert!(near(*found, expected));
        }
    }

    #[test]
    fn coin_tail_counts_subsets(tosses in 1_usize..=60, successes in 0_usize..=60) {
        let mut choose: u128 = 1;
        let mut sum: u128 = 0;
        for heads in 0..=successes.min(tosses) {
            sum += choose;
            choose = choose * (tosses - heads) as u128 / (heads + 1) as u128;
        }
        let expected = sum as f64 / 2.0_f64.powi(tosses as i32);
        prop_assert!(near(lower_tail_of_fair_coin(tosses, successes), expected));
    }

    #[test]
    fn intervals_hold_the_median_and_lie_in_the_sample(values in values(1..=40)) {
        let sample = Sample::new(values).expect("finite");
        let interval = interval_of_median(&sample);
        prop_assert!(interval.lower <= sample.median() && sample.median() <= interval.upper);
        prop_assert!(interval.lower >= sample.min() && interval.upper <= sample.max());
        let expected_word = if sample.len() < 6 { "range" } else { "interval" };
        prop_assert_eq!(interval.method.word(), expected_word);
        if let IntervalMethod::OrderStatistics { coverage, .. } = interval.method {
            prop_assert!(coverage >= 0.95);
        }
    }

    /// One rank further in, the coverage would be too small.
    #[test]
    fn order_statistic_interval_is_the_shortest(size in 6_usize..=60) {
        let sample = Sample::new((0..size).map(|v| v as f64).collect()).expect("finite");
        let found = order_statistic_interval(&sample, 0.95).expect("6 are enough");
        prop_assert!(found.coverage >= 0.95);
        prop_assert!(1.0 - 2.0 * lower_tail_of_fair_coin(size, found.rank) < 0.95);
    }

    #[test]
    fn letters_are_shared_exactly_by_ties(
        rows in 1_usize..=12,
        edges in prop::collection::vec(any::<bool>(), 144),
    ) {
        let tied = |a: usize, b: usize| a == b || edges[a.min(b) * 12 + a.max(b)];
        let letters = tie_letters(rows, tied);
        for a in 0..rows {
            prop_assert!(!letters[a].is_empty());
            for b in 0..rows {
                let share = letters[a].chars().any(|letter| letters[b].contains(letter));
                prop_assert_eq!(share, tied(a, b), "{} {} {:?}", a, b, &letters);
            }
        }
    }

    #[test]
    fn swapping_rows_turns_log_ratios_round(
        left in prop::collection::vec(1e-3..1e6_f64, 1..=10),
        right in prop::collection::vec(1e-3..1e6_f64, 1..=10),
    ) {
        let blocks = |values: &[f64]| -> Vec<BlockValue> {
            (0..).zip(values).map(|(block, value)| BlockValue { block, value: *value }).collect()
        };
        let (left, right) = (blocks(&left), blocks(&right));
        let there = paired_log_ratios(&left, &right).expect("positive");
        let back = paired_log_ratios(&right, &left).expect("positive");
        prop_assert_eq!(there.len(), left.len().min(right.len()));
        for (one, other) in there.iter().zip(&back) {
            prop_assert_eq!(one.block, other.block);
            prop_assert!(near(one.value, -other.value));
            let value = left[one.block as usize].value / right[one.block as usize].value;
            prop_assert!(near(one.value.exp(), value));
        }
    }
}

fn p_by_all_patterns(differences: &[f64]) -> f64 {
    let nonzero: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    let rank = |value: f64| {
        let below = nonzero
            .iter()
            .filter(|other| other.abs() < value.abs())
            .count();
        let equal = nonzero
            .iter()
            .filter(|other| other.abs() == value.abs())
            .count();
        below as f64 + (equal as f64 + 1.0) / 2.0
    };
    let ranks: Vec<f64> = nonzero.iter().map(|value| rank(*value)).collect();
    let centre = ranks.iter().sum::<f64>() / 2.0;
    let off = |signs: &dyn Fn(usize) -> bool| {
        let sum: f64 = (0..ranks.len())
            .filter(|i| signs(*i))
            .map(|i| ranks[i])
            .sum();
        (sum - centre).abs()
    };
    let observed = off(&|i| nonzero[i] > 0.0);
    let patterns = 1_u32 << ranks.len();
    let as_far = (0..patterns)
        .filter(|pattern| off(&|i| pattern & (1 << i) != 0) >= observed - 1e-9)
        .count();
    as_far as f64 / f64::from(patterns)
}

/// Cumulative probabilities of the bootstrapped median, read off the quantiles.
fn cumulative(distribution: &MedianDistribution, sample: &Sample, at: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let probability = (low + high) / 2.0;
        let [quantile] = distribution
            .quantiles(sample, [probability])
            .expect("same size");
        if quantile <= at {
            low = probability
        } else {
            high = probability
        }
    }
    low
}

#[test]
fn bootstrap_counts_all_resamples() {
    for size in 1..=6_usize {
        // Powers, so that no two pairs have the same mean.
        let values: Vec<f64> = (0..size).map(|i| 3.0_f64.powi(i as i32)).collect();
        let sample = Sample::new(values.clone()).expect("finite");
        let distribution = MedianDistribution::new(size);
        let mut medians = Vec::new();
        every_sequence(size, size, |indices| {
            medians.push(middle(indices.iter().map(|i| values[*i]).collect()));
        });
        for at in medians.iter().step_by(97) {
            let expected =
                medians.iter().filter(|median| *median <= at).count() as f64 / medians.len() as f64;
            let found = cumulative(&distribution, &sample, *at);
            assert!(
                (found - expected).abs() < 1e-9,
                "{size} values at {at}: {found} {expected}"
            );
        }
    }
}

/// Seeded resampling comes to the same distribution, for sizes that can't be
/// enumerated.
#[test]
fn bootstrap_agrees_with_resampling() {
    const RESAMPLES: usize = 40_000;
    let mut random = ChaCha8Rng::seed_from_u64(6455);
    for size in [8_usize, 9, 12, 25] {
        let values: Vec<f64> = (0..size).map(|_| f64::from(random.next_u32())).collect();
        let sample = Sample::new(values.clone()).expect("finite");
        let mut medians: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                let draw = (0..size).map(|_| values[random.next_u32() as usize % size]);
                Sample::new(draw.collect()).expect("finite").median()
            })
            .collect();
        medians.sort_by(f64::total_cmp);
        let distribution = MedianDistribution::new(size);
        for probability in [0.025, 0.25, 0.5, 0.75, 0.975] {
            let [quantile] = distribution
                .quantiles(&sample, [probability])
                .expect("size");
            let below = medians.iter().filter(|median| **median < quantile).count() as f64;
            let up_to = medians.iter().filter(|median| **median <= quantile).count() as f64;
            let slack = 0.01 * RESAMPLES as f64;
            let wanted = probability * RESAMPLES as f64;
            assert!(
                below - slack <= wanted && wanted <= up_to + slack,
                "{size} {probability}"
            );
        }
    }
}

#[test]
fn bad_values_are_refused() {
    assert_eq!(Sample::new(vec![]), Err(SampleError::Empty));
    let error = Sample::new(vec![1.0, f64::NAN]).expect_err("not a number");
    assert_eq!(error, SampleError::NotFinite { index: 1 });
    let one = |value| [BlockValue { block: 3, value }];
    for bad in [0.0, -1.0, f64::INFINITY, f64::NAN] {
        let error = paired_log_ratios(&one(bad), &one(1.0)).expect_err("no logarithm");
        assert_eq!(error, PairingError::NotPositive { block: 3 });
    }
    assert_eq!(
        MedianDistribution::new(3).quantiles(&Sample::new(vec![1.0]).expect("one"), [0.5]),
        None
    );
}
