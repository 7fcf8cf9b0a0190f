//! The key of a request and the answer it calls for.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha1::{Digest as _, Sha1};

const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The value of `Sec-WebSocket-Key`: 16 random bytes in base64.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientKey(String);

impl ClientKey {
    /// The key of a nonce, which must be random for each connection (RFC 6455
    /// section 4.1).
    #[must_use]
    pub fn from_nonce(nonce: [u8; 16]) -> Self {
        Self(BASE64_STANDARD.encode(nonce))
    }

    /// The 24 characters of the header's value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 28 characters that the server must answer with in
    /// `Sec-WebSocket-Accept` (RFC 6455 section 4.2.2).
    #[must_use]
    pub fn expected_accept(&self) -> String {
        accept_of(&self.0)
    }
}

/// The value of `Sec-WebSocket-Accept` with which a server answers `key`, the
/// value of `Sec-WebSocket-Key` as it was sent (RFC 6455 section 4.2.2).
#[must_use]
pub fn accept_of(key: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(key.as_bytes());
    hash.update(GUID);
    BASE64_STANDARD.encode(hash.finalize())
}

impl fmt::Display for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6455 sections 1.3 and 4.2.2.
    #[test]
    fn key_and_accept_are_those_of_the_rfc() {
        let key = ClientKey::from_nonce(*b"the sample nonce");
        assert_eq!(key.as_str(), "dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(key.to_string(), key.as_str());
        assert_eq!(key.expected_accept(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
