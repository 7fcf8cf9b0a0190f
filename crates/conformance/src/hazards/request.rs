//! Opening requests, good ones and others.

use wire::ClientKey;

use crate::Endpoint;

/// An opening request whose parts can be changed, to any bytes.
#[derive(Clone, Debug)]
pub(super) struct Request {
    method: &'static str,
    path: Vec<u8>,
    version: &'static str,
    headers: Vec<Vec<u8>>,
}

impl Request {
    /// A request that every server must accept.
    pub(super) fn good(endpoint: &Endpoint) -> Self {
        let key = ClientKey::from_nonce(*b"a probe's nonce.");
        let headers = [
            format!("Host: {}", endpoint.host),
            "Upgrade: websocket".to_owned(),
            "Connection: Upgrade".to_owned(),
            format!("Sec-WebSocket-Key: {key}"),
            "Sec-WebSocket-Version: 13".to_owned(),
        ];
        Self {
            method: "GET",
            path: endpoint.path.clone().into_bytes(),
            version: "HTTP/1.1",
            headers: headers.map(String::into_bytes).into(),
        }
    }

    /// With another method.
    pub(super) fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    /// With another version of HTTP.
    pub(super) fn version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    /// With this at the end of the query.
    pub(super) fn query(mut self, value: &[u8]) -> Self {
        let has_one = self.path.contains(&b'?');
        self.path
            .extend_from_slice(if has_one { b"&q=" } else { b"?q=" });
        self.path.extend_from_slice(value);
        self
    }

    /// Without the header of this name.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|header| {
            let own = header.split(|&byte| byte == b':').next();
            !own.is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()))
        });
        self
    }

    /// With one header more.
    pub(super) fn with(mut self, header: impl Into<Vec<u8>>) -> Self {
        self.headers.push(header.into());
        self
    }

    /// With another value in the header of this name.
    pub(super) fn changed(self, name: &str, value: &str) -> Self {
        self.without(name).with(format!("{name}: {value}"))
    }

    /// As it is sent.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let Self {
            method,
            path,
            version,
            headers,
        } = self;
        let mut bytes = [method.as_bytes(), path, version.as_bytes()].join(&b' ');
        for header in headers {
            bytes.extend_from_slice(b"\r\n");
            bytes.extend_from_slice(header);
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_change_one_at_a_time() {
        let endpoint = Endpoint {
            address: ([127, 0, 0, 1], 9).into(),
            host: "h".to_owned(),
            path: "/p".to_owned(),
        };
        let text = |request: Request| String::from_utf8(request.bytes()).unwrap();
        let good = Request::good(&endpoint);
        let plain = text(good.clone());
        assert!(plain.starts_with("GET /p HTTP/1.1\r\nHost: h\r\n"));
        assert!(plain.ends_with("Sec-WebSocket-Version: 13\r\n\r\n"));
        let other = text(
            good.clone()
                .method("POST")
                .without("upgrade")
                .changed("Sec-WebSocket-Version", "12")
                .with("X: y"),
        );
        assert!(other.starts_with("POST /p"));
        assert!(!other.contains("Upgrade: websocket") && other.contains("Connection: Upgrade"));
        assert!(other.ends_with("Sec-WebSocket-Version: 12\r\nX: y\r\n\r\n"));
        let asking = good.version("HTTP/1.0").query(b"\xff").query(b"2").bytes();
        assert!(asking.starts_with(b"GET /p?q=\xff&q=2 HTTP/1.0\r\n"));
    }
}
