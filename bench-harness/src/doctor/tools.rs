//! Programs that a run can do without.

use std::{env, ffi::OsStr, path::PathBuf, process::Command};

use schemars::JsonSchema;
use serde::Serialize;

/// An optional tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tool {
    /// Counts system calls.
    Strace,
    /// Counts instructions.
    Valgrind,
    /// Reads hardware counters.
    Perf,
    /// Builds servers in Go.
    Go,
}

impl Tool {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Strace, Self::Valgrind, Self::Perf, Self::Go];

    /// The program.
    pub(super) fn program(self) -> &'static str {
        match self {
            Self::Strace => "strace",
            Self::Valgrind => "valgrind",
            Self::Perf => "perf",
            Self::Go => "go",
        }
    }

    /// What is missing without it.
    pub(super) fn loss(self) -> &'static str {
        match self {
            Self::Strace => "system calls per message stay blank",
            Self::Valgrind => "instructions per message stay blank",
            Self::Perf => "no table needs it; it helps to find out why a server is slow",
            Self::Go => "servers written in Go can't be built",
        }
    }

    /// The package that holds it, as Debian calls it.
    pub(super) fn package(self) -> &'static str {
        match self {
            Self::Strace => "strace",
            Self::Valgrind => "valgrind",
            Self::Perf => "linux-perf",
            Self::Go => "golang-go",
        }
    }

    /// Where it is, by the `PATH` of this process.
    pub(crate) fn path(self) -> Option<PathBuf> {
        find_in(&env::var_os("PATH")?, self.program())
    }

    /// Its version, when it is there and runs.
    pub(crate) fn version(self) -> Option<String> {
        let argument = match self {
            Self::Strace | Self::Valgrind | Self::Perf => "--version",
            Self::Go => "version",
        };
        let path = self.path()?;
        let output = Command::new(path).arg(argument).output().ok()?;
        if !output.status.success() {
            return None;
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().next()?.trim().to_owned();
        (!line.is_empty()).then_some(line)
    }
}

fn find_in(path: &OsStr, program: &str) -> Option<PathBuf> {
    env::split_paths(path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_that_has_it_wins() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let path = env::join_paths(folders.iter().map(tempfile::TempDir::path)).unwrap();
        assert_eq!(find_in(&path, "tool"), None);
        std::fs::write(folders[1].path().join("tool"), "").unwrap();
        assert_eq!(find_in(&path, "tool"), Some(folders[1].path().join("tool")));
        std::fs::create_dir(folders[0].path().join("tool")).unwrap();
        assert_eq!(find_in(&path, "tool"), Some(folders[1].path().join("tool")));
    }
}
