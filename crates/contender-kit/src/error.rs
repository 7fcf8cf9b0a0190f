//! What can keep a server from serving.

use std::{io, net::SocketAddr};

use record::{UnknownVariant, Variant};

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument is unknown, lacks its value or can't be understood.
    #[error("{0}; --help lists all arguments")]
    Argument(String),
    /// `--listen` is no IP address with a port.
    #[error("--listen {0:?} is no address: give an IP address and a port, such as 127.0.0.1:0")]
    Address(String),
    /// `--threads` or `--keep` is no number in its range.
    #[error("{flag} {value:?} is out of range: give a whole number from {lowest} to {highest}")]
    Number {
        /// The argument.
        flag: &'static str,
        /// What was given.
        value: String,
        /// Lowest value that is allowed.
        lowest: u32,
        /// Highest value that is allowed.
        highest: u32,
    },
    /// `--variant` names no variant.
    #[error("--variant: {0}")]
    UnknownVariant(String),
    /// The server doesn't have that variant.
    #[error("{package} has no variant {variant}: use --variant default")]
    NoSuchVariant {
        /// The server's package.
        package: &'static str,
        /// What was asked for.
        variant: Variant,
    },
    /// The listening socket could not be set up.
    #[error("cannot listen on {address}, {step} failed: choose another address with --listen")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// The system call or option that failed.
        step: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// TCP_NODELAY did not stay set, so that figures would show Nagle's
    /// algorithm (RFC 896) instead of the library.
    #[error("TCP_NODELAY was set on the listener but reads back as off: use another kernel")]
    NoDelayIgnored,
    /// The runtime or one of its threads could not be started.
    #[error("cannot start the runtime")]
    Runtime(#[source] io::Error),
    /// A runtime on io_uring could not be started: the kernel is too old for it,
    /// or forbids it as many containers do.
    #[error(
        "io_uring can't be used here: allow it (sysctl kernel.io_uring_disabled=0, no seccomp \
         filter that refuses io_uring_setup) or leave this server out"
    )]
    IoUring(#[source] io::Error),
    /// The ready line could not be written.
    #[error("cannot write the ready line to standard output: keep its reading end open")]
    ReadyLine(#[source] io::Error),
}

// As text: as a source the same words would be printed twice.

impl From<lexopt::Error> for Error {
    fn from(error: lexopt::Error) -> Self {
        Self::Argument(error.to_string())
    }
}

impl From<UnknownVariant> for Error {
    fn from(error: UnknownVariant) -> Self {
        Self::UnknownVariant(error.to_string())
    }
}
