//! Two samples that are not paired: published examples, definitions, and how
//! often a change is claimed where there is none.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use statistics::{
    Claim, SIGNIFICANCE, Sample, Shift, TwoRuns, judge_shifts, noise_floor, rank_sum_p,
    smallest_rank_sum_p,
};

fn sample(values: &[f64]) -> Sample {
    Sample::new(values.to_vec()).expect("finite")
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected}"
    );
}

/// Permeability of the chorioamnion, Hollander and Wolfe (1973), page 69: the
/// example of R's `wilcox.test` (W = 35, one-sided p = 0.1272), which SAS
/// reports as two-sided p = 0.2544 with a Hodges–Lehmann shift of 0.305.
#[test]
fn rank_sum_of_hollander_and_wolfe() {
    let term = sample(&[0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]);
    let early = sample(&[1.15, 0.88, 0.90, 0.74, 1.21]);
    close(rank_sum_p(&term, &early), 0.2544, 5e-5);
    let shift = Shift::between(&early, &term);
    close(shift.estimate, 0.305, 1e-12);
    assert!(shift.lower < 0.0 && shift.upper > 0.0);
}

/// Ages of SciPy's `mannwhitneyu`: U = 17 and 3, two-sided p = 0.1111.
#[test]
fn rank_sum_of_scipys_example() {
    let males = sample(&[19.0, 22.0, 16.0, 29.0, 24.0]);
    let females = sample(&[20.0, 11.0, 17.0, 12.0]);
    close(rank_sum_p(&males, &females), 0.1111, 5e-5);
}

/// The table of critical values of U at 5 %, two-sided, that most textbooks
/// print: an interval begins one rank above the critical value.
#[test]
fn intervals_begin_above_the_textbook_s_critical_value() {
    for (first, second, critical) in [
        (5, 5, 2),
        (6, 6, 5),
        (5, 10, 8),
        (8, 8, 13),
        (10, 10, 23),
        (12, 12, 37),
        (20, 20, 127),
    ] {
        // Differences 1, 2, … mn, so that each end of the interval is its rank.
        let before: Vec<f64> = (0..first).map(|it| -f64::from(it * second)).collect();
        let after: Vec<f64> = (1..=second).map(f64::from).collect();
        let shift = Shift::between(&sample(&before), &sample(&after));
        close(shift.lower, f64::from(critical) + 1.0, 0.0);
        close(shift.upper, f64::from(first * second - critical), 0.0);
        assert!((0.95..0.98).contains(&shift.coverage), "{shift:?}");
    }
}

#[test]
fn three_values_each_have_no_95_percent_interval() {
    let shift = Shift::between(&sample(&[0.0, 1.0, 2.0]), &sample(&[10.0, 20.0, 30.0]));
    close(shift.coverage, 0.9, 1e-12);
    close(shift.lower, 8.0, 0.0);
    close(shift.upper, 30.0, 0.0);
    close(shift.p_value, smallest_rank_sum_p(3, 3), 1e-12);
    close(smallest_rank_sum_p(10, 10), 2.0 / 184_756.0, 1e-18);
}

