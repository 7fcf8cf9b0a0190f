//! Many cases at once, each confirmed when it does not go well.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use record::{CaseRecord, CaseVerdict, CutShort, Observed};

use crate::{
    case::{Case, CaseId},
    explain::explain,
    judge::judge,
    play::waits,
    socket::{Endpoint, run_case},
};

/// Bounds on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once.
    pub concurrency: usize,
    /// Connections at once in group 9, whose messages are large.
    pub large_concurrency: usize,
    /// How often a case is run again that is not all well the first time.
    pub confirmations: u32,
    /// The longest time limit of a case. Some of group 9 ask for more than
    /// anybody wants to wait for a server that hangs.
    pub longest_case: Duration,
    /// How long the whole may take.
    pub longest_run: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 32,
            large_concurrency: 2,
            confirmations: 2,
            longest_case: Duration::from_secs(60),
            longest_run: Duration::from_secs(600),
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The cases, in the order of their numbers.
    pub cases: Vec<CaseRecord>,
    /// Why some are missing.
    pub cut_short: Option<CutShort>,
}

struct Attempt {
    verdict: CaseVerdict,
    observed: Observed,
}

/// Runs `cases` against the server at `endpoint`.
///
/// `seed` decides masking keys and nonces. `done` is told after each case how
/// many have been run; when `stop` says so, no further case begins.
pub fn run(
    cases: &[Case],
    endpoint: &Endpoint,
    limits: &Limits,
    seed: u64,
    done: &(dyn Fn(usize) + Sync),
    stop: &(dyn Fn() -> bool + Sync),
) -> Outcome {
    let Run {
        found,
        late,
        stopped,
        ..
    } = Run::new(cases, endpoint, limits, seed, done, stop).play_all();
    let cut_short = if stopped.into_inner() {
        Some(CutShort::Interrupted)
    } else {
        late.into_inner().then(|| CutShort::TimeUp {
            limit_ns: u64::try_from(limits.longest_run.as_nanos()).unwrap_or(u64::MAX),
        })
    };
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut order: Vec<&Case> = cases.iter().collect();
    order.sort_by(|a, b| a.id.cmp(&b.id));
    let cases = order
        .into_iter()
        .filter_map(|case| Some(record_of(case, found.remove(&case.id)?)))
        .collect();
    Outcome { cases, cut_short }
}

struct Run<'a> {
    cases: &'a [Case],
    endpoint: &'a Endpoint,
    limits: &'a Limits,
    seed: u64,
    began: Instant,
    done: &'a (dyn Fn(usize) + Sync),
    stop: &'a (dyn Fn() -> bool + Sync),
    count: AtomicUsize,
    late: AtomicBool,
    stopped: AtomicBool,
    found: Mutex<BTreeMap<CaseId, Vec<Attempt>>>,
}

impl<'a> Run<'a> {
    fn new(
        cases: &'a [Case],
        endpoint: &'a Endpoint,
        limits: &'a Limits,
        seed: u64,
        done: &'a (dyn Fn(usize) + Sync),
        stop: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        Self {
            cases,
            endpoint,
            limits,
            seed,
            began: Instant::now(),
            done,
            stop,
            count: AtomicUsize::new(0),
            late: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            found: Mutex::default(),
        }
    }

    /// Small cases first, those that wait longest at the front; then the large
    /// ones, few at once. What is not all well is run again, all of it together,
    /// so that these waits pass side by side as well.
    fn play_all(self) -> Self {
        let (large, mut small): (Vec<&Case>, Vec<&Case>) =
            self.cases.iter().partition(|case| case.id.group() == 9);
        small.sort_by_key(|case| std::cmp::Reverse(waits(case)));
        for (cases, concurrency) in [
            (small, self.limits.concurrency),
            (large, self.limits.large_concurrency),
        ] {
            self.all_of(&cases, concurrency, 0);
            for attempt in 1..=self.limits.confirmations {
                let again: Vec<&Case> = cases
                    .iter()
                    .copied()
                    .filter(|case| self.needs_confirmation(&case.id))
                    .collect();
                self.all_of(&again, concurrency, attempt);
            }
        }
        self
    }

    fn all_of(&self, cases: &[&Case], concurrency: usize, attempt: u32) {
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                if !self.may_go_on() {
                    return;
                }
                self.one(case, attempt);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..concurrency.clamp(1, cases.len().max(1)) {
                scope.spawn(work);
            }
        });
    }

    fn may_go_on(&self) -> bool {
        if (self.stop)() {
            self.stopped.store(true, Ordering::Relaxed);
            return false;
        }
        if self.began.elapsed() >= self.limits.longest_run {
            self.late.store(true, Ordering::Relaxed);
            return false;
        }
        true
    }

    fn one(&self, case: &Case, attempt: u32) {
        let place = case.id.numbers().iter().fold(u64::from(attempt), |sum, n| {
            sum.wrapping_mul(1_000).wrapping_add(u64::from(*n))
        });
        let random = ChaCha8Rng::seed_from_u64(self.seed ^ place);
        let (observed, agreement) = run_case(case, self.endpoint, random, self.limits.longest_case);
        let verdict = judge(case, &observed, agreement);
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found
            .entry(case.id.clone())
            .or_default()
            .push(Attempt { verdict, observed });
        drop(found);
        if attempt == 0 {
            (self.done)(self.count.fetch_add(1, Ordering::Relaxed) + 1);
        }
    }

    fn needs_confirmation(&self, id: &CaseId) -> bool {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found
            .get(id)
            .is_some_and(|attempts| attempts.iter().any(|it| !it.verdict.is_good()))
    }
}

/// The verdict that came most often, the worst of those that came equally often.
fn record_of(case: &Case, mut attempts: Vec<Attempt>) -> CaseRecord {
    let verdicts: Vec<CaseVerdict> = attempts.iter().map(|it| it.verdict).collect();
    let often = |verdict: CaseVerdict| verdicts.iter().filter(|it| **it == verdict).count();
    let chosen = (0..attempts.len())
        .max_by_key(|&index| (often(verdicts[index]), verdicts[index]))
        .unwrap_or(0);
    let Attempt { verdict, observed } = attempts.swap_remove(chosen);
    let differ = verdicts.iter().any(|it| *it != verdict);
    CaseRecord {
        id: case.id.to_string(),
        verdict,
        explanation: (!verdict.is_good() || differ).then(|| explain(case)),
        attempts: if verdicts.len() > 1 {
            verdicts
        } else {
            Vec::new()
        },
        observed,
    }
}
