//! Baseline: every byte goes back as it came. No frames, no runtime: one thread
//! with epoll. It shows what the kernel and loopback cost alone.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::fd::{AsRawFd, OwnedFd},
};

use contender_kit::{Contender, Protocol, baseline, option};
use rustix::{
    buffer::spare_capacity,
    event::{
        Timespec,
        epoll::{self, CreateFlags, Event, EventData, EventFlags},
    },
    io::Errno,
    net::{SocketFlags, accept_with},
};

/// Shared by all connections: what is read is written before the next read.
const READ_BUFFER_BYTES: usize = 256 * 1024;

/// Events taken from the kernel at a time.
const EVENTS: usize = 1024;

/// How long the listener goes unwatched after `accept` failed for want of
/// descriptors; it would stay ready and fail again at once.
const ACCEPT_PAUSE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 10_000_000,
};

fn main() -> anyhow::Result<()> {
    let identity = baseline!("raw-tcp", "epoll").speaking(Protocol::RawTcp);
    let contender = Contender::from_command_line(identity)?;
    let options = vec![option("read buffer", READ_BUFFER_BYTES)];
    let listener = contender.listen(1, 0, options)?;
    Ok(Server::new(listener)?.serve()?)
}

struct Server {
    epoll: OwnedFd,
    listener: TcpListener,
    is_paused: bool,
    /// At the index of their descriptor.
    connections: Vec<Option<Connection>>,
    buffer: Vec<u8>,
}

struct Connection {
    stream: TcpStream,
    /// What the peer hasn't taken yet, from `written` on. Nothing is read while
    /// there is any, so the peer feels it.
    unwritten: Vec<u8>,
    written: usize,
}

impl Server {
    fn new(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &listener, token(&listener), EventFlags::IN)?;
        Ok(Self {
            epoll,
            listener,
            is_paused: false,
            connections: Vec::new(),
            buffer: vec![0; READ_BUFFER_BYTES],
        })
    }

    fn serve(mut self) -> io::Result<()> {
        let listening = token(&self.listener);
        let mut events: Vec<Event> = Vec::with_capacity(EVENTS);
        loop {
            events.clear();
            let timeout = self.is_paused.then_some(&ACCEPT_PAUSE);
            match epoll::wait(&self.epoll, spare_capacity(&mut events), timeout) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            if self.is_paused {
                self.pause(false)?;
            }
            for event in &events {
                let token = event.data;
                if token.u64() == listening.u64() {
                    self.accept()?;
                } else {
                    self.serve_connection(token.u64() as usize);
                }
            }
        }
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            match accept_with(&self.listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC) {
                Ok(socket) => self.adopt(TcpStream::from(socket)),
                Err(Errno::AGAIN) => return Ok(()),
                Err(Errno::CONNABORTED | Errno::CONNRESET | Errno::INTR) => {}
                Err(_) => return self.pause(true),
            }
        }
    }

    fn pause(&mut self, pause: bool) -> io::Result<()> {
        let event = if pause {
            EventFlags::empty()
        } else {
            EventFlags::IN
        };
        epoll::modify(&self.epoll, &self.listener, token(&self.listener), event)?;
        self.is_paused = pause;
        Ok(())
    }

    fn adopt(&mut self, stream: TcpStream) {
        let token = token(&stream);
        if epoll::add(&self.epoll, &stream, token, EventFlags::IN).is_err() {
            // Without room to watch it the connection is closed.
            return;
        }
        let index = token.u64() as usize;
        if self.connections.len() <= index {
            self.connections.resize_with(index + 1, || None);
        }
        self.connections[index] = Some(Connection {
            stream,
            unwritten: Vec::new(),
            written: 0,
        });
    }

    fn serve_connection(&mut self, index: usize) {
        let Some(slot) = self.connections.get_mut(index) else {
            return;
        };
        let Some(connection) = slot else {
            return;
        };
        // Dropping the stream closes it, and epoll forgets it.
        if !matches!(connection.step(&self.epoll, &mut self.buffer), Ok(true)) {
            *slot = None;
        }
    }
}

impl Connection {
    /// Does what the socket is ready for; false at the end of the stream.
    fn step(&mut self, epoll: &OwnedFd, buffer: &mut [u8]) -> io::Result<bool> {
        if !self.unwritten.is_empty() {
            self.written += write_some(&mut self.stream, &self.unwritten[self.written..])?;
            if self.written == self.unwritten.len() {
                self.unwritten.clear();
                self.written = 0;
                self.wait_for(epoll, EventFlags::IN)?;
            }
            return Ok(true);
        }
        let length = match self.stream.read(buffer) {
            Ok(0) => return Ok(false),
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
            Err(error) => return Err(error),
        };
        let written = write_some(&mut self.stream, &buffer[..length])?;
        if written < length {
            self.unwritten.extend_from_slice(&buffer[written..length]);
            self.wait_for(epoll, EventFlags::OUT)?;
        }
        Ok(true)
    }

    fn wait_for(&self, epoll: &OwnedFd, event: EventFlags) -> io::Result<()> {
        Ok(epoll::modify(
            epoll,
            &self.stream,
            token(&self.stream),
            event,
        )?)
    }
}

/// Writes what the socket takes now.
fn write_some(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<usize> {
    match stream.write(bytes) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
        written => written,
    }
}

/// What epoll calls a socket: its descriptor, which is never negative.
fn token(socket: &impl AsRawFd) -> EventData {
    EventData::new_u64(socket.as_raw_fd() as u64)
}
