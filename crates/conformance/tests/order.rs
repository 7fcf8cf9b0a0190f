//! A stream is judged by what came, not by how it was cut into reads, nor by how
//! busy the machine was.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::time::Duration;

use conformance::{Limits, replay};
use record::{Behaviour, CloseBehaviour};
use support::{Fault, TestServer, run};

/// An echo and, at once, a Close frame: whoever reads both together must not
/// think that the server closed first.
#[test]
fn an_echo_and_a_close_in_one_read_are_one_after_the_other() {
    let case = support::cases(&["1.1.1"]).remove(0);
    let stream: &[u8] = b"\x81\x00\x88\x02\x03\xe8";
    let (together, verdict) = replay(&case, [stream], 1);
    assert_eq!(verdict.behaviour, Behaviour::Ok);
    assert_eq!(verdict.close, CloseBehaviour::Ok);
    assert!(together.ended_by_client);
    for length in 1..stream.len() {
        let (apart, _) = replay(&case, stream.chunks(length), 1);
        assert_eq!(apart, together, "{length}");
    }
}

/// Slower than the suite's second, faster than three of them.
#[test]
fn a_limit_that_runs_out_decides_nothing_when_the_answer_comes() {
    let server = TestServer::echo(Fault::Slow);
    let cases = ["1.1.1", "1.2.2", "7.7.1"];
    let records = run(&server, &cases, &Limits::default()).cases;
    assert_eq!(records.len(), 3);
    for record in records {
        assert!(record.verdict.is_good(), "{record:?}");
        assert_eq!(record.attempts, [record.verdict; 2]);
        let note = record.explanation.unwrap().note.unwrap();
        assert!(note.contains("time limit"), "{note}");
    }
}

#[test]
fn a_server_that_never_answers_is_not_waited_for_a_third_time() {
    let server = TestServer::echo(Fault::NoPong);
    let limits = Limits {
        longest_case: Duration::from_millis(500),
        ..Limits::default()
    };
    let record = run(&server, &["2.2"], &limits).cases.remove(0);
    assert_eq!(record.verdict.behaviour, Behaviour::Failed);
    assert_eq!(record.attempts.len(), 2);
}
