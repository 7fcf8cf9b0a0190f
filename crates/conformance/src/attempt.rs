//! When the verdict on a case is settled, and which it is.

use record::{Behaviour, CaseRecord, CaseVerdict, Observed};

use crate::{case::Case, explain::explain, pace::PATIENCE};

/// A case that was run once.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) verdict: CaseVerdict,
    pub(crate) observed: Observed,
    /// Whether the time limits were longer than the suite's.
    pub(crate) patient: bool,
    /// Whether one of them ran out while nothing wrong had come.
    pub(crate) out_of_time: bool,
}

/// Whether a further attempt might change the verdict.
pub(crate) fn wants_another(case: &Case, attempts: &[Attempt], confirmations: u32) -> bool {
    let (Some(first), Some(last)) = (attempts.first(), attempts.last()) else {
        return true;
    };
    // Who stays silent three times as long stays silent.
    let silent = last.patient && last.out_of_time && last.verdict == first.verdict;
    let too_few = attempts.len() < case.trials() as usize;
    let doubtful = attempts.len() <= confirmations as usize && !attempts.iter().all(is_well);
    (too_few || doubtful) && !silent
}

/// Whether there is nothing to confirm and nothing to explain.
fn is_well(attempt: &Attempt) -> bool {
    let verdict = attempt.verdict;
    let lacks_it = verdict.behaviour == Behaviour::Unimplemented && verdict.closed_well();
    verdict.is_good() || lacks_it
}

/// The verdict that came most often, the worst of those that came equally often;
/// of a race the worst that came, however often: which outcome is likelier says
/// more of the machine than of the server.
///
/// Where the server answers when it is given more time, the attempt in which
/// time ran out doesn't count: how fast a server is on a busy machine is no
/// question of RFC 6455.
pub(crate) fn record_of(case: &Case, mut attempts: Vec<Attempt>) -> CaseRecord {
    let answers = attempts.iter().any(|it| it.patient && !it.out_of_time);
    let before = attempts.len();
    attempts.retain(|it| it.patient || !it.out_of_time || !answers);
    let late = attempts.len() < before;

    let verdicts: Vec<CaseVerdict> = attempts.iter().map(|it| it.verdict).collect();
    let often = |verdict: CaseVerdict| verdicts.iter().filter(|it| **it == verdict).count();
    let chosen = (0..attempts.len())
        .max_by_key(|&index| {
            let count = if case.is_race() {
                0
            } else {
                often(verdicts[index])
            };
            (count, verdicts[index])
        })
        .unwrap_or(0);
    let attempt = attempts.swap_remove(chosen);
    let verdict = attempt.verdict;
    let differ = verdicts.iter().any(|it| *it != verdict);
    let is_told = !is_well(&attempt) || differ || late;
    let explanation = is_told.then(|| {
        let mut told = explain(case);
        let race = case.is_race().then(|| race_note(&verdicts, verdict));
        let late = late.then(late_note);
        let notes: Vec<String> = [told.note, race, late].into_iter().flatten().collect();
        told.note = (!notes.is_empty()).then(|| notes.join(" "));
        told
    });
    CaseRecord {
        id: case.id.to_string(),
        verdict,
        explanation,
        attempts: if verdicts.len() > 1 {
            verdicts
        } else {
            Vec::new()
        },
        observed: attempt.observed,
    }
}

fn race_note(verdicts: &[CaseVerdict], worst: CaseVerdict) -> String {
    let count = verdicts.iter().filter(|it| **it == worst).count();
    format!(
        "What comes back may depend on how the server's reads are cut: the worst verdict of {} \
         runs counts; it came in {count} of them.",
        verdicts.len()
    )
}

fn late_note() -> String {
    format!(
        "At first a time limit of the suite ran out; with limits {PATIENCE} times as long the \
         answer came, and counts."
    )
}

#[cfg(test)]
mod tests {
    use record::{CloseBehaviour, ConnectionEnd};

    use super::*;
    use crate::case::CaseTable;

    const GOOD: CaseVerdict = CaseVerdict {
        behaviour: Behaviour::Ok,
        close: CloseBehaviour::Ok,
    };
    const SLOW: CaseVerdict = CaseVerdict {
        behaviour: Behaviour::Ok,
        close: CloseBehaviour::FailedByClient,
    };
    const BAD: CaseVerdict = CaseVerdict {
        behaviour: Behaviour::Failed,
        close: CloseBehaviour::Ok,
    };

