//! The threads of a load generator: what they are told, and what they answer.

use std::{
    num::NonZeroU64,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread::JoinHandle,
};

use machine::thread_run_queue_wait_ns;
use record::{Extent, HandshakeCounts, Load, VerificationCounts};

use crate::{
    Error,
    connection::Tally,
    load::Ran,
    opening::{Closing, Opening},
    poller::Waker,
    worker::{Job, Worker},
};

/// What a thread is told.
pub(crate) enum Order {
    /// Bring the number of connections up to this.
    OpenUpTo(usize),
    /// Bring the connections ahead of each other by up to so many messages.
    Stagger(u64),
    /// Run the load, from that instant of the monotonic clock on.
    Run { start_ns: u64, extent: Extent },
    /// Leave nothing behind that the kernel does later, in another's turn.
    Settle,
    /// Close everything in order.
    CloseAll,
}

/// What a thread answers.
pub(crate) enum Answer {
    Opened(Opening, VerificationCounts),
    Staggered(VerificationCounts),
    Ran(Box<(Ran, Option<HandshakeCounts>, Tally)>),
    Settled,
    Closed(Closing, VerificationCounts),
}

/// One thread from the outside.
pub(crate) struct Thread {
    pub(crate) orders: Option<Sender<Order>>,
    pub(crate) answers: Receiver<Result<Answer, Error>>,
    pub(crate) waker: Waker,
    handle: Option<JoinHandle<()>>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.orders = None;
        self.waker.wake();
        if let Some(handle) = self.handle.take() {
            // Its panic was reported as an error when its answer was missed.
            let _ = handle.join();
        }
    }
}

/// Starts the thread of this number, which waits for orders.
pub(crate) fn spawn(job: &Arc<Job>, index: u32) -> Result<Thread, Error> {
    let (orders, inbox) = channel();
    let (outbox, answers) = channel();
    let (introduction, introduced) = channel();
    let job = Arc::clone(job);
    let handle = std::thread::Builder::new()
        .name(format!("load-{index}"))
        .spawn(move || {
            // Wake at planned instants, not up to 50 us later; where this is
            // refused the lag shows in the record.
            let _ = rustix::thread::set_current_timer_slack(NonZeroU64::new(1));
            let (worker, waker) = match Worker::new(job, index) {
                Ok(worker) => {
                    let waker = worker.poller.waker();
                    (Some(worker), Ok(waker))
                }
                Err(error) => (None, Err(error)),
            };
            // The other side waits for this.
            let _ = introduction.send(waker);
            if let Some(mut worker) = worker {
                serve(&mut worker, &inbox, &outbox);
            }
        })
        .map_err(|error| Error::System {
            what: "thread",
            error,
        })?;
    let waker = introduced.recv().map_err(|_| Error::WorkerPanicked)??;
    Ok(Thread {
        orders: Some(orders),
        answers,
        waker,
        handle: Some(handle),
    })
}

/// Carries out orders; between them answers what the server sends by itself.
fn serve(worker: &mut Worker, inbox: &Receiver<Order>, outbox: &Sender<Result<Answer, Error>>) {
    loop {
        let order = match inbox.try_recv() {
            Ok(order) => order,
            Err(std::sync::mpsc::TryRecvError::Empty) => {
                if let Err(error) = worker.turn(None) {
                    // Nobody listens when the generator is being dropped.
                    let _ = outbox.send(Err(error));
                    return;
                }
                continue;
            }
            Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
        };
        if outbox.send(carry_out(worker, order)).is_err() {
            return;
        }
    }
}

fn carry_out(worker: &mut Worker, order: Order) -> Result<Answer, Error> {
    match order {
        Order::OpenUpTo(count) => {
            let opening = worker.open_up_to(count)?;
            let counts = std::mem::take(&mut worker.tally).verification;
            Ok(Answer::Opened(opening, counts))
        }
        Order::Run { start_ns, extent } => {
            let waited_before_ns = thread_run_queue_wait_ns().ok();
            let (mut ran, handshakes) = match worker.job.workload.load {
                Load::Handshakes { concurrency } => {
                    let (ran, counts) = worker.run_handshakes(start_ns, extent, concurrency)?;
                    (ran, Some(counts))
                }
                _ => (worker.run(start_ns, extent)?, None),
            };
            let waited_after_ns = thread_run_queue_wait_ns().ok();
            ran.waited_ns = waited_before_ns
                .zip(waited_after_ns)
                .map(|(before_ns, after_ns)| after_ns.saturating_sub(before_ns));
            let tally = std::mem::take(&mut worker.tally);
            Ok(Answer::Ran(Box::new((ran, handshakes, tally))))
        }
        Order::Stagger(most) => {
            worker.stagger(most)?;
            let counts = std::mem::take(&mut worker.tally).verification;
            Ok(Answer::Staggered(counts))
        }
        Order::Settle => {
            worker.settle();
            Ok(Answer::Settled)
        }
        Order::CloseAll => {
            let closing = worker.close_all()?;
            let counts = std::mem::take(&mut worker.tally).verification;
            Ok(Answer::Closed(closing, counts))
        }
    }
}
