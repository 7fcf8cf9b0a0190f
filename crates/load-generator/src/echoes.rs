//! Checks what comes back on one connection against what was sent.
//!
//! Messages are compared as they arrive, in whatever pieces and frames, so that
//! nothing is buffered at any size. Every echo is judged once, by the first
//! thing that is wrong with it: opcode, length, bytes, order.

use std::collections::VecDeque;

use record::VerificationCounts;
use wire::Opcode;

use crate::{
    book::Book,
    stamp::{self, STAMP_BYTES, Stamp},
};

/// A message that was written and whose echo is awaited.
#[derive(Clone, Copy, Debug)]
struct Outstanding {
    sent_ns: u64,
    /// It came back before an earlier one did.
    echoed: bool,
}

/// A verified echo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Echo {
    /// Which message of the connection.
    pub(crate) sequence: u64,
    /// When it was written.
    pub(crate) sent_ns: u64,
}

/// What a complete message turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The right one.
    Verified(Echo),
    /// The answer to a message, but a wrong one.
    Wrong,
    /// The answer to no message that is awaited.
    Unasked,
}

/// Which message an echo says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// One that is outstanding.
    Outstanding(u64),
    /// One that came back before, or was given up.
    Past(u64),
    /// None that was ever sent here.
    Nonsense,
}

/// What is known of the message that is arriving.
#[derive(Clone, Copy, Debug)]
struct Arriving {
    opcode: Opcode,
    received_bytes: u64,
    stamp: Stamp,
    claim: Option<Claim>,
    bytes_differ: bool,
}

/// The echoes of one connection.
#[derive(Debug)]
pub(crate) struct Echoes {
    connection: u32,
    /// Sequence number of the front of `outstanding`.
    next: u64,
    outstanding: VecDeque<Outstanding>,
    given_up: Vec<u64>,
    /// One more than the highest sequence number that came back.
    echoed_end: u64,
    arriving: Option<Arriving>,
}

impl Echoes {
    pub(crate) fn new(connection: u32, in_flight: usize) -> Self {
        Self {
            connection,
            next: 0,
            outstanding: VecDeque::with_capacity(in_flight.max(1)),
            given_up: Vec::new(),
            echoed_end: 0,
            arriving: None,
        }
    }

    /// Messages sent whose echo has not come.
    #[inline]
    pub(crate) fn outstanding(&self) -> usize {
        self.outstanding.len()
    }

    /// Notes that the next message was written.
    #[inline]
    pub(crate) fn sent(&mut self, sent_ns: u64) {
        self.outstanding.push_back(Outstanding {
            sent_ns,
            echoed: false,
        });
    }

    /// A message begins.
    #[inline]
    pub(crate) fn begin(&mut self, opcode: Opcode) {
        self.arriving = Some(Arriving {
            opcode,
            received_bytes: 0,
            stamp: [0; STAMP_BYTES],
            claim: None,
            bytes_differ: false,
        });
    }

    /// A part of its payload.
    #[inline]
    pub(crate) fn payload(&mut self, book: &Book, mut bytes: &[u8]) {
        let Some(arriving) = &mut self.arriving else {
            return;
        };
        let stamp_bytes = book.stamp_bytes();
        if (arriving.received_bytes as usize) < stamp_bytes {
            let from = arriving.received_bytes as usize;
            let (stamped, rest) = bytes.split_at(bytes.len().min(stamp_bytes - from));
            arriving.stamp[from..from + stamped.len()].copy_from_slice(stamped);
            arriving.received_bytes += stamped.len() as u64;
            bytes = rest;
            if from + stamped.len() == stamp_bytes {
                let stamp = &arriving.stamp[..stamp_bytes];
                let own = stamp::encode(self.next, self.connection);
                arriving.claim = Some(
                    if !self.outstanding.is_empty() && stamp == &own[..stamp_bytes] {
                        Claim::Outstanding(self.next)
                    } else {
                        claim_out_of_order(stamp, self.connection, self.next, &self.outstanding)
                    },
                );
            }
        }
        if !bytes.is_empty() {
            let from = arriving.received_bytes as usize;
            let end = from.saturating_add(bytes.len());
            let sequence = match arriving.claim {
                Some(Claim::Outstanding(sequence) | Claim::Past(sequence)) => sequence,
                Some(Claim::Nonsense) | None => self.next,
            };
            let expected = book.expected(sequence, self.connection);
            // A message that is too long is caught by its length.
            if end <= expected.len() && bytes != &expected[from..end] {
                arriving.bytes_differ = true;
            }
            arriving.received_bytes = end as u64;
        }
    }

