//! Client sockets: not blocking, those for streams with TCP_NODELAY.

use std::{net::SocketAddr, os::fd::OwnedFd, time::Duration};

use machine::monotonic_ns;
use record::Protocol;
use rustix::{
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, connect, ipproto, recv,
        send, socket_with, sockopt,
    },
};

use crate::Error;

/// What a socket carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// A stream of bytes: TCP.
    Stream,
    /// Datagrams: UDP, with one peer.
    Datagrams,
}

impl Transport {
    /// The transport of a protocol.
    pub(crate) fn of(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Websocket | Protocol::RawTcp | Protocol::Http => Self::Stream,
            Protocol::Udp => Self::Datagrams,
        }
    }
}

/// Receive buffer that a socket for datagrams asks for; what finds no room is
/// lost. The kernel grants at most `net.core.rmem_max`.
const DATAGRAM_BUFFER_BYTES: usize = 4 << 20;

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
    transport: Transport,
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
    let (kind, protocol) = match transport {
        Transport::Stream => (SocketType::STREAM, ipproto::TCP),
        Transport::Datagrams => (SocketType::DGRAM, ipproto::UDP),
    };
    let socket = match socket_with(family, kind, flags, Some(protocol)) {
        Ok(socket) => socket,
        Err(Errno::MFILE | Errno::NFILE) => return Err(Error::TooManyFiles { open }),
        Err(errno) => return Err(Error::system("socket")(errno)),
    };
    match transport {
        Transport::Stream => {
            sockopt::set_tcp_nodelay(&socket, true).map_err(Error::system("TCP_NODELAY"))?;
        }
        Transport::Datagrams => {
            sockopt::set_socket_recv_buffer_size(&socket, DATAGRAM_BUFFER_BYTES)
                .map_err(Error::system("SO_RCVBUF"))?;
        }
    }
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

/// Reads what is there: of datagrams one, which may be empty.
#[inline]
pub(crate) fn read(transport: Transport, socket: &OwnedFd, buffer: &mut [u8]) -> Transfer {
    match recv(socket, buffer, RecvFlags::empty()) {
        Ok((0, _)) if transport == Transport::Stream => Transfer::End,
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

/// Sends the acknowledgement that is being held back, if any.
///
/// The kernel holds one back for 40 ms or longer, in the hope of data that it
/// can go along with, and sends it from a timer on the processor on which the
/// data came: the server's.
pub(crate) fn acknowledge(transport: Transport, socket: &OwnedFd) {
    if transport == Transport::Stream {
        // A failure means that the socket is gone already. Back to how a socket
        // is that asks and is answered: there the kernel holds back again.
        let _ = sockopt::set_tcp_quickack(socket, true);
        let _ = sockopt::set_tcp_quickack(socket, false);
    }
}

/// Makes the next close a reset, which leaves no port in TIME_WAIT.
pub(crate) fn reset_on_close(socket: &OwnedFd) {
    // A failure means that the socket is gone already.
    let _ = sockopt::set_socket_linger(socket, Some(Duration::ZERO));
}
