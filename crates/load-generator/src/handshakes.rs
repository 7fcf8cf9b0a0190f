//! Opens, upgrades and closes connections, a number at a time.
//!
//! Measured is the time from the call of connect to the complete, checked 101.
//! Every connection is then closed with the closing handshake before the next
//! one takes its place.

use std::{net::SocketAddr, time::Duration};

use machine::monotonic_ns;
use record::{Extent, HandshakeCounts};

use crate::{
    Error,
    connection::{End, Stage},
    load::Ran,
    opening::CLOSE_TIMEOUT,
    pace::Pace,
    target::source_address,
    window::Window,
    worker::Worker,
};

/// Source addresses that take turns, so that ports last on kernels that keep
/// them in TIME_WAIT.
const SOURCES: u64 = 8;

/// One handshake of a number that are under way.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Free,
    Opening,
    /// Since when.
    Closing(u64),
}

impl Worker {
    /// Runs this thread's share of handshakes, `concurrency` at a time over all
    /// threads.
    pub(crate) fn run_handshakes(
        &mut self,
        start_ns: u64,
        extent: Extent,
        concurrency: u32,
    ) -> Result<(Ran, HandshakeCounts), Error> {
        while monotonic_ns() < start_ns {
            self.turn(Some(Duration::from_nanos(
                start_ns - monotonic_ns().min(start_ns),
            )))?;
        }
        let started_ns = monotonic_ns().max(start_ns);
        // A thread without a slot of its own has nothing to do.
        let threads = u64::from(self.job.workload.threads.min(concurrency));
        let share = |of: u64| of / threads + u64::from(u64::from(self.index) < of % threads);
        let concurrency = match u64::from(self.index) {
            index if index < threads => share(u64::from(concurrency)) as usize,
            _ => 0,
        };
        let (end_ns, mut left) = match extent {
            Extent::DurationNs(duration_ns) => (Some(started_ns + duration_ns), u64::MAX),
            Extent::Count(count) => (None, share(count)),
        };
        if concurrency == 0 {
            left = 0;
        }
        self.connections.clear();
        self.opened.clear();
        self.pace = Pace::Handshakes;
        let mut window = Window::new(started_ns, end_ns);
        let mut counts = HandshakeCounts::default();
        let mut slots = vec![Slot::Free; concurrency];
        let mut started = 0_u64;
        let mut stopped_ns = None;
        loop {
            let now_ns = monotonic_ns();
            if end_ns.is_some_and(|end_ns| now_ns >= end_ns) {
                left = 0;
            }
            for (token, slot) in slots.iter_mut().enumerate() {
                if left > 0 && matches!(slot, Slot::Free) {
                    let source = self.rotating_source(started);
                    let number = (started % (1 << 20)) as u32;
                    // Places are filled from the front, so this one exists or
                    // is the next.
                    self.open(token, number, source)?;
                    *slot = Slot::Opening;
                    started += 1;
                    left -= 1;
                }
            }
            if left == 0 && stopped_ns.is_none() {
                stopped_ns = Some(now_ns);
            }
            if left == 0 && slots.iter().all(|slot| matches!(slot, Slot::Free)) {
                break;
            }
            self.turn(Some(Duration::from_millis(10)))?;
            self.note_opened(&mut window, &mut counts, &mut slots)?;
            self.free_slots(&mut counts, &mut slots);
        }
        self.pace = Pace::Still;
        self.connections.clear();
        let drained_ns = monotonic_ns() - started_ns;
        let window_ns = match extent {
            Extent::DurationNs(duration_ns) => duration_ns,
            Extent::Count(_) => drained_ns,
        };
        let ran = Ran {
            window,
            started_late_ns: started_ns - start_ns,
            window_ns,
            drained_ns,
            planned: started,
            sent: started,
            sent_bytes: 0,
            waited_ns: None,
        };
        Ok((ran, counts))
    }

    fn rotating_source(&self, started: u64) -> Option<SocketAddr> {
        const ONE_SOURCE_ON: u64 = 20_000;
        let index = (started % SOURCES) * ONE_SOURCE_ON;
        source_address(self.job.target.address, index as u32)
    }

    fn note_opened(
        &mut self,
        window: &mut Window,
        counts: &mut HandshakeCounts,
        slots: &mut [Slot],
    ) -> Result<(), Error> {
        let protocol = self.job.workload.protocol;
        while let Some((token, opened_ns)) = self.opened.pop() {
            counts.completed += 1;
            window.completed(self.connections[token].opened_at_ns, opened_ns);
            slots[token] = Slot::Closing(opened_ns);
            // The server may have ended it in the same breath.
            if self.connections[token].is_up() {
                self.connections[token].start_close(protocol);
                self.flush(token, monotonic_ns())?;
            }
        }
        Ok(())
    }

    fn free_slots(&mut self, counts: &mut HandshakeCounts, slots: &mut [Slot]) {
        let now_ns = monotonic_ns();
        for (token, slot) in slots.iter_mut().enumerate() {
            let end = match (&*slot, &self.connections.get(token).map(|it| &it.stage)) {
                (Slot::Free, _) | (_, None) => continue,
                (_, Some(Stage::Gone(end))) => end.clone(),
                (Slot::Closing(since_ns), _) => {
                    if now_ns.saturating_sub(*since_ns) < CLOSE_TIMEOUT.as_nanos() as u64 {
                        continue;
                    }
                    self.abandon(token, End::NotClosed);
                    End::NotClosed
                }
                (Slot::Opening, _) => {
                    let opened_at_ns = self.connections[token].opened_at_ns;
                    let timeout_ns = self.job.workload.connect_timeout_ns;
                    if now_ns.saturating_sub(opened_at_ns) < timeout_ns {
                        continue;
                    }
                    let waited = Duration::from_nanos(timeout_ns);
                    let end = End::NotOpened(format!("no answer within {waited:?}"));
                    self.abandon(token, end.clone());
                    end
                }
            };
            match (&*slot, end) {
                (Slot::Closing(_), End::Clean) => {}
                (Slot::Closing(_), _) => counts.not_closed += 1,
                (_, end) => {
                    counts.failed += 1;
                    counts.first_failure.get_or_insert_with(|| match end {
                        End::NotOpened(what) | End::Violation(what) | End::Reset(what) => what,
                        End::Clean | End::Closed | End::NotClosed => {
                            "closed during the handshake".to_owned()
                        }
                    });
                }
            }
            *slot = Slot::Free;
        }
    }
}
