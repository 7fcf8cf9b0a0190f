//! Frames: RFC 6455 section 5.

use contender_kit::MAX_MESSAGE_BYTES;

/// Length of a masking key.
pub(crate) const MASK_BYTES: usize = 4;

/// Length of the longest header, that of a client with a 64-bit length.
pub(crate) const MAX_HEADER_BYTES: usize = 10 + MASK_BYTES;

const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
const MASKED: u8 = 0x80;

/// Payload of a control frame: RFC 6455 section 5.5.
const MAX_CONTROL_BYTES: usize = 125;

/// Why this server closes by itself: RFC 6455 section 7.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseCode {
    Protocol = 1002,
    InvalidPayload = 1007,
    TooBig = 1009,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

impl Opcode {
    fn parse(bits: u8) -> Result<Self, CloseCode> {
        Ok(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return Err(CloseCode::Protocol),
        })
    }

    fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// A client's frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) is_last: bool,
    pub(crate) opcode: Opcode,
    pub(crate) mask: [u8; MASK_BYTES],
    pub(crate) header_bytes: usize,
    payload_bytes: usize,
}

impl Header {
    /// Reads the header at the front of `bytes`; `None` until it is complete.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<Self>, CloseCode> {
        let &[first, second, ref rest @ ..] = bytes else {
            return Ok(None);
        };
        let opcode = Opcode::parse(first & 0x0f)?;
        let is_last = first & FIN != 0;
        let short_length = usize::from(second & !MASKED);
        let broken = first & RESERVED != 0
            || second & MASKED == 0
            || opcode.is_control() && (!is_last || short_length > MAX_CONTROL_BYTES);
        if broken {
            return Err(CloseCode::Protocol);
        }
        let (length, rest) = match short_length {
            126 => match rest.split_first_chunk() {
                Some((&length, rest)) => (u16::from_be_bytes(length).into(), rest),
                None => return Ok(None),
            },
            127 => match rest.split_first_chunk() {
                Some((&length, rest)) => (u64::from_be_bytes(length), rest),
                None => return Ok(None),
            },
            short => (short as u64, rest),
        };
        let payload_bytes = match usize::try_from(length) {
            Ok(bytes) if bytes <= MAX_MESSAGE_BYTES => bytes,
            _ => return Err(CloseCode::TooBig),
        };
        let header_bytes = bytes.len() - rest.len() + MASK_BYTES;
        // The shortest form is the only one allowed.
        if header_bytes != self::header_bytes(payload_bytes) + MASK_BYTES {
            return Err(CloseCode::Protocol);
        }
        let Some(&mask) = rest.first_chunk() else {
            return Ok(None);
        };
        Ok(Some(Self {
            is_last,
            opcode,
            mask,
            header_bytes,
            payload_bytes,
        }))
    }

    /// Length of the whole frame.
    pub(crate) fn frame_bytes(&self) -> usize {
        self.header_bytes + self.payload_bytes
    }
}

/// Length of a server's header for a payload.
pub(crate) fn header_bytes(payload_bytes: usize) -> usize {
    match payload_bytes {
        0..=125 => 2,
        126..=0xffff => 4,
        _ => 10,
    }
}

/// Length of the payload in a server's frame of this length.
pub(crate) fn payload_bytes(frame_bytes: usize) -> usize {
    match frame_bytes {
        0..=127 => frame_bytes - 2,
        128..=0x1_0003 => frame_bytes - 4,
        _ => frame_bytes - 10,
    }
}

/// Writes a server's header to the front of `frame`.
pub(crate) fn write_header(frame: &mut [u8], opcode: Opcode, payload_bytes: usize) {
    frame[0] = FIN | opcode as u8;
    match header_bytes(payload_bytes) {
        2 => frame[1] = payload_bytes as u8,
        4 => {
            frame[1] = 126;
            frame[2..4].copy_from_slice(&(payload_bytes as u16).to_be_bytes());
        }
        _ => {
            frame[1] = 127;
            frame[2..10].copy_from_slice(&(payload_bytes as u64).to_be_bytes());
        }
    }
}

/// A Close frame with a code and no reason.
pub(crate) fn close(code: CloseCode) -> [u8; 4] {
    let [high, low] = (code as u16).to_be_bytes();
    [FIN | Opcode::Close as u8, 2, high, low]
}

