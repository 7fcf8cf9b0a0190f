//! Offers load in a closed or an open loop and writes down what comes back.

use std::time::Duration;

use machine::monotonic_ns;
use record::{Extent, Load, Workload};

use crate::{
    Error,
    pace::{Lane, Pace},
    pacing::Schedule,
    stagger,
    window::Window,
    worker::Worker,
};

/// Messages that an open loop sends before it looks for echoes again when it is
/// behind.
const SENDS_PER_TURN: usize = 64;

/// Messages in flight per connection while connections are staggered.
const STAGGER_IN_FLIGHT: u64 = 16;

/// What one thread did in one window.
pub(crate) struct Ran {
    pub(crate) window: Window,
    pub(crate) started_late_ns: u64,
    /// Until sending stopped.
    pub(crate) window_ns: u64,
    /// Until the last echo came or was given up.
    pub(crate) drained_ns: u64,
    /// Messages that were due.
    pub(crate) planned: u64,
    /// Messages written.
    pub(crate) sent: u64,
    /// Bytes written.
    pub(crate) sent_bytes: u64,
    /// How long this thread waited for its processor; set by whoever asked for
    /// the run. `None` where the kernel doesn't tell.
    pub(crate) waited_ns: Option<u64>,
}

impl Worker {
    /// Runs the workload's load from `start_ns` of the monotonic clock on.
    pub(crate) fn run(&mut self, start_ns: u64, extent: Extent) -> Result<Ran, Error> {
        let begun_before = self.begun();
        let bytes_before = self.written_bytes();
        self.serve_until(start_ns)?;
        let started_ns = monotonic_ns().max(start_ns);
        let end_ns = match extent {
            Extent::DurationNs(duration_ns) => Some(started_ns + duration_ns),
            Extent::Count(_) => None,
        };
        self.window = Some(Window::new(started_ns, end_ns));
        let planned = match self.job.workload.load {
            Load::Closed { in_flight } => {
                self.run_closed(end_ns, extent, u64::from(in_flight))?;
                None
            }
            Load::Open {
                rate_per_s,
                spacing,
            } => {
                let schedule = Schedule::new(started_ns, rate_per_s, spacing);
                Some(self.run_open(schedule, extent)?)
            }
            Load::Hold => {
                self.serve_until(end_ns.unwrap_or(started_ns))?;
                None
            }
            Load::Handshakes { .. } => None,
        };
        let stopped_ns = monotonic_ns();
        self.drain(stopped_ns + self.job.workload.grace_ns)?;
        let drained_ns = monotonic_ns() - started_ns;
        self.pace = Pace::Still;
        let sent = self.begun() - begun_before;
        let window = self
            .window
            .take()
            .ok_or(Error::Order("the window was taken away while it ran"))?;
        Ok(Ran {
            window,
            started_late_ns: started_ns - start_ns,
            window_ns: match extent {
                Extent::DurationNs(duration_ns) => duration_ns,
                Extent::Count(_) => drained_ns,
            },
            drained_ns,
            planned: planned.unwrap_or(sent),
            sent,
            sent_bytes: self.written_bytes() - bytes_before,
            waited_ns: None,
        })
    }

    fn begun(&self) -> u64 {
        self.connections
            .iter()
            .map(|connection| connection.outgoing.begun())
            .sum()
    }

    fn written_bytes(&self) -> u64 {
        self.connections
            .iter()
            .map(|connection| connection.outgoing.written_bytes)
            .sum()
    }

    /// Serves connections until that instant.
    fn serve_until(&mut self, instant_ns: u64) -> Result<(), Error> {
        loop {
            let now_ns = monotonic_ns();
            if now_ns >= instant_ns {
                return Ok(());
            }
            self.turn(Some(Duration::from_nanos(instant_ns - now_ns)))?;
        }
    }

    fn run_closed(
        &mut self,
        end_ns: Option<u64>,
        extent: Extent,
        in_flight: u64,
    ) -> Result<(), Error> {
        let all = u64::from(self.job.workload.connections.max(1));
        let left: Vec<u64> = self
            .connections
            .iter()
            .map(|connection| match extent {
                Extent::DurationNs(_) => u64::MAX,
                Extent::Count(count) => {
                    count / all + u64::from(u64::from(connection.number) < count % all)
                }
            })
            .collect();
        self.keep_in_flight(in_flight, left, end_ns)
    }

    /// Brings every connection a number of messages ahead, up to `most`: see
    /// [`stagger::messages`].
    pub(crate) fn stagger(&mut self, most: u64) -> Result<(), Error> {
        let Workload {
            connections, seed, ..
        } = self.job.workload;
        let messages = stagger::messages(connections, most, seed);
        let of = |number: u32| messages.get(number as usize).copied().unwrap_or(0);
        let left = self.connections.iter().map(|one| of(one.number)).collect();
        self.keep_in_flight(STAGGER_IN_FLIGHT, left, None)?;
        self.drain(monotonic_ns() + self.job.workload.grace_ns)
    }

