//! The decoder against legal streams, illegal ones and noise.

mod common;

use common::{Owned, decode_in_reads, decode_whole, read_lengths, server_frames};
use proptest::prelude::*;
use wire::{Opcode, Violation};

proptest! {
    #[test]
    fn legal_frames_decode_to_themselves(
        frames in server_frames(),
        lengths in read_lengths(),
    ) {
        let mut bytes = Vec::new();
        let mut expected = Vec::new();
        let mut message = None;
        for frame in &frames {
            frame.append_to(&mut bytes);
            let payload = frame.payload.clone();
            match frame.opcode {
                Opcode::Ping => expected.push(Owned::Ping(payload)),
                Opcode::Pong => expected.push(Owned::Pong(payload)),
                opcode => {
                    expected.push(Owned::Start {
                        opcode: message.unwrap_or(opcode),
                        first: message.is_none(),
                        fin: frame.fin,
                        payload_len: payload.len() as u64,
                    });
                    if !payload.is_empty() {
                        expected.push(Owned::Payload(payload));
                    }
                    expected.push(Owned::End { message_complete: frame.fin });
                    message = (!frame.fin).then(|| message.unwrap_or(opcode));
                }
            }
        }
        prop_assert_eq!(decode_whole(&bytes), (expected.clone(), Ok(())));
        prop_assert_eq!(decode_in_reads(&bytes, &lengths), (expected, Ok(())));
    }

    #[test]
    fn noise_never_panics_and_reads_alike_however_it_is_cut(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        lengths in read_lengths(),
    ) {
        prop_assert_eq!(decode_in_reads(&bytes, &lengths), decode_whole(&bytes));
    }

    #[test]
    fn damaged_frames_never_panic_and_read_alike_however_they_are_cut(
        frames in server_frames(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        lengths in read_lengths(),
    ) {
        let mut bytes = Vec::new();
        for frame in &frames {
            frame.append_to(&mut bytes);
        }
        prop_assume!(!bytes.is_empty());
        for (at, byte) in damage {
            // Among the first bytes are the headers.
            let at = at.index(bytes.len().min(300));
            bytes[at] = byte;
        }
        prop_assert_eq!(decode_in_reads(&bytes, &lengths), decode_whole(&bytes));
    }
}

/// The first violation of a stream, the same however it is cut.
fn violation(bytes: &[u8]) -> Option<Violation> {
    let whole = decode_whole(bytes);
    assert_eq!(decode_in_reads(bytes, &[1]), whole);
    whole.1.err()
}

#[test]
fn every_violation_is_named() {
    let cases: &[(&str, &[u8], Violation)] = &[
        ("masked text", b"\x81\x81\0\0\0\0a", Violation::Masked),
        ("masked ping, key withheld", b"\x89\x80", Violation::Masked),
        ("RSV1", b"\xc1\x00", Violation::ReservedBits { rsv: 4 }),
        ("RSV2", b"\xa2\x00", Violation::ReservedBits { rsv: 2 }),
        (
            "RSV3 on a pong",
            b"\x9a\x00",
            Violation::ReservedBits { rsv: 1 },
        ),
        (
            "data opcode 3",
            b"\x83\x00",
            Violation::ReservedOpcode {
                opcode: Opcode::Reserved(3),
            },
        ),
        (
            "control opcode 15",
            b"\x8f\x00",
            Violation::ReservedOpcode {
                opcode: Opcode::Reserved(15),
            },
        ),
        (
            "ping without FIN",
            b"\x09\x00",
            Violation::FragmentedControl {
                opcode: Opcode::Ping,
            },
        ),
        (
            "close without FIN",
            b"\x08\x00",
            Violation::FragmentedControl {
                opcode: Opcode::Close,
            },
        ),
        (
            "pong of 126 bytes, rest withheld",
            b"\x8a\x7e",
            Violation::ControlTooLong {
                opcode: Opcode::Pong,
            },
        ),
        (
            "close of 64-bit length, rest withheld",
            b"\x88\x7f",
            Violation::ControlTooLong {
                opcode: Opcode::Close,
            },
        ),
        (
            "continuation at the start",
            b"\x80\x00",
            Violation::ContinuationWithoutStart,
        ),
        (
            "continuation after a whole message",
            b"\x81\x01a\x80\x00",
            Violation::ContinuationWithoutStart,
        ),
        (
            "continuation after a fragmented message",
            b"\x01\x01a\x80\x01b\x80\x01c",
            Violation::ContinuationWithoutStart,
        ),
        (
            "text inside a fragmented binary message",
            b"\x02\x01a\x89\x00\x81\x01b",
            Violation::MessageInsideMessage {
                opcode: Opcode::Text,
            },
        ),
        (
            "binary behind a continuation",
            b"\x01\x01a\x00\x01b\x02\x01c",
            Violation::MessageInsideMessage {
                opcode: Opcode::Binary,
            },
        ),
        (
            "text after a close",
            b"\x88\x00\x81\x00",
            Violation::DataAfterClose {
                opcode: Opcode::Text,
            },
        ),
        (
            "message that goes on after a close",
            b"\x01\x01a\x88\x02\x03\xe8\x80\x00",
            Violation::DataAfterClose {
                opcode: Opcode::Continuation,
            },
        ),
        (
            "125 in 16 bits",
            b"\x82\x7e\x00\x7d",
            Violation::LengthNotMinimal { payload_len: 125 },
        ),
        (
            "65,535 in 64 bits",
            b"\x82\x7f\0\0\0\0\0\0\xff\xff",
            Violation::LengthNotMinimal {
                payload_len: 65_535,
            },
        ),
        (
            "2^63",
            b"\x82\x7f\x80\0\0\0\0\0\0\0",
            Violation::LengthTooLarge {
                payload_len: 1 << 63,
            },
        ),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(violation(bytes), Some(*expected), "{name}");
        assert!(expected.to_string().contains("RFC 6455 section"), "{name}");
    }
}

#[test]
fn the_borders_of_the_rules_are_legal() {
    let pong = [b"\x8a\x7d".as_slice(), &[b'x'; 125]].concat();
    let cases: &[(&str, &[u8])] = &[
        ("pong of 125 bytes", &pong),
        ("126 in 16 bits", b"\x82\x7e\x00\x7e"),
        ("65,536 in 64 bits", b"\x82\x7f\0\0\0\0\0\x01\0\0"),
        ("2^63 - 1", b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"),
        ("close inside a message", b"\x01\x01a\x88\x00"),
        (
            "ping, pong and close after a close",
            b"\x88\x00\x89\x00\x8a\x00\x88\x00",
        ),
        ("empty continuations", b"\x01\x00\x00\x00\x80\x00"),
    ];
    for (name, bytes) in cases {
        assert_eq!(violation(bytes), None, "{name}");
    }
}

#[test]
fn fragments_of_section_5_7_are_one_message() {
    let start = |first, fin, payload_len| Owned::Start {
        opcode: Opcode::Text,
        first,
        fin,
        payload_len,
    };
    let (events, outcome) = decode_whole(b"\x01\x03Hel\x89\x05Hello\x80\x02lo");
    assert_eq!(outcome, Ok(()));
    assert_eq!(
        events,
        [
            start(true, false, 3),
            Owned::Payload(b"Hel".into()),
            Owned::End {
                message_complete: false
            },
            Owned::Ping(b"Hello".into()),
            start(false, true, 2),
            Owned::Payload(b"lo".into()),
            Owned::End {
                message_complete: true
            },
        ]
    );
}

#[test]
fn an_empty_frame_has_no_payload_part() {
    let (events, outcome) = decode_whole(b"\x82\x00");
    assert_eq!(outcome, Ok(()));
    let kinds: Vec<bool> = events
        .iter()
        .map(|event| matches!(event, Owned::Payload(_)))
        .collect();
    assert_eq!(kinds, [false, false]);
}
