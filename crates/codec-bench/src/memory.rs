//! The stream under every library: a connection that is always ready.
//!
//! What is read is the batch, over and over, as much of it as the reader has
//! room for; what is written is taken whole, whatever its size. Both sides copy
//! once, as a kernel does.

use std::{
    io::{self, IoSlice, Read, Write},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::io::ReadBuf;

use crate::{
    Batch,
    sink::{Sink, Tally},
};

/// The server's end of a connection.
#[derive(Debug)]
pub struct Memory {
    pub(crate) source: Source,
    pub(crate) sink: Sink,
}

/// What comes in: the batch, over and over.
#[derive(Debug)]
pub struct Source {
    frames: Arc<[u8]>,
    at: usize,
}

impl Memory {
    /// For timing: what is written is copied and forgotten.
    #[must_use]
    pub fn of(batch: &Batch) -> Self {
        Self::with(batch, Sink::copying(batch))
    }

    /// For verification: what is written is compared with the echoes that must
    /// come.
    #[must_use]
    pub fn checked(batch: &Batch, tally: Tally) -> Self {
        Self::with(batch, Sink::checking(batch, tally))
    }

    fn with(batch: &Batch, sink: Sink) -> Self {
        let source = Source {
            frames: batch.frames.clone(),
            at: 0,
        };
        Self { source, sink }
    }
}

impl Source {
    /// What a reader with this much room gets.
    pub(crate) fn next(&mut self, room: usize) -> &[u8] {
        let left = &self.frames[self.at..];
        let taken = &left[..left.len().min(room)];
        self.at += taken.len();
        if self.at == self.frames.len() {
            self.at = 0;
        }
        taken
    }

    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> usize {
        let taken = self.next(buffer.len());
        buffer[..taken.len()].copy_from_slice(taken);
        taken.len()
    }
}

impl Sink {
    fn put_all(&mut self, parts: &[IoSlice<'_>]) -> usize {
        parts.iter().for_each(|part| self.put(part));
        parts.iter().map(|part| part.len()).sum()
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.fill(buffer))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes);
        Ok(bytes.len())
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(self.put_all(parts))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read(buffer)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sink.write(bytes)
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.sink.write_vectored(parts)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl tokio::io::AsyncRead for Memory {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = buffer.remaining();
        buffer.put_slice(self.get_mut().source.next(room));
        Poll::Ready(Ok(()))
    }
}

impl tokio::io::AsyncWrite for Memory {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.get_mut().sink.write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.get_mut().sink.write_vectored(parts))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl futures_io::AsyncRead for Memory {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(self.get_mut().source.fill(buffer)))
    }
}

impl futures_io::AsyncWrite for Memory {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.get_mut().sink.write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.get_mut().sink.write_vectored(parts))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use record::{MessageKind, MessageShape};

    use super::*;

    #[test]
    fn the_batch_comes_again_and_again() {
        let batch = Batch::of(MessageShape {
            kind: MessageKind::Binary,
            size_bytes: 16,
        });
        let mut memory = Memory::of(&batch);
        let mut read = vec![0; 2 * batch.frames.len()];
        let mut at = 0;
        while at < read.len() {
            let end = read.len().min(at + 1000);
            at += memory.read(&mut read[at..end]).unwrap();
        }
        assert_eq!(read, [&batch.frames[..], &batch.frames].concat());
    }
}
