//! Takes what comes back apart, by protocol, into the events that one
//! verification serves.

use record::Protocol;
use wire::{Decoder, Event, Opcode, Violation};

use crate::http::{BadResponse, Responses};

/// What comes back on one connection.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// Frames of a server, or of an echo of bare frames.
    Frames(Decoder),
    /// Datagrams, each of which is a message.
    Datagrams(Datagrams),
    /// Responses of HTTP/1.1, whose bodies are messages.
    Responses(Responses),
}

/// Why what came can't be taken apart.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// A frame that no server may send.
    #[error(transparent)]
    Frame(#[from] Violation),
    /// A response that echoes nothing.
    #[error(transparent)]
    Response(#[from] BadResponse),
}

impl Incoming {
    /// A new connection's. Where the protocol knows no opcodes every message
    /// counts as one of `opcode`.
    pub(crate) fn of(protocol: Protocol, opcode: Opcode) -> Self {
        match protocol {
            Protocol::Websocket | Protocol::RawTcp => Self::Frames(Decoder::new()),
            Protocol::Udp => Self::Datagrams(Datagrams {
                opcode,
                next: Part::Start,
            }),
            Protocol::Http => Self::Responses(Responses::new(opcode)),
        }
    }

    /// The next event from the front of what one read gave, by the rules of
    /// [`Decoder::next`].
    #[inline]
    pub(crate) fn next<'a>(
        &'a mut self,
        input: &'a [u8],
    ) -> Result<(usize, Option<Event<'a>>), Broken> {
        match self {
            Self::Frames(decoder) => Ok(decoder.next(input)?),
            Self::Datagrams(datagrams) => Ok(datagrams.next(input)),
            Self::Responses(responses) => Ok(responses.next(input)?),
        }
    }
}

/// Datagrams: whatever one read gives is one.
#[derive(Debug)]
pub(crate) struct Datagrams {
    opcode: Opcode,
    next: Part,
}

#[derive(Clone, Copy, Debug)]
enum Part {
    Start,
    Payload,
    End,
    /// The next read begins anew.
    Nothing,
}

impl Datagrams {
    fn next<'a>(&mut self, input: &'a [u8]) -> (usize, Option<Event<'a>>) {
        match self.next {
            Part::Start => {
                self.next = if input.is_empty() {
                    Part::End
                } else {
                    Part::Payload
                };
                let start = Event::FrameStart {
                    opcode: self.opcode,
                    first: true,
                    fin: true,
                    payload_len: input.len() as u64,
                };
                (0, Some(start))
            }
            Part::Payload => {
                self.next = Part::End;
                (input.len(), Some(Event::Payload(input)))
            }
            Part::End => {
                self.next = Part::Nothing;
                let message_complete = true;
                (0, Some(Event::FrameEnd { message_complete }))
            }
            Part::Nothing => {
                self.next = Part::Start;
                (0, None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_read_is_a_datagram_an_empty_one_too() {
        let mut incoming = Incoming::of(Protocol::Udp, Opcode::Text);
        for datagram in [&b"one"[..], b"", b"three"] {
            let mut input = datagram;
            let mut seen = Vec::new();
            let mut ends = 0;
            loop {
                let (used, event) = incoming.next(input).unwrap();
                input = &input[used..];
                match event {
                    None => break,
                    Some(Event::FrameStart { opcode, first, .. }) => {
                        assert!(first && opcode == Opcode::Text);
                    }
                    Some(Event::Payload(part)) => seen.extend_from_slice(part),
                    Some(Event::FrameEnd { message_complete }) => {
                        ends += u32::from(message_complete);
                    }
                    Some(other) => panic!("{other:?}"),
                }
            }
            assert_eq!((seen.as_slice(), ends), (datagram, 1));
        }
    }
}
