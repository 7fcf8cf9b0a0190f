//! The contract between the load generator and whoever drives it.
//!
//! In control mode the generator reads commands on standard input and answers
//! each with one JSON line:
//!
//! | command | what it does | answer |
//! |---|---|---|
//! | `connect WORKLOAD` | opens and verifies the connections, warms up | `ready` |
//! | `go INSTANT_NS` | measures, from that instant of the realtime clock (0: now) | `result` |
//! | `hold COUNT` | opens further verified connections up to that number | `ready` |
//! | `disconnect` | closes all connections with the closing handshake | `disconnected` |
//!
//! `go` may be said again: the connections stay, and nothing is warmed up
//! anew. End of input means exit.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{EncodedHistogram, MessageShape, Protocol};

/// How much to do: until a time is over, or until a number of messages (or
/// handshakes) is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Stop starting new messages after this time.
    DurationNs(u64),
    /// Exactly this many messages (or handshakes), over all connections.
    Count(u64),
}

impl Default for Extent {
    fn default() -> Self {
        Self::Count(0)
    }
}

impl Extent {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        matches!(self, Self::Count(0) | Self::DurationNs(0))
    }
}

/// How the messages of an open loop lie in time. The rate is the same, and so is
/// the number of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Spacing {
    /// At even distances. An echo that takes as long as a distance, or a multiple
    /// of it, meets the next message in the load generator again and again.
    #[default]
    Even,
    /// Each somewhere in a distance of its own, at random, the same for every
    /// server.
    Dithered,
}

impl fmt::Display for Spacing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Even => "evenly spaced",
            Self::Dithered => "dithered",
        })
    }
}

impl Spacing {
    pub(crate) fn is_even(&self) -> bool {
        *self == Self::Even
    }
}

/// How the load is offered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Load {
    /// Each connection keeps a number of messages in flight; a new one leaves
    /// when an echo is complete.
    Closed {
        /// Messages in flight per connection, at least 1.
        in_flight: u32,
    },
    /// Messages leave at planned instants, whatever the server does.
    Open {
        /// Messages per second over all connections.
        rate_per_s: f64,
        /// How they lie in time.
        #[serde(default)]
        spacing: Spacing,
    },
    /// Connections are opened, upgraded and closed again, a number at a time.
    Handshakes {
        /// Handshakes under way at a time, at least 1.
        concurrency: u32,
    },
    /// Connections are opened, verified with one echo, and held.
    Hold,
}

/// Everything that the load generator needs to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// `ws://HOST:PORT/PATH` of the server.
    pub url: String,
    /// What the server speaks.
    #[serde(default)]
    pub protocol: Protocol,
    /// Connections to open; for `Hold` the first number to hold.
    pub connections: u32,
    /// Threads to spread the connections over, at least 1.
    pub threads: u32,
    /// How the load is offered.
    pub load: Load,
    /// What is sent.
    pub message: MessageShape,
    /// First of all, the connections are brought ahead of each other by
    /// evenly spread numbers of bytes up to this, in random order. Servers whose
    /// work depends on how full a buffer of theirs is are then met with every
    /// fill at once, and not with all their buffers in step.
    #[serde(default)]
    pub stagger_bytes: u64,
    /// What to do before `ready`; not recorded. Staggering is the first part of
    /// it, the rest is under the same load.
    pub warm_up: Extent,
    /// What to do first after `go`, under the same load; not recorded. It brings
    /// back what other servers have pushed out of the caches since the window
    /// before.
    #[serde(default)]
    pub lead_in: Extent,
    /// What to do after that.
    pub window: Extent,
    /// How long to wait for outstanding echoes after the window.
    pub grace_ns: u64,
    /// How long a connection may take from connect to its verified first echo.
    pub connect_timeout_ns: u64,
    /// Seed of payloads, masks and phases.
    pub seed: u64,
    /// A process on this machine whose CPU time is read at the same instants
    /// as the message counts.
    #[serde(default)]
    pub observe_pid: Option<u32>,
}

/// Answer to `connect` and `hold`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Connected {
    /// Connections that are up and have echoed one verified message.
    pub connections_up: u64,
    /// Connections that failed.
    pub connections_failed: u64,
    /// What the first failure was.
    pub first_failure: Option<String>,
    /// Time from the first connect to the last verified echo.
    pub connect_ns: u64,
    /// Messages echoed while warming up.
    pub warm_up_messages: u64,
    /// What verification saw until now, the warm-up included.
    pub verification: VerificationCounts,
}

/// What the verification of echoes found. All zero but `verified` is good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VerificationCounts {
    /// Echoes whose opcode, length, bytes and order were right.
    pub verified: u64,
    /// Echoes with other bytes.
    pub corrupted: u64,
    /// Echoes of another length.
    pub wrong_length: u64,
    /// Echoes with another opcode.
    pub wrong_opcode: u64,
    /// Echoes that overtook an earlier message of their connection.
    pub reordered: u64,
    /// Echoes of a message that had been echoed before.
    pub duplicated: u64,
    /// Messages not echoed within the grace time.
    pub missing: u64,
    /// Echoes of messages that had been given up as missing.
    pub late: u64,
    /// Frames that RFC 6455 forbids, and HTTP responses that echo nothing.
    pub protocol_violations: u64,
    /// The first of those.
    pub first_violation: Option<String>,
    /// Connections that the server ended with a Close frame or end of stream.
    pub closed: u64,
    /// Connections that were reset.
    pub reset: u64,
}

