//! What the program's exit code says.

use std::process::ExitCode;

/// Exit codes. `--help` prints [`Exit::TABLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done, and no server misbehaved.
    Ok,
    /// The tool itself could not go on: no disk space, no workspace, no reference.
    /// Or a claim of `selftest` did not hold.
    Failed,
    /// The command line could not be understood.
    Usage,
    /// `compare --fail-on` found what it was to look for, or a case failed
    /// under `conformance --fail`, or a probe under `hazards --fail`.
    Gate,
    /// Some server could not be built, did not start, did not echo correctly or
    /// has a cell without a valid trial. The rest is there; the rows are named.
    Incomplete,
    /// SIGINT or SIGTERM. What was measured is kept.
    Interrupted,
}

impl Exit {
    /// The table for `--help`.
    pub(crate) const TABLE: &str = "\
Exit codes:
    0  everything was done
    1  the tool failed, a claim of selftest did not hold, or doctor found what
       makes a run impossible
    2  wrong usage
    3  the gate of `compare --fail-on` found a change of that kind, a case failed
       under `conformance --fail`, or a probe under `hazards --fail`
    4  incomplete: a server could not be built, started, checked or measured;
       the rows are named, the rest is there
  130  interrupted; what was measured is kept and reported";

    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Gate => 3,
            Self::Incomplete => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A command line that contradicts itself or names what doesn't exist.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(pub(crate) String);

/// The user asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub(crate) struct Interrupted;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_lists_every_code() {
        for exit in [
            Exit::Ok,
            Exit::Failed,
            Exit::Usage,
            Exit::Gate,
            Exit::Incomplete,
            Exit::Interrupted,
        ] {
            let code = exit.code().to_string();
            assert!(
                Exit::TABLE
                    .lines()
                    .any(|line| line.split_whitespace().next() == Some(&code)),
                "{code} is missing"
            );
        }
    }
}
