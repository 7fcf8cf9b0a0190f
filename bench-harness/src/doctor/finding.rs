//! What can be said about a machine.

use schemars::JsonSchema;
use serde::Serialize;

use super::{facts::Busiest, tools::Tool};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Severity {
    /// As it should be.
    Good,
    /// To be known when the numbers are read.
    Note,
    /// It disturbs numbers.
    Warning,
    /// A run can't succeed.
    Blocking,
}

/// One thing that was looked at, and what to think of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    /// How much it matters.
    pub(crate) severity: Severity,
    /// What was seen.
    pub(crate) seen: Seen,
}

/// What was seen. `None` is what the kernel doesn't show.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    /// Processors online and those allowed.
    Processors { online: u32, allowed: Vec<u32> },
    /// Processors of servers and of the generator: none in common.
    Apart { server: Vec<u32>, client: Vec<u32> },
    /// Processors that servers and the generator have in common.
    SharedProcessors { shared: Vec<u32> },
    /// Processors of servers and generator that are threads of one core.
    SharedCores { pairs: Vec<(u32, u32)> },
    /// Nobody says which processors are threads of one core.
    CoresUnknown,
    /// Frequency governors.
    Governor { names: Vec<String> },
    /// Frequencies above the nominal one.
    Boost { on: Option<bool> },
    /// Virtualisation.
    Hypervisor { name: Option<String> },
    /// Time that the hypervisor took.
    Steal { percent: Option<f64> },
    /// What others did on the chosen processors.
    Busy {
        percent: Option<f64>,
        busiest: Option<Busiest>,
    },
    /// Load average over the number of processors.
    Load { average: Option<f64>, cpus: u32 },
    /// Waiting for a processor, memory or a disk.
    Pressure {
        cpu_percent: Option<f64>,
        memory_percent: Option<f64>,
        io_percent: Option<f64>,
    },
    /// Limit on open files.
    OpenFiles { limit: Option<u64>, needed: u64 },
    /// Ports of outgoing connections.
    Ports { count: Option<u32>, needed: u32 },
    /// Use of ports that wait for their end.
    TimeWaitReuse { mode: Option<u64> },
    /// Connections that wait to be accepted, and that are half open.
    Backlog { limit: u64, half_open: Option<u64> },
    /// Congestion control.
    CongestionControl { name: Option<String> },
    /// Kernel release.
    Kernel { release: String },
    /// Free space for results.
    Disk { free_bytes: Option<u64> },
    /// Memory that is available.
    Memory { available_bytes: Option<u64> },
    /// Swap.
    Swap { total_and_used: Option<(u64, u64)> },
    /// Clock source.
    ClockSource { name: Option<String> },
    /// Transparent huge pages.
    HugePages { mode: Option<String> },
    /// Work-arounds for flaws of the processor.
    Mitigations {
        mitigated: Vec<String>,
        vulnerable: Vec<String>,
    },
    /// Compiler, and the oldest that will do.
    Toolchain {
        found: Option<String>,
        needed: String,
    },
    /// An optional tool.
    OptionalTool { tool: Tool, version: Option<String> },
}