impl VerificationCounts {
    /// Whether nothing but verified echoes was seen.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        *self
            == Self {
                verified: self.verified,
                ..Self::default()
            }
    }

    /// Adds the counts of another thread or generator.
    pub fn merge(&mut self, other: &Self) {
        self.verified += other.verified;
        self.corrupted += other.corrupted;
        self.wrong_length += other.wrong_length;
        self.wrong_opcode += other.wrong_opcode;
        self.reordered += other.reordered;
        self.duplicated += other.duplicated;
        self.missing += other.missing;
        self.late += other.late;
        self.protocol_violations += other.protocol_violations;
        if self.first_violation.is_none() {
            self.first_violation.clone_from(&other.first_violation);
        }
        self.closed += other.closed;
        self.reset += other.reset;
    }
}

/// Answer to `disconnect`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Disconnected {
    /// Connections closed by both sides in order.
    pub clean: u64,
    /// Connections that had been up and were not.
    pub unclean: u64,
    /// What was seen since the answer before.
    #[serde(default)]
    pub verification: VerificationCounts,
}

/// What became of opening handshakes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HandshakeCounts {
    /// Handshakes answered with a valid 101.
    pub completed: u64,
    /// Handshakes that failed.
    pub failed: u64,
    /// What the first failure was.
    pub first_failure: Option<String>,
    /// Connections on which the server did not answer our Close frame and end
    /// the stream in time; they were reset.
    pub not_closed: u64,
}

impl HandshakeCounts {
    /// Adds other handshakes.
    pub fn merge(&mut self, other: &Self) {
        self.completed += other.completed;
        self.failed += other.failed;
        self.not_closed += other.not_closed;
        if self.first_failure.is_none() {
            self.first_failure.clone_from(&other.first_failure);
        }
    }
}

/// What one measured window gave. Of a window in rounds, lengths, counts and
/// times are sums over the rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoadResult {
    /// When the window was asked to start, ns of the realtime clock.
    pub started_at_unix_ns: u64,
    /// How long after that instant it really started.
    pub started_late_ns: u64,
    /// Length of the window: until sending stopped.
    pub window_ns: u64,
    /// Length of the window and of the wait for the last echo.
    pub drained_ns: u64,
    /// Messages that were due in the window (open loop), else those sent.
    pub planned: u64,
    /// Messages written.
    pub sent: u64,
    /// Echoes completed before the window's end.
    pub completed_in_window: u64,
    /// Echoes completed in the window and in the drain.
    pub completed: u64,
    /// Messages (or handshakes) completed in the lead-in. They are in no other
    /// figure but what verification found wrong.
    #[serde(default)]
    pub lead_in_completed: u64,
    /// Frames that made up those echoes; more than `completed` when the server
    /// splits messages.
    pub frames: u64,
    /// Pings that the server sent and that were answered.
    pub pings_answered: u64,
    /// Bytes written, framing included.
    pub sent_bytes: u64,
    /// Bytes read, framing included.
    pub received_bytes: u64,
    /// What verification found in this window.
    pub verification: VerificationCounts,
    /// Present when the load was handshakes.
    pub handshakes: Option<HandshakeCounts>,
    /// Planned instant to complete echo (open loop), or write to complete echo
    /// (closed loop). For handshakes: connect to 101.
    pub response_time: EncodedHistogram,
    /// Write to complete echo.
    pub service_time: Option<EncodedHistogram>,
    /// Planned instant to write, open loop only.
    pub schedule_lag: Option<EncodedHistogram>,
    /// Echoes completed in each of equal slices of the window, or of each of
    /// its rounds, one after the other.
    pub slices: Vec<u64>,
    /// The generator's own CPU time from start to the end of the drain.
    pub generator_cpu_ns: u64,
    /// Time in which the threads that drive the load could have run and their
    /// processors ran something else, from the start to the end of the drain, all
    /// of them together. `None` where the kernel doesn't tell.
    #[serde(default)]
    pub generator_wait_ns: Option<u64>,
    /// CPU time of `observe_pid` over the same span.
    pub observed_cpu_ns: Option<u64>,
    /// User share of that, by the kernel's tick sampling: ticks in user mode.
    pub observed_user_ticks: Option<u64>,
    /// Ticks in kernel mode.
    pub observed_kernel_ticks: Option<u64>,
}

/// Why the generator could not do as it was told. This is never a statement
/// about the server's echoes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GeneratorFault {
    /// What failed and what to do.
    pub message: String,
}

impl fmt::Display for GeneratorFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Every line that the generator prints in control mode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum GeneratorLine {
    /// Answer to `connect` and `hold`.
    Ready(Connected),
    /// Answer to `go`.
    Result(Box<LoadResult>),
    /// Answer to `disconnect`.
    Disconnected(Disconnected),
    /// The command could not be carried out.
    Fault(GeneratorFault),
}
