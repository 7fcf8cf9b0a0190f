//! Are messages echoed: each, whole, unchanged, in order?

use record::{Fact, Received, Sent};
use wire::Opcode;

use super::{
    Judged, Trouble,
    peer::{Incoming, Loss, Peer, Place, fragment, frame, unexpected},
};

/// Characters of one to four bytes each.
const CHARACTERS: [&str; 8] = ["a", "é", "€", "😀", "ß", "中", "z", "𝄞"];

/// Both sides of each form of length in a frame header (RFC 6455 section 5.2).
const EDGES_BYTES: [usize; 4] = [125, 126, 65_535, 65_536];

const TEXT_BYTES: usize = 1_024;
const BINARY_BYTES: usize = 1_024;
const LARGE_BYTES: usize = 16 << 20;

/// Messages whose order is looked at.
const ORDERED: usize = 1_000;
const ORDERED_BYTES: usize = 64;

/// Messages that are counted, of all these sizes and both kinds in turn.
const COUNTED: usize = 256;
const COUNTED_BYTES: [usize; 7] = [8, 20, 125, 126, 300, 1_000, 9];

/// A message as it is sent and must come back.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Message {
    text: bool,
    payload: Vec<u8>,
}

impl Message {
    fn frame(&self) -> Vec<u8> {
        frame(self.opcode(), &self.payload)
    }

    fn opcode(&self) -> Opcode {
        if self.text {
            Opcode::Text
        } else {
            Opcode::Binary
        }
    }

    fn sent(&self, frames: u32) -> Sent {
        Sent::Message {
            text: self.text,
            size_bytes: self.payload.len() as u64,
            frames,
        }
    }
}

/// Bytes of every value, unlike those of any message with another number.
fn binary(number: usize, size_bytes: usize) -> Message {
    let mut payload: Vec<u8> = (0..size_bytes)
        .map(|at| (at ^ (at >> 8) ^ number) as u8)
        .collect();
    for (byte, digit) in payload.iter_mut().zip((number as u64).to_be_bytes()) {
        *byte = digit;
    }
    Message {
        text: false,
        payload,
    }
}

/// Characters of every length, unlike those of any message with another number.
fn text(number: usize, size_bytes: usize) -> Message {
    let mut payload = format!("{number:08}");
    payload.truncate(size_bytes);
    for at in number.. {
        let character = CHARACTERS[at % CHARACTERS.len()];
        if payload.len() + character.len() > size_bytes {
            break;
        }
        payload.push_str(character);
    }
    let padding = size_bytes - payload.len();
    payload.extend(std::iter::repeat_n('.', padding));
    Message {
        text: true,
        payload: payload.into_bytes(),
    }
}

pub(super) fn text_is_echoed(place: &Place) -> Judged {
    one_by_one(place, &[text(1, TEXT_BYTES)])
}

pub(super) fn binary_is_echoed(place: &Place) -> Judged {
    one_by_one(place, &[binary(1, BINARY_BYTES)])
}

pub(super) fn empty_messages_are_echoed(place: &Place) -> Judged {
    one_by_one(place, &[text(0, 0), binary(0, 0)])
}

pub(super) fn length_edges_are_echoed(place: &Place) -> Judged {
    let messages = EDGES_BYTES.map(|size_bytes| binary(1, size_bytes));
    one_by_one(place, &messages)
}

pub(super) fn a_large_message_is_echoed(place: &Place) -> Judged {
    one_by_one(place, &[binary(1, LARGE_BYTES)])
}

fn one_by_one(place: &Place, messages: &[Message]) -> Judged {
    let mut peer = Peer::open(place).map_err(|loss| loss.after(Sent::Opening))?;
    for message in messages {
        let echo = peer.exchange(&message.frame(), |peer| {
            let deadline = peer.deadline();
            let (text, payload) = peer.message(deadline)?;
            compare(std::slice::from_ref(message), 0, text, &payload)
        });
        echo.map_err(|loss| loss.after(message.sent(1)))?;
    }
    Ok(None)
}

