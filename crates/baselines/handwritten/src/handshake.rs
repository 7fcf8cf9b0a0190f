//! The opening handshake: RFC 6455 section 4.2.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::{Digest as _, Sha1};

/// What ends a request without a body.
pub(crate) const END: &[u8] = b"\r\n\r\n";

/// The answer to a request that is too long.
pub(crate) const TOO_LARGE: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

const BAD_REQUEST: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

const OTHER_VERSION: &[u8] = b"HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Length of the decoded key.
const KEY_BYTES: usize = 16;

/// The answer to a request without its last empty line; `Err` if refused.
pub(crate) fn accept(request: &[u8]) -> Result<String, &'static [u8]> {
    let request = str::from_utf8(request).map_err(|_| BAD_REQUEST)?;
    let mut lines = request.split("\r\n");
    let request_line = lines.next().unwrap_or_default();
    let is_get = matches!(
        request_line.split(' ').collect::<Vec<_>>()[..],
        ["GET", path, "HTTP/1.1"] if !path.is_empty()
    );

    let (mut hosts, mut upgrade, mut connection) = (0, false, false);
    let (mut keys, mut version) = (Vec::new(), None);
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(BAD_REQUEST)?;
        if name.is_empty() || name.contains([' ', '\t']) {
            return Err(BAD_REQUEST);
        }
        let value = value.trim_matches([' ', '\t']);
        let is = |header: &str| name.eq_ignore_ascii_case(header);
        if is("Host") {
            hosts += 1;
        } else if is("Upgrade") {
            upgrade |= has_token(value, "websocket");
        } else if is("Connection") {
            connection |= has_token(value, "upgrade");
        } else if is("Sec-WebSocket-Key") {
            keys.push(value);
        } else if is("Sec-WebSocket-Version") {
            version = Some(value);
        }
    }

    if !is_get || hosts != 1 || !upgrade || !connection {
        return Err(BAD_REQUEST);
    }
    if version != Some("13") {
        return Err(OTHER_VERSION);
    }
    match keys[..] {
        [key] if STANDARD.decode(key).is_ok_and(|key| key.len() == KEY_BYTES) => Ok(format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n\r\n",
            accept_key(key)
        )),
        _ => Err(BAD_REQUEST),
    }
}

fn has_token(list: &str, token: &str) -> bool {
    list.split(',')
        .any(|element| element.trim().eq_ignore_ascii_case(token))
}

fn accept_key(key: &str) -> String {
    let digest = Sha1::new_with_prefix(key).chain_update(GUID).finalize();
    STANDARD.encode(digest)
}

#[cfg(test)]
mod tests {
    use super::{BAD_REQUEST, OTHER_VERSION, accept};

    const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: example.com\r\nupgrade: WebSocket\r\n\
        Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Version: 13";

    #[test]
    fn accepts_the_example_of_section_1_3() {
        let response = accept(REQUEST.as_bytes()).unwrap();
        assert!(response.starts_with("HTTP/1.1 101 "));
        assert!(
            response.ends_with("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
        );
    }

    #[test]
    fn refuses_what_is_no_upgrade() {
        let cases = [
            ("GET", "POST", BAD_REQUEST),
            ("HTTP/1.1", "HTTP/1.0", BAD_REQUEST),
            ("Host: example.com\r\n", "", BAD_REQUEST),
            ("WebSocket", "h2c", BAD_REQUEST),
            ("Upgrade\r\n", "close\r\n", BAD_REQUEST),
            ("dGhl", "", BAD_REQUEST),
            (
                "Host:",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nHost:",
                BAD_REQUEST,
            ),
            ("Host:", "Host :", BAD_REQUEST),
            ("Host:", "Host", BAD_REQUEST),
            ("Version: 13", "Version: 12", OTHER_VERSION),
            ("\r\nSec-WebSocket-Version: 13", "", OTHER_VERSION),
        ];
        for (from, to, refusal) in cases {
            assert!(REQUEST.contains(from));
            let request = REQUEST.replacen(from, to, 1);
            assert_eq!(accept(request.as_bytes()), Err(refusal), "{request}");
        }
    }
}
