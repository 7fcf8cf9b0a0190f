//! Clocks: CPU time of processes and threads, and the time of day.

use std::{
    io,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::system;

/// The CPU time of another process: user and kernel, all its threads, those
/// that have ended included, in ns.
///
/// It goes by the process's number. Read it only while that process can't have
/// been replaced by another of the same number: for a child, until it has been
/// waited for.
#[derive(Clone, Copy, Debug)]
pub struct ProcessClock {
    pid: u32,
    clock: system::CpuClock,
}

impl ProcessClock {
    /// The clock of the process `pid`.
    ///
    /// # Errors
    /// When there is no such process, when `pid` is 0 (which the kernel would
    /// take for the calling process), or elsewhere than on Linux.
    pub fn of(pid: u32) -> io::Result<Self> {
        if pid == 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "0 is no process number",
            ));
        }
        match system::CpuClock::of(pid) {
            Ok(clock) => Ok(Self { pid, clock }),
            Err(error) => Err(named(pid, &error)),
        }
    }

    /// CPU time used until now; one system call.
    ///
    /// # Errors
    /// When the process has ended and been waited for.
    #[inline]
    pub fn now_ns(&self) -> io::Result<u64> {
        match self.clock.now_ns() {
            Ok(ns) => Ok(ns),
            Err(error) => Err(named(self.pid, &error)),
        }
    }
}

#[cold]
fn named(pid: u32, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("no CPU clock of process {pid}, has it ended? ({error})"),
    )
}

/// CPU time that this process has used, all threads, in ns.
///
/// # Errors
/// Elsewhere than on Linux.
pub fn own_cpu_ns() -> io::Result<u64> {
    system::own_cpu_ns()
}

/// CPU time that the calling thread has used, in ns.
///
/// # Errors
/// Elsewhere than on Linux.
pub fn own_thread_cpu_ns() -> io::Result<u64> {
    system::own_thread_cpu_ns()
}

/// Time of day: ns since 1970 (UTC), the clock by which processes, on one
/// machine or on synchronised ones, agree on an instant. It may jump.
#[must_use]
pub fn realtime_ns() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos() as u64)
}

/// Time that never jumps, in ns since an instant in the past. On Linux that is
/// about the boot, and the same for all processes; elsewhere it is this
/// process's first call.
#[inline]
#[must_use]
pub fn monotonic_ns() -> u64 {
    system::monotonic_ns()
}
