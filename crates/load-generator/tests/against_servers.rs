//! The generator against servers that do what they should.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic, in its helpers too"
)]

mod common;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use common::{echo, frame, is, run, serve, workload};
use load_generator::{Generator, Target};
use record::{Extent, Load, MessageKind, MessageShape, Spacing, Workload};
use wire::Opcode;

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
fn staggering_is_verified_and_follows_from_the_seed() {
    let address = serve(|message| Some(echo(&message)));
    let staggered = |seed, stagger_bytes, load| {
        let (connected, result, _) = run(Workload {
            seed,
            stagger_bytes,
            load,
            ..workload(address)
        });
        assert!(connected.verification.is_clean());
        // One echo of each connection opened it.
        let sent = connected.verification.verified - 4;
        assert_eq!(connected.warm_up_messages, sent);
        assert_eq!(result.verification.verified, 100);
        sent
    };
    let closed = Load::Closed { in_flight: 1 };
    let frame_bytes = 125 + 6;
    let first = staggered(7, 100 * frame_bytes, closed);
    assert!((1..=400).contains(&first), "{first}");
    assert_eq!(staggered(7, 100 * frame_bytes, closed), first);
    let others: Vec<u64> = (8..12)
        .map(|seed| staggered(seed, 100 * frame_bytes, closed))
        .collect();
    assert!(others.iter().any(|&other| other != first), "{others:?}");
    let open = Load::Open {
        rate_per_s: 1e4,
        spacing: Spacing::Dithered,
    };
    assert!(staggered(7, 100 * frame_bytes, open) > 0);
    // Less than a frame is nothing.
    assert_eq!(staggered(7, frame_bytes - 1, closed), 0);
}

#[test]
fn staggering_is_a_part_of_the_warm_up() {
    let address = serve(|message| Some(echo(&message)));
    let warmed_up = |stagger_bytes, warm_up| {
        let (connected, _, _) = run(Workload {
            stagger_bytes,
            warm_up,
            load: Load::Closed { in_flight: 1 },
            ..workload(address)
        });
        connected.warm_up_messages
    };
    let stagger_bytes = 100 * (125 + 6);
    let staggered = warmed_up(stagger_bytes, Extent::Count(0));
    assert!(staggered > 0);
    let all = |count| warmed_up(stagger_bytes, Extent::Count(count));
    assert_eq!(all(staggered - 1), staggered);
    assert_eq!(all(staggered + 50), staggered + 50);
    assert_eq!(warmed_up(0, Extent::Count(50)), 50);
    // A time is made up as well: no server here takes a nanosecond for all.
    let time = warmed_up(stagger_bytes, Extent::DurationNs(1));
    assert_eq!(time, staggered);
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
            spacing: Spacing::Dithered,
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
            spacing: Spacing::Even,
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

/// Bytes that a server has sent and the other side has not acknowledged, over
/// all of its connections.
fn unacknowledged_bytes(server: SocketAddr) -> u64 {
    let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let local = format!(":{:04X}", server.port());
    sockets
        .lines()
        .filter_map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let (queued, _) = columns.get(4)?.split_once(':')?;
            (columns[1].ends_with(&local) && columns[3] == "01")
                .then(|| u64::from_str_radix(queued, 16).unwrap())
        })
        .sum()
}

/// The kernel would hold acknowledgements back for 40 ms, and send them when it
/// is another server's turn.
#[test]
fn after_a_window_everything_is_acknowledged() {
    let address = serve(|message| Some(echo(&message)));
    let workload = Workload {
        window: Extent::Count(400),
        ..workload(address)
    };
    let target = Target::parse(&workload.url).unwrap();
    let mut generator = Generator::new(workload, target).unwrap();
    generator.connect().unwrap();
    for _ in 0..3 {
        assert_eq!(generator.go(0).unwrap().completed, 400);
        let since = Instant::now();
        while unacknowledged_bytes(address) > 0 {
            assert!(since.elapsed() < Duration::from_millis(20));
        }
    }
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
fn only_idle_connections_can_become_more() {
    let address = serve(|message| Some(echo(&message)));
    let workload = workload(address);
    let target = Target::parse(&workload.url).unwrap();
    let mut generator = Generator::new(workload, target).unwrap();
    generator.connect().unwrap();
    assert!(generator.hold(9).is_err());
}
