//! Records that are wrong in one way, as a tool that lies would write them.

use record::{Flaw, LoadResult};
use serde_json::{Value, json};

use super::*;
use crate::{
    plan::effort_of,
    run::fixture,
    selftest::{
        experiment::{ALLOCATION_BYTES, ALLOCATIONS, experiments},
        faulty::{Faulty, IN_CHECK, IN_TRIAL, Truth},
    },
};

/// The trials of a row, each with its flaws and what it measured.
type Trials = Vec<(Vec<Value>, Option<Value>)>;

fn experiment(claim: Claim) -> Experiment {
    let effort = effort_of(record::EffortLevel::Standard);
    experiments(claim, effort).remove(0)
}

/// What the tool would have written, given the trials of each server. Read from
/// text, as every run is.
fn evidence(experiment: &Experiment, trials_of: impl Fn(&str) -> Trials) -> Evidence {
    let plan = experiment.plan();
    let header = json!({
        "line": "header",
        "schema_version": record::SCHEMA_VERSION,
        "started_at_unix_ns": 0,
        "started_at": "2026-11-20T12:00:00Z",
        "command": "a test",
        "commit": null,
        "dirty": false,
        "host": record::Host::default(),
        "toolchain": record::ToolchainFacts::default(),
        "contenders": [],
        "checks": [],
        "calibrations": [],
        "plan": plan,
        "estimate_ns": 0,
    });
    let mut text = format!("{header}\n");
    for planned in plan.trials.iter().filter(|trial| trial.block == 0) {
        let entry = &plan.entries[planned.entry].key;
        for (attempt, (flaws, measurement)) in trials_of(&entry.contender).into_iter().enumerate() {
            let mut line = json!({
                "line": "trial",
                "number": planned.number,
                "block": planned.block,
                "attempt": attempt,
                "cell": experiment.name,
                "scenario": experiment.name,
                "started_at_unix_ns": 0,
                "took_ns": 1,
                "flaws": flaws,
                "measurement": measurement,
                "machine": null,
            });
            let key = serde_json::to_value(entry).unwrap();
            line.as_object_mut()
                .unwrap()
                .extend(key.as_object().unwrap().clone());
            text.push_str(&format!("{line}\n"));
        }
    }
    let run = Run::parse(&text).unwrap();
    let findings = report::analyse(&run);
    Evidence { run, findings }
}

fn outcome(verdicts: &[Verdict], subject: &str) -> Outcome {
    let mut of_subject = verdicts.iter().filter(|it| it.subject == subject);
    of_subject.next().unwrap().outcome
}

fn echo(change: impl Fn(&mut LoadResult)) -> Option<Value> {
    let mut load = fixture::load_result();
    change(&mut load);
    Some(json!({
        "measured": "echo",
        "load": load,
        "server": record::ProcessUse::default(),
        "offered_per_s": null,
    }))
}

fn flaw(flaw: Flaw) -> Value {
    serde_json::to_value(flaw).unwrap()
}

/// Whether the claim holds for `subject`, when its trials are these and all
/// other servers are without fault.
fn fault_outcome(subject: &str, trials: Trials) -> Outcome {
    let experiment = experiment(Claim::Faults);
    let evidence = evidence(&experiment, |name| {
        if name == subject {
            trials.clone()
        } else {
            vec![(Vec::new(), echo(|_| {}))]
        }
    });
    outcome(&judge(Claim::Faults, &experiment, &evidence), subject)
}

