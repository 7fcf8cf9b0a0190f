//! The generator against servers whose behaviour is known.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic, in its helpers too"
)]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use common::{Arrived, echo, frame, serve, workload};
use load_generator::{Generator, Target};
use record::{
    Connected, Disconnected, Extent, Load, LoadResult, MessageKind, MessageShape, Workload,
};
use wire::Opcode;

fn run(workload: Workload) -> (Connected, LoadResult, Disconnected) {
    let target = Target::parse(&workload.url).unwrap();
    let mut generator = Generator::new(workload, target).unwrap();
    let connected = generator.connect().unwrap();
    let result = generator.go(0).unwrap();
    let closed = generator.disconnect().unwrap();
    (connected, result, closed)
}

/// The `n`-th message of a window; the first of a connection opens it.
fn is(message: &Arrived, connection: usize, sequence: u64) -> bool {
    message.connection == connection && message.sequence == sequence
}

#[test]
fn right_echoes_are_all_verified_at_any_size_and_kind() {
    let address = serve(|message| Some(echo(&message)));
    for kind in [
        MessageKind::Binary,
        MessageKind::TextAscii,
        MessageKind::TextMultibyte,
    ] {
        for size_bytes in [0, 1, 9, 10, 11, 125, 126, 65_535, 65_536, 1 << 20] {
            let (connected, result, closed) = run(Workload {
                message: MessageShape { kind, size_bytes },
                ..workload(address)
            });
            assert_eq!(connected.connections_up, 4);
            assert!(connected.verification.is_clean());
            assert!(result.verification.is_clean(), "{:?}", result.verification);
            assert_eq!(result.verification.verified, 100);
            assert_eq!((result.sent, result.completed), (100, 100));
            assert_eq!(result.response_time.decode().unwrap().len(), 100);
            assert_eq!((closed.clean, closed.unclean), (4, 0));
            assert!(closed.verification.is_clean());
        }
    }
}

#[test]
fn sixty_four_mebibytes_come_back_verified() {
    let address = serve(|message| Some(echo(&message)));
    let (connected, result, _) = run(Workload {
        connections: 1,
        message: MessageShape {
            kind: MessageKind::TextMultibyte,
            size_bytes: load_generator::MAX_MESSAGE_BYTES,
        },
        window: Extent::Count(1),
        grace_ns: 60_000_000_000,
        connect_timeout_ns: 60_000_000_000,
        ..workload(address)
    });
    assert_eq!(connected.verification.verified, 1);
    assert_eq!(result.verification.verified, 1);
}

#[test]
fn many_in_flight_and_many_threads_share_the_count_exactly() {
    let address = serve(|message| Some(echo(&message)));
    for (threads, connections, in_flight, count) in [(1, 3, 16, 1_000), (3, 7, 2, 1_001)] {
        let (connected, result, _) = run(Workload {
            threads,
            connections,
            load: Load::Closed { in_flight },
            window: Extent::Count(count),
            ..workload(address)
        });
        assert_eq!(connected.connections_up, u64::from(connections));
        assert!(result.verification.is_clean());
        assert_eq!(result.completed, count);
    }
}

#[test]
fn a_fragmented_echo_with_a_ping_inside_is_one_message() {
    let address = serve(|message| {
        let (front, back) = message.payload.split_at(40);
        let mut bytes = frame(message.opcode, false, front);
        bytes.extend(frame(Opcode::Ping, true, b"are you there"));
        bytes.extend(frame(Opcode::Continuation, false, b""));
        bytes.extend(frame(Opcode::Continuation, true, back));
        Some(bytes)
    });
    let (_, result, closed) = run(workload(address));
    assert!(result.verification.is_clean(), "{:?}", result.verification);
    assert_eq!(result.completed, 100);
    assert_eq!(result.frames, 300);
    assert_eq!(result.pings_answered, 100);
    assert_eq!((closed.clean, closed.unclean), (4, 0));
}

