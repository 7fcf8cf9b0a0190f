//! The client's side of one connection: what Autobahn|Testsuite's client does
//! with what a server sends, told as a state machine without clock or socket.
//!
//! It deliberately goes on after a violation, to see how the server closes.

use std::{collections::VecDeque, time::Instant};

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use wire::{
    FrameHeader, FrameReader, LengthForm, MAX_CONTROL_PAYLOAD_BYTES, Opcode, Part, Violation,
    append_frame, unmask,
};

use crate::{
    deflate::{Inflater, Negotiated},
    message::{Fault, Message},
    outgoing::Outgoing,
    pace::Pace,
};

/// Pings are left unanswered when so much waits to be written already: a server
/// that sends pings and reads nothing must not fill the memory.
const MOST_WAITING_FOR_PONG_BYTES: usize = 64 << 10;

/// Codes that the suite's client accepts below 3000 (RFC 6455 section 7.4.1).
const KNOWN_CODES: [u16; 9] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011];

/// RSV1, which marks a compressed message (RFC 7692 section 6).
const RSV1: u8 = 4;

/// Where the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Closing,
    Closed,
}

/// Why the client ended the TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dropped {
    NoCloseReply,
    ServerKeptTcp,
    TimeLimit,
    Violation,
}

/// Something that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PeerEvent {
    Message {
        text: bool,
        /// The first bytes, as many as a case looks at.
        start: Vec<u8>,
        length: u64,
    },
    Pong(Vec<u8>),
}

struct Frame {
    header: FrameHeader,
    seen: u64,
    control: Vec<u8>,
}

/// The client's side of one connection.
pub(crate) struct Peer {
    pub(crate) state: State,
    pub(crate) outgoing: Outgoing,
    pub(crate) events: VecDeque<PeerEvent>,
    pub(crate) closed_by_me: bool,
    pub(crate) clean: bool,
    pub(crate) dropped: Option<Dropped>,
    pub(crate) close_code: Option<u16>,
    pub(crate) close_frames: u64,
    pub(crate) pings: u64,
    pub(crate) violation: Option<String>,
    pace: Pace,
    failed_by_me: bool,
    reply_due: Option<Instant>,
    drop_due: Option<Instant>,
    reader: FrameReader,
    frame: Option<Frame>,
    message: Option<Message>,
    /// With an agreement on compression.
    inflater: Option<Inflater>,
    random: ChaCha8Rng,
}

impl Peer {
    pub(crate) fn new(random: ChaCha8Rng, pace: Pace, negotiated: Option<&Negotiated>) -> Self {
        Self {
            state: State::Open,
            outgoing: Outgoing::default(),
            events: VecDeque::new(),
            closed_by_me: false,
            clean: false,
            dropped: None,
            close_code: None,
            close_frames: 0,
            pings: 0,
            violation: None,
            pace,
            failed_by_me: false,
            reply_due: None,
            drop_due: None,
            reader: FrameReader::new(),
            frame: None,
            message: None,
            inflater: negotiated.map(Inflater::new),
            random,
        }
    }

    /// A masking key.
    pub(crate) fn key(&mut self) -> [u8; 4] {
        self.random.next_u32().to_be_bytes()
    }

    /// Sends a control frame.
    fn send(&mut self, opcode: Opcode, payload: &[u8]) {
        let mut bytes = Vec::new();
        let key = self.key();
        let header = FrameHeader::single(opcode, Some(key), payload.len() as u64);
        append_frame(&mut bytes, &header, payload);
        self.outgoing.push(bytes);
    }

    /// Sends a Close frame, unless one was sent. `reply` when it answers one.
    pub(crate) fn close(&mut self, payload: &[u8], reply: bool, now: Instant) {
        if self.state != State::Open {
            return;
        }
        self.send(Opcode::Close, payload);
        self.state = State::Closing;
        self.closed_by_me = !reply;
        if !reply {
            self.reply_due = Some(now + self.pace.closing());
        }
    }

    /// Gives the connection up: with a Close frame, or, when the closing
    /// handshake has begun, by ending TCP.
    pub(crate) fn fail(&mut self, code: u16, why: Dropped, now: Instant) {
        match self.state {
            State::Open => {
                self.failed_by_me = true;
                self.close(&code.to_be_bytes(), false, now);
            }
            State::Closing => {
                self.failed_by_me = true;
                self.drop_tcp(why);
            }
            State::Closed => {}
        }
    }

    fn drop_tcp(&mut self, why: Dropped) {
        self.dropped = Some(why);
        self.end();
    }

    /// The TCP connection is gone.
    pub(crate) fn end(&mut self) {
        self.state = State::Closed;
        self.outgoing.clear();
    }

