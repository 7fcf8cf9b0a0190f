//! What there is to judge.

use schemars::JsonSchema;
use serde::Serialize;

use super::tools::Tool;

/// What was seen of the machine. `None` is what the kernel doesn't show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Facts {
    /// Processors online.
    pub(crate) online_cpus: u32,
    /// Processors that this program may use.
    pub(crate) allowed_cpus: Vec<u32>,
    /// Processors for servers.
    pub(crate) server_cpus: Vec<u32>,
    /// Processors for the generator.
    pub(crate) client_cpus: Vec<u32>,
    /// For each of the chosen processors, by its number, all processors of its
    /// core.
    pub(crate) siblings: Vec<(u32, Option<Vec<u32>>)>,
    /// Frequency governors of the chosen processors, each once.
    pub(crate) governors: Vec<String>,
    /// Whether processors may run above their nominal frequency.
    pub(crate) boost: Option<bool>,
    /// What this machine is a guest of.
    pub(crate) hypervisor: Option<String>,
    /// A short look at the chosen processors.
    pub(crate) sample: Option<Sample>,
    /// Load average of the last minute.
    pub(crate) load_average: Option<f64>,
    /// Per cent of ten seconds in which work waited for a processor.
    pub(crate) cpu_pressure_percent: Option<f64>,
    /// The same for memory.
    pub(crate) memory_pressure_percent: Option<f64>,
    /// The same for disks.
    pub(crate) io_pressure_percent: Option<f64>,
    /// Limit on open files: in force, and up to which it may be raised.
    pub(crate) open_files: Option<(u64, u64)>,
    /// First and last port of outgoing connections.
    pub(crate) ports: Option<(u16, u16)>,
    /// `tcp_tw_reuse`: whether ports that wait for their end may be used again.
    pub(crate) time_wait_reuse: Option<u64>,
    /// `somaxconn`: connections that may wait to be accepted.
    pub(crate) backlog_limit: u64,
    /// `tcp_max_syn_backlog`: connections that may be half open.
    pub(crate) syn_backlog: Option<u64>,
    /// Congestion control of new connections.
    pub(crate) congestion_control: Option<String>,
    /// Kernel release.
    pub(crate) kernel: String,
    /// Free space on the disk of the results.
    pub(crate) free_disk_bytes: Option<u64>,
    /// Memory of the machine.
    pub(crate) memory_bytes: u64,
    /// Memory that new work can take without swapping.
    pub(crate) available_memory_bytes: Option<u64>,
    /// Swap: all of it, and what is in use.
    pub(crate) swap_bytes: Option<(u64, u64)>,
    /// Clock source.
    pub(crate) clock_source: Option<String>,
    /// Mode of transparent huge pages.
    pub(crate) huge_pages: Option<String>,
    /// Flaws of the processor: worked around, and left open.
    pub(crate) mitigations: Option<(Vec<String>, Vec<String>)>,
    /// Version of `rustc`, when there is one.
    pub(crate) rustc: Option<String>,
    /// The oldest version that the project builds with.
    pub(crate) rust_version: String,
    /// Optional tools with their versions.
    pub(crate) tools: Vec<(Tool, Option<String>)>,
    /// What the scenarios need.
    pub(crate) needs: Needs,
}

/// What the scenarios of the run need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Needs {
    /// Most connections at a time.
    pub(crate) connections: u32,
    /// Whether connections are opened and closed in a row.
    pub(crate) handshakes: bool,
    /// Whether memory is read.
    pub(crate) memory: bool,
}

/// What the chosen processors did while this program slept.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Sample {
    /// Busy, in per cent of one processor, all chosen ones together.
    pub(crate) busy_percent: f64,
    /// Stolen by the hypervisor, in per cent of the time of all processors.
    pub(crate) steal_percent: f64,
    /// The process that used most time on the chosen processors.
    pub(crate) busiest: Option<Busiest>,
}

/// A busy process.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Busiest {
    /// Its number.
    pub(crate) pid: u32,
    /// The name of its busiest thread.
    pub(crate) name: String,
    /// Per cent of one processor.
    pub(crate) percent: f64,
}
