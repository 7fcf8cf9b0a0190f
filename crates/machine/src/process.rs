//! What `/proc/PID` tells about a process.

use std::{fs, io, path::PathBuf};

use crate::{
    MachineError,
    error::Problem,
    file::{field, kib_field_in_bytes, read, read_with},
};

/// CPU time by mode, in ticks of [`ticks_per_s`](crate::ticks_per_s).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModeTicks {
    /// In the process's own code.
    pub user: u64,
    /// In the kernel on behalf of the process.
    pub kernel: u64,
}

/// Memory of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Resident set size.
    pub rss_bytes: u64,
    /// Proportional set size: shared pages divided by their users.
    pub pss_bytes: u64,
    /// Highest resident set size until now, as far as the kernel's counters
    /// follow; see [`process_memory`].
    pub peak_rss_bytes: u64,
}

/// Context switches of the threads that a process has now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// Because a thread waited for something.
    pub voluntary: u64,
    /// Because the scheduler took the processor away.
    pub involuntary: u64,
    /// How many threads there are.
    pub threads: u64,
}

/// CPU time of the process `pid` by mode, all its threads, those that have ended
/// included; from `/proc/PID/stat`.
///
/// # Errors
/// When the process has been waited for, or elsewhere than on Linux.
pub fn process_ticks(pid: u32) -> Result<ModeTicks, MachineError> {
    read_with(format!("/proc/{pid}/stat"), parse_stat)
}

/// Memory of the process `pid`: from `/proc/PID/smaps_rollup`, the peak from
/// `/proc/PID/status`.
///
/// The resident size of `status` is not used: since Linux 6.2 it comes from
/// per-processor counters that may lag by dozens of pages each. `smaps_rollup`
/// walks the page tables. The peak has no such second source, and is inexact by
/// that much.
///
/// # Errors
/// When the process has ended, belongs to another user, or elsewhere than on
/// Linux.
pub fn process_memory(pid: u32) -> Result<Memory, MachineError> {
    let (rss_bytes, pss_bytes) =
        read_with(format!("/proc/{pid}/smaps_rollup"), parse_smaps_rollup)?;
    let peak_rss_bytes = read_with(format!("/proc/{pid}/status"), |status| {
        kib_field_in_bytes(status, "VmHWM").ok_or(Problem("no VmHWM"))
    })?;
    Ok(Memory {
        rss_bytes,
        pss_bytes,
        peak_rss_bytes: peak_rss_bytes.max(rss_bytes),
    })
}

/// Context switches of the process `pid`, summed over `/proc/PID/task/*/status`.
/// A thread that ends meanwhile is left out, as those that ended before are.
///
/// # Errors
/// When the process has ended, or elsewhere than on Linux.
pub fn process_switches(pid: u32) -> Result<Switches, MachineError> {
    let folder = PathBuf::from(format!("/proc/{pid}/task"));
    if cfg!(not(target_os = "linux")) {
        return Err(MachineError::Unsupported { path: folder });
    }
    let failed = |source| MachineError::Read {
        path: folder.clone(),
        source,
    };
    let mut sum = Switches::default();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path().join("status");
        let status = match read(&path) {
            Ok(status) => status,
            Err(MachineError::Read { source, .. }) if has_ended(&source) => continue,
            Err(error) => return Err(error),
        };
        let (voluntary, involuntary) = parse_switches(&status)
            .map_err(|Problem(problem)| MachineError::Malformed { path, problem })?;
        sum.voluntary += voluntary;
        sum.involuntary += involuntary;
        sum.threads += 1;
    }
    if sum.threads == 0 {
        return Err(failed(io::Error::new(
            io::ErrorKind::NotFound,
            "the process ended meanwhile",
        )));
    }
    Ok(sum)
}

/// Whether reading a thread's file failed because the thread is gone: there is
/// no file any more, or reading the open one says `ESRCH`.
fn has_ended(error: &io::Error) -> bool {
    const ESRCH: i32 = 3;
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(ESRCH)
}

/// `utime` and `stime`, fields 14 and 15. The name in field 2 may contain
/// anything, spaces and parentheses too: the last parenthesis ends it.
fn parse_stat(stat: &str) -> Result<ModeTicks, Problem> {
    let (_, behind_name) = stat
        .rsplit_once(')')
        .ok_or(Problem("no name in parentheses"))?;
    let mut fields = behind_name.split_ascii_whitespace().skip(11);
    let mut next = || fields.next().and_then(|field| field.parse().ok());
    match (next(), next()) {
        (Some(user), Some(kernel)) => Ok(ModeTicks { user, kernel }),
        _ => Err(Problem("no utime and stime in fields 14 and 15")),
    }
}

/// `Rss` and `Pss` in bytes.
fn parse_smaps_rollup(rollup: &str) -> Result<(u64, u64), Problem> {
    Ok((
        kib_field_in_bytes(rollup, "Rss").ok_or(Problem("no Rss"))?,
        kib_field_in_bytes(rollup, "Pss").ok_or(Problem("no Pss"))?,
    ))
}

/// Voluntary and involuntary context switches.
fn parse_switches(status: &str) -> Result<(u64, u64), Problem> {
    let count = |key| field(status, key).and_then(|value| value.parse().ok());
    match (
        count("voluntary_ctxt_switches"),
        count("nonvoluntary_ctxt_switches"),
    ) {
        (Some(voluntary), Some(involuntary)) => Ok((voluntary, involuntary)),
        _ => Err(Problem("no counts of context switches")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_found_behind_any_name() {
        let tail = "S 1 4242 4242 0 -1 4194304 1043 12 3 4 517 289 77 88 20 0 3 0 9981";
        for name in ["(echo)", "(a b)", "(a) R 1 (2)", "())", "(tmux: 1)"] {
            assert_eq!(
                parse_stat(&format!("4242 {name} {tail}\n")),
                Ok(ModeTicks {
                    user: 517,
                    kernel: 289
                }),
                "{name}"
            );
        }
        assert!(parse_stat("4242 (echo) S 1 2 3\n").is_err());
        assert!(parse_stat("4242").is_err());
        assert!(parse_stat("").is_err());
    }

    #[test]
    fn memory_is_in_bytes() {
        let rollup = "55fedbd93000-7ffcc61d7000 ---p 00000000 00:00 0      [rollup]\n\
                      Rss:                1592 kB\n\
                      Pss:                 406 kB\n\
                      Pss_Dirty:           112 kB\n\
                      Shared_Clean:       1420 kB\n\
                      SwapPss:               0 kB\n";
        assert_eq!(parse_smaps_rollup(rollup), Ok((1_630_208, 415_744)));
        assert_eq!(parse_smaps_rollup(""), Err(Problem("no Rss")));
    }

    #[test]
    fn switches_are_read_from_the_end_of_a_status() {
        let status = "Name:\tvoluntary_ctxt_switches\nThreads:\t3\n\
                      voluntary_ctxt_switches:\t41\nnonvoluntary_ctxt_switches:\t7\n";
        assert_eq!(parse_switches(status), Ok((41, 7)));
        assert!(parse_switches("Name:\tcat\n").is_err());
    }
}
