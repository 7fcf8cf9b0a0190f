//! Numbers as good as random that everybody can make again.

/// The number at `index` of the sequence of `seed`, in closed form: the output
/// function of SplitMix64 (Steele, Lea and Flood 2014). Neighbouring indices give
/// unrelated numbers.
#[inline]
#[must_use]
pub fn mixed(seed: u64, index: u64) -> u64 {
    let mut mixed = seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of SplitMix64 seeded with 0, whose state grows by the
    /// same constant (the values of Java's `SplittableRandom(0)`).
    #[test]
    fn the_sequence_of_0_is_that_of_splitmix64() {
        let first = [1, 2, 3].map(|index| mixed(0, index));
        let published = [
            0xe220_a839_7b1d_cdaf,
            0x6e78_9e6a_a1b9_65f4,
            0x06c4_5d18_8009_454f,
        ];
        assert_eq!(first, published);
    }
}
