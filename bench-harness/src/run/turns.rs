//! Several servers that take turns: a round of each, and again.
//!
//! Only the one whose turn it is has something to do. The order is reversed
//! after every round (A B C, C B A, ...), so that what changes steadily
//! meanwhile befalls all of them alike. What comes and goes is met by all of
//! them in many short pieces, instead of by one of them as a whole.
//!
//! Where rounds are short, a round of the reference R stands before and after
//! every two others: R A B R C D R. Every round then has one of the reference
//! next to it, however many servers there are. In every second pair of passes
//! the pairs are others, R A R B C R D R, so that each server but the two
//! outermost follows the reference as often as it follows another, given four
//! rounds or a multiple: what follows the reference was seen to be 1 % cheaper.

use record::{Beside, ScenarioKind};

use super::{
    Bench,
    trial::{Outcome, TrialTask, or_flaws},
    window::{Window, knows_disk_waits},
};
use crate::{exit::Interrupted, process::Stop};

/// Others between two rounds of the reference.
const OTHERS_BETWEEN: usize = 2;

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
    pub(super) beside: Option<Beside>,
}

/// Runs the tasks of a cell, which have the same number of rounds. When the
/// user asks to stop, all are abandoned.
pub(super) fn run(
    bench: &Bench<'_>,
    tasks: &[TrialTask<'_>],
    mut before: impl FnMut(Step),
) -> Result<Vec<Taken>, Interrupted> {
    let mut turns = Turns {
        bench,
        turns: Vec::new(),
        reference: reference_between(tasks),
        last: None,
    };
    for (index, task) in tasks.iter().enumerate() {
        before(Step::Start(index));
        turns.turns.push(Turn::start(bench, task)?);
    }
    if !knows_disk_waits(bench) {
        for turn in &mut turns.turns {
            if let Ok(window) = &mut turn.window {
                window.forget_disk_waits();
            }
        }
    }
    let rounds = tasks.iter().map(|task| task.rounds).max().unwrap_or(0);
    turns.expect(rounds);
    for round in 0..rounds {
        before(Step::Round(round));
        let mut order: Vec<usize> = (0..tasks.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        turns.round(&order, round / 2 % 2 == 1)?;
    }
    let turns = turns.turns.into_iter();
    turns.map(|turn| turn.end(bench)).collect()
}

/// The reference, where it is measured between the others. At a fixed rate a
/// round is too long for that.
fn reference_between(tasks: &[TrialTask<'_>]) -> Option<usize> {
    let is_paced = |task: &TrialTask<'_>| matches!(task.kind, ScenarioKind::RateLadder { .. });
    let reference = tasks.iter().position(|task| task.is_reference)?;
    (tasks.len() > 1 && !tasks.iter().any(is_paced)).then_some(reference)
}

/// The servers of a cell.
struct Turns<'a> {
    bench: &'a Bench<'a>,
    turns: Vec<Turn<'a>>,
    /// Which of them is measured between the others.
    reference: Option<usize>,
    /// Its round before; `None` before the first one and after it has failed.
    last: Option<Beside>,
}

impl Turns<'_> {
    /// Tells the reference how many rounds it will have.
    fn expect(&mut self, rounds: u32) {
        let others = self.turns.len().saturating_sub(1);
        let most_stops = others.div_ceil(OTHERS_BETWEEN) + 1;
        let stops = u32::try_from(most_stops).unwrap_or(u32::MAX);
        if let Some(reference) = self.reference
            && let Ok(window) = &mut self.turns[reference].window
        {
            window.expect_rounds(rounds.saturating_mul(stops).saturating_add(1));
        }
    }

    /// A round of each, in this order. Where the reference comes between, the
    /// first may stand alone, so that the pairs are others.
    fn round(&mut self, order: &[usize], is_first_alone: bool) -> Result<(), Interrupted> {
        let Some(reference) = self.reference else {
            for turn in order {
                self.turns[*turn].round(self.bench)?;
            }
            return Ok(());
        };
        if self.last.is_none() {
            self.last = self.turns[reference].round(self.bench)?;
        }
        let others: Vec<usize> = order
            .iter()
            .copied()
            .filter(|turn| *turn != reference)
            .collect();
        let (alone, pairs) = others.split_at(usize::from(is_first_alone).min(others.len()));
        for between in alone.chunks(1).chain(pairs.chunks(OTHERS_BETWEEN)) {
            for turn in between {
                self.turns[*turn].round(self.bench)?;
            }
            let next = self.turns[reference].round(self.bench)?;
            for turn in between {
                self.turns[*turn].stood_beside([self.last, next]);
            }
            self.last = next;
        }
        Ok(())
    }
}

/// One of the servers.
struct Turn<'a> {
    /// `Err` once it has failed.
    window: Result<Window<'a>, Outcome>,
    started_at_unix_ns: u64,
    took_ns: u64,
    /// `None` once the reference has failed.
    beside: Option<Beside>,
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
            beside: Some(Beside::default()),
        })
    }

    /// Measures a round and says what it gave, unless the server has failed.
    fn round(&mut self, bench: &Bench<'_>) -> Result<Option<Beside>, Interrupted> {
        let start_ns = bench.clock.monotonic_ns();
        let mut measured = None;
        if let Ok(window) = &mut self.window {
            match window.round() {
                Ok(round) => measured = round.map(Beside::of),
                Err(stop) => self.window = Err(failed(stop)?),
            }
        }
        self.took_ns += bench.clock.monotonic_ns() - start_ns;
        Ok(measured)
    }

    fn stood_beside(&mut self, references: [Option<Beside>; 2]) {
        for reference in references {
            match (&mut self.beside, reference) {
                (Some(all), Some(reference)) => all.append(&reference),
                _ => self.beside = None,
            }
        }
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
            beside: self.beside.filter(|beside| beside.rounds > 0),
        })
    }
}

fn failed(stop: Stop) -> Result<Outcome, Interrupted> {
    or_flaws(Err(stop))
}