/// Checks the payload of a client's Close frame: RFC 6455 sections 5.5.1, 7.4.
pub(crate) fn check_close(payload: &[u8]) -> Result<(), CloseCode> {
    let Some((&code, reason)) = payload.split_first_chunk() else {
        return match payload {
            [] => Ok(()),
            _ => Err(CloseCode::Protocol),
        };
    };
    match u16::from_be_bytes(code) {
        1000..=1003 | 1007..=1014 | 3000..=4999 => {}
        _ => return Err(CloseCode::Protocol),
    }
    match str::from_utf8(reason) {
        Ok(_) => Ok(()),
        Err(_) => Err(CloseCode::InvalidPayload),
    }
}

/// Removes the mask: RFC 6455 section 5.3.
pub(crate) fn unmask(payload: &mut [u8], mask: [u8; MASK_BYTES]) {
    let [a, b, c, d] = mask;
    let key = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = payload.as_chunks_mut();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ key).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= key;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_example_of_section_5_7() {
        let frame = [
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        let header = Header::parse(&frame).unwrap().unwrap();
        assert_eq!(header.opcode, Opcode::Text);
        assert!(header.is_last);
        assert_eq!(header.frame_bytes(), frame.len());
        let mut payload = frame[header.header_bytes..].to_vec();
        unmask(&mut payload, header.mask);
        assert_eq!(payload, b"Hello");
    }

    #[test]
    fn breaches_have_their_codes() {
        let cases: [(&[u8], CloseCode); 9] = [
            (&[0xc1, 0x80], CloseCode::Protocol),         // reserved bit
            (&[0x83, 0x80], CloseCode::Protocol),         // reserved opcode
            (&[0x81, 0x05], CloseCode::Protocol),         // no mask
            (&[0x09, 0x80], CloseCode::Protocol),         // fragmented ping
            (&[0x89, 0xfe], CloseCode::Protocol),         // long ping
            (&[0x82, 0xfe, 0, 125], CloseCode::Protocol), // not the shortest form
            (
                &[0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
                CloseCode::Protocol,
            ),
            (&[0x82, 0xff, 0, 0, 0, 0, 4, 0, 0, 1], CloseCode::TooBig),
            (&[0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0], CloseCode::TooBig),
        ];
        for (bytes, code) in cases {
            assert_eq!(Header::parse(bytes), Err(code), "{bytes:x?}");
        }
        let largest = [0x82, 0xff, 0, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4];
        let header = Header::parse(&largest).unwrap().unwrap();
        assert_eq!(header.frame_bytes(), 14 + MAX_MESSAGE_BYTES);
    }

    #[test]
    fn close_payloads() {
        assert_eq!(check_close(b""), Ok(()));
        assert_eq!(check_close(b"\x03\xe8bye"), Ok(()));
        assert_eq!(check_close(b"\x03"), Err(CloseCode::Protocol));
        for code in [0_u16, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
            let payload = code.to_be_bytes();
            assert_eq!(check_close(&payload), Err(CloseCode::Protocol), "{code}");
        }
        assert_eq!(check_close(b"\x03\xe8\xff"), Err(CloseCode::InvalidPayload));
    }

    proptest! {
        #[test]
        fn a_reply_fits_over_its_frame(payload_bytes in prop_oneof![0_usize..300, 65_000_usize..66_000, 0..=MAX_MESSAGE_BYTES], mask: [u8; 4]) {
            let mut reply = [0; 10];
            write_header(&mut reply, Opcode::Binary, payload_bytes);
            let mut header = reply[..header_bytes(payload_bytes)].to_vec();
            prop_assert_eq!(super::payload_bytes(header.len() + payload_bytes), payload_bytes);
            header[1] |= MASKED;
            header.extend(mask);
            for cut in 0..header.len() {
                prop_assert_eq!(Header::parse(&header[..cut]), Ok(None));
            }
            let parsed = Header::parse(&header).unwrap().unwrap();
            prop_assert_eq!(parsed.header_bytes, header.len());
            prop_assert_eq!(parsed.frame_bytes(), header.len() + payload_bytes);
            prop_assert_eq!(parsed.mask, mask);
        }

        #[test]
        fn unmasks_byte_by_byte(payload: Vec<u8>, mask: [u8; 4]) {
            let mut unmasked = payload.clone();
            unmask(&mut unmasked, mask);
            let expected: Vec<u8> = payload
                .iter()
                .enumerate()
                .map(|(index, byte)| byte ^ mask[index % 4])
                .collect();
            prop_assert_eq!(unmasked, expected);
        }
    }
}
