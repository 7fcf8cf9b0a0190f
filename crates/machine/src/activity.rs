//! Who is busy: load average and the threads of all processes.

use std::fs;

use crate::{MachineError, error::Problem, file::read, file::read_with};

/// CPU time of one thread since its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadTicks {
    /// Process that it belongs to.
    pub pid: u32,
    /// Its own number.
    pub tid: u32,
    /// The name that it gave itself, or its program's.
    pub name: String,
    /// User and kernel time, in ticks of [`ticks_per_s`](crate::ticks_per_s).
    pub ticks: u64,
    /// Processor on which it ran last.
    pub cpu: u32,
}

/// Load average of the last minute: tasks that run, are ready to or wait for a
/// disk.
///
/// # Errors
/// Elsewhere than on Linux.
pub fn load_average() -> Result<f64, MachineError> {
    read_with("/proc/loadavg", parse_load_average)
}

fn parse_load_average(text: &str) -> Result<f64, Problem> {
    let first = text.split_ascii_whitespace().next();
    first
        .and_then(|word| word.parse().ok())
        .ok_or(Problem("no number at the start"))
}

/// All threads that this user may see. One that ends meanwhile is left out.
#[must_use]
pub fn threads() -> Vec<ThreadTicks> {
    let mut found = Vec::new();
    for process in numbered("/proc") {
        for thread in numbered(&format!("/proc/{process}/task")) {
            let path = format!("/proc/{process}/task/{thread}/stat");
            let stat = read(path).ok();
            found.extend(stat.and_then(|stat| parse_thread(process, thread, &stat)));
        }
    }
    found
}

/// Numbers that name folders in `folder`.
fn numbered(folder: &str) -> Vec<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

/// Fields 2, 14, 15 and 39 of a `stat` file.
fn parse_thread(pid: u32, tid: u32, stat: &str) -> Option<ThreadTicks> {
    let (before, behind_name) = stat.rsplit_once(')')?;
    let (_, name) = before.split_once('(')?;
    let fields: Vec<&str> = behind_name.split_ascii_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    Some(ThreadTicks {
        pid,
        tid,
        name: name.to_owned(),
        ticks: field(14)? + field(15)?,
        cpu: u32::try_from(field(39)?).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_is_the_first_number() {
        assert_eq!(parse_load_average("1.52 0.80 0.33 2/140 4242\n"), Ok(1.52));
        assert!(parse_load_average("").is_err());
    }

    #[test]
    fn a_thread_has_time_and_a_processor_behind_any_name() {
        let tail = "S 1 4242 4242 0 -1 4194304 1043 12 3 4 517 289 77 88 20 0 3 0 9981 1 2 3 \
                    4 5 6 7 8 9 10 11 12 13 14 15 17 1 0 0";
        let thread = parse_thread(4242, 4243, &format!("4243 (a) b (c)) {tail}\n")).unwrap();
        assert_eq!(thread.name, "a) b (c)");
        assert_eq!(thread.ticks, 517 + 289);
        assert_eq!(thread.cpu, 1);
        assert_eq!(parse_thread(1, 1, "1 (x) S 1 2"), None);
        assert_eq!(parse_thread(1, 1, ""), None);
    }
}
