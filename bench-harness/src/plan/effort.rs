//! The numbers behind the effort levels.

use record::{Effort, EffortLevel};

const MS: u64 = 1_000_000;

/// The numbers of a level.
///
/// Blocks are worth more than long windows, because processes of the same
/// program differ more than the seconds of one. Standard has twelve: with fewer,
/// no agreement between blocks, however complete, could pass Holm's correction
/// over all pairs of some fourteen rows (2^(1 - 12) × 91 is 0.044). With many
/// more rows it has fewer, see [`standard_blocks`].
pub(crate) fn effort_of(level: EffortLevel) -> Effort {
    match level {
        EffortLevel::Quick => Effort {
            level,
            blocks: 2,
            exact_blocks: 1,
            rounds: 20,
            warm_up_ns: 50 * MS,
            window_ns: 60 * MS,
            rate_window_ns: 100 * MS,
            idle_level_limit: 1_000,
        },
        EffortLevel::Standard => Effort {
            level,
            blocks: 12,
            exact_blocks: 2,
            rounds: 40,
            warm_up_ns: 30 * MS,
            window_ns: 80 * MS,
            rate_window_ns: 150 * MS,
            idle_level_limit: 10_000,
        },
        EffortLevel::Thorough => Effort {
            level,
            blocks: 20,
            exact_blocks: 2,
            rounds: 100,
            warm_up_ns: 150 * MS,
            window_ns: 800 * MS,
            rate_window_ns: 900 * MS,
            idle_level_limit: 10_000,
        },
    }
}

/// What standard effort may take after the build.
const STANDARD_NS: u64 = 28 * 60 * 1_000 * MS;

/// With fewer blocks there is no interval and no claim.
const FEWEST_BLOCKS: u32 = 6;

/// Blocks of standard effort: `most`, or as many as fit into half an hour,
/// where `length_ns` says how long that many take.
pub(crate) fn standard_blocks(most: u32, length_ns: impl Fn(u32) -> u64) -> u32 {
    (FEWEST_BLOCKS..=most)
        .rev()
        .find(|&blocks| length_ns(blocks) <= STANDARD_NS)
        .unwrap_or(FEWEST_BLOCKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_get_fewer_blocks_and_never_too_few() {
        let minutes = |each: u64| move |blocks: u32| u64::from(blocks) * each * 60_000 * MS;
        assert_eq!(standard_blocks(12, minutes(2)), 12);
        assert_eq!(standard_blocks(12, minutes(3)), 9);
        assert_eq!(standard_blocks(12, minutes(4)), 7);
        assert_eq!(standard_blocks(12, minutes(20)), 6);
    }

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
