//! What one trial wrote down.

use serde::{Deserialize, Serialize};

use crate::{AllocationCounts, CostMeasurement, EntryKey, Flaw, LoadResult};

/// Memory of a process as the kernel counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProcessMemory {
    /// Resident set size.
    pub rss_bytes: u64,
    /// Proportional set size: shared pages divided by their users.
    pub pss_bytes: u64,
    /// Highest resident set size until now.
    pub peak_rss_bytes: u64,
}

/// What a server process used over the measured window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProcessUse {
    /// Memory at the end of the window, connections still open.
    pub memory: ProcessMemory,
    /// Voluntary context switches of all its threads alive at the end.
    pub voluntary_switches: u64,
    /// Involuntary ones.
    pub involuntary_switches: u64,
    /// Threads at the end of the window.
    pub threads: u64,
}

/// What the machine did over the measured window and its drain, from
/// `/proc/stat` (in ticks) and `/proc/pressure`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MachineUse {
    /// Ticks per second.
    pub ticks_per_s: u64,
    /// Ticks that the hypervisor took, all processors.
    pub steal_ticks: u64,
    /// Of those, on the processors of the server and of the generator. Not in
    /// the oldest records.
    #[serde(default)]
    pub trial_cpus_steal_ticks: Option<u64>,
    /// Time in which some task waited for a processor; a server with many
    /// threads makes it by itself. `None` where the kernel doesn't tell.
    #[serde(default)]
    pub cpu_stall_ns: Option<u64>,
    /// Share of the time in which tasks waited for memory, as the kernel averages
    /// it over processors that were not idle, times the time.
    #[serde(default)]
    pub memory_stall_ns: Option<u64>,
    /// Time in which some task waited for a disk.
    #[serde(default)]
    pub io_stall_ns: Option<u64>,
    /// Busy ticks of the processors that the server may run on.
    pub server_cpus_busy_ticks: u64,
    /// Of those, ticks in soft interrupts (where loopback's receive path runs).
    pub server_cpus_softirq_ticks: u64,
    /// Busy ticks of the generator's processors.
    pub client_cpus_busy_ticks: u64,
    /// Of those, ticks in soft interrupts.
    pub client_cpus_softirq_ticks: u64,
    /// Ticks that passed per processor.
    pub elapsed_ticks: u64,
    /// Rounds that were disturbed and measured once more. They are in no other
    /// figure.
    #[serde(default)]
    pub repeated_rounds: u32,
}

impl MachineUse {
    /// Adds what the machine did over a later span.
    pub fn append(&mut self, next: &Self) {
        let sum = |left: Option<u64>, right: Option<u64>| Some(left? + right?);
        self.steal_ticks += next.steal_ticks;
        self.trial_cpus_steal_ticks = sum(self.trial_cpus_steal_ticks, next.trial_cpus_steal_ticks);
        self.cpu_stall_ns = sum(self.cpu_stall_ns, next.cpu_stall_ns);
        self.memory_stall_ns = sum(self.memory_stall_ns, next.memory_stall_ns);
        self.io_stall_ns = sum(self.io_stall_ns, next.io_stall_ns);
        self.server_cpus_busy_ticks += next.server_cpus_busy_ticks;
        self.server_cpus_softirq_ticks += next.server_cpus_softirq_ticks;
        self.client_cpus_busy_ticks += next.client_cpus_busy_ticks;
        self.client_cpus_softirq_ticks += next.client_cpus_softirq_ticks;
        self.elapsed_ticks += next.elapsed_ticks;
        self.repeated_rounds += next.repeated_rounds;
    }
}

/// Memory with a number of idle connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IdleLevel {
    /// Connections open, each of which has echoed one message.
    pub connections: u64,
    /// The server's memory.
    pub memory: ProcessMemory,
    /// The server's threads.
    pub threads: u64,
}

/// What an allocation count is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "subject", rename_all = "kebab-case")]
pub enum AllocationSubject {
    /// A message of this size, echoed.
    Message {
        /// Payload size.
        size_bytes: u64,
    },
    /// An opening handshake, the connection closed afterwards.
    Handshake,
    /// A connection that stays open, with one message echoed.
    Connection,
}

