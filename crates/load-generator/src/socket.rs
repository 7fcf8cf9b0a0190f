//! Client sockets: not blocking, TCP_NODELAY.

use std::{net::SocketAddr, os::fd::OwnedFd, time::Duration};

use machine::monotonic_ns;
use rustix::{
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, connect, ipproto, recv,
        send, socket_with, sockopt,
    },
};

use crate::Error;

/// What reading or writing gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    /// That many bytes.
    Bytes(usize),
    /// None now; wait.
    Blocked,
    /// The peer has ended the stream.
    End,
    /// The connection is broken.
    Broken(Errno),
}

/// Starts to connect to `target`; the socket is writable once it is connected.
///
/// Beside it stands the instant at which connect was called.
///
/// # Errors
/// [`Error::TooManyFiles`] and [`Error::System`] for failures on this side;
/// the inner `Err` when the connection failed at once: it was refused, or no
/// local port is free.
pub(crate) fn start_connect(
    target: SocketAddr,
    source: Option<SocketAddr>,
    open: usize,
) -> Result<(Result<OwnedFd, Errno>, u64), Error> {
    let family = if target.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = match socket_with(family, SocketType::STREAM, flags, Some(ipproto::TCP)) {
        Ok(socket) => socket,
        Err(Errno::MFILE | Errno::NFILE) => return Err(Error::TooManyFiles { open }),
        Err(errno) => return Err(Error::system("socket")(errno)),
    };
    sockopt::set_tcp_nodelay(&socket, true).map_err(Error::system("TCP_NODELAY"))?;
    if let Some(source) = source
        && let Err(errno) = bind(&socket, &source)
    {
        return Ok((Err(errno), monotonic_ns()));
    }
    let now_ns = monotonic_ns();
    match connect(&socket, &target) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok((Ok(socket), now_ns)),
        Err(errno) => Ok((Err(errno), now_ns)),
    }
}

/// Why a connection that became writable is not connected, if it isn't.
pub(crate) fn connect_error(socket: &OwnedFd) -> Option<Errno> {
    match sockopt::socket_error(socket) {
        Ok(Ok(())) => None,
        Ok(Err(errno)) | Err(errno) => Some(errno),
    }
}

/// Reads what is there.
#[inline]
pub(crate) fn read(socket: &OwnedFd, buffer: &mut [u8]) -> Transfer {
    match recv(socket, buffer, RecvFlags::empty()) {
        Ok((0, _)) => Transfer::End,
        Ok((count, _)) => Transfer::Bytes(count),
        Err(Errno::AGAIN | Errno::INTR) => Transfer::Blocked,
        Err(errno) => Transfer::Broken(errno),
    }
}

/// Writes what fits.
#[inline]
pub(crate) fn write(socket: &OwnedFd, bytes: &[u8], more: bool) -> Transfer {
    let flags = if more {
        SendFlags::NOSIGNAL | SendFlags::MORE
    } else {
        SendFlags::NOSIGNAL
    };
    match send(socket, bytes, flags) {
        Ok(count) => Transfer::Bytes(count),
        Err(Errno::AGAIN | Errno::INTR) => Transfer::Blocked,
        Err(errno) => Transfer::Broken(errno),
    }
}

/// Makes the next close a reset, which leaves no port in TIME_WAIT.
pub(crate) fn reset_on_close(socket: &OwnedFd) {
    // A failure means that the socket is gone already.
    let _ = sockopt::set_socket_linger(socket, Some(Duration::ZERO));
}
