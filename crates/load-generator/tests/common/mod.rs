//! A WebSocket echo server whose behaviour a test decides.

#![allow(dead_code, reason = "not every test needs all of it")]

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
};

use load_generator::{Generator, Target};
use record::{
    Connected, Disconnected, Extent, Load, LoadResult, MessageKind, MessageShape, Protocol,
    Workload,
};
use wire::{FrameHeader, MAX_HEADER_BYTES, Opcode, apply_mask};

/// A message as it arrived: the connection's number, its number there, opcode
/// and payload.
pub(crate) struct Arrived {
    pub(crate) connection: usize,
    pub(crate) sequence: u64,
    pub(crate) opcode: Opcode,
    pub(crate) payload: Vec<u8>,
}

/// What to write for a message. `None` ends the connection without a word.
pub(crate) type Behaviour = dyn Fn(Arrived) -> Option<Vec<u8>> + Send + Sync;

/// A whole unmasked frame.
pub(crate) fn frame(opcode: Opcode, fin: bool, payload: &[u8]) -> Vec<u8> {
    let header = FrameHeader {
        fin,
        rsv: 0,
        opcode,
        mask: None,
        payload_len: payload.len() as u64,
    };
    let mut encoded = [0; MAX_HEADER_BYTES];
    let length = header.encode(&mut encoded);
    [&encoded[..length], payload].concat()
}

/// The right echo.
pub(crate) fn echo(message: &Arrived) -> Vec<u8> {
    frame(message.opcode, true, &message.payload)
}

/// Starts a server on a port of its own. It lives as long as the test.
pub(crate) fn serve(
    behaviour: impl Fn(Arrived) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> SocketAddr {
    let behaviour: Arc<Behaviour> = Arc::new(behaviour);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for (connection, socket) in listener.incoming().enumerate() {
            let behaviour = Arc::clone(&behaviour);
            // A connection that ends in an error ends its thread, no more.
            std::thread::spawn(move || converse(socket?, connection, &*behaviour));
        }
    });
    address
}

fn converse(
    mut socket: TcpStream,
    connection: usize,
    behaviour: &Behaviour,
) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    upgrade(&mut socket)?;
    let mut input = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    let mut sequence = 0;
    loop {
        while let Ok(Some((header, length))) = FrameHeader::decode(&input) {
            let end = length + header.payload_len as usize;
            if input.len() < end {
                break;
            }
            let mut payload = input[length..end].to_vec();
            input.drain(..end);
            apply_mask(header.mask.expect("clients mask"), 0, &mut payload);
            match header.opcode {
                Opcode::Close => {
                    socket.write_all(&frame(Opcode::Close, true, &payload))?;
                    return Ok(());
                }
                Opcode::Ping => socket.write_all(&frame(Opcode::Pong, true, &payload))?,
                Opcode::Pong => {}
                opcode => {
                    let message = Arrived {
                        connection,
                        sequence,
                        opcode,
                        payload,
                    };
                    sequence += 1;
                    match behaviour(message) {
                        Some(bytes) => socket.write_all(&bytes)?,
                        None => return Ok(()),
                    }
                }
            }
        }
        let count = socket.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        input.extend_from_slice(&chunk[..count]);
    }
}

fn upgrade(socket: &mut TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    let text = String::from_utf8(request).unwrap();
    let key = text
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
        .unwrap();
    write!(
        socket,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
        wire::accept_of(key)
    )
}

/// A small closed loop: 4 connections, 100 messages of 125 bytes.
pub(crate) fn workload(address: SocketAddr) -> Workload {
    Workload {
        url: format!("ws://{address}/"),
        protocol: Protocol::Websocket,
        connections: 4,
        threads: 1,
        load: Load::Closed { in_flight: 1 },
        message: MessageShape {
            kind: MessageKind::Binary,
            size_bytes: 125,
        },
        stagger_bytes: 0,
        warm_up: Extent::Count(0),
        lead_in: Extent::default(),
        window: Extent::Count(100),
        grace_ns: 300_000_000,
        connect_timeout_ns: 2_000_000_000,
        seed: 1,
        observe_pid: None,
    }
}

/// One window of a workload, from connect to disconnect.
pub(crate) fn run(workload: Workload) -> (Connected, LoadResult, Disconnected) {
    let target = Target::parse(&workload.url).unwrap();
    let mut generator = Generator::new(workload, target).unwrap();
    let connected = generator.connect().unwrap();
    let result = generator.go(0).unwrap();
    let closed = generator.disconnect().unwrap();
    (connected, result, closed)
}

/// The `n`-th message of a window; the first of a connection opens it.
pub(crate) fn is(message: &Arrived, connection: usize, sequence: u64) -> bool {
    message.connection == connection && message.sequence == sequence
}
