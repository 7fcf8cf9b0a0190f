//! What a server can do wrong with its frames.

use crate::{FrameError, Opcode};

/// A rule of RFC 6455 that a server's frames broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A server must not mask a frame (section 5.1).
    #[error("the server masked a frame (RFC 6455 section 5.1)")]
    Masked,
    /// A reserved bit is set though no extension was agreed on (section 5.2).
    #[error("reserved bits {rsv:#05b} are set without an extension (RFC 6455 section 5.2)")]
    ReservedBits {
        /// The three bits, RSV1 the highest.
        rsv: u8,
    },
    /// The opcode has no meaning (section 5.2).
    #[error("{opcode} was sent (RFC 6455 section 5.2)")]
    ReservedOpcode {
        /// Which.
        opcode: Opcode,
    },
    /// A control frame must not be fragmented (section 5.5).
    #[error("a {opcode} frame is fragmented (RFC 6455 section 5.5)")]
    FragmentedControl {
        /// Which kind.
        opcode: Opcode,
    },
    /// A control frame's payload must have 125 bytes at most (section 5.5).
    #[error("a {opcode} frame has more than 125 bytes of payload (RFC 6455 section 5.5)")]
    ControlTooLong {
        /// Which kind.
        opcode: Opcode,
    },
    /// There is no message to continue (section 5.4).
    #[error("a continuation frame came outside a message (RFC 6455 section 5.4)")]
    ContinuationWithoutStart,
    /// A message started before the one before was complete (section 5.4).
    #[error("a {opcode} message started inside a fragmented one (RFC 6455 section 5.4)")]
    MessageInsideMessage {
        /// The kind of the new message.
        opcode: Opcode,
    },
    /// No data frame may follow a Close frame (section 5.5.1).
    #[error("a {opcode} frame came after a Close frame (RFC 6455 section 5.5.1)")]
    DataAfterClose {
        /// Which kind.
        opcode: Opcode,
    },
    /// The length is not in its shortest form (section 5.2).
    #[error(
        "payload length {payload_len} is encoded in more bytes than it needs (RFC 6455 section 5.2)"
    )]
    LengthNotMinimal {
        /// The length.
        payload_len: u64,
    },
    /// The length's most significant bit is set (section 5.2).
    #[error("payload length {payload_len} is above 2^63 - 1 (RFC 6455 section 5.2)")]
    LengthTooLarge {
        /// The length.
        payload_len: u64,
    },
}

impl From<FrameError> for Violation {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::LengthNotMinimal { payload_len } => Self::LengthNotMinimal { payload_len },
            FrameError::LengthTooLarge { payload_len } => Self::LengthTooLarge { payload_len },
        }
    }
}
