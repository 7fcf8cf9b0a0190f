//! What is written down of a probe.

use serde::{Deserialize, Serialize};

use super::{Fault, Grade};

/// Version of [`HazardReport`](super::HazardReport). It grows when a field
/// changes its meaning or goes away; adding an optional field keeps it.
pub const HAZARDS_VERSION: u32 = 1;

/// One probe against one server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProbeRecord {
    /// The probe, such as `R01`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The grade.
    pub grade: Grade,
    /// What was wrong, of the probe as a whole and of its exchanges, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// What was sent and what came back.
    pub exchanges: Vec<ExchangeRecord>,
    /// What it cost the server, where its process can be seen.
    pub cost: Option<Cost>,
    /// How an innocent client fared meanwhile.
    pub innocent: InnocentRecord,
    /// How long it took until a new client was served afterwards; `None` when
    /// none was.
    pub recovered_ns: Option<u64>,
    /// By how much the server was allowed to grow.
    pub growth_bound_bytes: u64,
    /// How long the probe lasted.
    pub elapsed_ns: u64,
    /// How often it was made. What the machine may have caused is tried again,
    /// and the best attempt is the one recorded.
    pub attempts: u32,
    /// Where it is public that this library behaves so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_source: Option<String>,
}

/// One connection of a probe, or many of the same kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExchangeRecord {
    /// What was sent.
    pub what: String,
    /// How many connections it is about.
    pub connections: u32,
    /// Bytes that the kernel took for the server, behind the handshake where
    /// there is one. Its buffers hold several MB that a server need not have
    /// read.
    pub sent_bytes: u64,
    /// Status of an HTTP response to what was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Code of the server's first Close frame that had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_code: Option<u16>,
    /// Close frames that came.
    pub close_frames: u64,
    /// Messages that came.
    pub messages: u64,
    /// How the connection stood in the end.
    pub state: ConnectionState,
    /// From the first byte sent to the first of: status, Close frame, the end;
    /// `None` when none of them came.
    pub reaction_ns: Option<u64>,
    /// What was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// How a connection stood when it was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionState {
    /// There was none, or no handshake.
    NeverOpen,
    /// Open.
    Open,
    /// Ended by the server.
    Closed,
    /// Reset by the server.
    Reset,
    /// Ended by the probe at once, as it had to.
    Dropped,
}

impl ConnectionState {
    /// Whether the server ended it.
    pub(super) fn is_ended(self) -> bool {
        matches!(self, Self::Closed | Self::Reset)
    }
}

/// What a probe cost the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cost {
    /// Processor time, the innocent client's share included.
    pub cpu_ns: u64,
    /// Resident memory before.
    pub rss_before_bytes: u64,
    /// The most resident memory meanwhile.
    pub rss_peak_bytes: u64,
    /// Resident memory after the connections had ended.
    pub rss_after_bytes: u64,
    /// Open files before.
    pub files_before: u64,
    /// Open files after.
    pub files_after: u64,
}

impl Cost {
    /// By how much it grew at most.
    #[must_use]
    pub fn growth_bytes(&self) -> u64 {
        self.rss_peak_bytes.saturating_sub(self.rss_before_bytes)
    }
}

/// A client that sent 32 bytes and waited for their echo, again and again, all
/// the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InnocentRecord {
    /// Echoes that came.
    pub echoes: u32,
    /// The longest wait for one, those that never came included.
    pub longest_ns: u64,
    /// How often its connection ended, or a new one was not served.
    pub drops: u32,
}
