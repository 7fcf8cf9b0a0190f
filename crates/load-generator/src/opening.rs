//! Opens connections, a bounded number at a time, and closes them in order.

use std::time::Duration;

use machine::monotonic_ns;

use crate::{
    Error,
    connection::{End, Stage},
    target::source_address,
    worker::Worker,
};

/// Connections of one thread that are being opened at a time: enough to keep
/// a server busy, and far below any listen backlog.
const OPENING_AT_A_TIME: usize = 128;

/// How long a server may take to answer a Close frame and end the stream.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// How opening went.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opening {
    /// All connections that are up now, not only the new ones.
    pub(crate) up: u64,
    /// New connections that failed.
    pub(crate) failed: u64,
    pub(crate) first_failure: Option<String>,
}

/// How closing went.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Closing {
    pub(crate) clean: u64,
    pub(crate) unclean: u64,
}

impl Worker {
    /// Opens connections until this thread has `count`, each verified with one
    /// echo.
    pub(crate) fn open_up_to(&mut self, count: usize) -> Result<Opening, Error> {
        let first = self.connections.len();
        let timeout_ns = self.job.workload.connect_timeout_ns;
        let mut under_way: Vec<usize> = Vec::with_capacity(OPENING_AT_A_TIME);
        while self.connections.len() < count || !under_way.is_empty() {
            while self.connections.len() < count && under_way.len() < OPENING_AT_A_TIME {
                let token = self.connections.len();
                let number = self.next_number();
                self.open(
                    token,
                    number,
                    source_address(self.job.target.address, number),
                )?;
                under_way.push(token);
            }
            self.turn(Some(Duration::from_millis(50)))?;
            self.opened.clear();
            let now_ns = monotonic_ns();
            under_way.retain(|&token| {
                let connection = &self.connections[token];
                let done = match connection.stage {
                    Stage::Up => connection.pending() == 0,
                    Stage::Gone(_) => true,
                    _ => false,
                };
                if done {
                    return false;
                }
                if now_ns.saturating_sub(connection.opened_at_ns) < timeout_ns {
                    return true;
                }
                let waited = Duration::from_nanos(timeout_ns);
                let what = match connection.stage {
                    Stage::Connecting => "not connected",
                    Stage::Up => "open, but the first message was not echoed",
                    _ => "no answer to the opening handshake",
                };
                let end = End::NotOpened(format!("{what} within {waited:?}"));
                self.abandon(token, end);
                false
            });
        }
        Ok(self.opening_since(first))
    }

    fn opening_since(&self, first: usize) -> Opening {
        let mut opening = Opening::default();
        for (token, connection) in self.connections.iter().enumerate() {
            if connection.is_up() {
                opening.up += 1;
            } else if token >= first {
                opening.failed += 1;
                if opening.first_failure.is_none() {
                    opening.first_failure = match &connection.stage {
                        Stage::Gone(End::NotOpened(what) | End::Violation(what)) => {
                            Some(what.clone())
                        }
                        Stage::Gone(End::Reset(what)) => Some(format!("reset: {what}")),
                        _ => Some("closed by the server".to_owned()),
                    };
                }
            }
        }
        opening
    }

    /// Closes all connections with the closing handshake.
    pub(crate) fn close_all(&mut self) -> Result<Closing, Error> {
        let protocol = self.job.workload.protocol;
        // What the server did since the last answer counts as well.
        self.turn(Some(Duration::ZERO))?;
        let asked = self
            .connections
            .iter()
            .filter(|connection| !matches!(connection.stage, Stage::Gone(End::NotOpened(_))))
            .count() as u64;
        let mut left: Vec<usize> = (0..self.connections.len())
            .filter(|&token| self.connections[token].is_up())
            .collect();
        for &token in &left {
            self.connections[token].start_close(protocol);
            self.flush(token, monotonic_ns())?;
        }
        let deadline_ns = monotonic_ns() + CLOSE_TIMEOUT.as_nanos() as u64;
        let mut closing = Closing::default();
        loop {
            left.retain(|&token| match &self.connections[token].stage {
                Stage::Gone(end) => {
                    closing.clean += u64::from(*end == End::Clean);
                    false
                }
                _ => true,
            });
            let now_ns = monotonic_ns();
            if left.is_empty() || now_ns >= deadline_ns {
                break;
            }
            self.turn(Some(Duration::from_nanos(deadline_ns - now_ns)))?;
        }
        for token in left {
            self.abandon(token, End::NotClosed);
        }
        closing.unclean = asked - closing.clean;
        self.connections.clear();
        Ok(closing)
    }
}
