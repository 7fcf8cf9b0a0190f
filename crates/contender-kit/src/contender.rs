//! A server from its command line to its ready line.

use std::{
    env,
    ffi::OsString,
    io,
    io::Write as _,
    net::{SocketAddr, TcpListener},
    process,
};

use record::{ContenderLine, OptionInForce, Ready, Variant};

use crate::{
    Error, Identity,
    arguments::{Arguments, Request, help},
    control, listener,
};

/// A server that knows what it is and what it was asked to do.
///
/// One of the `serve_*` methods makes it listen, says so on standard output and
/// serves; [`listen`](Self::listen) leaves the serving to the caller.
#[derive(Clone, Copy, Debug)]
pub struct Contender {
    pub(crate) identity: Identity,
    pub(crate) arguments: Arguments,
}

impl Contender {
    /// Reads the command line. With `--help` it prints the help and exits.
    ///
    /// # Errors
    /// Where an argument can't be understood, or asks for a variant that this
    /// server doesn't have.
    pub fn from_command_line(identity: Identity) -> Result<Self, Error> {
        Self::from_arguments(identity, env::args_os().skip(1))
    }

    /// Reads arguments that come without the program's name.
    ///
    /// # Errors
    /// As [`from_command_line`](Self::from_command_line).
    pub fn from_arguments(
        identity: Identity,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, Error> {
        match Request::parse(&identity, arguments)? {
            Request::Serve(arguments) => Ok(Self {
                identity,
                arguments,
            }),
            Request::Help => {
                let printed = io::stdout().write_all(help(&identity).as_bytes());
                process::exit(printed.is_err().into())
            }
        }
    }

    /// The address asked for, for a server that opens its socket by itself.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.arguments.listen
    }

    /// Which set of options to use.
    #[must_use]
    pub fn variant(&self) -> Variant {
        self.arguments.variant
    }

    /// How many messages each connection keeps: the limit for
    /// [`Kept`](crate::Kept).
    #[must_use]
    pub fn keep(&self) -> usize {
        self.arguments.keep as usize
    }

    /// Threads that shall serve connections.
    #[must_use]
    pub fn threads(&self) -> u32 {
        self.arguments.threads
    }

    /// Listens and prints the ready line, for a server that accepts by itself.
    ///
    /// The socket has SO_REUSEADDR and TCP_NODELAY, and so have those it
    /// accepts. `threads` is how many threads serve connections, `keep` how
    /// many messages each connection really keeps.
    ///
    /// # Errors
    /// Where the address is taken or the ready line can't be written.
    pub fn listen(
        &self,
        threads: u32,
        keep: u32,
        options: Vec<OptionInForce>,
    ) -> Result<TcpListener, Error> {
        let listener = listener::listen_on(self.arguments.listen)?;
        let address = listener.local_addr().map_err(|source| Error::Listen {
            address: self.arguments.listen,
            step: "getsockname",
            source,
        })?;
        self.announce(address, threads, keep, options)?;
        Ok(listener)
    }

    /// Prints the ready line and answers commands, for a server that can be
    /// reached at `address` by other means than [`listen`](Self::listen), such
    /// as UDP. The numbers and the options are as there.
    ///
    /// # Errors
    /// Where the ready line can't be written.
    pub fn announce(
        &self,
        address: SocketAddr,
        threads: u32,
        keep: u32,
        options: Vec<OptionInForce>,
    ) -> Result<(), Error> {
        control::answer_commands()?;
        control::print(&ContenderLine::Ready(Ready {
            address: address.to_string(),
            protocol: self.identity.protocol,
            library: self.identity.library.to_owned(),
            version: self.identity.version.to_owned(),
            runtime: self.identity.runtime.to_owned(),
            variant: self.arguments.variant,
            threads,
            keep,
            options,
        }))
        .map_err(Error::ReadyLine)
    }
}
