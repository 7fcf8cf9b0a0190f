//! An echo server with permessage-deflate, and ways to do that wrong.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
};

use flate2::{Compress, Compression as Level, Decompress, FlushCompress, FlushDecompress};
use wire::{FrameHeader, FrameReader, Opcode, Part, append_frame, unmask};

use super::{Fault, accept_with, agree, header, request, talk};

const OFFER: &str = "Sec-WebSocket-Extensions";

/// What the server makes of the offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// Ignores it.
    Ignored,
    /// Accepts it with this answer and keeps to that.
    Accepted(&'static str),
    /// Accepts it, and compresses nothing, which is allowed.
    Unused,
    /// Says that it forgets each message, and doesn't.
    Remembers,
    /// Changes the last byte of the tenth message.
    Changes,
    /// Sends what is no DEFLATE data.
    Garbage,
}

impl Compression {
    fn answer(self) -> &'static str {
        match self {
            Self::Ignored => "",
            Self::Accepted(answer) => answer,
            Self::Remembers => "permessage-deflate; server_no_context_takeover",
            Self::Unused | Self::Changes | Self::Garbage => "permessage-deflate",
        }
    }
}

pub(crate) fn compressed_echo(mut stream: TcpStream, compression: Compression) {
    let answer = compression.answer();
    let fields = match answer {
        "" => String::new(),
        answer => format!("Sec-WebSocket-Extensions: {answer}\r\n"),
    };
    if accept_with(&mut stream, &fields).is_some() {
        compressed_talk(stream, compression);
    }
}

/// Compresses for who offers it, and echoes without for others.
pub(crate) fn negotiated_echo(mut stream: TcpStream) {
    let Some(head) = request(&mut stream) else {
        return;
    };
    let fields = match header(&head, OFFER) {
        Some(_) => format!("{OFFER}: permessage-deflate\r\n"),
        None => String::new(),
    };
    match agree(&mut stream, &head, fields.as_bytes()) {
        None => {}
        Some(()) if fields.is_empty() => talk(stream, Fault::None),
        Some(()) => compressed_talk(stream, Compression::Accepted("permessage-deflate")),
    }
}

fn compressed_talk(stream: TcpStream, compression: Compression) {
    let answer = compression.answer();
    let _ = stream.set_nodelay(true);
    let forgets = |side: &str| answer.contains(&format!("{side}_no_context_takeover"));
    let mut server = Server {
        stream,
        compression,
        forgets_mine: forgets("server") && compression != Compression::Remembers,
        forgets_theirs: forgets("client"),
        compress: Compress::new(Level::fast(), false),
        decompress: Decompress::new(false),
        count: 0,
    };
    server.serve();
    let _ = server.stream.shutdown(Shutdown::Write);
    let mut rest = [0; 4096];
    while matches!(server.stream.read(&mut rest), Ok(count) if count > 0) {}
}

struct Server {
    stream: TcpStream,
    compression: Compression,
    forgets_mine: bool,
    forgets_theirs: bool,
    compress: Compress,
    decompress: Decompress,
    count: u64,
}

impl Server {
    /// Until a Close frame, or anything that is wrong.
    fn serve(&mut self) {
        let mut reader = FrameReader::new();
        let mut buffer = vec![0; 64 << 10];
        let mut header = FrameHeader::single(Opcode::Close, None, 0);
        let mut payload = Vec::new();
        let mut message = Vec::new();
        let mut first = header;
        while let Ok(count @ 1..) = self.stream.read(&mut buffer) {
            let mut input = &buffer[..count];
            loop {
                let (consumed, part) = reader.next(input);
                input = &input[consumed..];
                match part {
                    None => break,
                    Some(Part::Start { header: new, .. }) => {
                        header = new;
                        payload.clear();
                        if header.opcode != Opcode::Continuation {
                            first = header;
                        }
                    }
                    Some(Part::Payload(bytes)) => {
                        let start = payload.len();
                        payload.extend_from_slice(bytes);
                        unmask(&header, start as u64, &mut payload[start..]);
                    }
                    Some(Part::End) if header.opcode == Opcode::Close => {
                        let _ = self.send(Opcode::Close, 0, &payload);
                        return;
                    }
                    Some(Part::End) => {
                        message.extend_from_slice(&payload);
                        if header.fin {
                            assert_eq!(first.rsv, 4, "a message came uncompressed");
                            self.echo(first.opcode, &std::mem::take(&mut message));
                        }
                    }
                }
            }
        }
    }

    fn echo(&mut self, opcode: Opcode, message: &[u8]) {
        let mut plain = self.inflated(message);
        self.count += 1;
        match self.compression {
            Compression::Unused => {
                let _ = self.send(opcode, 0, &plain);
                return;
            }
            Compression::Garbage => {
                let _ = self.send(opcode, 4, &[0xff; 9]);
                return;
            }
            Compression::Changes if self.count == 10 => {
                if let Some(last) = plain.last_mut() {
                    *last ^= 1;
                }
            }
            _ => {}
        }
        let mut packed = Vec::with_capacity(plain.len() + (64 << 10));
        self.compress
            .compress_vec(&plain, &mut packed, FlushCompress::Sync)
            .unwrap();
        packed.truncate(packed.len() - 4);
        if self.forgets_mine {
            self.compress.reset();
        }
        let _ = self.send(opcode, 4, &packed);
    }

    fn inflated(&mut self, message: &[u8]) -> Vec<u8> {
        let mut plain = Vec::with_capacity(256 << 10);
        let whole = [message, &[0, 0, 0xff, 0xff]].concat();
        let before = self.decompress.total_in();
        loop {
            let taken = usize::try_from(self.decompress.total_in() - before).unwrap();
            self.decompress
                .decompress_vec(&whole[taken..], &mut plain, FlushDecompress::Sync)
                .unwrap();
            // Room that is left says that nothing more is to come.
            if plain.len() < plain.capacity() {
                break;
            }
            plain.reserve(1 << 20);
        }
        if self.forgets_theirs {
            self.decompress.reset(false);
        }
        plain
    }

    fn send(&mut self, opcode: Opcode, rsv: u8, payload: &[u8]) -> std::io::Result<()> {
        let header = FrameHeader {
            rsv,
            ..FrameHeader::single(opcode, None, payload.len() as u64)
        };
        let mut bytes = Vec::new();
        append_frame(&mut bytes, &header, payload);
        self.stream.write_all(&bytes)
    }
}
