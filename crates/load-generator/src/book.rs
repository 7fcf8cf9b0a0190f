//! All messages of a workload, made before it starts.
//!
//! Message `n` of a connection is template `n mod templates` with its stamp in
//! front. The templates hold whole frames, masked beforehand, each with a mask
//! key of its own; sending one is a copy of a few bytes, checking one a
//! comparison. Nothing is allocated, formatted or drawn while load runs.

use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use record::{MessageKind, MessageShape};
use wire::{Opcode, apply_mask};

use crate::{
    Error,
    framing::Framing,
    stamp::{self, STAMP_BYTES},
};

/// Largest payload: what every contender is asked to accept.
pub const MAX_MESSAGE_BYTES: u64 = 64 << 20;

/// Memory that the templates of one workload may take, unless two of them need
/// more.
const TEMPLATE_BUDGET_BYTES: usize = 256 << 10;
const MOST_TEMPLATES: usize = 16;

/// Longest head of a message: a request with a long name of its host.
const MOST_HEAD_BYTES: usize = 512;

/// A frame (a head and a payload) without its stamp, and the payload that must
/// come back.
struct Template {
    /// Head and masked payload.
    frame: Box<[u8]>,
    /// Payload as the server must echo it.
    plain: Box<[u8]>,
    /// Mask key; zero where the protocol has no masks.
    key: [u8; 4],
}

/// All messages of one workload.
pub(crate) struct Book {
    templates: Vec<Template>,
    /// Head of every frame.
    header_bytes: usize,
    /// Payload of every message.
    payload_bytes: usize,
    /// Bytes of the stamp that fit.
    stamp_bytes: usize,
    /// The opcode that every echo must have.
    pub(crate) opcode: Opcode,
    /// Whether each frame is a datagram.
    pub(crate) is_datagram: bool,
}

impl Book {
    /// Makes the messages of `shape` from `seed`, with what stands around them.
    pub(crate) fn new(shape: MessageShape, framing: &Framing, seed: u64) -> Result<Self, Error> {
        let most_bytes = framing.most_payload_bytes();
        if shape.size_bytes > most_bytes {
            return Err(Error::Workload(format!(
                "messages of {} bytes: at most {most_bytes} are possible",
                shape.size_bytes
            )));
        }
        let payload_bytes = usize::try_from(shape.size_bytes)
            .map_err(|_| Error::Workload("message size does not fit this machine".to_owned()))?;
        let stamp_bytes = payload_bytes.min(STAMP_BYTES);
        let opcode = if shape.kind.is_text() {
            Opcode::Text
        } else {
            Opcode::Binary
        };
        let count = (TEMPLATE_BUDGET_BYTES / (2 * payload_bytes + 32))
            .clamp(2, MOST_TEMPLATES)
            .next_power_of_two()
            .min(MOST_TEMPLATES);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut header_bytes = 0;
        let templates = (0..count)
            .map(|_| {
                let mut plain = vec![b'-'; stamp_bytes];
                fill(&mut plain, shape.kind, payload_bytes, &mut random);
                let key = framing.key(&mut random);
                let mut frame = framing.head(opcode, key, shape.size_bytes);
                header_bytes = frame.len();
                frame.reserve_exact(payload_bytes);
                frame.extend_from_slice(&plain);
                apply_mask(key, 0, &mut frame[header_bytes..]);
                Template {
                    frame: frame.into_boxed_slice(),
                    plain: plain.into_boxed_slice(),
                    key,
                }
            })
            .collect();
        if header_bytes > MOST_HEAD_BYTES {
            return Err(Error::Workload(format!(
                "the URL makes a request head of {header_bytes} bytes: at most {MOST_HEAD_BYTES} are possible"
            )));
        }
        Ok(Self {
            templates,
            header_bytes,
            payload_bytes,
            stamp_bytes,
            opcode,
            is_datagram: *framing == Framing::Datagram,
        })
    }

    /// Length of every frame, head included.
    #[inline]
    pub(crate) fn frame_bytes(&self) -> usize {
        self.header_bytes + self.payload_bytes
    }

    /// Length of every payload.
    #[inline]
    pub(crate) fn payload_bytes(&self) -> usize {
        self.payload_bytes
    }

    /// Bytes of a stamp at the front of every payload.
    #[inline]
    pub(crate) fn stamp_bytes(&self) -> usize {
        self.stamp_bytes
    }

    #[inline]
    fn template(&self, sequence: u64, connection: u32) -> &Template {
        // The number of templates is a power of two.
        let index = (sequence as usize).wrapping_add(connection as usize);
        &self.templates[index & (self.templates.len() - 1)]
    }

