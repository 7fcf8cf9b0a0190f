//! Are messages that are due while a server stands still late from the instant
//! at which they were due?

use record::{EncodedHistogram, LoadResult, Measurement, Role, TrialRecord};
use report::findings::{LatencyDetail, RowDetail};

use super::{Evidence, stall_arithmetic::Stalls, verdict};
use crate::selftest::{
    Claim,
    experiment::{Experiment, LIGHT_LOAD, PLAIN, STALL_EVERY_NS, STALL_NS},
    verdict::{Expected, Outcome, Seen, Verdict},
};

/// Waits whose number is compared with arithmetic.
const LATE_MS: [u32; 4] = [25, 50, 75, 90];

/// A machine that stands still for so long by itself proves nothing: the
/// smallest wait that is counted.
const OWN_PAUSE_NS: u64 = 25_000_000;

/// Of the messages that are late from their planned instant, at most this share
/// may be late from their write when the socket was full. The kernel buffers
/// the rest of a stall's messages.
const MOST_SEEN_BY_SERVICE_TIME: f64 = 0.75;

pub(super) fn judge(experiment: &Experiment, evidence: &Evidence) -> Vec<Verdict> {
    let Some(name) = experiment.servers.last().map(|server| server.name.as_str()) else {
        return Vec::new();
    };
    let subject = format!("{}: response time", experiment.name);
    let nothing = |server: &str| {
        let found = evidence.no_figure(server);
        let expected = Expected::NoFlaw;
        vec![verdict(Claim::Stall, &subject, expected, found)]
    };
    let (Some(plain), Some(stalling)) = (published(evidence, PLAIN), published(evidence, name))
    else {
        let missing = if published(evidence, PLAIN).is_none() {
            PLAIN
        } else {
            name
        };
        return nothing(missing);
    };
    let loads = loads(evidence, name);
    let Some(seen) = Waits::of(&loads) else {
        return nothing(name);
    };
    let stalls = stalls(&loads, plain);
    let is_quiet = plain.response.max_ns < OWN_PAUSE_NS;
    let response = stalling.response;
    let shown = [response.p50_ns, response.p99_ns, Some(response.max_ns)];
    if experiment.name == "stall" {
        distribution(&stalls, &seen, shown, is_quiet)
    } else {
        blocked(&stalls, &seen, is_quiet)
    }
}

/// Every message could be written when it was due: the whole distribution is
/// known. The tables show `p50`, `p99` and `longest` of it.
fn distribution(
    stalls: &Stalls,
    seen: &Waits,
    [p50, p99, longest]: [Option<u64>; 3],
    is_quiet: bool,
) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for late_ms in LATE_MS {
        let late_ns = f64::from(late_ms) * 1e6;
        let (lower, upper) = (
            stalls.least_later_than(late_ns),
            stalls.most_later_than(late_ns),
        );
        let count = seen.response_later_than(late_ns);
        verdicts.push(verdict(
            Claim::Stall,
            &format!("response times above {late_ms} ms"),
            Expected::Messages { lower, upper },
            (
                Seen::Messages { count },
                within(count, lower, upper, is_quiet),
            ),
        ));
    }
    let longest_bounds = (
        stalls.least_longest_ns(),
        stalls.length_ns + OWN_PAUSE_NS as f64,
    );
    for (subject, ns, (lower, upper)) in [
        ("p50 of response times", p50, stalls.quantile_ns(0.5)),
        ("p99 of response times", p99, stalls.quantile_ns(0.99)),
        ("longest response time", longest, longest_bounds),
    ] {
        let found = match ns {
            Some(ns) => {
                let ns = ns as f64;
                (Seen::TimeNs { ns }, within(ns, lower, upper, is_quiet))
            }
            None => (
                Seen::Nothing {
                    reason: "too few messages for this percentile".to_owned(),
                },
                Outcome::NotHeld,
            ),
        };
        let expected = Expected::TimeNs { lower, upper };
        verdicts.push(verdict(Claim::Stall, subject, expected, found));
    }
    verdicts
}

