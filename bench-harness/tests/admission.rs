//! The admission test against servers that are right, or wrong in one known way:
//! each breaks the rule that is about it, and no other.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{fs, process::Output};

use record::{
    AdmissionReport, AdmissionRule, NotApplicable, Received, RuleOutcome, RuleOutcome::Failed,
};
use serde_json::Value;
use support::{
    assert_exit, external, harness, load_generator,
    schemas::{assert_text_valid, assert_valid, schema},
};

/// A message in the middle of those whose order is looked at. The check before a
/// run sends fewer, to a server of its own; ten come before the thousand.
const IN_ORDER: u64 = 500;

/// That message's number among the thousand, from 1.
const DUE: u64 = IN_ORDER - 10 + 1;

/// A message among those that are counted.
const IN_COUNT: u64 = 1_100;

/// The last one of them.
const LAST_COUNTED: u64 = 10 + 1_000 + 256 - 1;

/// Checks known servers, by name and arguments.
fn check(servers: &[(&str, String)], arguments: &[&str]) -> Output {
    let mut command = harness();
    command
        .args(["check", "--time-limit", "2s", "--load-generator"])
        .arg(load_generator())
        .args(arguments);
    for (name, server) in servers {
        command.args(external(name, server)).arg(name);
    }
    command.output().unwrap()
}

fn reports(servers: &[(&str, String)], code: i32) -> Vec<AdmissionReport> {
    let output = check(servers, &["--json"]);
    assert_exit(&output, code);
    let printed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let of_report = schema("admission.v1.schema.json");
    for report in &printed {
        assert_valid(&of_report, report, "check --json");
    }
    let reports: Vec<AdmissionReport> = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<_> = reports
        .iter()
        .map(|it| it.entry.contender.clone())
        .collect();
    let mut expected: Vec<_> = servers.iter().map(|(name, _)| (*name).to_owned()).collect();
    expected.sort();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
    reports
}

/// The rules that it breaks. That text is no UTF-8 is looked at by no known
/// server.
fn broken(report: &AdmissionReport) -> Vec<AdmissionRule> {
    let results = report.results.iter();
    results
        .filter(|result| matches!(result.outcome, Failed { .. }))
        .map(|result| result.rule)
        .filter(|&rule| rule != AdmissionRule::Utf8Checked)
        .collect()
}

fn received(report: &AdmissionReport, rule: AdmissionRule) -> &Received {
    match report.outcome(rule) {
        Some(Failed { received, .. }) => received,
        other => panic!("{}: {rule}: {other:?}", report.entry),
    }
}

fn of<'a>(reports: &'a [AdmissionReport], name: &str) -> &'a AdmissionReport {
    let found = reports.iter().find(|it| it.entry.contender == name);
    found.unwrap()
}

#[test]
fn what_rfc_6455_allows_is_admitted() {
    let servers = ["none", "fragment", "ping"].map(|it| (it, format!("--fault {it}")));
    for report in reports(&servers, 0) {
        assert_eq!(broken(&report), [], "{}", report.entry);
        assert!(report.is_admitted());
        assert_eq!(
            report.outcome(AdmissionRule::Utf8CloseCode),
            Some(&RuleOutcome::NotApplicable {
                reason: NotApplicable::Utf8NotChecked
            })
        );
        // One for each of four connections, one that answers commands, and one
        // that accepts: a given program can't declare that one. Those of closed
        // connections may still be ending.
        let threads = report.outcome(AdmissionRule::Threads);
        assert!(
            matches!(threads, Some(RuleOutcome::NotApplicable {
                reason: NotApplicable::Undeclared { names }
            }) if names.len() >= 6),
            "{threads:?}"
        );
        assert_eq!(report.results.len(), AdmissionRule::ALL.len());
    }
}

#[test]
fn one_wrong_message_of_a_thousand_is_found_and_named() {
    let then = |then| Received::TooFew {
        messages: DUE - 1,
        then: Box::new(then),
    };
    let expected = [
        (
            "corrupt-byte",
            Received::WrongBytes {
                message: DUE,
                offset_bytes: 63,
            },
        ),
        ("swap-opcode", Received::WrongOpcode { text: true }),
        (
            "drop",
            Received::OutOfOrder {
                due: DUE,
                came: DUE + 1,
            },
        ),
        (
            "duplicate",
            Received::OutOfOrder {
                due: DUE + 1,
                came: DUE,
            },
        ),
        (
            "reorder",
            Received::OutOfOrder {
                due: DUE,
                came: DUE + 1,
            },
        ),
        (
            "truncate",
            Received::WrongLength {
                message: DUE,
                size_bytes: 63,
                expected_bytes: 64,
            },
        ),
        (
            "merge",
            Received::WrongLength {
                message: DUE,
                size_bytes: 128,
                expected_bytes: 64,
            },
        ),
        ("close-early", then(Received::Close { code: Some(1001) })),
        (
            "hang",
            then(Received::Nothing {
                waited_ns: 2_000_000_000,
            }),
        ),
        (
            "exit-mid-run",
            Received::Exited {
                status: "exit code 3".to_owned(),
            },
        ),
    ];
    let servers: Vec<_> = expected
        .iter()
        .map(|(fault, _)| {
            (
                *fault,
                format!("--fault {fault} --after {IN_ORDER} --every 0"),
            )
        })
        .collect();
    let reports = reports(&servers, 4);
    for (fault, what) in &expected {
        let report = of(&reports, fault);
        assert_eq!(broken(report), [AdmissionRule::Order], "{fault}");
        assert_eq!(received(report, AdmissionRule::Order), what, "{fault}");
        assert!(!report.is_admitted());
    }
}