/// Allocations over a number of equal steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AllocationStep {
    /// What was done.
    #[serde(flatten)]
    pub subject: AllocationSubject,
    /// How often between `count on` and `stats`.
    pub times: u64,
    /// What was counted.
    pub counts: AllocationCounts,
    /// What was counted when the same was done once more.
    pub counts_again: AllocationCounts,
}

/// All allocation counts of a trial.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AllocationMeasurement {
    /// Messages that the server kept per connection.
    pub keep: u32,
    /// The counts.
    pub steps: Vec<AllocationStep>,
}

/// What a trial measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "measured", rename_all = "kebab-case")]
pub enum Measurement {
    /// Messages in a closed or open loop.
    Echo {
        /// What the generator says.
        load: Box<LoadResult>,
        /// What the server used.
        server: ProcessUse,
        /// Messages per second asked for, open loop only.
        offered_per_s: Option<f64>,
    },
    /// Opening handshakes.
    Handshakes {
        /// What the generator says.
        load: Box<LoadResult>,
        /// What the server used.
        server: ProcessUse,
    },
    /// Idle connections; the first level is 0.
    Idle {
        /// One per level.
        levels: Vec<IdleLevel>,
    },
    /// System calls or instructions.
    Costs(CostMeasurement),
    /// Allocations.
    Allocations(AllocationMeasurement),
}

/// One line of a run: what one trial gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrialRecord {
    /// Number in the plan.
    pub number: u32,
    /// Block.
    pub block: u32,
    /// Which attempt at this cell in this block, from 0. When a trial was
    /// disturbed, all servers of its cell run again.
    #[serde(default)]
    pub attempt: u32,
    /// The cell's name: the scenario, or a rung of it.
    pub cell: String,
    /// The scenario's name.
    pub scenario: String,
    /// Which server.
    #[serde(flatten)]
    pub entry: EntryKey,
    /// When it started, ns since 1970.
    pub started_at_unix_ns: u64,
    /// How long it took, start and end of the processes included.
    pub took_ns: u64,
    /// Why the numbers must not be published; empty when the trial is valid.
    pub flaws: Vec<Flaw>,
    /// What was measured, as far as it came; numbers of a flawed trial are
    /// evidence, never results.
    pub measurement: Option<Measurement>,
    /// What the machine did meanwhile.
    pub machine: Option<MachineUse>,
    /// What the reference did in its rounds next to those of this trial, where
    /// servers take turns with the reference between them. `None` for the
    /// reference itself, and where the reference failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<Beside>,
}

/// Rounds of the reference, one just before and one just after each round of
/// another server (at most one other server's round lies in between): how fast
/// the machine was just then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Beside {
    /// Rounds that are added up here. One that stood beside two rounds of the
    /// same server counts twice.
    pub rounds: u64,
    /// Their length.
    pub window_ns: u64,
    /// Echoes, or handshakes, completed inside.
    pub completed_in_window: u64,
    /// The same with those that were completed in the drain.
    pub completed: u64,
    /// CPU time of the reference.
    pub observed_cpu_ns: Option<u64>,
    /// CPU time of its generator.
    pub generator_cpu_ns: u64,
}

impl Beside {
    /// One round of the reference.
    #[must_use]
    pub fn of(load: &LoadResult) -> Self {
        let handshakes = load.handshakes.as_ref();
        Self {
            rounds: 1,
            window_ns: load.window_ns,
            completed_in_window: load.completed_in_window,
            completed: handshakes.map_or(load.completed, |counts| counts.completed),
            observed_cpu_ns: load.observed_cpu_ns,
            generator_cpu_ns: load.generator_cpu_ns,
        }
    }

    /// Adds further rounds.
    pub fn append(&mut self, next: &Self) {
        if self.rounds == 0 {
            *self = *next;
            return;
        }
        self.rounds += next.rounds;
        self.window_ns += next.window_ns;
        self.completed_in_window += next.completed_in_window;
        self.completed += next.completed;
        self.observed_cpu_ns = match (self.observed_cpu_ns, next.observed_cpu_ns) {
            (Some(all), Some(next)) => Some(all + next),
            _ => None,
        };
        self.generator_cpu_ns += next.generator_cpu_ns;
    }
}

impl TrialRecord {
    /// Whether the numbers may be published.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.flaws.is_empty() && self.measurement.is_some()
    }
}
