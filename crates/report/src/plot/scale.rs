//! From values to shares of an axis: 0 at its start, 1 at its end.

use super::ticks::{linear_ticks, log_ticks};

/// What a [`Scale::ZeroAndLog`] gives to zero, as a share of the axis.
const ZERO_SHARE: f64 = 0.16;

/// Values outside of these bounds have no place of their own on a log axis; no
/// quantity of a run comes near them.
const SMALLEST: f64 = 1e-9;
const LARGEST: f64 = 1e15;

/// Quantiles that get a tick; the median as well where it fits.
const NINES: [f64; 5] = [0.9, 0.99, 0.999, 0.9999, 0.99999];

/// How an axis is divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scale {
    /// Equal differences have equal lengths.
    Linear {
        /// At the start.
        low: f64,
        /// At the end.
        high: f64,
    },
    /// Equal ratios have equal lengths.
    Log {
        /// At the start.
        low: f64,
        /// At the end.
        high: f64,
    },
    /// Zero at the start; after a break, as [`Scale::Log`].
    ZeroAndLog {
        /// After the break.
        low: f64,
        /// At the end.
        high: f64,
    },
    /// Quantiles by how little lies above them: every nine has the same length.
    Tail {
        /// How many nines fit: 3 up to the quantile 0.999.
        nines: f64,
    },
}

impl Scale {
    /// From zero to a bit more than the largest of `values`.
    pub(super) fn linear_from_zero(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (_, high) = bounds(values)?;
        Some(Self::Linear {
            low: 0.0,
            high: high * 1.08,
        })
    }

    /// Around those of `values` that are above zero, none of them at an end.
    pub(super) fn log_with_margins(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (low, high) = bounds(values)?;
        let margin = (high / low).powf(0.08).max(1.3);
        Some(Self::Log {
            low: low / margin,
            high: high * margin,
        })
    }

    /// Around those of `values` that are above zero, rounded outwards; with a
    /// place for zero if some are not.
    pub(super) fn log_around(values: impl Iterator<Item = f64> + Clone) -> Option<Self> {
        let has_zero = values
            .clone()
            .any(|value| value.is_finite() && value < SMALLEST);
        match (bounds(values), has_zero) {
            (Some((low, high)), has_zero) => {
                let (low, high) = rounded_outwards(low, high);
                Some(if has_zero {
                    Self::ZeroAndLog { low, high }
                } else {
                    Self::Log { low, high }
                })
            }
            (None, true) => Some(Self::ZeroAndLog {
                low: 1.0,
                high: 10.0,
            }),
            (None, false) => None,
        }
    }

    /// Around ratios and 1, which is never at the edge.
    pub(super) fn ratios_around(values: impl Iterator<Item = f64>) -> Self {
        const LEAST: f64 = 1.25;
        const MARGIN: f64 = 0.04;
        let (low, high) = bounds(values).unwrap_or((1.0, 1.0));
        let (low, high) = (low.min(1.0 / LEAST), high.max(LEAST));
        let margin = (high / low).powf(MARGIN);
        Self::Log {
            low: low / margin,
            high: high * margin,
        }
    }

    /// Up to the largest of `quantiles`.
    pub(super) fn tail_to(quantiles: impl Iterator<Item = f64>) -> Self {
        let nines = quantiles.map(nines_of).fold(1.0, f64::max);
        Self::Tail { nines }
    }

    /// Where `value` lies; what is outside lies at the end that is nearer.
    pub(super) fn share(self, value: f64) -> f64 {
        let share = match self {
            Self::Linear { low, high } => (value - low) / (high - low),
            Self::Log { low, high } => log_share(value, low, high),
            Self::ZeroAndLog { .. } if value < SMALLEST => 0.0,
            Self::ZeroAndLog { low, high } => {
                ZERO_SHARE + (1.0 - ZERO_SHARE) * log_share(value, low, high).max(0.0)
            }
            Self::Tail { nines } => nines_of(value) / nines,
        };
        if share.is_nan() {
            return 0.0;
        }
        share.clamp(0.0, 1.0)
    }

