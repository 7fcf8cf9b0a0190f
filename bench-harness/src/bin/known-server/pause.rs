//! A server that stands still at regular intervals.

use std::{
    thread,
    time::{Duration, Instant},
};

/// When every connection is held up: for `length` at the end of each `every`.
///
/// Each message looks at the clock by itself, so the pauses can't drift and no
/// message slips through one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pauses {
    start: Instant,
    every: Duration,
    length: Duration,
}

impl Pauses {
    /// Pauses from now on; `None` for a server without any.
    pub(crate) fn new(every_ms: u64, length_ms: u64) -> Option<Self> {
        (every_ms > 0).then(|| Self {
            start: Instant::now(),
            every: Duration::from_millis(every_ms),
            length: Duration::from_millis(length_ms),
        })
    }

    /// Waits until the pause is over, when there is one now.
    pub(crate) fn wait(&self) {
        let left = left_of_pause(self.start.elapsed(), self.every, self.length);
        if !left.is_zero() {
            thread::sleep(left);
        }
    }
}

/// How long the pause goes on that is under way `elapsed` after the start.
fn left_of_pause(elapsed: Duration, every: Duration, length: Duration) -> Duration {
    let into_period_ns = elapsed.as_nanos() % every.as_nanos();
    let left_ns = every.as_nanos() - into_period_ns;
    if left_ns <= length.as_nanos() {
        Duration::from_nanos(u64::try_from(left_ns).unwrap_or(u64::MAX))
    } else {
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_lie_at_the_end_of_each_period() {
        let left = |elapsed_ms| {
            let ms = Duration::from_millis;
            left_of_pause(ms(elapsed_ms), ms(500), ms(100)).as_millis()
        };
        for period in [0, 500, 50_000] {
            assert_eq!(left(period), 0);
            assert_eq!(left(period + 399), 0);
            assert_eq!(left(period + 400), 100);
            assert_eq!(left(period + 425), 75);
            assert_eq!(left(period + 499), 1);
        }
    }
}
