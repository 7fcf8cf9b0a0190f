//! The generator against servers that misbehave in known ways.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic, in its helpers too"
)]

mod common;

use common::{Arrived, echo, frame, is, run, serve, workload};
use load_generator::{Generator, Target};
use record::{Load, Workload};
use wire::Opcode;

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
