//! The system calls on Linux.

use std::io;

use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    sys::{
        resource::{Resource, getrlimit, setrlimit},
        time::TimeSpec,
    },
    time::{ClockId, clock_getcpuclockid, clock_gettime},
    unistd::{Pid, SysconfVar, sysconf},
};

/// A process's CPU clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CpuClock(ClockId);

impl CpuClock {
    pub(crate) fn of(pid: u32) -> io::Result<Self> {
        let pid = i32::try_from(pid).map_err(io::Error::other)?;
        Ok(Self(clock_getcpuclockid(Pid::from_raw(pid))?))
    }

    #[inline]
    pub(crate) fn now_ns(self) -> io::Result<u64> {
        now_ns(self.0)
    }
}

#[inline]
fn now_ns(clock: ClockId) -> io::Result<u64> {
    Ok(in_ns(clock_gettime(clock)?))
}

#[inline]
fn in_ns(time: TimeSpec) -> u64 {
    time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64
}

pub(crate) fn own_cpu_ns() -> io::Result<u64> {
    now_ns(ClockId::CLOCK_PROCESS_CPUTIME_ID)
}

pub(crate) fn own_thread_cpu_ns() -> io::Result<u64> {
    now_ns(ClockId::CLOCK_THREAD_CPUTIME_ID)
}

#[inline]
pub(crate) fn monotonic_ns() -> u64 {
    match clock_gettime(ClockId::CLOCK_MONOTONIC) {
        Ok(time) => in_ns(time),
        Err(error) => panic!("CLOCK_MONOTONIC can't be read: {error}"),
    }
}

pub(crate) fn ticks_per_s() -> Option<u64> {
    let ticks = sysconf(SysconfVar::CLK_TCK).ok()??;
    u64::try_from(ticks).ok()
}

pub(crate) fn affinity() -> io::Result<Vec<u32>> {
    let set = sched_getaffinity(Pid::from_raw(0))?;
    Ok((0..CpuSet::count())
        .filter(|&cpu| set.is_set(cpu).unwrap_or(false))
        .map(|cpu| cpu as u32)
        .collect())
}

pub(crate) fn set_affinity(cpus: &[u32]) -> io::Result<()> {
    let mut set = CpuSet::new();
    for &cpu in cpus {
        set.set(cpu as usize)?;
    }
    Ok(sched_setaffinity(Pid::from_raw(0), &set)?)
}

pub(crate) fn open_file_limit() -> io::Result<(u64, u64)> {
    Ok(getrlimit(Resource::RLIMIT_NOFILE)?)
}

pub(crate) fn set_open_file_limit(soft: u64, hard: u64) -> io::Result<()> {
    Ok(setrlimit(Resource::RLIMIT_NOFILE, soft, hard)?)
}

#[allow(clippy::useless_conversion, reason = "on 32-bit systems these are u32")]
pub(crate) fn free_bytes(path: &std::path::Path) -> io::Result<u64> {
    let filesystem = nix::sys::statvfs::statvfs(path)?;
    Ok(u64::from(filesystem.blocks_available()) * u64::from(filesystem.fragment_size()))
}
