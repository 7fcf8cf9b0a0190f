//! One thread of the generator: its connections and the loop that serves them.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use machine::monotonic_ns;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use record::{Load, Workload};

use crate::{
    Error,
    book::Book,
    connection::{Connection, End, Happening, Stage, Tally, describe},
    incoming::Incoming,
    outgoing::{Scratch, Written},
    pace::Pace,
    poller::{Poller, READABLE, READABLE_AND_WRITABLE, Readiness},
    socket::{self, Transfer, Transport},
    target::Target,
    window::Window,
};

const READ_BUFFER_BYTES: usize = 256 << 10;

/// What all threads of a generator share.
pub(crate) struct Job {
    pub(crate) workload: Workload,
    pub(crate) target: Target,
    pub(crate) book: Book,
    /// Place of each connection in the round of an open loop.
    pub(crate) places: Vec<u32>,
}

/// A thread's state.
pub(crate) struct Worker {
    pub(crate) job: Arc<Job>,
    /// This thread's number, and how many there are.
    pub(crate) index: u32,
    pub(crate) poller: Poller,
    pub(crate) connections: Vec<Connection>,
    pub(crate) pace: Pace,
    pub(crate) window: Option<Window>,
    pub(crate) tally: Tally,
    /// Messages due or sent and not echoed, over all connections.
    pub(crate) pending: u64,
    /// Connections whose opening handshake is done, and when; whoever opens
    /// connections takes them from here.
    pub(crate) opened: Vec<(usize, u64)>,
    pub(crate) random: ChaCha8Rng,
    transport: Transport,
    ready: Vec<Readiness>,
    buffer: Box<[u8]>,
    scratch: Scratch,
}

impl Worker {
    pub(crate) fn new(job: Arc<Job>, index: u32) -> Result<Self, Error> {
        let seed = job.workload.seed.wrapping_add(u64::from(index) + 1);
        Ok(Self {
            transport: Transport::of(job.workload.protocol),
            job,
            index,
            poller: Poller::new()?,
            connections: Vec::new(),
            pace: Pace::Still,
            window: None,
            tally: Tally::default(),
            pending: 0,
            opened: Vec::new(),
            random: ChaCha8Rng::seed_from_u64(seed),
            ready: Vec::new(),
            buffer: vec![0; READ_BUFFER_BYTES].into_boxed_slice(),
            scratch: Scratch::new(),
        })
    }

    /// Number of the connection that this thread opens next. Threads take
    /// turns, so that numbers are dense however many threads there are.
    pub(crate) fn next_number(&self) -> u32 {
        self.index + self.connections.len() as u32 * self.job.workload.threads
    }

    /// Starts to open connection `number` in the place `token`, which is the
    /// next free one or that of a connection that is gone.
    pub(crate) fn open(
        &mut self,
        token: usize,
        number: u32,
        source: Option<SocketAddr>,
    ) -> Result<(), Error> {
        let in_flight = match self.job.workload.load {
            Load::Closed { in_flight } => in_flight as usize,
            _ => 1,
        };
        let open = self.connections.len();
        let (started, now_ns) =
            socket::start_connect(self.transport, self.job.target.address, source, open)?;
        let incoming = Incoming::of(self.job.workload.protocol, self.job.book.opcode);
        let connection = match started {
            Ok(socket) => {
                self.poller.add(&socket, token, READABLE_AND_WRITABLE)?;
                Connection::new(number, socket, incoming, in_flight, now_ns)
            }
            Err(errno) => Connection::refused(number, incoming, errno, now_ns),
        };
        match self.connections.get_mut(token) {
            Some(place) => *place = connection,
            None => self.connections.push(connection),
        }
        Ok(())
    }

    /// Waits for what is next and serves it.
    pub(crate) fn turn(&mut self, timeout: Option<Duration>) -> Result<(), Error> {
        let mut ready = std::mem::take(&mut self.ready);
        self.poller.wait(timeout, &mut ready)?;
        for readiness in &ready {
            self.serve(*readiness)?;
        }
        self.ready = ready;
        Ok(())
    }

    #[inline]
    fn serve(&mut self, readiness: Readiness) -> Result<(), Error> {
        let Some(connection) = self.connections.get_mut(readiness.token) else {
            return Ok(());
        };
        if matches!(connection.stage, Stage::Gone(_)) {
            return Ok(());
        }
        if readiness.writable && matches!(connection.stage, Stage::Connecting) {
            let mut nonce = [0; 16];
            self.random.fill_bytes(&mut nonce);
            connection.connected(&self.job.target, self.job.workload.protocol, nonce);
        }
        let mut now_ns = None;
        if readiness.readable && !matches!(connection.stage, Stage::Gone(_)) {
            now_ns = self.read(readiness.token);
        }
        // One look at the clock serves the echo and the message that follows.
        self.flush(readiness.token, now_ns.unwrap_or_else(monotonic_ns))
    }

