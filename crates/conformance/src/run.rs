//! Many cases at once, each confirmed when it does not go well.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use record::{Behaviour, CaseRecord, CutShort};

use crate::{
    attempt::{Attempt, record_of, wants_another},
    case::{Case, CaseId},
    judge::judge,
    pace::Pace,
    play::waits,
    socket::{Endpoint, run_case},
};

/// Bounds on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Cases at once. Those that are run again are not among them: they mostly
    /// wait.
    pub concurrency: usize,
    /// Cases at once in groups 9, 12 and 13, which keep a processor busy.
    pub large_concurrency: usize,
    /// How often a case is run again, at most, that is not all well the first
    /// time. A race is run as often as [`Case::trials`] says, however it goes.
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
            longest_run: Duration::from_secs(1_200),
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The cases, in the order of their numbers. Where the first case of a
    /// subgroup finds that the server doesn't have the extension, the rest of
    /// the subgroup is left out.
    pub cases: Vec<CaseRecord>,
    /// Why some are missing.
    pub cut_short: Option<CutShort>,
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
    let run = Run {
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
    };
    run.play_all(cases);
    let cut_short = if run.stopped.into_inner() {
        Some(CutShort::Interrupted)
    } else {
        run.late.into_inner().then(|| CutShort::TimeUp {
            limit_ns: u64::try_from(limits.longest_run.as_nanos()).unwrap_or(u64::MAX),
        })
    };
    let mut found = run
        .found
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let mut order: Vec<&Case> = cases.iter().collect();
    order.sort_by(|a, b| a.id.cmp(&b.id));
    let cases = order
        .into_iter()
        .filter_map(|case| Some(record_of(case, found.remove(&case.id)?)))
        .collect();
    Outcome { cases, cut_short }
}

struct Run<'a> {
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

impl Run<'_> {
    /// Small cases first, those that wait longest at the front; then the large
    /// ones, few at once; then those of an extension, a subgroup at a time.
    fn play_all(&self, cases: &[Case]) {
        let (extended, plain): (Vec<&Case>, Vec<&Case>) =
            cases.iter().partition(|case| !case.offers.is_empty());
        let (large, mut small): (Vec<&Case>, Vec<&Case>) =
            plain.into_iter().partition(|case| case.id.group() == 9);
        small.sort_by_key(|case| std::cmp::Reverse(waits(case)));
        self.small(&small);
        let few = self.limits.large_concurrency;
        self.at_once(&large, few, |case| {
            self.confirm(case, self.attempt(case, 0));
        });
        self.at_once(&by_subgroup(&extended), few, |cases| self.subgroup(cases));
    }

    /// Runs small cases. What is not all well is run again at once, beside the
    /// others, so that all waits pass side by side.
    fn small(&self, cases: &[&Case]) {
        let (again, doubtful) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                self.at_once(cases, self.limits.concurrency, |case| {
                    let first = self.attempt(case, 0);
                    if self.is_settled(case, std::slice::from_ref(&first)) {
                        self.keep(case, vec![first]);
                    } else {
                        // The other end is there until all of these are gone.
                        let _ = again.send((case, first));
                    }
                });
            });
            for (case, first) in doubtful {
                scope.spawn(move || self.confirm(case, first));
            }
        });
    }

    /// Does `work` on all items, so many at once, until it is time to end.
    fn at_once<T: Copy + Sync>(&self, items: &[T], concurrency: usize, work: impl Fn(T) + Sync) {
        let next = AtomicUsize::new(0);
        let worker = || {
            while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                if !self.may_go_on() {
                    return;
                }
                work(*item);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..concurrency.clamp(1, items.len().max(1)) {
                scope.spawn(worker);
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

    /// Runs the cases of a subgroup, as long as the server has what they need.
    fn subgroup(&self, cases: &[&Case]) {
        for case in cases {
            if !self.may_go_on() {
                return;
            }
            let first = self.attempt(case, 0);
            let unimplemented = first.verdict.behaviour == Behaviour::Unimplemented;
            self.confirm(case, first);
            if unimplemented {
                return;
            }
        }
    }

    fn attempt(&self, case: &Case, number: u32) -> Attempt {
        let place = case.id.numbers().iter().fold(u64::from(number), |sum, n| {
            sum.wrapping_mul(1_000).wrapping_add(u64::from(*n))
        });
        let random = ChaCha8Rng::seed_from_u64(self.seed ^ place);
        let longest = self.limits.longest_case;
        let is_first = number == 0;
        let pace = if is_first {
            Pace::of_suite(longest)
        } else {
            Pace::patient(longest)
        };
        let played = run_case(case, self.endpoint, random, pace);
        if is_first {
            (self.done)(self.count.fetch_add(1, Ordering::Relaxed) + 1);
        }
        Attempt {
            verdict: judge(case, &played.observed, played.agreement),
            observed: played.observed,
            patient: !is_first,
            out_of_time: played.out_of_time,
        }
    }

    fn is_settled(&self, case: &Case, attempts: &[Attempt]) -> bool {
        !wants_another(case, attempts, self.limits.confirmations)
    }

    /// Runs a case again until its verdict is settled.
    fn confirm(&self, case: &Case, first: Attempt) {
        let mut attempts = vec![first];
        while !self.is_settled(case, &attempts) && self.may_go_on() {
            let number = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
            attempts.push(self.attempt(case, number));
        }
        self.keep(case, attempts);
    }

    fn keep(&self, case: &Case, attempts: Vec<Attempt>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.insert(case.id.clone(), attempts);
    }
}

/// Neighbours whose first two numbers are the same.
fn by_subgroup<'a, 'b>(cases: &'b [&'a Case]) -> Vec<&'b [&'a Case]> {
    let start = |case: &Case| {
        case.id
            .numbers()
            .iter()
            .take(2)
            .copied()
            .collect::<Vec<_>>()
    };
    cases.chunk_by(|a, b| start(a) == start(b)).collect()
}
