//! An opening handshake that may offer extensions.

use wire::{ClientKey, MAX_RESPONSE_BYTES, ResponseReader, request};

use super::{Negotiated, offer::negotiated};

const FIELD: &str = "Sec-WebSocket-Extensions";

/// What ends the head of a response.
const END: &[u8] = b"\r\n\r\n";

/// The request, with an offer where there is one.
pub(crate) fn request_with(host: &str, path: &str, key: &ClientKey, offers: &[String]) -> Vec<u8> {
    let mut bytes = request(host, path, key);
    if !offers.is_empty() {
        // Before the empty line.
        bytes.truncate(bytes.len() - 2);
        bytes.extend_from_slice(format!("{FIELD}: {}\r\n\r\n", offers.join(", ")).as_bytes());
    }
    bytes
}

/// Reads the response. That of `wire` takes no extension, because nobody else
/// here offers one: where one was offered, what the server says of extensions is
/// taken out before.
pub(crate) struct Opening<'a> {
    reader: ResponseReader,
    offers: &'a [String],
    head: Vec<u8>,
}

/// The connection is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    /// How much of the last input belonged to the response.
    pub(crate) used: usize,
    /// What was agreed on, if anything.
    pub(crate) negotiated: Option<Negotiated>,
}

impl<'a> Opening<'a> {
    pub(crate) fn new(key: &ClientKey, offers: &'a [String]) -> Self {
        Self {
            reader: ResponseReader::new(key.expected_accept()),
            offers,
            head: Vec::new(),
        }
    }

    /// Reads on; `None` when more is needed.
    pub(crate) fn push(&mut self, input: &[u8]) -> Result<Option<Opened>, String> {
        if self.offers.is_empty() {
            let used = self.reader.push(input).map_err(|error| error.to_string())?;
            return Ok(used.map(|used| Opened {
                used,
                negotiated: None,
            }));
        }
        let before = self.head.len();
        let room = MAX_RESPONSE_BYTES - before;
        self.head.extend_from_slice(&input[..input.len().min(room)]);
        let from = before.saturating_sub(END.len() - 1);
        let end = self.head[from..]
            .windows(END.len())
            .position(|four| four == END);
        let Some(end) = end.map(|at| from + at + END.len()) else {
            if self.head.len() == MAX_RESPONSE_BYTES {
                // It says what is wrong.
                let said = self.reader.push(&self.head);
                return said.map(|_| None).map_err(|error| error.to_string());
            }
            return Ok(None);
        };
        let (rest, values) = without_extensions(&self.head[..end]);
        match self.reader.push(&rest) {
            Ok(Some(_)) => {}
            Ok(None) => return Err("the response has no end".to_owned()),
            Err(error) => return Err(error.to_string()),
        }
        let negotiated = negotiated(&values).map_err(|error| error.to_string())?;
        Ok(Some(Opened {
            used: end.saturating_sub(before),
            negotiated,
        }))
    }
}

/// The head without the fields on extensions, and their values.
fn without_extensions(head: &[u8]) -> (Vec<u8>, Vec<String>) {
    let mut rest = Vec::new();
    let mut values = Vec::new();
    for line in head.split_inclusive(|&byte| byte == b'\n') {
        let colon = line.iter().position(|&byte| byte == b':');
        match colon.map(|at| line.split_at(at)) {
            Some((name, value)) if name.eq_ignore_ascii_case(FIELD.as_bytes()) => {
                let value = String::from_utf8_lossy(&value[1..]);
                values.push(value.trim().to_owned());
            }
            _ => rest.extend_from_slice(line),
        }
    }
    (rest, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ClientKey {
        ClientKey::from_nonce(*b"the sample nonce")
    }

    fn response(extra: &str) -> Vec<u8> {
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             {extra}Sec-WebSocket-Accept: {}\r\n\r\n",
            key().expected_accept()
        )
        .into_bytes()
    }

    #[test]
    fn an_offer_stands_in_the_request() {
        let offers = ["permessage-deflate".to_owned()];
        let text = String::from_utf8(request_with("a", "/", &key(), &offers)).unwrap();
        assert!(text.ends_with("\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"));
        assert_eq!(
            request_with("a", "/", &key(), &[]),
            request("a", "/", &key())
        );
    }

    #[test]
    fn the_answer_is_read_however_it_is_cut() {
        let offers = ["permessage-deflate".to_owned()];
        let mut bytes = response("sec-websocket-extensions: permessage-deflate\r\n");
        let head = bytes.len();
        bytes.extend_from_slice(b"\x81\x00");
        for length in [1, 7, bytes.len()] {
            let mut opening = Opening::new(&key(), &offers);
            let mut at = 0;
            let opened = loop {
                let end = bytes.len().min(at + length);
                if let Some(opened) = opening.push(&bytes[at..end]).unwrap() {
                    break opened;
                }
                at = end;
            };
            assert_eq!(at + opened.used, head, "{length}");
            assert!(opened.negotiated.is_some());
        }
    }

    #[test]
    fn an_extension_that_nobody_offered_is_refused() {
        let bytes = response("Sec-WebSocket-Extensions: permessage-deflate\r\n");
        let error = Opening::new(&key(), &[]).push(&bytes).unwrap_err();
        assert!(error.contains("permessage-deflate"), "{error}");
        let offers = ["permessage-deflate".to_owned()];
        let bytes = response("Sec-WebSocket-Extensions: other\r\n");
        let error = Opening::new(&key(), &offers).push(&bytes).unwrap_err();
        assert!(error.contains("other"), "{error}");
        let silent = Opening::new(&key(), &offers).push(&response("")).unwrap();
        assert_eq!(silent.and_then(|it| it.negotiated), None);
    }

    /// What is said of extensions counts as well.
    #[test]
    fn the_limit_holds_however_the_answer_is_cut() {
        let offers = ["permessage-deflate".to_owned()];
        let bytes = response(&format!("{FIELD}:\r\n").repeat(700));
        assert!(bytes.len() > MAX_RESPONSE_BYTES);
        for length in [1, 100, bytes.len()] {
            let mut opening = Opening::new(&key(), &offers);
            let refused = bytes.chunks(length).any(|part| opening.push(part).is_err());
            assert!(refused, "in reads of {length} bytes");
        }
    }

    #[test]
    fn a_response_without_end_is_refused() {
        let offers = ["permessage-deflate".to_owned()];
        let mut opening = Opening::new(&key(), &offers);
        let mut bytes = b"HTTP/1.1 101 Switching Protocols\r\nX: ".to_vec();
        bytes.resize(MAX_RESPONSE_BYTES, b'x');
        assert!(opening.push(&bytes).is_err());
    }
}
