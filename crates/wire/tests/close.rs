//! Close payloads: RFC 6455 sections 5.5.1 and 7.4.

use proptest::prelude::*;
use wire::{CloseError, CloseReason, MAX_CLOSE_REASON_BYTES, is_sendable_close_code};

#[test]
fn codes_are_those_of_section_7_4_and_of_the_registry() {
    let sendable: Vec<u16> = (0..=u16::MAX)
        .filter(|&code| is_sendable_close_code(code))
        .collect();
    let expected: Vec<u16> = [1000, 1001, 1002, 1003]
        .into_iter()
        .chain(1007..=1014)
        .chain(3000..=4999)
        .collect();
    assert_eq!(sendable, expected);
}

#[test]
fn payloads_are_parsed_or_refused() {
    let too_long = [b"\x03\xe8".as_slice(), &[b'x'; 124]].concat();
    let cases: [(&[u8], Result<CloseReason<'_>, CloseError>); 8] = [
        (b"", Ok(CloseReason::default())),
        (b"\x03\xe8", Ok(CloseReason::new(1000, ""))),
        (b"\x0f\xa0bye", Ok(CloseReason::new(4000, "bye"))),
        (b"\x03", Err(CloseError::HalfCode)),
        (b"\x03\xed", Err(CloseError::ForbiddenCode { code: 1005 })),
        (b"\x00\x00", Err(CloseError::ForbiddenCode { code: 0 })),
        (b"\x03\xe8\xff", Err(CloseError::ReasonNotUtf8)),
        (
            &too_long,
            Err(CloseError::ReasonTooLong { length_bytes: 124 }),
        ),
    ];
    for (payload, expected) in cases {
        assert_eq!(CloseReason::parse(payload), expected, "{payload:?}");
    }
}

#[test]
fn what_must_not_be_sent_is_not_encoded() {
    let long = "x".repeat(MAX_CLOSE_REASON_BYTES + 1);
    assert_eq!(
        CloseReason::new(1006, "").encode(),
        Err(CloseError::ForbiddenCode { code: 1006 })
    );
    assert_eq!(
        CloseReason::new(1000, &long).encode(),
        Err(CloseError::ReasonTooLong { length_bytes: 124 })
    );
    let wordy = CloseReason {
        code: None,
        reason: "bye",
    };
    assert_eq!(wordy.encode(), Err(CloseError::ReasonWithoutCode));
}

proptest! {
    #[test]
    fn what_encodes_parses_to_the_same(
        code in prop::option::of(990..5010u16),
        reason in "\\PC{0,50}",
    ) {
        let close = CloseReason { code, reason: &reason };
        if let Ok(payload) = close.encode() {
            prop_assert!(payload.len() <= 125);
            prop_assert_eq!(CloseReason::parse(&payload), Ok(close));
        }
    }

    #[test]
    fn what_parses_encodes_to_the_same(
        payload in prop::collection::vec(any::<u8>(), 0..130),
    ) {
        if let Ok(close) = CloseReason::parse(&payload) {
            prop_assert_eq!(close.encode(), Ok(payload.clone()));
        }
    }
}
