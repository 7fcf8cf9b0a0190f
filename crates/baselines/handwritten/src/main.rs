//! Baseline: the smallest correct WebSocket echo server that one would write by
//! hand for a single purpose, on the same runtime as the asynchronous
//! libraries.
//!
//! It can do what no library can: as it only echoes, it unmasks a message where
//! it was read, puts a server's header over the client's mask and writes header
//! and payload as they lie there. In `default` messages are never copied, and
//! each is written by itself; `tuned` gathers the answers to one read.

mod frame;
mod unsent;

use std::{io, ops::Range};

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, Variant, baseline, handshake, option};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    frame::{CloseCode, Header, MASK_BYTES, MAX_HEADER_BYTES, Opcode},
    unsent::Unsent,
};

/// Where the read buffer starts; it grows to the largest frame.
const READ_BUFFER_BYTES: usize = 8 * 1024;

fn main() -> anyhow::Result<()> {
    let identity = baseline!("handwritten", "tokio").with_tuned();
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();
    let mut options = vec![option("read buffer", READ_BUFFER_BYTES)];
    let gathers = contender.variant() == Variant::Tuned;
    if gathers {
        options.push(option("write", "all answers to one read"));
    }
    contender.serve_tokio(options, move |stream| {
        Connection::new(stream, gathers, Kept::new(keep)).serve()
    })?;
    Ok(())
}

/// Why a connection ends before the client closes it.
enum End {
    /// The stream is of no use any more.
    Stream(io::Error),
    /// The client broke a rule: RFC 6455 section 7.1.7.
    Fail(CloseCode),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

impl From<CloseCode> for End {
    fn from(code: CloseCode) -> Self {
        Self::Fail(code)
    }
}

struct Connection {
    stream: TcpStream,
    /// What was read; everything before `start` is done with.
    inbox: Vec<u8>,
    start: usize,
    /// Answers in `inbox` that wait for the end of what was read.
    unsent: Unsent,
    /// Whether they wait.
    gathers: bool,
    /// The message that is coming in fragments, after room for a header.
    fragments: Vec<u8>,
    /// Its opcode while it isn't complete.
    fragmented: Option<Opcode>,
    kept: Kept<Vec<u8>>,
}

impl Connection {
    fn new(stream: TcpStream, gathers: bool, kept: Kept<Vec<u8>>) -> Self {
        Self {
            stream,
            inbox: Vec::with_capacity(READ_BUFFER_BYTES),
            start: 0,
            unsent: Unsent::default(),
            gathers,
            fragments: Vec::new(),
            fragmented: None,
            kept,
        }
    }

    async fn serve(mut self) -> io::Result<()> {
        if !self.shake_hands().await? {
            return self.linger().await;
        }
        let ended = self.echo().await;
        self.flush().await?;
        match ended {
            Ok(()) => self.stream.shutdown().await,
            Err(End::Stream(error)) => Err(error),
            Err(End::Fail(code)) => {
                self.stream.write_all(&frame::close(code)).await?;
                self.linger().await
            }
        }
    }

    /// Answers the opening handshake; false if it was refused.
    async fn shake_hands(&mut self) -> io::Result<bool> {
        let mut searched = 0;
        let end = loop {
            let found = self.inbox[searched..]
                .windows(handshake::END.len())
                .position(|window| window == handshake::END);
            match found {
                Some(at) => break searched + at,
                None if self.inbox.len() >= handshake::MAX_REQUEST_BYTES => {
                    self.stream.write_all(handshake::TOO_LARGE).await?;
                    return Ok(false);
                }
                None => searched = self.inbox.len().saturating_sub(handshake::END.len() - 1),
            }
            self.read_more((self.inbox.len() + 1).next_power_of_two())
                .await?;
        };
        match handshake::accept(&self.inbox[..end]) {
            Ok(response) => {
                self.start = end + handshake::END.len();
                self.stream.write_all(response.as_bytes()).await?;
                Ok(true)
            }
            Err(refusal) => {
                self.stream.write_all(refusal).await?;
                Ok(false)
            }
        }
    }

