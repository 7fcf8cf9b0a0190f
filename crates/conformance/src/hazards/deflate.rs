//! Payloads of compressed messages. The bomb is written by hand: no compressor is
//! needed for the worst a decompressor can be given by one that speaks RFC 1951's
//! fixed codes.

use flate2::{Compress, Compression, FlushCompress};

/// The text "Hello", compressed: the example of RFC 7692 section 7.2.3.1.
pub(super) const HELLO: [u8; 7] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];

/// The longest match (RFC 1951 section 3.2.5).
const LONGEST_MATCH: u64 = 258;

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    /// Appends the lowest `count` bits, the least significant first.
    fn push(&mut self, bits: u32, count: u32) {
        for at in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((bits >> at & 1) as u8) << (self.used % 8);
            }
            self.used += 1;
        }
    }

    /// Appends a Huffman code, the most significant bit first.
    fn push_code(&mut self, code: u32, length: u32) {
        for at in (0..length).rev() {
            self.push(code >> at & 1, 1);
        }
    }
}

/// The payload of a compressed message (RFC 7692 section 7.2.1) that inflates
/// to at least `length` zeros: one byte in 159.
pub(super) fn bomb(length: u64) -> Vec<u8> {
    let mut bits = Bits::default();
    // A block with fixed codes that is not the last one.
    bits.push(0, 1);
    bits.push(1, 2);
    // The literal 0, then copies of the byte before.
    bits.push_code(0b0011_0000, 8);
    for _ in 0..length.saturating_sub(1).div_ceil(LONGEST_MATCH) {
        bits.push_code(0b1100_0101, 8);
        bits.push_code(0, 5);
    }
    end(bits)
}

/// The payload of a compressed message that inflates to `length` zeros, as small
/// as a compressor makes it: a byte in a thousand, with codes of one bit.
pub(super) fn zeros(length: u64) -> Vec<u8> {
    // What ends every message and is not sent.
    const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
    let plain = vec![0; usize::try_from(length).unwrap_or_default()];
    let mut payload = Vec::with_capacity(plain.len() / 8 + 1024);
    let mut compress = Compress::new(Compression::best(), false);
    // There is room for all of it, so that it can't stop half way.
    let made = compress.compress_vec(&plain, &mut payload, FlushCompress::Sync);
    debug_assert!(made.is_ok() && compress.total_in() == length);
    if payload.ends_with(&TAIL) {
        payload.truncate(payload.len() - TAIL.len());
    }
    payload
}

/// A payload whose first thing is a copy from before the start of the stream.
pub(super) fn copy_from_nowhere() -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(0, 1);
    bits.push(1, 2);
    bits.push_code(0b1100_0101, 8);
    // A distance of 24,577 and more.
    bits.push_code(29, 5);
    bits.push(0, 13);
    end(bits)
}

/// End of block, then the start of the empty stored block whose last four bytes
/// are left out.
fn end(mut bits: Bits) -> Vec<u8> {
    bits.push_code(0, 7);
    bits.push(0, 3);
    bits.bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by hand from RFC 1951 and inflated by zlib (with the four bytes
    /// 00 00 ff ff behind it) to 259 zeros.
    #[test]
    fn the_smallest_bomb_is_this() {
        assert_eq!(bomb(259), [0x62, 0x18, 0x05, 0x00, 0x00]);
    }

    #[test]
    fn zeros_inflate_a_thousandfold() {
        for length in [512_u64 << 10, 1 << 20] {
            let payload = zeros(length);
            let ratio = length / payload.len() as u64;
            assert!((900..1100).contains(&ratio), "{ratio}");
            let mut plain = Vec::with_capacity((1 << 20) + 1);
            let whole = [&payload[..], &[0, 0, 0xff, 0xff]].concat();
            flate2::Decompress::new(false)
                .decompress_vec(&whole, &mut plain, flate2::FlushDecompress::Sync)
                .unwrap();
            assert_eq!(plain.len() as u64, length);
            assert!(plain.iter().all(|&byte| byte == 0));
        }
    }

    #[test]
    fn it_is_small_for_what_it_becomes() {
        let length = 16 << 20;
        let ratio = length / bomb(length).len() as u64;
        assert_eq!(ratio, 158);
    }
}
