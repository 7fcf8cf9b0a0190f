//! What may be claimed, and how often that is wrong.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statistics::{
    Direction, Family, Rule, Sample, UnknownReason, Verdict, judge, noise_floor, told_apart,
};

fn sample(values: &[f64]) -> Option<Sample> {
    Some(Sample::new(values.to_vec()).expect("finite"))
}

fn verdict_of(values: &[f64], floor: Option<f64>, direction: Direction) -> Verdict {
    let judged = judge(&[sample(values)], floor, direction);
    judged[0].expect("there is data").verdict
}

const SLOWER: [f64; 6] = [0.05, 0.06, 0.04, 0.05, 0.07, 0.05];

#[test]
fn direction_decides_what_is_good() {
    let faster = SLOWER.map(|value| -value);
    let floor = Some(0.01);
    assert_eq!(
        verdict_of(&SLOWER, floor, Direction::LowerIsBetter),
        Verdict::Worse
    );
    assert_eq!(
        verdict_of(&faster, floor, Direction::LowerIsBetter),
        Verdict::Better
    );
    assert_eq!(
        verdict_of(&SLOWER, floor, Direction::HigherIsBetter),
        Verdict::Better
    );
    assert_eq!(
        verdict_of(&faster, floor, Direction::HigherIsBetter),
        Verdict::Worse
    );
}

#[test]
fn an_effect_within_the_floor_is_no_difference() {
    assert_eq!(
        verdict_of(&SLOWER, Some(0.05), Direction::LowerIsBetter),
        Verdict::Tied
    );
    assert_eq!(
        verdict_of(&SLOWER, Some(0.049), Direction::LowerIsBetter),
        Verdict::Worse
    );
}

#[test]
fn one_dissenting_block_of_six_is_no_difference() {
    let mixed = [0.05, 0.06, 0.04, 0.05, 0.07, -0.001];
    assert_eq!(
        verdict_of(&mixed, Some(0.01), Direction::LowerIsBetter),
        Verdict::Tied
    );
}

/// Where so few blocks can't pass Holm's correction, one that hardly differs is
/// as good as one that disagrees.
#[test]
fn without_holm_each_block_must_differ_by_half_the_floor() {
    for (weakest, verdict) in [(0.014, Verdict::Tied), (0.016, Verdict::Worse)] {
        let row = [0.05, 0.06, 0.04, 0.05, 0.07, weakest];
        let family: Vec<_> = (0..13).map(|_| sample(&row)).collect();
        assert_eq!(Family::of(&family).rule, Rule::AllBlocksAgree);
        let judged = judge(&family, Some(0.03), Direction::LowerIsBetter);
        assert_eq!(judged[0].expect("there is data").verdict, verdict);
        let apart = told_apart(&family, Some(0.03))[0];
        assert_eq!(apart, Some(verdict == Verdict::Worse), "{weakest}");
    }
}

#[test]
fn five_blocks_or_no_floor_say_nothing() {
    assert_eq!(
        verdict_of(&SLOWER[..5], Some(0.01), Direction::LowerIsBetter),
        Verdict::Unknown {
            reason: UnknownReason::TooFewBlocks {
                blocks: 5,
                needed: 6
            }
        }
    );
    assert_eq!(
        verdict_of(&SLOWER, None, Direction::LowerIsBetter),
        Verdict::Unknown {
            reason: UnknownReason::NoNoiseFloor
        }
    );
    assert_eq!(told_apart(&[sample(&SLOWER[..5])], Some(0.01)), [None]);
    assert_eq!(told_apart(&[sample(&SLOWER)], None), [None]);
    assert_eq!(judge(&[None], Some(0.01), Direction::LowerIsBetter), [None]);
}

/// With 13 comparisons Holm asks for p ≤ 0.05 / 13, which 9 blocks can't give
/// (2 / 512) and 10 can (2 / 1024).
#[test]
fn holm_is_in_force_from_the_block_where_it_can_be_passed() {
    for (blocks, rule) in [
        (5, Rule::NoClaims),
        (6, Rule::AllBlocksAgree),
        (9, Rule::AllBlocksAgree),
        (10, Rule::Holm),
    ] {
        let family: Vec<_> = (0..13).map(|_| sample(&vec![0.1; blocks])).collect();
        for comparison in judge(&family, Some(0.01), Direction::LowerIsBetter) {
            assert_eq!(
                comparison.expect("there is data").rule,
                rule,
                "{blocks} blocks"
            );
        }
    }
    let alone = judge(&[sample(&SLOWER)], Some(0.01), Direction::LowerIsBetter);
    assert_eq!(alone[0].expect("there is data").rule, Rule::Holm);
}

