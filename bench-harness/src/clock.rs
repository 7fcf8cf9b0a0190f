//! Time, so that tests can be without it.

use std::time::Duration;

/// Clocks, and a way to wait.
pub(crate) trait Clock {
    /// Time since some fixed instant.
    fn monotonic_ns(&self) -> u64;
    /// Time since 1970.
    fn realtime_ns(&self) -> u64;
    /// Waits.
    fn sleep(&self, duration: Duration);
}

/// The clocks of this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RealClock;

impl Clock for RealClock {
    fn monotonic_ns(&self) -> u64 {
        machine::monotonic_ns()
    }

    fn realtime_ns(&self) -> u64 {
        machine::realtime_ns()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// An instant as `YYYY-MM-DDTHH:MM:SSZ`.
pub(crate) fn utc_text(unix_ns: u64) -> String {
    timestamp(unix_ns)
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// An instant's day as `YYYY-MM-DD`, in UTC.
pub(crate) fn utc_day(unix_ns: u64) -> String {
    timestamp(unix_ns).strftime("%Y-%m-%d").to_string()
}

fn timestamp(unix_ns: u64) -> jiff::Timestamp {
    let seconds = i64::try_from(unix_ns / 1_000_000_000).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_utc() {
        let ns = 1_795_176_061_000_000_000;
        assert_eq!(utc_text(ns), "2026-11-20T12:01:01Z");
        assert_eq!(utc_day(ns), "2026-11-20");
    }
}