#[test]
fn each_fault_is_counted_as_what_it_is() {
    type Fault = fn(Arrived) -> Option<Vec<u8>>;
    let faults: [(&str, Fault, [u64; 5]); 5] = [
        (
            "a changed byte",
            |mut message| {
                if is(&message, 1, 5) {
                    message.payload[70] ^= 1;
                }
                Some(echo(&message))
            },
            [1, 0, 0, 0, 0],
        ),
        (
            "a lost byte",
            |mut message| {
                if is(&message, 1, 5) {
                    message.payload.pop();
                }
                Some(echo(&message))
            },
            [0, 1, 0, 0, 0],
        ),
        (
            "another opcode",
            |mut message| {
                if is(&message, 1, 5) {
                    message.opcode = Opcode::Text;
                }
                Some(echo(&message))
            },
            [0, 0, 1, 0, 0],
        ),
        (
            "an echo twice",
            |message| {
                let mut bytes = echo(&message);
                if is(&message, 1, 5) {
                    bytes.extend(echo(&message));
                }
                Some(bytes)
            },
            [0, 0, 0, 1, 0],
        ),
        (
            "an echo lost",
            |message| {
                Some(if is(&message, 1, 5) {
                    Vec::new()
                } else {
                    echo(&message)
                })
            },
            [0, 0, 0, 0, 1],
        ),
    ];
    for (name, fault, expected) in faults {
        let (_, result, _) = run(workload(serve(fault)));
        let counts = &result.verification;
        assert_eq!(
            [
                counts.corrupted,
                counts.wrong_length,
                counts.wrong_opcode,
                counts.duplicated,
                counts.missing
            ],
            expected,
            "{name}: {counts:?}"
        );
        assert!(!counts.is_clean());
    }
}

#[test]
fn an_overtaking_echo_is_seen() {
    // Holds message 5 of connection 1 back until message 6 is there.
    let held = std::sync::Mutex::new(Vec::new());
    let address = serve(move |message| {
        let mut held = held.lock().unwrap();
        if is(&message, 1, 5) {
            *held = echo(&message);
            return Some(Vec::new());
        }
        let mut bytes = echo(&message);
        if is(&message, 1, 6) {
            bytes.append(&mut held);
        }
        Some(bytes)
    });
    let (_, result, _) = run(Workload {
        load: Load::Closed { in_flight: 4 },
        ..workload(address)
    });
    assert_eq!(
        result.verification.reordered, 1,
        "{:?}",
        result.verification
    );
    assert_eq!(result.verification.verified, 99);
    assert_eq!(result.verification.missing, 0);
}

#[test]
fn a_connection_closed_early_is_counted_and_the_others_go_on() {
    let address = serve(|message| (!is(&message, 2, 9)).then(|| echo(&message)));
    let (connected, result, _) = run(workload(address));
    assert_eq!(connected.connections_up, 4);
    let counts = &result.verification;
    assert_eq!(counts.closed + counts.reset, 1, "{counts:?}");
    assert_eq!(counts.missing, 1);
    // Nine messages of the 25 of that connection, the opening one not counted,
    // were begun, eight came back.
    assert_eq!(counts.verified, 75 + 8);
}

#[test]
fn a_masked_frame_is_a_violation() {
    let address = serve(|message| {
        let mut bytes = echo(&message);
        if is(&message, 0, 3) {
            bytes[1] |= 0x80;
        }
        Some(bytes)
    });
    let (_, result, closed) = run(workload(address));
    assert_eq!((closed.clean, closed.unclean), (3, 1));
    assert_eq!(result.verification.protocol_violations, 1);
    let first = result.verification.first_violation.unwrap();
    assert!(first.contains("mask"), "{first}");
}

#[test]
fn a_server_that_never_echoes_fails_the_connections() {
    let address = serve(|_| Some(Vec::new()));
    let (connected, result, _) = run(Workload {
        connect_timeout_ns: 100_000_000,
        ..workload(address)
    });
    assert_eq!(
        (connected.connections_up, connected.connections_failed),
        (0, 4)
    );
    let first = connected.first_failure.unwrap();
    assert!(first.contains("not echoed"), "{first}");
    assert_eq!(result.completed, 0);
}

#[test]
fn a_refused_connection_is_a_failure_with_its_reason() {
    let address = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let (connected, _, _) = run(workload(address));
    assert_eq!(connected.connections_failed, 4);
    let first = connected.first_failure.unwrap();
    assert!(first.contains("refused"), "{first}");
}

