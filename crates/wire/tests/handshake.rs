//! The client's checks of a response: RFC 6455 section 4.1.

use proptest::prelude::*;
use wire::{ClientKey, HandshakeError, MAX_RESPONSE_BYTES, ResponseReader};

const GOOD: &str = "HTTP/1.1 101 Switching Protocols\r\n\
                    Upgrade: websocket\r\n\
                    Connection: Upgrade\r\n\
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

fn reader() -> ResponseReader {
    let key = ClientKey::from_nonce(*b"the sample nonce");
    ResponseReader::new(key.expected_accept())
}

fn outcome(response: &str) -> Result<Option<usize>, HandshakeError> {
    reader().push(response.as_bytes())
}

#[test]
fn the_response_of_section_1_3_opens_the_connection() {
    assert_eq!(outcome(GOOD), Ok(Some(GOOD.len())));
    let with_frames = format!("{GOOD}\u{1}frames\r\n\r\n");
    let mut reader = reader();
    assert_eq!(reader.push(with_frames.as_bytes()), Ok(Some(GOOD.len())));
    assert_eq!(reader.push(b"more"), Ok(Some(0)));
}

#[test]
fn other_spellings_of_the_same_are_good() {
    for (from, to) in [
        ("Upgrade: websocket", "UPGRADE:WebSocket"),
        ("Upgrade: websocket", "upgrade: \t websocket \t"),
        ("Connection: Upgrade", "connection: keep-alive,upgrade"),
        (
            "Connection: Upgrade",
            "Connection: keep-alive\r\nConnection: , UPGRADE",
        ),
        ("101 Switching Protocols", "101 "),
        ("101 Switching Protocols", "101"),
        ("101 Switching Protocols", "101 Sure, why not: \u{e9}"),
        (
            "Upgrade: websocket",
            "Server: a: b\r\nX-Empty:\r\nUpgrade: websocket",
        ),
        (
            "Upgrade: websocket",
            "Sec-WebSocket-Extensions:\r\nUpgrade: websocket",
        ),
    ] {
        let response = GOOD.replacen(from, to, 1);
        assert_ne!(response, GOOD);
        assert_eq!(outcome(&response), Ok(Some(response.len())), "{to:?}");
    }
}

fn wrong(header: &'static str, value: &str, expected: &str) -> HandshakeError {
    HandshakeError::Wrong {
        header,
        value: value.to_owned(),
        expected: expected.to_owned(),
    }
}