/// Three fragments with a ping after the first: one message must come back, and
/// the ping's answer before, between or after.
pub(super) fn fragments_are_echoed(place: &Place) -> Judged {
    let message = text(3, 3_000);
    let (first, rest) = cut(&message.payload, 1_000);
    let (second, third) = cut(rest, 1_000);
    let mut bytes = fragment(message.opcode(), first);
    bytes.extend(frame(Opcode::Ping, b"between"));
    bytes.extend(fragment(Opcode::Continuation, second));
    bytes.extend(frame(Opcode::Continuation, third));
    fragmented(place, &message, 3, &bytes, true)
}

/// Cuts text at the first end of a character from `at` on.
fn cut(text: &[u8], at: usize) -> (&[u8], &[u8]) {
    let starts_character = |&at: &usize| text[at] & 0xc0 != 0x80;
    text.split_at((at..text.len()).find(starts_character).unwrap_or(at))
}

/// Two fragments with a character of four bytes in both.
pub(super) fn a_character_may_be_parted(place: &Place) -> Judged {
    let message = Message {
        text: true,
        payload: "before 😀 behind".as_bytes().to_vec(),
    };
    let (first, second) = message.payload.split_at(9);
    let mut bytes = fragment(message.opcode(), first);
    bytes.extend(frame(Opcode::Continuation, second));
    fragmented(place, &message, 2, &bytes, false)
}

fn fragmented(place: &Place, message: &Message, frames: u32, bytes: &[u8], ping: bool) -> Judged {
    let mut peer = Peer::open(place).map_err(|loss| loss.after(Sent::Opening))?;
    let read = |peer: &mut Peer| {
        let deadline = peer.deadline();
        let (mut echoed, mut ponged) = (false, !ping);
        while !(echoed && ponged) {
            match peer.next(deadline)? {
                Incoming::Message { text, payload } if !echoed => {
                    compare(std::slice::from_ref(message), 0, text, &payload)?;
                    echoed = true;
                }
                Incoming::Pong(payload) if payload == b"between" => ponged = true,
                other => return Err(unexpected(&other).into()),
            }
        }
        Ok(())
    };
    peer.exchange(bytes, read)
        .map_err(|loss| loss.after(message.sent(frames)))?;
    Ok(None)
}

/// Many messages are sent without waiting; they come back in their order.
pub(super) fn order_is_kept(place: &Place) -> Judged {
    let messages: Vec<Message> = (0..ORDERED)
        .map(|number| binary(number, ORDERED_BYTES))
        .collect();
    pipelined(place, &messages)
}

/// Messages of all sizes are sent without waiting; each comes back as one of its
/// own, and nothing besides.
pub(super) fn work_is_equal(place: &Place) -> Judged {
    let messages: Vec<Message> = (0..COUNTED)
        .map(|number| {
            let size_bytes = COUNTED_BYTES[number % COUNTED_BYTES.len()];
            if number.is_multiple_of(2) {
                text(number, size_bytes)
            } else {
                binary(number, size_bytes)
            }
        })
        .collect();
    pipelined(place, &messages)
}

fn pipelined(place: &Place, messages: &[Message]) -> Judged {
    let sent = Sent::Messages {
        count: messages.len() as u64,
    };
    let lost = |loss: Loss| loss.after(sent.clone());
    let mut peer = Peer::open(place).map_err(|loss| loss.after(Sent::Opening))?;
    let bytes: Vec<u8> = messages.iter().flat_map(Message::frame).collect();
    let mut payload_bytes = 0;
    peer.exchange(&bytes, |peer| {
        let deadline = peer.deadline();
        for number in 0..messages.len() {
            let (text, payload) = match peer.message(deadline) {
                Ok(message) => message,
                Err(Loss::Received(received)) => {
                    return Err(Received::TooFew {
                        messages: number as u64,
                        then: Box::new(received),
                    }
                    .into());
                }
                Err(Loss::Interrupted) => return Err(Loss::Interrupted),
            };
            compare(messages, number, text, &payload)?;
            payload_bytes += payload.len() as u64;
        }
        Ok(())
    })
    .map_err(lost)?;
    // A ping's answer comes behind everything that was sent before it.
    peer.send(&frame(Opcode::Ping, b"fence")).map_err(lost)?;
    let deadline = peer.deadline();
    match peer.next(deadline).map_err(lost)? {
        Incoming::Pong(payload) if payload == b"fence" => Ok(Some(Fact::Echoed {
            messages: messages.len() as u64,
            payload_bytes,
        })),
        other => Err(Trouble::Failed {
            sent,
            received: unexpected(&other),
        }),
    }
}

