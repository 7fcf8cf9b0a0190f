//! What goes wrong, and with which message.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use clap::ValueEnum;

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// Nothing
    None,
    /// Change a byte of the payload
    CorruptByte,
    /// Answer text as binary and binary as text
    SwapOpcode,
    /// Echo nothing
    Drop,
    /// Echo twice
    Duplicate,
    /// Echo after the message that follows
    Reorder,
    /// Leave the last byte out
    Truncate,
    /// Close the connection instead of echoing
    CloseEarly,
    /// Echo nothing on the connection from there on
    Hang,
    /// Abort the process
    Crash,
    /// Exit the process with code 3
    ExitMidRun,
    /// Hold every connection up for a while, then echo
    Stall,
    /// Echo in three fragments, which RFC 6455 allows
    Fragment,
    /// Send a ping before the echo, which RFC 6455 allows
    Ping,
    /// Echo together with the message that follows, as one
    Merge,
    /// Echo each fragment as a message of its own
    SplitFragments,
    /// Leave pings unanswered
    NoPong,
    /// End the connection on Close, without one in return
    NoClose,
    /// Answer every Close with the code 1001
    OtherCloseCode,
    /// Answer the opening handshake with the accept value of another key
    BadAccept,
    /// Leave TCP_NODELAY off
    Nagle,
    /// Exit with code 3 instead of saying that it listens
    ExitAtOnce,
    /// Never say that it listens
    NeverReady,
    /// Say so in other words than those of the contract
    BadReady,
}

/// The fault of a process and the messages counted for it, over all connections.
#[derive(Debug)]
pub(crate) struct Faults {
    fault: Fault,
    after: u64,
    every: u64,
    stall: Duration,
    seen: AtomicU64,
    /// Every message passes it; a stall holds it.
    gate: Mutex<()>,
}

impl Faults {
    /// Treats every `every`-th message wrongly, once `after` have passed; only
    /// one when `every` is 0.
    pub(crate) fn new(fault: Fault, after: u64, every: u64, stall_ms: u64) -> Self {
        Self {
            fault,
            after,
            every,
            stall: Duration::from_millis(stall_ms),
            seen: AtomicU64::new(0),
            gate: Mutex::new(()),
        }
    }

    /// Counts a message and says what is to be done wrong with it.
    pub(crate) fn next(&self) -> Fault {
        let held = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.seen.fetch_add(1, Ordering::Relaxed);
        let fault = if self.hits(number) {
            self.fault
        } else {
            Fault::None
        };
        if fault == Fault::Stall {
            thread::sleep(self.stall);
        }
        drop(held);
        fault
    }

    /// Whether this is what the server does wrong, with whatever message.
    pub(crate) fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn hits(&self, number: u64) -> bool {
        match (number.checked_sub(self.after), self.every) {
            (None, _) => false,
            (Some(later), 0) => later == 0,
            (Some(later), every) => (later + 1).is_multiple_of(every),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(after: u64, every: u64) -> Vec<u64> {
        let faults = Faults::new(Fault::Drop, after, every, 0);
        (0..12).filter(|_| faults.next() == Fault::Drop).collect()
    }

    #[test]
    fn the_right_messages_are_hit() {
        assert_eq!(hits(0, 1), (0..12).collect::<Vec<_>>());
        assert_eq!(hits(10, 1), [10, 11]);
        assert_eq!(hits(2, 4), [5, 9]);
        assert_eq!(hits(3, 0), [3]);
    }
}
