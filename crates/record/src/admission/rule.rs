//! The rules.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whether a server that breaks a rule may take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Requirement {
    /// It may not: the contender contract asks for it, or a number would be
    /// unfair without it.
    Mandatory,
    /// It may: this is what the library is like, and it is only shown.
    Shown,
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mandatory => "mandatory",
            Self::Shown => "shown",
        })
    }
}

/// What is looked at before a server takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AdmissionRule {
    /// It is what its metadata says, and echoes to the load generator.
    QuickCheck,
    /// It answers the opening handshake, with the right accept value and nothing
    /// that was not offered.
    Handshake,
    /// It echoes text that is really multi-byte, as text.
    Text,
    /// It echoes bytes of every value, as binary.
    Binary,
    /// It echoes messages without payload.
    EmptyMessage,
    /// It echoes messages on both sides of each form of length.
    LengthEdges,
    /// It echoes a message in fragments, with a ping between them, as one message.
    Fragments,
    /// It echoes a message of 16 MiB.
    LargeMessage,
    /// Messages come back in the order in which they were sent.
    Order,
    /// Each message comes back as one message of its own, none merged, skipped or
    /// repeated.
    EqualWork,
    /// It answers a ping with its payload.
    Ping,
    /// It answers a Close frame with a Close frame.
    Close,
    /// Sockets that it accepts have TCP_NODELAY.
    NoDelay,
    /// It has the threads that it declares, and no others.
    Threads,
    /// It answers a ping while a message is coming in fragments.
    PongInsideMessage,
    /// It takes text whose fragments part a character.
    FragmentInsideCharacter,
    /// It echoes the code of a Close frame.
    CloseCode,
    /// It answers a Close frame without a code.
    CloseWithoutCode,
    /// It ends the connection after the closing handshake.
    EndAfterClose,
    /// It doesn't echo text that is no UTF-8.
    Utf8Checked,
    /// It closes with 1007 after text that is no UTF-8.
    Utf8CloseCode,
}

impl AdmissionRule {
    /// Every rule, the mandatory ones first.
    pub const ALL: [Self; 21] = [
        Self::QuickCheck,
        Self::Handshake,
        Self::Text,
        Self::Binary,
        Self::EmptyMessage,
        Self::LengthEdges,
        Self::Fragments,
        Self::LargeMessage,
        Self::Order,
        Self::EqualWork,
        Self::Ping,
        Self::Close,
        Self::NoDelay,
        Self::Threads,
        Self::PongInsideMessage,
        Self::FragmentInsideCharacter,
        Self::CloseCode,
        Self::CloseWithoutCode,
        Self::EndAfterClose,
        Self::Utf8Checked,
        Self::Utf8CloseCode,
    ];

    /// Whether a server that breaks it may take part.
    #[must_use]
    pub fn requirement(self) -> Requirement {
        match self {
            Self::QuickCheck
            | Self::Handshake
            | Self::Text
            | Self::Binary
            | Self::EmptyMessage
            | Self::LengthEdges
            | Self::Fragments
            | Self::LargeMessage
            | Self::Order
            | Self::EqualWork
            | Self::Ping
            | Self::Close
            | Self::NoDelay
            | Self::Threads => Requirement::Mandatory,
            Self::PongInsideMessage
            | Self::FragmentInsideCharacter
            | Self::CloseCode
            | Self::CloseWithoutCode
            | Self::EndAfterClose
            | Self::Utf8Checked
            | Self::Utf8CloseCode => Requirement::Shown,
        }
    }

    /// The section of RFC 6455 that asks for it; `None` for a rule of the
    /// contender contract.
    #[must_use]
    pub fn section(self) -> Option<&'static str> {
        match self {
            Self::QuickCheck | Self::EqualWork | Self::Order | Self::LargeMessage => None,
            Self::NoDelay | Self::Threads => None,
            Self::Handshake => Some("4.2.2"),
            Self::Text | Self::Binary => Some("5.6"),
            Self::EmptyMessage | Self::LengthEdges => Some("5.2"),
            Self::Fragments => Some("5.4"),
            Self::FragmentInsideCharacter => Some("5.6"),
            Self::Ping | Self::PongInsideMessage => Some("5.5.3"),
            Self::Close | Self::CloseCode | Self::CloseWithoutCode => Some("5.5.1"),
            Self::EndAfterClose => Some("7.1.1"),
            Self::Utf8Checked => Some("8.1"),
            Self::Utf8CloseCode => Some("7.4.1"),
        }
    }
}

impl fmt::Display for AdmissionRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::QuickCheck => "says what its metadata says, echoes to the load generator",
            Self::Handshake => "opening handshake",
            Self::Text => "echoes text",
            Self::Binary => "echoes binary",
            Self::EmptyMessage => "echoes messages without payload",
            Self::LengthEdges => "echoes 125, 126, 65,535 and 65,536 bytes",
            Self::Fragments => "echoes fragments with a ping between them as one message",
            Self::LargeMessage => "echoes 16 MiB",
            Self::Order => "keeps the order of 1,000 messages",
            Self::EqualWork => "one message back for each, none merged, skipped or repeated",
            Self::Ping => "answers a ping with its payload",
            Self::Close => "answers Close with Close",
            Self::NoDelay => "TCP_NODELAY on the accepted socket",
            Self::Threads => "no thread but those declared",
            Self::PongInsideMessage => "answers a ping inside a fragmented message at once",
            Self::FragmentInsideCharacter => "takes text whose fragments part a character",
            Self::CloseCode => "echoes the close codes 1000, 1001, 3000 and 4999",
            Self::CloseWithoutCode => "answers Close without a code likewise",
            Self::EndAfterClose => "ends the connection after Close",
            Self::Utf8Checked => "doesn't echo text that is no UTF-8",
            Self::Utf8CloseCode => "closes with 1007 after text that is no UTF-8",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_there_once_with_the_mandatory_ones_first() {
        let mut sorted = AdmissionRule::ALL.to_vec();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted, AdmissionRule::ALL);
        let first_shown = AdmissionRule::ALL
            .iter()
            .position(|rule| rule.requirement() == Requirement::Shown)
            .unwrap();
        assert!(
            AdmissionRule::ALL[first_shown..]
                .iter()
                .all(|rule| rule.requirement() == Requirement::Shown)
        );
    }
}