    fn attempt(verdict: CaseVerdict, patient: bool, out_of_time: bool) -> Attempt {
        Attempt {
            verdict,
            observed: Observed {
                events: Vec::new(),
                events_left_out: 0,
                pings: 0,
                close_code: None,
                close_frames: 0,
                ended_by_client: true,
                clean: true,
                end: ConnectionEnd::ClosedByServer,
                violation: None,
                elapsed_ns: 0,
            },
            patient,
            out_of_time,
        }
    }

    fn case(id: &str) -> Case {
        let mut cases = CaseTable::built_in().unwrap().cases.into_iter();
        cases.find(|it| it.id.to_string() == id).unwrap()
    }

    fn recorded(attempts: Vec<Attempt>) -> CaseRecord {
        record_of(&case("1.1.1"), attempts)
    }

    fn wants_another(attempts: &[Attempt], confirmations: u32) -> bool {
        super::wants_another(&case("1.1.1"), attempts, confirmations)
    }

    #[test]
    fn what_is_well_is_run_once_and_what_is_not_three_times() {
        assert!(wants_another(&[], 2));
        assert!(!wants_another(&[attempt(GOOD, false, false)], 2));
        let first = attempt(BAD, false, false);
        let again = attempt(BAD, true, false);
        assert!(!wants_another(std::slice::from_ref(&first), 0));
        assert!(wants_another(std::slice::from_ref(&first), 2));
        assert!(wants_another(&[first.clone(), again.clone()], 2));
        assert!(!wants_another(&[first, again.clone(), again], 2));
    }

    #[test]
    fn a_server_that_stays_silent_is_waited_for_once_more_only() {
        let attempts = [attempt(SLOW, false, true), attempt(SLOW, true, true)];
        assert!(wants_another(&attempts[..1], 2));
        assert!(!wants_another(&attempts, 2));
        let record = recorded(attempts.to_vec());
        assert_eq!(record.verdict, SLOW);
        assert_eq!(record.attempts.len(), 2);
    }

    #[test]
    fn a_limit_that_ran_out_once_decides_nothing() {
        let attempts = vec![
            attempt(SLOW, false, true),
            attempt(GOOD, true, false),
            attempt(GOOD, true, false),
        ];
        let record = recorded(attempts);
        assert_eq!(
            (record.verdict, &record.attempts[..]),
            (GOOD, &[GOOD; 2][..])
        );
        let note = record.explanation.unwrap().note.unwrap();
        assert!(note.contains("3 times as long"), "{note}");
    }

    #[test]
    fn what_differs_for_other_reasons_is_flaky_and_the_worst_counts() {
        let attempts = vec![attempt(BAD, false, false), attempt(GOOD, true, false)];
        let record = recorded(attempts);
        assert_eq!(
            (record.verdict, &record.attempts[..]),
            (BAD, &[BAD, GOOD][..])
        );
    }

    #[test]
    fn a_missing_extension_needs_no_confirmation() {
        let lacks = CaseVerdict {
            behaviour: Behaviour::Unimplemented,
            close: CloseBehaviour::Ok,
        };
        assert!(!wants_another(&[attempt(lacks, false, false)], 2));
        assert_eq!(
            recorded(vec![attempt(lacks, false, false)]).explanation,
            None
        );
    }

    #[test]
    fn a_race_is_run_five_times_however_it_goes_and_the_worst_counts() {
        let race = case("3.3");
        let allowed = CaseVerdict {
            behaviour: Behaviour::NonStrict,
            close: CloseBehaviour::Ok,
        };
        let mut attempts = vec![attempt(GOOD, false, false)];
        attempts.extend(vec![attempt(GOOD, true, false); 4]);
        assert!(super::wants_another(&race, &attempts[..4], 0));
        assert!(!super::wants_another(&race, &attempts, 2));
        let record = record_of(&race, attempts.clone());
        assert_eq!((record.verdict, record.explanation), (GOOD, None));

        attempts[3].verdict = allowed;
        let record = record_of(&race, attempts);
        assert_eq!((record.verdict, record.attempts.len()), (allowed, 5));
        let note = record.explanation.unwrap().note.unwrap();
        assert!(note.contains("5 runs counts; it came in 1 of"), "{note}");
    }

    #[test]
    fn a_race_that_a_silent_server_loses_is_not_run_five_times() {
        let attempts = [attempt(SLOW, false, true), attempt(SLOW, true, true)];
        assert!(!super::wants_another(&case("3.3"), &attempts, 2));
    }
}
