//! A message while it comes in.

use wire::{FrameHeader, Opcode, Utf8Check};

use crate::deflate::{Broken, Inflater};

/// Messages are compared up to this length, the longest whose bytes a case looks
/// at.
const MOST_KEPT_BYTES: usize = 128 << 10;

/// A compressed message may become so long and no longer: the longest that is
/// sent has 128 KiB.
const MOST_INFLATED_BYTES: u64 = 1 << 20;

/// A message, or what has come of it.
pub(crate) struct Message {
    pub(crate) text: bool,
    /// The first bytes, all of them up to [`MOST_KEPT_BYTES`].
    pub(crate) start: Vec<u8>,
    pub(crate) length: u64,
    compressed: bool,
    /// `None` once the message was refused.
    utf8: Option<Utf8Check>,
}

/// What is wrong with a message's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("a text message is not UTF-8 (RFC 6455 section 8.1)")]
    NotUtf8,
    #[error("a compressed message is no DEFLATE data (RFC 7692 section 7.2.2)")]
    NotDeflate,
    #[error("a compressed message inflates to more than {MOST_INFLATED_BYTES} bytes")]
    TooLong,
}

impl Message {
    /// One that starts with this frame. With an agreement on compression RSV1
    /// says that it is compressed.
    pub(crate) fn new(header: &FrameHeader, may_be_compressed: bool) -> Self {
        let text = header.opcode == Opcode::Text;
        Self {
            text,
            start: Vec::new(),
            length: 0,
            compressed: may_be_compressed && header.rsv & 4 != 0,
            utf8: text.then(Utf8Check::new),
        }
    }

    /// Goes on with a part of a frame's payload.
    pub(crate) fn payload(
        &mut self,
        payload: &[u8],
        inflater: Option<&mut Inflater>,
    ) -> Result<(), Fault> {
        let outcome = match inflater {
            Some(inflater) if self.compressed => self.inflate(|take| inflater.push(payload, take)),
            _ => self.plain(payload),
        };
        if outcome.is_err() {
            // One fault is told of a message.
            self.utf8 = None;
        }
        outcome
    }

    /// Ends it.
    pub(crate) fn end(&mut self, inflater: Option<&mut Inflater>) -> Result<(), Fault> {
        if let Some(inflater) = inflater
            && self.compressed
        {
            self.inflate(|take| inflater.end(take))?;
        }
        match &self.utf8 {
            Some(check) if !check.is_complete() => Err(Fault::NotUtf8),
            _ => Ok(()),
        }
    }

    fn inflate(
        &mut self,
        work: impl FnOnce(&mut dyn FnMut(&[u8]) -> bool) -> Result<(), Broken>,
    ) -> Result<(), Fault> {
        let mut fault = None;
        let done = work(&mut |plain| {
            let room = usize::try_from(MOST_INFLATED_BYTES - self.length).unwrap_or(usize::MAX);
            let (kept, over) = plain.split_at(plain.len().min(room));
            fault = match self.plain(kept) {
                Ok(()) if over.is_empty() => None,
                Ok(()) => Some(Fault::TooLong),
                Err(fault) => Some(fault),
            };
            fault.is_none()
        });
        match fault {
            Some(fault) => Err(fault),
            None => done.map_err(|Broken| Fault::NotDeflate),
        }
    }

    fn plain(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.length += bytes.len() as u64;
        let room = MOST_KEPT_BYTES - self.start.len();
        self.start
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
        if let Some(check) = &mut self.utf8
            && !check.push(bytes)
        {
            return Err(Fault::NotUtf8);
        }
        Ok(())
    }
}
