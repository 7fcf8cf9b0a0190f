//! One connection: reads frames, echoes messages, answers Close and Ping.
//!
//! Once its buffers have found their size, an echo allocates nothing but what
//! the server was told to.

use std::{
    hint,
    io::{self, Read as _, Write as _},
    mem,
    net::TcpStream,
    process,
};

use wire::{FrameHeader, Opcode, append_frame, apply_mask};

use crate::{debt::Burner, fault::Fault, handshake, truth::Truth};

/// Bytes read at a time.
const READ_BYTES: usize = 64 * 1024;

/// Close with code 1001, "going away".
const GOING_AWAY: [u8; 2] = 1001_u16.to_be_bytes();

/// Frames of a message that is sent in fragments.
const FRAGMENTS: usize = 3;

/// A message that has to be kept for a while.
struct Message {
    opcode: Opcode,
    payload: Vec<u8>,
}

/// What one connection remembers.
pub(crate) struct Connection<'a> {
    truth: &'a Truth,
    /// What came and is not dealt with.
    pub(crate) input: Vec<u8>,
    /// What is to be written.
    pub(crate) output: Vec<u8>,
    /// The message whose fragments are coming in.
    fragments: Option<Message>,
    /// A message that is to be echoed after the next one.
    held_back: Option<Message>,
    /// That message is to become one with the next.
    merges: bool,
    hangs: bool,
    /// The closing handshake is done.
    pub(crate) closed: bool,
}

/// Serves a connection to its end.
pub(crate) fn serve(mut stream: TcpStream, truth: &Truth) -> io::Result<()> {
    stream.set_nodelay(!truth.faults.is(Fault::Nagle))?;
    let mut connection = Connection::new(truth, handshake::answer(&mut stream, truth)?);
    let mut chunk = vec![0; READ_BYTES];
    let mut burner = Burner::new(truth.burn_percent);
    loop {
        connection.take_frames()?;
        if !connection.output.is_empty() {
            stream.write_all(&connection.output)?;
            connection.output.clear();
        }
        if connection.closed {
            return Ok(());
        }
        match stream.read(&mut chunk)? {
            0 => return Ok(()),
            length => connection.input.extend_from_slice(&chunk[..length]),
        }
        // Before the echo, not after it: burning while the client answers would
        // spare this thread its sleep, and with it some of its work.
        burner.turn();
    }
}

impl<'a> Connection<'a> {
    /// A connection on which `input` has come so far.
    pub(crate) fn new(truth: &'a Truth, input: Vec<u8>) -> Self {
        Self {
            truth,
            input,
            output: Vec::new(),
            fragments: None,
            held_back: None,
            merges: false,
            hangs: false,
            closed: false,
        }
    }
}

