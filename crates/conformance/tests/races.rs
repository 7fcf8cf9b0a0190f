//! Cases that allow either of two outcomes have the same verdict each time.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use conformance::{CaseTable, Limits};
use record::Behaviour;
use support::{Fault, TestServer, cases, echo, run};

const RACES: [&str; 10] = [
    "3.2", "3.3", "3.4", "4.1.3", "4.1.4", "4.1.5", "4.2.3", "4.2.4", "4.2.5", "5.15",
];

#[test]
fn the_races_are_the_cases_of_a_message_with_an_illegal_frame_behind_it() {
    let all = CaseTable::built_in().unwrap().cases;
    let races: Vec<String> = all
        .iter()
        .filter(|it| it.is_race())
        .map(|it| it.id.to_string())
        .collect();
    assert_eq!(races, RACES);
    for case in all {
        assert_eq!(case.trials(), if case.is_race() { 5 } else { 1 });
    }
    // There the client waits, and how soon a server fails is its own choice.
    assert!(!cases(&["6.4.3"])[0].is_race());
}

/// A server that loses the echo on one connection of so many.
fn loses_one_in(count: usize) -> TestServer {
    let served = Arc::new(AtomicUsize::new(0));
    TestServer::start(move |stream| {
        let number = served.fetch_add(1, Ordering::SeqCst);
        let loses = number % count == count - 1;
        let fault = if loses {
            Fault::DropsEchoes
        } else {
            Fault::None
        };
        echo(stream, fault);
    })
}

#[test]
fn an_echo_that_comes_only_sometimes_is_non_strict_in_every_run() {
    for count in [2, 5] {
        let server = loses_one_in(count);
        for id in RACES.iter().cycle().take(40) {
            let record = run(&server, &[id], &Limits::default()).cases.remove(0);
            assert_eq!(record.verdict.behaviour, Behaviour::NonStrict, "{id}");
            assert_eq!(record.attempts.len(), 5, "{id}");
            let note = record.explanation.unwrap().note.unwrap();
            assert!(note.contains("worst verdict of 5 runs"), "{note}");
        }
    }
}

#[test]
fn a_server_that_always_echoes_has_five_good_runs_and_nothing_to_explain() {
    let server = TestServer::echo(Fault::None);
    for record in run(&server, &RACES, &Limits::default()).cases {
        assert!(record.verdict.is_good(), "{record:?}");
        assert_eq!(record.attempts, [record.verdict; 5]);
        assert_eq!(record.explanation, None);
    }
}