#[test]
fn work_that_is_not_equal_is_found() {
    let server = |fault: &str, after| format!("--fault {fault} --after {after} --every 0");
    let servers = [
        ("merge", server("merge", IN_COUNT)),
        ("drop", server("drop", IN_COUNT)),
        ("crash", server("crash", IN_COUNT)),
        ("one-more", server("duplicate", LAST_COUNTED)),
        ("one-less", server("drop", LAST_COUNTED)),
    ];
    let reports = reports(&servers, 4);
    for report in &reports {
        assert_eq!(
            broken(report),
            [AdmissionRule::EqualWork],
            "{}",
            report.entry
        );
    }
    let named = |name: &str| received(of(&reports, name), AdmissionRule::EqualWork).clone();
    assert!(matches!(named("merge"), Received::WrongLength { .. }));
    assert!(matches!(named("drop"), Received::OutOfOrder { .. }));
    assert!(matches!(named("crash"), Received::Exited { .. }));
    // Only what comes before the ping's answer tells that one was too many.
    assert!(matches!(named("one-more"), Received::Message { .. }));
    let Received::TooFew { messages, .. } = named("one-less") else {
        panic!("{:?}", named("one-less"));
    };
    assert_eq!(messages, 255);
}

#[test]
fn what_a_server_never_does_right_breaks_its_own_rule() {
    use AdmissionRule::{
        Close, CloseCode, CloseWithoutCode, EndAfterClose, FragmentInsideCharacter, Fragments,
        NoDelay, Ping, PongInsideMessage, QuickCheck,
    };
    let expected: [(&str, &[AdmissionRule]); 5] = [
        ("no-pong", &[Fragments, Ping, PongInsideMessage]),
        ("split-fragments", &[Fragments, FragmentInsideCharacter]),
        (
            "no-close",
            &[QuickCheck, Close, CloseCode, CloseWithoutCode],
        ),
        ("other-close-code", &[CloseCode, CloseWithoutCode]),
        ("nagle", &[NoDelay]),
    ];
    let servers = expected.map(|(fault, _)| (fault, format!("--fault {fault}")));
    let reports = reports(&servers, 4);
    for (fault, rules) in expected {
        let mut found = broken(of(&reports, fault));
        if fault == "no-pong" {
            // The fence behind the messages is a ping as well.
            found.retain(|rule| !matches!(rule, AdmissionRule::Order | AdmissionRule::EqualWork));
        }
        assert_eq!(found, rules, "{fault}");
        let is_shown_only = fault == "other-close-code";
        assert_eq!(of(&reports, fault).is_admitted(), is_shown_only, "{fault}");
    }
    let nagle = received(of(&reports, "nagle"), NoDelay);
    assert_eq!(*nagle, Received::NoDelayOff);
    let closed = received(of(&reports, "no-close"), Close);
    assert_eq!(*closed, Received::Ended);
    assert!(
        of(&reports, "no-close").outcome(EndAfterClose)
            == Some(&RuleOutcome::Passed { fact: None })
    );
}

#[test]
fn who_opens_no_connection_is_not_asked_further() {
    let servers = ["bad-accept", "never-ready", "exit-at-once"]
        .map(|fault| (fault, format!("--fault {fault}")));
    let reports = reports(&servers, 4);
    let refused = of(&reports, "bad-accept");
    assert_eq!(
        broken(refused),
        [AdmissionRule::QuickCheck, AdmissionRule::Handshake]
    );
    let Received::BadOpening { error } = received(refused, AdmissionRule::Handshake) else {
        panic!("{refused:?}");
    };
    assert!(error.contains("Sec-WebSocket-Accept"), "{error}");
    for name in ["never-ready", "exit-at-once"] {
        let report = of(&reports, name);
        assert_eq!(broken(report), [AdmissionRule::QuickCheck], "{name}");
        assert_eq!(
            report.outcome(AdmissionRule::Text),
            Some(&RuleOutcome::NotApplicable {
                reason: NotApplicable::NoConnection
            })
        );
    }
}

#[test]
fn the_text_says_what_was_sent_and_what_came_back() {
    let fault = format!("--fault corrupt-byte --after {IN_ORDER} --every 0");
    let output = check(&[("liar", fault)], &[]);
    assert_exit(&output, 4);
    // How many threads of closed connections are still ending is chance.
    let printed = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = printed
        .lines()
        .filter(|line| !line.contains("no thread but those declared"))
        .collect();
    insta::assert_snapshot!("liar", lines.join("\n"));
}

#[test]
fn reports_are_saved_as_their_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let save = format!("--save={}", folder.path().join("reports").display());
    let output = check(&[("good", String::new())], &[&save]);
    assert_exit(&output, 0);
    let path = folder.path().join("reports/good.default.json");
    let saved = fs::read_to_string(path).unwrap();
    assert_text_valid(&schema("admission.v1.schema.json"), &saved, "saved");
}

#[test]
fn unknown_names_are_usage_errors() {
    let output = check(&[], &["nonesuch"]);
    assert_exit(&output, 2);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("nonesuch") && said.contains("tungstenite"),
        "{said}"
    );
}