    /// When something is to be done if nothing comes before.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        [self.reply_due, self.drop_due].into_iter().flatten().min()
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, now: Instant) {
        for (due, why) in [
            (self.reply_due, Dropped::NoCloseReply),
            (self.drop_due, Dropped::ServerKeptTcp),
        ] {
            if self.state != State::Closed && due.is_some_and(|due| due <= now) {
                self.clean = false;
                self.drop_tcp(why);
            }
        }
    }

    /// Reads what came up to the next message or pong, and takes it from the front
    /// of `bytes`. Returns whether there was one.
    pub(crate) fn input(&mut self, bytes: &mut &[u8], now: Instant) -> bool {
        while self.state != State::Closed && self.events.is_empty() {
            let (consumed, part) = self.reader.next(bytes);
            *bytes = &bytes[consumed..];
            match part {
                Some(Part::Start {
                    header,
                    length_form,
                }) => self.start(header, length_form, now),
                Some(Part::Payload(payload)) => self.payload(payload, now),
                Some(Part::End) => self.frame_end(now),
                None => break,
            }
        }
        !self.events.is_empty()
    }

    fn violate(&mut self, code: u16, violation: String, now: Instant) {
        self.violation.get_or_insert(violation);
        self.fail(code, Dropped::Violation, now);
    }

    fn start(&mut self, header: FrameHeader, length_form: LengthForm, now: Instant) {
        for violation in self.violations(&header, length_form) {
            self.violate(1002, violation.to_string(), now);
        }
        if !header.opcode.is_control() && self.message.is_none() {
            self.message = Some(Message::new(&header, self.inflater.is_some()));
        }
        self.frame = Some(Frame {
            header,
            seen: 0,
            control: Vec::new(),
        });
    }

    fn violations(&self, header: &FrameHeader, length_form: LengthForm) -> Vec<Violation> {
        let FrameHeader {
            fin,
            rsv,
            opcode,
            mask,
            payload_len,
        } = *header;
        let long = payload_len > MAX_CONTROL_PAYLOAD_BYTES as u64;
        let inside = self.message.is_some();
        let data = matches!(opcode, Opcode::Text | Opcode::Binary);
        let rsv = match self.inflater {
            Some(_) if data => rsv & !RSV1,
            _ => rsv,
        };
        [
            (mask.is_some(), Violation::Masked),
            (rsv != 0, Violation::ReservedBits { rsv }),
            (opcode.is_reserved(), Violation::ReservedOpcode { opcode }),
            (
                opcode.is_control() && !fin,
                Violation::FragmentedControl { opcode },
            ),
            (
                opcode.is_control() && long,
                Violation::ControlTooLong { opcode },
            ),
            (
                opcode == Opcode::Continuation && !inside,
                Violation::ContinuationWithoutStart,
            ),
            (data && inside, Violation::MessageInsideMessage { opcode }),
            (
                payload_len >> 63 != 0,
                Violation::LengthTooLarge { payload_len },
            ),
            (
                length_form != LengthForm::minimal(payload_len),
                Violation::LengthNotMinimal { payload_len },
            ),
        ]
        .into_iter()
        .filter_map(|(broken, violation)| broken.then_some(violation))
        .collect()
    }

    fn payload(&mut self, payload: &[u8], now: Instant) {
        let Some(frame) = &mut self.frame else {
            return;
        };
        let phase = frame.seen;
        frame.seen += payload.len() as u64;
        let header = frame.header;
        let unmasked;
        let payload = if header.mask.is_some() {
            let mut copy = payload.to_vec();
            unmask(&header, phase, &mut copy);
            unmasked = copy;
            &unmasked[..]
        } else {
            payload
        };
        if header.opcode.is_control() {
            let room = MAX_CONTROL_PAYLOAD_BYTES - frame.control.len();
            frame
                .control
                .extend_from_slice(&payload[..payload.len().min(room)]);
            return;
        }
        if let Some(message) = &mut self.message
            && let Err(fault) = message.payload(payload, self.inflater.as_mut())
        {
            self.faulty(fault, now);
        }
    }

    fn faulty(&mut self, fault: Fault, now: Instant) {
        let code = match fault {
            Fault::NotUtf8 | Fault::NotDeflate => 1007,
            Fault::TooLong => 1009,
        };
        self.violate(code, fault.to_string(), now);
    }

    fn frame_end(&mut self, now: Instant) {
        let Some(frame) = self.frame.take() else {
            return;
        };
        match frame.header.opcode {
            Opcode::Close => self.close_came(&frame.control, now),
            Opcode::Ping => {
                self.pings += 1;
                if self.state == State::Open
                    && self.outgoing.waiting_bytes() < MOST_WAITING_FOR_PONG_BYTES
                {
                    self.send(Opcode::Pong, &frame.control);
                }
            }
            Opcode::Pong => self.events.push_back(PeerEvent::Pong(frame.control)),
            opcode if opcode.is_control() => {}
            _ if frame.header.fin => {
                let Some(mut message) = self.message.take() else {
                    return;
                };
                if let Err(fault) = message.end(self.inflater.as_mut()) {
                    self.faulty(fault, now);
                }
                if !self.failed_by_me {
                    self.events.push_back(PeerEvent::Message {
                        text: message.text,
                        start: message.start,
                        length: message.length,
                    });
                }
            }
            _ => {}
        }
    }

    fn close_came(&mut self, payload: &[u8], now: Instant) {
        self.close_frames += 1;
        let (code, reason) = match payload {
            &[high, low, ref reason @ ..] => (Some(u16::from_be_bytes([high, low])), reason),
            _ => (None, &[][..]),
        };
        if payload.len() == 1 {
            let violation = wire::CloseError::HalfCode.to_string();
            self.violate(
                1002,
                format!("a Close frame is malformed: {violation}"),
                now,
            );
        }
        self.close_code = code;
        if let Some(code) = code
            && !(KNOWN_CODES.contains(&code) || (3000..=4999).contains(&code))
        {
            let violation = wire::CloseError::ForbiddenCode { code };
            self.violate(
                1002,
                format!("a Close frame is malformed: {violation}"),
                now,
            );
        }
        if std::str::from_utf8(reason).is_err() {
            let violation = wire::CloseError::ReasonNotUtf8;
            self.violate(
                1007,
                format!("a Close frame is malformed: {violation}"),
                now,
            );
        }
        match self.state {
            State::Closing => {
                self.reply_due = None;
                self.clean = true;
                self.drop_due = Some(now + self.pace.closing());
            }
            State::Open => {
                self.clean = true;
                self.close(&1000_u16.to_be_bytes(), true, now);
            }
            State::Closed => self.clean = false,
        }
    }
}