/// Is this the message with this number? Says how it differs.
fn compare(messages: &[Message], number: usize, text: bool, payload: &[u8]) -> Result<(), Loss> {
    let Some(due) = messages.get(number) else {
        return Ok(());
    };
    if due.text == text && due.payload == payload {
        return Ok(());
    }
    let shown = number as u64 + 1;
    let other = messages
        .iter()
        .position(|message| message.text == text && message.payload == payload);
    let received = if let Some(came) = other {
        Received::OutOfOrder {
            due: shown,
            came: came as u64 + 1,
        }
    } else if due.payload.len() != payload.len() {
        Received::WrongLength {
            message: shown,
            size_bytes: payload.len() as u64,
            expected_bytes: due.payload.len() as u64,
        }
    } else if due.payload != payload {
        let same = due.payload.iter().zip(payload).take_while(|(a, b)| a == b);
        Received::WrongBytes {
            message: shown,
            offset_bytes: same.count() as u64,
        }
    } else {
        Received::WrongOpcode { text }
    };
    Err(received.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_their_size_and_no_two_are_the_same() {
        for size_bytes in [0, 1, 7, 8, 9, 20, 125, 126, 1_000] {
            for number in 0..20 {
                let message = text(number, size_bytes);
                assert_eq!(message.payload.len(), size_bytes);
                assert!(String::from_utf8(message.payload).is_ok());
                assert_eq!(binary(number, size_bytes).payload.len(), size_bytes);
            }
        }
        for make in [text, binary] {
            let mut all: Vec<_> = (0..COUNTED).map(|number| make(number, 8).payload).collect();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), COUNTED);
        }
        let large = text(1, TEXT_BYTES).payload;
        assert!(large.iter().any(|&byte| byte >= 0xf0), "no long character");
    }

    #[test]
    fn fragments_of_text_end_between_characters() {
        let message = text(3, 3_000);
        for at in 1_000..1_004 {
            let (first, rest) = cut(&message.payload, at);
            assert!(first.len() >= at && std::str::from_utf8(first).is_ok());
            assert!(std::str::from_utf8(rest).is_ok());
        }
        let parted = "before 😀 behind".as_bytes().split_at(9);
        assert!(std::str::from_utf8(parted.0).is_err());
    }

    #[test]
    fn each_difference_has_its_name() {
        let messages = [binary(0, 64), binary(1, 64)];
        let named = |text, payload: &[u8]| compare(&messages, 0, text, payload).unwrap_err();
        assert!(compare(&messages, 0, false, &messages[0].payload).is_ok());
        assert_eq!(
            named(false, &messages[1].payload),
            Received::OutOfOrder { due: 1, came: 2 }.into()
        );
        assert_eq!(
            named(true, &messages[0].payload),
            Received::WrongOpcode { text: true }.into()
        );
        assert_eq!(
            named(false, &messages[0].payload[1..]),
            Received::WrongLength {
                message: 1,
                size_bytes: 63,
                expected_bytes: 64
            }
            .into()
        );
        let mut changed = messages[0].payload.clone();
        changed[40] ^= 1;
        assert_eq!(
            named(false, &changed),
            Received::WrongBytes {
                message: 1,
                offset_bytes: 40
            }
            .into()
        );
    }
}
