//! What is still to be written, and in which portions.

use std::{collections::VecDeque, ops::Range};

/// Bytes to write, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outgoing {
    batches: VecDeque<Batch>,
    waiting_bytes: usize,
}

#[derive(Clone, Debug)]
struct Batch {
    bytes: Vec<u8>,
    written: usize,
    /// The most that one write may take.
    write_size: Option<usize>,
    /// Whether what comes next must not be written with it.
    sealed: bool,
}

impl Outgoing {
    /// Adds bytes that may be written together with their neighbours.
    pub(crate) fn push(&mut self, bytes: Vec<u8>) {
        self.waiting_bytes += bytes.len();
        match self.batches.back_mut() {
            // One that is being written would never end under a server that
            // reads slowly, and what was written of it would be kept.
            Some(last) if !last.sealed && last.written == 0 => last.bytes.extend_from_slice(&bytes),
            _ => self.batches.push_back(Batch {
                bytes,
                written: 0,
                write_size: None,
                sealed: false,
            }),
        }
    }

    /// Adds bytes that get writes of their own, of `write_size` bytes at most.
    pub(crate) fn push_apart(&mut self, bytes: Vec<u8>, write_size: Option<usize>) {
        self.waiting_bytes += bytes.len();
        self.batches.push_back(Batch {
            bytes,
            written: 0,
            write_size: write_size.map(|size| size.max(1)),
            sealed: true,
        });
    }

    /// What the next write may take. Empty when there is nothing to write.
    pub(crate) fn next(&self) -> &[u8] {
        let Some(batch) = self.batches.front() else {
            return &[];
        };
        let rest = &batch.bytes[batch.written..];
        let most = batch.write_size.unwrap_or(rest.len());
        &rest[..rest.len().min(most)]
    }

    /// Notes that so much of [`next`](Self::next) was written.
    pub(crate) fn wrote(&mut self, count: usize) {
        let Some(batch) = self.batches.front_mut() else {
            return;
        };
        let range: Range<usize> = batch.written..batch.bytes.len();
        let count = count.min(range.len());
        self.waiting_bytes -= count;
        batch.written += count;
        if batch.written == batch.bytes.len() {
            self.batches.pop_front();
        }
    }

    /// How much waits to be written.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Forgets all of it.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writes(mut outgoing: Outgoing) -> Vec<String> {
        let mut writes = Vec::new();
        while !outgoing.next().is_empty() {
            let next = outgoing.next().to_vec();
            outgoing.wrote(next.len());
            writes.push(String::from_utf8(next).unwrap());
        }
        assert_eq!(outgoing.waiting_bytes(), 0);
        writes
    }

    #[test]
    fn neighbours_go_together_unless_they_are_apart() {
        let mut outgoing = Outgoing::default();
        outgoing.push(b"ab".to_vec());
        outgoing.push(b"c".to_vec());
        outgoing.push_apart(b"defgh".to_vec(), Some(2));
        outgoing.push_apart(b"ij".to_vec(), None);
        outgoing.push(b"k".to_vec());
        assert_eq!(writes(outgoing), ["abc", "de", "fg", "h", "ij", "k"]);
    }

    #[test]
    fn what_was_written_is_not_kept_while_more_is_added() {
        let mut outgoing = Outgoing::default();
        for _ in 0..1_000 {
            outgoing.push(vec![0; 100]);
            outgoing.wrote(99);
            outgoing.wrote(outgoing.next().len());
        }
        let kept: usize = outgoing.batches.iter().map(|it| it.bytes.len()).sum();
        assert!(kept <= 200, "{kept}");
    }

    #[test]
    fn a_short_write_is_continued() {
        let mut outgoing = Outgoing::default();
        outgoing.push_apart(b"abcd".to_vec(), Some(3));
        outgoing.wrote(1);
        assert_eq!(
            (outgoing.next(), outgoing.waiting_bytes()),
            (&b"bcd"[..], 3)
        );
    }
}
