//! What the generator costs beyond the system calls that any client needs.
//!
//! `cargo bench -p load-generator --bench round_trip_cost` measures the CPU
//! time per 125-byte round trip, 64 connections with one message in flight, of
//! the generator (unique payloads, framing, every byte checked, histograms) and
//! of a bare epoll client that writes the same bytes and looks at nothing that
//! comes back. Rounds alternate A-B-B-A, so that drift of the machine hits both.
//!
//! The server is this program once more, on a processor of its own.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark program"
)]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    mem::MaybeUninit,
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use load_generator::{Generator, Target};
use record::{Extent, Load, MessageKind, MessageShape, Protocol, Workload};
use rustix::event::epoll::{self, EventData, EventFlags};
use wire::{ClientKey, FrameHeader, MAX_HEADER_BYTES, Opcode, ResponseReader, apply_mask};

const CONNECTIONS: usize = 64;
const PAYLOAD_BYTES: usize = 125;
const ROUND: Duration = Duration::from_millis(150);
const ROUNDS: usize = 60;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "--serve") {
        serve();
        return;
    }
    let cpus = machine::affinity().unwrap_or_default();
    let server = Server::start(cpus.first().copied());
    if let Some(&cpu) = cpus.last() {
        machine::set_affinity(&[cpu]).unwrap();
    }
    // Both connect before the first round and stay connected: neither pays for
    // the other's set-up.
    let mut generator = Generator::new(workload(server.address), target(server.address)).unwrap();
    let connected = generator.connect().unwrap();
    assert_eq!(connected.connections_up, CONNECTIONS as u64);
    let bare = BareClient::connect(server.address);

    let mut ours = Vec::new();
    let mut bares = Vec::new();
    for round in 0..ROUNDS {
        // A-B, B-A, A-B, ….
        for turn in 0..2 {
            if (round + turn) % 2 == 0 {
                let result = generator.go(0).unwrap();
                assert!(result.verification.is_clean(), "{:?}", result.verification);
                ours.push(result.generator_cpu_ns as f64 / result.completed as f64);
            } else {
                bares.push(bare.run(ROUND));
            }
        }
    }
    let mut ratios: Vec<f64> = ours.iter().zip(&bares).map(|(a, b)| a / b).collect();
    let line = |name: &str, values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        println!(
            "{name:28} median {:8.3}   quartiles {:8.3} to {:8.3}   n {}",
            values[values.len() / 2],
            values[values.len() / 4],
            values[values.len() * 3 / 4],
            values.len()
        );
    };
    println!("CPU per {PAYLOAD_BYTES}-byte round trip, {CONNECTIONS} connections, one in flight");
    line("load generator, ns", &mut ours);
    line("bare epoll client, ns", &mut bares);
    line("ratio, round by round", &mut ratios);
}

fn workload(address: SocketAddr) -> Workload {
    Workload {
        url: format!("ws://{address}/"),
        protocol: Protocol::Websocket,
        connections: CONNECTIONS as u32,
        threads: 1,
        load: Load::Closed { in_flight: 1 },
        message: MessageShape {
            kind: MessageKind::Binary,
            size_bytes: PAYLOAD_BYTES as u64,
        },
        stagger_bytes: 0,
        warm_up: Extent::DurationNs(300_000_000),
        lead_in: Extent::default(),
        window: Extent::DurationNs(ROUND.as_nanos() as u64),
        grace_ns: 1_000_000_000,
        connect_timeout_ns: 5_000_000_000,
        seed: 1,
        observe_pid: None,
    }
}

fn target(address: SocketAddr) -> Target {
    Target::parse(&format!("ws://{address}/")).unwrap()
}

/// A client that writes one constant frame whenever it could read something.
struct BareClient {
    sockets: Vec<TcpStream>,
    epoll: rustix::fd::OwnedFd,
    frame: Vec<u8>,
}