#[test]
fn every_failed_check_is_named() {
    const ACCEPT: &str = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    let missing = |header| HandshakeError::Missing { header };
    let repeated = |header| HandshakeError::Repeated { header };
    let malformed = |line: &str| HandshakeError::MalformedHeader {
        line: line.to_owned(),
    };
    let not_http = |start: &str| HandshakeError::NotHttp {
        start: start.to_owned(),
    };
    let cases = [
        (
            "101 Switching Protocols",
            "400 Bad Request",
            HandshakeError::Status {
                code: 400,
                reason: "Bad Request".to_owned(),
            },
        ),
        (
            "101 Switching Protocols",
            "200",
            HandshakeError::Status {
                code: 200,
                reason: String::new(),
            },
        ),
        (
            "HTTP/1.1",
            "HTTP/1.0",
            not_http("HTTP/1.0 101 Switching Protocols"),
        ),
        (
            "101 Switching Protocols",
            "1o1 x",
            not_http("HTTP/1.1 1o1 x"),
        ),
        ("101 Switching", "1011", not_http("HTTP/1.1 1011 Protocols")),
        ("Upgrade: websocket\r\n", "", missing("Upgrade")),
        ("Connection: Upgrade\r\n", "", missing("Connection")),
        (ACCEPT, "X: y", missing("Sec-WebSocket-Accept")),
        (
            "Upgrade: websocket",
            "Upgrade: h2c",
            wrong("Upgrade", "h2c", "websocket"),
        ),
        (
            "Connection: Upgrade",
            "Connection: keep-alive, upgraded",
            wrong("Connection", "keep-alive, upgraded", "Upgrade"),
        ),
        (
            "xOo=",
            "xoo=",
            wrong(
                "Sec-WebSocket-Accept",
                "s3pPLMBiTxaQ9kYGzzhZRbK+xoo=",
                "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            ),
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\nUpgrade: websocket",
            repeated("Upgrade"),
        ),
        (
            ACCEPT,
            &format!("{ACCEPT}\r\n{ACCEPT}"),
            repeated("Sec-WebSocket-Accept"),
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate",
            HandshakeError::UnaskedExtension {
                value: "permessage-deflate".to_owned(),
            },
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\nsec-websocket-protocol: chat",
            HandshakeError::UnaskedSubprotocol {
                value: "chat".to_owned(),
            },
        ),
        (
            "Upgrade: websocket",
            "Upgrade websocket",
            malformed("Upgrade websocket"),
        ),
        (
            "Upgrade: websocket",
            "Upgrade : websocket",
            malformed("Upgrade : websocket"),
        ),
        (
            "Upgrade: websocket",
            ": websocket",
            malformed(": websocket"),
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\n folded: x",
            malformed(" folded: x"),
        ),
        (
            "websocket",
            "web\0socket",
            malformed("Upgrade: web\0socket"),
        ),
        (
            "websocket\r\n",
            "websocket\r\r\n",
            malformed("Upgrade: websocket\r"),
        ),
        (
            "websocket\r\n",
            "websocket\n",
            malformed("Upgrade: websocket"),
        ),
    ];
    for (from, to, expected) in cases {
        let response = GOOD.replacen(from, to, 1);
        assert_ne!(response, GOOD, "{from:?} is not in the response");
        let mut reader = reader();
        assert_eq!(
            reader.push(response.as_bytes()),
            Err(expected.clone()),
            "{to:?}"
        );
        assert_eq!(reader.push(b""), Err(expected), "{to:?}, asked again");
    }
}

#[test]
fn a_server_that_speaks_no_http_is_told_at_once() {
    for start in [
        "GET / HTTP/1.1\r\n",
        "\u{81}\u{5}Hello",
        "HTTP/2",
        "SSH-2.0-x\r\n",
    ] {
        let error = outcome(start).unwrap_err();
        assert_eq!(
            error,
            HandshakeError::NotHttp {
                start: start.trim_end().to_owned()
            }
        );
    }
    assert_eq!(outcome("HT"), Ok(None));
}

#[test]
fn a_response_without_end_is_refused_at_the_limit() {
    let too_long = Err(HandshakeError::TooLong {
        limit_bytes: MAX_RESPONSE_BYTES,
    });
    let mut reader = reader();
    let mut pushed = 0;
    let mut last = reader.push(b"HTTP/1.1 101 x\r\nX: ").map(|_| Ok(None));
    while let Ok(Ok(None)) = last {
        last = Ok(reader.push(&[b'x'; 1000]));
        pushed += 1;
    }
    assert_eq!(last, Ok(too_long.clone()));
    assert_eq!(pushed, 17);

    let fills = |length: usize| {
        let padding = "x".repeat(length - GOOD.len() - "X: \r\n".len());
        GOOD.replacen("Upgrade", &format!("X: {padding}\r\nUpgrade"), 1)
    };
    let longest = fills(MAX_RESPONSE_BYTES);
    assert_eq!(outcome(&longest), Ok(Some(MAX_RESPONSE_BYTES)));
    assert_eq!(outcome(&fills(MAX_RESPONSE_BYTES + 1)), too_long);
}

proptest! {
    #[test]
    fn a_response_reads_alike_however_it_is_cut(
        lengths in prop::collection::vec(1..40usize, 1..10),
        behind in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let bytes = [GOOD.as_bytes(), &behind].concat();
        let mut reader = reader();
        let mut at = 0;
        for &length in lengths.iter().cycle() {
            let read = &bytes[at..bytes.len().min(at + length)];
            match reader.push(read) {
                Ok(None) => at += read.len(),
                Ok(Some(consumed)) => {
                    prop_assert_eq!(at + consumed, GOOD.len());
                    break;
                }
                Err(error) => prop_assert!(false, "{}", error),
            }
        }
    }

    #[test]
    fn noise_never_panics_and_never_opens(
        noise in prop::collection::vec(any::<u8>(), 0..200),
        behind_status: bool,
    ) {
        let mut reader = reader();
        if behind_status {
            prop_assert_eq!(reader.push(b"HTTP/1.1 101 x\r\n"), Ok(None));
        }
        prop_assert!(!matches!(reader.push(&noise), Ok(Some(_))));
    }
}
