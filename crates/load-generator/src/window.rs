//! What is written down while a window is measured.

use hdrhistogram::Histogram;
use record::new_latency_histogram;

/// Slices into which a window of known length is cut, to see drift.
const SLICES: usize = 20;

/// The measured window of one thread.
pub(crate) struct Window {
    start_ns: u64,
    /// `None` while the window ends by a count.
    end_ns: Option<u64>,
    pub(crate) response: Histogram<u64>,
    pub(crate) service: Histogram<u64>,
    pub(crate) lag: Histogram<u64>,
    pub(crate) completed: u64,
    pub(crate) completed_in_window: u64,
    pub(crate) slices: Vec<u64>,
}

impl Window {
    /// A window from `start_ns` to `end_ns`, if its end is known.
    pub(crate) fn new(start_ns: u64, end_ns: Option<u64>) -> Self {
        Self {
            start_ns,
            end_ns,
            response: new_latency_histogram(),
            service: new_latency_histogram(),
            lag: new_latency_histogram(),
            completed: 0,
            completed_in_window: 0,
            slices: if end_ns.is_some() {
                vec![0; SLICES]
            } else {
                Vec::new()
            },
        }
    }

    /// Writes down something done at `now_ns` that was due at `due_ns`.
    #[inline]
    pub(crate) fn completed(&mut self, due_ns: u64, now_ns: u64) {
        self.response
            .saturating_record(now_ns.saturating_sub(due_ns));
        self.completed += 1;
        let Some(end_ns) = self.end_ns else {
            self.completed_in_window += 1;
            return;
        };
        if now_ns >= end_ns {
            return;
        }
        self.completed_in_window += 1;
        let past = now_ns.saturating_sub(self.start_ns) as usize;
        let length = (end_ns - self.start_ns).max(1) as usize;
        if let Some(slice) = self.slices.get_mut(past * SLICES / length) {
            *slice += 1;
        }
    }

    /// Writes down when the message that completed at `now_ns` was written.
    #[inline]
    pub(crate) fn sent(&mut self, due_ns: u64, sent_ns: u64, now_ns: u64) {
        self.service
            .saturating_record(now_ns.saturating_sub(sent_ns));
        self.lag.saturating_record(sent_ns.saturating_sub(due_ns));
    }
}
