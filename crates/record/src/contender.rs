//! The contract between a contender and the harness.
//!
//! A contender is any executable, in any language, that binds the address given
//! with `--listen`, prints a [`Ready`] line, answers the commands `count on`,
//! `count off` and `stats` on its standard input with one JSON line each, and
//! exits at the end of that input.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Inapplicable;

/// Which set of options a contender runs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// What the library's own documentation teaches.
    Default,
    /// Documented switches, each listed with its reason.
    Tuned,
    /// `default` with permessage-deflate (RFC 7692) offered to clients: for the
    /// cases of compression and for hostile input. No run measures it, because
    /// the load generator asks for no compression.
    Compressed,
}

impl Variant {
    /// Whether runs have rows of it.
    #[must_use]
    pub const fn is_measured(self) -> bool {
        !matches!(self, Self::Compressed)
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::Tuned => "tuned",
            Self::Compressed => "compressed",
        })
    }
}

/// A name that no variant has.
#[derive(Debug, thiserror::Error)]
#[error("unknown variant {0:?}: use default, tuned or compressed")]
pub struct UnknownVariant(pub String);

impl FromStr for Variant {
    type Err = UnknownVariant;

    fn from_str(text: &str) -> Result<Self, UnknownVariant> {
        match text {
            "default" => Ok(Self::Default),
            "tuned" => Ok(Self::Tuned),
            "compressed" => Ok(Self::Compressed),
            other => Err(UnknownVariant(other.to_owned())),
        }
    }
}

/// What a server speaks on its port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// RFC 6455 after an HTTP/1.1 upgrade.
    #[default]
    Websocket,
    /// Every byte comes back as it was sent; no handshake, no frames.
    RawTcp,
    /// Every datagram comes back as it was sent.
    Udp,
    /// The body of every POST comes back in its response: HTTP/1.1, on
    /// connections that stay open.
    Http,
}

impl Protocol {
    /// The largest payload that it carries in one piece, where it has a limit of
    /// its own: of a datagram over IPv4 that is what 16 bits of length leave.
    #[must_use]
    pub const fn largest_message_bytes(self) -> Option<u64> {
        match self {
            Self::Websocket | Self::RawTcp | Self::Http => None,
            Self::Udp => Some(65_507),
        }
    }

    /// Whether it carries a message of so many bytes.
    #[must_use]
    pub fn carries(self, size_bytes: u64) -> bool {
        Inapplicable::of_size(self, size_bytes).is_none()
    }

    /// Whether a client opens a connection.
    #[must_use]
    pub const fn has_connections(self) -> bool {
        !matches!(self, Self::Udp)
    }

    /// Whether a server knows where a message ends on a connection, so that it
    /// can keep one.
    #[must_use]
    pub const fn keeps_messages(self) -> bool {
        matches!(self, Self::Websocket | Self::Http)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Websocket => "WebSocket",
            Self::RawTcp => "raw TCP",
            Self::Udp => "UDP",
            Self::Http => "HTTP/1.1",
        })
    }
}

/// One option that a contender set, and the value that is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OptionInForce {
    /// Name as the library spells it.
    pub name: String,
    /// Value as text.
    pub value: String,
}

/// The first line of a contender, once it listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ready {
    /// `IP:port` that it listens on.
    pub address: String,
    /// What it speaks there.
    #[serde(default)]
    pub protocol: Protocol,
    /// The library that is measured, by its package name.
    pub library: String,
    /// That library's version, from the lock file it was built with.
    pub version: String,
    /// The runtime that drives it, such as `tokio` or `threads`.
    pub runtime: String,
    /// Which set of options is in force.
    pub variant: Variant,
    /// Threads that serve connections; 0 for one thread per connection.
    pub threads: u32,
    /// Messages that each connection holds on to after echoing them.
    #[serde(default)]
    pub keep: u32,
    /// Every option that differs from, or confirms, the library's own default.
    #[serde(default)]
    pub options: Vec<OptionInForce>,
}

/// Counts of the contender's own allocator since `count on`.
///
/// A field is `None` where the contender can't know it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AllocationCounts {
    /// Calls that allocated a new block.
    pub allocations: Option<u64>,
    /// Calls that resized a block.
    pub reallocations: Option<u64>,
    /// Calls that freed a block.
    pub frees: Option<u64>,
    /// Bytes asked for by allocations, and by which reallocations grew.
    pub allocated_bytes: Option<u64>,
    /// Bytes allocated less bytes freed since `count on`; below zero when more
    /// was freed that had been allocated earlier.
    pub live_bytes: Option<i64>,
    /// Highest value that `live_bytes` has had.
    pub peak_live_bytes: Option<i64>,
}

/// Every line that a contender prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum ContenderLine {
    /// It listens.
    Ready(Ready),
    /// Answer to `count on` and `count off`.
    Counting {
        /// Whether allocations are counted from here on.
        on: bool,
    },
    /// Answer to `stats`.
    Stats(AllocationCounts),
    /// Answer to a command that it doesn't know.
    Error {
        /// What it didn't understand.
        message: String,
    },
}
