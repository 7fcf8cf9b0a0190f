//! What one connection has to write.
//!
//! All frames of a workload have the same length, so that the place in the
//! stream is a message number and an offset; what has not been written yet
//! need not be kept, it can be made again. A datagram is a frame that leaves in a
//! write of its own, or not at all.

use std::os::fd::OwnedFd;

use crate::{
    book::Book,
    echoes::Echoes,
    socket::{self, Transfer},
};

/// Frames up to this length are copied together and leave in one write.
const COPY_UP_TO_BYTES: usize = 32 << 10;
/// Most bytes that are copied together.
const SCRATCH_BYTES: usize = 64 << 10;

/// A buffer to copy frames together in; one per thread.
pub(crate) struct Scratch(Box<[u8]>);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(vec![0; SCRATCH_BYTES].into_boxed_slice())
    }
}

/// What writing came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// Everything that is due.
    All,
    /// The socket takes no more now.
    Blocked,
    /// The connection is broken.
    Broken(rustix::io::Errno),
}

/// The place in the outgoing stream of one connection.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    /// The message that is next, or under way.
    sequence: u64,
    /// Bytes of its frame that are written.
    offset: usize,
    /// Messages below this number may be written.
    due: u64,
    /// Control frames, written between two messages.
    control: Vec<u8>,
    /// Bytes written in all.
    pub(crate) written_bytes: u64,
}

impl Outgoing {
    /// Number of the next message that will become due.
    #[inline]
    pub(crate) fn due(&self) -> u64 {
        self.due
    }

    /// Lets `count` further messages go.
    #[inline]
    pub(crate) fn add_due(&mut self, count: u64) {
        self.due += count;
    }

    /// Messages whose first byte is written.
    pub(crate) fn begun(&self) -> u64 {
        self.sequence + u64::from(self.offset > 0)
    }

    /// Whether something is waiting to be written.
    pub(crate) fn has_work(&self) -> bool {
        self.sequence < self.due || !self.control.is_empty()
    }

    /// Takes back messages that are due and not begun; returns how many.
    pub(crate) fn cancel_due(&mut self) -> u64 {
        let cancelled = self.due - self.begun();
        self.due = self.begun();
        cancelled
    }

    /// Length of the control frames that wait.
    pub(crate) fn control_bytes(&self) -> usize {
        self.control.len()
    }

    /// Queues a whole control frame.
    pub(crate) fn push_control(&mut self, frame: &[u8]) {
        self.control.extend_from_slice(frame);
    }

    /// Writes what is due and fits; tells `echoes` of every message begun, with
    /// `now_ns`.
    #[inline]
    pub(crate) fn write(
        &mut self,
        socket: &OwnedFd,
        connection: u32,
        book: &Book,
        echoes: &mut Echoes,
        scratch: &mut Scratch,
        now_ns: u64,
    ) -> Written {
        loop {
            if self.offset == 0 && !self.control.is_empty() {
                match socket::write(socket, &self.control, false) {
                    Transfer::Bytes(count) => {
                        self.written_bytes += count as u64;
                        self.control.drain(..count);
                        continue;
                    }
                    Transfer::Blocked => return Written::Blocked,
                    Transfer::Broken(errno) => return Written::Broken(errno),
                    Transfer::End => return Written::All,
                }
            }
            if self.sequence >= self.due {
                return Written::All;
            }
            let frame_bytes = book.frame_bytes();
            let transfer = if frame_bytes <= COPY_UP_TO_BYTES || book.is_datagram {
                let length = self.gather(connection, book, &mut scratch.0);
                socket::write(socket, &scratch.0[..length], false)
            } else {
                let (front, front_bytes) = book.frame_front(self.sequence, connection);
                if self.offset < front_bytes {
                    socket::write(socket, &front[self.offset..front_bytes], true)
                } else {
                    let rest = book.frame_rest(self.sequence, connection);
                    socket::write(socket, &rest[self.offset - front_bytes..], false)
                }
            };
            match transfer {
                Transfer::Bytes(count) => self.advance(count, frame_bytes, echoes, now_ns),
                Transfer::Blocked => return Written::Blocked,
                Transfer::Broken(errno) => return Written::Broken(errno),
                Transfer::End => return Written::All,
            }
        }
    }