    /// Round values on an axis of `length_px`, growing, no two of them nearer
    /// than `gap_px`.
    pub(super) fn ticks(self, length_px: f64, gap_px: f64) -> Vec<f64> {
        let gap = gap_px / length_px;
        match self {
            Self::Linear { low, high } => linear_ticks(low, high, gap),
            Self::Log { low, high } => log_ticks(low, high, gap),
            Self::ZeroAndLog { low, high } => {
                let mut ticks = vec![0.0];
                ticks.extend(log_ticks(low, high, gap / (1.0 - ZERO_SHARE)));
                ticks
            }
            Self::Tail { nines } => {
                let is_apart = |left: f64, right: f64| self.share(right) - self.share(left) >= gap;
                let mut ticks: Vec<f64> = Vec::new();
                for quantile in NINES {
                    if nines_of(quantile) <= nines + 1e-9
                        && ticks.last().is_none_or(|last| is_apart(*last, quantile))
                    {
                        ticks.push(quantile);
                    }
                }
                if is_apart(0.5, ticks.first().copied().unwrap_or(1.0)) {
                    ticks.insert(0, 0.5);
                }
                ticks
            }
        }
    }

    /// Where the axis is broken: the middle between zero and the rest.
    pub(super) fn break_share(self) -> Option<f64> {
        matches!(self, Self::ZeroAndLog { .. }).then_some(ZERO_SHARE / 2.0)
    }
}

/// How many nines a quantile has: 2 for 0.99.
fn nines_of(quantile: f64) -> f64 {
    -(1.0 - quantile).max(1e-12).log10()
}

fn log_share(value: f64, low: f64, high: f64) -> f64 {
    (value / low).ln() / (high / low).ln()
}

/// The smallest and the largest of the values that are above zero.
fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|value| (SMALLEST..=LARGEST).contains(value))
        .fold(None, |bounds, value| match bounds {
            None => Some((value, value)),
            Some((low, high)) => Some((value.min(low), value.max(high))),
        })
}

