//! Servers that differ in what they make of an opening request.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use crate::support::{Fault, TestServer, agree, header, request, talk};

/// What a server does with a body, or with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Answers a request with a body by 400, and ends the connection.
    RefusesBodies,
    /// Reads a body to its end, and looks for frames behind it.
    SkipsBodies,
    /// Refuses, and goes on with the body as if it were the next request.
    ReadsRequestsInBodies,
    /// Agrees at once, whatever is announced: what follows are frames.
    ReadsFramesInBodies,
    /// Sends the subprotocols back as they came.
    ReturnsSubprotocols,
    /// Sends back those that are names.
    ReturnsGoodSubprotocols,
}

const BAD_REQUEST: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno";

impl Door {
    pub(crate) fn start(self) -> TestServer {
        TestServer::start(move |stream| self.serve(stream))
    }

    fn serve(self, mut stream: TcpStream) {
        while let Some(head) = request(&mut stream) {
            let lengths = head
                .windows(16)
                .filter(|it| *it == b"\r\nContent-Length")
                .count();
            let is_chunked = header(&head, "Transfer-Encoding").is_some();
            let has_body = lengths > 0 || is_chunked;
            let refuses = match self {
                Self::RefusesBodies | Self::ReadsRequestsInBodies => has_body,
                Self::SkipsBodies => lengths > 1,
                _ => false,
            };
            if refuses || header(&head, "Sec-WebSocket-Key").is_none() {
                let _ = stream.write_all(BAD_REQUEST);
                if self == Self::ReadsRequestsInBodies {
                    continue;
                }
                return;
            }
            if self == Self::SkipsBodies && skip(&mut stream, &head).is_none() {
                return;
            }
            let fields = self.fields(&head);
            if agree(&mut stream, &head, &fields).is_some() {
                talk(stream, Fault::None);
            }
            return;
        }
    }

    fn fields(self, head: &[u8]) -> Vec<u8> {
        const NAME: &str = "Sec-WebSocket-Protocol";
        let is_name = |value: &[u8]| value.iter().all(u8::is_ascii_alphanumeric);
        match header(head, NAME) {
            Some(value)
                if self == Self::ReturnsSubprotocols
                    || self == Self::ReturnsGoodSubprotocols && is_name(value) =>
            {
                [NAME.as_bytes(), b": ", value, b"\r\n"].concat()
            }
            _ => Vec::new(),
        }
    }
}

/// Reads a body.
fn skip(stream: &mut TcpStream, head: &[u8]) -> Option<()> {
    if let Some(length) = header(head, "Content-Length") {
        let length = str::from_utf8(length).ok()?.parse().ok()?;
        let mut body = vec![0; length];
        return stream.read_exact(&mut body).ok();
    }
    if header(head, "Transfer-Encoding").is_some() {
        let mut body = Vec::new();
        while !body.ends_with(b"\r\n0\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).ok()?;
            body.push(byte[0]);
        }
    }
    Some(())
}