/// The p-value by its definition: every split of the pooled values.
fn p_of_all_splits(first: &[f64], second: &[f64]) -> f64 {
    let pooled = [first, second].concat();
    let wins = |chosen: u32| {
        let mut wins = 0;
        for (left, one) in pooled.iter().enumerate() {
            for (right, other) in pooled.iter().enumerate() {
                if chosen >> left & 1 == 1 && chosen >> right & 1 == 0 {
                    wins += 2 * i32::from(one > other) + i32::from(one == other);
                }
            }
        }
        wins
    };
    let observed = wins((1 << first.len()) - 1);
    let splits: Vec<i32> = (0..1_u32 << pooled.len())
        .filter(|chosen| chosen.count_ones() as usize == first.len())
        .map(wins)
        .collect();
    let share = |count: usize| count as f64 / splits.len() as f64;
    let lower = share(splits.iter().filter(|it| **it <= observed).count());
    let upper = share(splits.iter().filter(|it| **it >= observed).count());
    (2.0 * lower.min(upper)).min(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whole numbers under 6, so that ties are frequent.
    #[test]
    fn p_is_that_of_all_splits(
        first in prop::collection::vec(0..6_u8, 1..=5),
        second in prop::collection::vec(0..6_u8, 1..=5),
    ) {
        let first: Vec<f64> = first.into_iter().map(f64::from).collect();
        let second: Vec<f64> = second.into_iter().map(f64::from).collect();
        let found = rank_sum_p(&sample(&first), &sample(&second));
        prop_assert!((found - p_of_all_splits(&first, &second)).abs() < 1e-12);
        prop_assert!((found - rank_sum_p(&sample(&second), &sample(&first))).abs() < 1e-12);
    }

    /// The interval is the set of shifts that the test does not reject.
    #[test]
    fn interval_and_test_agree(
        first in prop::collection::vec(-1e3..1e3_f64, 4..=9),
        second in prop::collection::vec(-1e3..1e3_f64, 4..=9),
        shift in -2e3..2e3_f64,
    ) {
        let (before, after) = (sample(&first), sample(&second));
        let found = Shift::between(&before, &after);
        prop_assert!(found.lower <= found.estimate && found.estimate <= found.upper);
        let moved = sample(&second.iter().map(|it| it - shift).collect::<Vec<_>>());
        let is_inside = found.lower <= shift && shift <= found.upper;
        prop_assert_eq!(is_inside, rank_sum_p(&before, &moved) > 0.05);
    }

    #[test]
    fn estimate_follows_a_shift_and_turns_with_the_order(
        first in prop::collection::vec(-1e3..1e3_f64, 1..=9),
        second in prop::collection::vec(-1e3..1e3_f64, 1..=9),
        shift in -1e3..1e3_f64,
    ) {
        let (before, after) = (sample(&first), sample(&second));
        let moved = sample(&second.iter().map(|it| it + shift).collect::<Vec<_>>());
        let found = Shift::between(&before, &after);
        let turned = Shift::between(&after, &before);
        prop_assert!((Shift::between(&before, &moved).estimate - found.estimate - shift).abs() < 1e-9);
        prop_assert!((found.estimate + turned.estimate).abs() < 1e-9);
        prop_assert!((found.lower + turned.upper).abs() < 1e-9);
    }
}

fn runs(before: &[f64], after: &[f64], least_effect: Option<f64>) -> Option<TwoRuns> {
    Some(TwoRuns {
        before: sample(before),
        after: sample(after),
        least_effect,
    })
}

#[test]
fn claims_need_blocks_a_floor_and_room_for_holm() {
    let low = [0.0, 0.01, 0.02, 0.03, 0.04, 0.05];
    let high = low.map(|it| it + 1.0);
    let one = |runs| {
        judge_shifts(&[runs], SIGNIFICANCE)[0]
            .expect("it is there")
            .claim
    };
    assert_eq!(one(runs(&low, &high, Some(0.1))), Claim::Higher);
    assert_eq!(one(runs(&high, &low, Some(0.1))), Claim::Lower);
    assert_eq!(one(runs(&low, &high, Some(1.5))), Claim::Tied);
    assert_eq!(one(runs(&low, &high, Some(1.01))), Claim::CannotTell);
    assert_eq!(one(runs(&low, &high, None)), Claim::NoLeastEffect);
    assert_eq!(one(runs(&low, &low, Some(0.01))), Claim::CannotTell);
    let few = Claim::TooFewBlocks {
        blocks: 5,
        needed: 6,
    };
    assert_eq!(one(runs(&low, &high[..5], Some(0.1))), few);
    // 6 blocks each give p = 2 / 924 at best, enough for 23 comparisons.
    let family = |size| judge_shifts(&vec![runs(&low, &high, Some(0.1)); size], SIGNIFICANCE);
    assert_eq!(family(23)[22].expect("it is there").claim, Claim::Higher);
    let many = Claim::TooManyComparisons {
        comparisons: 24,
        at_most: 23,
    };
    assert_eq!(family(24)[0].expect("it is there").claim, many);
    let half = judge_shifts(&vec![runs(&low, &high, Some(0.1)); 12], SIGNIFICANCE / 2.0);
    let many = Claim::TooManyComparisons {
        comparisons: 12,
        at_most: 11,
    };
    assert_eq!(half[0].expect("it is there").claim, many);
    assert_eq!(judge_shifts(&[None], SIGNIFICANCE), [None]);
}

/// Noise as it might be: normal, heavy-tailed, skewed.
fn noise(random: &mut ChaCha8Rng, kind: usize) -> f64 {
    let mut uniform = || random.random::<f64>().max(1e-12);
    let normal = (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
    match kind {
        0 => normal,
        1 => normal / uniform().sqrt().max(0.1),
        _ => -uniform().ln(),
    }
}

/// Log-ratios of 13 servers to a reference that all cost the same, and the
/// noise floor from the reference's twin. What the machine does to all of them
/// cancels.
fn ratios_of_equals(
    random: &mut ChaCha8Rng,
    kind: usize,
    blocks: usize,
    scale: f64,
) -> (f64, Vec<Sample>) {
    let mut row = || -> Vec<f64> { (0..blocks).map(|_| scale * noise(random, kind)).collect() };
    let reference = row();
    let mut ratios = || {
        let row = row();
        let ratios = row.iter().zip(&reference).map(|(row, base)| row - base);
        sample(&ratios.collect::<Vec<_>>())
    };
    let floor = noise_floor(&ratios());
    (
        floor.expect("blocks enough"),
        (0..13).map(|_| ratios()).collect(),
    )
}

/// Two runs of the same truth: how often anything at all is claimed, also when
/// one of the two is shorter or three times as noisy.
#[test]
fn runs_of_the_same_truth_rarely_claim_anything() {
    const RUNS: u64 = 120;
    let cases = [
        (6, 0.05, 6, 0.05),
        (10, 0.05, 10, 0.05),
        (10, 0.05, 10, 0.15),
        (7, 0.15, 12, 0.05),
    ];
    for (blocks_before, scale_before, blocks_after, scale_after) in cases {
        for kind in 0..3 {
            let mut claimed = 0;
            for seed in 0..RUNS {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                let (floor_before, before) =
                    ratios_of_equals(&mut random, kind, blocks_before, scale_before);
                let (floor_after, after) =
                    ratios_of_equals(&mut random, kind, blocks_after, scale_after);
                let least_effect = Some(floor_before.max(floor_after));
                let pairs = before.into_iter().zip(after);
                let family: Vec<Option<TwoRuns>> = pairs
                    .map(|(before, after)| {
                        Some(TwoRuns {
                            before,
                            after,
                            least_effect,
                        })
                    })
                    .collect();
                let judged = judge_shifts(&family, SIGNIFICANCE);
                let mut claims = judged.iter().flatten().map(|it| it.claim);
                claimed += u64::from(claims.any(|it| matches!(it, Claim::Lower | Claim::Higher)));
            }
            let share = claimed as f64 / RUNS as f64;
            let case = format!("{blocks_before} and {blocks_after} blocks, noise {kind}");
            println!("{case} {scale_before} {scale_after}: {share}");
            assert!(share <= 0.05, "{share} of runs with {case}");
        }
    }
}