    /// Reads once; returns when something came.
    #[inline]
    fn read(&mut self, token: usize) -> Option<u64> {
        let Self {
            connections,
            buffer,
            job,
            tally,
            pace,
            window,
            pending,
            opened,
            transport,
            ..
        } = self;
        let connection = &mut connections[token];
        match socket::read(*transport, connection.socket.as_ref()?, buffer) {
            Transfer::Bytes(count) => {
                let now_ns = monotonic_ns();
                let before = connection.pending();
                connection.received(&buffer[..count], &job.book, tally, |outgoing, happening| {
                    match happening {
                        Happening::Opened => {
                            opened.push((token, now_ns));
                            // The first echo is part of opening.
                            outgoing.add_due(u64::from(!pace.is_handshakes()));
                        }
                        Happening::Echoed(echo) => {
                            if let Some(window) = window {
                                let due_ns = pace.due_ns(token, echo);
                                window.completed(due_ns, now_ns);
                                if pace.is_open() {
                                    window.sent(due_ns, echo.sent_ns, now_ns);
                                }
                            }
                            outgoing.add_due(pace.next(token, now_ns));
                        }
                        Happening::Wrong => outgoing.add_due(pace.next(token, now_ns)),
                    }
                });
                *pending = *pending + connection.pending() - before;
                return Some(now_ns);
            }
            Transfer::Blocked => {}
            Transfer::End => {
                let end = match connection.stage {
                    Stage::Closing { answered: true } => End::Clean,
                    Stage::Closing { answered: false } => End::NotClosed,
                    Stage::Up => End::Closed,
                    _ => End::NotOpened(
                        "the server closed the connection during the handshake".to_owned(),
                    ),
                };
                self.end(token, end);
            }
            Transfer::Broken(errno) => self.broken(token, errno),
        }
        None
    }

    fn broken(&mut self, token: usize, errno: rustix::io::Errno) {
        let end = match self.connections[token].stage {
            // How it ended is known; only our last words did not get through.
            Stage::Gone(_) => return,
            // A reset after both Close frames loses nothing.
            Stage::Closing { answered: true } => End::Clean,
            Stage::Closing { answered: false } => End::NotClosed,
            Stage::Up => End::Reset(describe(errno)),
            _ => End::NotOpened(describe(errno)),
        };
        self.end(token, end);
    }

    fn end(&mut self, token: usize, end: End) {
        self.connections[token].stage = Stage::Gone(end);
    }

    /// Writes what a connection has to write, and watches for room as long as
    /// there is something left.
    #[inline]
    pub(crate) fn flush(&mut self, token: usize, now_ns: u64) -> Result<(), Error> {
        let connection = &mut self.connections[token];
        if matches!(connection.stage, Stage::Connecting) {
            return Ok(());
        }
        let mut wants_room = false;
        let has_last_words =
            !matches!(connection.stage, Stage::Gone(ref end) if *end != End::Closed);
        if has_last_words && connection.outgoing.has_work() {
            match connection.write(&self.job.book, &mut self.scratch, now_ns) {
                Written::All => {}
                Written::Blocked => wants_room = true,
                Written::Broken(errno) => self.broken(token, errno),
            }
        }
        let connection = &mut self.connections[token];
        if matches!(connection.stage, Stage::Gone(_)) {
            self.bury(token);
            return Ok(());
        }
        if wants_room != connection.watches_writable {
            connection.watches_writable = wants_room;
            let interest = if wants_room {
                READABLE_AND_WRITABLE
            } else {
                READABLE
            };
            if let Some(socket) = &connection.socket {
                self.poller.change(socket, token, interest)?;
            }
        }
        Ok(())
    }

    /// Ends a connection on our side, for a reason of ours.
    pub(crate) fn abandon(&mut self, token: usize, end: End) {
        self.end(token, end);
        self.bury(token);
    }

    /// Counts how a connection ended and lets go of its socket.
    fn bury(&mut self, token: usize) {
        let connection = &mut self.connections[token];
        let Some(socket) = connection.socket.take() else {
            return;
        };
        self.pending -= connection.pending();
        connection.outgoing.cancel_due();
        let counts = &mut self.tally.verification;
        counts.missing += connection.echoes.give_up();
        if let Stage::Gone(end) = &connection.stage {
            match end {
                End::Clean => {}
                End::Closed => counts.closed += 1,
                End::Reset(_) => counts.reset += 1,
                End::NotOpened(_) | End::Violation(_) | End::NotClosed => {
                    socket::reset_on_close(&socket);
                }
            }
        }
    }

    /// Leaves nothing for later that has to do with what came until now.
    pub(crate) fn settle(&self) {
        for connection in &self.connections {
            if let Some(socket) = &connection.socket {
                socket::acknowledge(self.transport, socket);
            }
        }
    }

    /// Lets `count` more messages of a connection go, now.
    #[inline]
    pub(crate) fn release(&mut self, token: usize, count: u64) -> Result<(), Error> {
        self.connections[token].outgoing.add_due(count);
        self.pending += count;
        self.flush(token, monotonic_ns())
    }
}
