//! What a server did in the cases of RFC 6455, and how that was judged.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Version of [`ConformanceReport`]. It grows when a field changes its meaning
/// or goes away; adding an optional field keeps it.
pub const CONFORMANCE_VERSION: u32 = 1;

/// Every case that was run against one server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConformanceReport {
    /// [`CONFORMANCE_VERSION`] of the writer.
    #[cfg_attr(feature = "schema", schemars(extend("const" = CONFORMANCE_VERSION)))]
    pub schema_version: u32,
    /// Name of the contender, or the URL of the server.
    pub name: String,
    /// What was tested.
    pub server: TestedServer,
    /// When it began, in seconds since 1970 (UTC).
    pub started_unix_s: u64,
    /// How long the whole took.
    pub elapsed_ns: u64,
    /// How many connections were open at once, at most.
    pub concurrency: u32,
    /// How often a case was run again that did not go well the first time.
    pub confirmations: u32,
    /// Where the cases come from.
    pub case_source: String,
    /// Why cases that were asked for are missing, when some are.
    pub cut_short: Option<CutShort>,
    /// The cases, in the order of their numbers.
    pub cases: Vec<CaseRecord>,
}

/// Whose server it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TestedServer {
    /// A contender, started for this.
    Contender {
        /// The library; empty for what is none.
        library: String,
        /// Its version.
        version: String,
        /// The runtime it was run on.
        runtime: String,
        /// Its variant.
        variant: crate::Variant,
    },
    /// Somebody's server, which was running already.
    Url {
        /// Where.
        url: String,
    },
}

/// Why not all cases were run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum CutShort {
    /// The server took too long over those before.
    TimeUp {
        /// The time that the whole may take.
        limit_ns: u64,
    },
    /// The user asked to stop.
    Interrupted,
    /// The server did not start, or ended.
    ServerFailed {
        /// What happened.
        flaw: crate::Flaw,
    },
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseRecord {
    /// Its number, such as `6.4.1`.
    pub id: String,
    /// The verdict.
    pub verdict: CaseVerdict,
    /// The verdicts of every time it was run, when it was run more than once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<CaseVerdict>,
    /// What came back: that of the attempt with the verdict.
    pub observed: Observed,
    /// What the case is about, where the verdict is not OK.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<CaseExplanation>,
}

/// What the server did, judged twice: its messages, and its closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseVerdict {
    /// Messages and pongs.
    pub behaviour: Behaviour,
    /// How the connection ended.
    pub close: CloseBehaviour,
}

/// The verdict on what the server sent. The worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Behaviour {
    /// As it should be.
    Ok,
    /// Nothing to pass or fail: it is only written down.
    Informational,
    /// Allowed, but not the best.
    NonStrict,
    /// The server doesn't have what the case is about.
    Unimplemented,
    /// Anything else.
    Failed,
}

/// The verdict on how the connection ended. The worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum CloseBehaviour {
    /// As it should be.
    Ok,
    /// Nothing to pass or fail.
    Informational,
    /// The server left it to the client to close the TCP connection.
    FailedByClient,
    /// The Close frame had a code that has no place here.
    WrongCode,
    /// There was no closing handshake where one was due.
    Unclean,
    /// The wrong side ended the connection, or it was never open.
    Failed,
}

impl CaseVerdict {
    /// Whether the case counts as passed: nothing in what the server sent was
    /// wrong.
    #[must_use]
    pub fn passed(self) -> bool {
        matches!(
            self.behaviour,
            Behaviour::Ok | Behaviour::NonStrict | Behaviour::Informational
        )
    }

    /// Whether the closing counts as passed.
    #[must_use]
    pub fn closed_well(self) -> bool {
        matches!(
            self.close,
            CloseBehaviour::Ok | CloseBehaviour::Informational
        )
    }

    /// Whether there is nothing to explain.
    #[must_use]
    pub fn is_good(self) -> bool {
        self.passed() && self.behaviour != Behaviour::NonStrict && self.closed_well()
    }
}

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "OK",
            Self::Informational => "INFORMATIONAL",
            Self::NonStrict => "NON-STRICT",
            Self::Unimplemented => "UNIMPLEMENTED",
            Self::Failed => "FAILED",
        })
    }
}

impl fmt::Display for CloseBehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "OK",
            Self::Informational => "INFORMATIONAL",
            Self::FailedByClient => "FAILED BY CLIENT",
            Self::WrongCode => "WRONG CODE",
            Self::Unclean => "UNCLEAN",
            Self::Failed => "FAILED",
        })
    }
}

/// What came back in one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Observed {
    /// Messages, pongs and waits that the connection outlived, in order; the
    /// first ones, when there were very many.
    pub events: Vec<ObservedEvent>,
    /// How many further events there were.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub events_left_out: u64,
    /// Pings of the server, which were answered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pings: u64,
    /// The code of the server's last Close frame, `None` without a frame or
    /// without a code in it.
    pub close_code: Option<u16>,
    /// Close frames that the server sent.
    pub close_frames: u64,
    /// Who sent the first Close frame: `true` for the client, which then counts
    /// as having ended the connection.
    pub ended_by_client: bool,
    /// Whether there was a whole closing handshake.
    pub clean: bool,
    /// How the TCP connection ended.
    pub end: ConnectionEnd,
    /// The first rule of RFC 6455 that the server's own frames broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub violation: Option<String>,
    /// From the TCP connection to its end.
    pub elapsed_ns: u64,
}

/// Something that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum ObservedEvent {
    /// A whole message.
    Message {
        /// Whether it was text.
        text: bool,
        /// Its length.
        length_bytes: u64,
        /// Its first bytes, in hexadecimal digits.
        start_hex: String,
    },
    /// A pong.
    Pong {
        /// Its payload, in hexadecimal digits.
        payload_hex: String,
    },
    /// The connection was still there at the end of a wait.
    StillOpen {
        /// Which wait.
        wait: String,
    },
}

/// How the TCP connection ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "end", rename_all = "kebab-case")]
pub enum ConnectionEnd {
    /// There was no opening handshake.
    NeverOpen {
        /// Why.
        error: String,
    },
    /// The server closed it.
    ClosedByServer,
    /// The server reset it.
    ResetByServer,
    /// The client did, because the server did not answer a Close frame in time.
    NoCloseReply,
    /// The client did, because the server did not after the closing handshake.
    NotDropped,
    /// The client did at the case's time limit.
    TimeLimit,
    /// The client did, because the server broke a rule during the closing
    /// handshake.
    Violation,
}

/// What a case is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseExplanation {
    /// What was sent.
    pub sends: String,
    /// What should come back.
    pub expects: String,
    /// How the connection should end.
    pub expects_close: String,
    /// Sections of RFC 6455 (or RFC 3629, where it says so).
    pub section: String,
    /// What they say.
    pub rule: String,
    /// What else is to be known of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