    /// Copies frames that are due together, from the present place on.
    #[inline]
    fn gather(&self, connection: u32, book: &Book, scratch: &mut [u8]) -> usize {
        let mut filled = 0;
        let mut skip = self.offset;
        let frame_bytes = book.frame_bytes();
        let end = if book.is_datagram {
            self.due.min(self.sequence + 1)
        } else {
            self.due
        };
        for sequence in self.sequence..end {
            if filled + frame_bytes - skip > scratch.len() {
                break;
            }
            let out = &mut scratch[filled..];
            if skip == 0 {
                book.write_frame(sequence, connection, out);
            } else {
                let (front, front_bytes) = book.frame_front(sequence, connection);
                let front = &front[skip.min(front_bytes)..front_bytes];
                let rest = book.frame_rest(sequence, connection);
                let rest = &rest[skip.saturating_sub(front_bytes)..];
                out[..front.len()].copy_from_slice(front);
                out[front.len()..front.len() + rest.len()].copy_from_slice(rest);
            }
            filled += frame_bytes - skip;
            skip = 0;
        }
        filled
    }

    /// Moves on by `count` written bytes.
    #[inline]
    fn advance(&mut self, count: usize, frame_bytes: usize, echoes: &mut Echoes, now_ns: u64) {
        self.written_bytes += count as u64;
        if frame_bytes == 0 {
            // An empty datagram.
            echoes.sent(now_ns);
            self.sequence += 1;
        }
        let mut left = count;
        while left > 0 {
            if self.offset == 0 {
                echoes.sent(now_ns);
            }
            let step = left.min(frame_bytes - self.offset);
            left -= step;
            self.offset += step;
            if self.offset == frame_bytes {
                self.offset = 0;
                self.sequence += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read as _,
        net::{TcpListener, TcpStream},
        os::fd::OwnedFd,
    };

    use record::{MessageKind, MessageShape};

    use super::*;
    use crate::framing::Framing;

    fn pair() -> (OwnedFd, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.set_nonblocking(true).unwrap();
        (client.into(), listener.accept().unwrap().0)
    }

    fn stream_of(book: &Book, messages: u64) -> Vec<u8> {
        (0..messages)
            .flat_map(|sequence| {
                let (front, length) = book.frame_front(sequence, 9);
                [&front[..length], book.frame_rest(sequence, 9)].concat()
            })
            .collect()
    }

    #[test]
    fn writes_the_same_stream_whatever_the_socket_takes() {
        for size_bytes in [0, 5, 125, 9_000, 40_000, 3 << 20] {
            let shape = MessageShape {
                kind: MessageKind::Binary,
                size_bytes,
            };
            let book = Book::new(shape, &Framing::MaskedFrame, 1).unwrap();
            let (socket, mut peer) = pair();
            let messages = 20;
            let expected = stream_of(&book, messages);
            let reader = std::thread::spawn(move || {
                let mut received = Vec::new();
                peer.read_to_end(&mut received).unwrap();
                received
            });
            let mut outgoing = Outgoing::default();
            let mut echoes = Echoes::new(9, 1);
            let mut scratch = Scratch::new();
            outgoing.add_due(messages);
            while outgoing.write(&socket, 9, &book, &mut echoes, &mut scratch, 1) != Written::All {
                std::thread::yield_now();
            }
            assert!(!outgoing.has_work());
            assert_eq!(outgoing.begun(), messages);
            assert_eq!(outgoing.written_bytes, expected.len() as u64);
            assert_eq!(echoes.outstanding() as u64, messages);
            drop(socket);
            assert!(reader.join().unwrap() == expected, "{size_bytes} bytes");
        }
    }

    #[test]
    fn a_control_frame_waits_for_the_end_of_a_message() {
        let shape = MessageShape {
            kind: MessageKind::Binary,
            size_bytes: 16 << 20,
        };
        let book = Book::new(shape, &Framing::MaskedFrame, 1).unwrap();
        let (socket, mut peer) = pair();
        let mut outgoing = Outgoing::default();
        let mut echoes = Echoes::new(9, 1);
        let mut scratch = Scratch::new();
        outgoing.add_due(1);
        let written = outgoing.write(&socket, 9, &book, &mut echoes, &mut scratch, 1);
        assert_eq!(written, Written::Blocked);
        outgoing.push_control(b"control");
        let mut expected = stream_of(&book, 1);
        expected.extend_from_slice(b"control");
        let reader = std::thread::spawn(move || {
            let mut received = Vec::new();
            peer.read_to_end(&mut received).unwrap();
            received
        });
        while outgoing.write(&socket, 9, &book, &mut echoes, &mut scratch, 1) != Written::All {
            std::thread::yield_now();
        }
        drop(socket);
        assert!(reader.join().unwrap() == expected);
    }
}
