//! The generator against servers that speak UDP or HTTP: what is right is
//! verified, and each fault is counted as what it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic, in its helpers too"
)]

mod common;
#[path = "common/others.rs"]
mod others;

use std::{
    net::{SocketAddr, UdpSocket},
    sync::Mutex,
};

use common::{run, workload};
use load_generator::{Generator, Target};
use others::{Came, response, serve_http, serve_udp};
use record::{Extent, Load, MessageKind, MessageShape, Protocol, VerificationCounts, Workload};

fn speaking(protocol: Protocol, address: SocketAddr) -> Workload {
    Workload {
        protocol,
        ..workload(address)
    }
}

fn of_size(workload: Workload, size_bytes: u64) -> Workload {
    let kind = MessageKind::TextMultibyte;
    Workload {
        message: MessageShape { kind, size_bytes },
        ..workload
    }
}

/// Corrupted, of another length, twice, missing, against the protocol.
fn faults(counts: &VerificationCounts) -> [u64; 5] {
    [
        counts.corrupted,
        counts.wrong_length,
        counts.duplicated,
        counts.missing,
        counts.protocol_violations,
    ]
}

#[test]
fn right_datagrams_are_verified_at_every_size() {
    for size_bytes in [0, 1, 125, 40_000, 65_507] {
        let address = serve_udp(|came| vec![came.payload]);
        let workload = Workload {
            // A burst of more large ones would be the test's own loss.
            load: Load::Closed {
                in_flight: if size_bytes > 10_000 { 1 } else { 4 },
            },
            stagger_bytes: 128 << 10,
            connections: 2,
            ..of_size(speaking(Protocol::Udp, address), size_bytes)
        };
        let (connected, result, closed) = run(workload);
        assert_eq!((connected.connections_up, closed.clean), (2, 2));
        let counts = &result.verification;
        assert!(counts.is_clean(), "{size_bytes}: {counts:?}");
        assert_eq!((counts.verified, result.completed), (100, 100));
        // Nothing but the payload is on the way.
        assert_eq!(result.sent_bytes, 100 * size_bytes);
        assert_eq!(result.received_bytes, 100 * size_bytes);
    }
}

#[test]
fn right_responses_are_verified_at_every_size_and_pipelined() {
    for (size_bytes, in_flight) in [(0, 1), (1, 8), (125, 16), (70_000, 1), (1 << 20, 2)] {
        let address = serve_http(|came| Some(response("200 OK", &came.payload)));
        let workload = Workload {
            load: Load::Closed { in_flight },
            stagger_bytes: 128 << 10,
            ..of_size(speaking(Protocol::Http, address), size_bytes)
        };
        let (connected, result, closed) = run(workload);
        assert_eq!((connected.connections_up, closed.clean), (4, 4));
        let counts = &result.verification;
        assert!(counts.is_clean(), "{size_bytes}: {counts:?}");
        assert_eq!((counts.verified, result.frames), (100, 100));
    }
}

/// The sixth message of the window of client 1; one opens, one is verified.
fn is_it(came: &Came) -> bool {
    came.is(1, 7)
}

#[test]
fn each_fault_of_datagrams_is_counted_as_what_it_is() {
    type Fault = fn(Came) -> Vec<Vec<u8>>;
    let all: [(&str, Fault, [u64; 5]); 5] = [
        (
            "a changed byte",
            |mut came| {
                if is_it(&came) {
                    came.payload[70] ^= 1;
                }
                vec![came.payload]
            },
            [1, 0, 0, 0, 0],
        ),
        (
            "cut short",
            |mut came| {
                if is_it(&came) {
                    came.payload.truncate(100);
                }
                vec![came.payload]
            },
            [0, 1, 0, 0, 0],
        ),
        (
            "two in one",
            |mut came| {
                if is_it(&came) {
                    came.payload.extend_from_within(..);
                }
                vec![came.payload]
            },
            [0, 1, 0, 0, 0],
        ),
        (
            "twice",
            |came| {
                let times = 1 + usize::from(is_it(&came));
                vec![came.payload; times]
            },
            [0, 0, 1, 0, 0],
        ),
        (
            "lost",
            |came| {
                let times = usize::from(!is_it(&came));
                vec![came.payload; times]
            },
            [0, 0, 0, 1, 0],
        ),
    ];
    for (name, fault, expected) in all {
        let (_, result, _) = run(speaking(Protocol::Udp, serve_udp(fault)));
        let counts = &result.verification;
        assert_eq!(faults(counts), expected, "{name}: {counts:?}");
    }
}

#[test]
fn a_lost_datagram_stops_its_client_and_neither_the_others_nor_the_window() {
    let address = serve_udp(|came| {
        let times = usize::from(!is_it(&came));
        vec![came.payload; times]
    });
    let (_, result, closed) = run(Workload {
        window: Extent::DurationNs(100_000_000),
        ..speaking(Protocol::Udp, address)
    });
    assert_eq!(result.verification.missing, 1);
    assert!(result.completed > 3 * 25, "{}", result.completed);
    assert_eq!((closed.clean, closed.unclean), (4, 0));
}

