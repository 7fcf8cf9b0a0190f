//! Reads any frame, also one that RFC 6455 forbids.

use crate::{FrameHeader, LengthForm, MAX_HEADER_BYTES, Opcode, apply_mask};

/// What the reader found next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// A frame starts.
    Start {
        /// Its header, as it was sent.
        header: FrameHeader,
        /// How its length was written; longer than needed is forbidden.
        length_form: LengthForm,
    },
    /// A part of the frame's payload as it was sent: still masked when the
    /// header has a key.
    Payload(&'a [u8]),
    /// The frame is complete.
    End,
}

/// Splits a stream into frames and judges nothing: who tests a peer wants to
/// read on after it broke a rule, for instance to see its Close frame.
///
/// Payloads are handed on as slices of the input, so memory is bounded whatever
/// the peer sends. [`Decoder`](crate::Decoder) is the strict one.
#[derive(Clone, Debug, Default)]
pub struct FrameReader {
    held: [u8; MAX_HEADER_BYTES],
    held_len: usize,
    /// What is left of the current frame's payload.
    remaining: Option<u64>,
}

impl FrameReader {
    /// A reader at the first byte of a frame.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next part from the front of `input`, and how many bytes it took.
    /// `None`: all of `input` was taken and more is needed. [`Part::End`] takes
    /// nothing: call again until `None`.
    pub fn next<'a>(&mut self, input: &'a [u8]) -> (usize, Option<Part<'a>>) {
        match self.remaining {
            Some(0) => {
                self.remaining = None;
                (0, Some(Part::End))
            }
            Some(_) if input.is_empty() => (0, None),
            Some(remaining) => {
                let length = usize::try_from(remaining).map_or(input.len(), |r| r.min(input.len()));
                self.remaining = Some(remaining - length as u64);
                (length, Some(Part::Payload(&input[..length])))
            }
            None => self.next_header(input),
        }
    }

    fn next_header<'a>(&mut self, input: &'a [u8]) -> (usize, Option<Part<'a>>) {
        let before = self.held_len;
        let offered = input.len().min(MAX_HEADER_BYTES - before);
        self.held[before..before + offered].copy_from_slice(&input[..offered]);
        let Some((header, length_form, length)) = header(&self.held[..before + offered]) else {
            self.held_len = before + offered;
            return (offered, None);
        };
        self.held_len = 0;
        self.remaining = Some(header.payload_len);
        let start = Part::Start {
            header,
            length_form,
        };
        (length - before, Some(start))
    }
}

/// Unmasks a part of a payload; `phase` is how much of the payload came before.
pub fn unmask(header: &FrameHeader, phase: u64, bytes: &mut [u8]) {
    if let Some(key) = header.mask {
        apply_mask(key, (phase & 3) as usize, bytes);
    }
}

/// As [`FrameHeader::decode`], without a rule on the length.
fn header(bytes: &[u8]) -> Option<(FrameHeader, LengthForm, usize)> {
    let &[first, second, ref rest @ ..] = bytes else {
        return None;
    };
    let (payload_len, length_form, octets) = match second & 0x7f {
        126 => {
            let &length = rest.first_chunk()?;
            (
                u64::from(u16::from_be_bytes(length)),
                LengthForm::TwoOctets,
                2,
            )
        }
        127 => {
            let &length = rest.first_chunk()?;
            (u64::from_be_bytes(length), LengthForm::EightOctets, 8)
        }
        short => (u64::from(short), LengthForm::SevenBits, 0),
    };
    let (mask, mask_octets) = if second & 0x80 == 0 {
        (None, 0)
    } else {
        (Some(*rest[octets..].first_chunk()?), 4)
    };
    let header = FrameHeader {
        fin: first & 0x80 != 0,
        rsv: first >> 4 & 0x7,
        opcode: Opcode::from_bits(first),
        mask,
        payload_len,
    };
    Some((header, length_form, 2 + octets + mask_octets))
}
