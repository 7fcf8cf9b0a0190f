//! What a probe works with: the server's address, bounds, and the reasons to
//! stop.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::Endpoint;

/// Bounds on a probe, and the bounds that servers are judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bounds {
    /// How long a reaction is waited for.
    pub wait_ns: u64,
    /// How long the end of an idle or incomplete connection is waited for.
    pub patience_ns: u64,
    /// How long a flood lasts.
    pub flood_ns: u64,
    /// How long a probe may last.
    pub longest_probe_ns: u64,
    /// How long an innocent client may wait for its echo.
    pub starved_ns: u64,
    /// How long a server may take to serve again afterwards.
    pub recovery_ns: u64,
    /// How many connections a crowd has.
    pub pending_connections: u32,
    /// How many connections are opened and dropped.
    pub dropped_connections: u32,
    /// Streams of random bytes.
    pub random_streams: u32,
    /// Bytes of the longest flood.
    pub flood_bytes: u64,
    /// The largest message that the server accepts.
    pub message_limit_bytes: u64,
    /// Resident memory at which a server is ended at once.
    pub memory_limit_bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            wait_ns: 3_000_000_000,
            patience_ns: 35_000_000_000,
            flood_ns: 6_000_000_000,
            longest_probe_ns: 60_000_000_000,
            starved_ns: 2_000_000_000,
            recovery_ns: 5_000_000_000,
            pending_connections: 2_000,
            dropped_connections: 10_000,
            random_streams: 1_000,
            flood_bytes: 400 << 20,
            message_limit_bytes: 64 << 20,
            memory_limit_bytes: 2 << 30,
        }
    }
}

impl Bounds {
    pub(super) fn wait(&self) -> Duration {
        Duration::from_nanos(self.wait_ns)
    }

    pub(super) fn patience(&self) -> Duration {
        Duration::from_nanos(self.patience_ns)
    }

    pub(super) fn flood(&self) -> Duration {
        Duration::from_nanos(self.flood_ns)
    }

    /// How many connections compress side by side: each has windows of its own, so
    /// half of a crowd is enough.
    pub(super) fn compressing_connections(&self) -> u32 {
        self.pending_connections / 2
    }

    pub(super) fn recovery(&self) -> Duration {
        Duration::from_nanos(self.recovery_ns)
    }
}

/// What a server's process uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Resident memory now.
    pub rss_bytes: u64,
    /// The most resident memory since the process began.
    pub peak_rss_bytes: u64,
    /// Processor time since the process began.
    pub cpu_ns: u64,
    /// Open files.
    pub open_files: u64,
}

/// How a server's process is seen and held. A server whose process can't be
/// seen answers `None` to everything; its memory is then not judged.
pub trait Gauge: Sync {
    /// Resident memory; asked for every few milliseconds.
    fn rss_bytes(&self) -> Option<u64>;
    /// Everything.
    fn usage(&self) -> Option<Usage>;
    /// Whether the process has ended.
    fn has_ended(&self) -> bool;
    /// Lets it open this many files at most; whether that was possible.
    fn limit_open_files(&self, most: u64) -> bool;
    /// Ends it, because it takes too much memory.
    fn kill(&self);
}

/// A process that can't be seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unseen;

impl Gauge for Unseen {
    fn rss_bytes(&self) -> Option<u64> {
        None
    }

    fn usage(&self) -> Option<Usage> {
        None
    }

    fn has_ended(&self) -> bool {
        false
    }

    fn limit_open_files(&self, _most: u64) -> bool {
        false
    }

    fn kill(&self) {}
}

/// What a script works with.
pub(super) struct Context<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) bounds: &'a Bounds,
    pub(super) gauge: &'a dyn Gauge,
    pub(super) seed: u64,
    /// When the probe ends whatever its state.
    pub(super) until: Instant,
    /// Set when the server grew past the bound or ended.
    pub(super) alarm: &'a AtomicBool,
    /// Whether the user asked to stop.
    pub(super) stop: &'a (dyn Fn() -> bool + Sync),
}

impl Context<'_> {
    /// Whether the probe is to end now.
    pub(super) fn is_over(&self) -> bool {
        self.alarm.load(Ordering::Relaxed) || Instant::now() >= self.until || (self.stop)()
    }

    /// Processor time of the server.
    pub(super) fn cpu_ns(&self) -> Option<u64> {
        self.gauge.usage().map(|usage| usage.cpu_ns)
    }

    /// Waits, unless the probe ends before.
    pub(super) fn pause(&self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until && !self.is_over() {
            std::thread::sleep(Duration::from_millis(10).min(time));
        }
    }
}

pub(super) fn ns(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
