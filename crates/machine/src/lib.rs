//! What the kernel tells about processes, processors and this host.
//!
//! Reads `/proc`, `/sys` and clocks. Each file has a parser that is a pure
//! function of its text, and a thin reader. All of it needs Linux; elsewhere it
//! compiles, and every function says that it can't know.

mod activity;
mod affinity;
mod clock;
mod contention;
mod cpu;
mod cpu_list;
mod error;
mod family;
mod file;
mod host;
mod limits;
mod pressure;
mod process;
mod settings;
mod system;
mod topology;

pub use activity::{ThreadTicks, load_average, threads};
pub use affinity::{affinity, set_affinity};
pub use clock::{ProcessClock, monotonic_ns, own_cpu_ns, own_thread_cpu_ns, realtime_ns};
pub use contention::{Stalls, stalls, thread_run_queue_wait_ns};
pub use cpu::{CpuTicks, cpu_ticks, ticks_per_s};
pub use cpu_list::{CpuListError, format_cpu_list, parse_cpu_list};
pub use error::MachineError;
pub use family::{Relative, process_family};
pub use host::{HostFacts, host};
pub use limits::{
    available_memory_bytes, free_disk_bytes, local_port_range, open_file_limit,
    raise_open_file_limit,
};
pub use pressure::{PressureOf, pressure_percent};
pub use process::{Memory, ModeTicks, Switches, process_memory, process_switches, process_ticks};
pub use settings::{
    Mitigations, boost, clock_source, congestion_control, governor, mitigations, swap_bytes,
    syn_backlog, time_wait_reuse, transparent_huge_pages,
};
pub use topology::thread_siblings;