#[test]
fn an_overtaking_datagram_is_seen() {
    let held = Mutex::new(None);
    let address = serve_udp(move |came| {
        let mut held = held.lock().unwrap();
        if is_it(&came) {
            *held = Some(came.payload);
            return Vec::new();
        }
        // Whoever comes next from the same client; the others go past.
        let before = if came.client == 1 { held.take() } else { None };
        [came.payload].into_iter().chain(before).collect()
    });
    let (_, result, _) = run(Workload {
        load: Load::Closed { in_flight: 4 },
        ..speaking(Protocol::Udp, address)
    });
    let counts = &result.verification;
    assert_eq!((counts.reordered, counts.verified), (1, 99), "{counts:?}");
}

#[test]
fn a_server_of_datagrams_that_is_not_there_or_mute_is_a_failure_with_its_reason() {
    let nobody = UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mute = serve_udp(|_| Vec::new());
    let half_mute = serve_udp(|came| {
        let times = usize::from(came.number == 0);
        vec![came.payload; times]
    });
    for (address, word) in [
        (nobody, "refused"),
        (mute, "no answer"),
        (half_mute, "first message was not echoed"),
    ] {
        let (connected, result, _) = run(Workload {
            connect_timeout_ns: 100_000_000,
            ..speaking(Protocol::Udp, address)
        });
        assert_eq!(
            (connected.connections_up, connected.connections_failed),
            (0, 4)
        );
        let first = connected.first_failure.unwrap();
        assert!(first.contains(word), "{first}");
        assert_eq!(result.completed, 0);
    }
}

#[test]
fn messages_that_fit_no_datagram_are_refused() {
    let address = serve_udp(|came| vec![came.payload]);
    let workload = of_size(speaking(Protocol::Udp, address), 65_508);
    let target = Target::parse(&workload.url).unwrap();
    let error = Generator::new(workload, target).err().unwrap().to_string();
    assert!(
        error.contains("65508") && error.contains("65507"),
        "{error}"
    );
}

#[test]
fn each_fault_of_responses_is_counted_as_what_it_is() {
    type Fault = fn(Came) -> Option<Vec<u8>>;
    let all: [(&str, Fault, [u64; 5]); 6] = [
        (
            "a changed byte",
            |mut came| {
                if is_it(&came) {
                    came.payload[70] ^= 1;
                }
                Some(response("200 OK", &came.payload))
            },
            [1, 0, 0, 0, 0],
        ),
        (
            "cut short, and says so",
            |mut came| {
                if is_it(&came) {
                    came.payload.truncate(100);
                }
                Some(response("200 OK", &came.payload))
            },
            [0, 1, 0, 0, 0],
        ),
        (
            "cut short, and says nothing",
            |came| {
                let mut bytes = response("200 OK", &came.payload);
                if is_it(&came) {
                    bytes.truncate(bytes.len() - 1);
                }
                Some(bytes)
            },
            [0, 0, 0, 1, 0],
        ),
        (
            "twice",
            |came| {
                let times = 1 + usize::from(is_it(&came));
                Some(response("200 OK", &came.payload).repeat(times))
            },
            [0, 0, 1, 0, 0],
        ),
        (
            "never answered",
            |came| {
                let times = usize::from(!is_it(&came));
                Some(response("200 OK", &came.payload).repeat(times))
            },
            [0, 0, 0, 1, 0],
        ),
        (
            "refused",
            |came| {
                let status = if is_it(&came) {
                    "413 Too Large"
                } else {
                    "200 OK"
                };
                Some(response(status, &came.payload))
            },
            [0, 0, 0, 1, 1],
        ),
    ];
    for (name, fault, expected) in all {
        let (_, result, _) = run(speaking(Protocol::Http, serve_http(fault)));
        let counts = &result.verification;
        assert_eq!(faults(counts), expected, "{name}: {counts:?}");
    }
}

#[test]
fn a_connection_that_does_not_stay_open_is_counted() {
    let address = serve_http(|came| {
        let echo = response("200 OK", &came.payload);
        (!is_it(&came)).then_some(echo)
    });
    let (_, result, _) = run(speaking(Protocol::Http, address));
    let counts = &result.verification;
    assert_eq!(counts.closed + counts.reset, 1, "{counts:?}");
    assert_eq!(counts.missing, 1);
}

#[test]
fn an_answer_that_opens_nothing_is_a_failure_with_its_reason() {
    for (answer, word) in [
        (response("404 Not Found", b""), "404"),
        (response("200 OK", b"hello"), "has a body"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec(), "status line"),
    ] {
        let address = serve_http(move |_| Some(answer.clone()));
        let (connected, _, _) = run(speaking(Protocol::Http, address));
        assert_eq!(connected.connections_failed, 4);
        let first = connected.first_failure.unwrap();
        assert!(first.contains(word), "{first}");
    }
}

#[test]
fn a_handshake_over_http_is_one_empty_exchange() {
    let address = serve_http(|came| {
        assert!(came.payload.is_empty());
        Some(response("200 OK", b""))
    });
    let (_, result, _) = run(Workload {
        load: Load::Handshakes { concurrency: 2 },
        window: Extent::Count(20),
        ..speaking(Protocol::Http, address)
    });
    let handshakes = result.handshakes.unwrap();
    assert_eq!(
        (
            handshakes.completed,
            handshakes.failed,
            handshakes.not_closed
        ),
        (20, 0, 0)
    );
}
