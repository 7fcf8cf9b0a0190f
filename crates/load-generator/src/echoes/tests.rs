//! Echoes that are right, and every way in which they can be wrong.

use proptest::prelude::*;
use record::{MessageKind, MessageShape};

use super::*;
use crate::framing::Framing;

struct Bench {
    book: Book,
    echoes: Echoes,
    counts: VerificationCounts,
    sent: u64,
}

impl Bench {
    fn new(size_bytes: u64) -> Self {
        let shape = MessageShape {
            kind: MessageKind::Binary,
            size_bytes,
        };
        Self {
            book: Book::new(shape, &Framing::MaskedFrame, 3).unwrap(),
            echoes: Echoes::new(5, 1),
            counts: VerificationCounts::default(),
            sent: 0,
        }
    }

    fn send(&mut self, count: u64) {
        for _ in 0..count {
            self.sent += 1;
            self.echoes.sent(self.sent * 10);
        }
    }

    fn payload_of(&self, sequence: u64) -> Vec<u8> {
        let mut payload = self.book.expected(sequence, 5).to_vec();
        let stamp = stamp::encode(sequence, 5);
        let stamped = self.book.stamp_bytes();
        payload[..stamped].copy_from_slice(&stamp[..stamped]);
        payload
    }

    fn arrive(&mut self, opcode: Opcode, pieces: &[&[u8]]) -> Judgement {
        self.echoes.begin(opcode);
        for piece in pieces {
            self.echoes.payload(&self.book, piece);
        }
        self.echoes.complete(&self.book, &mut self.counts)
    }

    fn echo(&mut self, sequence: u64) -> Judgement {
        let payload = self.payload_of(sequence);
        self.arrive(Opcode::Binary, &[&payload])
    }
}

proptest! {
    #[test]
    fn right_echoes_are_verified_in_any_pieces(size in 0_u64..300, cuts in prop::collection::vec(0_usize..300, 0..6)) {
        let mut bench = Bench::new(size);
        bench.send(3);
        for sequence in 0..3 {
            let payload = bench.payload_of(sequence);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (payload.len() + 1)).collect();
            cuts.extend([0, payload.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &payload[cut[0]..cut[1]]).collect();
            let echo = bench.arrive(Opcode::Binary, &pieces);
            let sent_ns = (sequence + 1) * 10;
            prop_assert_eq!(echo, Judgement::Verified(Echo { sequence, sent_ns }));
        }
        prop_assert!(bench.counts.is_clean());
        prop_assert_eq!(bench.counts.verified, 3);
    }

    #[test]
    fn any_changed_byte_is_seen(size in 1_u64..300, at in 0_usize..300, change in 1_u8..) {
        let mut bench = Bench::new(size);
        bench.send(1);
        let mut payload = bench.payload_of(0);
        let at = at % payload.len();
        payload[at] ^= change;
        prop_assert_eq!(bench.arrive(Opcode::Binary, &[&payload]), Judgement::Wrong);
        prop_assert_eq!(bench.counts.corrupted, 1);
        prop_assert_eq!(bench.counts.verified, 0);
        prop_assert_eq!(bench.echoes.outstanding(), 0);
    }

    #[test]
    fn any_other_length_is_seen(size in 0_u64..300, received in 0_usize..600) {
        prop_assume!(received as u64 != size);
        let mut bench = Bench::new(size);
        bench.send(1);
        let mut payload = bench.payload_of(0);
        payload.resize(received, 7);
        prop_assert_eq!(bench.arrive(Opcode::Binary, &[&payload]), Judgement::Wrong);
        prop_assert_eq!(bench.counts.wrong_length, 1);
    }
}

#[test]
fn another_opcode_is_seen() {
    let mut bench = Bench::new(20);
    bench.send(1);
    let payload = bench.payload_of(0);
    assert_eq!(bench.arrive(Opcode::Text, &[&payload]), Judgement::Wrong);
    assert_eq!(bench.counts.wrong_opcode, 1);
}

#[test]
fn an_overtaken_message_is_reordered_and_a_skipped_one_missing() {
    let mut bench = Bench::new(20);
    bench.send(4);
    assert!(matches!(bench.echo(1), Judgement::Verified(_)));
    assert_eq!(bench.echo(0), Judgement::Wrong);
    assert_eq!(bench.counts.reordered, 1);
    assert!(matches!(bench.echo(3), Judgement::Verified(_)));
    assert_eq!(bench.echoes.outstanding(), 2);
    assert_eq!(bench.echoes.give_up(), 1);
    assert_eq!(bench.counts.reordered, 1);
    assert_eq!(bench.counts.verified, 2);
    // Message 2 comes after all.
    assert_eq!(bench.echo(2), Judgement::Unasked);
    assert_eq!(bench.counts.late, 1);
}

#[test]
fn a_second_echo_is_a_duplicate() {
    for size in [20, 1, 0] {
        let mut bench = Bench::new(size);
        bench.send(1);
        assert!(matches!(bench.echo(0), Judgement::Verified(_)));
        assert_eq!(bench.echo(0), Judgement::Unasked);
        assert_eq!(bench.counts.duplicated, 1, "{size}");
        bench.send(2);
        assert!(matches!(bench.echo(1), Judgement::Verified(_)));
        assert!(matches!(bench.echo(2), Judgement::Verified(_)));
        assert_eq!(bench.counts.verified, 3);
    }
}

#[test]
fn the_echo_of_another_connection_is_corrupt() {
    let mut bench = Bench::new(20);
    bench.send(1);
    let mut payload = bench.payload_of(0);
    payload[..STAMP_BYTES].copy_from_slice(&stamp::encode(0, 6));
    assert_eq!(bench.arrive(Opcode::Binary, &[&payload]), Judgement::Wrong);
    assert_eq!(bench.counts.corrupted, 1);
}

#[test]
fn an_echo_nobody_sent_is_no_echo() {
    let mut bench = Bench::new(20);
    assert_eq!(bench.echo(0), Judgement::Unasked);
    assert_eq!(bench.counts.verified, 0);
    assert!(!bench.counts.is_clean());
}
