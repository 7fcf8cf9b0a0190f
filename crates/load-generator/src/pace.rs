//! When the next message of a connection leaves.

use crate::{echoes::Echo, pacing::Schedule};

/// The policy that is in force.
pub(crate) enum Pace {
    /// Nothing leaves by itself.
    Still,
    /// Connections are opened and closed; no messages.
    Handshakes,
    /// The next message leaves when an echo is complete.
    Closed {
        /// No new message from this instant on.
        until_ns: u64,
        /// Messages that each connection may still start.
        left: Vec<u64>,
    },
    /// Messages leave at planned instants.
    Open {
        schedule: Schedule,
        /// Connections over all threads: the length of a round.
        round: u64,
        /// Per connection: its place in the round, and the sequence number of
        /// its first message in this window.
        lanes: Vec<Lane>,
    },
}

/// What an open loop knows of one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
    pub(crate) place: u64,
    pub(crate) first: u64,
}

impl Pace {
    /// How many messages may leave now that an echo is complete.
    #[inline]
    pub(crate) fn next(&mut self, token: usize, now_ns: u64) -> u64 {
        match self {
            Self::Closed { until_ns, left } if now_ns < *until_ns => match left.get_mut(token) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    1
                }
                _ => 0,
            },
            _ => 0,
        }
    }

    /// When the message of an echo was due. In a closed loop that is when it
    /// was written.
    #[inline]
    pub(crate) fn due_ns(&self, token: usize, echo: Echo) -> u64 {
        match self {
            Self::Open {
                schedule,
                round,
                lanes,
            } => match lanes.get(token) {
                Some(lane) => {
                    let turn = echo.sequence.saturating_sub(lane.first);
                    schedule.planned_ns(turn * round + lane.place)
                }
                None => echo.sent_ns,
            },
            Self::Still | Self::Handshakes | Self::Closed { .. } => echo.sent_ns,
        }
    }

    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }

    #[inline]
    pub(crate) fn is_handshakes(&self) -> bool {
        matches!(self, Self::Handshakes)
    }
}
