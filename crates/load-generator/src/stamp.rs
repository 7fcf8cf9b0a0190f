//! The number that makes every payload unique.
//!
//! A payload starts with ten characters of ASCII: six that hold the message's
//! sequence number on its connection, low digits first, and four that hold the
//! connection's number. ASCII, so that text messages stay text. A payload that
//! is shorter holds the first of them; one of no bytes holds nothing, and only
//! its order of arrival can be checked.

const SEQUENCE_DIGITS: usize = 6;
const CONNECTION_DIGITS: usize = 4;
/// Length of a whole stamp.
pub(crate) const STAMP_BYTES: usize = SEQUENCE_DIGITS + CONNECTION_DIGITS;

/// The 64 characters from `0` to `o` stand for the digits 0 to 63.
const ZERO: u8 = b'0';

/// A stamp as it stands at the front of a payload.
pub(crate) type Stamp = [u8; STAMP_BYTES];

/// Writes the stamp of message `sequence` on connection `connection`.
#[inline]
pub(crate) fn encode(sequence: u64, connection: u32) -> Stamp {
    let mut stamp = [0; STAMP_BYTES];
    let mut rest = sequence;
    for byte in &mut stamp[..SEQUENCE_DIGITS] {
        *byte = ZERO + (rest & 63) as u8;
        rest >>= 6;
    }
    let mut rest = connection;
    for byte in &mut stamp[SEQUENCE_DIGITS..] {
        *byte = ZERO + (rest & 63) as u8;
        rest >>= 6;
    }
    stamp
}

/// What can be read from a stamp, or the first bytes of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The low digits of the sequence number.
    pub(crate) sequence: u64,
    /// How many different sequence numbers those digits can tell apart.
    pub(crate) modulus: u64,
}

/// Reads the stamp, or what is left of one in a short payload, of a message
/// that claims to be of `connection`. `None` when it is no stamp of that
/// connection.
pub(crate) fn decode(bytes: &[u8], connection: u32) -> Option<Reading> {
    let digits = bytes.len().min(SEQUENCE_DIGITS);
    let mut sequence = 0;
    for (place, &byte) in bytes[..digits].iter().enumerate() {
        let digit = byte.wrapping_sub(ZERO);
        if digit > 63 {
            return None;
        }
        sequence |= u64::from(digit) << (6 * place);
    }
    let own = encode(0, connection);
    let end = bytes.len().min(STAMP_BYTES);
    if end > SEQUENCE_DIGITS && bytes[SEQUENCE_DIGITS..end] != own[SEQUENCE_DIGITS..end] {
        return None;
    }
    Some(Reading {
        sequence,
        modulus: 1 << (6 * digits),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn comes_back(sequence in 0_u64..1 << 36, connection in 0_u32..1 << 24, length in 0..=STAMP_BYTES) {
            let stamp = encode(sequence, connection);
            prop_assert!(stamp.is_ascii());
            let reading = decode(&stamp[..length], connection).unwrap();
            prop_assert_eq!(reading.sequence, sequence % reading.modulus);
            prop_assert_eq!(reading.modulus, 1 << (6 * length.min(6)));
        }

        #[test]
        fn tells_connections_apart(sequence in 0_u64..1 << 36, one in 0_u32..1 << 24, other in 0_u32..1 << 24) {
            prop_assume!(one != other);
            prop_assert_eq!(decode(&encode(sequence, one), other), None);
        }

        #[test]
        fn any_changed_byte_is_another_message(sequence in 0_u64..1 << 36, at in 0..STAMP_BYTES, change in 1_u8..) {
            let stamp = encode(sequence, 7);
            let mut changed = stamp;
            changed[at] ^= change;
            let same = decode(&changed, 7).is_some_and(|reading| reading.sequence == sequence);
            prop_assert!(!same);
        }
    }
}
