//! What a server can do wrong with its response.

/// A response that a client must not take for an opened connection (RFC 6455
/// section 4.1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// The bytes are no HTTP/1.1 response.
    #[error("the server answered {start:?}, which is no HTTP/1.1 status line")]
    NotHttp {
        /// Its first line, as far as it is there.
        start: String,
    },
    /// The response's head doesn't end.
    #[error("the server's response has no end within {limit_bytes} bytes")]
    TooLong {
        /// How much was read.
        limit_bytes: usize,
    },
    /// A line that is no header field (RFC 9112 section 5), or doesn't end with
    /// CR LF.
    #[error("the server's response has a malformed header line: {line:?}")]
    MalformedHeader {
        /// The line.
        line: String,
    },
    /// The status code is not 101.
    #[error("the server answered with status {code} {reason:?} instead of 101")]
    Status {
        /// The code.
        code: u16,
        /// The words after it.
        reason: String,
    },
    /// A header field is not there.
    #[error("the server's response has no {header} header")]
    Missing {
        /// Which.
        header: &'static str,
    },
    /// A header field that may be there once is there more often.
    #[error("the server's response has more than one {header} header")]
    Repeated {
        /// Which.
        header: &'static str,
    },
    /// A header field has another value than it must have.
    #[error("the server's response has {header}: {value:?} where {expected:?} is required")]
    Wrong {
        /// Which.
        header: &'static str,
        /// Its value.
        value: String,
        /// What it must be, or contain.
        expected: String,
    },
    /// The server uses an extension that was not offered.
    #[error("the server uses an extension that was not offered: {value:?}")]
    UnaskedExtension {
        /// The header's value.
        value: String,
    },
    /// The server chose a subprotocol that was not offered.
    #[error("the server chose a subprotocol that was not offered: {value:?}")]
    UnaskedSubprotocol {
        /// The header's value.
        value: String,
    },
}
