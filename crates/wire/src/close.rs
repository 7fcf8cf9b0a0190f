//! Payloads of Close frames (RFC 6455 sections 5.5.1 and 7.4).

use crate::MAX_CONTROL_PAYLOAD_BYTES;

/// The longest reason: a Close frame's 125 bytes less two of code.
pub const MAX_CLOSE_REASON_BYTES: usize = MAX_CONTROL_PAYLOAD_BYTES - 2;

/// Why a peer closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CloseReason<'a> {
    /// Status code (RFC 6455 section 7.4), `None` for an empty payload.
    pub code: Option<u16>,
    /// Words for a log; empty without a code.
    pub reason: &'a str,
}

/// A Close payload that must not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseError {
    /// One byte is no status code (RFC 6455 section 5.5.1).
    #[error("the payload has one byte, a status code needs two (RFC 6455 section 5.5.1)")]
    HalfCode,
    /// The code is reserved, or outside every range (RFC 6455 section 7.4).
    #[error("status code {code} must not be sent (RFC 6455 section 7.4)")]
    ForbiddenCode {
        /// The code.
        code: u16,
    },
    /// The reason is not UTF-8 (RFC 6455 section 5.5.1).
    #[error("the reason is not UTF-8 (RFC 6455 section 5.5.1)")]
    ReasonNotUtf8,
    /// The reason doesn't fit into a control frame (RFC 6455 section 5.5).
    #[error("the reason has {length_bytes} bytes, 123 fit (RFC 6455 section 5.5)")]
    ReasonTooLong {
        /// Its length.
        length_bytes: usize,
    },
    /// There is a reason without a code to start the payload (RFC 6455
    /// section 5.5.1).
    #[error("a reason needs a status code before it (RFC 6455 section 5.5.1)")]
    ReasonWithoutCode,
}

/// Whether a Close frame may carry `code` (RFC 6455 section 7.4).
///
/// Of the range that is reserved for the protocol, the codes in IANA's registry
/// may: 1000 to 1003 and 1007 to 1014. Of the rest, 3000 to 4999.
#[must_use]
pub const fn is_sendable_close_code(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

impl<'a> CloseReason<'a> {
    /// A close with a code and words.
    #[must_use]
    pub const fn new(code: u16, reason: &'a str) -> Self {
        Self {
            code: Some(code),
            reason,
        }
    }

    /// Reads a Close frame's payload.
    ///
    /// # Errors
    /// When RFC 6455 forbids the payload.
    pub fn parse(payload: &'a [u8]) -> Result<Self, CloseError> {
        let (code, reason) = match payload {
            [] => return Ok(Self::default()),
            [_] => return Err(CloseError::HalfCode),
            &[high, low, ref reason @ ..] => (u16::from_be_bytes([high, low]), reason),
        };
        if reason.len() > MAX_CLOSE_REASON_BYTES {
            return Err(CloseError::ReasonTooLong {
                length_bytes: reason.len(),
            });
        }
        if !is_sendable_close_code(code) {
            return Err(CloseError::ForbiddenCode { code });
        }
        let reason = std::str::from_utf8(reason).map_err(|_| CloseError::ReasonNotUtf8)?;
        Ok(Self::new(code, reason))
    }

    /// The payload of a Close frame that says this.
    ///
    /// # Errors
    /// When RFC 6455 forbids such a payload. Who wants to send one, to see what
    /// a server makes of it, writes its bytes by hand.
    pub fn encode(&self) -> Result<Vec<u8>, CloseError> {
        let Some(code) = self.code else {
            return if self.reason.is_empty() {
                Ok(Vec::new())
            } else {
                Err(CloseError::ReasonWithoutCode)
            };
        };
        if !is_sendable_close_code(code) {
            return Err(CloseError::ForbiddenCode { code });
        }
        if self.reason.len() > MAX_CLOSE_REASON_BYTES {
            return Err(CloseError::ReasonTooLong {
                length_bytes: self.reason.len(),
            });
        }
        Ok([&code.to_be_bytes(), self.reason.as_bytes()].concat())
    }
}
