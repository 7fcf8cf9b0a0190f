//! How far each connection is ahead of the others when a load begins.

use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;

/// Messages of each connection, from 0 to `most`: one at a random place of each
/// of as many equal parts, in random order. So all fills of a buffer are met at
/// any time, and those of smaller buffers by chance, without a common step.
///
/// Independent random numbers would not do. Their mean differs from the middle by
/// `most / sqrt(12 * connections)`, and what a message costs depends on it: with
/// 64 connections and a read buffer of 128 KiB that is filled with zeros before
/// each read, by 1 to 2 %, in every window that is shorter than a fill.
pub(crate) fn messages(connections: u32, most: u64, seed: u64) -> Vec<u64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let count = f64::from(connections.max(1));
    let choices = most as f64 + 1.0;
    let mut messages: Vec<u64> = (0..connections)
        .map(|place| (f64::from(place) + random.random::<f64>()) / count)
        .map(|part| (part * choices) as u64)
        .map(|messages| messages.min(most))
        .collect();
    messages.shuffle(&mut random);
    messages
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How many of `messages`, each moved on by `later`, are in each quarter of
    /// the way from 0 to `most`.
    fn quarters(messages: &[u64], most: u64, later: u64) -> [usize; 4] {
        let mut counts = [0; 4];
        for messages in messages {
            counts[((messages + later) % (most + 1) * 4 / (most + 1)) as usize] += 1;
        }
        counts
    }

    proptest! {
        #[test]
        fn every_part_of_the_way_has_as_many_connections_at_any_time(
            seed: u64, fours in 1_u32..60, most in 200_u64..5_000, later in 0_u64..5_000,
        ) {
            let connections = fours * 4;
            let messages = messages(connections, most, seed);
            prop_assert_eq!(messages.len(), connections as usize);
            prop_assert!(messages.iter().all(|&messages| messages <= most));
            for count in quarters(&messages, most, later) {
                prop_assert!(count.abs_diff(fours as usize) <= 2, "{count} of {fours}");
            }
        }

        #[test]
        fn the_numbers_follow_from_the_seed(seed: u64, connections in 0_u32..200, most: u32) {
            let most = u64::from(most);
            prop_assert_eq!(messages(connections, most, seed), messages(connections, most, seed));
        }
    }

    #[test]
    fn another_seed_gives_another_order_and_other_places() {
        let [mut first, mut other] = [1, 2].map(|seed| messages(64, 1_000, seed));
        assert_ne!(first, other);
        assert!(!first.is_sorted());
        first.sort_unstable();
        other.sort_unstable();
        assert_ne!(first, other);
    }

    #[test]
    fn few_choices_are_taken_equally_often() {
        let mut counts = [0; 8];
        for messages in messages(64, 7, 3) {
            counts[messages as usize] += 1;
        }
        assert_eq!(counts, [8; 8]);
        assert_eq!(messages(5, 0, 3), [0; 5]);
    }
}