impl BareClient {
    fn connect(address: SocketAddr) -> Self {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
        let sockets: Vec<TcpStream> = (0..CONNECTIONS)
            .map(|index| {
                let mut socket = TcpStream::connect(address).unwrap();
                socket.set_nodelay(true).unwrap();
                let key = ClientKey::from_nonce([index as u8; 16]);
                let request = wire::request(&address.to_string(), "/", &key);
                socket.write_all(&request).unwrap();
                let mut reader = ResponseReader::new(key.expected_accept());
                let mut buffer = [0; 1024];
                loop {
                    let count = socket.read(&mut buffer).unwrap();
                    if reader.push(&buffer[..count]).unwrap().is_some() {
                        break;
                    }
                }
                socket.set_nonblocking(true).unwrap();
                let token = EventData::new_u64(index as u64);
                epoll::add(&epoll, &socket, token, EventFlags::IN).unwrap();
                socket
            })
            .collect();
        let header = FrameHeader {
            fin: true,
            rsv: 0,
            opcode: Opcode::Binary,
            mask: Some([7; 4]),
            payload_len: PAYLOAD_BYTES as u64,
        };
        let mut encoded = [0; MAX_HEADER_BYTES];
        let length = header.encode(&mut encoded);
        let mut frame = encoded[..length].to_vec();
        frame.resize(length + PAYLOAD_BYTES, 0x55);
        Self {
            sockets,
            epoll,
            frame,
        }
    }

    /// CPU time per round trip.
    fn run(&self, duration: Duration) -> f64 {
        let mut buffer = vec![0; 64 << 10];
        let mut events = [MaybeUninit::uninit(); 256];
        let before_ns = machine::own_cpu_ns().unwrap();
        let end = Instant::now() + duration;
        let mut done = 0_u64;
        for socket in &self.sockets {
            rustix::net::send(socket, &self.frame, rustix::net::SendFlags::NOSIGNAL).unwrap();
        }
        let mut outstanding = self.sockets.len();
        let mut sending = true;
        while outstanding > 0 {
            sending = sending && Instant::now() < end;
            let (ready, _) = epoll::wait(&self.epoll, &mut events, None).unwrap();
            for event in ready {
                let data = event.data;
                let socket = &self.sockets[data.u64() as usize];
                rustix::net::recv(socket, &mut buffer[..], rustix::net::RecvFlags::empty())
                    .unwrap();
                done += 1;
                if sending {
                    let flags = rustix::net::SendFlags::NOSIGNAL;
                    rustix::net::send(socket, &self.frame, flags).unwrap();
                } else {
                    outstanding -= 1;
                }
            }
        }
        (machine::own_cpu_ns().unwrap() - before_ns) as f64 / done as f64
    }
}

/// This program, serving.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(cpu: Option<u32>) -> Self {
        // A child inherits the affinity of the thread that starts it.
        if let Some(cpu) = cpu {
            machine::set_affinity(&[cpu]).unwrap();
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("--serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            child,
            address: line.trim().parse().unwrap(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An echo server for masked frames that arrive whole, one thread, epoll.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    // The end of standard input is the end of the benchmark.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
    epoll::add(
        &epoll,
        &listener,
        EventData::new_u64(u64::MAX),
        EventFlags::IN,
    )
    .unwrap();
    let mut sockets: Vec<TcpStream> = Vec::new();
    let mut buffer = [0; 4096];
    let mut events = [MaybeUninit::uninit(); 256];
    loop {
        let (ready, _) = epoll::wait(&epoll, &mut events, None).unwrap();
        for event in ready {
            let data = event.data;
            if data.u64() == u64::MAX {
                let (mut socket, _) = listener.accept().unwrap();
                socket.set_nodelay(true).unwrap();
                upgrade(&mut socket);
                let token = EventData::new_u64(sockets.len() as u64);
                epoll::add(&epoll, &socket, token, EventFlags::IN).unwrap();
                sockets.push(socket);
                continue;
            }
            let socket = &mut sockets[data.u64() as usize];
            let count = socket.read(&mut buffer).unwrap_or(0);
            let Ok(Some((header, length))) = FrameHeader::decode(&buffer[..count]) else {
                epoll::delete(&epoll, &*socket).unwrap();
                continue;
            };
            apply_mask(header.mask.unwrap(), 0, &mut buffer[length..count]);
            // The unmasked header is four bytes shorter; it goes right in front.
            let echo = FrameHeader {
                mask: None,
                ..header
            };
            let mut encoded = [0; MAX_HEADER_BYTES];
            let echo_length = echo.encode(&mut encoded);
            buffer[length - echo_length..length].copy_from_slice(&encoded[..echo_length]);
            let _ = socket.write_all(&buffer[length - echo_length..count]);
        }
    }
}

fn upgrade(socket: &mut TcpStream) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte).unwrap();
        request.push(byte[0]);
    }
    let text = String::from_utf8(request).unwrap();
    let key = text
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
        .unwrap();
    let accept = wire::accept_of(key);
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    socket.write_all(response.as_bytes()).unwrap();
}
