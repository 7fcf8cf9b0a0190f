//! A connection of a probe: sends anything, notes what comes, keeps next to
//! nothing of it.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    os::fd::AsFd as _,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    net::sockopt,
};
use wire::{FrameHeader, FrameReader, Opcode, Part};

use super::{ConnectionState, outgoing::Outgoing};
use crate::Endpoint;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often the reasons to stop are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How much is read at once.
const READ_BYTES: usize = 16 << 10;

/// A response whose head is longer is not read to its end.
const MOST_HEAD_BYTES: usize = 16 << 10;

/// Writes in a row before reading is looked at again.
const WRITES_IN_A_ROW: usize = 64;

/// What has come on a connection.
#[derive(Debug)]
pub(super) struct Seen {
    reading: Reading,
    /// Status of the HTTP response.
    pub(super) status: Option<u16>,
    /// The response's extensions.
    pub(super) extensions: Option<String>,
    /// The code of the first Close frame that has one.
    pub(super) close_code: Option<u16>,
    /// Close frames.
    pub(super) close_frames: u64,
    /// Messages.
    pub(super) messages: u64,
    /// Bytes in messages.
    pub(super) message_bytes: u64,
    /// When the first of status and Close frame came.
    pub(super) reacted: Option<Instant>,
}

#[derive(Debug)]
enum Reading {
    Head(Vec<u8>),
    Frames {
        reader: FrameReader,
        header: Option<FrameHeader>,
        code: [u8; 2],
        held: usize,
    },
    /// Nothing that comes is looked at any more.
    Nothing,
}

impl Seen {
    fn new(reading: Reading) -> Self {
        Self {
            reading,
            status: None,
            extensions: None,
            close_code: None,
            close_frames: 0,
            messages: 0,
            message_bytes: 0,
            reacted: None,
        }
    }

    fn input(&mut self, bytes: &[u8], now: Instant) {
        match &mut self.reading {
            Reading::Nothing => {}
            Reading::Frames { .. } => self.frames(bytes, now),
            Reading::Head(head) => {
                let before = head.len();
                let room = MOST_HEAD_BYTES - before;
                head.extend_from_slice(&bytes[..bytes.len().min(room)]);
                let end = head.windows(4).position(|it| it == b"\r\n\r\n");
                match end {
                    None if head.len() >= MOST_HEAD_BYTES => self.reading = Reading::Nothing,
                    None => {}
                    Some(at) => {
                        let head = String::from_utf8_lossy(&head[..at]).into_owned();
                        self.head(&head, now);
                        let used = (at + 4).saturating_sub(before);
                        if self.status == Some(101) {
                            self.reading = Reading::frames();
                            self.frames(bytes.get(used..).unwrap_or_default(), now);
                        } else {
                            self.reading = Reading::Nothing;
                        }
                    }
                }
            }
        }
    }

    fn head(&mut self, head: &str, now: Instant) {
        let mut lines = head.split("\r\n");
        let first = lines.next().unwrap_or_default();
        let mut words = first.split(' ');
        if words.next().is_some_and(|it| it.starts_with("HTTP/1.")) {
            self.status = words.next().and_then(|code| code.parse().ok());
        }
        self.extensions = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("Sec-WebSocket-Extensions"))
            .map(|(_, value)| value.trim().chars().take(200).collect());
        self.reacted.get_or_insert(now);
    }

    fn frames(&mut self, bytes: &[u8], now: Instant) {
        let Reading::Frames {
            reader,
            header,
            code,
            held,
        } = &mut self.reading
        else {
            return;
        };
        let mut rest = bytes;
        loop {
            let (used, part) = reader.next(rest);
            rest = &rest[used..];
            match part {
                None => return,
                Some(Part::Start { header: new, .. }) => {
                    *header = Some(new);
                    *held = 0;
                }
                Some(Part::Payload(payload)) => match header.map(|it| it.opcode) {
                    Some(Opcode::Close) => {
                        for &byte in payload.iter().take(2 - *held) {
                            code[*held] = byte;
                            *held += 1;
                        }
                    }
                    Some(opcode) if !opcode.is_control() => {
                        self.message_bytes += payload.len() as u64;
                    }
                    _ => {}
                },
                Some(Part::End) => match header.take() {
                    Some(it) if it.opcode == Opcode::Close => {
                        self.close_frames += 1;
                        self.reacted.get_or_insert(now);
                        if *held == 2 {
                            self.close_code.get_or_insert(u16::from_be_bytes(*code));
                        }
                    }
                    Some(it) if it.fin && !it.opcode.is_control() => self.messages += 1,
                    _ => {}
                },
            }
        }
    }
}

impl Reading {
    fn frames() -> Self {
        Self::Frames {
            reader: FrameReader::new(),
            header: None,
            code: [0; 2],
            held: 0,
        }
    }
}

/// A connection.
#[derive(Debug)]
pub(super) struct Client {
    stream: TcpStream,
    pub(super) seen: Seen,
    /// Bytes that the kernel took.
    pub(super) sent_bytes: u64,
    pub(super) state: ConnectionState,
    /// When the server ended it.
    pub(super) ended: Option<Instant>,
    /// A write has failed: what the server sent before may still be read.
    writable: bool,
}

/// When pumping stops.
pub(super) struct Until<'a> {
    pub(super) time: Instant,
    /// Whether it stops as soon as everything was written.
    pub(super) sent: bool,
    /// Whether it stops for a reason outside the connection.
    pub(super) halt: &'a dyn Fn() -> bool,
    /// Whether enough has come.
    pub(super) enough: &'a dyn Fn(&Seen) -> bool,
}

