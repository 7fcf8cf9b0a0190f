//! One case on one TCP connection, with a limit on everything.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use record::{ConnectionEnd, Observed};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use wire::ClientKey;

use crate::{
    case::Case,
    deflate::{Negotiated, Opening, request_with},
    matching::Agreement,
    pace::Pace,
    peer::State,
    play::Play,
};

/// How much is read at once. Timers are looked at between two reads.
const READ_BYTES: usize = 64 << 10;

/// Reads in a row when a timer is due: what has come by then counts.
const READS_BEFORE_TIMERS: usize = 64;

/// Writes in a row before reading is looked at again.
const WRITES_IN_A_ROW: usize = 256;

/// What to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Where to connect.
    pub address: SocketAddr,
    /// The value of the `Host` header.
    pub host: String,
    /// The path, with its query.
    pub path: String,
}

/// What came of a case that was run once.
pub(crate) struct Played {
    pub(crate) observed: Observed,
    pub(crate) agreement: Agreement,
    /// Whether a time limit ran out while nothing wrong had come.
    pub(crate) out_of_time: bool,
}

struct Opened {
    stream: TcpStream,
    /// What came behind the response.
    rest: Vec<u8>,
    negotiated: Option<Negotiated>,
}

/// Why there is no connection.
enum NotOpen {
    TooSlow(Duration),
    Refused(String),
}

/// Runs a case once.
pub(crate) fn run_case(
    case: &Case,
    endpoint: &Endpoint,
    mut random: ChaCha8Rng,
    pace: Pace,
) -> Played {
    let began = Instant::now();
    let opened = match open(case, endpoint, &mut random, pace.opening()) {
        Ok(opened) => opened,
        Err(why) => return never_open(&why, began),
    };
    let negotiated = opened.negotiated.as_ref();
    let mut play = Play::new(case, random, pace, negotiated, Instant::now());
    play.input(&opened.rest, Instant::now());
    let end = drive(&mut play, opened.stream);
    Played {
        agreement: play.agreement(),
        out_of_time: play.out_of_time(),
        observed: play.observed(end, began.elapsed()),
    }
}

fn never_open(why: &NotOpen, began: Instant) -> Played {
    let (error, out_of_time) = match why {
        NotOpen::TooSlow(limit) => (
            format!("no opening handshake within {} s", limit.as_secs()),
            true,
        ),
        NotOpen::Refused(error) => (error.clone(), false),
    };
    Played {
        observed: Observed {
            events: Vec::new(),
            events_left_out: 0,
            pings: 0,
            close_code: None,
            close_frames: 0,
            ended_by_client: false,
            clean: false,
            end: ConnectionEnd::NeverOpen { error },
            violation: None,
            elapsed_ns: u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX),
        },
        agreement: Agreement::default(),
        out_of_time,
    }
}

fn open(
    case: &Case,
    endpoint: &Endpoint,
    random: &mut ChaCha8Rng,
    limit: Duration,
) -> Result<Opened, NotOpen> {
    let until = Instant::now() + limit;
    let said = |error: io::Error| match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => NotOpen::TooSlow(limit),
        _ => NotOpen::Refused(error.to_string()),
    };
    let mut stream = TcpStream::connect_timeout(&endpoint.address, limit).map_err(said)?;
    stream.set_nodelay(true).map_err(said)?;
    let mut nonce = [0; 16];
    random.fill_bytes(&mut nonce);
    let key = ClientKey::from_nonce(nonce);
    stream.set_write_timeout(Some(limit)).map_err(said)?;
    let request = request_with(&endpoint.host, &endpoint.path, &key, &case.offers);
    stream.write_all(&request).map_err(said)?;
    let mut opening = Opening::new(&key, &case.offers);
    let mut buffer = [0; 4096];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(NotOpen::TooSlow(limit));
        }
        stream.set_read_timeout(Some(left)).map_err(said)?;
        let count = match stream.read(&mut buffer) {
            Ok(0) => {
                let error = "the server closed instead of answering the request";
                return Err(NotOpen::Refused(error.to_owned()));
            }
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(said(error)),
        };
        let input = &buffer[..count];
        if let Some(opened) = opening.push(input).map_err(NotOpen::Refused)? {
            stream.set_nonblocking(true).map_err(said)?;
            return Ok(Opened {
                stream,
                rest: input[opened.used..].to_vec(),
                negotiated: opened.negotiated,
            });
        }
    }
}

/// Plays the case to its end.
fn drive(play: &mut Play<'_>, mut stream: TcpStream) -> ConnectionEnd {
    let mut buffer = vec![0; READ_BYTES];
    // What a server sent before it reset the connection can still be read, so a
    // write that fails ends the writing only.
    let mut writable = true;
    loop {
        let now = Instant::now();
        if play.next_due() <= now {
            // This thread may have been woken late: what came in time must not
            // be missed because the machine is busy.
            for _ in 0..READS_BEFORE_TIMERS {
                match read_some(play, &mut stream, &mut buffer) {
                    Read::Some => {}
                    Read::Nothing => break,
                    Read::Gone(end) => return gone(play, end),
                }
            }
        }
        play.tick(now);
        if play.peer.state == State::Closed {
            return ConnectionEnd::ClosedByServer;
        }
        if writable {
            writable = write_some(play, &mut stream);
        }
        if !writable {
            play.peer.outgoing.clear();
        }
        let wants_write = writable && !play.peer.outgoing.next().is_empty();
        wait(&stream, wants_write, play.next_due());
        if let Read::Gone(end) = read_some(play, &mut stream, &mut buffer) {
            return gone(play, end);
        }
    }
}

enum Read {
    Some,
    Nothing,
    Gone(ConnectionEnd),
}

fn read_some(play: &mut Play<'_>, stream: &mut TcpStream, buffer: &mut [u8]) -> Read {
    match stream.read(buffer) {
        Ok(0) => Read::Gone(ConnectionEnd::ClosedByServer),
        Ok(count) => {
            play.input(&buffer[..count], Instant::now());
            Read::Some
        }
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::Interrupted => Read::Nothing,
            _ => Read::Gone(ConnectionEnd::ResetByServer),
        },
    }
}

fn gone(play: &mut Play<'_>, end: ConnectionEnd) -> ConnectionEnd {
    play.peer.end();
    end
}

/// Whether the connection can still be written to.
fn write_some(play: &mut Play<'_>, stream: &mut TcpStream) -> bool {
    for _ in 0..WRITES_IN_A_ROW {
        let next = play.peer.outgoing.next();
        if next.is_empty() {
            return true;
        }
        match stream.write(next) {
            Ok(count) => play.peer.outgoing.wrote(count),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock => return true,
                ErrorKind::Interrupted => {}
                _ => return false,
            },
        }
    }
    true
}

/// Waits until there is something to read, or to write, or until `due`.
fn wait(stream: &TcpStream, wants_write: bool, due: Instant) {
    let left = due.saturating_duration_since(Instant::now());
    let timeout = Timespec {
        tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(left.subsec_nanos()),
    };
    let mut flags = PollFlags::IN;
    if wants_write {
        flags |= PollFlags::OUT;
    }
    // Any failure is seen by the read that follows.
    let _ = poll(&mut [PollFd::new(stream, flags)], Some(&timeout));
}
