//! Opening requests, good ones and others.

use wire::ClientKey;

use crate::Endpoint;

/// An opening request whose lines can be changed.
#[derive(Clone, Debug)]
pub(super) struct Request {
    first: String,
    headers: Vec<String>,
}

impl Request {
    /// A request that every server must accept.
    pub(super) fn good(endpoint: &Endpoint) -> Self {
        let key = ClientKey::from_nonce(*b"a probe's nonce.");
        Self {
            first: format!("GET {} HTTP/1.1", endpoint.path),
            headers: vec![
                format!("Host: {}", endpoint.host),
                "Upgrade: websocket".to_owned(),
                "Connection: Upgrade".to_owned(),
                format!("Sec-WebSocket-Key: {key}"),
                "Sec-WebSocket-Version: 13".to_owned(),
            ],
        }
    }

    /// With another method or version of HTTP.
    pub(super) fn first(mut self, from: &str, to: &str) -> Self {
        self.first = self.first.replacen(from, to, 1);
        self
    }

    /// Without the header of this name.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|header| {
            let (own, _) = header.split_once(':').unwrap_or((header, ""));
            !own.eq_ignore_ascii_case(name)
        });
        self
    }

    /// With one header more.
    pub(super) fn with(mut self, header: impl Into<String>) -> Self {
        self.headers.push(header.into());
        self
    }

    /// With another value in the header of this name.
    pub(super) fn changed(self, name: &str, value: &str) -> Self {
        self.without(name).with(format!("{name}: {value}"))
    }

    /// As it is sent.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut text = self.first.clone();
        for header in &self.headers {
            text.push_str("\r\n");
            text.push_str(header);
        }
        text.push_str("\r\n\r\n");
        text.into_bytes()
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
            good.first("GET", "POST")
                .without("upgrade")
                .changed("Sec-WebSocket-Version", "12")
                .with("X: y"),
        );
        assert!(other.starts_with("POST /p"));
        assert!(!other.contains("Upgrade: websocket") && other.contains("Connection: Upgrade"));
        assert!(other.ends_with("Sec-WebSocket-Version: 12\r\nX: y\r\n\r\n"));
    }
}