    /// The front of a frame: head and masked stamp, and its length. What
    /// follows it is [`Self::frame_rest`].
    #[inline]
    pub(crate) fn frame_front(
        &self,
        sequence: u64,
        connection: u32,
    ) -> ([u8; MOST_HEAD_BYTES + STAMP_BYTES], usize) {
        let template = self.template(sequence, connection);
        let mut front = [0; MOST_HEAD_BYTES + STAMP_BYTES];
        front[..self.header_bytes].copy_from_slice(&template.frame[..self.header_bytes]);
        let length = self.header_bytes + self.stamp_bytes;
        let stamp = stamp::encode(sequence, connection);
        for (at, byte) in stamp[..self.stamp_bytes].iter().enumerate() {
            front[self.header_bytes + at] = byte ^ template.key[at & 3];
        }
        (front, length)
    }

    /// Writes a whole frame to the front of `out`, which is long enough.
    #[inline]
    pub(crate) fn write_frame(&self, sequence: u64, connection: u32, out: &mut [u8]) {
        let template = self.template(sequence, connection);
        out[..template.frame.len()].copy_from_slice(&template.frame);
        let stamp = stamp::encode(sequence, connection);
        let place = &mut out[self.header_bytes..self.header_bytes + self.stamp_bytes];
        for (at, (byte, stamp)) in place.iter_mut().zip(stamp).enumerate() {
            *byte = stamp ^ template.key[at & 3];
        }
    }

    /// What follows the front of a frame.
    #[inline]
    pub(crate) fn frame_rest(&self, sequence: u64, connection: u32) -> &[u8] {
        &self.template(sequence, connection).frame[self.header_bytes + self.stamp_bytes..]
    }

    /// The payload that must come back, but for its stamp.
    #[inline]
    pub(crate) fn expected(&self, sequence: u64, connection: u32) -> &[u8] {
        &self.template(sequence, connection).plain
    }
}

/// Large payloads repeat what was drawn for their first part: drawing all of
/// 64 MiB would take seconds and make no server work differently.
const DRAWN_BYTES: usize = 1 << 20;

/// Fills `plain` up to `size` bytes.
fn fill(plain: &mut Vec<u8>, kind: MessageKind, size: usize, random: &mut ChaCha8Rng) {
    let stamp_bytes = plain.len();
    draw(plain, kind, size.min(DRAWN_BYTES), random);
    let drawn = stamp_bytes..plain.len();
    while size - plain.len() >= drawn.len() && !drawn.is_empty() {
        plain.extend_from_within(drawn.clone());
    }
    draw(plain, kind, size, random);
}

/// Appends drawn bytes up to a length of `size`.
fn draw(plain: &mut Vec<u8>, kind: MessageKind, size: usize, random: &mut ChaCha8Rng) {
    match kind {
        MessageKind::Binary => {
            let from = plain.len();
            plain.resize(size, 0);
            random.fill_bytes(&mut plain[from..]);
        }
        MessageKind::TextAscii => {
            while plain.len() < size {
                plain.push(random.random_range(b' '..=b'~'));
            }
        }
        MessageKind::TextMultibyte => {
            let mut encoded = [0; 4];
            while plain.len() < size {
                let character = multibyte_character(random, size - plain.len());
                plain.extend_from_slice(character.encode_utf8(&mut encoded).as_bytes());
            }
        }
    }
}

