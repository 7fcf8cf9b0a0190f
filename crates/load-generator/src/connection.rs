//! One client connection, from connect to close.

use std::os::fd::OwnedFd;

use record::{Protocol, VerificationCounts};
use rustix::io::Errno;
use wire::{CloseReason, Event, FrameHeader, MAX_HEADER_BYTES, Opcode, apply_mask};

use crate::{
    book::Book,
    echoes::{Echo, Echoes, Judgement},
    greeting::Greeting,
    incoming::Incoming,
    outgoing::{Outgoing, Scratch, Written},
    socket,
    target::Target,
};

/// Control frames that may wait to be written.
const MOST_CONTROL_BYTES: usize = 16 << 10;

/// Mask key of control frames. Masks hide bytes from intermediaries (RFC 6455
/// section 10.3); on a benchmark's own connection a constant will do.
const CONTROL_MASK: [u8; 4] = [0x5a, 0xc3, 0x96, 0x3c];

/// How far a connection has come.
#[derive(Debug)]
pub(crate) enum Stage {
    /// Waiting for the socket.
    Connecting,
    /// The opening is written or under way, its answer awaited.
    Opening(Box<Greeting>),
    /// Open.
    Up,
    /// We sent a Close frame.
    Closing {
        /// Whether the server's Close frame has come.
        answered: bool,
    },
    /// It ended; the text says how, for the first report.
    Gone(End),
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Both sides closed in order, after we asked for it.
    Clean,
    /// The server sent a Close frame or ended the stream, unasked.
    Closed,
    /// It was reset or broke otherwise.
    Reset(String),
    /// It could not be opened.
    NotOpened(String),
    /// The server did not answer our Close frame, or kept the stream open.
    NotClosed,
    /// The server broke the protocol; we left.
    Violation(String),
}

/// What a connection tells its worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    /// The opening handshake is done.
    Opened,
    /// A verified echo.
    Echoed(Echo),
    /// A message that was awaited came back wrong; it is counted already.
    Wrong,
}

/// Counters that connections share.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) verification: VerificationCounts,
    pub(crate) frames: u64,
    pub(crate) pings_answered: u64,
    pub(crate) received_bytes: u64,
}

/// One client connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) number: u32,
    /// Gone when the connection is.
    pub(crate) socket: Option<OwnedFd>,
    pub(crate) stage: Stage,
    pub(crate) outgoing: Outgoing,
    pub(crate) echoes: Echoes,
    incoming: Incoming,
    /// Whether the poller watches for room to write.
    pub(crate) watches_writable: bool,
    /// When connect was called.
    pub(crate) opened_at_ns: u64,
}

impl Connection {
    /// A connection whose socket has begun to connect.
    pub(crate) fn new(
        number: u32,
        socket: OwnedFd,
        incoming: Incoming,
        in_flight: usize,
        now_ns: u64,
    ) -> Self {
        Self {
            number,
            socket: Some(socket),
            stage: Stage::Connecting,
            outgoing: Outgoing::default(),
            echoes: Echoes::new(number, in_flight),
            incoming,
            watches_writable: true,
            opened_at_ns: now_ns,
        }
    }

    /// Messages due or sent whose echo is awaited.
    #[inline]
    pub(crate) fn pending(&self) -> u64 {
        self.echoes.outstanding() as u64 + (self.outgoing.due() - self.outgoing.begun())
    }