    /// A closed loop in which each connection has so many messages left.
    fn keep_in_flight(
        &mut self,
        in_flight: u64,
        mut left: Vec<u64>,
        end_ns: Option<u64>,
    ) -> Result<(), Error> {
        let first: Vec<u64> = left
            .iter_mut()
            .map(|left| {
                let first = in_flight.min(*left);
                *left -= first;
                first
            })
            .collect();
        self.pace = Pace::Closed {
            until_ns: end_ns.unwrap_or(u64::MAX),
            left,
        };
        for (token, first) in first.into_iter().enumerate() {
            if self.connections[token].is_up() {
                self.release(token, first)?;
            }
        }
        self.serve_to_the_end(end_ns)?;
        self.pace = Pace::Still;
        // What is due and not begun when the window ends is not sent any more.
        for connection in &mut self.connections {
            self.pending -= connection.outgoing.cancel_due();
        }
        Ok(())
    }

    /// Serves connections until the window is over, nothing is pending, or,
    /// without a known end, nothing has come back for the grace time.
    fn serve_to_the_end(&mut self, end_ns: Option<u64>) -> Result<(), Error> {
        let grace_ns = self.job.workload.grace_ns;
        let mut received_bytes = 0;
        let mut progress_ns = monotonic_ns();
        while self.pending > 0 {
            let now_ns = monotonic_ns();
            let until_ns = match end_ns {
                Some(end_ns) => end_ns,
                None => {
                    if self.tally.received_bytes != received_bytes {
                        received_bytes = self.tally.received_bytes;
                        progress_ns = now_ns;
                    }
                    progress_ns + grace_ns
                }
            };
            if now_ns >= until_ns {
                break;
            }
            self.turn(Some(Duration::from_nanos(until_ns - now_ns)))?;
        }
        Ok(())
    }

    /// Returns how many messages were due on this thread's connections.
    fn run_open(&mut self, schedule: Schedule, extent: Extent) -> Result<u64, Error> {
        let total = match extent {
            Extent::DurationNs(duration_ns) => schedule.messages_in(duration_ns),
            Extent::Count(count) => count,
        };
        let round = u64::from(self.job.workload.connections.max(1));
        let lanes: Vec<Lane> = self
            .connections
            .iter()
            .map(|connection| Lane {
                place: self
                    .job
                    .places
                    .get(connection.number as usize)
                    .map_or(u64::from(connection.number), |&place| u64::from(place)),
                first: connection.outgoing.due(),
            })
            .collect();
        // This thread's connections in the order of their turns.
        let mut turns: Vec<(u64, usize)> = lanes
            .iter()
            .enumerate()
            .map(|(token, lane)| (lane.place, token))
            .collect();
        turns.sort_unstable();
        self.pace = Pace::Open {
            schedule,
            round,
            lanes,
        };
        if turns.is_empty() {
            return Ok(0);
        }
        let mut planned = 0;
        let mut next = (0..)
            .flat_map(|n: u64| {
                turns
                    .iter()
                    .map(move |&(place, token)| (n * round + place, token))
            })
            .take_while(|&(k, _)| k < total)
            .peekable();
        while let Some(&(k, _)) = next.peek() {
            let now_ns = monotonic_ns();
            let due_ns = schedule.planned_ns(k);
            if now_ns < due_ns {
                self.turn(Some(Duration::from_nanos(due_ns - now_ns)))?;
                continue;
            }
            for _ in 0..SENDS_PER_TURN {
                let due = next.next_if(|&(k, _)| schedule.planned_ns(k) <= now_ns);
                let Some((_, token)) = due else { break };
                planned += 1;
                if self.connections[token].is_up() {
                    self.release(token, 1)?;
                }
            }
            self.turn(Some(Duration::ZERO))?;
            if !self.connections.iter().any(|connection| connection.is_up()) {
                break;
            }
        }
        Ok(planned + next.count() as u64)
    }

    /// Waits for the last echoes; gives up on what has not come by then.
    fn drain(&mut self, deadline_ns: u64) -> Result<(), Error> {
        while self.pending > 0 {
            let now_ns = monotonic_ns();
            if now_ns >= deadline_ns {
                for connection in &mut self.connections {
                    connection.outgoing.cancel_due();
                    self.tally.verification.missing += connection.echoes.give_up();
                }
                self.pending = 0;
                break;
            }
            self.turn(Some(Duration::from_nanos(deadline_ns - now_ns)))?;
        }
        // Whatever came behind the last echo belongs to this window.
        self.turn(Some(Duration::ZERO))
    }
}