impl Client {
    /// Connects; nothing is sent.
    pub(super) fn connect(endpoint: &Endpoint) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&endpoint.address, CONNECT_TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            seen: Seen::new(Reading::Head(Vec::new())),
            sent_bytes: 0,
            state: ConnectionState::Open,
            ended: None,
            writable: true,
        })
    }

    /// Connects and makes the opening handshake with this request; `None` where
    /// there is none in time.
    pub(super) fn open(
        endpoint: &Endpoint,
        request: &[u8],
        time: Duration,
        halt: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let mut client = Self::connect(endpoint).ok()?;
        let mut out = Outgoing::once(request.to_vec());
        client.pump(
            &mut out,
            true,
            &Until {
                time: Instant::now() + time,
                sent: false,
                halt,
                enough: &|seen| seen.status.is_some(),
            },
        );
        if client.seen.status != Some(101) {
            return None;
        }
        client.sent_bytes = 0;
        client.seen.status = None;
        client.seen.reacted = None;
        Some(client)
    }

    /// Sends and, if `reads`, reads, until there is a reason to stop.
    pub(super) fn pump(&mut self, out: &mut Outgoing, reads: bool, until: &Until<'_>) {
        let mut buffer = [0; READ_BYTES];
        while !self.state.is_ended() && !(until.enough)(&self.seen) {
            let now = Instant::now();
            let all_sent = out.is_done() || !self.writable;
            if now >= until.time || (until.sent && all_sent) || (until.halt)() {
                return;
            }
            self.write_some(out, now);
            if !self.writable && !reads {
                return self.end(ConnectionState::Reset);
            }
            if until.sent && out.is_done() {
                continue;
            }
            let wants_write = self.writable && !out.next(now).is_empty();
            self.wait(wants_write, reads, until.time.min(now + LOOK_EVERY));
            if reads {
                self.read_some(&mut buffer);
            }
        }
    }

    fn write_some(&mut self, out: &mut Outgoing, now: Instant) {
        for _ in 0..WRITES_IN_A_ROW {
            let next = out.next(now);
            if next.is_empty() || !self.writable {
                return;
            }
            match self.stream.write(next) {
                Ok(count) => {
                    self.sent_bytes += count as u64;
                    out.wrote(count, now);
                }
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => return,
                    ErrorKind::Interrupted => {}
                    _ => self.writable = false,
                },
            }
        }
    }

    fn read_some(&mut self, buffer: &mut [u8]) {
        match self.stream.read(buffer) {
            Ok(0) => self.end(ConnectionState::Closed),
            Ok(count) => self.seen.input(&buffer[..count], Instant::now()),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::Interrupted => {}
                _ => self.end(ConnectionState::Reset),
            },
        }
    }

    fn end(&mut self, state: ConnectionState) {
        self.state = state;
        self.ended.get_or_insert_with(Instant::now);
    }

    fn wait(&self, wants_write: bool, reads: bool, until: Instant) {
        let left = until.saturating_duration_since(Instant::now());
        let timeout = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        let mut flags = PollFlags::empty();
        if reads {
            flags |= PollFlags::IN;
        }
        if wants_write {
            flags |= PollFlags::OUT;
        }
        // Any failure is seen by the read or write that follows.
        let _ = poll(&mut [PollFd::new(&self.stream, flags)], Some(&timeout));
    }

    /// Whether the server has ended its side, without reading anything.
    pub(super) fn is_hung_up(&self) -> bool {
        let flags = PollFlags::RDHUP;
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let mut fds = [PollFd::new(&self.stream, flags)];
        let ended = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
        poll(&mut fds, Some(&now)).is_ok() && fds[0].revents().intersects(ended)
    }

    /// Makes the kernel keep little of what comes and is not read.
    pub(super) fn keep_little(&self) {
        // Only to make the server feel the pressure sooner.
        let _ = sockopt::set_socket_recv_buffer_size(self.stream.as_fd(), 4096);
    }

    /// Ends the sending side.
    pub(super) fn half_close(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Resets the connection.
    pub(super) fn reset(self) {
        let _ = sockopt::set_socket_linger(self.stream.as_fd(), Some(Duration::ZERO));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_and_the_frames_behind_it_are_told_apart() {
        let mut bytes = b"HTTP/1.1 101 Yes\r\nsec-websocket-extensions: x; y=1\r\n\r\n".to_vec();
        bytes.extend_from_slice(b"\x81\x02hi\x01\x01a\x80\x01b\x88\x02\x03\xea\x88\x00");
        for step in [1, 7, bytes.len()] {
            let mut seen = Seen::new(Reading::Head(Vec::new()));
            for part in bytes.chunks(step) {
                seen.input(part, Instant::now());
            }
            assert_eq!(seen.status, Some(101));
            assert_eq!(seen.extensions.as_deref(), Some("x; y=1"));
            assert_eq!((seen.messages, seen.message_bytes), (2, 4));
            assert_eq!((seen.close_frames, seen.close_code), (2, Some(1002)));
        }
    }

    #[test]
    fn what_is_no_http_is_kept_no_longer_than_a_head() {
        let mut seen = Seen::new(Reading::Head(Vec::new()));
        for _ in 0..10 {
            seen.input(&[b'x'; 4096], Instant::now());
        }
        assert!(matches!(seen.reading, Reading::Nothing));
        assert_eq!((seen.status, seen.reacted), (None, None));
    }

    #[test]
    fn a_refusal_has_a_status_and_its_body_is_not_read() {
        let mut seen = Seen::new(Reading::Head(Vec::new()));
        seen.input(b"HTTP/1.1 400 No\r\n\r\n\x81\x01a", Instant::now());
        assert_eq!((seen.status, seen.messages), (Some(400), 0));
        assert!(seen.reacted.is_some());
    }
}
