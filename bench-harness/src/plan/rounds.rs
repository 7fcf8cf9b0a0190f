//! Into how many rounds the window of a cell is cut.

use record::{Effort, MessageShape, ScenarioKind};

const MS: u64 = 1_000_000;

/// Shorter rounds would measure their beginnings and ends.
const SHORTEST_NS: u64 = 20 * MS;

/// The same at a fixed rate, where a round needs enough messages to say whether
/// the rate was reached.
const SHORTEST_AT_A_RATE_NS: u64 = 50 * MS;

/// Times that every connection gets its turn in a round, at least: all send at
/// once when it begins, and a round shall not consist of that.
const LEAST_TURNS: u64 = 10;

/// What a message is taken to cost at most, to know how long a turn of all
/// connections is.
const MESSAGE_NS: u64 = 10_000;

/// What a byte adds to that.
const BYTE_NS: u64 = 1;

/// The numbers of rounds that the generator's twenty slices can be divided by.
const NUMBERS: [u32; 5] = [10, 5, 4, 2, 1];

/// Rounds of a window of this kind: as many as leave each of them long enough,
/// and no more than the effort allows.
pub(super) fn rounds_of(kind: &ScenarioKind, effort: &Effort) -> u32 {
    let (window_ns, shortest_ns) = match kind {
        ScenarioKind::Echo {
            connections,
            in_flight,
            message,
        } => {
            let turn_ns = u64::from(*connections) * u64::from(*in_flight) * message_ns(*message);
            (effort.window_ns, SHORTEST_NS.max(LEAST_TURNS * turn_ns))
        }
        ScenarioKind::RateLadder { .. } => (effort.rate_window_ns, SHORTEST_AT_A_RATE_NS),
        ScenarioKind::Handshakes { .. } => (effort.window_ns, SHORTEST_AT_A_RATE_NS),
        ScenarioKind::Idle { .. }
        | ScenarioKind::AllocationsPerMessage { .. }
        | ScenarioKind::PerMessageCosts { .. }
        | ScenarioKind::AllocationsPerConnection { .. } => return 1,
    };
    let most = effort.rounds;
    NUMBERS
        .into_iter()
        .find(|&rounds| rounds <= most && u64::from(rounds) * shortest_ns <= window_ns)
        .unwrap_or(1)
}

fn message_ns(message: MessageShape) -> u64 {
    MESSAGE_NS + message.size_bytes * BYTE_NS
}

#[cfg(test)]
mod tests {
    use record::{EffortLevel, MessageKind};

    use super::*;
    use crate::plan::effort_of;

    fn echo(connections: u32, in_flight: u32, size_bytes: u64) -> ScenarioKind {
        ScenarioKind::Echo {
            connections,
            in_flight,
            message: MessageShape {
                kind: MessageKind::Binary,
                size_bytes,
            },
        }
    }

    #[test]
    fn a_round_is_long_enough_for_what_is_in_flight() {
        let effort = effort_of(EffortLevel::Standard);
        assert_eq!(rounds_of(&echo(64, 1, 125), &effort), 10);
        assert_eq!(rounds_of(&echo(64, 1, 16_384), &effort), 10);
        assert_eq!(rounds_of(&echo(64, 16, 64), &effort), 2);
        assert_eq!(rounds_of(&echo(8, 1, 1 << 20), &effort), 2);
        assert_eq!(rounds_of(&echo(10_000, 1, 125), &effort), 1);
        let handshakes = ScenarioKind::Handshakes { concurrency: 16 };
        assert_eq!(rounds_of(&handshakes, &effort), 4);
    }

    #[test]
    fn the_effort_is_the_limit() {
        let mut effort = effort_of(EffortLevel::Thorough);
        assert_eq!(rounds_of(&echo(64, 1, 125), &effort), 10);
        effort.rounds = 1;
        assert_eq!(rounds_of(&echo(64, 1, 125), &effort), 1);
        effort.rounds = 3;
        assert_eq!(rounds_of(&echo(64, 1, 125), &effort), 2);
    }
}
