//! When a message is due.

/// Planned instants of an open loop, in closed form, so that they can't drift:
/// message `k` is due at `start + k / rate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    start_ns: u64,
    /// Messages in a million seconds: the rate as an exact integer.
    messages_per_ms_s: u64,
}

const NS_IN_A_MILLION_S: u128 = 1_000_000_000_000_000;

impl Schedule {
    /// A schedule of `rate_per_s` messages a second from `start_ns` on.
    pub(crate) fn new(start_ns: u64, rate_per_s: f64) -> Self {
        Self {
            start_ns,
            messages_per_ms_s: ((rate_per_s * 1e6).round() as u64).max(1),
        }
    }

    /// When message `k` is due.
    #[inline]
    pub(crate) fn planned_ns(self, k: u64) -> u64 {
        let offset = u128::from(k) * NS_IN_A_MILLION_S / u128::from(self.messages_per_ms_s);
        self.start_ns.saturating_add(offset as u64)
    }

    /// How many messages are due in a window of `duration_ns`.
    pub(crate) fn messages_in(self, duration_ns: u64) -> u64 {
        // Message k is due inside when k / rate < duration.
        (u128::from(duration_ns) * u128::from(self.messages_per_ms_s)).div_ceil(NS_IN_A_MILLION_S)
            as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_exactly_the_messages_due_inside(rate in 0.01_f64..5e6, duration_ns in 1_u64..20_000_000_000) {
            let schedule = Schedule::new(77, rate);
            let count = schedule.messages_in(duration_ns);
            prop_assert!(count >= 1);
            prop_assert!(schedule.planned_ns(count - 1) < 77 + duration_ns);
            prop_assert!(schedule.planned_ns(count) >= 77 + duration_ns - 1);
        }

        #[test]
        fn does_not_drift(rate in 1_u32..1_000_000, seconds in 0_u64..100_000) {
            let schedule = Schedule::new(5, f64::from(rate));
            prop_assert_eq!(schedule.planned_ns(seconds * u64::from(rate)), 5 + seconds * 1_000_000_000);
        }
    }
}
