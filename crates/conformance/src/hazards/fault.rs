//! What was wrong with what a server did.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that a server did, or didn't do, in a probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// The process ended.
    Exited {
        /// How, in words, such as `signal 6`.
        status: String,
        /// The end of its standard error.
        stderr: String,
    },
    /// Some thread or task panicked, whether or not the process went on.
    Panicked {
        /// The panic's own line.
        message: String,
    },
    /// It grew past the probe's bound; the probe stopped then.
    Grew {
        /// By how much.
        growth_bytes: u64,
        /// The bound.
        bound_bytes: u64,
    },
    /// It took more processor time than the probe allows.
    Busy {
        /// How much.
        cpu_ns: u64,
        /// The bound.
        bound_ns: u64,
    },
    /// An innocent client waited too long for an echo.
    Starved {
        /// How long.
        longest_ns: u64,
        /// The bound.
        bound_ns: u64,
    },
    /// An innocent client lost its connection.
    InnocentDropped {
        /// How often.
        times: u32,
    },
    /// A new client was not served afterwards.
    NotRecovered {
        /// How long that was tried.
        waited_ns: u64,
    },
    /// Files of connections that had ended stayed open.
    FilesKept {
        /// Open files before.
        before: u64,
        /// Open files after.
        after: u64,
    },
    /// Twice the input cost much more than twice the processor time.
    SuperLinear {
        /// Processor time for the input.
        once_ns: u64,
        /// Processor time for twice as much.
        twice_ns: u64,
    },
    /// A request was accepted that has to be refused.
    Accepted,
    /// A request was refused that has to be accepted.
    Refused {
        /// With which status, if there was an answer.
        status: Option<u16>,
    },
    /// There was no connection, or no handshake where a good one was sent.
    NotOpened,
    /// A refused request got no HTTP response.
    NoResponse,
    /// There was no reaction in time.
    Silent {
        /// How long it was waited for.
        waited_ns: u64,
    },
    /// The connection was still open.
    StillOpen {
        /// How long its end was waited for.
        waited_ns: u64,
    },
    /// The Close frame had another code.
    WrongCode {
        /// Which.
        code: u16,
    },
    /// There was no Close frame with a code.
    NoCode,
    /// Something came back that must not.
    Echoed,
    /// A message did not come back.
    NotEchoed,
    /// The body of a request was answered like a request.
    SecondResponse {
        /// The status of that answer.
        status: u16,
    },
    /// The response has a line, or bytes, that the request has put there.
    Planted {
        /// The line.
        line: String,
    },
    /// An extension was agreed to whose parameters are not valid.
    BadParameters {
        /// The response's header.
        value: String,
    },
}

/// How bad a fault is. The worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The server survived, but did not do what the rule asks for.
    Rule,
    /// The server did not survive.
    Fatal,
}

impl Fault {
    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::Exited { .. }
            | Self::Panicked { .. }
            | Self::Grew { .. }
            | Self::Busy { .. }
            | Self::Starved { .. }
            | Self::InnocentDropped { .. }
            | Self::NotRecovered { .. }
            | Self::FilesKept { .. } => Severity::Fatal,
            Self::SuperLinear { .. }
            | Self::Accepted
            | Self::Refused { .. }
            | Self::NotOpened
            | Self::NoResponse
            | Self::Silent { .. }
            | Self::StillOpen { .. }
            | Self::WrongCode { .. }
            | Self::NoCode
            | Self::Echoed
            | Self::NotEchoed
            | Self::SecondResponse { .. }
            | Self::Planted { .. }
            | Self::BadParameters { .. } => Severity::Rule,
        }
    }

    /// Whether it is only that a connection was not ended in time.
    pub(super) fn is_patience(&self) -> bool {
        matches!(self, Self::StillOpen { .. } | Self::Silent { .. })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = |ns: &u64| *ns as f64 / 1e9;
        let mib = |bytes: &u64| *bytes as f64 / f64::from(1 << 20);
        match self {
            Self::Exited { status, stderr } if stderr.is_empty() => {
                write!(f, "the server ended ({status})")
            }
            Self::Exited { status, stderr } => write!(f, "the server ended ({status}): {stderr}"),
            Self::Panicked { message } => write!(f, "the server panicked: {message}"),
            Self::Grew {
                growth_bytes,
                bound_bytes,
            } => write!(
                f,
                "the server grew by {:.0} MiB (bound: {:.0} MiB)",
                mib(growth_bytes),
                mib(bound_bytes)
            ),
            Self::Busy { cpu_ns, bound_ns } => write!(
                f,
                "it took {:.1} s of processor time (bound: {:.1} s)",
                s(cpu_ns),
                s(bound_ns)
            ),
            Self::Starved {
                longest_ns,
                bound_ns,
            } => write!(
                f,
                "an innocent client waited {:.1} s for its echo (bound: {:.1} s)",
                s(longest_ns),
                s(bound_ns)
            ),
            Self::InnocentDropped { times } => {
                write!(f, "an innocent client lost its connection ({times} times)")
            }
            Self::NotRecovered { waited_ns } => write!(
                f,
                "no new client was served within {:.1} s afterwards",
                s(waited_ns)
            ),
            Self::FilesKept { before, after } => write!(
                f,
                "{after} files were open afterwards, {before} before: connections that have \
                 ended were kept"
            ),
            Self::SuperLinear { once_ns, twice_ns } => write!(
                f,
                "twice the input cost {:.2} s of processor time instead of {:.2} s",
                s(twice_ns),
                s(once_ns)
            ),
            Self::Accepted => f.write_str("accepted"),
            Self::Refused { status: Some(code) } => write!(f, "refused with status {code}"),
            Self::Refused { status: None } => f.write_str("refused without a response"),
            Self::NotOpened => f.write_str("no connection"),
            Self::NoResponse => f.write_str("ended without an HTTP response"),
            Self::Silent { waited_ns } => write!(f, "no reaction within {:.1} s", s(waited_ns)),
            Self::StillOpen { waited_ns } => write!(f, "still open after {:.1} s", s(waited_ns)),
            Self::WrongCode { code } => write!(f, "closed with code {code}"),
            Self::NoCode => f.write_str("ended without a Close frame that has a code"),
            Self::Echoed => f.write_str("answered with a message"),
            Self::NotEchoed => f.write_str("the message did not come back"),
            Self::SecondResponse { status } => write!(
                f,
                "the body was answered as a request of its own, with status {status}"
            ),
            Self::Planted { line } => write!(f, "the response has {line:?} from the request"),
            Self::BadParameters { value } => write!(f, "agreed to {value:?}"),
        }
    }
}
