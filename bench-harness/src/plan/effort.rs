//! The numbers behind the effort levels.

use record::{Effort, EffortLevel};

const MS: u64 = 1_000_000;

/// The numbers of a level.
///
/// Blocks are worth more than long windows, because processes of the same
/// program differ more than the seconds of one. Standard has twelve: with fewer,
/// no agreement between blocks, however complete, could pass Holm's correction
/// over all pairs of some fourteen rows (2^(1 - 12) × 91 is 0.044).
pub(crate) fn effort_of(level: EffortLevel) -> Effort {
    match level {
        EffortLevel::Quick => Effort {
            level,
            blocks: 2,
            exact_blocks: 1,
            rounds: 10,
            warm_up_ns: 50 * MS,
            window_ns: 100 * MS,
            rate_window_ns: 120 * MS,
            idle_level_limit: 1_000,
        },
        EffortLevel::Standard => Effort {
            level,
            blocks: 12,
            exact_blocks: 2,
            rounds: 10,
            warm_up_ns: 60 * MS,
            window_ns: 220 * MS,
            rate_window_ns: 260 * MS,
            idle_level_limit: 10_000,
        },
        EffortLevel::Thorough => Effort {
            level,
            blocks: 20,
            exact_blocks: 2,
            rounds: 10,
            warm_up_ns: 150 * MS,
            window_ns: 800 * MS,
            rate_window_ns: 900 * MS,
            idle_level_limit: 10_000,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_effort_is_more_of_everything() {
        let levels = [
            EffortLevel::Quick,
            EffortLevel::Standard,
            EffortLevel::Thorough,
        ]
        .map(effort_of);
        for pair in levels.windows(2) {
            let [less, more] = pair else { unreachable!() };
            assert!(less.blocks < more.blocks);
            assert!(less.exact_blocks <= more.exact_blocks);
            assert!(less.window_ns < more.window_ns);
            assert!(less.rate_window_ns < more.rate_window_ns);
            assert!(less.idle_level_limit <= more.idle_level_limit);
        }
        assert!(levels[1].blocks >= 6, "what is published needs an interval");
    }
}
