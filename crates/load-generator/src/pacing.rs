//! When a message is due.

use record::{Spacing, mixed};

/// Planned instants of an open loop, in closed form, so that they can't drift:
/// message `k` is due at `start + k / rate`, or somewhere in the distance before
/// that where they are dithered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    start_ns: u64,
    /// Messages in a million seconds: the rate as an exact integer.
    messages_per_ms_s: u64,
    spacing: Spacing,
}

const NS_IN_A_MILLION_S: u128 = 1_000_000_000_000_000;

impl Schedule {
    /// A schedule of `rate_per_s` messages a second from `start_ns` on.
    pub(crate) fn new(start_ns: u64, rate_per_s: f64, spacing: Spacing) -> Self {
        Self {
            start_ns,
            messages_per_ms_s: ((rate_per_s * 1e6).round() as u64).max(1),
            spacing,
        }
    }

    /// When message `k` is due: never before one with a smaller number.
    #[inline]
    pub(crate) fn planned_ns(self, k: u64) -> u64 {
        // In parts of 2^-32 of a distance.
        let early = match self.spacing {
            Spacing::Even => 0,
            Spacing::Dithered if k == 0 => 0,
            Spacing::Dithered => u128::from(mixed(0, k) >> 32),
        };
        let distances = (u128::from(k) << 32) - early;
        let offset = (distances * NS_IN_A_MILLION_S / u128::from(self.messages_per_ms_s)) >> 32;
        self.start_ns.saturating_add(offset as u64)
    }

    /// How many messages are due in a window of `duration_ns`.
    pub(crate) fn messages_in(self, duration_ns: u64) -> u64 {
        // Message k is due inside when k / rate < duration. The next one may be as
        // well where they are dithered; it is left out, so that the rate is exact.
        (u128::from(duration_ns) * u128::from(self.messages_per_ms_s)).div_ceil(NS_IN_A_MILLION_S)
            as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SPACINGS: [Spacing; 2] = [Spacing::Even, Spacing::Dithered];

    proptest! {
        #[test]
        fn counts_exactly_the_messages_due_inside(rate in 0.01_f64..5e6, duration_ns in 1_u64..20_000_000_000) {
            for spacing in SPACINGS {
                let schedule = Schedule::new(77, rate, spacing);
                let count = schedule.messages_in(duration_ns);
                prop_assert!(count >= 1);
                prop_assert!(schedule.planned_ns(count - 1) < 77 + duration_ns);
            }
            let even = Schedule::new(77, rate, Spacing::Even);
            prop_assert!(even.planned_ns(even.messages_in(duration_ns)) >= 77 + duration_ns - 1);
        }

        #[test]
        fn does_not_drift(rate in 1_u32..1_000_000, seconds in 0_u64..100_000) {
            let k = seconds * u64::from(rate);
            let even = Schedule::new(5, f64::from(rate), Spacing::Even).planned_ns(k);
            prop_assert_eq!(even, 5 + seconds * 1_000_000_000);
        }

        /// Each message keeps to the distance that ends where it would be due at
        /// even distances, so that they stay in order.
        #[test]
        fn a_dithered_message_is_early_by_less_than_a_distance(rate in 1_u32..1_000_000, k in 1_u64..1_000_000_000) {
            let [even, dithered] = SPACINGS.map(|it| Schedule::new(5, f64::from(rate), it));
            let due_ns = dithered.planned_ns(k);
            prop_assert!(due_ns <= even.planned_ns(k));
            prop_assert!(due_ns >= even.planned_ns(k - 1));
            prop_assert!(due_ns <= dithered.planned_ns(k + 1));
        }
    }

    #[test]
    fn dithered_messages_are_early_by_half_a_distance_on_average() {
        let [even, dithered] = SPACINGS.map(|it| Schedule::new(0, 1e3, it));
        let early = |k| even.planned_ns(k) - dithered.planned_ns(k);
        let messages = 10_000;
        let mut tenths = [0_u32; 10];
        (1..=messages).for_each(|k| tenths[early(k) as usize / 100_000] += 1);
        assert!(
            tenths.iter().all(|n| (900..1_100).contains(n)),
            "{tenths:?}"
        );
        assert_eq!(dithered.planned_ns(0), 0);
    }
}