/// The socket was full for a part of each stall: messages of that part were due
/// and could not be written. Their response time must have the wait, which
/// their service time can't.
fn blocked(stalls: &Stalls, seen: &Waits, is_quiet: bool) -> Vec<Verdict> {
    let late_ms = LATE_MS[0];
    let late_ns = f64::from(late_ms) * 1e6;
    let (lower, upper) = (stalls.least_later_than(late_ns), stalls.messages);
    let late = seen.response_later_than(late_ns);
    let late_by_service = seen.service_later_than(late_ns);
    let most = late * MOST_SEEN_BY_SERVICE_TIME;
    vec![
        verdict(
            Claim::Stall,
            &format!("full socket, response times above {late_ms} ms"),
            Expected::Messages { lower, upper },
            (
                Seen::Messages { count: late },
                within(late, lower, upper, is_quiet),
            ),
        ),
        verdict(
            Claim::Stall,
            &format!("full socket, service times above {late_ms} ms"),
            Expected::Messages {
                lower: 0.0,
                upper: most,
            },
            (
                Seen::Messages {
                    count: late_by_service,
                },
                within(late_by_service, 0.0, most, is_quiet),
            ),
        ),
    ]
}

/// Too little is never the machine's doing: a message can't be early. Too much
/// may be, when the server that doesn't stall was late as well; then the upper
/// bound is too wide to prove anything, too.
fn within(value: f64, lower: f64, upper: f64, is_quiet: bool) -> Outcome {
    if value < lower {
        Outcome::NotHeld
    } else if !is_quiet {
        Outcome::Undecided
    } else if value <= upper {
        Outcome::Held
    } else {
        Outcome::NotHeld
    }
}

/// What the tables show of a row.
fn published(evidence: &Evidence, name: &str) -> Option<LatencyDetail> {
    let entry = evidence.entry(name, Role::Contender)?;
    let cell = evidence.findings.cells.first()?;
    cell.detail(entry).and_then(RowDetail::echo)?.latency
}

fn loads<'a>(evidence: &'a Evidence, name: &str) -> Vec<(&'a LoadResult, f64)> {
    evidence
        .run
        .trials
        .iter()
        .filter(|trial| trial.entry.contender == name && trial.is_valid())
        .filter_map(|trial: &TrialRecord| match &trial.measurement {
            Some(Measurement::Echo {
                load,
                offered_per_s: Some(rate),
                ..
            }) => Some((load.as_ref(), *rate)),
            _ => None,
        })
        .collect()
}

fn stalls(loads: &[(&LoadResult, f64)], plain: LatencyDetail) -> Stalls {
    let windows_ns: u64 = loads.iter().map(|(load, _)| load.window_ns).sum();
    let rates: f64 = loads.iter().map(|(_, rate)| rate).sum();
    Stalls {
        length_ns: STALL_NS as f64,
        stalls: (windows_ns as f64 / STALL_EVERY_NS as f64).round(),
        windows: loads.len() as f64,
        rate_per_ns: rates / loads.len() as f64 / 1e9,
        messages: loads.iter().map(|(load, _)| load.planned as f64).sum(),
        load: LIGHT_LOAD,
        // The end of a stall is a wake-up like that for each message, of which
        // this is the latest.
        slack_ns: plain.response.max_ns as f64,
    }
}

/// The waits of all messages of a row.
struct Waits {
    response: Vec<Histogram>,
    service: Vec<Histogram>,
}

/// Counts by length of wait.
type Histogram = Vec<(u64, u64)>;

