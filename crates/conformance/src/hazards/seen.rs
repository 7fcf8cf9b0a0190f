//! What has come on a connection of a probe: counted, and next to nothing of it
//! kept.

use std::time::Instant;

use wire::{FrameHeader, FrameReader, Opcode, Part};

use super::answer::{split_head, status_of};

/// So much of what comes first is kept; a response whose head is longer is not
/// read to its end.
const MOST_KEPT_BYTES: usize = 16 << 10;

/// What has come on a connection.
#[derive(Debug)]
pub(super) struct Seen {
    reading: Reading,
    /// The first bytes that came.
    pub(super) answer: Vec<u8>,
    /// Status of the HTTP response.
    pub(super) status: Option<u16>,
    /// The response's extensions.
    pub(super) extensions: Option<String>,
    /// The code of the first Close frame that has one.
    pub(super) close_code: Option<u16>,
    /// Close frames.
    pub(super) close_frames: u64,
    /// Messages.
    pub(super) messages: u64,
    /// Bytes in messages.
    pub(super) message_bytes: u64,
    /// When the first of status and Close frame came.
    pub(super) reacted: Option<Instant>,
}

#[derive(Debug)]
enum Reading {
    Head,
    Frames {
        reader: FrameReader,
        header: Option<FrameHeader>,
        code: [u8; 2],
        held: usize,
    },
    /// Nothing that comes is looked at any more.
    Nothing,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self {
            reading: Reading::Head,
            answer: Vec::new(),
            status: None,
            extensions: None,
            close_code: None,
            close_frames: 0,
            messages: 0,
            message_bytes: 0,
            reacted: None,
        }
    }

    pub(super) fn input(&mut self, bytes: &[u8], now: Instant) {
        let before = self.answer.len();
        let room = MOST_KEPT_BYTES - before;
        self.answer
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
        match &self.reading {
            Reading::Nothing => {}
            Reading::Frames { .. } => self.frames(bytes, now),
            Reading::Head => match split_head(&self.answer) {
                None if self.answer.len() >= MOST_KEPT_BYTES => self.reading = Reading::Nothing,
                None => {}
                Some((head, rest)) => {
                    let used = self.answer.len() - rest.len() - before;
                    let head = String::from_utf8_lossy(head).into_owned();
                    self.head(&head, now);
                    if self.status == Some(101) {
                        self.reading = Reading::frames();
                        self.frames(&bytes[used..], now);
                    } else {
                        self.reading = Reading::Nothing;
                    }
                }
            },
        }
    }

    fn head(&mut self, head: &str, now: Instant) {
        let mut lines = head.split("\r\n");
        let first = lines.next().unwrap_or_default();
        self.status = status_of(first);
        self.extensions = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("Sec-WebSocket-Extensions"))
            .map(|(_, value)| value.trim().chars().take(200).collect());
        self.reacted.get_or_insert(now);
    }

    fn frames(&mut self, bytes: &[u8], now: Instant) {
        let Reading::Frames {
            reader,
            header,
            code,
            held,
        } = &mut self.reading
        else {
            return;
        };
        let mut rest = bytes;
        loop {
            let (used, part) = reader.next(rest);
            rest = &rest[used..];
            match part {
                None => return,
                Some(Part::Start { header: new, .. }) => {
                    *header = Some(new);
                    *held = 0;
                }
                Some(Part::Payload(payload)) => match header.map(|it| it.opcode) {
                    Some(Opcode::Close) => {
                        for &byte in payload.iter().take(2 - *held) {
                            code[*held] = byte;
                            *held += 1;
                        }
                    }
                    Some(opcode) if !opcode.is_control() => {
                        self.message_bytes += payload.len() as u64;
                    }
                    _ => {}
                },
                Some(Part::End) => match header.take() {
                    Some(it) if it.opcode == Opcode::Close => {
                        self.close_frames += 1;
                        self.reacted.get_or_insert(now);
                        if *held == 2 {
                            self.close_code.get_or_insert(u16::from_be_bytes(*code));
                        }
                    }
                    Some(it) if it.fin && !it.opcode.is_control() => self.messages += 1,
                    _ => {}
                },
            }
        }
    }
}

impl Reading {
    fn frames() -> Self {
        Self::Frames {
            reader: FrameReader::new(),
            header: None,
            code: [0; 2],
            held: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_and_the_frames_behind_it_are_told_apart() {
        let mut bytes = b"HTTP/1.1 101 Yes\r\nsec-websocket-extensions: x; y=1\r\n\r\n".to_vec();
        bytes.extend_from_slice(b"\x81\x02hi\x01\x01a\x80\x01b\x88\x02\x03\xea\x88\x00");
        for step in [1, 7, bytes.len()] {
            let mut seen = Seen::new();
            for part in bytes.chunks(step) {
                seen.input(part, Instant::now());
            }
            assert_eq!(seen.status, Some(101));
            assert_eq!(seen.extensions.as_deref(), Some("x; y=1"));
            assert_eq!((seen.messages, seen.message_bytes), (2, 4));
            assert_eq!((seen.close_frames, seen.close_code), (2, Some(1002)));
        }
    }

    #[test]
    fn what_is_no_http_is_kept_no_longer_than_a_head() {
        let mut seen = Seen::new();
        for _ in 0..10 {
            seen.input(&[b'x'; 4096], Instant::now());
        }
        assert!(matches!(seen.reading, Reading::Nothing));
        assert_eq!((seen.status, seen.reacted), (None, None));
    }

    #[test]
    fn a_refusal_has_a_status_and_its_body_is_not_read() {
        let mut seen = Seen::new();
        seen.input(b"HTTP/1.1 400 No\r\n\r\n\x81\x01a", Instant::now());
        assert_eq!((seen.status, seen.messages), (Some(400), 0));
        assert!(seen.reacted.is_some());
    }
}
