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
use wire::{ClientKey, ResponseReader, request};

use crate::{
    case::Case,
    peer::State,
    play::{Agreement, Play},
};

/// How long connecting and the opening handshake may take.
const OPENING_TIMEOUT: Duration = Duration::from_secs(5);

/// How much is read at once. Timers are looked at between two reads.
const READ_BYTES: usize = 64 << 10;

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

struct Opened {
    stream: TcpStream,
    /// What came behind the response.
    rest: Vec<u8>,
}

/// Runs a case once.
pub(crate) fn run_case(
    case: &Case,
    endpoint: &Endpoint,
    mut random: ChaCha8Rng,
    longest: Duration,
) -> (Observed, Agreement) {
    let began = Instant::now();
    let opened = match open(endpoint, &mut random, began + OPENING_TIMEOUT) {
        Ok(opened) => opened,
        Err(error) => return (never_open(error, began), NOTHING),
    };
    let mut play = Play::new(case, random, longest, Instant::now());
    play.input(&opened.rest, Instant::now());
    let end = drive(&mut play, opened.stream);
    let agreement = play.agreement();
    (play.observed(end, began.elapsed()), agreement)
}

const NOTHING: Agreement = Agreement {
    ok: false,
    non_strict: false,
};

fn never_open(error: String, began: Instant) -> Observed {
    Observed {
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
    }
}

fn open(endpoint: &Endpoint, random: &mut ChaCha8Rng, until: Instant) -> Result<Opened, String> {
    let left = || until.saturating_duration_since(Instant::now());
    let said = |error: io::Error| match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => TOO_SLOW.to_owned(),
        _ => error.to_string(),
    };
    let mut stream =
        TcpStream::connect_timeout(&endpoint.address, OPENING_TIMEOUT).map_err(said)?;
    stream.set_nodelay(true).map_err(said)?;
    let mut nonce = [0; 16];
    random.fill_bytes(&mut nonce);
    let key = ClientKey::from_nonce(nonce);
    stream
        .set_write_timeout(Some(OPENING_TIMEOUT))
        .map_err(said)?;
    stream
        .write_all(&request(&endpoint.host, &endpoint.path, &key))
        .map_err(said)?;
    let mut response = ResponseReader::new(key.expected_accept());
    let mut buffer = [0; 4096];
    loop {
        let left = left();
        if left.is_zero() {
            return Err(TOO_SLOW.to_owned());
        }
        stream.set_read_timeout(Some(left)).map_err(said)?;
        let count = match stream.read(&mut buffer) {
            Ok(0) => return Err("the server closed instead of answering the request".to_owned()),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(said(error)),
        };
        match response.push(&buffer[..count]) {
            Ok(None) => {}
            Ok(Some(used)) => {
                stream.set_nonblocking(true).map_err(said)?;
                return Ok(Opened {
                    stream,
                    rest: buffer[used..count].to_vec(),
                });
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

const TOO_SLOW: &str = "no opening handshake within 5 s";

/// Plays the case to its end.
fn drive(play: &mut Play<'_>, mut stream: TcpStream) -> ConnectionEnd {
    let mut buffer = vec![0; READ_BYTES];
    // What a server sent before it reset the connection can still be read, so a
    // write that fails ends the writing only.
    let mut writable = true;
    loop {
        let now = Instant::now();
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
        match stream.read(&mut buffer) {
            Ok(0) => return gone(play, ConnectionEnd::ClosedByServer),
            Ok(count) => play.input(&buffer[..count], Instant::now()),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::Interrupted => {}
                _ => return gone(play, ConnectionEnd::ResetByServer),
            },
        }
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