/// To 1, 2 or 5 times a power of ten, with at least an octave and a half in between.
fn rounded_outwards(low: f64, high: f64) -> (f64, f64) {
    let (low, high) = if high / low < 2.5 {
        (low / 1.5, high * 1.5)
    } else {
        (low, high)
    };
    let power = |value: f64| 10.0_f64.powf(value.log10().floor());
    let down = [5.0, 2.0]
        .into_iter()
        .map(|factor| factor * power(low))
        .find(|bound| *bound <= low * (1.0 + 1e-9))
        .unwrap_or_else(|| power(low).min(low));
    let up = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power(high))
        .find(|bound| *bound >= high * (1.0 - 1e-9))
        .unwrap_or(high);
    (down, up)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Sizes from an allocation per thousand messages to a day in ns.
    fn quantity() -> impl Strategy<Value = f64> {
        prop_oneof![
            Just(0.0),
            (-3.0..14.0_f64).prop_map(|power| 10.0_f64.powf(power))
        ]
    }

    fn scales(values: &[f64]) -> Vec<Scale> {
        let all = || values.iter().copied();
        let quantiles = all().map(|value| 1.0 - 1.0 / (value + 1.0));
        [
            Scale::linear_from_zero(all()),
            Scale::log_around(all()),
            Scale::log_with_margins(all()),
            Some(Scale::ratios_around(all())),
            Some(Scale::tail_to(quantiles)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    proptest! {
        #[test]
        fn a_larger_value_is_never_nearer_to_the_start(
            values in prop::collection::vec(quantity(), 1..20),
            left in quantity(),
            right in quantity(),
        ) {
            for scale in scales(&values) {
                let (small, large) = (left.min(right), left.max(right));
                prop_assert!(scale.share(small) <= scale.share(large), "{scale:?}");
            }
        }

        #[test]
        fn nothing_leaves_the_frame(
            values in prop::collection::vec(quantity(), 1..20),
            any in prop::num::f64::ANY,
        ) {
            for scale in scales(&values) {
                prop_assert!((0.0..=1.0).contains(&scale.share(any)), "{scale:?} {any}");
            }
        }

        /// What a scale was made for is between its ends, not cut off by them.
        #[test]
        fn values_have_places_of_their_own(values in prop::collection::vec(quantity(), 1..20)) {
            let scale = Scale::log_around(values.iter().copied());
            let scale = scale.expect("there are values");
            for left in &values {
                for right in &values {
                    if *left > right * 1.0001 {
                        prop_assert!(scale.share(*left) > scale.share(*right), "{scale:?}");
                    }
                }
            }
        }

        #[test]
        fn ticks_are_inside_and_apart(
            values in prop::collection::vec(quantity(), 1..20),
            length_px in 80.0..600.0_f64,
            gap_px in 10.0..60.0_f64,
        ) {
            for scale in scales(&values) {
                let ticks = scale.ticks(length_px, gap_px);
                prop_assert!(ticks.len() < 100);
                for pair in ticks.windows(2) {
                    let apart = (scale.share(pair[1]) - scale.share(pair[0])) * length_px;
                    let least = if pair[0] == 0.0 && scale.break_share().is_some() {
                        // The break is what keeps them apart.
                        ZERO_SHARE * length_px
                    } else {
                        gap_px
                    };
                    prop_assert!(apart >= least * (1.0 - 1e-6), "{scale:?} {ticks:?}");
                }
                for tick in ticks {
                    // A tick beyond an end would be moved to it.
                    let inside = match scale {
                        Scale::Linear { low, high } | Scale::Log { low, high } => {
                            (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(&tick)
                        }
                        Scale::ZeroAndLog { low, high } => {
                            tick == 0.0
                                || (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(&tick)
                        }
                        Scale::Tail { nines } => nines_of(tick) <= nines + 1e-6,
                    };
                    prop_assert!(inside, "{scale:?} {tick}");
                }
            }
        }
    }

    #[test]
    fn zero_has_a_place_before_the_break() {
        let scale = Scale::log_around([0.0, 0.016, 2.0].into_iter()).expect("there are values");
        assert_eq!(
            scale,
            Scale::ZeroAndLog {
                low: 0.01,
                high: 2.0
            }
        );
        assert_eq!(scale.share(0.0), 0.0);
        assert_eq!(scale.share(0.01), ZERO_SHARE);
        assert_eq!(scale.share(2.0), 1.0);
        assert_eq!(
            Scale::log_around([0.5, 20.0].into_iter()).map(Scale::break_share),
            Some(None)
        );
        let zeros = Scale::log_around([0.0].into_iter()).expect("there is a value");
        assert_eq!(zeros.ticks(100.0, 12.0), [0.0, 1.0, 2.0, 5.0, 10.0]);
    }

    #[test]
    fn every_nine_is_as_long_as_the_last() {
        let scale = Scale::tail_to([0.5, 0.9999].into_iter());
        let shares = [0.9, 0.99, 0.999, 0.9999].map(|quantile| scale.share(quantile));
        for (share, expected) in shares.into_iter().zip([0.25, 0.5, 0.75, 1.0]) {
            assert!((share - expected).abs() < 1e-9, "{share} {expected}");
        }
        assert_eq!(scale.ticks(200.0, 20.0), [0.5, 0.9, 0.99, 0.999, 0.9999]);
        assert_eq!(scale.ticks(100.0, 20.0), [0.9, 0.99, 0.999, 0.9999]);
    }

    #[test]
    fn one_is_never_at_the_edge_of_ratios() {
        for values in [vec![], vec![1.0], vec![3.0, 5.0], vec![0.1]] {
            let scale = Scale::ratios_around(values.into_iter());
            assert!((0.04..0.96).contains(&scale.share(1.0)), "{scale:?}");
        }
    }
}