/// Coordinated omission: while a server stalls, an open loop goes on planning.
#[test]
fn open_loop_counts_a_stall_from_the_planned_instants() {
    const RATE_PER_S: u64 = 1_000;
    const STALL: Duration = Duration::from_millis(200);
    let stalled = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&stalled);
    let address = serve(move |message| {
        // One stall, in the middle of the window.
        if message.sequence == 150 {
            count.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(STALL);
        }
        Some(echo(&message))
    });
    let (_, result, _) = run(Workload {
        connections: 1,
        load: Load::Open {
            rate_per_s: RATE_PER_S as f64,
        },
        window: Extent::DurationNs(500_000_000),
        grace_ns: 5_000_000_000,
        ..workload(address)
    });
    assert_eq!(stalled.load(Ordering::Relaxed), 1);
    assert!(result.verification.is_clean());
    assert_eq!(
        (result.planned, result.sent, result.completed),
        (500, 500, 500)
    );
    // Message k ms after the stall began waits for its rest at least. So the
    // messages planned in its first half wait for half of it or longer. (A slow
    // machine makes more of them late, never fewer.)
    let half_ns = STALL.as_nanos() as u64 / 2;
    let late = |histogram: &record::EncodedHistogram| {
        histogram.decode().unwrap().count_between(half_ns, u64::MAX)
    };
    assert!(late(&result.response_time) >= RATE_PER_S / 10);
}

#[test]
fn planned_messages_are_never_skipped() {
    // Far more than the server can do in the window.
    let address = serve(|message| {
        std::thread::sleep(Duration::from_millis(1));
        Some(echo(&message))
    });
    let (_, result, _) = run(Workload {
        connections: 2,
        load: Load::Open {
            rate_per_s: 20_000.0,
        },
        window: Extent::DurationNs(20_000_000),
        grace_ns: 20_000_000_000,
        ..workload(address)
    });
    assert_eq!(result.planned, 400);
    assert_eq!((result.sent, result.completed), (400, 400));
    assert!(result.completed_in_window < 400);
    // The last message was planned within the window and came back when the
    // server had slept 200 times, 1 ms each, on its connection.
    let response = result.response_time.decode().unwrap();
    assert!(response.max() >= 170_000_000, "{}", response.max());
}

#[test]
fn handshakes_are_counted_and_closed_in_order() {
    let address = serve(|message| Some(echo(&message)));
    let (connected, result, _) = run(Workload {
        connections: 0,
        load: Load::Handshakes { concurrency: 5 },
        window: Extent::Count(40),
        ..workload(address)
    });
    assert_eq!(connected.connections_failed, 0);
    let counts = result.handshakes.unwrap();
    assert_eq!(
        (counts.completed, counts.failed, counts.not_closed),
        (40, 0, 0)
    );
    assert_eq!(result.response_time.decode().unwrap().len(), 40);
    assert!(result.verification.is_clean());
}

#[test]
fn holding_opens_the_rest_only() {
    let highest = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&highest);
    let address = serve(move |message| {
        seen.fetch_max(message.connection as u64 + 1, Ordering::Relaxed);
        Some(echo(&message))
    });
    let workload = Workload {
        connections: 3,
        threads: 2,
        load: Load::Hold,
        ..workload(address)
    };
    let target = Target::parse(&workload.url).unwrap();
    let mut generator = Generator::new(workload, target).unwrap();
    assert_eq!(generator.connect().unwrap().connections_up, 3);
    assert_eq!(generator.hold(20).unwrap().connections_up, 20);
    assert_eq!(highest.load(Ordering::Relaxed), 20);
    assert_eq!(generator.disconnect().unwrap().clean, 20);
}

#[test]
fn a_second_window_needs_no_new_connections() {
    let address = serve(|message| Some(echo(&message)));
    let workload = workload(address);
    let target = Target::parse(&workload.url).unwrap();
    let mut generator = Generator::new(workload, target).unwrap();
    generator.connect().unwrap();
    for _ in 0..3 {
        let result = generator.go(0).unwrap();
        assert_eq!(result.verification.verified, 100);
        assert_eq!(result.completed, 100);
    }
}

