//! What was wrong with a trial.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a trial's numbers must not be published.
///
/// One flaw is enough to make a trial invalid. The trial stays in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "flaw", rename_all = "kebab-case")]
pub enum Flaw {
    /// The server's program could not be started.
    NotStarted {
        /// The operating system's words.
        error: String,
    },
    /// The server printed no ready line in time.
    NeverReady {
        /// How long the harness waited.
        waited_ns: u64,
    },
    /// The server's ready line could not be understood.
    BadReadyLine {
        /// What it printed and what is wrong with it.
        error: String,
    },
    /// The server ended by itself while it was needed.
    Exited {
        /// Exit status in words, such as `signal 11` or `exit code 101`.
        status: String,
        /// The last lines of its standard error.
        stderr: String,
    },
    /// The server answered a command wrongly or not at all.
    ControlFailed {
        /// The command and the answer.
        error: String,
    },
    /// The tool that counts is not on this machine.
    ToolMissing {
        /// Its name.
        tool: String,
    },
    /// The server does not run under the tool that counts, or the tool did not
    /// count; this says nothing on the server.
    ToolFailed {
        /// The tool's name.
        tool: String,
        /// What happened.
        error: String,
    },
    /// The load generator failed by itself; this says nothing on the server.
    GeneratorFailed {
        /// What it said.
        error: String,
    },
    /// Connections that were refused, reset or not upgraded while connecting.
    ConnectionsFailed {
        /// How many.
        count: u64,
        /// The first failure.
        first: String,
    },
    /// Messages came back with other bytes.
    Corrupted {
        /// How many.
        count: u64,
    },
    /// Messages came back with another length.
    WrongLength {
        /// How many.
        count: u64,
    },
    /// Messages came back with another opcode.
    WrongOpcode {
        /// How many.
        count: u64,
    },
    /// Messages came back before others that were sent earlier.
    Reordered {
        /// How many.
        count: u64,
    },
    /// Messages came back more than once.
    Duplicated {
        /// How many.
        count: u64,
    },
    /// Messages never came back within the grace time.
    Missing {
        /// How many.
        count: u64,
    },
    /// Messages came back after they had been given up.
    Late {
        /// How many.
        count: u64,
    },
    /// The server broke the protocol.
    ProtocolViolated {
        /// How often.
        count: u64,
        /// The first violation.
        first: String,
    },
    /// The server closed connections that it should have kept.
    ClosedEarly {
        /// How many with a Close frame or an orderly end of stream.
        closed: u64,
        /// How many by reset.
        reset: u64,
    },
    /// No message came back in the whole window.
    NothingEchoed,
    /// The offered rate was not reached.
    RateNotReached {
        /// Achieved rate divided by offered rate.
        ratio: f64,
    },
    /// The number of messages was too large for the time limit.
    TimedOut {
        /// The limit.
        limit_ns: u64,
    },
    /// The machine did something else meanwhile, more than is allowed.
    Disturbed {
        /// What.
        by: Disturbance,
        /// Share of the time of the trial's processors, or of the window.
        share: f64,
        /// The share that is allowed.
        bound: f64,
    },
    /// The generator sent so late that the response times are in good part its
    /// own.
    ScheduleLagged {
        /// Median time from the planned instant to the write.
        lag_p50_ns: u64,
        /// Median time from the planned instant to the complete echo.
        response_p50_ns: u64,
        /// The share of the second that the first may be.
        bound: f64,
    },
    /// At a fixed rate, the generator was busier than it may be: what is
    /// measured is in good part how its own messages queue.
    GeneratorSaturated {
        /// Busy share of the generator's processors.
        share: f64,
        /// The share that is allowed.
        bound: f64,
    },
    /// The machine's limit on open files is below what the scenario needs.
    TooFewFiles {
        /// Open files that are needed.
        needed: u64,
        /// Open files that are allowed.
        allowed: u64,
    },
    /// A figure could not be read from the kernel.
    NotReadable {
        /// Which, and the operating system's words.
        error: String,
    },
}

/// What disturbed a trial from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Disturbance {
    /// The hypervisor ran something else on the trial's processors (steal time).
    Steal,
    /// The generator was ready to run and its processor ran something else.
    GeneratorPreempted,
    /// Some task of the machine waited for memory (pressure stall).
    MemoryStall,
    /// Some task of the machine waited for a disk (pressure stall).
    IoStall,
}

impl fmt::Display for Disturbance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Steal => "the hypervisor took",
            Self::GeneratorPreempted => "the load generator waited for its processor",
            Self::MemoryStall => "the machine waited for memory",
            Self::IoStall => "the machine waited for a disk",
        })
    }
}

/// A flaw's name without its numbers, to group and to compare by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "each names the variant of Flaw that documents it"
)]
pub enum FlawKind {
    NotStarted,
    NeverReady,
    BadReadyLine,
    Exited,
    ControlFailed,
    ToolMissing,
    ToolFailed,
    GeneratorFailed,
    ConnectionsFailed,
    Corrupted,
    WrongLength,
    WrongOpcode,
    Reordered,
    Duplicated,
    Missing,
    Late,
    ProtocolViolated,
    ClosedEarly,
    NothingEchoed,
    RateNotReached,
    TimedOut,
    Disturbed,
    ScheduleLagged,
    GeneratorSaturated,
    TooFewFiles,
    NotReadable,
}

