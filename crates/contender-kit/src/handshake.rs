//! The opening handshake, for servers whose library has none: RFC 6455
//! section 4.2.

use std::io;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::{Digest as _, Sha1};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Longest request that is read before it is refused.
pub const MAX_REQUEST_BYTES: usize = 16 * 1024;

/// What ends a request without a body.
pub const END: &[u8] = b"\r\n\r\n";

/// The answer to a request that is too long.
pub const TOO_LARGE: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

const BAD_REQUEST: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

const OTHER_VERSION: &[u8] = b"HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Length of the decoded key.
const KEY_BYTES: usize = 16;

/// Reads the request and answers it.
///
/// # Errors
/// Where the stream fails, the request is refused, or frames came together with
/// the request: a library that starts after the handshake can't be given them.
pub async fn answer<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    let mut request = Vec::with_capacity(1024);
    while !request.ends_with(END) {
        if request.windows(END.len()).any(|window| window == END) {
            return Err(io::Error::other("frames came together with the request"));
        }
        if request.len() >= MAX_REQUEST_BYTES {
            stream.write_all(TOO_LARGE).await?;
            return Err(io::Error::other("the request is too long"));
        }
        if stream.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let response = match accept(&request[..request.len() - END.len()]) {
        Ok(response) => response,
        Err(refusal) => {
            stream.write_all(refusal).await?;
            return Err(io::Error::other("the request is no upgrade"));
        }
    };
    stream.write_all(response.as_bytes()).await?;
    stream.flush().await
}

/// The answer to a request without its last empty line. One with a body is
/// refused: the next protocol would begin behind it (RFC 9110 section 7.8).
///
/// # Errors
/// The answer that refuses the request.
pub fn accept(request: &[u8]) -> Result<String, &'static [u8]> {
    let request = str::from_utf8(request).map_err(|_| BAD_REQUEST)?;
    let mut lines = request.split("\r\n");
    let request_line = lines.next().unwrap_or_default();
    let is_get = matches!(
        request_line.split(' ').collect::<Vec<_>>()[..],
        ["GET", path, "HTTP/1.1"] if !path.is_empty()
    );

    let (mut hosts, mut upgrade, mut connection) = (0, false, false);
    let (mut keys, mut version) = (Vec::new(), None);
    let (mut has_length, mut has_body) = (false, false);
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
        } else if is("Content-Length") {
            // A second length contradicts the first, or has no reason to be there.
            has_body |= has_length || value != "0";
            has_length = true;
        } else if is("Transfer-Encoding") {
            has_body = true;
        }
    }

    if !is_get || hosts != 1 || !upgrade || !connection || has_body {
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::{BAD_REQUEST, END, MAX_REQUEST_BYTES, OTHER_VERSION, TOO_LARGE, accept, answer};

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
    fn a_body_of_no_bytes_is_none() {
        let request = REQUEST.replacen("Host:", "Content-Length: 0\r\nHost:", 1);
        assert!(accept(request.as_bytes()).is_ok());
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
            ("Host:", "Content-Length: 5\r\nHost:", BAD_REQUEST),
            (
                "Host:",
                "Content-Length: 0\r\nContent-Length: 0\r\nHost:",
                BAD_REQUEST,
            ),
            ("Host:", "Transfer-Encoding: chunked\r\nHost:", BAD_REQUEST),
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

    /// What `answer` returns and writes where a client sends `pieces`.
    async fn answered(pieces: &[&[u8]]) -> (bool, Vec<u8>) {
        let (mut client, mut server) = duplex(2 * MAX_REQUEST_BYTES);
        let served = tokio::spawn(async move { answer(&mut server).await.is_ok() });
        for piece in pieces {
            client.write_all(piece).await.unwrap();
            tokio::task::yield_now().await;
        }
        client.shutdown().await.unwrap();
        let mut response = Vec::new();
        client.read_to_end(&mut response).await.unwrap();
        (served.await.unwrap(), response)
    }

    #[test]
    fn answers_a_request_in_pieces_and_refuses_the_rest() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let request = REQUEST.as_bytes();
            let (accepted, response) = answered(&[&request[..9], &request[9..], END]).await;
            assert!(accepted && response.starts_with(b"HTTP/1.1 101 "));

            let other = REQUEST.replace("GET", "POST");
            let refused = answered(&[other.as_bytes(), END]).await;
            assert_eq!(refused, (false, BAD_REQUEST.to_vec()));

            let long = vec![b'a'; MAX_REQUEST_BYTES];
            assert_eq!(answered(&[&long]).await, (false, TOO_LARGE.to_vec()));

            let early = [request, END, b"\x81\x80early"].concat();
            assert_eq!(answered(&[&early]).await, (false, Vec::new()));
            assert_eq!(answered(&[request]).await, (false, Vec::new()));
        });
    }
}
