//! Echo servers of other protocols whose behaviour a test decides.

use std::{
    collections::HashMap,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::Arc,
};

/// A message as it arrived: its client's number, its number there (0 is the
/// opening), and its payload.
pub(crate) struct Came {
    pub(crate) client: usize,
    pub(crate) number: u64,
    pub(crate) payload: Vec<u8>,
}

impl Came {
    pub(crate) fn is(&self, client: usize, number: u64) -> bool {
        self.client == client && self.number == number
    }
}

/// A server of datagrams; what the behaviour returns is sent back, one datagram
/// each.
pub(crate) fn serve_udp(behaviour: impl Fn(Came) -> Vec<Vec<u8>> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut clients: HashMap<SocketAddr, (usize, u64)> = HashMap::new();
        let mut buffer = vec![0; 1 << 16];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let next = clients.len();
            let (client, count) = clients.entry(from).or_insert((next, 0));
            let came = Came {
                client: *client,
                number: *count,
                payload: buffer[..length].to_vec(),
            };
            *count += 1;
            for datagram in behaviour(came) {
                // A client that is gone misses nothing.
                let _ = socket.send_to(&datagram, from);
            }
        }
    });
    address
}

/// What an HTTP server writes for a request; `None` ends the connection.
type Answers = dyn Fn(Came) -> Option<Vec<u8>> + Send + Sync;

/// A server of HTTP/1.1.
pub(crate) fn serve_http(
    behaviour: impl Fn(Came) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> SocketAddr {
    let behaviour: Arc<Answers> = Arc::new(behaviour);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for (client, socket) in listener.incoming().enumerate() {
            let behaviour = Arc::clone(&behaviour);
            std::thread::spawn(move || answer(socket?, client, &*behaviour));
        }
    });
    address
}

fn answer(mut socket: TcpStream, client: usize, behaviour: &Answers) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut input = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    let mut number = 0;
    loop {
        while let Some((payload, used)) = request(&input) {
            input.drain(..used);
            let came = Came {
                client,
                number,
                payload,
            };
            number += 1;
            match behaviour(came) {
                Some(bytes) => socket.write_all(&bytes)?,
                None => return Ok(()),
            }
        }
        let count = socket.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        input.extend_from_slice(&chunk[..count]);
    }
}

/// The body of the first request and the bytes of it all, once it is complete.
fn request(input: &[u8]) -> Option<(Vec<u8>, usize)> {
    let end = input.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&input[..end]).unwrap();
    assert!(
        head.starts_with("POST / HTTP/1.1\r\nHost: 127.0.0.1:"),
        "{head}"
    );
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .unwrap();
    let used = end + length.parse::<usize>().unwrap();
    Some((input.get(end..used)?.to_vec(), used))
}

/// A whole response.
pub(crate) fn response(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
