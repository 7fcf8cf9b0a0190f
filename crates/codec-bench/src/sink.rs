//! Where echoes go.

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::Batch;

/// Takes what a library writes.
#[derive(Debug)]
pub struct Sink {
    echoes: Arc<[u8]>,
    /// A copy of the batch's echoes in the making, or nothing where none is
    /// made.
    copy: Vec<u8>,
    at: usize,
    tally: Option<Tally>,
}

impl Sink {
    /// Copies, over and over into the same place.
    #[must_use]
    pub fn copying(batch: &Batch) -> Self {
        Self {
            copy: vec![0; batch.echoes.len()],
            ..Self::of(batch)
        }
    }

    /// Only looks at what it gets, so that nobody can leave making it out.
    #[must_use]
    pub fn seeing(batch: &Batch) -> Self {
        Self::of(batch)
    }

    /// Compares with the echoes of the batch, over and over.
    #[must_use]
    pub fn checking(batch: &Batch, tally: Tally) -> Self {
        Self {
            tally: Some(tally),
            ..Self::of(batch)
        }
    }

    fn of(batch: &Batch) -> Self {
        Self {
            echoes: batch.echoes.clone(),
            copy: Vec::new(),
            at: 0,
            tally: None,
        }
    }

    /// Takes all of `bytes`.
    pub fn put(&mut self, mut bytes: &[u8]) {
        if self.copy.is_empty() && self.tally.is_none() {
            black_box(bytes);
            return;
        }
        while !bytes.is_empty() {
            let count = bytes.len().min(self.echoes.len() - self.at);
            let (now, later) = bytes.split_at(count);
            let range = self.at..self.at + count;
            match &self.tally {
                Some(tally) => tally.add(now, &self.echoes[range]),
                None => self.copy[range].copy_from_slice(now),
            }
            self.at = (self.at + count) % self.echoes.len();
            bytes = later;
        }
    }
}

/// How many bytes came out right and wrong.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<[AtomicU64; 2]>);

impl Tally {
    fn add(&self, found: &[u8], expected: &[u8]) {
        let differ = |(a, b): &(&u8, &u8)| a != b;
        let wrong = match found == expected {
            true => 0,
            false => found.iter().zip(expected).filter(differ).count(),
        };
        self.0[0].fetch_add((found.len() - wrong) as u64, Ordering::Relaxed);
        self.0[1].fetch_add(wrong as u64, Ordering::Relaxed);
    }

    /// Bytes that were as expected.
    #[must_use]
    pub fn right_bytes(&self) -> u64 {
        self.0[0].load(Ordering::Relaxed)
    }

    /// Bytes that were others.
    #[must_use]
    pub fn wrong_bytes(&self) -> u64 {
        self.0[1].load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use record::{MessageKind, MessageShape};

    use super::*;

    #[test]
    fn a_wrong_byte_and_a_shift_are_seen() {
        let batch = Batch::of(MessageShape {
            kind: MessageKind::Binary,
            size_bytes: 125,
        });
        let put = |bytes: &[u8]| {
            let tally = Tally::default();
            let mut sink = Sink::checking(&batch, tally.clone());
            for part in bytes.chunks(77) {
                sink.put(part);
            }
            (tally.right_bytes(), tally.wrong_bytes())
        };
        let mut twice = [&batch.echoes[..], &batch.echoes].concat();
        assert_eq!(put(&twice), (twice.len() as u64, 0));
        *twice.last_mut().unwrap() ^= 1;
        assert_eq!(put(&twice), (twice.len() as u64 - 1, 1));
        assert!(put(&batch.echoes[1..]).1 > 0);
    }
}
