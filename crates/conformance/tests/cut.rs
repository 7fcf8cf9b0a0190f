//! How a stream is cut into reads decides nothing, also after a fault.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use conformance::replay;
use flate2::{Compress, Compression, FlushCompress};
use wire::{FrameHeader, Opcode, append_frame};

const RSV1: u8 = 4;

/// A compressed message, and a Close frame behind it.
fn stream(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let message = FrameHeader {
        rsv: RSV1,
        ..FrameHeader::single(opcode, None, payload.len() as u64)
    };
    append_frame(&mut bytes, &message, payload);
    append_frame(
        &mut bytes,
        &FrameHeader::single(Opcode::Close, None, 2),
        &1000_u16.to_be_bytes(),
    );
    bytes
}

/// What is said of the stream, when it is the same however it is cut.
fn said(bytes: &[u8]) -> String {
    let case = support::cases(&["12.1.1"]).remove(0);
    let whole = replay(&case, [bytes], 1);
    for length in [1, 2, 3, 7, 255] {
        let cut = replay(&case, bytes.chunks(length), 1);
        assert_eq!(whole, cut, "in reads of {length} bytes");
    }
    whole.0.violation.unwrap()
}

#[test]
fn data_that_is_broken_is_told_once() {
    let said = said(&stream(Opcode::Binary, &[0xff; 20]));
    assert!(said.contains("DEFLATE"), "{said}");
}

/// A stored block with a byte that is no text, then a block of a kind that
/// doesn't exist.
#[test]
fn the_first_of_two_faults_is_told() {
    let payload = [0x00, 0x01, 0x00, 0xfe, 0xff, 0xff, 0x06];
    let said = said(&stream(Opcode::Text, &payload));
    assert!(said.contains("UTF-8"), "{said}");
}

#[test]
fn a_message_that_grows_without_end_is_told_once() {
    let mut payload = Vec::with_capacity(1 << 20);
    Compress::new(Compression::best(), false)
        .compress_vec(&vec![0; 4 << 20], &mut payload, FlushCompress::Sync)
        .unwrap();
    assert!(payload.len() < 16 << 10);
    let said = said(&stream(Opcode::Binary, &payload));
    assert!(said.contains("inflates to more"), "{said}");
}
