//! What a rule gave, what was sent and what came back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Flaw, Protocol};

/// What a rule gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum RuleOutcome {
    /// The server keeps it.
    Passed {
        /// What is worth knowing besides.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fact: Option<Fact>,
    },
    /// The server breaks it.
    Failed {
        /// What was sent, or looked at.
        sent: Sent,
        /// What came back, or was found.
        received: Received,
        /// The section of RFC 6455 that asks for something else; `None` where the
        /// contender contract does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        section: Option<String>,
    },
    /// The rule has no meaning here, or could not be looked at.
    NotApplicable {
        /// Why.
        reason: NotApplicable,
    },
}

/// What is worth knowing of a rule that a server keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Fact {
    /// Whole messages and payload that came back.
    Echoed {
        /// Messages.
        messages: u64,
        /// Payload in bytes.
        payload_bytes: u64,
    },
    /// The threads that the server has with connections open, by name; the main
    /// thread first.
    Threads {
        /// Their names, as the kernel has them.
        names: Vec<String>,
    },
    /// What followed on something that must not be echoed.
    Answer {
        /// What came.
        received: Received,
    },
}

/// Why a rule was not judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum NotApplicable {
    /// The server speaks raw TCP.
    RawTcp,
    /// The server speaks another protocol.
    Speaks {
        /// Which.
        protocol: Protocol,
    },
    /// It echoes text that is no UTF-8, so there is nothing to close for.
    Utf8NotChecked,
    /// The program was given on the command line, where no helper threads can be
    /// declared, and has more threads than it says.
    Undeclared {
        /// The names of its threads, the main thread's first.
        names: Vec<String>,
    },
    /// The language's runtime starts and ends threads as it needs them, as Go's
    /// does; how many of them run at a time is set by the harness.
    OfTheRuntime {
        /// The names of its threads, the main thread's first.
        names: Vec<String>,
    },
    /// The system doesn't let one look at the server's sockets or threads.
    Unreadable {
        /// What it said.
        error: String,
    },
    /// The server could not be started, or no connection could be opened, so
    /// nothing could be sent.
    NoConnection,
}

/// What was sent to a server, or looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Sent {
    /// The messages of the check before a run, by the load generator.
    QuickCheck,
    /// The opening request.
    Opening,
    /// One message.
    Message {
        /// Whether it was text.
        text: bool,
        /// Its payload.
        size_bytes: u64,
        /// Its frames.
        frames: u32,
    },
    /// Many messages at once.
    Messages {
        /// How many.
        count: u64,
    },
    /// The first fragment of a message, and a ping.
    FragmentAndPing,
    /// A ping.
    Ping {
        /// Its payload.
        size_bytes: u64,
    },
    /// A Close frame.
    Close {
        /// Its code.
        code: Option<u16>,
    },
    /// Text that is no UTF-8.
    InvalidText,
    /// Nothing: the accepted socket was looked at.
    LookAtSocket,
    /// Nothing: the threads were looked at.
    LookAtThreads {
        /// Connections that were open.
        connections: u32,
        /// Threads that the server says serve them; 0 for one each.
        declared: u32,
    },
}

/// What came back from a server, or was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Received {
    /// Nothing in time, or nothing that answers.
    Nothing {
        /// How long was waited.
        waited_ns: u64,
    },
    /// No connection came about, or it broke.
    Broken {
        /// What the system said.
        error: String,
    },
    /// The end of the connection, without a Close frame.
    Ended,
    /// A reset of the connection, without a Close frame.
    Reset,
    /// The server's process ended.
    Exited {
        /// How.
        status: String,
    },
    /// A response that opens no connection.
    BadOpening {
        /// What is wrong with it.
        error: String,
    },
    /// A frame that no server may send.
    Violation {
        /// Which rule it breaks.
        error: String,
    },
    /// A Close frame.
    Close {
        /// Its code.
        code: Option<u16>,
    },
    /// A Close frame with a payload that may not be sent.
    BadClose {
        /// What is wrong with it.
        error: String,
    },
    /// A whole message that should not be there, or not now.
    Message {
        /// Whether it is text.
        text: bool,
        /// Its payload.
        size_bytes: u64,
    },
    /// The message with the other opcode.
    WrongOpcode {
        /// Whether text came.
        text: bool,
    },
    /// A message of another length.
    WrongLength {
        /// Number of the message, from 1.
        message: u64,
        /// Its length.
        size_bytes: u64,
        /// What it should be.
        expected_bytes: u64,
    },
    /// A message with other bytes.
    WrongBytes {
        /// Number of the message, from 1.
        message: u64,
        /// Where it differs first.
        offset_bytes: u64,
    },
    /// A message that was sent later, or earlier.
    OutOfOrder {
        /// Number of the message that was due, from 1.
        due: u64,
        /// Number of the message that came.
        came: u64,
    },
    /// Fewer messages than were sent, and then nothing or the end.
    TooFew {
        /// Messages that came back.
        messages: u64,
        /// What came instead of the next.
        then: Box<Received>,
    },
    /// A pong with another payload.
    WrongPong {
        /// Its payload.
        size_bytes: u64,
    },
    /// TCP_NODELAY is off.
    NoDelayOff,
    /// Threads, by name; the main thread first.
    Threads {
        /// Their names.
        names: Vec<String>,
    },
    /// What the check before a run names.
    Flaws {
        /// Its flaws.
        flaws: Vec<Flaw>,
    },
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Echoed {
                messages,
                payload_bytes,
            } => write!(f, "{messages} messages, {payload_bytes} bytes of payload"),
            Self::Threads { names } => write!(f, "{}", names.join(", ")),
            Self::Answer { received } => write!(f, "{received}"),
        }
    }
}

