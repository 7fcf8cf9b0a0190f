//! What each probe does.

mod closing;
mod compression;
mod frames;
mod handshake;
mod resources;
mod smuggled;

use wire::{FrameHeader, MAX_HEADER_BYTES, Opcode, append_frame};

use super::{ExchangeRecord, Fault, context::Context};

/// What a script found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) exchanges: Vec<ExchangeRecord>,
    /// Faults of the probe as a whole.
    pub(super) faults: Vec<Fault>,
    /// Whether the server has what the probe is about.
    pub(super) applies: bool,
}

impl Found {
    /// Nothing that applies.
    pub(super) fn nothing() -> Self {
        Self {
            exchanges: Vec::new(),
            faults: Vec::new(),
            applies: false,
        }
    }
}

impl From<Vec<ExchangeRecord>> for Found {
    fn from(exchanges: Vec<ExchangeRecord>) -> Self {
        Self {
            exchanges,
            faults: Vec::new(),
            applies: true,
        }
    }
}

impl From<ExchangeRecord> for Found {
    fn from(exchange: ExchangeRecord) -> Self {
        vec![exchange].into()
    }
}

pub(super) type Script = fn(&Context<'_>) -> Found;

/// The script of a probe.
pub(super) fn script(id: &str) -> Option<Script> {
    handshake::script(id)
        .or_else(|| smuggled::script(id))
        .or_else(|| frames::script(id))
        .or_else(|| resources::script(id))
        .or_else(|| compression::script(id))
        .or_else(|| closing::script(id))
}

/// Any key will do: it hides payloads from proxies, of which there is none.
const KEY: [u8; 4] = [0x5a, 0x17, 0xc3, 0x81];

/// A frame of a client.
fn frame(opcode: Opcode, fin: bool, rsv: u8, payload: &[u8]) -> Vec<u8> {
    let header = FrameHeader {
        fin,
        rsv,
        ..FrameHeader::single(opcode, Some(KEY), payload.len() as u64)
    };
    let mut bytes = Vec::new();
    append_frame(&mut bytes, &header, payload);
    bytes
}

/// A whole message, or a control frame.
fn whole(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    frame(opcode, true, 0, payload)
}

/// A part of a message that is not the last one.
fn part(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    frame(opcode, false, 0, payload)
}

/// A frame without mask.
fn unmasked(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let header = FrameHeader::single(opcode, None, payload.len() as u64);
    append_frame(&mut bytes, &header, payload);
    bytes
}

/// The header of a frame whose payload doesn't follow.
fn announced(opcode: Opcode, length: u64) -> Vec<u8> {
    let mut octets = [0; MAX_HEADER_BYTES];
    let count = FrameHeader::single(opcode, Some(KEY), length).encode(&mut octets);
    octets[..count].to_vec()
}

/// A text with a reserved bit: an error that every server must see.
fn reserved_bit() -> Vec<u8> {
    frame(Opcode::Text, true, 2, b"hello")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hazards::catalogue;

    #[test]
    fn every_probe_has_a_script() {
        for probe in catalogue() {
            assert!(script(&probe.id).is_some(), "{}", probe.id);
        }
        assert!(script("X1").is_none());
    }

    #[test]
    fn headers_say_what_is_announced() {
        assert_eq!(
            announced(Opcode::Binary, 1 << 40),
            [0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0x5a, 0x17, 0xc3, 0x81]
        );
        assert_eq!(reserved_bit()[..2], [0xa1, 0x85]);
        assert_eq!(
            part(Opcode::Continuation, b""),
            [0, 0x80, 0x5a, 0x17, 0xc3, 0x81]
        );
        assert_eq!(unmasked(Opcode::Ping, b"a"), [0x89, 1, b'a']);
    }
}
