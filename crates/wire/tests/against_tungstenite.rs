//! Both directions against another implementation, in the server's role.

mod common;

use std::io::{self, Read, Write};

use common::{Owned, decode_in_reads, read_lengths};
use proptest::prelude::*;
use tungstenite::{
    Message, WebSocket, accept,
    protocol::{
        CloseFrame, Role, WebSocketConfig,
        frame::Frame,
        frame::coding::{CloseCode, Data, OpCode},
    },
};
use wire::{ClientKey, CloseReason, FrameHeader, Opcode, ResponseReader, append_frame, request};

/// A stream in memory: what the server reads, and what it wrote.
#[derive(Default)]
struct Memory {
    incoming: io::Cursor<Vec<u8>>,
    outgoing: Vec<u8>,
}

impl Memory {
    fn with(incoming: Vec<u8>) -> Self {
        Self {
            incoming: io::Cursor::new(incoming),
            outgoing: Vec::new(),
        }
    }
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.incoming.read(buffer)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.outgoing.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn server(incoming: Vec<u8>) -> WebSocket<Memory> {
    let config = WebSocketConfig::default().read_buffer_size(4096);
    WebSocket::from_raw_socket(Memory::with(incoming), Role::Server, Some(config))
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let message = prop_oneof![
        9 => "\\PC{0,60}".prop_map(Message::text),
        9 => prop::collection::vec(any::<u8>(), 0..400).prop_map(Message::binary),
        1 => (65_500..65_600usize, any::<u8>())
            .prop_map(|(length, byte)| Message::binary(vec![byte; length])),
        3 => prop::collection::vec(any::<u8>(), 0..=125).prop_map(|p| Message::Ping(p.into())),
        3 => prop::collection::vec(any::<u8>(), 0..=125).prop_map(|p| Message::Pong(p.into())),
    ];
    prop::collection::vec(message, 1..8)
}

/// A message as our decoder tells it: data as one frame.
fn as_events(message: &Message) -> Vec<Owned> {
    let opcode = match message {
        Message::Ping(payload) => return vec![Owned::Ping(payload.to_vec())],
        Message::Pong(payload) => return vec![Owned::Pong(payload.to_vec())],
        Message::Text(_) => Opcode::Text,
        _ => Opcode::Binary,
    };
    let payload = message.clone().into_data().to_vec();
    let mut events = vec![Owned::Start {
        opcode,
        first: true,
        fin: true,
        payload_len: payload.len() as u64,
    }];
    if !payload.is_empty() {
        events.push(Owned::Payload(payload));
    }
    events.push(Owned::End {
        message_complete: true,
    });
    events
}

proptest! {
    #[test]
    fn what_it_writes_we_read(messages in messages(), lengths in read_lengths()) {
        let mut server = server(Vec::new());
        for message in &messages {
            server.write(message.clone()).unwrap();
        }
        server.flush().unwrap();
        let bytes = &server.get_ref().outgoing;
        let (events, outcome) = decode_in_reads(bytes, &lengths);
        prop_assert_eq!(outcome, Ok(()));
        let expected: Vec<Owned> = messages.iter().flat_map(as_events).collect();
        prop_assert_eq!(events, expected);
    }

    #[test]
    fn fragments_that_it_writes_we_read(
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..200), 2..5),
        lengths in read_lengths(),
    ) {
        let mut server = server(Vec::new());
        for (index, part) in parts.iter().enumerate() {
            let data = if index == 0 { Data::Binary } else { Data::Continue };
            let fin = index + 1 == parts.len();
            let frame = Frame::message(part.clone(), OpCode::Data(data), fin);
            server.write(Message::Frame(frame)).unwrap();
            let ping = Frame::ping(vec![index as u8]);
            server.write(Message::Frame(ping)).unwrap();
        }
        server.flush().unwrap();
        let (events, outcome) = decode_in_reads(&server.get_ref().outgoing, &lengths);
        prop_assert_eq!(outcome, Ok(()));
        let payloads: Vec<Vec<u8>> = events
            .iter()
            .filter_map(|event| match event {
                Owned::Payload(payload) => Some(payload.clone()),
                _ => None,
            })
            .collect();
        prop_assert_eq!(payloads, parts.clone());
        let pings = events.iter().filter(|event| matches!(event, Owned::Ping(_))).count();
        prop_assert_eq!(pings, parts.len());
        let completions: Vec<bool> = events
            .iter()
            .filter_map(|event| match event {
                Owned::End { message_complete } => Some(*message_complete),
                _ => None,
            })
            .collect();
        let last_only: Vec<bool> = (1..=parts.len()).map(|n| n == parts.len()).collect();
        prop_assert_eq!(completions, last_only);
    }

    #[test]
    fn what_we_write_it_reads(
        messages in messages(),
        keys in prop::collection::vec(any::<[u8; 4]>(), 8),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 8),
    ) {
        let mut bytes = Vec::new();
        for ((message, &key), cut) in messages.iter().zip(&keys).zip(&cuts) {
            let payload = message.clone().into_data();
            let opcode = match message {
                Message::Text(_) => Opcode::Text,
                Message::Binary(_) => Opcode::Binary,
                Message::Ping(_) => Opcode::Ping,
                _ => Opcode::Pong,
            };
            if opcode.is_control() {
                let header = FrameHeader::single(opcode, Some(key), payload.len() as u64);
                append_frame(&mut bytes, &header, &payload);
                continue;
            }
            let (first, second) = payload.split_at(cut.index(payload.len() + 1));
            let header = FrameHeader {
                fin: false,
                ..FrameHeader::single(opcode, Some(key), first.len() as u64)
            };
            append_frame(&mut bytes, &header, first);
            let len = second.len() as u64;
            let header = FrameHeader::single(Opcode::Continuation, Some(key), len);
            append_frame(&mut bytes, &header, second);
        }
        let mut server = server(bytes);
        for message in &messages {
            prop_assert_eq!(&server.read().unwrap(), message);
        }
    }

    #[test]
    fn our_close_is_answered(
        code in prop::sample::select(vec![1000u16, 1001, 1011, 3000, 4999]),
        reason in "\\PC{0,40}",
        key: [u8; 4],
    ) {
        let payload = CloseReason::new(code, &reason).encode();
        prop_assume!(payload.is_ok());
        let payload = payload.unwrap();
        let mut bytes = Vec::new();
        let header = FrameHeader::single(Opcode::Close, Some(key), payload.len() as u64);
        append_frame(&mut bytes, &header, &payload);
        let mut server = server(bytes);
        let expected = Message::Close(Some(CloseFrame {
            code: CloseCode::from(code),
            reason: reason.as_str().into(),
        }));
        prop_assert_eq!(server.read().unwrap(), expected);
        // The answer leaves with the next call, which ends with "closed".
        prop_assert!(server.flush().is_err() || server.read().is_err());
        let (events, outcome) = decode_in_reads(&server.get_ref().outgoing, &[3]);
        prop_assert_eq!(outcome, Ok(()));
        let [Owned::Close(answer)] = &events[..] else {
            return Err(TestCaseError::fail(format!("{events:?}")));
        };
        let answer = CloseReason::parse(answer).unwrap();
        prop_assert_eq!(answer.code, Some(code));
    }

    #[test]
    fn the_handshake_opens_a_connection(
        nonce: [u8; 16],
        path in "/[a-z0-9/]{0,20}(\\?[a-z]=[0-9])?",
        lengths in prop::collection::vec(1..60usize, 1..6),
    ) {
        let key = ClientKey::from_nonce(nonce);
        let asked = request("localhost:9001", &path, &key);
        let accepted = accept(Memory::with(asked));
        prop_assert!(accepted.is_ok(), "{:?}", accepted.err());
        let mut server = accepted.unwrap();
        let response_len = server.get_ref().outgoing.len();
        server.send(Message::text("first")).unwrap();

        let bytes = server.get_ref().outgoing.clone();
        let mut reader = ResponseReader::new(key.expected_accept());
        let mut at = 0;
        let mut lengths = lengths.iter().cycle();
        let response_end = loop {
            let length = *lengths.next().unwrap();
            let read = &bytes[at..bytes.len().min(at + length)];
            match reader.push(read).unwrap() {
                Some(consumed) => break at + consumed,
                None => at += read.len(),
            }
        };
        prop_assert_eq!(response_end, response_len);
        let (events, outcome) = decode_in_reads(&bytes[response_end..], &[2]);
        prop_assert_eq!(outcome, Ok(()));
        prop_assert_eq!(events, as_events(&Message::text("first")));
    }
}

#[test]
fn an_answer_to_another_key_is_refused() {
    let asked = request("localhost", "/", &ClientKey::from_nonce([1; 16]));
    let server = accept(Memory::with(asked)).unwrap();
    let other = ClientKey::from_nonce([2; 16]);
    let mut reader = ResponseReader::new(other.expected_accept());
    let error = reader.push(&server.get_ref().outgoing).unwrap_err();
    assert!(
        error.to_string().contains("Sec-WebSocket-Accept"),
        "{error}"
    );
}