    /// The message is complete: judges and counts it.
    #[inline]
    pub(crate) fn complete(&mut self, book: &Book, counts: &mut VerificationCounts) -> Judgement {
        let Some(arriving) = self.arriving.take() else {
            return Judgement::Unasked;
        };
        let claim = match arriving.claim {
            Some(claim) => claim,
            // No stamp fits: only the order of arrival tells which one it is.
            None if book.stamp_bytes() == 0 => self.in_order(),
            None => Claim::Nonsense,
        };
        let sequence = match claim {
            Claim::Outstanding(sequence) => sequence,
            // One of these with wrong bytes is a message with a wrong stamp.
            Claim::Past(sequence) if !Self::is_wrong(book, &arriving) => {
                if self.given_up.contains(&sequence) {
                    counts.late += 1;
                } else {
                    counts.duplicated += 1;
                }
                return Judgement::Unasked;
            }
            Claim::Past(_) | Claim::Nonsense => self.next,
        };
        let fault = if arriving.opcode != book.opcode {
            Some(&mut counts.wrong_opcode)
        } else if arriving.received_bytes != book.payload_bytes() as u64 {
            Some(&mut counts.wrong_length)
        } else if arriving.bytes_differ || !matches!(claim, Claim::Outstanding(_)) {
            Some(&mut counts.corrupted)
        } else {
            None
        };
        if let Some(fault) = fault {
            *fault += 1;
            return match self.settle(sequence) {
                Some(_) => Judgement::Wrong,
                None => Judgement::Unasked,
            };
        }
        let overtaken = sequence < self.echoed_end;
        match self.settle(sequence) {
            // It was given up while it was arriving.
            None => {
                counts.late += 1;
                Judgement::Unasked
            }
            Some(_) if overtaken => {
                counts.reordered += 1;
                Judgement::Wrong
            }
            Some(sent_ns) => {
                counts.verified += 1;
                Judgement::Verified(Echo { sequence, sent_ns })
            }
        }
    }

    fn is_wrong(book: &Book, arriving: &Arriving) -> bool {
        arriving.bytes_differ
            || arriving.opcode != book.opcode
            || arriving.received_bytes != book.payload_bytes() as u64
    }

    /// Gives up what is outstanding. Its echoes are late if they come.
    pub(crate) fn give_up(&mut self) -> u64 {
        let mut missing = 0;
        while let Some(front) = self.outstanding.pop_front() {
            if !front.echoed {
                missing += 1;
                self.given_up.push(self.next);
            }
            self.next += 1;
        }
        missing
    }

    fn in_order(&self) -> Claim {
        if self.outstanding.is_empty() {
            Claim::Past(self.next.saturating_sub(1))
        } else {
            Claim::Outstanding(self.next)
        }
    }

    /// Marks a message as answered; returns when it was written.
    #[inline]
    fn settle(&mut self, sequence: u64) -> Option<u64> {
        let index = usize::try_from(sequence.checked_sub(self.next)?).ok()?;
        let message = self.outstanding.get_mut(index)?;
        let sent_ns = message.sent_ns;
        message.echoed = true;
        self.echoed_end = self.echoed_end.max(sequence + 1);
        while self.outstanding.front().is_some_and(|front| front.echoed) {
            self.outstanding.pop_front();
            self.next += 1;
        }
        Some(sent_ns)
    }
}

/// Which message a stamp names that is not the next one.
#[cold]
fn claim_out_of_order(
    stamp: &[u8],
    connection: u32,
    next: u64,
    outstanding: &VecDeque<Outstanding>,
) -> Claim {
    let Some(reading) = stamp::decode(stamp, connection) else {
        return Claim::Nonsense;
    };
    let ahead = reading
        .sequence
        .wrapping_sub(next)
        .rem_euclid(reading.modulus);
    if let Some(message) = usize::try_from(ahead)
        .ok()
        .and_then(|ahead| outstanding.get(ahead))
    {
        return if message.echoed {
            Claim::Past(next + ahead)
        } else {
            Claim::Outstanding(next + ahead)
        };
    }
    match (next + ahead).checked_sub(reading.modulus) {
        Some(past) => Claim::Past(past),
        None => Claim::Nonsense,
    }
}

#[cfg(test)]
mod tests;
