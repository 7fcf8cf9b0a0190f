//! The listening socket, with the same settings for every server.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream},
};

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with, sockopt};

use crate::Error;

/// Connections that may wait to be accepted; the kernel lowers it to
/// `net.core.somaxconn`. The standard library's 128 would make a burst of
/// handshakes measure retransmitted SYNs.
const BACKLOG: i32 = 4096;

/// Opens a listening socket with SO_REUSEADDR and TCP_NODELAY.
///
/// Sockets that it accepts inherit TCP_NODELAY, which spares each connection a
/// system call and leaves no server without it.
pub(crate) fn listen_on(address: SocketAddr) -> Result<TcpListener, Error> {
    let failed = |step| {
        move |error: rustix::io::Errno| Error::Listen {
            address,
            step,
            source: io::Error::from(error),
        }
    };
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)
        .map_err(failed("socket"))?;
    sockopt::set_socket_reuseaddr(&socket, true).map_err(failed("SO_REUSEADDR"))?;
    sockopt::set_tcp_nodelay(&socket, true).map_err(failed("TCP_NODELAY"))?;
    bind(&socket, &address).map_err(failed("bind"))?;
    listen(&socket, BACKLOG).map_err(failed("listen"))?;
    let listener = TcpListener::from(socket);
    if !accepts_with_nodelay(&listener).map_err(|source| Error::Listen {
        address,
        step: "TCP_NODELAY of an accepted socket",
        source,
    })? {
        return Err(Error::NoDelayIgnored);
    }
    Ok(listener)
}

/// Connects to `listener` once, before anybody else can, to see what a socket
/// that it accepts inherits.
fn accepts_with_nodelay(listener: &TcpListener) -> io::Result<bool> {
    let mut own = listener.local_addr()?;
    if own.ip().is_unspecified() {
        own.set_ip(match own {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    let _probe = TcpStream::connect(own)?;
    listener.accept()?.0.nodelay()
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::listen_on;
    use crate::Error;

    #[test]
    fn accepted_sockets_inherit_nodelay() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = match listen_on(address.parse().unwrap()) {
                Ok(listener) => listener,
                // Not every machine has IPv6.
                Err(Error::Listen {
                    step: "socket" | "bind",
                    ..
                }) if address.contains("::") => {
                    continue;
                }
                Err(error) => panic!("{error}"),
            };
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (accepted, _) = listener.accept().unwrap();
            assert!(accepted.nodelay().unwrap());
            assert!(!client.nodelay().unwrap(), "the check can't tell");
        }
    }

    #[test]
    fn a_taken_address_is_named_with_the_step_that_failed() {
        let first = listen_on("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = first.local_addr().unwrap();
        let error = listen_on(address).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "cannot listen on {address}, bind failed: choose another address with --listen"
            )
        );
    }

    #[test]
    fn an_address_can_be_taken_again_at_once() {
        let address = {
            let listener = listen_on("127.0.0.1:0".parse().unwrap()).unwrap();
            let address = listener.local_addr().unwrap();
            let client = TcpStream::connect(address).unwrap();
            // Closed by the server first: its side goes to TIME_WAIT.
            drop(listener.accept().unwrap());
            drop(client);
            address
        };
        assert_eq!(listen_on(address).unwrap().local_addr().unwrap(), address);
    }
}
