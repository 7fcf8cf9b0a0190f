//! The reader that judges nothing, and text that comes in parts.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use proptest::prelude::*;
use wire::{
    FrameHeader, FrameReader, LengthForm, MAX_HEADER_BYTES, Opcode, Part, Utf8Check, append_frame,
    unmask,
};

/// Every frame with its unmasked payload, fed in parts of `size` bytes.
fn frames(stream: &[u8], size: usize) -> Vec<(FrameHeader, LengthForm, Vec<u8>, bool)> {
    let mut reader = FrameReader::new();
    let mut found: Vec<(FrameHeader, LengthForm, Vec<u8>, bool)> = Vec::new();
    for mut input in stream.chunks(size.max(1)) {
        loop {
            let (consumed, part) = reader.next(input);
            input = &input[consumed..];
            match part {
                Some(Part::Start {
                    header,
                    length_form,
                }) => found.push((header, length_form, Vec::new(), false)),
                Some(Part::Payload(bytes)) => {
                    let (header, _, payload, _) = found.last_mut().unwrap();
                    let mut bytes = bytes.to_vec();
                    unmask(header, payload.len() as u64, &mut bytes);
                    payload.extend(bytes);
                }
                Some(Part::End) => found.last_mut().unwrap().3 = true,
                None => break,
            }
        }
        assert!(input.is_empty(), "all of the input is taken");
    }
    found
}

fn any_header() -> impl Strategy<Value = FrameHeader> {
    (any::<bool>(), 0..8_u8, 0..16_u8, any::<Option<[u8; 4]>>()).prop_map(
        |(fin, rsv, opcode, mask)| FrameHeader {
            fin,
            rsv,
            opcode: Opcode::from_bits(opcode),
            mask,
            payload_len: 0,
        },
    )
}

proptest! {
    #[test]
    fn any_frames_are_read_back_however_they_are_cut(
        sent in prop::collection::vec((any_header(), prop::collection::vec(any::<u8>(), 0..300)), 0..6),
        size in 1..40_usize,
    ) {
        let mut stream = Vec::new();
        let sent: Vec<_> = sent
            .into_iter()
            .map(|(header, payload)| {
                let header = FrameHeader { payload_len: payload.len() as u64, ..header };
                append_frame(&mut stream, &header, &payload);
                (header, LengthForm::minimal(header.payload_len), payload, true)
            })
            .collect();
        prop_assert_eq!(frames(&stream, size), sent);
    }

    #[test]
    fn garbage_is_read_to_its_end(stream in prop::collection::vec(any::<u8>(), 0..600), size in 1..40_usize) {
        frames(&stream, size);
    }

    #[test]
    fn text_in_parts_is_judged_as_the_whole(
        bytes in prop_oneof![
            any::<String>().prop_map(String::into_bytes),
            prop::collection::vec(prop_oneof![Just(0xed_u8), Just(0xa0), Just(0xf4), Just(0x80), Just(0x90), any::<u8>()], 0..12),
        ],
        size in 1..5_usize,
    ) {
        let mut check = Utf8Check::new();
        let good_so_far = bytes.chunks(size).fold(true, |_, part| check.push(part));
        let whole = std::str::from_utf8(&bytes);
        prop_assert_eq!(check.is_complete(), whole.is_ok());
        prop_assert_eq!(good_so_far, whole.map_or_else(|error| error.error_len().is_none(), |_| true));
    }
}

#[test]
fn lengths_that_are_forbidden_are_read_as_they_are() {
    let header = FrameHeader::single(Opcode::Text, None, 5);
    for form in [LengthForm::TwoOctets, LengthForm::EightOctets] {
        let mut octets = [0; MAX_HEADER_BYTES];
        let length = header.encode_with(form, &mut octets);
        let stream = [&octets[..length], b"Hello"].concat();
        assert_eq!(
            frames(&stream, 3),
            [(header, form, b"Hello".to_vec(), true)]
        );
    }
    let endless = FrameHeader::single(Opcode::Binary, None, u64::MAX);
    let mut octets = [0; MAX_HEADER_BYTES];
    let length = endless.encode(&mut octets);
    let stream = [&octets[..length], &[7; 100]].concat();
    let read = frames(&stream, 9);
    assert_eq!(read.len(), 1);
    assert_eq!(
        (read[0].0, read[0].2.len(), read[0].3),
        (endless, 100, false)
    );
}

#[test]
fn text_that_can_no_longer_become_good_is_refused_at_once() {
    let mut check = Utf8Check::new();
    assert!(check.push("κόσμε".as_bytes()) && check.push(b"\xf4"));
    assert!(!check.push(b"\x90"), "beyond U+10FFFF");
    assert!(!check.push(b"a"), "and it stays so");
    assert!(!check.is_complete());
}