impl fmt::Display for NotApplicable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RawTcp => f.write_str("it speaks raw TCP"),
            Self::Speaks { protocol } => write!(f, "it speaks {protocol}"),
            Self::Utf8NotChecked => f.write_str("it doesn't check text"),
            Self::Undeclared { names } => write!(
                f,
                "a given program declares none besides those that serve; its {} are {}",
                names.len(),
                names.join(", ")
            ),
            Self::OfTheRuntime { names } => write!(
                f,
                "its language's runtime starts threads as it needs them and runs as many at a \
                 time as it was told; there are {} now",
                names.len()
            ),
            Self::Unreadable { error } => write!(f, "can't be seen from outside ({error})"),
            Self::NoConnection => f.write_str("no connection could be opened"),
        }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::QuickCheck => f.write_str("the messages of the check before a run"),
            Self::Opening => f.write_str("an opening request"),
            Self::Message {
                text,
                size_bytes,
                frames,
            } => {
                write!(f, "{} of {size_bytes} bytes", kind(*text))?;
                match frames {
                    1 => Ok(()),
                    more => write!(f, " in {more} frames"),
                }
            }
            Self::Messages { count } => write!(f, "{count} messages at once"),
            Self::FragmentAndPing => f.write_str("the first fragment of a message and a ping"),
            Self::Ping { size_bytes } => write!(f, "a ping of {size_bytes} bytes"),
            Self::Close { code } => close(f, *code),
            Self::InvalidText => f.write_str("text that is no UTF-8"),
            Self::LookAtSocket => f.write_str("nothing; its socket was looked at"),
            Self::LookAtThreads {
                connections,
                declared: 0,
            } => write!(
                f,
                "nothing; with {connections} connections open it should have a thread for each"
            ),
            Self::LookAtThreads {
                connections,
                declared,
            } => write!(
                f,
                "nothing; with {connections} connections open it should have {declared} for them"
            ),
        }
    }
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing { waited_ns } => {
                write!(f, "no answer within {:.1} s", *waited_ns as f64 / 1e9)
            }
            Self::Broken { error } => write!(f, "a broken connection ({error})"),
            Self::Ended => f.write_str("the end of the connection without a Close frame"),
            Self::Reset => f.write_str("a reset of the connection without a Close frame"),
            Self::Exited { status } => write!(f, "the end of the server ({status})"),
            Self::BadOpening { error } | Self::Violation { error } | Self::BadClose { error } => {
                f.write_str(error)
            }
            Self::Close { code } => close(f, *code),
            Self::Message { text, size_bytes } => {
                write!(f, "{} of {size_bytes} bytes", kind(*text))
            }
            Self::WrongOpcode { text } => write!(f, "it as {}", kind(*text)),
            Self::WrongLength {
                message,
                size_bytes,
                expected_bytes,
            } => write!(
                f,
                "{size_bytes} bytes instead of {expected_bytes} (message {message})"
            ),
            Self::WrongBytes {
                message,
                offset_bytes,
            } => write!(
                f,
                "other bytes from byte {offset_bytes} on (message {message})"
            ),
            Self::OutOfOrder { due, came } => write!(f, "message {came} where {due} was due"),
            Self::TooFew { messages, then } => write!(f, "{messages} of them, then {then}"),
            Self::WrongPong { size_bytes } => {
                write!(f, "a pong with another payload, of {size_bytes} bytes")
            }
            Self::NoDelayOff => f.write_str("TCP_NODELAY is off: small messages would wait"),
            Self::Threads { names } => write!(f, "{} threads: {}", names.len(), names.join(", ")),
            Self::Flaws { flaws } => {
                let words: Vec<String> = flaws.iter().map(ToString::to_string).collect();
                f.write_str(&words.join("; "))
            }
        }
    }
}

fn kind(text: bool) -> &'static str {
    if text { "text" } else { "binary" }
}

fn close(f: &mut fmt::Formatter<'_>, code: Option<u16>) -> fmt::Result {
    match code {
        Some(code) => write!(f, "Close with {code}"),
        None => f.write_str("Close without a code"),
    }
}
