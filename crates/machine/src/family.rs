//! Processes that belong to another one.

use std::{fs, path::PathBuf};

use crate::{MachineError, error::Problem, file::read};

/// A process that belongs to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Its number.
    pub pid: u32,
    /// Its name, as the kernel keeps it (15 bytes at most).
    pub name: String,
}

/// The living children of the process `pid`, and the members of the process
/// group that it leads: also those whose own parent has ended. From
/// `/proc/*/stat`, which unlike `/proc/PID/task/*/children` every kernel has.
///
/// # Errors
/// When `/proc` can't be read, or elsewhere than on Linux.
pub fn process_family(pid: u32) -> Result<Vec<Relative>, MachineError> {
    let folder = PathBuf::from("/proc");
    if cfg!(not(target_os = "linux")) {
        return Err(MachineError::Unsupported { path: folder });
    }
    let failed = |source| MachineError::Read {
        path: folder.clone(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_process = path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_process {
            continue;
        }
        // It may have ended meanwhile.
        let Ok(stat) = read(path.join("stat")) else {
            continue;
        };
        let process = parse(&stat).map_err(|Problem(problem)| MachineError::Malformed {
            path: path.join("stat"),
            problem,
        })?;
        if process.is_alive && process.pid != pid && (process.parent == pid || process.group == pid)
        {
            found.push(Relative {
                pid: process.pid,
                name: process.name,
            });
        }
    }
    Ok(found)
}

#[derive(Debug, PartialEq, Eq)]
struct Process {
    pid: u32,
    name: String,
    is_alive: bool,
    parent: u32,
    group: u32,
}

/// `pid (name) state ppid pgrp`. The name may contain anything, parentheses too:
/// the last one ends it.
fn parse(stat: &str) -> Result<Process, Problem> {
    let fields = || -> Option<Process> {
        let (pid, behind_pid) = stat.split_once(" (")?;
        let (name, behind_name) = behind_pid.rsplit_once(") ")?;
        let mut fields = behind_name.split_ascii_whitespace();
        let state = fields.next()?;
        Some(Process {
            pid: pid.parse().ok()?,
            name: name.to_owned(),
            is_alive: !matches!(state, "Z" | "X" | "x"),
            parent: fields.next()?.parse().ok()?,
            // 0 for some threads of the kernel.
            group: fields.next()?.parse().ok()?,
        })
    };
    fields().ok_or(Problem("no number, name, state, parent and group"))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader},
        os::unix::process::CommandExt as _,
        process::{Command, Stdio},
    };

    use super::*;

    #[test]
    fn a_stat_is_read_whatever_the_name() {
        for name in ["echo", "a b", "a) R 1 (2", ")"] {
            let found = parse(&format!("77 ({name}) S 4 77 77 0 -1\n")).unwrap();
            assert_eq!(
                found,
                Process {
                    pid: 77,
                    name: name.to_owned(),
                    is_alive: true,
                    parent: 4,
                    group: 77
                }
            );
        }
        assert!(!parse("77 (echo) Z 4 77 77").unwrap().is_alive);
        assert!(parse("77 (echo) S").is_err());
    }

    #[test]
    fn children_and_orphans_of_the_group_are_found() {
        // The inner shell ends at once and leaves its child without a parent.
        let script = "sh -c 'sleep 1000 & echo $!'; sleep 1000 & echo $!; wait";
        let mut leader = Command::new("/bin/sh")
            .args(["-c", script])
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let lines = BufReader::new(leader.stdout.take().unwrap()).lines();
        let mut expected: Vec<u32> = lines
            .take(2)
            .map(|line| line.unwrap().parse().unwrap())
            .collect();
        let mut found: Vec<u32> = process_family(leader.id())
            .unwrap()
            .into_iter()
            .map(|relative| relative.pid)
            .collect();
        for pid in &expected {
            let pid = pid.to_string();
            Command::new("kill").arg(&pid).status().unwrap();
        }
        leader.wait().unwrap();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected);
    }
}
