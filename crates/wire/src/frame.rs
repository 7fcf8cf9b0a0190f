//! Frame headers (RFC 6455 section 5.2).

use crate::{Opcode, apply_mask};

/// Length of the longest header: two octets, eight of length, four of mask.
pub const MAX_HEADER_BYTES: usize = 14;

/// Everything of a frame but its payload.
///
/// Any value can be encoded, those that RFC 6455 forbids too: a conformance
/// test has to send them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Whether this is the last frame of its message.
    pub fin: bool,
    /// The three reserved bits: RSV1 is 4, RSV2 is 2, RSV3 is 1. Higher bits are
    /// ignored.
    pub rsv: u8,
    /// What the frame is.
    pub opcode: Opcode,
    /// The masking key; frames of a client must have one, those of a server
    /// must not (RFC 6455 section 5.1).
    pub mask: Option<[u8; 4]>,
    /// Length of the payload in bytes.
    pub payload_len: u64,
}

/// How many octets carry a payload length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LengthForm {
    /// The seven bits of the second octet: up to 125.
    SevenBits,
    /// Two further octets: up to 65,535.
    TwoOctets,
    /// Eight further octets.
    EightOctets,
}

impl LengthForm {
    /// The shortest form that can carry `payload_len`, the only legal one.
    #[inline]
    #[must_use]
    pub const fn minimal(payload_len: u64) -> Self {
        match payload_len {
            0..=125 => Self::SevenBits,
            126..=0xffff => Self::TwoOctets,
            _ => Self::EightOctets,
        }
    }
}

/// A header that has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length would have fitted into fewer octets (RFC 6455 section 5.2:
    /// "the minimal number of bytes MUST be used").
    #[error("payload length {payload_len} is encoded in more bytes than it needs")]
    LengthNotMinimal {
        /// The length.
        payload_len: u64,
    },
    /// The most significant bit of a 64-bit length is set (RFC 6455 section 5.2).
    #[error("payload length {payload_len} is above 2^63 - 1")]
    LengthTooLarge {
        /// The length.
        payload_len: u64,
    },
}

impl FrameHeader {
    /// The header of a whole message, or control frame, in one frame.
    #[inline]
    #[must_use]
    pub const fn single(opcode: Opcode, mask: Option<[u8; 4]>, payload_len: u64) -> Self {
        Self {
            fin: true,
            rsv: 0,
            opcode,
            mask,
            payload_len,
        }
    }

    /// Writes the header to the front of `out` with the shortest length form;
    /// returns how many bytes it took.
    #[inline]
    pub fn encode(&self, out: &mut [u8; MAX_HEADER_BYTES]) -> usize {
        self.encode_with(LengthForm::minimal(self.payload_len), out)
    }

    /// As [`encode`](Self::encode), with a length form that may be longer than
    /// RFC 6455 allows. A form too short for the length is replaced by the
    /// shortest that can carry it.
    #[inline]
    pub fn encode_with(&self, form: LengthForm, out: &mut [u8; MAX_HEADER_BYTES]) -> usize {
        let masked = if self.mask.is_some() { 0x80 } else { 0 };
        out[0] = u8::from(self.fin) << 7 | (self.rsv & 0x7) << 4 | self.opcode.bits();
        let mut at = match form.max(LengthForm::minimal(self.payload_len)) {
            LengthForm::SevenBits => {
                out[1] = masked | self.payload_len as u8;
                2
            }
            LengthForm::TwoOctets => {
                out[1] = masked | 126;
                out[2..4].copy_from_slice(&(self.payload_len as u16).to_be_bytes());
                4
            }
            LengthForm::EightOctets => {
                out[1] = masked | 127;
                out[2..10].copy_from_slice(&self.payload_len.to_be_bytes());
                10
            }
        };
        if let Some(key) = self.mask {
            out[at..at + 4].copy_from_slice(&key);
            at += 4;
        }
        at
    }

    /// How many bytes [`encode`](Self::encode) writes.
    #[inline]
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        let length = match LengthForm::minimal(self.payload_len) {
            LengthForm::SevenBits => 2,
            LengthForm::TwoOctets => 4,
            LengthForm::EightOctets => 10,
        };
        length + if self.mask.is_some() { 4 } else { 0 }
    }

    /// Reads a header from the front of `bytes`; returns it with the number of
    /// bytes it took, or `None` when more bytes are needed.
    ///
    /// Which headers are legal depends on who sent them and when; that is the
    /// [`Decoder`](crate::Decoder)'s work. Here any opcode and any reserved bit
    /// is a header.
    ///
    /// # Errors
    /// When the length is not in its shortest form or above 2^63 - 1.
    #[inline]
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, FrameError> {
        let &[first, second, ref rest @ ..] = bytes else {
            return Ok(None);
        };
        let (payload_len, length_octets) = match second & 0x7f {
            126 => match rest.first_chunk() {
                Some(&octets) => (u64::from(u16::from_be_bytes(octets)), 2),
                None => return Ok(None),
            },
            127 => match rest.first_chunk() {
                Some(&octets) => (u64::from_be_bytes(octets), 8),
                None => return Ok(None),
            },
            short => (u64::from(short), 0),
        };
        match (length_octets, LengthForm::minimal(payload_len)) {
            (2 | 8, LengthForm::SevenBits) | (8, LengthForm::TwoOctets) => {
                return Err(FrameError::LengthNotMinimal { payload_len });
            }
            _ if payload_len >> 63 != 0 => {
                return Err(FrameError::LengthTooLarge { payload_len });
            }
            _ => {}
        }
        let (mask, mask_octets) = if second & 0x80 == 0 {
            (None, 0)
        } else {
            match rest[length_octets..].first_chunk() {
                Some(&key) => (Some(key), 4),
                None => return Ok(None),
            }
        };
        let header = Self {
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 0x7,
            opcode: Opcode::from_bits(first),
            mask,
            payload_len,
        };
        Ok(Some((header, 2 + length_octets + mask_octets)))
    }
}

/// Appends a frame to `out`: the header, then `payload`, masked when the header
/// has a key.
///
/// `header.payload_len` is written as it is, whether or not `payload` has that
/// length.
pub fn append_frame(out: &mut Vec<u8>, header: &FrameHeader, payload: &[u8]) {
    let mut octets = [0; MAX_HEADER_BYTES];
    let header_len = header.encode(&mut octets);
    out.reserve(header_len + payload.len());
    out.extend_from_slice(&octets[..header_len]);
    let start = out.len();
    out.extend_from_slice(payload);
    if let Some(key) = header.mask {
        apply_mask(key, 0, &mut out[start..]);
    }
}
