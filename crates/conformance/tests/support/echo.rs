//! An echo server that obeys RFC 6455, and one fault at a time.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    time::Duration,
};

use wire::{CloseReason, FrameHeader, FrameReader, Opcode, Part, Utf8Check, append_frame, unmask};

use super::accept;

/// What is wrong with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Looks at no text.
    NoUtf8Check,
    /// Looks at text when the message is whole.
    LateUtf8Check,
    /// Ignores reserved bits.
    IgnoresReservedBits,
    /// Sends them back.
    ReturnsReservedBits,
    /// Ends TCP after an error, without a Close frame.
    NoCloseFrame,
    /// Says 1000 after an error.
    WrongCode,
    /// Answers no Ping.
    NoPong,
    /// Leaves TCP open after the closing handshake.
    KeepsTcp,
    /// Doesn't answer a Close frame.
    NoCloseReply,
    /// Answers a Close frame with its payload, whatever that is.
    ReturnsClosePayload,
    /// Turns text into binary.
    SwapsOpcode,
    /// Says something after the closing handshake, then ends it.
    TalksAfterClose,
    /// Masks what it sends.
    Masks,
    /// Sends a Ping before each echo.
    Pings,
    /// Does nothing for more than a second.
    Slow,
    /// Echoes nothing, as a server does that gathers its echoes and meets an
    /// illegal frame before it has sent them.
    DropsEchoes,
}

struct Server {
    stream: TcpStream,
    fault: Fault,
}

pub(crate) fn echo(mut stream: TcpStream, fault: Fault) {
    if accept(&mut stream).is_some() {
        talk(stream, fault);
    }
}

/// The same behind the handshake.
pub(crate) fn talk(stream: TcpStream, fault: Fault) {
    if fault == Fault::Slow {
        std::thread::sleep(Duration::from_millis(1_300));
    }
    let _ = stream.set_nodelay(true);
    let mut server = Server { stream, fault };
    if let Err(code) = server.serve()
        && fault != Fault::NoCloseFrame
        && code != 0
    {
        let code = if fault == Fault::WrongCode {
            1000
        } else {
            code
        };
        let _ = server.send(Opcode::Close, 0, &u16::to_be_bytes(code));
    }
    server.hang_up();
}

impl Server {
    /// `Err` with the code that is to be sent; 0 for none.
    fn serve(&mut self) -> Result<(), u16> {
        let mut reader = FrameReader::new();
        let mut buffer = vec![0; 64 << 10];
        let mut header = FrameHeader::single(Opcode::Close, None, 0);
        let mut payload = Vec::new();
        let mut message: Option<(Opcode, u8, Vec<u8>, Utf8Check)> = None;
        loop {
            let count = self.stream.read(&mut buffer).map_err(|_| 0_u16)?;
            if count == 0 {
                return Err(0);
            }
            let mut input = &buffer[..count];
            loop {
                let (consumed, part) = reader.next(input);
                input = &input[consumed..];
                match part {
                    None => break,
                    Some(Part::Start { header: new, .. }) => {
                        header = new;
                        payload.clear();
                        self.check(&header, message.is_some())?;
                        if matches!(header.opcode, Opcode::Text | Opcode::Binary) {
                            message =
                                Some((header.opcode, header.rsv, Vec::new(), Utf8Check::new()));
                        }
                    }
                    Some(Part::Payload(bytes)) => {
                        let start = payload.len();
                        payload.extend_from_slice(bytes);
                        unmask(&header, start as u64, &mut payload[start..]);
                        if let Some((Opcode::Text, _, _, check)) = &mut message
                            && !header.opcode.is_control()
                        {
                            let good = check.push(&payload[start..]);
                            let now =
                                matches!(self.fault, Fault::NoUtf8Check | Fault::LateUtf8Check);
                            if !good && !now {
                                return Err(1007);
                            }
                        }
                    }
                    Some(Part::End) if header.opcode.is_control() => {
                        self.control(header.opcode, &payload)?;
                    }
                    Some(Part::End) => {
                        if let Some((_, _, whole, _)) = &mut message {
                            whole.extend_from_slice(&payload);
                        }
                        if header.fin
                            && let Some((opcode, rsv, whole, check)) = message.take()
                        {
                            let text = opcode == Opcode::Text;
                            if text && !check.is_complete() && self.fault != Fault::NoUtf8Check {
                                return Err(1007);
                            }
                            self.reply(opcode, rsv, &whole).map_err(|_| 0_u16)?;
                        }
                    }
                }
            }
        }
    }

