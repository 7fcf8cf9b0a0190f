//! Systems without these calls: each says so.

use std::{io, sync::LazyLock, time::Instant};

fn unsupported<T>(what: &str) -> io::Result<T> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        format!("{what} is only supported on Linux; run the measurement there"),
    ))
}

/// A process's CPU clock; there is none to be had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CpuClock(std::convert::Infallible);

impl CpuClock {
    pub(crate) fn of(_pid: u32) -> io::Result<Self> {
        unsupported("the CPU clock of a process")
    }

    pub(crate) fn now_ns(self) -> io::Result<u64> {
        match self.0 {}
    }
}

pub(crate) fn own_cpu_ns() -> io::Result<u64> {
    unsupported("the CPU clock of this process")
}

pub(crate) fn own_thread_cpu_ns() -> io::Result<u64> {
    unsupported("the CPU clock of this thread")
}

pub(crate) fn monotonic_ns() -> u64 {
    static FIRST_CALL: LazyLock<Instant> = LazyLock::new(Instant::now);
    FIRST_CALL.elapsed().as_nanos() as u64
}

pub(crate) fn ticks_per_s() -> Option<u64> {
    None
}

pub(crate) fn affinity() -> io::Result<Vec<u32>> {
    unsupported("reading the CPU affinity")
}

pub(crate) fn set_affinity(_cpus: &[u32]) -> io::Result<()> {
    unsupported("setting the CPU affinity")
}

pub(crate) fn open_file_limit() -> io::Result<(u64, u64)> {
    unsupported("reading the limit on open files")
}

pub(crate) fn set_open_file_limit(_soft: u64, _hard: u64) -> io::Result<()> {
    unsupported("raising the limit on open files")
}

pub(crate) fn free_bytes(_path: &std::path::Path) -> io::Result<u64> {
    unsupported("reading the space on a disk")
}
