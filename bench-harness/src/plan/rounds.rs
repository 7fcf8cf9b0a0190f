//! Into how many rounds the window of a cell is cut.

use record::{Effort, MessageShape, ScenarioKind};

const MS: u64 = 1_000_000;

/// Shorter rounds would measure their beginnings and ends. A longer one meets
/// more of what the machine does: its speed has been seen to change by a third
/// within some 50 ms, and a round is compared with the reference's next to it.
const SHORTEST_NS: u64 = 5 * MS;

/// The same at a fixed rate, where a round needs enough messages to say whether
/// the rate was reached.
const SHORTEST_AT_A_RATE_NS: u64 = 50 * MS;

/// The same for handshakes, each of which takes as long as ten messages.
const SHORTEST_OF_HANDSHAKES_NS: u64 = 20 * MS;

/// Servers take their turns forwards and backwards, and then with others as
/// neighbours (`run::turns`). Whole sets of these four treat all alike.
const A_SET: u32 = 4;

/// Times that every connection gets its turn in a round, at least: all send at
/// once when it begins, and a round shall not consist of that.
const LEAST_TURNS: u64 = 3;

/// What a message is taken to cost at most, to know how long a turn of all
/// connections is: alone, and among others that are read with it.
const MESSAGE_NS: u64 = 10_000;
const MESSAGE_AMONG_OTHERS_NS: u64 = 3_000;

/// What two bytes add to that.
const TWO_BYTES_NS: u64 = 1;

/// Rounds of a window of this kind: as many as leave each of them long enough,
/// and no more than the effort allows.
pub(super) fn rounds_of(kind: &ScenarioKind, effort: &Effort) -> u32 {
    let (window_ns, shortest_ns) = match kind {
        ScenarioKind::Echo {
            connections,
            in_flight,
            message,
        } => {
            let messages = u64::from(*connections) * u64::from(*in_flight);
            let turn_ns = messages * message_ns(*in_flight, *message);
            (effort.window_ns, SHORTEST_NS.max(LEAST_TURNS * turn_ns))
        }
        ScenarioKind::RateLadder { .. } => (effort.rate_window_ns, SHORTEST_AT_A_RATE_NS),
        ScenarioKind::Handshakes { .. } => (effort.window_ns, SHORTEST_OF_HANDSHAKES_NS),
        ScenarioKind::Idle { .. }
        | ScenarioKind::AllocationsPerMessage { .. }
        | ScenarioKind::PerMessageCosts { .. }
        | ScenarioKind::AllocationsPerConnection { .. } => return 1,
    };
    let fit = u32::try_from(window_ns / shortest_ns).unwrap_or(u32::MAX);
    match fit.min(effort.rounds) {
        fewer @ 0..A_SET => fewer.max(1),
        rounds if matches!(kind, ScenarioKind::RateLadder { .. }) => rounds,
        rounds => rounds / A_SET * A_SET,
    }
}

fn message_ns(in_flight: u32, message: MessageShape) -> u64 {
    let alone_ns = if in_flight == 1 {
        MESSAGE_NS
    } else {
        MESSAGE_AMONG_OTHERS_NS
    };
    alone_ns + message.size_bytes / 2 * TWO_BYTES_NS
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
        assert_eq!(rounds_of(&echo(64, 1, 125), &effort), 16);
        assert_eq!(rounds_of(&echo(64, 1, 16_384), &effort), 16);
        assert_eq!(rounds_of(&echo(64, 16, 64), &effort), 8);
        assert_eq!(rounds_of(&echo(8, 1, 1 << 20), &effort), 4);
        assert_eq!(rounds_of(&echo(10_000, 1, 125), &effort), 1);
        let handshakes = ScenarioKind::Handshakes { concurrency: 16 };
        assert_eq!(rounds_of(&handshakes, &effort), 4);
    }

    #[test]
    fn the_effort_is_the_limit() {
        let mut effort = effort_of(EffortLevel::Thorough);
        assert_eq!(rounds_of(&echo(64, 1, 125), &effort), 100);
        effort.rounds = 11;
        assert_eq!(rounds_of(&echo(64, 1, 125), &effort), 8);
        effort.rounds = 1;
        assert_eq!(rounds_of(&echo(64, 1, 125), &effort), 1);
        effort.rounds = 3;
        assert_eq!(rounds_of(&echo(64, 1, 125), &effort), 3);
    }
}
