//! What the kernel tells about processes and processors.

use std::error::Error;

use machine::{CpuTicks, Stalls, Switches};
use record::ProcessMemory;

/// Readings; an error is the operating system's words.
pub(crate) trait Kernel {
    /// Memory of a process.
    fn memory(&self, pid: u32) -> Result<ProcessMemory, String>;
    /// Context switches and threads of a process.
    fn switches(&self, pid: u32) -> Result<Switches, String>;
    /// The other processes that a process has started, as `PID NAME`.
    fn companions(&self, pid: u32) -> Result<Vec<String>, String>;
    /// Ticks of every processor, by its number.
    fn cpu_ticks(&self) -> Result<Vec<(u32, CpuTicks)>, String>;
    /// What tasks of the machine waited for; `None` where it isn't counted.
    fn stalls(&self) -> Option<Stalls>;
    /// Ticks per second.
    fn ticks_per_s(&self) -> u64;
    /// Files that a process may have open.
    fn open_file_limit(&self) -> u64;
}

/// This machine's kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RealKernel;

impl Kernel for RealKernel {
    fn memory(&self, pid: u32) -> Result<ProcessMemory, String> {
        let memory = machine::process_memory(pid).map_err(|error| in_words(&error))?;
        Ok(ProcessMemory {
            rss_bytes: memory.rss_bytes,
            pss_bytes: memory.pss_bytes,
            peak_rss_bytes: memory.peak_rss_bytes,
        })
    }

    fn switches(&self, pid: u32) -> Result<Switches, String> {
        machine::process_switches(pid).map_err(|error| in_words(&error))
    }

    fn companions(&self, pid: u32) -> Result<Vec<String>, String> {
        let family = machine::process_family(pid).map_err(|error| in_words(&error))?;
        let in_words = |it: &machine::Relative| format!("{} {}", it.pid, it.name);
        Ok(family.iter().map(in_words).collect())
    }

    fn cpu_ticks(&self) -> Result<Vec<(u32, CpuTicks)>, String> {
        machine::cpu_ticks().map_err(|error| in_words(&error))
    }

    fn stalls(&self) -> Option<Stalls> {
        machine::stalls().ok()
    }

    fn ticks_per_s(&self) -> u64 {
        machine::ticks_per_s()
    }

    fn open_file_limit(&self) -> u64 {
        machine::open_file_limit().map_or(0, |(soft, _)| soft)
    }
}

/// An error with its causes.
fn in_words(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words.push_str(": ");
        words.push_str(&inner.to_string());
        cause = inner.source();
    }
    words
}