/// A character of at most `room` bytes: Latin, Greek, Cyrillic, CJK, emoji, as
/// chat in many languages has them. Of less than 2 bytes only Latin fits.
pub fn multibyte_character(random: &mut ChaCha8Rng, room: usize) -> char {
    let choices: &[std::ops::RangeInclusive<u32>] = &[
        0x61..=0x7a,       // a to z: 1 byte
        0x3b1..=0x3c9,     // Greek: 2
        0x430..=0x44f,     // Cyrillic: 2
        0x4e00..=0x9fa5,   // CJK: 3
        0x1f600..=0x1f64f, // emoji: 4
    ];
    let fitting = match room {
        0 | 1 => 1,
        2 => 3,
        3 => 4,
        _ => 5,
    };
    let range = choices[random.random_range(0..fitting)].clone();
    char::from_u32(random.random_range(range)).unwrap_or('x')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wire::FrameHeader;

    use super::*;

    fn whole_frame(book: &Book, sequence: u64, connection: u32) -> Vec<u8> {
        let (front, length) = book.frame_front(sequence, connection);
        let mut frame = front[..length].to_vec();
        frame.extend_from_slice(book.frame_rest(sequence, connection));
        frame
    }

    fn unmasked(book: &Book, framing: &Framing, sequence: u64, connection: u32) -> Vec<u8> {
        let frame = whole_frame(book, sequence, connection);
        match framing {
            Framing::Datagram => return frame,
            Framing::Request { .. } => {
                let head = framing.head(book.opcode, [0; 4], book.payload_bytes() as u64);
                return frame.strip_prefix(head.as_slice()).unwrap().to_vec();
            }
            Framing::MaskedFrame | Framing::BareFrame => {}
        }
        let (header, length) = FrameHeader::decode(&frame).unwrap().unwrap();
        assert_eq!(header.payload_len as usize, book.payload_bytes());
        assert_eq!(header.mask.is_some(), *framing == Framing::MaskedFrame);
        let mut payload = frame[length..].to_vec();
        if let Some(key) = header.mask {
            assert!(key.iter().all(|&byte| byte != 0), "{key:?}");
            apply_mask(key, 0, &mut payload);
        }
        payload
    }

    fn framings() -> impl Strategy<Value = Framing> {
        prop_oneof![
            Just(Framing::MaskedFrame),
            Just(Framing::BareFrame),
            Just(Framing::Request {
                host: "127.0.0.1:9001".to_owned(),
                path: "/echo".to_owned(),
            })
        ]
    }

    fn kinds() -> impl Strategy<Value = MessageKind> {
        prop_oneof![
            Just(MessageKind::Binary),
            Just(MessageKind::TextAscii),
            Just(MessageKind::TextMultibyte)
        ]
    }

    proptest! {
        #[test]
        fn frames_hold_the_stamped_payload(
            kind in kinds(),
            size_bytes in prop_oneof![
                20 => 0_u64..40,
                20 => 120_u64..130,
                8 => 65_530_u64..65_540,
                1 => (2_u64 << 20) + 1..(2 << 20) + 40,
            ],
            sequence in 0_u64..1 << 30,
            connection in 0_u32..1 << 20,
            framing in framings(),
        ) {
            let book = Book::new(MessageShape { kind, size_bytes }, &framing, 1).unwrap();
            let payload = unmasked(&book, &framing, sequence, connection);
            prop_assert_eq!(payload.len() as u64, size_bytes);
            let frame = whole_frame(&book, sequence, connection);
            prop_assert_eq!(frame.len(), book.frame_bytes());
            let mut written = vec![0; book.frame_bytes() + 3];
            book.write_frame(sequence, connection, &mut written);
            prop_assert_eq!(&written[..book.frame_bytes()], &frame);
            let stamp = stamp::encode(sequence, connection);
            prop_assert_eq!(&payload[..book.stamp_bytes()], &stamp[..book.stamp_bytes()]);
            prop_assert_eq!(
                &payload[book.stamp_bytes()..],
                &book.expected(sequence, connection)[book.stamp_bytes()..]
            );
            if kind.is_text() {
                prop_assert!(std::str::from_utf8(&payload).is_ok());
            }
        }
    }

    #[test]
    fn text_kinds_are_what_they_say() {
        let text = |kind| {
            let shape = MessageShape {
                kind,
                size_bytes: 4096,
            };
            let book = Book::new(shape, &Framing::MaskedFrame, 5).unwrap();
            String::from_utf8(unmasked(&book, &Framing::MaskedFrame, 3, 1)).unwrap()
        };
        assert!(text(MessageKind::TextAscii).is_ascii());
        let lengths: std::collections::BTreeSet<_> = text(MessageKind::TextMultibyte)
            .chars()
            .map(char::len_utf8)
            .collect();
        assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    #[test]
    fn masks_and_payloads_vary() {
        let shape = MessageShape {
            kind: MessageKind::Binary,
            size_bytes: 125,
        };
        let book = Book::new(shape, &Framing::MaskedFrame, 9).unwrap();
        let frames: std::collections::BTreeSet<_> = (0..1_000)
            .map(|sequence| whole_frame(&book, sequence, 2))
            .collect();
        assert_eq!(frames.len(), 1_000);
        let keys: std::collections::BTreeSet<_> =
            book.templates.iter().map(|template| template.key).collect();
        assert_eq!(keys.len(), book.templates.len());
    }

    #[test]
    fn refuses_what_nobody_is_asked_to_accept() {
        let of = |framing: &Framing, size_bytes| {
            let kind = MessageKind::Binary;
            Book::new(MessageShape { kind, size_bytes }, framing, 0)
        };
        assert!(of(&Framing::MaskedFrame, MAX_MESSAGE_BYTES + 1).is_err());
        let long = Framing::Request {
            host: "h".repeat(MOST_HEAD_BYTES),
            path: "/".to_owned(),
        };
        assert!(of(&long, 1).err().unwrap().to_string().contains("head"));
    }

    #[test]
    fn a_datagram_is_the_payload_and_has_a_limit() {
        let of = |size_bytes| {
            let kind = MessageKind::TextMultibyte;
            Book::new(MessageShape { kind, size_bytes }, &Framing::Datagram, 3)
        };
        for size_bytes in [0, 1, 40, 65_507] {
            let book = of(size_bytes).unwrap();
            let frame = whole_frame(&book, 7, 1);
            assert_eq!(frame.len() as u64, size_bytes);
            assert!(std::str::from_utf8(&frame).is_ok());
        }
        let error = of(65_508).err().unwrap().to_string();
        assert!(error.contains("at most 65507"), "{error}");
    }
}