/// The rule is the family's: with 10 blocks the others go by Holm, so a row
/// that lost a block may not be judged by the weaker rule of 9 blocks.
#[test]
fn a_lost_block_does_not_relax_the_rule() {
    let mut family = vec![sample(&[0.1, -0.1, 0.1, -0.1, 0.1, -0.1, 0.1, -0.1, 0.1, -0.1]); 12];
    family.push(sample(&[0.1; 9]));
    let of_all = Family {
        comparisons: 13,
        blocks: 10,
        rule: Rule::Holm,
    };
    assert_eq!(Family::of(&family), of_all);
    // All nine agree, but 13 × 2 / 512 is more than 0.05.
    let judged = judge(&family, Some(0.01), Direction::LowerIsBetter);
    let lost_one = judged[12].expect("there is data");
    assert_eq!(
        (lost_one.rule, lost_one.verdict),
        (Rule::Holm, Verdict::Tied)
    );
    assert_eq!(told_apart(&family, Some(0.01))[12], Some(false));
}

/// Three blocks of twelve point the other way by a little. The bootstrap's
/// interval excludes zero, the one between order statistics doesn't: verdicts
/// and letters must go by the same one.
#[test]
fn letters_go_by_the_interval_of_the_verdicts() {
    let mut values = [0.1; 12];
    values[..3].fill(-0.001);
    let family = [sample(&values)];
    let judged = judge(&family, Some(0.01), Direction::LowerIsBetter);
    assert_eq!(judged[0].expect("there is data").verdict, Verdict::Worse);
    assert_eq!(told_apart(&family, Some(0.01)), [Some(true)]);
}

/// 91 pairs: Holm asks for 0.05 / 91 at first, which 11 blocks can't give
/// (2 / 2048) and 12 can (2 / 4096).
#[test]
fn the_family_of_all_pairs_needs_twelve_blocks_for_holm() {
    for (blocks, rule) in [
        (10, Rule::AllBlocksAgree),
        (11, Rule::AllBlocksAgree),
        (12, Rule::Holm),
    ] {
        let pairs: Vec<_> = (0..91).map(|_| sample(&vec![0.1; blocks])).collect();
        let family = Family::of(&pairs);
        assert_eq!(
            (family.comparisons, family.blocks, family.rule),
            (91, blocks, rule)
        );
    }
}

/// Two blocks that happen to fall together are no proof of a quiet machine.
#[test]
fn under_six_blocks_there_is_no_noise_floor() {
    for blocks in 1..6 {
        let twin = sample(&vec![0.001; blocks]).expect("there is data");
        assert_eq!(noise_floor(&twin), None, "{blocks} blocks");
    }
    let twin = sample(&[0.01, -0.03, 0.02, 0.0, 0.01, -0.01]).expect("there is data");
    assert_eq!(noise_floor(&twin), Some(0.03));
}

/// Trials of servers that are all the same, but for `effect` on each row that
/// is compared.
struct Machine {
    random: ChaCha8Rng,
    shape: Shape,
}

/// How the trials of one and the same server scatter.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Normal,
    /// A ratio of normal values: wild trials on both sides.
    HeavyTailed,
    /// Now and then a trial is disturbed and takes longer.
    Skewed,
}

impl Machine {
    /// Roughly normal with deviation 1.
    fn normal(&mut self) -> f64 {
        let mut uniform = || f64::from(self.random.next_u32()) / f64::from(u32::MAX);
        (0..12).map(|_| uniform()).sum::<f64>() - 6.0
    }

    /// The logarithm of what a trial measures.
    fn trial(&mut self) -> f64 {
        let (noise, other) = (self.normal(), self.normal());
        0.01 * match self.shape {
            Shape::Normal => noise,
            Shape::HeavyTailed => noise / other.abs().max(0.05),
            Shape::Skewed => noise + 10.0 * (other - 1.2).max(0.0),
        }
    }

    /// The noise floor and the rows of a run.
    fn run(&mut self, rows: usize, blocks: usize, effect: f64) -> (f64, Vec<Option<Sample>>) {
        let reference: Vec<f64> = (0..blocks).map(|_| self.trial()).collect();
        let mut row = |effect: f64| {
            let ratios = reference
                .iter()
                .map(|base| self.trial() + effect - base)
                .collect();
            Sample::new(ratios).expect("finite")
        };
        let floor = noise_floor(&row(0.0)).expect("six blocks or more");
        (floor, (0..rows).map(|_| Some(row(effect))).collect())
    }
}

const RUNS: usize = 400;

/// In how many of [`RUNS`] runs any difference is claimed.
fn runs_with_a_claim(shape: Shape, rows: usize, blocks: usize, effect: f64) -> usize {
    let random = ChaCha8Rng::seed_from_u64(blocks as u64);
    let mut machine = Machine { random, shape };
    (0..RUNS)
        .filter(|_| {
            let (floor, rows) = machine.run(rows, blocks, effect);
            judge(&rows, Some(floor), Direction::LowerIsBetter)
                .iter()
                .flatten()
                .any(|comparison| comparison.verdict.is_claim())
        })
        .count()
}

