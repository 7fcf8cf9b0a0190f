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

use super::{ConnectionState, outgoing::Outgoing, seen::Seen};
use crate::Endpoint;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often the reasons to stop are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How much is read at once.
const READ_BYTES: usize = 16 << 10;

/// Writes in a row before reading is looked at again.
const WRITES_IN_A_ROW: usize = 64;

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
            seen: Seen::new(),
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

    /// Sends once more, even when the server has ended its side; whether it was
    /// taken, or may be later.
    pub(super) fn still_takes(&mut self, bytes: &[u8]) -> bool {
        match self.stream.write(bytes) {
            Ok(count) => {
                self.sent_bytes += count as u64;
                true
            }
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        }
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
