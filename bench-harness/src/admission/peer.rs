//! A client that says what it is told and reports what comes, within a time
//! limit: a server that hangs is an answer too.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use record::Received;
use wire::{
    ClientKey, CloseReason, Decoder, Event, FrameHeader, Opcode, ResponseReader, append_frame,
    request,
};

use super::Trouble;
use crate::interrupt::Interrupt;

/// How often a wait looks whether the user asked to stop.
const LOOK_EVERY: Duration = Duration::from_millis(50);

const READ_BYTES: usize = 64 * 1024;

/// More than anything that is sent here; a server that goes on for ever must not
/// fill the memory.
const MAX_MESSAGE_BYTES: usize = 64 << 20;

/// Any key is as good as another here: nobody else is on the connection.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

const NONCE: [u8; 16] = *b"admission to run";

/// What a server sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    /// A whole message.
    Message {
        /// Whether it is text.
        text: bool,
        /// Its payload.
        payload: Vec<u8>,
    },
    /// A pong's payload.
    Pong(Vec<u8>),
    /// A Close frame's code.
    Close(Option<u16>),
}

/// Why there is nothing more to come.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Loss {
    /// What came instead.
    Received(Received),
    /// The user asked to stop.
    Interrupted,
}

impl Loss {
    /// What this means for a rule that sent `sent`.
    pub(super) fn after(self, sent: record::Sent) -> Trouble {
        match self {
            Self::Received(received) => Trouble::Failed { sent, received },
            Self::Interrupted => Trouble::Interrupted,
        }
    }
}

impl From<Received> for Loss {
    fn from(received: Received) -> Self {
        Self::Received(received)
    }
}

/// Where a server listens, and how long it is waited for.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Its address.
    pub(super) address: SocketAddr,
    /// The time for each thing that must come.
    pub(super) limit: Duration,
    /// Whether the user asked to stop.
    pub(super) interrupt: Interrupt,
}

/// One connection.
pub(super) struct Peer {
    pub(super) stream: TcpStream,
    place: Place,
    decoder: Decoder,
    input: Vec<u8>,
    start: usize,
    end: usize,
    text: bool,
    message: Vec<u8>,
}

impl Peer {
    /// Opens a TCP connection.
    pub(super) fn connect(place: &Place) -> Result<Self, Loss> {
        let stream = TcpStream::connect_timeout(&place.address, place.limit).map_err(broken)?;
        stream.set_nodelay(true).map_err(broken)?;
        stream.set_read_timeout(Some(LOOK_EVERY)).map_err(broken)?;
        stream
            .set_write_timeout(Some(place.limit))
            .map_err(broken)?;
        Ok(Self {
            stream,
            place: place.clone(),
            decoder: Decoder::new(),
            input: vec![0; READ_BYTES],
            start: 0,
            end: 0,
            text: false,
            message: Vec::new(),
        })
    }

    /// Opens a WebSocket connection.
    pub(super) fn open(place: &Place) -> Result<Self, Loss> {
        let mut peer = Self::connect(place)?;
        let key = ClientKey::from_nonce(NONCE);
        let host = place.address.to_string();
        peer.stream
            .write_all(&request(&host, "/", &key))
            .map_err(broken)?;
        let mut response = ResponseReader::new(key.expected_accept());
        let deadline = peer.deadline();
        loop {
            peer.fill(deadline)?;
            let head = response.push(&peer.input[peer.start..peer.end]);
            let head = head.map_err(|error| Received::BadOpening {
                error: error.to_string(),
            })?;
            match head {
                Some(consumed) => {
                    peer.start += consumed;
                    return Ok(peer);
                }
                None => peer.start = peer.end,
            }
        }
    }

