//! Opcodes: what a frame is (RFC 6455 section 5.2).

use std::fmt;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opcode {
    /// 0: the message of the frames before goes on.
    Continuation,
    /// 1: a message of UTF-8 text starts.
    Text,
    /// 2: a message of bytes starts.
    Binary,
    /// 8: the closing handshake.
    Close,
    /// 9: asks for a pong with the same payload.
    Ping,
    /// 10: answers a ping.
    Pong,
    /// 3 to 7 and 11 to 15: nobody may send these without an extension that
    /// gives them a meaning.
    Reserved(u8),
}

impl Opcode {
    /// The opcode in the low four bits of `bits`; the others are ignored.
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 0x0f {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xa => Self::Pong,
            other => Self::Reserved(other),
        }
    }

    /// The four bits on the wire, 0 to 15.
    #[inline]
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0x0,
            Self::Text => 0x1,
            Self::Binary => 0x2,
            Self::Close => 0x8,
            Self::Ping => 0x9,
            Self::Pong => 0xa,
            Self::Reserved(bits) => bits & 0x0f,
        }
    }

    /// Whether the frame is a control frame: 8 to 15 (RFC 6455 section 5.5).
    #[inline]
    #[must_use]
    pub const fn is_control(self) -> bool {
        self.bits() & 0x8 != 0
    }

    /// Whether the opcode has no meaning without an extension.
    #[inline]
    #[must_use]
    pub const fn is_reserved(self) -> bool {
        matches!(Self::from_bits(self.bits()), Self::Reserved(_))
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Continuation => f.write_str("continuation"),
            Self::Text => f.write_str("text"),
            Self::Binary => f.write_str("binary"),
            Self::Close => f.write_str("close"),
            Self::Ping => f.write_str("ping"),
            Self::Pong => f.write_str("pong"),
            Self::Reserved(bits) => write!(f, "reserved opcode {:#x}", bits & 0x0f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_survive_the_way_there_and_back() {
        for bits in 0..16 {
            assert_eq!(Opcode::from_bits(bits).bits(), bits);
        }
        assert_eq!(Opcode::from_bits(0xf1), Opcode::Text);
    }

    #[test]
    fn classes_are_those_of_section_5_2() {
        let control: Vec<u8> = (0..16)
            .filter(|&bits| Opcode::from_bits(bits).is_control())
            .collect();
        assert_eq!(control, (8..16).collect::<Vec<u8>>());
        let reserved: Vec<u8> = (0..16)
            .filter(|&bits| Opcode::from_bits(bits).is_reserved())
            .collect();
        assert_eq!(reserved, [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]);
    }

    #[test]
    fn names_are_those_of_the_rfc() {
        let names: Vec<String> = [0, 1, 2, 3, 8, 9, 10, 15]
            .map(|bits| Opcode::from_bits(bits).to_string())
            .into();
        assert_eq!(
            names,
            [
                "continuation",
                "text",
                "binary",
                "reserved opcode 0x3",
                "close",
                "ping",
                "pong",
                "reserved opcode 0xf"
            ]
        );
    }
}
