//! The server's response.

use super::HandshakeError;

/// A response whose head is longer is refused.
pub const MAX_RESPONSE_BYTES: usize = 16 * 1024;

const VERSION: &[u8] = b"HTTP/1.1 ";

#[derive(Clone, Debug)]
enum State {
    Reading,
    Done(Result<(), HandshakeError>),
}

/// Reads the response to an opening request, in as many parts as it comes, and
/// makes the checks of RFC 6455 section 4.1.
#[derive(Clone, Debug)]
pub struct ResponseReader {
    expected_accept: String,
    head: Vec<u8>,
    state: State,
}

impl ResponseReader {
    /// A reader that wants this `Sec-WebSocket-Accept`; see
    /// [`ClientKey::expected_accept`](super::ClientKey::expected_accept).
    #[must_use]
    pub fn new(expected_accept: impl Into<String>) -> Self {
        Self {
            expected_accept: expected_accept.into(),
            head: Vec::new(),
            state: State::Reading,
        }
    }

    /// Reads on. `None`: all of `input` belongs to the response, and more is
    /// needed. `Some(n)`: the connection is open, and `n` bytes of this `input`
    /// belonged to the response; the rest are frames.
    ///
    /// # Errors
    /// When the response is not what RFC 6455 requires, or longer than
    /// [`MAX_RESPONSE_BYTES`]. Each further call returns the same error.
    pub fn push(&mut self, input: &[u8]) -> Result<Option<usize>, HandshakeError> {
        if let State::Done(outcome) = &self.state {
            return outcome.clone().map(|()| Some(0));
        }
        match self.read(input) {
            Ok(None) => Ok(None),
            Ok(Some(consumed)) => {
                self.finish(Ok(()));
                Ok(Some(consumed))
            }
            Err(error) => {
                self.finish(Err(error.clone()));
                Err(error)
            }
        }
    }

    fn finish(&mut self, outcome: Result<(), HandshakeError>) {
        self.head = Vec::new();
        self.state = State::Done(outcome);
    }

    fn read(&mut self, input: &[u8]) -> Result<Option<usize>, HandshakeError> {
        let before = self.head.len();
        let room = MAX_RESPONSE_BYTES - before;
        self.head.extend_from_slice(&input[..input.len().min(room)]);
        // Told apart early: who doesn't speak HTTP may never end a header.
        if !VERSION.starts_with(&self.head[..self.head.len().min(VERSION.len())]) {
            return Err(not_http(&self.head));
        }
        match end_of_head(&self.head, before)? {
            Some(end) => {
                check(&self.head[..end], &self.expected_accept)?;
                Ok(Some(end - before))
            }
            None if self.head.len() == MAX_RESPONSE_BYTES => Err(HandshakeError::TooLong {
                limit_bytes: MAX_RESPONSE_BYTES,
            }),
            None => Ok(None),
        }
    }
}

/// Where the empty line ends, when it is there. Looks at the lines that end
/// behind `from`.
fn end_of_head(head: &[u8], from: usize) -> Result<Option<usize>, HandshakeError> {
    for at in (from..head.len()).filter(|&at| head[at] == b'\n') {
        let upto = &head[..=at];
        if upto.ends_with(b"\r\n\r\n") {
            return Ok(Some(at + 1));
        }
        // Without this, a server that ends lines with LF alone would be waited
        // for until a timeout hides what it did.
        if !upto.ends_with(b"\r\n") {
            let line = upto.trim_ascii_end().rsplit(|&byte| byte == b'\n').next();
            return Err(malformed(line.unwrap_or_default()));
        }
    }
    Ok(None)
}

/// The header fields that decide, as far as they have been seen.
#[derive(Default)]
struct Seen<'a> {
    upgrade: Option<&'a [u8]>,
    accept: Option<&'a [u8]>,
    connection: Vec<&'a [u8]>,
}

const UPGRADE: &str = "Upgrade";
const CONNECTION: &str = "Connection";
const ACCEPT: &str = "Sec-WebSocket-Accept";
const EXTENSIONS: &str = "Sec-WebSocket-Extensions";
const PROTOCOL: &str = "Sec-WebSocket-Protocol";

