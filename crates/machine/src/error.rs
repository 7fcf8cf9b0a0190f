//! Why a fact could not be had.

use std::{io, path::PathBuf};

/// A fact that the kernel didn't tell.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// This operating system has no such files.
    #[error("{} can only be read on Linux; run the measurement there", path.display())]
    Unsupported {
        /// The file that would have told.
        path: PathBuf,
    },
    /// A file could not be read. For a file of a process, that process has
    /// nearly always ended, or belongs to somebody else.
    #[error("could not read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// The operating system's words.
        source: io::Error,
    },
    /// A file says other things than the kernel documents.
    #[error("{} is not as expected: {problem}", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is missing or wrong.
        problem: &'static str,
    },
}

/// What a parser misses in a text; the reader adds the file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Problem(pub(crate) &'static str);
