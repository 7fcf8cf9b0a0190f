//! Baseline: every datagram goes back as it came. One blocking socket, one
//! thread, no connections: what messages cost without a stream under them.

use std::{
    env,
    ffi::OsString,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
};

use contender_kit::{Contender, Error, Identity, Protocol, baseline, option};
use rustix::net::sockopt::set_socket_recv_buffer_size;

/// Room for what all clients have in flight; the kernel may grant less.
const RECEIVE_BUFFER_BYTES: usize = 4 << 20;

/// No datagram is longer.
const DATAGRAM_BYTES: usize = 1 << 16;

/// How many ports that the system chooses are tried. Each must be free for TCP
/// as well, and nearly always is.
const ATTEMPTS: u32 = 16;

fn main() -> anyhow::Result<()> {
    let identity = baseline!("udp", "threads").speaking(Protocol::Udp);
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let (socket, _listener) = listen(identity, &arguments)?;
    Ok(echo(&socket)?)
}

/// Binds the socket, and then lets the kit say so on its ready line. The kit
/// listens for TCP, which has ports of its own: both take the same one.
fn listen(identity: Identity, arguments: &[OsString]) -> anyhow::Result<(UdpSocket, TcpListener)> {
    let asked = asked_address(arguments);
    let mut attempts = 0;
    loop {
        let socket = UdpSocket::bind(asked)?;
        set_socket_recv_buffer_size(&socket, RECEIVE_BUFFER_BYTES)?;
        let bound = ["--listen".into(), socket.local_addr()?.to_string().into()];
        // Of an argument that is there twice the kit takes the last.
        let arguments = arguments.iter().cloned().chain(bound);
        let contender = Contender::from_arguments(identity, arguments)?;
        let options = vec![option("SO_RCVBUF asked for", RECEIVE_BUFFER_BYTES)];
        attempts += 1;
        match contender.listen(1, 0, options) {
            Ok(listener) => return Ok((socket, listener)),
            Err(Error::Listen { .. }) if asked.port() == 0 && attempts < ATTEMPTS => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The address after `--listen`. One that can't be read is left to the kit,
/// which says what is wrong with it.
fn asked_address(arguments: &[OsString]) -> SocketAddr {
    let mut asked = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let words: Vec<_> = arguments
        .iter()
        .map(|word| word.to_string_lossy())
        .collect();
    for (at, word) in words.iter().enumerate() {
        let value = match word.strip_prefix("--listen=") {
            Some(value) => Some(value),
            None if word == "--listen" => words.get(at + 1).map(AsRef::as_ref),
            None => None,
        };
        if let Some(Ok(address)) = value.map(str::parse) {
            asked = address;
        }
    }
    asked
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

    fn asked(line: &str) -> String {
        let words: Vec<OsString> = line.split_whitespace().map(Into::into).collect();
        asked_address(&words).to_string()
    }

    #[test]
    fn the_address_is_found_in_either_form_and_the_last_counts() {
        assert_eq!(asked(""), "127.0.0.1:0");
        assert_eq!(asked("--threads 2 --listen 127.0.0.2:7"), "127.0.0.2:7");
        assert_eq!(asked("--listen=[::1]:9"), "[::1]:9");
        assert_eq!(
            asked("--listen 127.0.0.2:7 --listen=127.0.0.3:8"),
            "127.0.0.3:8"
        );
        assert_eq!(asked("--listen nonsense"), "127.0.0.1:0");
        assert_eq!(asked("--listen"), "127.0.0.1:0");
    }

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