    /// Echoes messages until the closing handshake is done.
    async fn echo(&mut self) -> Result<(), End> {
        loop {
            let header = loop {
                match Header::parse(&self.inbox[self.start..])? {
                    Some(header) => break header,
                    None => self.read_more(MAX_HEADER_BYTES).await?,
                }
            };
            while self.inbox.len() - self.start < header.frame_bytes() {
                self.read_more(header.frame_bytes()).await?;
            }
            let frame = self.start..self.start + header.frame_bytes();
            self.start = frame.end;
            let payload = frame.start + header.header_bytes..frame.end;
            frame::unmask(&mut self.inbox[payload.clone()], header.mask);

            match (header.opcode, self.fragmented) {
                (Opcode::Close, _) => {
                    frame::check_close(&self.inbox[payload])?;
                    self.answer(frame, Opcode::Close).await?;
                    return Ok(());
                }
                (Opcode::Ping, _) => self.answer(frame, Opcode::Pong).await?,
                (Opcode::Pong, _) => {}
                (Opcode::Continuation, None) | (Opcode::Text | Opcode::Binary, Some(_)) => {
                    return Err(CloseCode::Protocol.into());
                }
                (opcode, None) if header.is_last => {
                    let message = &self.inbox[payload];
                    check_text(opcode, message)?;
                    self.kept.keep(|| message.to_vec());
                    self.answer(frame, opcode).await?;
                }
                (opcode, fragmented) => {
                    let opcode = fragmented.unwrap_or(opcode);
                    self.collect(payload, fragmented.is_none())?;
                    self.fragmented = (!header.is_last).then_some(opcode);
                    if header.is_last {
                        self.answer_fragments(opcode).await?;
                    }
                }
            }
        }
    }

    /// Sends the payload of a frame back, over the frame itself.
    async fn answer(&mut self, frame: Range<usize>, opcode: Opcode) -> io::Result<()> {
        // A client's header is a server's and the mask after it.
        let reply = frame.start + MASK_BYTES..frame.end;
        let payload_bytes = frame::payload_bytes(reply.len());
        frame::write_header(&mut self.inbox[reply.clone()], opcode, payload_bytes);
        if self.gathers {
            self.unsent.add(&mut self.inbox, reply);
            return Ok(());
        }
        self.stream.write_all(&self.inbox[reply]).await
    }

    /// Writes the answers that wait.
    async fn flush(&mut self) -> io::Result<()> {
        match self.unsent.take() {
            Some(answers) => self.stream.write_all(&self.inbox[answers]).await,
            None => Ok(()),
        }
    }

    fn collect(&mut self, payload: Range<usize>, is_first: bool) -> Result<(), CloseCode> {
        if is_first {
            self.fragments.clear();
            self.fragments.resize(MAX_HEADER_BYTES, 0);
        }
        let message_bytes = self.fragments.len() - MAX_HEADER_BYTES + payload.len();
        if message_bytes > MAX_MESSAGE_BYTES {
            return Err(CloseCode::TooBig);
        }
        self.fragments.extend_from_slice(&self.inbox[payload]);
        Ok(())
    }

    async fn answer_fragments(&mut self, opcode: Opcode) -> Result<(), End> {
        self.flush().await?;
        let message = &self.fragments[MAX_HEADER_BYTES..];
        check_text(opcode, message)?;
        self.kept.keep(|| message.to_vec());
        let payload_bytes = message.len();
        let from = MAX_HEADER_BYTES - frame::header_bytes(payload_bytes);
        let reply = &mut self.fragments[from..];
        frame::write_header(reply, opcode, payload_bytes);
        Ok(self.stream.write_all(reply).await?)
    }

    /// Reads once, with room for `wanted` bytes from `start` on in the end.
    ///
    /// Room grows with what has really come, not with what a header announces.
    /// No answer waits while this does.
    async fn read_more(&mut self, wanted: usize) -> io::Result<()> {
        self.flush().await?;
        if self.start == self.inbox.len() {
            self.inbox.clear();
            self.start = 0;
        }
        if self.inbox.capacity() - self.start < wanted {
            self.inbox.drain(..self.start);
            self.start = 0;
            if self.inbox.len() == self.inbox.capacity() {
                let room = wanted.min(2 * self.inbox.capacity());
                self.inbox.reserve_exact(room - self.inbox.len());
            }
        }
        match self.stream.read_buf(&mut self.inbox).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Closes without losing the last frame: dropping a socket with unread
    /// input resets it, which may overtake what was written (RFC 6455 section
    /// 7.1.1).
    async fn linger(mut self) -> io::Result<()> {
        self.stream.shutdown().await?;
        let mut discarded_bytes = 0;
        while discarded_bytes < MAX_MESSAGE_BYTES {
            self.inbox.clear();
            match self.stream.read_buf(&mut self.inbox).await? {
                0 => break,
                bytes => discarded_bytes += bytes,
            }
        }
        Ok(())
    }
}

/// Text must be UTF-8: RFC 6455 section 8.1.
fn check_text(opcode: Opcode, message: &[u8]) -> Result<(), CloseCode> {
    if opcode == Opcode::Text && simdutf8::basic::from_utf8(message).is_err() {
        return Err(CloseCode::InvalidPayload);
    }
    Ok(())
}