impl Waits {
    fn of(loads: &[(&LoadResult, f64)]) -> Option<Self> {
        let decode = |encoded: &EncodedHistogram| {
            let histogram = encoded.decode().ok()?;
            let values = histogram.iter_recorded();
            Some(
                values
                    .map(|value| (value.value_iterated_to(), value.count_at_value()))
                    .collect(),
            )
        };
        let waits = Self {
            response: loads
                .iter()
                .map(|(load, _)| decode(&load.response_time))
                .collect::<Option<_>>()?,
            service: loads
                .iter()
                .map(|(load, _)| decode(load.service_time.as_ref()?))
                .collect::<Option<_>>()?,
        };
        (!loads.is_empty()).then_some(waits)
    }

    fn response_later_than(&self, late_ns: f64) -> f64 {
        later_than(&self.response, late_ns)
    }

    fn service_later_than(&self, late_ns: f64) -> f64 {
        later_than(&self.service, late_ns)
    }
}

fn later_than(histograms: &[Histogram], late_ns: f64) -> f64 {
    histograms
        .iter()
        .flatten()
        .filter(|(ns, _)| *ns as f64 > late_ns)
        .map(|(_, count)| *count as f64)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_may_add_but_never_take_away() {
        assert_eq!(within(5.0, 4.0, 6.0, true), Outcome::Held);
        // Noise has widened the upper bound.
        assert_eq!(within(5.0, 4.0, 6.0, false), Outcome::Undecided);
        assert_eq!(within(3.0, 4.0, 6.0, false), Outcome::NotHeld);
        assert_eq!(within(3.0, 4.0, 6.0, true), Outcome::NotHeld);
        assert_eq!(within(7.0, 4.0, 6.0, true), Outcome::NotHeld);
        assert_eq!(within(7.0, 4.0, 6.0, false), Outcome::Undecided);
    }

    fn stalls() -> Stalls {
        Stalls {
            length_ns: 100e6,
            stalls: 2.0,
            windows: 1.0,
            rate_per_ns: 1e-6,
            messages: 1_000.0,
            load: 0.1,
            slack_ns: 1e6,
        }
    }

    /// One message per ms of a wait, in each of two stalls.
    fn waits_of_two_stalls(from_ms: u64) -> Histogram {
        (from_ms..=100).map(|ms| (ms * 1_000_000, 2)).collect()
    }

    #[test]
    fn a_record_without_the_waits_of_the_plan_does_not_hold() {
        let outcomes = |waits: &Waits, shown: [u64; 3]| -> Vec<Outcome> {
            distribution(&stalls(), waits, shown.map(Some), true)
                .into_iter()
                .map(|verdict| verdict.outcome)
                .collect()
        };
        let truth = Waits {
            response: vec![waits_of_two_stalls(1)],
            service: Vec::new(),
        };
        let held = outcomes(&truth, [100_000, 95_500_000, 100_000_000]);
        assert!(held.iter().all(|it| *it == Outcome::Held), "{held:?}");

        // A generator that waits for the answer before it sends sees one late
        // message per stall.
        let omitted = Waits {
            response: vec![vec![(100_000_000, 2)]],
            service: Vec::new(),
        };
        let found = outcomes(&omitted, [100_000, 200_000, 100_000_000]);
        let not_held = found.iter().filter(|it| **it == Outcome::NotHeld);
        assert_eq!(not_held.count(), LATE_MS.len() + 1, "{found:?}");
    }

    #[test]
    fn a_service_time_that_has_the_wait_as_well_does_not_hold() {
        let waits = |service| Waits {
            response: vec![waits_of_two_stalls(1)],
            service: vec![service],
        };
        let outcomes = |waits: &Waits| -> Vec<Outcome> {
            blocked(&stalls(), waits, true)
                .into_iter()
                .map(|verdict| verdict.outcome)
                .collect()
        };
        assert_eq!(
            outcomes(&waits(waits_of_two_stalls(60))),
            [Outcome::Held, Outcome::Held]
        );
        assert_eq!(
            outcomes(&waits(waits_of_two_stalls(1))),
            [Outcome::Held, Outcome::NotHeld]
        );
    }
}
