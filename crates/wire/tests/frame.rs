//! Headers and masking: properties, and the examples of RFC 6455 section 5.7.

use proptest::prelude::*;
use wire::{
    FrameError, FrameHeader, LengthForm, MAX_HEADER_BYTES, Opcode, append_frame, apply_mask,
};

const MAX_PAYLOAD_LEN: u64 = u64::MAX >> 1;

/// Lengths of every form, the borders often.
fn payload_lens() -> impl Strategy<Value = u64> {
    prop_oneof![
        prop::sample::select(vec![0, 1, 125, 126, 127, 0xffff, 0x1_0000, MAX_PAYLOAD_LEN]),
        0..300u64,
        0..200_000u64,
        0..=MAX_PAYLOAD_LEN,
    ]
}

prop_compose! {
    fn headers()(
        fin: bool,
        rsv in 0..8u8,
        opcode in (0..16u8).prop_map(Opcode::from_bits),
        mask: Option<[u8; 4]>,
        payload_len in payload_lens(),
    ) -> FrameHeader {
        FrameHeader { fin, rsv, opcode, mask, payload_len }
    }
}

proptest! {
    #[test]
    fn any_legal_length_survives_the_way_there_and_back(
        header in headers(),
        behind in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut octets = [0; MAX_HEADER_BYTES];
        let length = header.encode(&mut octets);
        prop_assert_eq!(length, header.encoded_len());
        let bytes = [&octets[..length], &behind].concat();
        prop_assert_eq!(FrameHeader::decode(&bytes), Ok(Some((header, length))));
        for end in 0..length {
            prop_assert_eq!(FrameHeader::decode(&bytes[..end]), Ok(None));
        }
    }

    #[test]
    fn longer_forms_are_written_and_refused(
        header in headers(),
        form in prop::sample::select(vec![LengthForm::TwoOctets, LengthForm::EightOctets]),
    ) {
        let minimal = LengthForm::minimal(header.payload_len);
        let mut octets = [0; MAX_HEADER_BYTES];
        let length = header.encode_with(form, &mut octets);
        let payload_len = header.payload_len;
        let expected = if form > minimal {
            Err(FrameError::LengthNotMinimal { payload_len })
        } else {
            Ok(Some((header, length)))
        };
        prop_assert_eq!(FrameHeader::decode(&octets[..length]), expected);
    }

    #[test]
    fn lengths_with_the_top_bit_are_written_and_refused(
        header in headers(),
        payload_len in MAX_PAYLOAD_LEN + 1..,
    ) {
        let header = FrameHeader { payload_len, ..header };
        let mut octets = [0; MAX_HEADER_BYTES];
        let length = header.encode(&mut octets);
        prop_assert_eq!(
            FrameHeader::decode(&octets[..length]),
            Err(FrameError::LengthTooLarge { payload_len })
        );
    }

    #[test]
    fn whatever_decodes_encodes_to_the_same_bytes(bytes: [u8; MAX_HEADER_BYTES]) {
        if let Ok(Some((header, length))) = FrameHeader::decode(&bytes) {
            let mut octets = [0; MAX_HEADER_BYTES];
            prop_assert_eq!(header.encode(&mut octets), length);
            prop_assert_eq!(&octets[..length], &bytes[..length]);
        }
    }

    #[test]
    fn masking_is_the_formula_of_section_5_3(
        key: [u8; 4],
        phase: usize,
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        skip in 0..16usize,
    ) {
        // Skipping moves the slice off any alignment that the allocator gave.
        let bytes = &bytes[skip.min(bytes.len())..];
        let formula: Vec<u8> = bytes
            .iter()
            .enumerate()
            .map(|(i, byte)| byte ^ key[(i % 4 + phase % 4) % 4])
            .collect();
        let mut masked = bytes.to_vec();
        apply_mask(key, phase, &mut masked);
        prop_assert_eq!(masked, formula);
    }

    #[test]
    fn masking_in_parts_is_masking_whole(
        key: [u8; 4],
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        cut: prop::sample::Index,
    ) {
        let mut whole = bytes.clone();
        apply_mask(key, 0, &mut whole);
        let cut = cut.index(bytes.len() + 1);
        let mut parts = bytes;
        apply_mask(key, 0, &mut parts[..cut]);
        apply_mask(key, cut, &mut parts[cut..]);
        prop_assert_eq!(parts, whole);
    }
}

fn frame(fin: bool, opcode: Opcode, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let header = FrameHeader {
        fin,
        ..FrameHeader::single(opcode, mask, payload.len() as u64)
    };
    append_frame(&mut out, &header, payload);
    out
}

#[test]
fn frames_are_those_of_section_5_7() {
    const KEY: Option<[u8; 4]> = Some([0x37, 0xfa, 0x21, 0x3d]);
    assert_eq!(frame(true, Opcode::Text, None, b"Hello"), b"\x81\x05Hello");
    assert_eq!(
        frame(true, Opcode::Text, KEY, b"Hello"),
        b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
    );
    assert_eq!(frame(false, Opcode::Text, None, b"Hel"), b"\x01\x03Hel");
    assert_eq!(
        frame(true, Opcode::Continuation, None, b"lo"),
        b"\x80\x02lo"
    );
    assert_eq!(frame(true, Opcode::Ping, None, b"Hello"), b"\x89\x05Hello");
    assert_eq!(
        frame(true, Opcode::Pong, KEY, b"Hello"),
        b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
    );
    let medium = frame(true, Opcode::Binary, None, &[0; 256]);
    assert_eq!(&medium[..4], b"\x82\x7e\x01\x00");
    assert_eq!(medium.len(), 4 + 256);
    let long = frame(true, Opcode::Binary, None, &[0; 65536]);
    assert_eq!(&long[..10], b"\x82\x7f\0\0\0\0\0\x01\0\0");
    assert_eq!(long.len(), 10 + 65536);
}

#[test]
fn headers_that_nobody_may_send_can_be_encoded() {
    let header = FrameHeader {
        fin: false,
        rsv: 0b101,
        opcode: Opcode::Reserved(0xb),
        mask: None,
        payload_len: u64::MAX,
    };
    let mut octets = [0; MAX_HEADER_BYTES];
    let length = header.encode(&mut octets);
    assert_eq!(
        &octets[..length],
        b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff\xff"
    );
}