impl Connection<'_> {
    /// Answers every frame that is whole.
    pub(crate) fn take_frames(&mut self) -> io::Result<()> {
        let mut input = mem::take(&mut self.input);
        let mut taken = 0;
        while !self.closed {
            let rest = &mut input[taken..];
            let Some((header, header_bytes)) =
                FrameHeader::decode(rest).map_err(io::Error::other)?
            else {
                break;
            };
            let payload_bytes = usize::try_from(header.payload_len).map_err(io::Error::other)?;
            let Some(payload) = rest.get_mut(header_bytes..header_bytes + payload_bytes) else {
                break;
            };
            if let Some(key) = header.mask {
                apply_mask(key, 0, payload);
            }
            self.frame(&header, payload);
            taken += header_bytes + payload_bytes;
        }
        input.drain(..taken);
        self.input = input;
        Ok(())
    }

    fn frame(&mut self, header: &FrameHeader, payload: &[u8]) {
        let faults = &self.truth.faults;
        match header.opcode {
            Opcode::Close if faults.is(Fault::NoClose) => self.closed = true,
            Opcode::Close if faults.is(Fault::OtherCloseCode) => {
                self.send(Opcode::Close, &GOING_AWAY);
                self.closed = true;
            }
            Opcode::Ping if faults.is(Fault::NoPong) => {}
            Opcode::Continuation if faults.is(Fault::SplitFragments) => {
                self.message(Opcode::Text, payload);
            }
            Opcode::Text if faults.is(Fault::SplitFragments) => {
                self.message(Opcode::Text, payload);
            }
            Opcode::Close => {
                self.send(Opcode::Close, payload);
                self.closed = true;
            }
            Opcode::Ping => self.send(Opcode::Pong, payload),
            Opcode::Pong | Opcode::Reserved(_) => {}
            Opcode::Text | Opcode::Binary if header.fin => self.message(header.opcode, payload),
            Opcode::Text | Opcode::Binary => {
                self.fragments = Some(Message {
                    opcode: header.opcode,
                    payload: payload.to_vec(),
                });
            }
            Opcode::Continuation => {
                let Some(mut message) = self.fragments.take() else {
                    return;
                };
                message.payload.extend_from_slice(payload);
                if header.fin {
                    self.message(message.opcode, &message.payload);
                } else {
                    self.fragments = Some(message);
                }
            }
        }
    }

    fn message(&mut self, opcode: Opcode, payload: &[u8]) {
        if let Some(pauses) = &self.truth.pauses {
            pauses.wait();
        }
        for _ in 0..self.truth.allocations {
            hint::black_box(Vec::<u8>::with_capacity(self.truth.allocation_bytes));
        }
        let fault = self.truth.faults.next();
        if self.hangs {
            return;
        }
        match fault {
            Fault::None
            | Fault::Stall
            | Fault::ExitAtOnce
            | Fault::NeverReady
            | Fault::BadReady
            | Fault::SplitFragments
            | Fault::NoPong
            | Fault::NoClose
            | Fault::OtherCloseCode
            | Fault::BadAccept
            | Fault::Nagle => {
                self.echo(opcode, payload);
            }
            Fault::CorruptByte => {
                let mut changed = payload.to_vec();
                if let Some(byte) = changed.last_mut() {
                    *byte ^= 1;
                }
                self.echo(opcode, &changed);
            }
            Fault::SwapOpcode => {
                let other = match opcode {
                    Opcode::Text => Opcode::Binary,
                    _ => Opcode::Text,
                };
                self.echo(other, payload);
            }
            Fault::Drop => {}
            Fault::Duplicate => {
                self.echo(opcode, payload);
                self.echo(opcode, payload);
            }
            Fault::Reorder => {
                let message = Message {
                    opcode,
                    payload: payload.to_vec(),
                };
                if let Some(earlier) = self.held_back.replace(message) {
                    self.send(earlier.opcode, &earlier.payload);
                }
            }
            Fault::Merge => {
                self.held_back = Some(Message {
                    opcode,
                    payload: payload.to_vec(),
                });
                self.merges = true;
            }
            Fault::Truncate => {
                self.echo(opcode, &payload[..payload.len().saturating_sub(1)]);
            }
            Fault::CloseEarly => {
                self.send(Opcode::Close, &GOING_AWAY);
                self.closed = true;
            }
            Fault::Hang => self.hangs = true,
            Fault::Crash => process::abort(),
            Fault::ExitMidRun => process::exit(3),
            Fault::Fragment => self.send_in_fragments(opcode, payload),
            Fault::Ping => {
                self.send(Opcode::Ping, b"still there?");
                self.echo(opcode, payload);
            }
        }
    }

    /// Echoes a message, and after it one that was held back.
    fn echo(&mut self, opcode: Opcode, payload: &[u8]) {
        if mem::take(&mut self.merges)
            && let Some(mut earlier) = self.held_back.take()
        {
            earlier.payload.extend_from_slice(payload);
            self.send(earlier.opcode, &earlier.payload);
            return;
        }
        self.send(opcode, payload);
        if let Some(earlier) = self.held_back.take() {
            self.send(earlier.opcode, &earlier.payload);
        }
    }

    fn send(&mut self, opcode: Opcode, payload: &[u8]) {
        let header = FrameHeader::single(opcode, None, payload.len() as u64);
        append_frame(&mut self.output, &header, payload);
    }

    fn send_in_fragments(&mut self, opcode: Opcode, payload: &[u8]) {
        let cut = |fragment: usize| payload.len() * fragment / FRAGMENTS;
        for fragment in 0..FRAGMENTS {
            let part = &payload[cut(fragment)..cut(fragment + 1)];
            let first = fragment == 0;
            let header = FrameHeader {
                fin: fragment + 1 == FRAGMENTS,
                ..FrameHeader::single(
                    if first { opcode } else { Opcode::Continuation },
                    None,
                    part.len() as u64,
                )
            };
            append_frame(&mut self.output, &header, part);
        }
    }
}
