//! Examples from papers, textbooks and the documentation of other programs.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

use statistics::{
    Sample, holm_adjusted, lower_tail_of_fair_coin, order_statistic_interval, signed_rank_p,
};

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected}"
    );
}

/// Darwin's maize plants (1876), the example of SciPy's `wilcoxon`.
#[test]
fn signed_rank_of_darwins_maize() {
    let differences = [
        6.0, 8.0, 14.0, 16.0, 23.0, 24.0, 28.0, 29.0, 41.0, -48.0, 49.0, 56.0, 60.0, -67.0, 75.0,
    ];
    close(signed_rank_p(&differences), 0.041_259_765_625, 1e-15);
}

/// Depression scores of Hollander and Wolfe (1973), the example of R's
/// `wilcox.test`: V = 40, one-sided p = 0.01953, estimate 0.46.
#[test]
#[expect(clippy::approx_constant, reason = "3.14 is a score")]
fn signed_rank_and_hodges_lehmann_of_hollander_and_wolfe() {
    let before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
    let after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    let differences: Vec<f64> = before.iter().zip(after).map(|(b, a)| b - a).collect();
    close(signed_rank_p(&differences), 2.0 * 0.019_531_25, 1e-15);
    let sample = Sample::new(differences).expect("finite");
    close(sample.hodges_lehmann(), 0.46, 1e-12);
}

/// Hyndman and Fan (1996), type 7; values as `quantile(x)` of R prints them.
#[test]
fn quantiles_of_type_7_as_in_r() {
    let sample =
        Sample::new(vec![3.0, 6.0, 7.0, 8.0, 8.0, 10.0, 13.0, 15.0, 16.0, 20.0]).expect("finite");
    for (probability, expected) in [
        (0.0, 3.0),
        (0.25, 7.25),
        (0.5, 9.0),
        (0.75, 14.5),
        (1.0, 20.0),
    ] {
        close(sample.quantile(probability), expected, 1e-12);
    }
}

/// `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")` of R; also the worked example
/// of the encyclopedia's article on the method.
#[test]
fn holm_as_in_r() {
    let adjusted = holm_adjusted(&[0.01, 0.04, 0.03, 0.005]);
    for (found, expected) in adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]) {
        close(*found, expected, 1e-12);
    }
}

/// The usual table of 95 % intervals of a median (as in Conover's and in
/// Hollander and Wolfe's textbooks): size, lower rank, coverage to four digits.
#[test]
fn ranks_and_coverage_of_the_textbook_table() {
    let table = [
        (6, 1, 0.9688),
        (7, 1, 0.9844),
        (8, 1, 0.9922),
        (9, 2, 0.9609),
        (10, 2, 0.9785),
        (15, 4, 0.9648),
        (20, 6, 0.9586),
        (25, 8, 0.9567),
    ];
    for (size, rank, coverage) in table {
        let values = (1..=size).map(f64::from).collect();
        let found = order_statistic_interval(&Sample::new(values).expect("finite"), 0.95)
            .expect("6 values are enough");
        assert_eq!(found.rank, rank, "of {size}");
        close(found.lower, rank as f64, 0.0);
        close(found.upper, f64::from(size) + 1.0 - rank as f64, 0.0);
        close(found.coverage, coverage, 5e-5);
    }
}

#[test]
fn five_values_have_no_95_percent_interval() {
    let sample = Sample::new(vec![1.0, 2.0, 3.0, 4.0, 5.0]).expect("finite");
    assert_eq!(order_statistic_interval(&sample, 0.95), None);
    close(1.0 - 2.0 * lower_tail_of_fair_coin(5, 0), 0.9375, 1e-15);
}