    /// A connection that was refused at once.
    pub(crate) fn refused(number: u32, incoming: Incoming, errno: Errno, now_ns: u64) -> Self {
        Self {
            number,
            socket: None,
            stage: Stage::Gone(End::NotOpened(describe(errno))),
            outgoing: Outgoing::default(),
            echoes: Echoes::new(number, 0),
            incoming,
            watches_writable: false,
            opened_at_ns: now_ns,
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        matches!(self.stage, Stage::Up)
    }

    /// The socket is connected, or not: queue the opening.
    pub(crate) fn connected(&mut self, target: &Target, protocol: Protocol, nonce: [u8; 16]) {
        let Some(socket) = &self.socket else { return };
        if let Some(errno) = socket::connect_error(socket) {
            self.stage = Stage::Gone(End::NotOpened(describe(errno)));
            return;
        }
        let (request, greeting) = Greeting::start(protocol, target, nonce);
        self.stage = Stage::Opening(Box::new(greeting));
        self.outgoing.push_control(&request);
    }

    /// Queues a Close frame, or for a server without frames nothing, and ends
    /// our side of the conversation. Datagrams are over with the last one.
    pub(crate) fn start_close(&mut self, protocol: Protocol) {
        match protocol {
            Protocol::Websocket => {
                self.push_control_frame(Opcode::Close, &1000_u16.to_be_bytes());
                self.stage = Stage::Closing { answered: false };
            }
            Protocol::Udp => self.stage = Stage::Gone(End::Clean),
            Protocol::RawTcp | Protocol::Http => {
                self.stage = Stage::Closing { answered: true };
                // A socket that is gone is seen by the next read.
                if let Some(socket) = &self.socket {
                    let _ = rustix::net::shutdown(socket, rustix::net::Shutdown::Write);
                }
            }
        }
    }

    /// Writes what is due.
    #[inline]
    pub(crate) fn write(&mut self, book: &Book, scratch: &mut Scratch, now_ns: u64) -> Written {
        let Some(socket) = &self.socket else {
            return Written::All;
        };
        self.outgoing
            .write(socket, self.number, book, &mut self.echoes, scratch, now_ns)
    }

    /// Takes in what was read.
    #[inline]
    pub(crate) fn received(
        &mut self,
        mut input: &[u8],
        book: &Book,
        tally: &mut Tally,
        mut tell: impl FnMut(&mut Outgoing, Happening),
    ) {
        tally.received_bytes += input.len() as u64;
        match &mut self.stage {
            Stage::Up | Stage::Closing { .. } => {}
            Stage::Opening(greeting) => match greeting.push(input) {
                Ok(None) => return,
                Ok(Some(used)) => {
                    input = &input[used..];
                    self.stage = Stage::Up;
                    tell(&mut self.outgoing, Happening::Opened);
                    // No bytes would be an empty datagram.
                    if input.is_empty() {
                        return;
                    }
                }
                Err(error) => {
                    self.stage = Stage::Gone(End::NotOpened(error));
                    return;
                }
            },
            Stage::Connecting | Stage::Gone(_) => return,
        }
        self.decode(input, book, tally, &mut tell);
    }

    #[inline]
    fn decode(
        &mut self,
        mut input: &[u8],
        book: &Book,
        tally: &mut Tally,
        tell: &mut impl FnMut(&mut Outgoing, Happening),
    ) {
        loop {
            let (used, event) = match self.incoming.next(input) {
                Ok(progress) => progress,
                Err(broken) => {
                    let text = broken.to_string();
                    tally.verification.protocol_violations += 1;
                    tally
                        .verification
                        .first_violation
                        .get_or_insert_with(|| text.clone());
                    self.stage = Stage::Gone(End::Violation(text));
                    return;
                }
            };
            let Some(event) = event else { return };
            let mut answer = None;
            match event {
                Event::FrameStart { opcode, first, .. } => {
                    tally.frames += 1;
                    if first {
                        self.echoes.begin(opcode);
                    }
                }
                Event::Payload(bytes) => self.echoes.payload(book, bytes),
                Event::FrameEnd { message_complete } => {
                    if message_complete {
                        match self.echoes.complete(book, &mut tally.verification) {
                            Judgement::Verified(echo) => {
                                tell(&mut self.outgoing, Happening::Echoed(echo));
                            }
                            Judgement::Wrong => tell(&mut self.outgoing, Happening::Wrong),
                            Judgement::Unasked => {}
                        }
                    }
                }
                Event::Ping(payload) => {
                    // A server that floods us with pings and reads nothing must
                    // not fill our memory with pongs; RFC 6455 section 5.5.3
                    // lets several pings share an answer.
                    if self.outgoing.control_bytes() < MOST_CONTROL_BYTES {
                        tally.pings_answered += 1;
                        answer = Some(control_frame(Opcode::Pong, payload));
                    }
                }
                Event::Pong(_) => {}
                Event::Close(payload) => {
                    if let Err(error) = CloseReason::parse(payload) {
                        let text = error.to_string();
                        tally.verification.protocol_violations += 1;
                        tally
                            .verification
                            .first_violation
                            .get_or_insert_with(|| text.clone());
                        self.stage = Stage::Gone(End::Violation(text));
                        return;
                    }
                    if let Stage::Closing { answered } = &mut self.stage {
                        *answered = true;
                    } else {
                        // The server wants to leave; RFC 6455 section 5.5.1
                        // asks for an answer with the same code.
                        let code = &payload[..payload.len().min(2)];
                        answer = Some(control_frame(Opcode::Close, code));
                        self.outgoing.cancel_due();
                        self.stage = Stage::Gone(End::Closed);
                    }
                }
            }
            if let Some(frame) = answer {
                self.outgoing.push_control(&frame);
            }
            input = &input[used..];
        }
    }

    fn push_control_frame(&mut self, opcode: Opcode, payload: &[u8]) {
        self.outgoing.push_control(&control_frame(opcode, payload));
    }
}

/// A whole masked control frame.
fn control_frame(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let header = FrameHeader {
        fin: true,
        rsv: 0,
        opcode,
        mask: Some(CONTROL_MASK),
        payload_len: payload.len() as u64,
    };
    let mut encoded = [0; MAX_HEADER_BYTES];
    let length = header.encode(&mut encoded);
    let mut frame = encoded[..length].to_vec();
    frame.extend_from_slice(payload);
    apply_mask(CONTROL_MASK, 0, &mut frame[length..]);
    frame
}

/// An error number in words.
pub(crate) fn describe(errno: Errno) -> String {
    let words = std::io::Error::from(errno);
    match errno {
        Errno::ADDRNOTAVAIL | Errno::ADDRINUSE => format!("{words}: out of local ports"),
        _ => words.to_string(),
    }
}