fn check(head: &[u8], expected_accept: &str) -> Result<(), HandshakeError> {
    let mut lines = head
        .split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    check_status(lines.next().unwrap_or_default())?;

    let mut seen = Seen::default();
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = split_field(line)?;
        if name.eq_ignore_ascii_case(UPGRADE.as_bytes()) {
            once(&mut seen.upgrade, value, UPGRADE)?;
        } else if name.eq_ignore_ascii_case(CONNECTION.as_bytes()) {
            seen.connection.push(value);
        } else if name.eq_ignore_ascii_case(ACCEPT.as_bytes()) {
            once(&mut seen.accept, value, ACCEPT)?;
        } else if name.eq_ignore_ascii_case(EXTENSIONS.as_bytes()) && !value.is_empty() {
            let value = text(value);
            return Err(HandshakeError::UnaskedExtension { value });
        } else if name.eq_ignore_ascii_case(PROTOCOL.as_bytes()) && !value.is_empty() {
            let value = text(value);
            return Err(HandshakeError::UnaskedSubprotocol { value });
        }
    }

    let upgrade = seen.upgrade.ok_or(missing(UPGRADE))?;
    if !upgrade.eq_ignore_ascii_case(b"websocket") {
        return Err(wrong(UPGRADE, upgrade, "websocket"));
    }
    let all = seen.connection.join(&b", "[..]);
    if seen.connection.is_empty() {
        return Err(missing(CONNECTION));
    }
    let has_upgrade = all
        .split(|&byte| byte == b',')
        .any(|token| trim_whitespace(token).eq_ignore_ascii_case(b"upgrade"));
    if !has_upgrade {
        return Err(wrong(CONNECTION, &all, "Upgrade"));
    }
    let accept = seen.accept.ok_or(missing(ACCEPT))?;
    if accept != expected_accept.as_bytes() {
        return Err(wrong(ACCEPT, accept, expected_accept));
    }
    Ok(())
}

/// `HTTP/1.1 101 reason` (RFC 9112 section 4). The reason may be empty, and the
/// space before it may then lack: real servers do that, and clients take it.
fn check_status(line: &[u8]) -> Result<(), HandshakeError> {
    let rest = line.strip_prefix(VERSION).ok_or_else(|| not_http(line))?;
    let (digits, reason) = match *rest {
        [a, b, c] => ([a, b, c], &b""[..]),
        [a, b, c, b' ', ref reason @ ..] => ([a, b, c], reason),
        _ => return Err(not_http(line)),
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(not_http(line));
    }
    let code = digits
        .iter()
        .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    if code == 101 {
        return Ok(());
    }
    let reason = text(reason);
    Err(HandshakeError::Status { code, reason })
}

/// `name: value` (RFC 9112 section 5), the value without the whitespace around.
fn split_field(line: &[u8]) -> Result<(&[u8], &[u8]), HandshakeError> {
    let colon = line.iter().position(|&byte| byte == b':');
    let (name, value) = colon
        .map(|at| (&line[..at], trim_whitespace(&line[at + 1..])))
        .ok_or_else(|| malformed(line))?;
    let is_control = |&byte: &u8| byte != b'\t' && byte.is_ascii_control();
    if name.is_empty() || !name.iter().all(is_token) || value.iter().any(is_control) {
        return Err(malformed(line));
    }
    Ok((name, value))
}

/// A value without the optional whitespace around it: spaces and tabs, no other.
fn trim_whitespace(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Whether a byte may stand in a token (RFC 9110 section 5.6.2).
fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

fn once<'a>(
    slot: &mut Option<&'a [u8]>,
    value: &'a [u8],
    header: &'static str,
) -> Result<(), HandshakeError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(HandshakeError::Repeated { header }),
    }
}

fn missing(header: &'static str) -> HandshakeError {
    HandshakeError::Missing { header }
}

fn wrong(header: &'static str, value: &[u8], expected: &str) -> HandshakeError {
    HandshakeError::Wrong {
        header,
        value: text(value),
        expected: expected.to_owned(),
    }
}

fn malformed(line: &[u8]) -> HandshakeError {
    HandshakeError::MalformedHeader { line: text(line) }
}

fn not_http(bytes: &[u8]) -> HandshakeError {
    let line = bytes.split(|&byte| byte == b'\n').next();
    HandshakeError::NotHttp {
        start: text(line.unwrap_or_default().trim_ascii_end()),
    }
}

/// What a person may read of it: an error message is no place for 16 KiB.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(120)]).into_owned()
}
