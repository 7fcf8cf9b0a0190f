//! What must hold of any bytes: shared by the fuzz targets and by the test that
//! replays their corpus.
#![allow(dead_code, reason = "each fuzz target uses one")]

use wire::{
    ClientKey, CloseReason, Decoder, Event, FrameReader, MAX_HEADER_BYTES, Part, ResponseReader,
    Utf8Check, Violation,
};

/// The first byte says how the rest is cut.
fn cut(data: &[u8]) -> Option<(usize, &[u8])> {
    let (&length, bytes) = data.split_first()?;
    Some((usize::from(length).max(1), bytes))
}

/// How a stream is cut changes nothing of what is decoded, nothing is consumed
/// twice, and a violation stays.
pub(crate) fn decoder(data: &[u8]) {
    if let Some((length, bytes)) = cut(data) {
        assert_eq!(decoded(bytes, length), decoded(bytes, bytes.len().max(1)));
    }
}

type Decoded = (Vec<(u8, u64)>, Vec<u8>, Option<Violation>);

fn decoded(bytes: &[u8], length: usize) -> Decoded {
    let mut decoder = Decoder::new();
    let mut events = Vec::new();
    let mut payloads = Vec::new();
    for mut input in bytes.chunks(length) {
        loop {
            let (consumed, event) = match decoder.next(input) {
                Ok(found) => found,
                Err(violation) => {
                    assert_eq!(decoder.next(bytes).err(), Some(violation));
                    return (events, payloads, Some(violation));
                }
            };
            let Some(event) = event else {
                assert_eq!(consumed, input.len());
                break;
            };
            match event {
                Event::FrameStart {
                    first,
                    fin,
                    payload_len,
                    ..
                } => events.push((u8::from(first) * 2 + u8::from(fin), payload_len)),
                Event::Payload(part) => {
                    assert!(!part.is_empty());
                    payloads.extend_from_slice(part);
                }
                Event::FrameEnd { message_complete } => {
                    events.push((4, u64::from(message_complete)));
                }
                Event::Ping(payload) => {
                    events.push((5, payload.len() as u64));
                    payloads.extend_from_slice(payload);
                }
                Event::Pong(payload) => {
                    events.push((6, payload.len() as u64));
                    payloads.extend_from_slice(payload);
                }
                Event::Close(payload) => {
                    events.push((7, payload.len() as u64));
                    payloads.extend_from_slice(payload);
                    close(payload);
                }
            }
            input = &input[consumed..];
        }
    }
    (events, payloads, None)
}

/// A Close payload that is legal is one that can be written again.
fn close(payload: &[u8]) {
    if let Ok(reason) = CloseReason::parse(payload) {
        assert_eq!(reason.encode().as_deref(), Ok(payload));
    }
}

/// The parts of any stream are the stream.
pub(crate) fn frame_reader(data: &[u8]) {
    let Some((length, bytes)) = cut(data) else {
        return;
    };
    let mut reader = FrameReader::new();
    let mut again = Vec::new();
    let mut header_octets = [0; MAX_HEADER_BYTES];
    for mut input in bytes.chunks(length) {
        loop {
            let (consumed, part) = reader.next(input);
            match part {
                None => {
                    assert_eq!(consumed, input.len());
                    break;
                }
                Some(Part::Start {
                    header,
                    length_form,
                }) => {
                    let count = header.encode_with(length_form, &mut header_octets);
                    again.extend_from_slice(&header_octets[..count]);
                }
                Some(Part::Payload(payload)) => {
                    assert!(consumed == payload.len() && consumed > 0);
                    again.extend_from_slice(payload);
                }
                Some(Part::End) => assert_eq!(consumed, 0),
            }
            input = &input[consumed..];
        }
    }
    assert!(bytes.starts_with(&again));
    assert!(bytes.len() - again.len() < MAX_HEADER_BYTES);
}

/// A response is taken or refused however it is cut, and ends at the same byte.
pub(crate) fn response(data: &[u8]) {
    if let Some((length, bytes)) = cut(data) {
        assert_eq!(answered(bytes, length), answered(bytes, bytes.len().max(1)));
    }
}

fn answered(bytes: &[u8], length: usize) -> Option<Option<usize>> {
    let key = ClientKey::from_nonce(*b"the sample nonce");
    let mut reader = ResponseReader::new(key.expected_accept());
    let mut before = 0;
    for part in bytes.chunks(length) {
        match reader.push(part) {
            Ok(None) => before += part.len(),
            Ok(Some(used)) => {
                assert!(used <= part.len());
                return Some(Some(before + used));
            }
            Err(error) => {
                assert_eq!(reader.push(bytes), Err(error));
                return None;
            }
        }
    }
    Some(None)
}

/// Text that comes in parts is judged as the standard library judges the whole.
pub(crate) fn text(data: &[u8]) {
    let Some((length, bytes)) = cut(data) else {
        return;
    };
    let mut check = Utf8Check::new();
    let mut good = true;
    for part in bytes.chunks(length) {
        good = check.push(part);
    }
    let whole = std::str::from_utf8(bytes);
    assert_eq!(check.is_complete(), whole.is_ok());
    let may_go_on = whole.err().is_none_or(|error| error.error_len().is_none());
    assert_eq!(good, may_go_on);
}
