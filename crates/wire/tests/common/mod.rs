//! What the tests of several files share.
#![allow(dead_code, reason = "each test program uses a part of it")]

use proptest::prelude::*;
use wire::{Decoder, Event, FrameHeader, Opcode, Violation, append_frame};

/// An event whose bytes are its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owned {
    Start {
        opcode: Opcode,
        first: bool,
        fin: bool,
        payload_len: u64,
    },
    Payload(Vec<u8>),
    End {
        message_complete: bool,
    },
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Vec<u8>),
}

impl From<Event<'_>> for Owned {
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::FrameStart {
                opcode,
                first,
                fin,
                payload_len,
            } => Self::Start {
                opcode,
                first,
                fin,
                payload_len,
            },
            Event::Payload(part) => Self::Payload(part.to_vec()),
            Event::FrameEnd { message_complete } => Self::End { message_complete },
            Event::Ping(payload) => Self::Ping(payload.to_vec()),
            Event::Pong(payload) => Self::Pong(payload.to_vec()),
            Event::Close(payload) => Self::Close(payload.to_vec()),
        }
    }
}

/// Decodes one read to its end and appends the events, neighbouring payload
/// parts as one. Checks what `Decoder::next` promises about consumption.
pub(crate) fn decode_read(
    decoder: &mut Decoder,
    mut input: &[u8],
    events: &mut Vec<Owned>,
) -> Result<(), Violation> {
    loop {
        let (consumed, event) = decoder.next(input)?;
        let Some(event) = event else {
            assert_eq!(consumed, input.len(), "None left input behind");
            return Ok(());
        };
        let moves_on = consumed > 0 || matches!(event, Event::FrameEnd { .. });
        assert!(moves_on, "{event:?} consumed nothing");
        match (event, events.last_mut()) {
            (Event::Payload(part), Some(Owned::Payload(before))) => {
                before.extend_from_slice(part);
            }
            (Event::Payload([]), _) => panic!("an empty payload part"),
            (event, _) => events.push(event.into()),
        }
        input = &input[consumed..];
    }
}

/// Decodes `bytes` in reads of these lengths, again and again.
pub(crate) fn decode_in_reads(
    bytes: &[u8],
    lengths: &[usize],
) -> (Vec<Owned>, Result<(), Violation>) {
    let mut decoder = Decoder::new();
    let mut events = Vec::new();
    let mut rest = bytes;
    for &length in lengths.iter().cycle() {
        let (read, behind) = rest.split_at(length.min(rest.len()));
        if let Err(violation) = decode_read(&mut decoder, read, &mut events) {
            let again = decoder.next(behind).map(|(consumed, _)| consumed);
            assert_eq!(again, Err(violation), "a violation must stay");
            return (events, Err(violation));
        }
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    (events, Ok(()))
}

pub(crate) fn decode_whole(bytes: &[u8]) -> (Vec<Owned>, Result<(), Violation>) {
    decode_in_reads(bytes, &[bytes.len().max(1)])
}

/// Lengths of reads, short ones often.
pub(crate) fn read_lengths() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1..4usize, 1..20usize, 1..1000usize], 1..20)
}

/// A frame of a server, and what a decoder must make of it.
#[derive(Clone, Debug)]
pub(crate) struct ServerFrame {
    pub(crate) fin: bool,
    pub(crate) opcode: Opcode,
    pub(crate) payload: Vec<u8>,
}

impl ServerFrame {
    pub(crate) fn append_to(&self, out: &mut Vec<u8>) {
        let header = FrameHeader {
            fin: self.fin,
            ..FrameHeader::single(self.opcode, None, self.payload.len() as u64)
        };
        append_frame(out, &header, &self.payload);
    }
}

fn payloads() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        20 => prop::collection::vec(any::<u8>(), 0..40),
        8 => prop::collection::vec(any::<u8>(), 120..140),
        1 => (65_530..65_545usize, any::<u8>()).prop_map(|(length, byte)| vec![byte; length]),
    ]
}

fn controls() -> impl Strategy<Value = Vec<ServerFrame>> {
    let control = (
        prop::sample::select(vec![Opcode::Ping, Opcode::Pong]),
        prop::collection::vec(any::<u8>(), 0..=125),
    )
        .prop_map(|(opcode, payload)| ServerFrame {
            fin: true,
            opcode,
            payload,
        });
    prop::collection::vec(control, 0..3)
}

/// Legal frames: messages in one to four frames, control frames between any two.
pub(crate) fn server_frames() -> impl Strategy<Value = Vec<ServerFrame>> {
    let message = (
        prop::sample::select(vec![Opcode::Text, Opcode::Binary]),
        prop::collection::vec((payloads(), controls()), 1..=4),
    )
        .prop_map(|(opcode, parts)| {
            let count = parts.len();
            let mut frames = Vec::new();
            for (index, (payload, controls)) in parts.into_iter().enumerate() {
                frames.push(ServerFrame {
                    fin: index + 1 == count,
                    opcode: if index == 0 {
                        opcode
                    } else {
                        Opcode::Continuation
                    },
                    payload,
                });
                frames.extend(controls);
            }
            frames
        });
    prop::collection::vec(message, 0..6).prop_map(|messages| messages.concat())
}
