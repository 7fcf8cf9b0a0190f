//! How often two runs of the same truth are said to differ.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use record::Role;
use report::{
    analyse,
    compare::{ChangeVerdict, Pick, VerdictFilter, compare},
};
use support::{
    measurements::Noise,
    pairs::{seeded, some_scenarios},
};

/// Noise of 5 % on every trial of every quantity, and a machine that drifts by
/// 10 % between the runs: how often a whole comparison claims anything.
#[test]
fn comparisons_of_the_same_truth_rarely_claim_anything() {
    const SEEDS: u64 = 60;
    let scenarios = some_scenarios(&["echo-125b-binary", "echo-1k-text", "fixed-rate-512b-text"]);
    let template = analyse(&seeded(1, 8, &support::truth::servers(), &scenarios));
    let noisy = |seed: u64, drift: f64| {
        let mut findings = template.clone();
        let mut noise = Noise::new(seed, 0.05);
        let entries = findings.entries.clone();
        let reference = findings.reference().expect("there is one");
        for metric in findings.cells.iter_mut().flat_map(|cell| &mut cell.metrics) {
            for row in metric.rows.iter_mut().flatten() {
                let median = row.median;
                for block in &mut row.blocks {
                    block.value = median * drift * noise.factor();
                }
            }
            let twin = entries
                .iter()
                .position(|entry| entry.key.role == Role::Again);
            let blocks = |row: usize| metric.row(row).map(|it| it.blocks.clone());
            let ratios = statistics::paired_log_ratios(
                &blocks(twin.expect("there is one")).expect("it ran"),
                &blocks(reference).expect("it ran"),
            );
            let ratios = ratios
                .expect("positive")
                .iter()
                .map(|it| it.value)
                .collect();
            let floor = statistics::noise_floor(&statistics::Sample::new(ratios).expect("finite"));
            if let Some(found) = &mut metric.noise_floor {
                found.log_ratio = floor.expect("blocks enough");
            }
        }
        findings
    };
    let (mut claimed, mut absolute) = (0, 0);
    for seed in 0..SEEDS {
        let runs = (noisy(2 * seed, 1.0), noisy(2 * seed + 1, 1.1));
        let found = compare(&runs.0, &runs.1, ["a", "b"], &Pick::default()).expect("alike");
        claimed += u64::from(found.tally.caught_by(VerdictFilter::Changed) > 0);
        let metrics = found.cells.iter().flat_map(|cell| &cell.metrics);
        let mut judged = metrics
            .flat_map(|it| &it.rows)
            .filter_map(|row| row.absolute?.judged);
        absolute +=
            u64::from(judged.any(|it| matches!(it, ChangeVerdict::Better | ChangeVerdict::Worse)));
    }
    println!("{claimed} and {absolute} of {SEEDS}");
    assert!(claimed <= SEEDS / 20, "{claimed} of {SEEDS} claim a change");
    assert!(
        absolute <= SEEDS / 20,
        "{absolute} of {SEEDS} claim an absolute change"
    );
}
