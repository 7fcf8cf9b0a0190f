//! Waiting in tests: for what must happen, but not for ever.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use nix::unistd::Pid;

/// Longer than anything that tests wait for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What `look` finds, or `None` when it finds nothing for too long.
pub(crate) fn soon<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        let found = look();
        if found.is_some() || start.elapsed() > PATIENCE {
            return found;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The process whose number is written to a file, on a line.
pub(crate) fn pid_in(path: &Path) -> Option<Pid> {
    soon(|| {
        let text = fs::read_to_string(path).ok()?;
        text.strip_suffix('\n')?.parse().ok().map(Pid::from_raw)
    })
}

/// Whether a process ends. One that nobody waits for is gone when it is a
/// zombie: then it only holds its number.
pub(crate) fn is_gone(pid: Pid) -> bool {
    let gone = soon(|| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let state = stat.rsplit_once(") ").map(|(_, behind_name)| behind_name);
        state
            .is_none_or(|state| state.starts_with(['Z', 'X']))
            .then_some(())
    });
    gone.is_some()
}
