//! How long a server is waited for.
//!
//! On a busy machine a good server may miss a limit of one second, so such a
//! limit alone must not decide a verdict: a case in which one ran out is run
//! again with patience, and what comes then counts.

use std::time::Duration;

/// How long connecting and the opening handshake may take.
const OPENING: Duration = Duration::from_secs(5);

/// How long a server may take to answer a Close frame, and then to close TCP.
const CLOSING: Duration = Duration::from_secs(1);

/// A server that was told to close and didn't is left alone after this.
const AFTER_LIMIT: Duration = Duration::from_secs(3);

/// By how much limits are longer in an attempt with patience.
pub(crate) const PATIENCE: u32 = 3;

/// The time limits of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    factor: u32,
    longest_case: Duration,
}

impl Pace {
    /// The limits of the suite, none of a case longer than `longest_case`.
    pub(crate) fn of_suite(longest_case: Duration) -> Self {
        Self {
            factor: 1,
            longest_case,
        }
    }

    /// Limits that are [`PATIENCE`] times as long.
    pub(crate) fn patient(longest_case: Duration) -> Self {
        Self {
            factor: PATIENCE,
            longest_case,
        }
    }

    pub(crate) fn opening(self) -> Duration {
        OPENING * self.factor
    }

    pub(crate) fn closing(self) -> Duration {
        CLOSING * self.factor
    }

    pub(crate) fn case(self, limit_ms: u64) -> Duration {
        (Duration::from_millis(limit_ms) * self.factor).min(self.longest_case)
    }

    /// How long after its own limit a case is given up whatever its state.
    pub(crate) fn after_limit(self) -> Duration {
        AFTER_LIMIT * self.factor
    }

    /// How long a server that has sent something wrong may take to close.
    pub(crate) fn after_wrong() -> Duration {
        CLOSING
    }

    pub(crate) fn longest_case(self) -> Duration {
        self.longest_case
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_stretches_all_but_the_longest_case() {
        let longest = Duration::from_secs(60);
        let (suite, patient) = (Pace::of_suite(longest), Pace::patient(longest));
        assert_eq!(suite.case(1_000), Duration::from_secs(1));
        assert_eq!(patient.case(1_000), Duration::from_secs(3));
        assert_eq!(patient.case(30_000), longest);
        assert_eq!(suite.case(480_000), longest);
        assert_eq!(patient.closing(), 3 * suite.closing());
        assert_eq!(patient.opening(), 3 * suite.opening());
    }

    #[test]
    fn both_ends_of_a_closing_handshake_fit_behind_a_limit() {
        for pace in [
            Pace::of_suite(Duration::from_secs(1)),
            Pace::patient(Duration::from_secs(1)),
        ] {
            assert!(pace.after_limit() > 2 * pace.closing());
        }
    }
}
