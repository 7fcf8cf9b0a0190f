//! Reads a program's output on threads of its own, so that a wait can end
//! before the program says anything.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

/// No line that a program prints is longer; a program that never ends its line
/// must not fill the memory.
const LONGEST_LINE_BYTES: u64 = 16 << 20;

/// Lines that may wait to be received. Programs print one for each command, so
/// that there are never more unless one says what nobody asked for.
const MOST_LINES: usize = 16;

/// What is kept of a program's standard error.
const TAIL_BYTES: usize = 4096;

/// Lines of a program's standard output.
#[derive(Debug)]
pub(super) struct Lines {
    receiver: Receiver<String>,
    excess: Arc<OnceLock<Excess>>,
}

/// Why the lines of a program are not received any more. What it prints
/// afterwards is read and dropped, so that it is not held up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Excess {
    /// Too many lines wait.
    #[error("more than {MOST_LINES} lines that nobody asked for, the last of them {0:?}")]
    Lines(String),
    /// A line has no end.
    #[error("a line of more than {} MiB", LONGEST_LINE_BYTES >> 20)]
    Line,
}

/// Sends each line of `output` through a channel, which is closed at the end.
pub(super) fn lines_of(output: impl Read + Send + 'static) -> Lines {
    let (sender, receiver) = sync_channel(MOST_LINES);
    let excess = Arc::new(OnceLock::new());
    let found = Arc::clone(&excess);
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        if let Some(what) = send_lines(&mut output, &sender) {
            // The only one that sets it.
            let _ = found.set(what);
        }
        drop(sender);
        // Ends with the program.
        let _ = io::copy(&mut output, &mut io::sink());
    });
    Lines { receiver, excess }
}

/// Until the end of `output` or of its receiver, or until there is too much.
fn send_lines(output: &mut impl BufRead, sender: &SyncSender<String>) -> Option<Excess> {
    loop {
        let mut line = Vec::new();
        match output.take(LONGEST_LINE_BYTES).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return None,
            Ok(length) if length as u64 == LONGEST_LINE_BYTES && !line.ends_with(b"\n") => {
                return Some(Excess::Line);
            }
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        match sender.try_send(line) {
            Ok(()) => {}
            Err(TrySendError::Full(line)) => {
                let shown = line.chars().take(200).collect();
                return Some(Excess::Lines(shown));
            }
            Err(TrySendError::Disconnected(_)) => return None,
        }
    }
}

impl Lines {
    /// Waits for the next line.
    pub(super) fn next(&self, timeout: Duration) -> Result<String, RecvTimeoutError> {
        self.receiver.recv_timeout(timeout)
    }

    /// Why there are no more lines, if it is not that the program has ended.
    pub(super) fn excess(&self) -> Option<&Excess> {
        self.excess.get()
    }
}

/// The end of what a program printed on its standard error.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail(Arc<Mutex<VecDeque<u8>>>);

impl Tail {
    /// Reads `output` to its end on a thread.
    pub(super) fn of(mut output: impl Read + Send + 'static) -> Self {
        let tail = Self::default();
        let kept = tail.clone();
        thread::spawn(move || {
            let mut buffer = [0; 1024];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                kept.push(&buffer[..length]);
            }
        });
        tail
    }

    fn push(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(bytes);
        let excess = kept.len().saturating_sub(TAIL_BYTES);
        kept.drain(..excess);
    }

    /// The kept text.
    pub(super) fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.iter().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::process::soon::soon;

    #[test]
    fn lines_come_in_order_and_the_last_needs_no_end() {
        let lines = lines_of(&b"one\r\ntwo\nthree"[..]);
        assert_eq!(all(&lines), ["one", "two", "three"]);
        assert_eq!(lines.excess(), None);
    }

    fn all(lines: &Lines) -> Vec<String> {
        std::iter::from_fn(|| lines.next(Duration::from_secs(60)).ok()).collect()
    }

    /// Gives as much as is asked for, and counts it.
    struct Flood(&'static [u8], Arc<AtomicU64>);

    impl Read for Flood {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let given = self.1.load(Ordering::SeqCst);
            if given > 4 * LONGEST_LINE_BYTES {
                return Ok(0);
            }
            let endless = self.0.iter().cycle();
            for (to, from) in buffer.iter_mut().zip(endless) {
                *to = *from;
            }
            self.1.store(given + buffer.len() as u64, Ordering::SeqCst);
            Ok(buffer.len())
        }
    }

    #[test]
    fn lines_that_nobody_receives_do_not_pile_up() {
        let given = Arc::new(AtomicU64::new(0));
        let lines = lines_of(Flood(b"a log\n\n", Arc::clone(&given)));
        // It is read to its end, while nobody receives: it was not held up.
        let is_over = || given.load(Ordering::SeqCst) > 4 * LONGEST_LINE_BYTES;
        assert!(soon(|| is_over().then_some(())).is_some());
        assert_eq!(all(&lines).len(), MOST_LINES);
        assert!(matches!(lines.excess(), Some(Excess::Lines(_))));
    }

    #[test]
    fn a_line_without_end_ends_the_lines() {
        let lines = lines_of(Flood(b"x", Arc::default()));
        assert_eq!(all(&lines), [""; 0]);
        assert_eq!(lines.excess(), Some(&Excess::Line));
    }

    #[test]
    fn only_the_end_of_the_errors_is_kept() {
        let tail = Tail::default();
        tail.push(&[b'a'; TAIL_BYTES]);
        tail.push(b"the end\n");
        let text = tail.text();
        assert!(text.ends_with("athe end"));
        assert_eq!(text.len(), TAIL_BYTES - 1);
    }
}
