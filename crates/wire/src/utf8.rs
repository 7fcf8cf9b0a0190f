//! UTF-8 that comes in parts (RFC 6455 section 8.1, RFC 3629).

/// Checks text that comes in parts, cut anywhere.
///
/// ```
/// let mut check = wire::Utf8Check::new();
/// assert!(check.push(b"caf\xc3"));
/// assert!(!check.is_complete());
/// assert!(check.push(b"\xa9"));
/// assert!(check.is_complete());
/// assert!(!check.push(b"\xff"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Utf8Check {
    /// The first bytes of a character that is not there yet.
    held: [u8; 4],
    held_len: usize,
    failed: bool,
}

impl Utf8Check {
    /// A check at the start of a text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on with `bytes`. `false`: no text starts like this; that stays so.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while self.held_len > 0 && !self.failed {
            let Some((&first, others)) = rest.split_first() else {
                return true;
            };
            self.held[self.held_len] = first;
            self.held_len += 1;
            rest = others;
            match std::str::from_utf8(&self.held[..self.held_len]) {
                Ok(_) => self.held_len = 0,
                Err(error) => self.failed = error.error_len().is_some(),
            }
        }
        if self.failed {
            return false;
        }
        if let Err(error) = std::str::from_utf8(rest) {
            let tail = &rest[error.valid_up_to()..];
            self.failed = error.error_len().is_some();
            if !self.failed {
                // An unfinished character has three bytes at most.
                self.held[..tail.len()].copy_from_slice(tail);
                self.held_len = tail.len();
            }
        }
        !self.failed
    }

    /// Whether the text may end here.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.held_len == 0 && !self.failed
    }
}