    fn check(&self, header: &FrameHeader, inside: bool) -> Result<(), u16> {
        let ignores = matches!(
            self.fault,
            Fault::IgnoresReservedBits | Fault::ReturnsReservedBits
        );
        let control = header.opcode.is_control();
        let wrong = header.mask.is_none()
            || header.rsv != 0 && !ignores
            || header.opcode.is_reserved()
            || control && (!header.fin || header.payload_len > 125)
            || header.opcode == Opcode::Continuation && !inside
            || matches!(header.opcode, Opcode::Text | Opcode::Binary) && inside;
        if wrong { Err(1002) } else { Ok(()) }
    }

    fn control(&mut self, opcode: Opcode, payload: &[u8]) -> Result<(), u16> {
        match opcode {
            Opcode::Ping if self.fault != Fault::NoPong => {
                self.send(Opcode::Pong, 0, payload).map_err(|_| 0_u16)
            }
            Opcode::Close => match (self.fault, CloseReason::parse(payload)) {
                (Fault::NoCloseReply, _) => {
                    std::thread::sleep(Duration::from_secs(4));
                    Err(0)
                }
                (Fault::ReturnsClosePayload, _) => {
                    let _ = self.send(Opcode::Close, 0, payload);
                    Err(0)
                }
                (_, Ok(CloseReason { code: None, .. })) => {
                    let _ = self.send(Opcode::Close, 0, &[]);
                    Err(0)
                }
                (_, Ok(CloseReason { code, .. })) => Err(code.unwrap_or(0)),
                (_, Err(wire::CloseError::ReasonNotUtf8)) => Err(1007),
                (_, Err(_)) => Err(1002),
            },
            _ => Ok(()),
        }
    }

    fn reply(&mut self, opcode: Opcode, rsv: u8, message: &[u8]) -> io::Result<()> {
        match self.fault {
            Fault::Pings => self.send(Opcode::Ping, 0, b"there?")?,
            Fault::DropsEchoes => return Ok(()),
            _ => {}
        }
        let opcode = match self.fault {
            Fault::SwapsOpcode => Opcode::Binary,
            _ => opcode,
        };
        let rsv = match self.fault {
            Fault::ReturnsReservedBits => rsv,
            _ => 0,
        };
        self.send(opcode, rsv, message)
    }

    fn send(&mut self, opcode: Opcode, rsv: u8, payload: &[u8]) -> io::Result<()> {
        let mask = (self.fault == Fault::Masks).then_some([1, 2, 3, 4]);
        let header = FrameHeader {
            rsv,
            ..FrameHeader::single(opcode, mask, payload.len() as u64)
        };
        let mut bytes = Vec::new();
        append_frame(&mut bytes, &header, payload);
        self.stream.write_all(&bytes)
    }

    /// Ends TCP such that nothing that was sent is lost.
    fn hang_up(&mut self) {
        match self.fault {
            Fault::KeepsTcp => std::thread::sleep(Duration::from_secs(4)),
            Fault::TalksAfterClose => {
                let _ = self.send(Opcode::Text, 0, b"one more thing");
            }
            _ => {}
        }
        let _ = self.stream.shutdown(Shutdown::Write);
        let _ = self
            .stream
            .set_read_timeout(Some(Duration::from_millis(500)));
        let mut rest = [0; 4096];
        while matches!(self.stream.read(&mut rest), Ok(count) if count > 0) {}
    }
}