    /// When what is asked for now must have come.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.place.limit
    }

    /// Sends bytes that fit into the system's buffers.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Loss> {
        Ok(self.stream.write_all(bytes).map_err(broken)?)
    }

    /// Sends any number of bytes while `read` reads: a server may echo before it
    /// has read all, and must not wait for a client that does the same.
    pub(super) fn exchange<T>(
        &mut self,
        bytes: &[u8],
        read: impl FnOnce(&mut Self) -> Result<T, Loss>,
    ) -> Result<T, Loss> {
        let mut writer = self.stream.try_clone().map_err(broken)?;
        thread::scope(|scope| {
            // A write fails when the connection is lost, which the reader sees.
            let writing = scope.spawn(move || writer.write_all(bytes));
            let result = read(self);
            let deadline = self.deadline();
            while result.is_ok() && !writing.is_finished() && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(1));
            }
            if !writing.is_finished() {
                // So that the writer ends, whoever doesn't read on.
                let _ = self.stream.shutdown(Shutdown::Both);
            }
            let _ = writing.join();
            result
        })
    }

    /// The next thing that the server sends, but for pings: they are answered.
    pub(super) fn next(&mut self, deadline: Instant) -> Result<Incoming, Loss> {
        loop {
            let input = &self.input[self.start..self.end];
            let (consumed, event) =
                self.decoder
                    .next(input)
                    .map_err(|error| Received::Violation {
                        error: error.to_string(),
                    })?;
            let mut answer = Vec::new();
            let (incoming, is_empty) = match event {
                None => (None, true),
                Some(Event::FrameStart { opcode, .. }) => {
                    self.text = opcode == Opcode::Text;
                    (None, false)
                }
                Some(Event::Payload(part)) => {
                    self.message.extend_from_slice(part);
                    if self.message.len() > MAX_MESSAGE_BYTES {
                        return Err(Received::Message {
                            text: self.text,
                            size_bytes: self.message.len() as u64,
                        }
                        .into());
                    }
                    (None, false)
                }
                Some(Event::FrameEnd { message_complete }) => {
                    let message = message_complete.then(|| Incoming::Message {
                        text: self.text,
                        payload: std::mem::take(&mut self.message),
                    });
                    (message, false)
                }
                Some(Event::Ping(payload)) => {
                    answer = frame(Opcode::Pong, payload);
                    (None, false)
                }
                Some(Event::Pong(payload)) => (Some(Incoming::Pong(payload.to_vec())), false),
                Some(Event::Close(payload)) => {
                    let reason =
                        CloseReason::parse(payload).map_err(|error| Received::BadClose {
                            error: error.to_string(),
                        })?;
                    (Some(Incoming::Close(reason.code)), false)
                }
            };
            self.start += consumed;
            if !answer.is_empty() {
                self.send(&answer)?;
            }
            match incoming {
                Some(incoming) => return Ok(incoming),
                None if is_empty => self.fill(deadline)?,
                None => {}
            }
        }
    }

    /// The next message; pongs that nobody asked for are allowed.
    pub(super) fn message(&mut self, deadline: Instant) -> Result<(bool, Vec<u8>), Loss> {
        loop {
            match self.next(deadline)? {
                Incoming::Message { text, payload } => return Ok((text, payload)),
                Incoming::Pong(_) => {}
                Incoming::Close(code) => return Err(Received::Close { code }.into()),
            }
        }
    }

    /// Waits for the end of the connection.
    pub(super) fn end(&mut self) -> Result<(), Loss> {
        match self.next(self.deadline()) {
            Err(Loss::Received(Received::Ended | Received::Reset)) => Ok(()),
            Err(loss) => Err(loss),
            Ok(incoming) => Err(unexpected(&incoming).into()),
        }
    }

    /// Reads on, when everything that came is dealt with.
    pub(super) fn fill(&mut self, deadline: Instant) -> Result<(), Loss> {
        loop {
            if self.place.interrupt.is_set() {
                return Err(Loss::Interrupted);
            }
            // Also of a server that never stops sending what isn't asked for.
            if Instant::now() >= deadline {
                let limit_ns = self.place.limit.as_nanos();
                return Err(Received::Nothing {
                    waited_ns: u64::try_from(limit_ns).unwrap_or(u64::MAX),
                }
                .into());
            }
            match self.stream.read(&mut self.input) {
                Ok(0) => return Err(Received::Ended.into()),
                Ok(length) => {
                    (self.start, self.end) = (0, length);
                    return Ok(());
                }
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock
                    | io::ErrorKind::TimedOut
                    | io::ErrorKind::Interrupted => {}
                    _ => return Err(broken(error).into()),
                },
            }
        }
    }
}

