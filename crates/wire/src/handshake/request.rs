//! The client's request.

use super::ClientKey;

/// The opening request: `GET path` to `host` (RFC 6455 section 4.1).
///
/// `host` is the value of the `Host` header, with the port unless it is the
/// scheme's own. `path` starts with `/` and may have a query. Both are written
/// as they are.
#[must_use]
pub fn request(host: &str, path: &str, key: &ClientKey) -> Vec<u8> {
    let mut out = Vec::new();
    request_into(&mut out, host, path, key);
    out
}

/// Appends what [`request`] returns to `out`.
pub fn request_into(out: &mut Vec<u8>, host: &str, path: &str, key: &ClientKey) {
    for part in [
        "GET ",
        path,
        " HTTP/1.1\r\nHost: ",
        host,
        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ",
        key.as_str(),
        "\r\nSec-WebSocket-Version: 13\r\n\r\n",
    ] {
        out.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_has_the_fields_of_section_4_1_and_no_others() {
        let key = ClientKey::from_nonce(*b"the sample nonce");
        let mut out = b"before".to_vec();
        request_into(&mut out, "server.example.com:8080", "/chat?room=1", &key);
        let (before, bytes) = out.split_at(6);
        assert_eq!(before, b"before");
        assert_eq!(
            bytes,
            b"GET /chat?room=1 HTTP/1.1\r\n\
              Host: server.example.com:8080\r\n\
              Upgrade: websocket\r\n\
              Connection: Upgrade\r\n\
              Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
              Sec-WebSocket-Version: 13\r\n\r\n"
        );
        assert_eq!(
            request("server.example.com:8080", "/chat?room=1", &key),
            bytes
        );
    }
}
