//! Round values for an axis, and how they are written there.

use crate::text::significant;

/// First digits of the ticks of a log axis, from the densest set to the
/// sparsest.
const MANTISSAS: [&[f64]; 7] = [
    &[
        1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.2, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0,
        7.0, 8.0, 9.0,
    ],
    &[
        1.0, 1.1, 1.25, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0,
    ],
    &[1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0],
    &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
    &[1.0, 2.0, 5.0],
    &[1.0, 3.0],
    &[1.0],
];

/// Ticks from `low` to `high`, at least `gap` of the axis apart.
pub(super) fn log_ticks(low: f64, high: f64, gap: f64) -> Vec<f64> {
    let length = (high / low).ln();
    let are_apart = |ticks: &[f64]| {
        ticks
            .windows(2)
            .all(|pair| (pair[1] / pair[0]).ln() / length >= gap)
    };
    let dense = MANTISSAS.iter().map(|set| decades(low, high, set, 1));
    let sparse = [2, 3, 5, 10, 30].map(|every| decades(low, high, &[1.0], every));
    dense
        .chain(sparse)
        .find(|ticks| are_apart(ticks))
        .unwrap_or_default()
}

/// `mantissas` times every `every`th power of ten.
fn decades(low: f64, high: f64, mantissas: &[f64], every: i32) -> Vec<f64> {
    let first = low.log10().floor() as i32;
    let last = high.log10().ceil() as i32;
    (first..=last)
        .filter(|power| power.rem_euclid(every) == 0)
        .flat_map(|power| mantissas.iter().map(move |it| scaled(*it, power)))
        .filter(|tick| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(tick))
        .collect()
}

/// `mantissa` times ten to `power`; by a division where that is what makes
/// 7 tenths the number that is written 0.7.
fn scaled(mantissa: f64, power: i32) -> f64 {
    if power < 0 {
        mantissa / 10.0_f64.powi(-power)
    } else {
        mantissa * 10.0_f64.powi(power)
    }
}

/// Multiples of 1, 2 or 5 times a power of ten from `low` to `high`, at least
/// `gap` of the axis apart.
pub(super) fn linear_ticks(low: f64, high: f64, gap: f64) -> Vec<f64> {
    let least = (high - low) * gap;
    let power = 10.0_f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * power);
    let first = (low / step).ceil() as i64;
    let last = (high / step * (1.0 + 1e-12)).floor() as i64;
    (first..=last).map(|count| count as f64 * step).collect()
}

/// At most three digits, none that say nothing: `0.7`, `12.5`, `1,000`.
pub(super) fn plain(value: f64) -> String {
    without_zeros(&significant(value, 3))
}

/// The same in thousands from ten thousand on: `14.5k`.
pub(super) fn compact(value: f64) -> String {
    if value >= 999_500.0 {
        format!("{}M", plain(value / 1e6))
    } else if value >= 10_000.0 {
        format!("{}k", plain(value / 1e3))
    } else {
        plain(value)
    }
}

/// A quantile as a percentile: `p99.9`.
pub(super) fn percentile_name(quantile: f64) -> String {
    format!("p{}", without_zeros(&format!("{:.3}", quantile * 100.0)))
}

fn without_zeros(text: &str) -> String {
    if !text.contains('.') {
        return text.to_owned();
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_as_dense_as_fits() {
        assert_eq!(log_ticks(0.5, 3.1, 0.1), [0.5, 0.7, 1.0, 1.5, 2.0, 3.0]);
        assert_eq!(log_ticks(0.85, 1.3, 0.1), [0.9, 1.0, 1.1, 1.2, 1.3]);
        assert_eq!(log_ticks(1.0, 1000.0, 0.2), [1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(log_ticks(1.0, 1e12, 0.2), [1.0, 1e3, 1e6, 1e9, 1e12]);
        assert_eq!(linear_ticks(0.0, 40_000.0, 0.2), [0.0, 1e4, 2e4, 3e4, 4e4]);
    }

    #[test]
    fn labels_are_short() {
        for (value, expected) in [
            (0.7, "0.7"),
            (1.0, "1"),
            (12.5, "12.5"),
            (1000.0, "1,000"),
            (0.0, "0"),
            (0.016, "0.016"),
        ] {
            assert_eq!(plain(value), expected);
        }
        for (value, expected) in [(14_500.0, "14.5k"), (500.0, "500"), (2.5e6, "2.5M")] {
            assert_eq!(compact(value), expected);
        }
        for (quantile, expected) in [(0.5, "p50"), (0.999, "p99.9"), (0.99999, "p99.999")] {
            assert_eq!(percentile_name(quantile), expected);
        }
    }
}