/// The noise floor does for few blocks what Holm does for many: a run that
/// compares 13 equal servers claims anything in at most one of 20 cases. (With
/// 6 blocks and no floor it is one of four.)
#[test]
fn a_run_without_differences_rarely_gives_a_claim() {
    for shape in [Shape::Normal, Shape::HeavyTailed, Shape::Skewed] {
        for blocks in [6, 8, 10, 15] {
            let wrong = runs_with_a_claim(shape, 13, blocks, 0.0);
            assert!(
                wrong <= RUNS / 20,
                "{wrong} of {RUNS} runs, {blocks} blocks, {shape:?}"
            );
        }
    }
}

/// In how many of so many runs any two of `rows` equal servers are told apart.
fn runs_with_a_pair_apart(runs: usize, shape: Shape, rows: usize, blocks: usize) -> usize {
    let random = ChaCha8Rng::seed_from_u64(1_000 + blocks as u64);
    let mut machine = Machine { random, shape };
    (0..runs)
        .filter(|_| {
            let trials: Vec<Vec<f64>> = (0..rows + 2)
                .map(|_| (0..blocks).map(|_| machine.trial()).collect())
                .collect();
            let log_ratios = |left: usize, right: usize| {
                let ratios = trials[left].iter().zip(&trials[right]);
                Sample::new(ratios.map(|(left, right)| left - right).collect()).expect("finite")
            };
            let floor = noise_floor(&log_ratios(rows, rows + 1));
            let pairs: Vec<Option<Sample>> = (0..rows)
                .flat_map(|left| (left + 1..rows).map(move |right| (left, right)))
                .map(|(left, right)| Some(log_ratios(left, right)))
                .collect();
            told_apart(&pairs, floor).contains(&Some(true))
        })
        .count()
}

/// The same for the 91 pairs behind the letters of 14 rows. Up to 11 blocks
/// Holm can't be passed by so many pairs, and nothing corrects for their
/// number but the floor, in each block and over all; from 12 blocks on Holm does.
#[test]
fn a_run_without_differences_rarely_gives_different_letters() {
    for shape in [Shape::Normal, Shape::HeavyTailed, Shape::Skewed] {
        for blocks in [6, 10, 12] {
            let wrong = runs_with_a_pair_apart(RUNS, shape, 14, blocks);
            assert!(
                wrong <= RUNS / 20,
                "{wrong} of {RUNS} runs, {blocks} blocks, {shape:?}"
            );
        }
    }
}

/// The 820 pairs behind the letters of 41 rows, with as few blocks as a run of
/// all servers has: docs/METHODOLOGY.md gives the figures of a larger simulation.
#[test]
fn in_a_long_table_equal_servers_mostly_share_their_letters() {
    for shape in [Shape::Normal, Shape::HeavyTailed, Shape::Skewed] {
        let runs = RUNS / 8;
        let wrong = runs_with_a_pair_apart(runs, shape, 41, 6);
        assert!(wrong <= runs / 5, "{wrong} of {runs}, {shape:?}");
    }
}

#[test]
fn five_percent_is_found_in_one_percent_noise() {
    for blocks in [6, 8, 12] {
        let found = runs_with_a_claim(Shape::Normal, 1, blocks, 0.05);
        assert!(
            found >= RUNS * 19 / 20,
            "found in {found} of {RUNS}, with {blocks} blocks"
        );
    }
}

proptest! {
    #[test]
    fn a_claim_is_beyond_the_floor_and_signed_right(
        rows in prop::collection::vec(prop::collection::vec(-0.2..0.2_f64, 1..=14), 1..=14),
        floor in 0.0..0.1_f64,
    ) {
        let rows: Vec<_> = rows.iter().map(|row| sample(row)).collect();
        let judged = judge(&rows, Some(floor), Direction::LowerIsBetter);
        let apart = told_apart(&rows, Some(floor));
        for ((row, comparison), apart) in rows.iter().zip(&judged).zip(&apart) {
            let comparison = comparison.expect("there is data");
            prop_assert_eq!(comparison.blocks, row.as_ref().expect("there is data").len());
            prop_assert!(comparison.p_adjusted >= comparison.p_value);
            match comparison.verdict {
                Verdict::Better => prop_assert!(comparison.log_ratio < -floor),
                Verdict::Worse => prop_assert!(comparison.log_ratio > floor),
                Verdict::Tied => prop_assert!(comparison.blocks >= 6),
                Verdict::Unknown { .. } => prop_assert!(comparison.blocks < 6),
            }
            prop_assert_eq!(apart.is_none(), comparison.blocks < 6);
            prop_assert_eq!(*apart == Some(true), comparison.verdict.is_claim());
            prop_assert_eq!(comparison.rule, Family::of(&rows).rule);
        }
    }
}
