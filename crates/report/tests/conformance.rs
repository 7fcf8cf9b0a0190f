//! The pages on conformance, byte for byte.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "support/cases.rs"]
mod cases;
#[path = "support/report_files.rs"]
mod report_files;

use cases::{case, observed, report as of};
use record::{
    Behaviour, CONFORMANCE_VERSION, CaseExplanation, CaseRecord, CaseVerdict, CloseBehaviour,
    ConformanceReport, ConnectionEnd, CutShort, Flaw, Observed, ObservedEvent, TestedServer,
    Variant,
};
use report::{conformance_summary, read_conformance, render_conformance};
use report_files::{assert_refuses_others, assert_survive};

fn verdict(behaviour: Behaviour, close: CloseBehaviour) -> CaseVerdict {
    CaseVerdict { behaviour, close }
}

const GOOD: CaseVerdict = CaseVerdict {
    behaviour: Behaviour::Ok,
    close: CloseBehaviour::Ok,
};

fn good(id: &str) -> CaseRecord {
    let mut case = case(id, Behaviour::Ok, CloseBehaviour::Ok);
    case.observed.events.push(ObservedEvent::Pong {
        payload_hex: String::new(),
    });
    case
}

fn told(
    id: &str,
    verdict: CaseVerdict,
    observed: Observed,
    section: &str,
    sends: &str,
) -> CaseRecord {
    CaseRecord {
        id: id.to_owned(),
        verdict,
        attempts: vec![verdict; 3],
        observed,
        explanation: Some(CaseExplanation {
            sends: sends.to_owned(),
            expects: "no message and no pong".to_owned(),
            expects_close: "the server ends the connection, with code 1002 or none".to_owned(),
            section: section.to_owned(),
            rule: format!("What {section} says."),
            note: None,
        }),
    }
}

fn contender(library: &str) -> TestedServer {
    TestedServer::Contender {
        library: library.to_owned(),
        version: "1.2.3".to_owned(),
        runtime: "tokio".to_owned(),
        variant: Variant::Default,
    }
}

/// A good server, one with faults of every kind, one that died, one of a user.
fn reports() -> Vec<ConformanceReport> {
    use Behaviour as B;
    use CloseBehaviour as C;
    let section = "RFC 6455 section 5.2";
    let echoed = Observed {
        events: vec![
            ObservedEvent::Message {
                text: true,
                length_bytes: 300,
                start_hex: "2a".repeat(32),
            },
            ObservedEvent::StillOpen {
                wait: "A".to_owned(),
            },
        ],
        events_left_out: 7,
        close_code: None,
        close_frames: 0,
        ..observed(ConnectionEnd::NoCloseReply)
    };
    let violated = Observed {
        violation: Some("the server masked a frame (RFC 6455 section 5.1)".to_owned()),
        ended_by_client: false,
        ..observed(ConnectionEnd::Violation)
    };
    let never = observed(ConnectionEnd::NeverOpen {
        error: "the server answered with status 403 \"No|thing\" instead of 101".to_owned(),
    });
    let mut flaky = told(
        "5.3",
        GOOD,
        observed(ConnectionEnd::ClosedByServer),
        "RFC 6455 section 5.4",
        "Two fragments",
    );
    flaky.attempts = vec![verdict(B::Failed, C::Unclean), GOOD, GOOD];
    let mut noted = told(
        "7.1.6",
        verdict(B::Informational, C::Informational),
        observed(ConnectionEnd::TimeLimit),
        section,
        "Much",
    );
    if let Some(explanation) = &mut noted.explanation {
        explanation.note = Some("Always INFORMATIONAL.".to_owned());
    }
    let mut late = of("slow", contender("slow-ws"), vec![good("1.1.1")]);
    late.cut_short = Some(CutShort::TimeUp {
        limit_ns: 600_000_000_000,
    });
    let mut dead = of("dead", contender("dead-ws"), Vec::new());
    dead.cut_short = Some(CutShort::ServerFailed {
        flaw: Flaw::Exited {
            status: "signal 11".to_owned(),
            stderr: String::new(),
        },
    });
    vec![
        of(
            "good",
            contender("good-ws"),
            vec![good("1.1.1"), good("10.1.1")],
        ),
        of(
            "poor",
            contender("poor_ws"),
            vec![
                good("2.1"),
                told(
                    "3.1",
                    verdict(B::Failed, C::Failed),
                    echoed,
                    section,
                    "RSV | 1",
                ),
                told("3.2", verdict(B::Ok, C::Failed), violated, section, "RSV2"),
                told(
                    "3.3",
                    verdict(B::NonStrict, C::WrongCode),
                    observed(ConnectionEnd::ResetByServer),
                    section,
                    "RSV3",
                ),
                told(
                    "4.1.1",
                    verdict(B::Failed, C::Failed),
                    never,
                    section,
                    "Opcode 3",
                ),
                flaky,
                noted,
            ],
        ),
        late,
        dead,
        of(
            "ws://127.0.0.1:9001/",
            TestedServer::Url {
                url: "ws://127.0.0.1:9001/".to_owned(),
            },
            vec![good("1.1.1")],
        ),
    ]
}

#[test]
fn pages_are_these() {
    for file in render_conformance(&reports()) {
        insta::assert_snapshot!(file.name, file.text);
    }
}

#[test]
fn terminal_is_this() {
    insta::assert_snapshot!("conformance-terminal", conformance_summary(&reports()));
}

#[test]
fn reports_survive_their_file_and_fit_their_schema() {
    let schema = format!("conformance.v{CONFORMANCE_VERSION}.schema.json");
    assert_survive(&reports(), &schema, read_conformance);
}

#[test]
fn another_version_is_refused_by_name() {
    assert_refuses_others(&reports()[0], "conformance", read_conformance);
}
