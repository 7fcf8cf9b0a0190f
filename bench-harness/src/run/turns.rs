//! Several servers that take turns: a round of each, and again.
//!
//! Only the one whose turn it is has something to do. The order is reversed
//! after every round (A B C, C B A, ...), so that what changes steadily
//! meanwhile befalls all of them alike. What comes and goes is met by all of
//! them in many short pieces, instead of by one of them as a whole.

use super::{
    Bench,
    trial::{Outcome, TrialTask, or_flaws},
    window::{Window, knows_disk_waits},
};
use crate::{exit::Interrupted, process::Stop};

/// What is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The server of this task is started and warmed up.
    Start(usize),
    /// A round of all begins, from 0.
    Round(u32),
}

/// What a trial gave, and what it took.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Taken {
    pub(super) outcome: Outcome,
    pub(super) started_at_unix_ns: u64,
    /// Its own start and rounds, without those of the others.
    pub(super) took_ns: u64,
}

/// Runs the tasks of a cell, which have the same number of rounds. When the
/// user asks to stop, all are abandoned.
pub(super) fn run(
    bench: &Bench<'_>,
    tasks: &[TrialTask<'_>],
    mut before: impl FnMut(Step),
) -> Result<Vec<Taken>, Interrupted> {
    let mut turns = Vec::new();
    for (index, task) in tasks.iter().enumerate() {
        before(Step::Start(index));
        turns.push(Turn::start(bench, task)?);
    }
    if !knows_disk_waits(bench) {
        let windows = turns
            .iter_mut()
            .filter_map(|turn| turn.window.as_mut().ok());
        windows.for_each(Window::forget_disk_waits);
    }
    let rounds = tasks.iter().map(|task| task.rounds).max().unwrap_or(0);
    for round in 0..rounds {
        before(Step::Round(round));
        if round % 2 == 0 {
            turns.iter_mut().try_for_each(|turn| turn.round(bench))?;
        } else {
            let turns = turns.iter_mut().rev();
            turns.into_iter().try_for_each(|turn| turn.round(bench))?;
        }
    }
    turns.into_iter().map(|turn| turn.end(bench)).collect()
}

/// One of the servers.
struct Turn<'a> {
    /// `Err` once it has failed.
    window: Result<Window<'a>, Outcome>,
    started_at_unix_ns: u64,
    took_ns: u64,
}

impl<'a> Turn<'a> {
    fn start(bench: &'a Bench<'a>, task: &TrialTask<'_>) -> Result<Self, Interrupted> {
        let started_at_unix_ns = bench.clock.realtime_ns();
        let start_ns = bench.clock.monotonic_ns();
        let window = match Window::open(bench, task) {
            Ok(Some(window)) => Ok(window),
            Ok(None) => Err(Outcome::default()),
            Err(stop) => Err(failed(stop)?),
        };
        Ok(Self {
            window,
            started_at_unix_ns,
            took_ns: bench.clock.monotonic_ns() - start_ns,
        })
    }

    fn round(&mut self, bench: &Bench<'_>) -> Result<(), Interrupted> {
        let start_ns = bench.clock.monotonic_ns();
        if let Ok(window) = &mut self.window
            && let Err(stop) = window.round()
        {
            self.window = Err(failed(stop)?);
        }
        self.took_ns += bench.clock.monotonic_ns() - start_ns;
        Ok(())
    }

    fn end(self, bench: &Bench<'_>) -> Result<Taken, Interrupted> {
        let start_ns = bench.clock.monotonic_ns();
        let outcome = match self.window {
            Ok(window) => or_flaws(window.finish())?,
            Err(outcome) => outcome,
        };
        Ok(Taken {
            outcome,
            started_at_unix_ns: self.started_at_unix_ns,
            took_ns: self.took_ns + (bench.clock.monotonic_ns() - start_ns),
        })
    }
}

fn failed(stop: Stop) -> Result<Outcome, Interrupted> {
    or_flaws(Err(stop))
}