impl Flaw {
    /// The flaw's name.
    #[must_use]
    pub fn kind(&self) -> FlawKind {
        match self {
            Self::NotStarted { .. } => FlawKind::NotStarted,
            Self::NeverReady { .. } => FlawKind::NeverReady,
            Self::BadReadyLine { .. } => FlawKind::BadReadyLine,
            Self::Exited { .. } => FlawKind::Exited,
            Self::ControlFailed { .. } => FlawKind::ControlFailed,
            Self::ToolMissing { .. } => FlawKind::ToolMissing,
            Self::ToolFailed { .. } => FlawKind::ToolFailed,
            Self::GeneratorFailed { .. } => FlawKind::GeneratorFailed,
            Self::ConnectionsFailed { .. } => FlawKind::ConnectionsFailed,
            Self::Corrupted { .. } => FlawKind::Corrupted,
            Self::WrongLength { .. } => FlawKind::WrongLength,
            Self::WrongOpcode { .. } => FlawKind::WrongOpcode,
            Self::Reordered { .. } => FlawKind::Reordered,
            Self::Duplicated { .. } => FlawKind::Duplicated,
            Self::Missing { .. } => FlawKind::Missing,
            Self::Late { .. } => FlawKind::Late,
            Self::ProtocolViolated { .. } => FlawKind::ProtocolViolated,
            Self::ClosedEarly { .. } => FlawKind::ClosedEarly,
            Self::NothingEchoed => FlawKind::NothingEchoed,
            Self::RateNotReached { .. } => FlawKind::RateNotReached,
            Self::TimedOut { .. } => FlawKind::TimedOut,
            Self::Disturbed { .. } => FlawKind::Disturbed,
            Self::ScheduleLagged { .. } => FlawKind::ScheduleLagged,
            Self::GeneratorSaturated { .. } => FlawKind::GeneratorSaturated,
            Self::TooFewFiles { .. } => FlawKind::TooFewFiles,
            Self::NotReadable { .. } => FlawKind::NotReadable,
        }
    }
}

impl FlawKind {
    /// Whether the machine or the tool may be the cause, so that trying again
    /// is fair. What a server does wrong is never tried again: a second try
    /// would hide it.
    #[must_use]
    pub fn may_be_the_machine_s(self) -> bool {
        matches!(
            self,
            Self::RateNotReached
                | Self::Disturbed
                | Self::ScheduleLagged
                | Self::GeneratorSaturated
                | Self::GeneratorFailed
                | Self::NotReadable
        )
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted { error } => write!(f, "could not be started: {error}"),
            Self::NeverReady { waited_ns } => write!(
                f,
                "printed no ready line within {:.1} s",
                *waited_ns as f64 / 1e9
            ),
            Self::BadReadyLine { error } => write!(f, "bad ready line: {error}"),
            Self::Exited { status, stderr } if stderr.is_empty() => {
                write!(f, "exited during the trial ({status})")
            }
            Self::Exited { status, stderr } => {
                write!(f, "exited during the trial ({status}): {stderr}")
            }
            Self::ControlFailed { error } => write!(f, "control channel: {error}"),
            Self::ToolMissing { tool } => {
                write!(f, "{tool} was not found (install it to fill this column)")
            }
            Self::ToolFailed { tool, error } => write!(f, "does not run under {tool}: {error}"),
            Self::GeneratorFailed { error } => write!(f, "load generator failed: {error}"),
            Self::ConnectionsFailed { count, first } => {
                write!(f, "{count} connections failed, the first: {first}")
            }
            Self::Corrupted { count } => write!(f, "{count} echoes with wrong bytes"),
            Self::WrongLength { count } => write!(f, "{count} echoes of wrong length"),
            Self::WrongOpcode { count } => write!(f, "{count} echoes with the wrong opcode"),
            Self::Reordered { count } => write!(f, "{count} echoes out of order"),
            Self::Duplicated { count } => write!(f, "{count} echoes twice"),
            Self::Missing { count } => write!(f, "{count} echoes missing"),
            Self::Late { count } => write!(f, "{count} echoes after they were given up"),
            Self::ProtocolViolated { count, first } => {
                write!(f, "{count} protocol violations, the first: {first}")
            }
            Self::ClosedEarly { closed, reset } => {
                write!(f, "{closed} connections closed early, {reset} reset")
            }
            Self::NothingEchoed => f.write_str("nothing was echoed"),
            Self::RateNotReached { ratio } => {
                write!(
                    f,
                    "only {:.1} % of the offered rate was reached",
                    ratio * 100.0
                )
            }
            Self::TimedOut { limit_ns } => {
                write!(f, "not finished within {:.1} s", *limit_ns as f64 / 1e9)
            }
            Self::Disturbed { by, share, bound } => write!(
                f,
                "{by} {:.1} % of the time (allowed: {:.0} %)",
                share * 100.0,
                bound * 100.0
            ),
            Self::ScheduleLagged {
                lag_p50_ns,
                response_p50_ns,
                bound,
            } => write!(
                f,
                "half of all messages left more than {:.3} ms late, with a median response of \
                 {:.3} ms (allowed: {:.0} % of it)",
                *lag_p50_ns as f64 / 1e6,
                *response_p50_ns as f64 / 1e6,
                bound * 100.0
            ),
            Self::GeneratorSaturated { share, bound } => write!(
                f,
                "the load generator was busy {:.0} % of the time (allowed at a fixed rate: {:.0} %)",
                share * 100.0,
                bound * 100.0
            ),
            Self::TooFewFiles { needed, allowed } => write!(
                f,
                "needs {needed} open files, {allowed} are allowed (raise ulimit -n)"
            ),
            Self::NotReadable { error } => write!(f, "could not be read: {error}"),
        }
    }
}