#[test]
fn an_observed_process_that_is_gone_is_an_error_with_its_number() {
    let address = serve(|message| Some(echo(&message)));
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let pid = child.id();
    child.wait().unwrap();
    let workload = Workload {
        observe_pid: Some(pid),
        ..workload(address)
    };
    let target = Target::parse(&workload.url).unwrap();
    let error = Generator::new(workload, target).err().unwrap().to_string();
    assert!(error.contains(&format!("process {pid}")), "{error}");
}

#[test]
fn threads_without_a_handshake_of_their_own_do_not_wait_for_one() {
    let address = serve(|message| Some(echo(&message)));
    let (_, result, _) = run(Workload {
        connections: 0,
        threads: 3,
        load: Load::Handshakes { concurrency: 1 },
        window: Extent::Count(4),
        ..workload(address)
    });
    assert_eq!(result.handshakes.unwrap().completed, 4);
}

#[test]
fn a_wrong_stamp_is_a_wrong_byte_and_no_duplicate() {
    let address = serve(|mut message| {
        if is(&message, 1, 5) {
            // The last digit of the sequence number: message 4 by its stamp.
            message.payload[0] ^= 1;
        }
        Some(echo(&message))
    });
    let (_, result, _) = run(workload(address));
    let counts = result.verification;
    assert_eq!(
        (counts.corrupted, counts.duplicated, counts.missing),
        (1, 0, 0)
    );
    assert_eq!(counts.verified, 99);
}

#[test]
fn a_long_pause_costs_no_message_that_comes_after_it() {
    // Nothing comes back for longer than the grace time, then everything.
    let address = serve(|message| {
        if is(&message, 0, 3) {
            std::thread::sleep(Duration::from_millis(450));
        }
        Some(echo(&message))
    });
    let (_, result, _) = run(Workload {
        connections: 1,
        window: Extent::Count(10_000_000),
        ..workload(address)
    });
    // The window ended early, and says how far it came.
    assert!(result.verification.is_clean(), "{:?}", result.verification);
    assert_eq!(result.completed, result.sent);
    assert!(result.completed < 10_000_000);
}

#[test]
fn what_happens_after_the_window_is_told_at_the_end() {
    // The echo of the last message comes again, later.
    let address = serve(|message| {
        let mut bytes = echo(&message);
        if is(&message, 0, 25) {
            bytes.extend(echo(&message));
        }
        Some(bytes)
    });
    let workload = workload(address);
    let target = Target::parse(&workload.url).unwrap();
    let mut generator = Generator::new(workload, target).unwrap();
    generator.connect().unwrap();
    let result = generator.go(0).unwrap();
    let disconnected = generator.disconnect().unwrap();
    let seen = result.verification.duplicated + disconnected.verification.duplicated;
    assert_eq!(seen, 1);
}

#[test]
fn a_flood_of_pings_does_not_fill_memory_with_pongs() {
    let address = serve(|message| {
        let mut bytes = echo(&message);
        if is(&message, 0, 5) {
            let ping = frame(Opcode::Ping, true, &[7; 125]);
            for _ in 0..20_000 {
                bytes.extend_from_slice(&ping);
            }
        }
        Some(bytes)
    });
    let (_, result, _) = run(workload(address));
    assert!(result.verification.is_clean());
    assert_eq!(result.completed, 100);
    assert!(result.pings_answered >= 1);
}

#[test]
fn an_illegal_close_code_is_a_violation() {
    let address = serve(|message| {
        Some(if is(&message, 0, 5) {
            frame(Opcode::Close, true, &1005_u16.to_be_bytes())
        } else {
            echo(&message)
        })
    });
    let (_, result, _) = run(workload(address));
    assert_eq!(result.verification.protocol_violations, 1);
}

#[test]
fn only_idle_connections_can_become_more() {
    let address = serve(|message| Some(echo(&message)));
    let workload = workload(address);
    let target = Target::parse(&workload.url).unwrap();
    let mut generator = Generator::new(workload, target).unwrap();
    generator.connect().unwrap();
    assert!(generator.hold(9).is_err());
}
