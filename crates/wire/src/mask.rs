//! Masking (RFC 6455 section 5.3).

const LANE: usize = 8;

/// XORs `bytes` with `key`, starting at key octet `phase & 3`: what masks and
/// what unmasks.
///
/// A payload can be masked in parts: pass the number of bytes done before as
/// `phase`.
#[inline]
pub fn apply_mask(key: [u8; 4], phase: usize, bytes: &mut [u8]) {
    let [a, b, c, d]: [u8; 4] = std::array::from_fn(|i| key[(phase.wrapping_add(i)) & 3]);
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (lanes, tail) = bytes.as_chunks_mut::<LANE>();
    for lane in lanes {
        *lane = (u64::from_ne_bytes(*lane) ^ wide).to_ne_bytes();
    }
    for (byte, octet) in tail.iter_mut().zip([a, b, c, d, a, b, c]) {
        *byte ^= octet;
    }
}