/// What something is that should not have come.
pub(super) fn unexpected(incoming: &Incoming) -> Received {
    match incoming {
        Incoming::Message { text, payload } => Received::Message {
            text: *text,
            size_bytes: payload.len() as u64,
        },
        Incoming::Pong(payload) => Received::WrongPong {
            size_bytes: payload.len() as u64,
        },
        Incoming::Close(code) => Received::Close { code: *code },
    }
}

/// A whole frame of a client.
pub(super) fn frame(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let header = FrameHeader::single(opcode, Some(MASK), payload.len() as u64);
    append_frame(&mut bytes, &header, payload);
    bytes
}

/// A frame of a client that is not its message's last.
pub(super) fn fragment(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let header = FrameHeader {
        fin: false,
        ..FrameHeader::single(opcode, Some(MASK), payload.len() as u64)
    };
    append_frame(&mut bytes, &header, payload);
    bytes
}

fn broken(error: io::Error) -> Received {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Received::Reset,
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Received::Broken {
            error: "the server reads nothing".to_owned(),
        },
        _ => Received::Broken {
            error: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A place whose server opens one connection and then sends `bytes` over and
    /// over, without reading; nothing when they are empty.
    fn place(bytes: &'static [u8], limit: Duration) -> Place {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = vec![0; 4_096];
            let length = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let key = request
                .lines()
                .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
                .unwrap();
            let response = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                 Connection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
                wire::accept_of(key)
            );
            stream.write_all(response.as_bytes()).unwrap();
            if bytes.is_empty() {
                // Until the client has gone.
                let _ = io::copy(&mut stream, &mut io::sink());
            }
            while stream.write_all(bytes).is_ok() {}
        });
        Place {
            address,
            limit,
            interrupt: Interrupt::default(),
        }
    }

    const SHORT: Duration = Duration::from_millis(300);

    fn nothing() -> Loss {
        let waited_ns = 300_000_000;
        Received::Nothing { waited_ns }.into()
    }

    #[test]
    fn silence_and_endless_pongs_end_at_the_limit() {
        for bytes in [&b""[..], b"\x8a\x00"] {
            let mut peer = Peer::open(&place(bytes, SHORT)).unwrap();
            let deadline = peer.deadline();
            assert_eq!(peer.message(deadline), Err(nothing()), "{bytes:?}");
        }
    }

    #[test]
    fn an_endless_message_ends_at_a_size() {
        const PART: &[u8] = &{
            let mut frame = [0; 4 + 0x8000];
            // A continuation of 0x8000 bytes.
            (frame[1], frame[2], frame[3]) = (126, 0x80, 0);
            frame
        };
        let place = place(PART, Duration::from_secs(60));
        let mut peer = Peer::open(&place).unwrap();
        // As if its first fragment had come.
        let start = b"\x02\x00";
        let (consumed, _) = peer.decoder.next(start).unwrap();
        assert_eq!(peer.decoder.next(&start[consumed..]).unwrap().0, 0);
        let deadline = peer.deadline();
        let lost = peer.message(deadline).unwrap_err();
        assert!(
            matches!(lost, Loss::Received(Received::Message { size_bytes, .. })
                if size_bytes > MAX_MESSAGE_BYTES as u64),
            "{lost:?}"
        );
    }

    #[test]
    fn a_server_that_reads_nothing_holds_nobody_up() {
        let mut peer = Peer::open(&place(b"\x82\x01x", SHORT)).unwrap();
        let much = vec![0; 64 << 20];
        let echo = peer.exchange(&much, |peer| {
            let deadline = peer.deadline();
            peer.message(deadline)
        });
        assert_eq!(echo, Ok((false, b"x".to_vec())));
    }

    #[test]
    fn an_interrupt_ends_a_wait() {
        let place = place(b"", Duration::from_secs(600));
        let mut peer = Peer::open(&place).unwrap();
        place.interrupt.set();
        let deadline = peer.deadline();
        assert_eq!(peer.message(deadline), Err(Loss::Interrupted));
    }
}
