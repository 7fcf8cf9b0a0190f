//! A server that holds every connection up once, under a fixed rate: latency
//! counts from the planned instant, and arithmetic says for how many messages
//! at least.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::process::Command;

use record::{
    ContenderLine, EncodedHistogram, Extent, GeneratorLine, Load, LoadResult, MessageKind,
    MessageShape, Protocol, Ready, Spacing, Workload,
};
use support::Program;

const RATE_PER_S: u64 = 1_000;
const STALL_MS: u64 = 200;
const CONNECTIONS: u32 = 32;
const WINDOW_MS: u64 = 1_000;

fn ready(server: &mut Program) -> Ready {
    match server.line() {
        ContenderLine::Ready(ready) => ready,
        other => panic!("{other:?}"),
    }
}

/// One window at the fixed rate, against a server that stalls at message
/// `after` of the window, or never.
fn measure(after: Option<u64>) -> LoadResult {
    // One message of each connection comes before the window.
    let fault = match after {
        Some(after) => format!("--fault=stall --after={}", u64::from(CONNECTIONS) + after),
        None => "--fault=none".to_owned(),
    };
    let mut server = Program::start(
        Command::new(support::known_server())
            .args(fault.split(' '))
            .args(["--every", "0", "--stall-ms"])
            .arg(STALL_MS.to_string()),
    );
    let ready = ready(&mut server);
    let workload = Workload {
        url: format!("ws://{}/", ready.address),
        protocol: Protocol::Websocket,
        connections: CONNECTIONS,
        threads: 1,
        load: Load::Open {
            spacing: Spacing::Even,
            rate_per_s: RATE_PER_S as f64,
        },
        message: MessageShape {
            kind: MessageKind::TextMultibyte,
            size_bytes: 64,
        },
        stagger_bytes: 0,
        warm_up: Extent::Count(0),
        lead_in: Extent::default(),
        window: Extent::DurationNs(WINDOW_MS * 1_000_000),
        grace_ns: 10_000_000_000,
        connect_timeout_ns: 10_000_000_000,
        seed: 7,
        observe_pid: None,
    };
    let mut generator = Program::start(Command::new(support::load_generator()).arg("--control"));
    let json = serde_json::to_string(&workload).unwrap();
    match generator.ask(&format!("connect {json}")) {
        GeneratorLine::Ready(connected) => {
            assert_eq!(connected.connections_up, u64::from(CONNECTIONS));
        }
        other => panic!("{other:?}"),
    }
    match generator.ask("go 0") {
        GeneratorLine::Result(result) => *result,
        other => panic!("{other:?}"),
    }
}

/// Messages that took at least `ms`. The histogram keeps three digits, so the
/// bound is that much lower.
fn at_least(histogram: &EncodedHistogram, ms: u64) -> u64 {
    let histogram = histogram.decode().unwrap();
    let bound_ns = ms * 1_000_000 / 1_000 * 998;
    histogram.count_between(bound_ns, histogram.high())
}

#[test]
fn a_stall_counts_for_every_message_that_was_due_meanwhile() {
    let result = measure(Some(300));
    assert!(result.verification.is_clean(), "{:?}", result.verification);
    assert_eq!(result.planned, RATE_PER_S * WINDOW_MS / 1_000);
    assert_eq!(result.completed, result.planned, "a send was skipped");

    // A message that was due x ms into a stall of D ms waits for D - x ms at
    // least: those of its first half wait D/2. One message is due each ms, the
    // one at each end may fall outside.
    for part in [2, 4] {
        let waited_ms = STALL_MS - STALL_MS / part;
        let due = RATE_PER_S * STALL_MS / part / 1_000;
        let late = at_least(&result.response_time, waited_ms);
        assert!(
            late >= due - 2,
            "{late} messages waited {waited_ms} ms, {due} were due by then"
        );
    }

    // A message can't be written before it is due, so what the write's clock
    // sees is never more.
    let service = result.service_time.unwrap();
    for ms in [1, 10, STALL_MS / 4, STALL_MS / 2, STALL_MS - 10] {
        assert!(at_least(&service, ms) <= at_least(&result.response_time, ms));
    }
}

#[test]
fn the_plan_does_not_depend_on_the_server() {
    let (stalled, steady) = (measure(Some(300)), measure(None));
    assert_eq!(stalled.planned, steady.planned);
    assert_eq!(stalled.sent, steady.sent);
    assert_eq!(steady.completed, steady.planned);
}
