//! Groups 12 and 13 against servers that do permessage-deflate well, badly, and
//! not at all.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use conformance::Limits;
use record::{Behaviour, CaseRecord, CloseBehaviour, ConnectionEnd};
use support::{Compression, TestServer, compressed_echo, run};

const PLAIN: &str = "permessage-deflate";
const FORGETS: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
const SMALL: &str = "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; \
                     client_max_window_bits=9";

fn of(compression: Compression, patterns: &[&str]) -> Vec<CaseRecord> {
    let server = TestServer::start(move |stream| compressed_echo(stream, compression));
    let limits = Limits {
        confirmations: 0,
        ..Limits::default()
    };
    let outcome = run(&server, patterns, &limits);
    assert_eq!(outcome.cut_short, None);
    outcome.cases
}

fn verdicts(compression: Compression, patterns: &[&str]) -> Vec<(Behaviour, CloseBehaviour)> {
    of(compression, patterns)
        .iter()
        .map(|it| (it.verdict.behaviour, it.verdict.close))
        .collect()
}

const GOOD: (Behaviour, CloseBehaviour) = (Behaviour::Ok, CloseBehaviour::Ok);

#[test]
fn good_servers_are_good_whatever_they_agree_to() {
    let some = ["12.1.1", "12.2.3", "12.5.2", "13.1.2", "13.7.1"];
    for answer in [PLAIN, FORGETS, SMALL] {
        let found = verdicts(Compression::Accepted(answer), &some);
        assert_eq!(found, [GOOD; 5], "{answer}");
    }
    let asked = ["13.2.1", "13.3.1", "13.5.1"];
    assert_eq!(
        verdicts(Compression::Accepted(SMALL), &asked),
        [GOOD; 3],
        "all that is asked is there"
    );
    assert_eq!(
        verdicts(Compression::Accepted(FORGETS), &["13.3.1", "13.5.1"]),
        [GOOD; 2],
        "the suite takes an answer without server_max_window_bits"
    );
    assert_eq!(verdicts(Compression::Unused, &["12.1.1"]), [GOOD]);
}

#[test]
fn fragments_of_a_compressed_message_are_one_message() {
    assert_eq!(
        verdicts(Compression::Accepted(FORGETS), &["12.4.11"]),
        [GOOD]
    );
}

#[test]
fn where_nothing_is_agreed_on_one_case_of_a_subgroup_says_so() {
    let records = of(Compression::Ignored, &["12.1.*", "13.6.*"]);
    let ids: Vec<&str> = records.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["12.1.1", "13.6.1"]);
    for record in records {
        assert_eq!(record.verdict.behaviour, Behaviour::Unimplemented);
        assert_eq!(record.verdict.close, CloseBehaviour::Ok);
        assert_eq!(record.explanation, None);
    }
}

#[test]
fn faults_are_found() {
    let failed = |compression, id| {
        let record = of(compression, &[id]).remove(0);
        assert_eq!(
            record.verdict.behaviour,
            Behaviour::Failed,
            "{compression:?}"
        );
        record.observed
    };
    let remembers = failed(Compression::Remembers, "12.1.2");
    assert!(remembers.events.len() < 3, "{remembers:?}");
    let changes = failed(Compression::Changes, "12.1.1");
    assert_eq!(changes.events.len(), 10);
    let garbage = failed(Compression::Garbage, "12.1.1");
    let violation = garbage.violation.unwrap();
    assert!(violation.contains("RFC 7692"), "{violation}");
    for (answer, word) in [
        ("x-webkit-deflate-frame", "not offered"),
        ("permessage-deflate; shiny", "the parameter \"shiny\""),
    ] {
        let refused = failed(Compression::Accepted(answer), "13.5.1");
        let ConnectionEnd::NeverOpen { error } = refused.end else {
            panic!("{answer} was taken");
        };
        assert!(error.contains(word), "{error}");
    }
}
