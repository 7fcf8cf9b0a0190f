//! Holding on to the last messages of a connection.

use std::collections::VecDeque;

/// The last messages of one connection, as a chat or a queue would hold them.
///
/// A plain echo frees or reuses a message at once, so it can't show what owning
/// one costs. With `--keep N` a server holds the last N messages of each
/// connection in the form that its library hands out; with N = 0 this does
/// nothing.
#[derive(Debug)]
pub struct Kept<T> {
    messages: VecDeque<T>,
    limit: usize,
}

impl<T> Kept<T> {
    /// Room for the last `limit` messages, allocated here and never again.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            messages: VecDeque::with_capacity(limit),
            limit,
        }
    }

    /// Whether no message is kept, so that a caller can leave out what it would
    /// do only in order to keep one.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.limit == 0
    }

    /// Keeps what `message` returns and drops the oldest beyond the limit.
    ///
    /// `message` is called only if messages are kept: it is where the clone or
    /// copy belongs.
    pub fn keep(&mut self, message: impl FnOnce() -> T) {
        if self.is_off() {
            return;
        }
        if self.messages.len() == self.limit {
            self.messages.pop_front();
        }
        self.messages.push_back(message());
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use proptest::prelude::*;

    use super::Kept;

    #[test]
    fn keeps_nothing_and_makes_nothing_when_off() {
        let mut kept: Kept<u32> = Kept::new(0);
        kept.keep(|| panic!("a message was made that nobody keeps"));
        assert!(kept.is_off());
        assert_eq!(kept.messages.capacity(), 0);
    }

    #[test]
    fn drops_what_it_no_longer_keeps() {
        let message = Rc::new(());
        let mut kept = Kept::new(2);
        for _ in 0..5 {
            kept.keep(|| Rc::clone(&message));
        }
        assert_eq!(Rc::strong_count(&message), 3);
        drop(kept);
        assert_eq!(Rc::strong_count(&message), 1);
    }

    proptest! {
        #[test]
        fn keeps_the_last_in_order(limit in 1_usize..70, messages in prop::collection::vec(any::<u32>(), 0..200)) {
            let mut kept = Kept::new(limit);
            let room = kept.messages.capacity();
            for &message in &messages {
                kept.keep(|| message);
            }
            let expected = &messages[messages.len().saturating_sub(limit)..];
            prop_assert!(kept.messages.iter().eq(expected));
            prop_assert_eq!(kept.messages.capacity(), room);
        }
    }
}
