//! Verdicts on servers whose faults are known.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use conformance::Limits;
use record::{Behaviour, CaseRecord, CloseBehaviour};
use support::{Fault, TestServer, run, verdicts};

const ONCE: Limits = Limits {
    concurrency: 32,
    large_concurrency: 2,
    confirmations: 0,
    longest_case: std::time::Duration::from_secs(60),
    longest_run: std::time::Duration::from_secs(600),
};

fn of(fault: Fault, patterns: &[&str]) -> Vec<CaseRecord> {
    let outcome = run(&TestServer::echo(fault), patterns, &ONCE);
    assert_eq!(outcome.cut_short, None);
    outcome.cases
}

/// Every case has this verdict.
fn all(fault: Fault, patterns: &[&str], behaviour: Behaviour, close: CloseBehaviour) {
    for record in of(fault, patterns) {
        assert_eq!(
            (record.verdict.behaviour, record.verdict.close),
            (behaviour, close),
            "{fault:?}, {}: {:?}",
            record.id,
            record.observed
        );
        assert_eq!(record.explanation.is_some(), !record.verdict.is_good());
    }
}

#[test]
fn a_good_server_is_good_in_all_cases() {
    let small = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"];
    let records = of(Fault::None, &small);
    assert_eq!(records.len(), 247);
    let informational: Vec<&str> = records
        .iter()
        .filter(|it| it.verdict.behaviour == Behaviour::Informational)
        .map(|it| it.id.as_str())
        .collect();
    assert_eq!(informational, ["7.1.6", "7.13.1", "7.13.2"]);
    let bad: Vec<_> = records.iter().filter(|it| !it.verdict.is_good()).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn large_messages_come_back() {
    let some = [
        "9.1.4", "9.2.1", "9.3.5", "9.4.9", "9.5.6", "9.6.4", "9.7.2", "9.8.6",
    ];
    all(Fault::None, &some, Behaviour::Ok, CloseBehaviour::Ok);
}

#[test]
fn text_that_nobody_looks_at_fails() {
    let bad = ["6.3.*", "6.16.*", "6.20.3"];
    all(
        Fault::NoUtf8Check,
        &bad,
        Behaviour::Failed,
        CloseBehaviour::Failed,
    );
    all(
        Fault::NoUtf8Check,
        &["6.5.*"],
        Behaviour::Ok,
        CloseBehaviour::Ok,
    );
}

#[test]
fn text_that_is_looked_at_late_is_not_strict() {
    all(
        Fault::LateUtf8Check,
        &["6.3.*"],
        Behaviour::Ok,
        CloseBehaviour::Ok,
    );
    all(
        Fault::LateUtf8Check,
        &["6.4.*"],
        Behaviour::NonStrict,
        CloseBehaviour::Ok,
    );
}

#[test]
fn reserved_bits_that_are_ignored_fail() {
    let one = ["3.1", "3.5", "3.6"];
    all(
        Fault::IgnoresReservedBits,
        &one,
        Behaviour::Failed,
        CloseBehaviour::Failed,
    );
    // What breaks a rule is no message, so the list of events is the right one;
    // but it was the client that had to end the connection.
    let records = of(Fault::ReturnsReservedBits, &["3.1"]);
    let verdict = records[0].verdict;
    assert_eq!(verdict.behaviour, Behaviour::Ok);
    assert_eq!(verdict.close, CloseBehaviour::Failed);
    let violation = records[0].observed.violation.as_deref().unwrap();
    assert!(violation.contains("section 5.2"), "{violation}");
}

#[test]
fn ends_are_told_apart() {
    use Behaviour as B;
    use CloseBehaviour as C;
    let errors = ["2.5", "3.1", "4.1.1", "5.1", "6.3.1"];
    all(Fault::NoCloseFrame, &errors, B::Ok, C::Ok);
    all(
        Fault::WrongCode,
        &["2.5", "4.2.1", "6.3.2"],
        B::Ok,
        C::WrongCode,
    );
    all(
        Fault::WrongCode,
        &["7.9.1", "7.3.2"],
        B::Failed,
        C::WrongCode,
    );
    all(Fault::ReturnsClosePayload, &["7.7.*"], B::Ok, C::Ok);
    all(
        Fault::ReturnsClosePayload,
        &["7.9.*"],
        B::Failed,
        C::WrongCode,
    );
    all(Fault::NoCloseReply, &["1.1.1", "7.7.1"], B::Ok, C::Unclean);
    // The time limit of this case comes before that of the server.
    all(
        Fault::KeepsTcp,
        &["1.1.1", "7.7.1"],
        B::Ok,
        C::FailedByClient,
    );
    all(Fault::KeepsTcp, &["1.1.6"], B::Ok, C::Unclean);
    all(Fault::TalksAfterClose, &["7.7.1"], B::Failed, C::Ok);
}

#[test]
fn answers_must_be_what_was_sent() {
    use Behaviour as B;
    // The client gave up with 1001, which came back.
    all(
        Fault::SwapsOpcode,
        &["1.1.2"],
        B::Failed,
        CloseBehaviour::WrongCode,
    );
    all(Fault::SwapsOpcode, &["1.2.2"], B::Ok, CloseBehaviour::Ok);
    all(Fault::NoPong, &["2.2"], B::Failed, CloseBehaviour::Ok);
    all(Fault::Pings, &["1.1.2", "9.7.1"], B::Ok, CloseBehaviour::Ok);
    let masked = of(Fault::Masks, &["1.1.2"]);
    assert_eq!(masked[0].verdict.behaviour, B::Failed);
    assert!(
        masked[0]
            .observed
            .violation
            .as_deref()
            .unwrap()
            .contains("masked")
    );
}

#[test]
fn what_does_not_go_well_is_confirmed() {
    let limits = Limits {
        confirmations: 2,
        ..ONCE
    };
    let server = TestServer::echo(Fault::SwapsOpcode);
    let outcome = run(&server, &["1.1.2", "1.2.2"], &limits);
    let attempts: Vec<usize> = outcome.cases.iter().map(|it| it.attempts.len()).collect();
    assert_eq!(attempts, [3, 0]);
}

#[test]
fn a_verdict_that_changes_is_shown_with_all_of_them() {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    let count = Arc::new(AtomicUsize::new(0));
    let server = TestServer::start(move |stream| {
        // The probe connections of nobody else come here: the first is the case.
        let fault = match count.fetch_add(1, Ordering::SeqCst) {
            0 => Fault::SwapsOpcode,
            _ => Fault::None,
        };
        support::echo(stream, fault);
    });
    let limits = Limits {
        confirmations: 2,
        ..ONCE
    };
    let record = run(&server, &["1.1.2"], &limits).cases.remove(0);
    assert_eq!(record.verdict.behaviour, Behaviour::Ok);
    let attempts: Vec<Behaviour> = record.attempts.iter().map(|it| it.behaviour).collect();
    assert_eq!(attempts, [Behaviour::Failed, Behaviour::Ok, Behaviour::Ok]);
    assert!(record.explanation.is_some());
}

#[test]
fn an_interrupted_run_says_so() {
    let server = TestServer::echo(Fault::None);
    let cases = support::cases(&["1.*"]);
    let outcome = conformance::run(&cases, &server.endpoint(), &ONCE, 1, &|_| {}, &|| true);
    assert_eq!(outcome.cases, []);
    assert_eq!(outcome.cut_short, Some(record::CutShort::Interrupted));
}

#[test]
fn the_seed_decides_masks_not_verdicts() {
    let server = TestServer::echo(Fault::None);
    let cases = support::cases(&["1.*", "5.3", "7.7.*"]);
    let of_seed = |seed| {
        let endpoint = server.endpoint();
        let outcome = conformance::run(&cases, &endpoint, &ONCE, seed, &|_| {}, &|| false);
        verdicts(&outcome.cases)
    };
    assert_eq!(of_seed(1), of_seed(2));
}
