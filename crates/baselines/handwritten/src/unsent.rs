//! Answers that lie in the read buffer until they are written together.

use std::ops::Range;

/// Where they lie: one after the other, without a gap.
#[derive(Debug, Default)]
pub(crate) struct Unsent(Range<usize>);

impl Unsent {
    /// Adds an answer that lies behind all others.
    ///
    /// A client's mask lies between two answers. Moving a small one over it is
    /// cheaper than a part of its own in the write.
    pub(crate) fn add(&mut self, buffer: &mut [u8], answer: Range<usize>) {
        if self.0.is_empty() {
            self.0 = answer;
            return;
        }
        let end = self.0.end + answer.len();
        buffer.copy_within(answer, self.0.end);
        self.0.end = end;
    }

    /// What there is to write; nothing waits any more.
    pub(crate) fn take(&mut self) -> Option<Range<usize>> {
        Some(std::mem::take(&mut self.0)).filter(|answers| !answers.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn answers_follow_each_other(parts in vec((vec(any::<u8>(), 0..9), vec(any::<u8>(), 1..40)), 1..20)) {
            let (mut buffer, mut expected) = (Vec::<u8>::new(), Vec::<u8>::new());
            let mut places = Vec::new();
            for (gap, answer) in &parts {
                buffer.extend(gap);
                places.push(buffer.len()..buffer.len() + answer.len());
                buffer.extend(answer);
                expected.extend(answer);
            }
            let mut unsent = Unsent::default();
            for place in places {
                unsent.add(&mut buffer, place);
            }
            let together = unsent.take().unwrap();
            prop_assert_eq!(&buffer[together], &expected[..]);
            prop_assert_eq!(unsent.take(), None);
        }
    }
}
