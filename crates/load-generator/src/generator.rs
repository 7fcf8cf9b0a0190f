//! A load generator: threads with connections, told what to do in turn.

use std::{sync::Arc, time::Duration};

use machine::{ProcessClock, monotonic_ns, own_cpu_ns, process_ticks, realtime_ns};
use rand::{SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use record::{Connected, Disconnected, Extent, Load, LoadResult, VerificationCounts, Workload};

use crate::{
    Error,
    book::Book,
    framing::Framing,
    sum::Sum,
    target::Target,
    threads::{Answer, Order, Thread, spawn},
    worker::Job,
};

/// How long before its start a window is prepared: its CPU clocks are read and
/// its threads told.
const START_LEAD_NS: u64 = 1_000_000;

/// Connections to one server, and the load on them.
pub struct Generator {
    job: Arc<Job>,
    threads: Vec<Thread>,
    observed: Option<(u32, ProcessClock)>,
    /// Messages echoed while warming up.
    warm_up_messages: u64,
}

impl Generator {
    /// Prepares `workload`: makes its messages and starts its threads. Nothing
    /// is connected yet.
    ///
    /// # Errors
    /// A workload out of range, an observed process that can't be read, or a
    /// system without the means.
    pub fn new(workload: Workload, target: Target) -> Result<Self, Error> {
        check(&workload)?;
        let framing = Framing::of(workload.protocol, &target);
        let book = Book::new(workload.message, &framing, workload.seed)?;
        let observed = workload
            .observe_pid
            .map(|pid| {
                let clock = ProcessClock::of(pid).map_err(|error| Error::Observe {
                    pid,
                    error: error.to_string(),
                })?;
                Ok::<_, Error>((pid, clock))
            })
            .transpose()?;
        let mut places: Vec<u32> = (0..workload.connections).collect();
        places.shuffle(&mut ChaCha8Rng::seed_from_u64(workload.seed));
        let job = Arc::new(Job {
            workload,
            target,
            book,
            places,
        });
        let threads = (0..job.workload.threads)
            .map(|index| spawn(&job, index))
            .collect::<Result<_, Error>>()?;
        Ok(Self {
            job,
            threads,
            observed,
            warm_up_messages: 0,
        })
    }

    /// Opens the workload's connections, verifies each with one echo, and warms
    /// up. Staggering is load as well and counts as a part of the warm-up.
    /// Handshake loads open nothing beforehand.
    ///
    /// # Errors
    /// Only failures of the generator itself; connections that fail are counted.
    pub fn connect(&mut self) -> Result<Connected, Error> {
        let is_handshakes = matches!(self.job.workload.load, Load::Handshakes { .. });
        let count = if is_handshakes {
            0
        } else {
            self.job.workload.connections
        };
        let mut connected = self.open_up_to(count)?;
        let book = &self.job.book;
        let most = self.job.workload.stagger_bytes / book.frame_bytes().max(1) as u64;
        // No datagram shares a buffer with another, and a burst of them is lost.
        let most = if book.is_datagram { 0 } else { most };
        let sends = matches!(
            self.job.workload.load,
            Load::Closed { .. } | Load::Open { .. }
        );
        let mut warm_up = self.job.workload.warm_up;
        if sends && most > 0 && connected.connections_up > 0 {
            let started_ns = monotonic_ns();
            self.tell(|_| Order::Stagger(most))?;
            let mut staggered = 0;
            for answer in self.answers()? {
                let Answer::Staggered(counts) = answer else {
                    return Err(Error::Order("a thread answered another order"));
                };
                staggered += counts.verified;
                connected.verification.merge(&counts);
            }
            self.warm_up_messages += staggered;
            warm_up = less(warm_up, monotonic_ns() - started_ns, staggered);
        }
        let holds = matches!(self.job.workload.load, Load::Hold);
        if !warm_up.is_nothing() && !holds && (is_handshakes || connected.connections_up > 0) {
            let result = self.run(0, warm_up)?;
            self.warm_up_messages += result.completed;
            connected.verification.merge(&result.verification);
            if let Some(handshakes) = result.handshakes {
                connected.connections_failed += handshakes.failed;
                connected.first_failure = connected.first_failure.or(handshakes.first_failure);
            }
        }
        connected.warm_up_messages = self.warm_up_messages;
        Ok(connected)
    }

    /// Opens further verified connections until there are `count`.
    ///
    /// # Errors
    /// Failures of the generator itself, and a workload that is not
    /// [`Load::Hold`]; connections that fail are counted.
    pub fn hold(&mut self, count: u32) -> Result<Connected, Error> {
        if !matches!(self.job.workload.load, Load::Hold) {
            return Err(Error::Order(
                "hold goes with the load \"hold\" only: the others share their messages among the connections of the workload",
            ));
        }
        self.open_up_to(count)
    }

    fn open_up_to(&mut self, count: u32) -> Result<Connected, Error> {
        let started_ns = monotonic_ns();
        let threads = self.job.workload.threads;
        self.tell(|index| {
            Order::OpenUpTo((count / threads + u32::from(index < count % threads)) as usize)
        })?;
        let mut connected = Connected {
            warm_up_messages: self.warm_up_messages,
            ..Connected::default()
        };
        for answer in self.answers()? {
            let Answer::Opened(opening, counts) = answer else {
                return Err(Error::Order("a thread answered another order"));
            };
            connected.connections_up += opening.up;
            connected.connections_failed += opening.failed;
            connected.first_failure = connected.first_failure.or(opening.first_failure);
            connected.verification.merge(&counts);
        }
        connected.connect_ns = monotonic_ns() - started_ns;
        Ok(connected)
    }

    /// Runs the workload's lead-in and measures its window, from `start_unix_ns`
    /// of the realtime clock on; at once when that is past. What verification
    /// finds wrong in the lead-in is in the result. After the window all that
    /// came is acknowledged: the kernel would do that later, with its processor
    /// time counted for whoever runs then.
    ///
    /// # Errors
    /// Only failures of the generator itself, and an observed process that is
    /// gone.
    pub fn go(&mut self, start_unix_ns: u64) -> Result<LoadResult, Error> {
        let lead_in = self.job.workload.lead_in;
        let before = (!lead_in.is_nothing())
            .then(|| self.run(0, lead_in))
            .transpose()?;
        let window = self.job.workload.window;
        let mut result = self.run(start_unix_ns, window)?;
        self.tell(|_| Order::Settle)?;
        self.answers()?;
        if let Some(before) = before {
            let faults = VerificationCounts {
                verified: 0,
                ..before.verification
            };
            result.verification.merge(&faults);
            if let (Some(all), Some(handshakes)) = (&mut result.handshakes, before.handshakes) {
                let completed = all.completed;
                result.lead_in_completed = handshakes.completed;
                all.merge(&handshakes);
                all.completed = completed;
            } else {
                result.lead_in_completed = before.completed;
            }
        }
        Ok(result)
    }

    /// Closes all connections with the closing handshake.
    ///
    /// # Errors
    /// Only failures of the generator itself.
    pub fn disconnect(&mut self) -> Result<Disconnected, Error> {
        self.tell(|_| Order::CloseAll)?;
        let mut sum = Disconnected::default();
        for answer in self.answers()? {
            let Answer::Closed(closing, counts) = answer else {
                return Err(Error::Order("a thread answered another order"));
            };
            sum.clean += closing.clean;
            sum.unclean += closing.unclean;
            sum.verification.merge(&counts);
        }
        Ok(sum)
    }

    fn run(&mut self, start_unix_ns: u64, extent: Extent) -> Result<LoadResult, Error> {
        let asked_ns = realtime_ns();
        let ahead_ns = start_unix_ns.saturating_sub(asked_ns);
        if let Some(rest_ns) = ahead_ns.checked_sub(START_LEAD_NS) {
            std::thread::sleep(Duration::from_nanos(rest_ns));
        }
        let ahead_ns = start_unix_ns.saturating_sub(realtime_ns());
        // Both edges of the window are quiet: nothing is in flight before the
        // first message and nothing after the last echo, so that CPU time and
        // message counts belong together exactly.
        let before = self.observe()?;
        let own_before_ns = cpu_of_this_process()?;
        let start_ns = monotonic_ns() + ahead_ns;
        let (started_at_unix_ns, late_ns) = match start_unix_ns {
            0 => (asked_ns, 0),
            asked => (asked, realtime_ns().saturating_sub(asked)),
        };
        self.tell(|_| Order::Run { start_ns, extent })?;
        let answers = self.answers()?;
        // A server that is gone by now leaves its CPU time unknown; what came
        // back until then is a result all the same.
        let after = self.observe().unwrap_or(None);
        let generator_cpu_ns = cpu_of_this_process()? - own_before_ns;

        let mut sum = Sum::new();
        for answer in answers {
            let Answer::Ran(ran) = answer else {
                return Err(Error::Order("a thread answered another order"));
            };
            sum.add(*ran)?;
        }
        let mut result = sum.into_result(self.job.workload.load)?;
        result.started_at_unix_ns = started_at_unix_ns;
        result.started_late_ns += late_ns;
        result.generator_cpu_ns = generator_cpu_ns;
        if let (Some(before), Some(after)) = (before, after) {
            result.observed_cpu_ns = Some(after.cpu_ns.saturating_sub(before.cpu_ns));
            result.observed_user_ticks = Some(after.user.saturating_sub(before.user));
            result.observed_kernel_ticks = Some(after.kernel.saturating_sub(before.kernel));
        }
        Ok(result)
    }

    fn observe(&self) -> Result<Option<Observation>, Error> {
        let Some((pid, clock)) = &self.observed else {
            return Ok(None);
        };
        let fail = |error: String| Error::Observe { pid: *pid, error };
        let cpu_ns = clock.now_ns().map_err(|error| fail(error.to_string()))?;
        let ticks = process_ticks(*pid).map_err(|error| fail(error.to_string()))?;
        Ok(Some(Observation {
            cpu_ns,
            user: ticks.user,
            kernel: ticks.kernel,
        }))
    }

    fn tell(&self, order: impl Fn(u32) -> Order) -> Result<(), Error> {
        for (index, thread) in self.threads.iter().enumerate() {
            let sent = thread
                .orders
                .as_ref()
                .is_some_and(|orders| orders.send(order(index as u32)).is_ok());
            if !sent {
                return Err(Error::WorkerPanicked);
            }
            thread.waker.wake();
        }
        Ok(())
    }

    fn answers(&self) -> Result<Vec<Answer>, Error> {
        // All answer, also after one has failed: the next order's answers must
        // not be taken for this one's.
        let answers: Vec<_> = self
            .threads
            .iter()
            .map(|thread| thread.answers.recv().unwrap_or(Err(Error::WorkerPanicked)))
            .collect();
        answers.into_iter().collect()
    }
}

struct Observation {
    cpu_ns: u64,
    user: u64,
    kernel: u64,
}

fn cpu_of_this_process() -> Result<u64, Error> {
    own_cpu_ns().map_err(|error| Error::System {
        what: "CPU clock",
        error,
    })
}

fn check(workload: &Workload) -> Result<(), Error> {
    let fail = |problem: &str| Err(Error::Workload(problem.to_owned()));
    if workload.threads == 0 {
        return fail("threads must be at least 1");
    }
    match workload.load {
        Load::Closed { in_flight: 0 } => fail("in_flight must be at least 1"),
        Load::Handshakes { concurrency: 0 } => fail("concurrency must be at least 1"),
        Load::Open { rate_per_s, .. } if !(rate_per_s.is_finite() && rate_per_s > 0.0) => {
            fail("rate_per_s must be above 0")
        }
        Load::Closed { .. } | Load::Open { .. } if workload.connections == 0 => {
            fail("connections must be at least 1")
        }
        _ if workload.connections >= 1 << 24 => fail("at most 16,777,215 connections"),
        _ => Ok(()),
    }
}

/// What is left of a warm-up of which so much is done.
fn less(warm_up: Extent, took_ns: u64, messages: u64) -> Extent {
    match warm_up {
        Extent::Count(count) => Extent::Count(count.saturating_sub(messages)),
        Extent::DurationNs(ns) => Extent::DurationNs(ns.saturating_sub(took_ns)),
    }
}
