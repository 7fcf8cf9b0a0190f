//! Servers in this process: a good one by hand, and ways to be worse.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test file is a crate of its own and uses some"
)]

mod deflate;
mod echo;
mod hostile;

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use conformance::{Case, CaseTable, Endpoint, Limits, Outcome, Pattern, select};
pub(crate) use deflate::{Compression, compressed_echo, negotiated_echo};
pub(crate) use echo::{Fault, echo, talk};
pub(crate) use hostile::Hostile;
use record::{CaseRecord, CaseVerdict};

/// A listener whose connections are served by a function, each in a thread.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl TestServer {
    pub(crate) fn start(serve: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (serve, Ok(stream)) = (serve.clone(), stream) else {
                    return;
                };
                std::thread::spawn(move || serve(stream));
            }
        });
        Self { address, stop }
    }

    pub(crate) fn echo(fault: Fault) -> Self {
        Self::start(move |stream| echo(stream, fault))
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint {
            address: self.address,
            host: self.address.to_string(),
            path: "/".to_owned(),
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

pub(crate) fn cases(patterns: &[&str]) -> Vec<Case> {
    let patterns: Vec<Pattern> = patterns.iter().map(|it| it.parse().unwrap()).collect();
    select(CaseTable::built_in().unwrap().cases, &patterns).unwrap()
}

pub(crate) fn run(server: &TestServer, patterns: &[&str], limits: &Limits) -> Outcome {
    let endpoint = server.endpoint();
    conformance::run(&cases(patterns), &endpoint, limits, 1, &|_| {}, &|| false)
}

pub(crate) fn verdicts(records: &[CaseRecord]) -> Vec<(String, CaseVerdict)> {
    records
        .iter()
        .map(|record| (record.id.clone(), record.verdict))
        .collect()
}

/// Reads the request and answers it; `None` when there is none.
pub(crate) fn accept(stream: &mut TcpStream) -> Option<()> {
    accept_with(stream, "")
}

/// The same with further fields in the answer.
pub(crate) fn accept_with(stream: &mut TcpStream, fields: &str) -> Option<()> {
    let head = request(stream)?;
    agree(stream, &head, fields.as_bytes())
}

/// The head of a request.
pub(crate) fn request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return None,
        }
    }
    Some(head)
}

/// The value of a header as it came, up to CR LF.
pub(crate) fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let start = format!("\r\n{name}: ").into_bytes();
    let at = head.windows(start.len()).position(|it| it == start)? + start.len();
    let length = head[at..].windows(2).position(|it| it == b"\r\n")?;
    Some(&head[at..at + length])
}

/// Answers a request with 101.
pub(crate) fn agree(stream: &mut TcpStream, head: &[u8], fields: &[u8]) -> Option<()> {
    let key = str::from_utf8(header(head, "Sec-WebSocket-Key")?).ok()?;
    let accept = wire::accept_of(key);
    let start = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    let end = format!("Sec-WebSocket-Accept: {accept}\r\n\r\n");
    let response = [start.as_bytes(), fields, end.as_bytes()].concat();
    stream.write_all(&response).ok()
}
