//! Watches the server's memory, and stops the probe or the server in time.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::Gauge;

/// How often memory is read: in this time a server that only fills memory
/// takes some 20 MiB.
const EVERY: Duration = Duration::from_millis(5);

/// At which memory something is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    /// The probe stops.
    pub(super) stop_bytes: u64,
    /// The server is ended.
    pub(super) kill_bytes: u64,
}

/// What was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sampled {
    /// The most memory.
    pub(super) peak_bytes: u64,
    /// Whether the server was ended.
    pub(super) killed: bool,
}

/// Watches until `done`.
pub(super) fn watch(
    gauge: &dyn Gauge,
    levels: Levels,
    alarm: &AtomicBool,
    done: &AtomicBool,
) -> Sampled {
    let mut sampled = Sampled::default();
    while !done.load(Ordering::Relaxed) {
        if let Some(rss_bytes) = gauge.rss_bytes() {
            sampled.peak_bytes = sampled.peak_bytes.max(rss_bytes);
            if rss_bytes > levels.stop_bytes {
                alarm.store(true, Ordering::Relaxed);
            }
            if rss_bytes > levels.kill_bytes && !sampled.killed {
                gauge.kill();
                sampled.killed = true;
            }
        }
        if gauge.has_ended() {
            alarm.store(true, Ordering::Relaxed);
            return sampled;
        }
        std::thread::sleep(EVERY);
    }
    sampled
}