#[test]
fn a_fault_holds_only_when_it_is_named_as_itself_and_gives_no_number() {
    let missing = || flaw(Flaw::Missing { count: 3 });
    let corrupted = || flaw(Flaw::Corrupted { count: 3 });
    let disturbed = || flaw(Flaw::RateNotReached { ratio: 0.5 });
    let measured = || echo(|_| {});
    let judge = |trials| fault_outcome("drop", trials);
    assert_eq!(judge(vec![(vec![missing()], measured())]), Outcome::Held);
    assert_eq!(judge(vec![(vec![missing()], None)]), Outcome::Held);
    // Not noticed, so that the numbers are published.
    assert_eq!(judge(vec![(vec![], measured())]), Outcome::NotHeld);
    // Published from one attempt, though noticed in the next.
    let mixed = vec![(vec![], measured()), (vec![missing()], None)];
    assert_eq!(judge(mixed), Outcome::NotHeld);
    // Taken for something else, or for something else as well.
    assert_eq!(judge(vec![(vec![corrupted()], None)]), Outcome::NotHeld);
    let both = vec![missing(), corrupted()];
    assert_eq!(judge(vec![(both, None)]), Outcome::NotHeld);
    // Never tried.
    assert_eq!(judge(vec![]), Outcome::NotHeld);
    // Tried while the machine was busy; redone, it counts.
    let busy = || (vec![missing(), disturbed()], None);
    assert_eq!(judge(vec![busy()]), Outcome::Undecided);
    assert_eq!(judge(vec![(vec![disturbed()], None)]), Outcome::Undecided);
    let redone = vec![busy(), (vec![missing()], None)];
    assert_eq!(judge(redone), Outcome::Held);
}

#[test]
fn what_follows_from_a_fault_is_no_other_fault() {
    let flaws = vec![
        flaw(Flaw::Exited {
            status: "signal 6".to_owned(),
            stderr: String::new(),
        }),
        flaw(Flaw::Missing { count: 3 }),
    ];
    let judge = |subject| fault_outcome(subject, vec![(flaws.clone(), None)]);
    assert_eq!(judge("crash"), Outcome::Held);
    assert_eq!(judge("close-early"), Outcome::NotHeld);
}

#[test]
fn a_legal_peculiarity_must_be_on_record_and_be_no_flaw() {
    let judge = |subject, trial| fault_outcome(subject, vec![trial]);
    let fragments = || echo(|load| load.frames = 3 * load.completed);
    let pings = || echo(|load| load.pings_answered = 7);
    assert_eq!(judge("fragment", (vec![], fragments())), Outcome::Held);
    assert_eq!(judge("ping", (vec![], pings())), Outcome::Held);
    assert_eq!(judge("fragment", (vec![], pings())), Outcome::NotHeld);
    assert_eq!(judge("ping", (vec![], fragments())), Outcome::NotHeld);
    let violated = flaw(Flaw::ProtocolViolated {
        count: 1,
        first: "a ping".to_owned(),
    });
    assert_eq!(judge("ping", (vec![violated], pings())), Outcome::NotHeld);
}

#[test]
fn allocations_must_be_exact() {
    /// Counts of 64 messages that allocate so often each, and some more.
    fn counts(each: u64, more: u64) -> Value {
        let allocations = 64 * each + more;
        json!({
            "allocations": allocations,
            "reallocations": 0,
            "frees": allocations,
            "allocated_bytes": allocations * ALLOCATION_BYTES,
            "live_bytes": 0,
            "peak_live_bytes": 40,
        })
    }
    let measured = |each, first, second| {
        Some(json!({
            "measured": "allocations",
            "keep": 0,
            "steps": [{
                "subject": "message",
                "size_bytes": 125,
                "times": 64,
                "counts": counts(each, first),
                "counts_again": counts(each, second),
            }],
        }))
    };
    let experiment = experiment(Claim::Allocations);
    let judge = |first, second| {
        let evidence = evidence(&experiment, |name| {
            let each: u64 = name.rsplit('-').next().unwrap().parse().unwrap();
            vec![(vec![], measured(each, first, second))]
        });
        let verdicts = judge(Claim::Allocations, &experiment, &evidence);
        assert_eq!(verdicts.len(), ALLOCATIONS.len());
        let held = verdicts.iter().filter(|it| it.outcome == Outcome::Held);
        held.count()
    };
    assert_eq!(judge(0, 0), ALLOCATIONS.len());
    assert_eq!(judge(1, 1), 0, "one allocation too many");
    assert_eq!(judge(0, 1), 0, "two counts that differ");
}

#[test]
fn every_faulty_server_has_a_flag_of_its_own_and_a_server_s_flaw() {
    for Faulty { name, truth, .. } in IN_TRIAL.iter().chain(&IN_CHECK) {
        if let Truth::Flaw(kind, followers) = truth {
            assert!(is_of_server(*kind), "{name}");
            assert!(!followers.contains(kind), "{name}");
            assert!(followers.iter().all(|it| is_of_server(*it)), "{name}");
        }
    }
}
