//! One connection: reads frames, echoes messages, answers Close and Ping.

use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
    process,
};

use wire::{FrameHeader, Opcode, append_frame, apply_mask};

use crate::{
    fault::{Fault, Faults},
    handshake,
};

/// Bytes read at a time.
const READ_BYTES: usize = 64 * 1024;

/// Close with code 1001, "going away".
const GOING_AWAY: [u8; 2] = 1001_u16.to_be_bytes();

/// A message.
struct Message {
    opcode: Opcode,
    payload: Vec<u8>,
}

/// What one connection remembers.
#[derive(Default)]
struct Connection {
    input: Vec<u8>,
    output: Vec<u8>,
    /// The message whose fragments are coming in.
    fragments: Option<Message>,
    /// A message that is to be echoed after the next one.
    held_back: Option<Message>,
    hangs: bool,
    closed: bool,
}

/// Serves a connection to its end.
pub(crate) fn serve(mut stream: TcpStream, faults: &Faults) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut connection = Connection {
        input: handshake::answer(&mut stream)?,
        ..Connection::default()
    };
    let mut chunk = vec![0; READ_BYTES];
    while !connection.closed {
        connection.take_frames(faults)?;
        stream.write_all(&connection.output)?;
        connection.output.clear();
        if connection.closed {
            break;
        }
        match stream.read(&mut chunk)? {
            0 => break,
            length => connection.input.extend_from_slice(&chunk[..length]),
        }
    }
    Ok(())
}

impl Connection {
    fn take_frames(&mut self, faults: &Faults) -> io::Result<()> {
        let mut taken = 0;
        while !self.closed {
            let rest = &self.input[taken..];
            let Some((header, header_bytes)) =
                FrameHeader::decode(rest).map_err(io::Error::other)?
            else {
                break;
            };
            let payload_bytes = usize::try_from(header.payload_len).map_err(io::Error::other)?;
            let Some(payload) = rest.get(header_bytes..header_bytes + payload_bytes) else {
                break;
            };
            let mut payload = payload.to_vec();
            if let Some(key) = header.mask {
                apply_mask(key, 0, &mut payload);
            }
            taken += header_bytes + payload_bytes;
            self.frame(&header, payload, faults);
        }
        self.input.drain(..taken);
        Ok(())
    }

    fn frame(&mut self, header: &FrameHeader, payload: Vec<u8>, faults: &Faults) {
        match header.opcode {
            Opcode::Close => {
                self.send(Opcode::Close, &payload);
                self.closed = true;
            }
            Opcode::Ping => self.send(Opcode::Pong, &payload),
            Opcode::Continuation => {
                if let Some(message) = &mut self.fragments {
                    message.payload.extend_from_slice(&payload);
                }
            }
            Opcode::Text | Opcode::Binary => {
                self.fragments = Some(Message {
                    opcode: header.opcode,
                    payload,
                });
            }
            Opcode::Pong | Opcode::Reserved(_) => {}
        }
        if header.fin
            && !header.opcode.is_control()
            && let Some(message) = self.fragments.take()
        {
            self.message(message, faults.next());
        }
    }

    fn message(&mut self, mut message: Message, fault: Fault) {
        if self.hangs {
            return;
        }
        match fault {
            Fault::None | Fault::Stall | Fault::NeverReady | Fault::BadReady => {
                self.echo(&message);
            }
            Fault::CorruptByte => {
                if let Some(byte) = message.payload.last_mut() {
                    *byte ^= 1;
                }
                self.echo(&message);
            }
            Fault::SwapOpcode => {
                message.opcode = match message.opcode {
                    Opcode::Text => Opcode::Binary,
                    _ => Opcode::Text,
                };
                self.echo(&message);
            }
            Fault::Drop => {}
            Fault::Duplicate => {
                self.echo(&message);
                self.echo(&message);
            }
            Fault::Reorder => {
                if let Some(earlier) = self.held_back.replace(message) {
                    self.send(earlier.opcode, &earlier.payload);
                }
            }
            Fault::Truncate => {
                message.payload.pop();
                self.echo(&message);
            }
            Fault::CloseEarly => {
                self.send(Opcode::Close, &GOING_AWAY);
                self.closed = true;
            }
            Fault::Hang => self.hangs = true,
            Fault::Crash => process::abort(),
            Fault::ExitMidRun => process::exit(3),
        }
    }

    /// Echoes a message, and after it one that was held back.
    fn echo(&mut self, message: &Message) {
        self.send(message.opcode, &message.payload);
        if let Some(earlier) = self.held_back.take() {
            self.send(earlier.opcode, &earlier.payload);
        }
    }

    fn send(&mut self, opcode: Opcode, payload: &[u8]) {
        let header = FrameHeader::single(opcode, None, payload.len() as u64);
        append_frame(&mut self.output, &header, payload);
    }
}
