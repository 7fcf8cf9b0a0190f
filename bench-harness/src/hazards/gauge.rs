//! How a server's process is seen, and held.

use std::{fs, io};

use conformance::hazards::{Gauge, Usage};
use machine::ProcessClock;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rustix::process::{Resource, Rlimit, prlimit};

/// How much a server may map beyond what it has mapped when it is ready. Its
/// resident memory is watched and bounded by [`Bounds`], far below this; but a
/// single allocation may outrun any watch. Address space is no memory: 2,000
/// threads of 2 MiB of stack, of which they touch some KiB, take 4 GiB, and
/// Go's runtime reserves more than a GiB before it does anything.
///
/// [`Bounds`]: conformance::hazards::Bounds
const ADDRESS_SPACE_BYTES: u64 = 8 << 30;

/// A process, by its number.
#[derive(Debug)]
pub(super) struct ProcessGauge {
    pid: u32,
    clock: Option<ProcessClock>,
    /// Whether this program started it and may limit or end it.
    is_ours: bool,
}

impl ProcessGauge {
    /// A server that this program started: its address space is limited from
    /// now on, and should memory run out all the same, the kernel ends it
    /// first.
    pub(super) fn of_child(pid: u32) -> io::Result<Self> {
        let gauge = Self::new(pid, true);
        let mapped = gauge.field("VmSize").ok_or(io::ErrorKind::NotFound)?;
        let limit = mapped + ADDRESS_SPACE_BYTES;
        gauge.limit(Resource::As, limit)?;
        fs::write(format!("/proc/{pid}/oom_score_adj"), "1000")?;
        Ok(gauge)
    }

    /// Somebody's server, which is only watched.
    pub(super) fn of_other(pid: u32) -> Self {
        Self::new(pid, false)
    }

    fn new(pid: u32, is_ours: bool) -> Self {
        Self {
            pid,
            clock: ProcessClock::of(pid).ok(),
            is_ours,
        }
    }

    fn limit(&self, resource: Resource, most: u64) -> io::Result<()> {
        let number = i32::try_from(self.pid).map_err(io::Error::other)?;
        let pid = rustix::process::Pid::from_raw(number).ok_or(io::ErrorKind::NotFound)?;
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        prlimit(Some(pid), resource, limit)?;
        Ok(())
    }

    fn status(&self) -> Option<String> {
        let bytes = fs::read(format!("/proc/{}/status", self.pid)).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn field(&self, name: &str) -> Option<u64> {
        bytes_of(&self.status()?, name)
    }
}

/// The value of a line such as `VmRSS:  1724 kB`, in bytes.
fn bytes_of(status: &str, name: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(kib << 10)
}

/// Whether the process has ended: what is left of it waits for its parent.
fn is_over(status: &str) -> bool {
    status
        .lines()
        .find_map(|line| line.strip_prefix("State:"))
        .is_none_or(|state| state.trim_start().starts_with(['Z', 'X']))
}

impl Gauge for ProcessGauge {
    fn rss_bytes(&self) -> Option<u64> {
        self.field("VmRSS")
    }

    fn usage(&self) -> Option<Usage> {
        let status = self.status()?;
        let files = fs::read_dir(format!("/proc/{}/fd", self.pid)).ok()?;
        Some(Usage {
            rss_bytes: bytes_of(&status, "VmRSS")?,
            peak_rss_bytes: bytes_of(&status, "VmHWM")?,
            cpu_ns: self.clock.as_ref()?.now_ns().ok()?,
            open_files: files.count() as u64,
        })
    }

    fn has_ended(&self) -> bool {
        self.status().is_none_or(|status| is_over(&status))
    }

    fn limit_open_files(&self, most: u64) -> bool {
        self.is_ours && self.limit(Resource::Nofile, most).is_ok()
    }

    fn kill(&self) {
        if self.is_ours
            && let Ok(pid) = i32::try_from(self.pid)
        {
            // It may have ended by itself meanwhile.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;
    use crate::process::soon::soon;

    struct Killed(Child);

    impl Drop for Killed {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    fn shell(script: &str) -> Killed {
        let child = Command::new("/bin/sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        Killed(child.unwrap())
    }

    #[test]
    fn lines_are_found_by_their_whole_name() {
        let status = "Name:\tVmRSS\nState:\tS (sleeping)\nVmRSSX:\t 1 kB\nVmRSS:\t   12 kB\n";
        assert_eq!(bytes_of(status, "VmRSS"), Some(12 << 10));
        assert_eq!(bytes_of(status, "VmHWM"), None);
        assert!(!is_over(status));
        assert!(is_over("State:\tZ (zombie)\n") && is_over(""));
    }

    #[test]
    fn a_running_process_is_seen_and_limited() {
        let child = shell("read line; exec sleep 1000");
        let gauge = ProcessGauge::of_child(child.0.id()).unwrap();
        let usage = gauge.usage().unwrap();
        assert!(usage.rss_bytes > 0 && usage.peak_rss_bytes >= usage.rss_bytes);
        assert!(usage.open_files >= 3 && !gauge.has_ended());
        assert!(gauge.limit_open_files(64));
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.0.id())).unwrap();
        let of = |name: &str| {
            let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(3).unwrap().to_owned()
        };
        assert_eq!(of("Max open files"), "64");
        let space: u64 = of("Max address space").parse().unwrap();
        assert!(space > ADDRESS_SPACE_BYTES && space < 2 * ADDRESS_SPACE_BYTES);
    }

    #[test]
    fn a_process_that_has_ended_is_told_from_one_that_runs() {
        let child = shell("read line");
        let gauge = ProcessGauge::of_child(child.0.id()).unwrap();
        gauge.kill();
        assert_eq!(soon(|| gauge.has_ended().then_some(())), Some(()));
    }

    #[test]
    fn somebody_s_process_is_only_watched() {
        let child = shell("read line");
        let gauge = ProcessGauge::of_other(child.0.id());
        assert!(gauge.usage().is_some());
        assert!(!gauge.limit_open_files(64));
        gauge.kill();
        assert!(!gauge.has_ended());
    }
}
