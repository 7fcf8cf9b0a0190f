//! Baseline: every datagram goes back as it came. One blocking socket, one
//! thread, no connections: what messages cost without a stream under them.

use std::{io, net::UdpSocket};

use contender_kit::{Contender, Error, Protocol, baseline, option};
use rustix::net::sockopt::set_socket_recv_buffer_size;

/// Room for what all clients have in flight; the kernel may grant less.
const RECEIVE_BUFFER_BYTES: usize = 4 << 20;

/// No datagram is longer.
const DATAGRAM_BYTES: usize = 1 << 16;

fn main() -> anyhow::Result<()> {
    let identity = baseline!("udp", "threads").speaking(Protocol::Udp);
    let contender = Contender::from_command_line(identity)?;
    let address = contender.address();
    let socket = UdpSocket::bind(address).map_err(|source| Error::Listen {
        address,
        step: "bind",
        source,
    })?;
    set_socket_recv_buffer_size(&socket, RECEIVE_BUFFER_BYTES)?;
    let options = vec![option("SO_RCVBUF asked for", RECEIVE_BUFFER_BYTES)];
    contender.announce(socket.local_addr()?, 1, 0, options)?;
    Ok(echo(&socket)?)
}

fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = vec![0; DATAGRAM_BYTES];
    loop {
        match socket.recv_from(&mut buffer) {
            // What can't be sent is lost, as datagrams may be; whoever waits
            // for it counts it.
            Ok((length, from)) => drop(socket.send_to(&buffer[..length], from)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_of_every_length_come_back() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.connect(server.local_addr().unwrap()).unwrap();
        std::thread::spawn(move || echo(&server));
        let mut buffer = vec![0; DATAGRAM_BYTES];
        for length in [0, 1, 1_500, 65_507] {
            let sent: Vec<u8> = (0..length).map(|at| at as u8).collect();
            client.send(&sent).unwrap();
            let received = client.recv(&mut buffer).unwrap();
            assert!(buffer[..received] == sent, "{length}");
        }
    }
}
