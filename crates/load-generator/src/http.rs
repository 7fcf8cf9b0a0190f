//! Takes responses of HTTP/1.1 apart (RFC 9112): as much of it as an answer to a
//! small POST needs, and nothing that would hide a wrong one.

use wire::{Event, Opcode};

/// Longest head of a response that is read.
const MOST_HEAD_BYTES: usize = 8 << 10;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Why a response is none that echoes a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadResponse {
    /// The head has no end.
    #[error("a response head of more than {MOST_HEAD_BYTES} bytes")]
    HeadTooLong,
    /// It doesn't begin like one.
    #[error("{0:?} is no status line of HTTP/1.1")]
    NoStatusLine(String),
    /// The server refuses the request.
    #[error("the response is {0:?} instead of 200")]
    Status(String),
    /// Where it ends can't be told from its head.
    #[error("the response has no Content-Length")]
    NoLength,
    /// The length is no number, or there are two.
    #[error("{0:?} is no Content-Length")]
    BadLength(String),
    /// The body is coded, or its end is told by the end of the connection.
    #[error("the response has the header {0:?}")]
    UnwantedHeader(String),
}

/// The responses of one connection, one after the other.
#[derive(Debug)]
pub(crate) struct Responses {
    /// The kind of message that every response counts as: HTTP has no opcodes.
    opcode: Opcode,
    /// The front of a head that a read cut in two.
    held: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Head,
    Body { left: u64 },
}

impl Responses {
    pub(crate) fn new(opcode: Opcode) -> Self {
        Self {
            opcode,
            held: Vec::new(),
            state: State::Head,
        }
    }

    /// The next event from the front of `input`, by the rules of
    /// [`wire::Decoder::next`].
    #[inline]
    pub(crate) fn next<'a>(
        &mut self,
        input: &'a [u8],
    ) -> Result<(usize, Option<Event<'a>>), BadResponse> {
        match self.state {
            State::Body { left: 0 } => {
                self.state = State::Head;
                let message_complete = true;
                Ok((0, Some(Event::FrameEnd { message_complete })))
            }
            State::Body { .. } if input.is_empty() => Ok((0, None)),
            State::Body { left } => {
                let length = usize::try_from(left).map_or(input.len(), |it| it.min(input.len()));
                self.state = State::Body {
                    left: left - length as u64,
                };
                Ok((length, Some(Event::Payload(&input[..length]))))
            }
            State::Head => {
                let Some((payload_len, used)) = self.head(input)? else {
                    return Ok((input.len(), None));
                };
                self.state = State::Body { left: payload_len };
                let start = Event::FrameStart {
                    opcode: self.opcode,
                    first: true,
                    fin: true,
                    payload_len,
                };
                Ok((used, Some(start)))
            }
        }
    }

    /// The length of the body and where it begins in `input`; `None` before the
    /// head is complete.
    fn head(&mut self, input: &[u8]) -> Result<Option<(u64, usize)>, BadResponse> {
        if self.held.is_empty()
            && let Some(end) = end_of_head(input)
        {
            return Ok(Some((body_bytes(&input[..end])?, end)));
        }
        let before = self.held.len();
        self.held
            .extend_from_slice(&input[..input.len().min(MOST_HEAD_BYTES)]);
        // The end may have been cut in two as well.
        let from = before.saturating_sub(END_OF_HEAD.len() - 1);
        if let Some(end) = end_of_head(&self.held[from..]) {
            let end = from + end;
            let length = body_bytes(&self.held[..end])?;
            self.held.clear();
            return Ok(Some((length, end - before)));
        }
        if self.held.len() >= MOST_HEAD_BYTES {
            return Err(BadResponse::HeadTooLong);
        }
        Ok(None)
    }
}

/// Behind the empty line after a head.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(END_OF_HEAD.len())
        .position(|window| window == END_OF_HEAD)
        .map(|at| at + END_OF_HEAD.len())
}

/// Checks a head; returns the length of the body behind it.
fn body_bytes(head: &[u8]) -> Result<u64, BadResponse> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let status_line = lines.next().unwrap_or_default();
    let Some(status) = status_line.strip_prefix("HTTP/1.1 ") else {
        let shown = status_line.chars().take(40).collect();
        return Err(BadResponse::NoStatusLine(shown));
    };
    if status != "200" && !status.starts_with("200 ") {
        return Err(BadResponse::Status(status.chars().take(40).collect()));
    }
    let mut length = None;
    for line in lines {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            let bad = || BadResponse::BadLength(value.to_owned());
            let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
            if length.is_some() || !is_number {
                return Err(bad());
            }
            length = Some(value.parse().map_err(|_| bad())?);
        } else if name.eq_ignore_ascii_case("transfer-encoding")
            || (name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("close"))
        {
            return Err(BadResponse::UnwantedHeader(line.to_owned()));
        }
    }
    length.ok_or(BadResponse::NoLength)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The bodies in `stream`, which comes in pieces.
    fn bodies(stream: &[u8], cuts: &[usize]) -> Result<Vec<Vec<u8>>, BadResponse> {
        let mut responses = Responses::new(Opcode::Binary);
        let mut found = Vec::new();
        let mut body = Vec::new();
        let mut from = 0;
        let ends = cuts.iter().map(|cut| cut % (stream.len() + 1));
        let mut ends: Vec<usize> = ends.chain([stream.len()]).collect();
        ends.sort_unstable();
        for end in ends {
            let mut input = &stream[from..end];
            from = end;
            loop {
                let (used, event) = responses.next(input)?;
                input = &input[used..];
                match event {
                    None => break,
                    Some(Event::Payload(part)) => body.extend_from_slice(part),
                    Some(Event::FrameEnd { .. }) => found.push(std::mem::take(&mut body)),
                    Some(_) => {}
                }
            }
            assert!(input.is_empty(), "nothing is left for the caller");
        }
        Ok(found)
    }

    fn response(body: &[u8]) -> Vec<u8> {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-LENGTH: {}\r\ndate: now\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    }

    proptest! {
        #[test]
        fn bodies_survive_any_cut(
            sent in proptest::collection::vec(
                proptest::collection::vec(any::<u8>(), 0..300), 0..6),
            cuts in proptest::collection::vec(any::<usize>(), 0..8),
        ) {
            let stream: Vec<u8> = sent.iter().flat_map(|body| response(body)).collect();
            prop_assert_eq!(bodies(&stream, &cuts), Ok(sent));
        }
    }

    #[test]
    fn what_is_no_echo_is_named() {
        let long = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(MOST_HEAD_BYTES));
        for (head, word) in [
            ("HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1"),
            ("\u{81}\u{5}Hello\r\n\r\n", "status line"),
            ("HTTP/1.1 2000\r\n\r\n", "instead of 200"),
            ("HTTP/1.1 413 Payload Too Large\r\n\r\n", "413"),
            ("HTTP/1.1 200 OK\r\n\r\n", "no Content-Length"),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "-1"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
                "1",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "chunked",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: Close\r\n\r\n",
                "Close",
            ),
            (long.as_str(), "more than 8192"),
        ] {
            for cuts in [&[][..], &[3, 20]] {
                let error = bodies(head.as_bytes(), cuts).unwrap_err().to_string();
                assert!(error.contains(word), "{head}: {error}");
            }
        }
    }
}
