//! Bytes to send, however many, in little memory.

use std::time::{Duration, Instant};

/// What is sent on a connection: a beginning, a middle that is repeated, an
/// end.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    parts: [Part; 3],
    /// How much goes into one write.
    piece: usize,
    /// Waits between writes.
    pause: Option<Duration>,
    next_at: Option<Instant>,
}

/// Bytes that are sent again and again.
#[derive(Clone, Debug, Default)]
struct Part {
    bytes: Vec<u8>,
    at: usize,
    left: u64,
}

impl Part {
    fn once(bytes: Vec<u8>) -> Self {
        let left = bytes.len() as u64;
        Self { bytes, at: 0, left }
    }

    fn next(&self) -> &[u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        &rest[..rest.len().min(left)]
    }

    fn wrote(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count as u64);
        self.at += count;
        if self.at >= self.bytes.len() {
            self.at = 0;
        }
    }

    fn is_done(&self) -> bool {
        self.left == 0 || self.bytes.is_empty()
    }
}

impl Outgoing {
    /// These bytes, once.
    pub(super) fn once(bytes: Vec<u8>) -> Self {
        Self {
            parts: [Part::once(bytes), Part::default(), Part::default()],
            piece: usize::MAX,
            pause: None,
            next_at: None,
        }
    }

    /// Nothing.
    pub(super) fn nothing() -> Self {
        Self::once(Vec::new())
    }

    /// And then `bytes` so often.
    pub(super) fn repeated(mut self, bytes: Vec<u8>, times: u64) -> Self {
        let left = times.saturating_mul(bytes.len() as u64);
        self.parts[1] = Part { bytes, at: 0, left };
        self
    }

    /// And in the end these bytes.
    pub(super) fn ended_by(mut self, bytes: Vec<u8>) -> Self {
        self.parts[2] = Part::once(bytes);
        self
    }

    /// At most so much in one write.
    pub(super) fn in_pieces(mut self, bytes: usize) -> Self {
        self.piece = bytes.max(1);
        self
    }

    /// With so much time between writes.
    pub(super) fn slowly(mut self, pause: Duration) -> Self {
        self.pause = Some(pause);
        self
    }

    /// What is to be written now; nothing while it has to wait.
    pub(super) fn next(&self, now: Instant) -> &[u8] {
        if self.next_at.is_some_and(|at| now < at) {
            return &[];
        }
        let part = self.parts.iter().find(|part| !part.is_done());
        let bytes = part.map_or(&[][..], Part::next);
        &bytes[..bytes.len().min(self.piece)]
    }

    /// So much of it was written.
    pub(super) fn wrote(&mut self, count: usize, now: Instant) {
        if let Some(part) = self.parts.iter_mut().find(|part| !part.is_done()) {
            part.wrote(count);
        }
        self.next_at = self.pause.map(|pause| now + pause);
    }

    /// Whether everything was written.
    pub(super) fn is_done(&self) -> bool {
        self.parts.iter().all(Part::is_done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut out: Outgoing) -> (Vec<u8>, usize) {
        let now = Instant::now();
        let (mut bytes, mut writes) = (Vec::new(), 0);
        while !out.is_done() {
            let next = out.next(now).to_vec();
            assert!(!next.is_empty());
            bytes.extend_from_slice(&next);
            out.wrote(next.len(), now);
            writes += 1;
        }
        (bytes, writes)
    }

    #[test]
    fn beginning_middle_and_end_come_in_order() {
        let out = Outgoing::once(b"a".to_vec())
            .repeated(b"bc".to_vec(), 3)
            .ended_by(b"d".to_vec());
        assert_eq!(all(out.clone()), (b"abcbcbcd".to_vec(), 5));
        assert_eq!(all(out.in_pieces(1)), (b"abcbcbcd".to_vec(), 8));
        assert!(Outgoing::nothing().is_done());
    }

    #[test]
    fn partial_writes_go_on_where_they_stopped() {
        let now = Instant::now();
        let mut out = Outgoing::nothing().repeated(b"abc".to_vec(), 2);
        out.wrote(2, now);
        assert_eq!(out.next(now), b"c");
        out.wrote(1, now);
        assert_eq!(out.next(now), b"abc");
    }

    #[test]
    fn pauses_are_kept() {
        let now = Instant::now();
        let pause = Duration::from_secs(1);
        let mut out = Outgoing::once(b"ab".to_vec()).in_pieces(1).slowly(pause);
        out.wrote(1, now);
        assert!(out.next(now).is_empty() && !out.is_done());
        assert_eq!(out.next(now + pause), b"b");
    }
}
