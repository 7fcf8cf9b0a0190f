//! How often an interval holds the median, over several distributions.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statistics::{IntervalMethod, Sample, interval_of_median, lower_tail_of_fair_coin};

/// Distributions with a median of zero.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Uniform,
    Normal,
    /// Cauchy: no mean at all.
    HeavyTailed,
    /// Exponential.
    Skewed,
}

const SHAPES: [Shape; 4] = [
    Shape::Uniform,
    Shape::Normal,
    Shape::HeavyTailed,
    Shape::Skewed,
];

fn draw(random: &mut ChaCha8Rng, shape: Shape) -> f64 {
    let mut uniform = || (f64::from(random.next_u32()) + 0.5) / (f64::from(u32::MAX) + 1.0);
    match shape {
        Shape::Uniform => uniform() - 0.5,
        Shape::Normal => (0..12).map(|_| uniform()).sum::<f64>() - 6.0,
        Shape::HeavyTailed => (std::f64::consts::PI * (uniform() - 0.5)).tan(),
        Shape::Skewed => -uniform().ln() - std::f64::consts::LN_2,
    }
}

const DRAWS: usize = 1_000;

/// The share of intervals that hold the median.
fn coverage(shape: Shape, size: usize) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(size as u64);
    let held = (0..DRAWS)
        .filter(|_| {
            let values = (0..size).map(|_| draw(&mut random, shape)).collect();
            let interval = interval_of_median(&Sample::new(values).expect("finite"));
            interval.lower <= 0.0 && 0.0 <= interval.upper
        })
        .count();
    held as f64 / DRAWS as f64
}

/// "95 %" is the bootstrap's nominal confidence. What it truly covers depends
/// on the number of blocks, hardly on the distribution.
#[test]
fn the_true_coverage_is_near_the_nominal_one() {
    for shape in SHAPES {
        for size in 8..=20 {
            let found = coverage(shape, size);
            assert!(
                (0.88..=0.985).contains(&found),
                "{found} with {size} values, {shape:?}"
            );
        }
    }
}

/// With an odd number of values the bootstrap's ends are order statistics, so
/// the coverage is exact for every continuous distribution. These are the
/// figures of METHODOLOGY.md.
#[test]
fn the_exact_coverage_of_odd_numbers_is_what_is_published() {
    let exact = |size: u32| {
        let values = (1..=size).map(f64::from).collect();
        let interval = interval_of_median(&Sample::new(values).expect("finite"));
        assert!(matches!(interval.method, IntervalMethod::Bootstrap { .. }));
        let rank = interval.lower as usize;
        assert_eq!(interval.upper as usize, size as usize + 1 - rank);
        1.0 - 2.0 * lower_tail_of_fair_coin(size as usize, rank - 1)
    };
    let published = [
        (9, 0.961),
        (11, 0.935),
        (13, 0.908),
        (15, 0.965),
        (17, 0.951),
        (19, 0.936),
    ];
    for (size, coverage) in published {
        let found = exact(size);
        assert!((found - coverage).abs() < 0.0006, "{size}: {found}");
    }
}
