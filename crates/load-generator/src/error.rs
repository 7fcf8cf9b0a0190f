//! Why the generator can't do as it was told.

use std::io;

/// An error of the generator itself, never a statement about echoes.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is not one that can be driven.
    #[error("{url:?}: {problem}")]
    Url {
        /// The URL as it was given.
        url: String,
        /// What is wrong with it and what would be right.
        problem: String,
    },
    /// The target is not on this machine and nobody said that it may be.
    #[error(
        "{0} is not a loopback address; add --allow-remote if that machine is yours to put load on"
    )]
    NotLoopback(std::net::SocketAddr),
    /// A field of the workload is out of its range.
    #[error("workload: {0}")]
    Workload(String),
    /// A system call of the generator's own failed.
    #[error("{what}: {error}")]
    System {
        /// What was being done.
        what: &'static str,
        /// The operating system's words.
        error: io::Error,
    },
    /// The process may not open as many files as the workload needs.
    #[error(
        "open-file limit reached with {open} connections open; raise it with `ulimit -n` or ask for fewer connections"
    )]
    TooManyFiles {
        /// Connections that were open by then.
        open: usize,
    },
    /// The process to observe can't be read.
    #[error("process {pid}: {error}")]
    Observe {
        /// The process.
        pid: u32,
        /// What failed.
        error: String,
    },
    /// A histogram could not be written down.
    #[error(transparent)]
    Histogram(#[from] record::HistogramError),
    /// A thread of the generator ended by a panic.
    #[error("a load generator thread panicked; this is a bug in the generator")]
    WorkerPanicked,
    /// A command came at a time when it makes no sense.
    #[error("{0}")]
    Order(&'static str),
}

impl Error {
    /// Wraps an error of a system call.
    pub(crate) fn system(what: &'static str) -> impl FnOnce(rustix::io::Errno) -> Self {
        move |errno| Self::System {
            what,
            error: errno.into(),
        }
    }
}
