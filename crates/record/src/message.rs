//! What a message looks like.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a message's payload is made of.
///
/// The two kinds of text are apart because validation of ASCII has a fast path
/// in every UTF-8 validator; some are twice as slow on anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// Opcode 2, random bytes.
    Binary,
    /// Opcode 1, ASCII only.
    TextAscii,
    /// Opcode 1, a mix of one- to four-byte UTF-8 characters.
    TextMultibyte,
}

impl MessageKind {
    /// Whether the message is sent with the text opcode.
    #[must_use]
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Binary)
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Binary => "binary",
            Self::TextAscii => "ASCII text",
            Self::TextMultibyte => "multi-byte text",
        })
    }
}

/// Kind and payload size of every message of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MessageShape {
    /// What the payload is made of.
    pub kind: MessageKind,
    /// Length of the payload in bytes, frame headers not included.
    pub size_bytes: u64,
}
