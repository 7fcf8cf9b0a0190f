//! All connections on one thread, which is kept busy: what the server does more
//! is then all that makes a message dearer.

use std::{
    io::{self, Write as _},
    mem::MaybeUninit,
    net::{TcpListener, TcpStream},
};

use rustix::{
    event::epoll::{self, EventData, EventFlags},
    io::Errno,
    net::RecvFlags,
};

use crate::{connection::Connection, debt::Burner, fault::Fault, handshake, truth::Truth};

const LISTENER: u64 = u64::MAX;
const READ_BYTES: usize = 64 * 1024;
const EVENTS: usize = 256;

/// One connection that is open.
struct Open<'a> {
    stream: TcpStream,
    connection: Connection<'a>,
}

impl Open<'_> {
    /// Reads once and echoes what is whole; false when the connection is over.
    fn turn(&mut self, chunk: &mut [u8]) -> io::Result<bool> {
        match rustix::net::recv(&self.stream, &mut *chunk, RecvFlags::DONTWAIT) {
            Ok((0, _)) => return Ok(false),
            Ok((length, _)) => self.connection.input.extend_from_slice(&chunk[..length]),
            Err(Errno::AGAIN | Errno::INTR) => return Ok(true),
            Err(errno) => return Err(errno.into()),
        }
        self.echo()
    }

    fn echo(&mut self) -> io::Result<bool> {
        self.connection.take_frames()?;
        if !self.connection.output.is_empty() {
            self.stream.write_all(&self.connection.output)?;
            self.connection.output.clear();
        }
        Ok(!self.connection.closed)
    }
}

/// Serves for ever.
pub(crate) fn serve(listener: &TcpListener, truth: &Truth) -> io::Result<()> {
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(
        &epoll,
        listener,
        EventData::new_u64(LISTENER),
        EventFlags::IN,
    )?;
    let mut open: Vec<Option<Open<'_>>> = Vec::new();
    let mut chunk = vec![0; READ_BYTES];
    let mut events = [MaybeUninit::uninit(); EVENTS];
    let mut burner = Burner::new(truth.burn_percent);
    loop {
        let ready = match epoll::wait(&epoll, &mut events, None) {
            Ok((ready, _)) => ready,
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(errno.into()),
        };
        for event in ready {
            let token = event.data.u64();
            if token == LISTENER {
                let (stream, _) = listener.accept()?;
                // Who breaks off a handshake is nobody's concern.
                if let Ok(accepted) = accept(stream, truth) {
                    let data = EventData::new_u64(open.len() as u64);
                    epoll::add(&epoll, &accepted.stream, data, EventFlags::IN)?;
                    open.push(Some(accepted));
                }
                continue;
            }
            let Some(place) = usize::try_from(token)
                .ok()
                .and_then(|token| open.get_mut(token))
            else {
                continue;
            };
            let stays = place
                .as_mut()
                .is_some_and(|open| open.turn(&mut chunk).unwrap_or(false));
            if !stays {
                // Closing the socket takes it out of the set.
                *place = None;
            }
        }
        burner.turn();
    }
}

fn accept<'a>(mut stream: TcpStream, truth: &'a Truth) -> io::Result<Open<'a>> {
    stream.set_nodelay(!truth.faults.is(Fault::Nagle))?;
    let input = handshake::answer(&mut stream, truth)?;
    let mut open = Open {
        stream,
        connection: Connection::new(truth, input),
    };
    open.echo()?;
    Ok(open)
}
