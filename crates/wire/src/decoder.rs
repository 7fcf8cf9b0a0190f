//! The streaming decoder of what a server sends.

use crate::{FrameHeader, Opcode, Violation};

/// Payload of the longest control frame (RFC 6455 section 5.5).
pub const MAX_CONTROL_PAYLOAD_BYTES: usize = 125;

/// What the decoder found next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A data frame's header: a message starts or goes on.
    FrameStart {
        /// Kind of the message, [`Text`](Opcode::Text) or
        /// [`Binary`](Opcode::Binary), on continuations too.
        opcode: Opcode,
        /// Whether the message starts here.
        first: bool,
        /// Whether the message ends with this frame.
        fin: bool,
        /// Length of the frame's payload in bytes.
        payload_len: u64,
    },
    /// A part of the current data frame's payload, in order, never empty.
    Payload(&'a [u8]),
    /// The current data frame is complete.
    FrameEnd {
        /// Whether its message is complete as well.
        message_complete: bool,
    },
    /// A ping's payload; a pong with the same must answer it.
    Ping(&'a [u8]),
    /// A pong's payload.
    Pong(&'a [u8]),
    /// A Close frame's payload; see [`CloseReason::parse`](crate::CloseReason::parse).
    Close(&'a [u8]),
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Between frames.
    Header,
    /// The first `held` bytes of a header are in the buffer.
    PartialHeader {
        held: usize,
    },
    /// Inside a data frame.
    Payload {
        remaining: u64,
        fin: bool,
    },
    /// The first `held` bytes of a control frame's payload are in the buffer.
    Control {
        opcode: Opcode,
        held: usize,
        length: usize,
    },
    Failed(Violation),
}

/// Decodes the frames of a server and checks that it may send them.
///
/// Data payloads are handed on as slices of the input and never copied; only a
/// header or a control frame that a read cut in two is held back. Memory is
/// therefore bounded whatever the server sends. Text is not checked to be UTF-8.
///
/// ```
/// use wire::{Decoder, Event, Opcode};
///
/// let mut decoder = Decoder::new();
/// let mut input: &[u8] = b"\x81\x05Hello\x89\x00";
/// let mut text = Vec::new();
/// loop {
///     let (consumed, event) = decoder.next(input)?;
///     match event {
///         Some(Event::FrameStart { opcode, .. }) => assert_eq!(opcode, Opcode::Text),
///         Some(Event::Payload(part)) => text.extend_from_slice(part),
///         Some(_) => {}
///         None => break,
///     }
///     input = &input[consumed..];
/// }
/// assert_eq!(text, b"Hello");
/// # Ok::<(), wire::Violation>(())
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    state: State,
    /// Kind of the fragmented message that is under way.
    message: Option<Opcode>,
    close_seen: bool,
    buffer: [u8; MAX_CONTROL_PAYLOAD_BYTES],
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// A decoder at the first byte after the opening handshake.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            state: State::Header,
            message: None,
            close_seen: false,
            buffer: [0; MAX_CONTROL_PAYLOAD_BYTES],
        }
    }

    /// Decodes the next event from the front of `input`; returns how many bytes
    /// it consumed, and the event.
    ///
    /// The event is `None` when the decoder needs further input; it has then
    /// consumed all of this one, so nothing is left for the caller to keep. An
    /// event may consume nothing ([`Event::FrameEnd`]): call again until `None`.
    ///
    /// # Errors
    /// When the server broke a rule. There is no way to find the next frame
    /// after that: each further call returns the same violation.
    #[inline]
    pub fn next<'a>(
        &'a mut self,
        input: &'a [u8],
    ) -> Result<(usize, Option<Event<'a>>), Violation> {
        match self.state {
            State::Payload { remaining: 0, fin } => {
                self.state = State::Header;
                let message_complete = fin;
                Ok((0, Some(Event::FrameEnd { message_complete })))
            }
            State::Payload { remaining, fin } => {
                if input.is_empty() {
                    return Ok((0, None));
                }
                let length = usize::try_from(remaining).map_or(input.len(), |r| r.min(input.len()));
                self.state = State::Payload {
                    remaining: remaining - length as u64,
                    fin,
                };
                Ok((length, Some(Event::Payload(&input[..length]))))
            }
            State::Header => match self.read_header(input) {
                Ok(Some((header, length))) if !header.opcode.is_control() => {
                    Ok((length, Some(self.start_data(header))))
                }
                Ok(Some((header, length))) => {
                    let (consumed, event) = self.start_control(header, &input[length..]);
                    Ok((length + consumed, event))
                }
                Ok(None) => Ok((self.hold_header(input), None)),
                Err(violation) => Err(self.fail(violation)),
            },
            State::PartialHeader { held } => self.complete_header(held, input),
            State::Control {
                opcode,
                held,
                length,
            } => Ok(self.complete_control(opcode, held, length, input)),
            State::Failed(violation) => Err(violation),
        }
    }

    /// Reads a header and checks all that its first two octets tell as soon as
    /// they are there: who breaks a rule may never send the rest.
    #[inline]
    fn read_header(&self, bytes: &[u8]) -> Result<Option<(FrameHeader, usize)>, Violation> {
        let &[first, second, ..] = bytes else {
            return Ok(None);
        };
        let fin = first & 0x80 != 0;
        let rsv = first >> 4 & 0x7;
        let opcode = Opcode::from_bits(first);
        if second & 0x80 != 0 {
            return Err(Violation::Masked);
        }
        if rsv != 0 {
            return Err(Violation::ReservedBits { rsv });
        }
        match opcode {
            Opcode::Reserved(_) => return Err(Violation::ReservedOpcode { opcode }),
            Opcode::Close | Opcode::Ping | Opcode::Pong => {
                if !fin {
                    return Err(Violation::FragmentedControl { opcode });
                }
                if usize::from(second) > MAX_CONTROL_PAYLOAD_BYTES {
                    return Err(Violation::ControlTooLong { opcode });
                }
            }
            _ if self.close_seen => return Err(Violation::DataAfterClose { opcode }),
            Opcode::Continuation if self.message.is_none() => {
                return Err(Violation::ContinuationWithoutStart);
            }
            Opcode::Text | Opcode::Binary if self.message.is_some() => {
                return Err(Violation::MessageInsideMessage { opcode });
            }
            _ => {}
        }
        Ok(FrameHeader::decode(bytes)?)
    }

    #[inline]
    fn start_data(&mut self, header: FrameHeader) -> Event<'static> {
        let opcode = self.message.unwrap_or(header.opcode);
        let first = self.message.is_none();
        self.message = (!header.fin).then_some(opcode);
        self.state = State::Payload {
            remaining: header.payload_len,
            fin: header.fin,
        };
        Event::FrameStart {
            opcode,
            first,
            fin: header.fin,
            payload_len: header.payload_len,
        }
    }

    fn start_control<'a>(
        &'a mut self,
        header: FrameHeader,
        input: &'a [u8],
    ) -> (usize, Option<Event<'a>>) {
        let length = header.payload_len as usize;
        self.close_seen |= header.opcode == Opcode::Close;
        match input.get(..length) {
            Some(payload) => {
                self.state = State::Header;
                (length, Some(control_event(header.opcode, payload)))
            }
            None => self.complete_control(header.opcode, 0, length, input),
        }
    }

    fn complete_control<'a>(
        &'a mut self,
        opcode: Opcode,
        held: usize,
        length: usize,
        input: &[u8],
    ) -> (usize, Option<Event<'a>>) {
        let taken = input.len().min(length - held);
        self.buffer[held..held + taken].copy_from_slice(&input[..taken]);
        let held = held + taken;
        if held < length {
            self.state = State::Control {
                opcode,
                held,
                length,
            };
            return (taken, None);
        }
        self.state = State::Header;
        (taken, Some(control_event(opcode, &self.buffer[..length])))
    }

    /// Keeps an incomplete header; returns how many bytes that consumed: all.
    #[cold]
    fn hold_header(&mut self, input: &[u8]) -> usize {
        self.buffer[..input.len()].copy_from_slice(input);
        if !input.is_empty() {
            self.state = State::PartialHeader { held: input.len() };
        }
        input.len()
    }

    #[cold]
    fn complete_header<'a>(
        &'a mut self,
        held: usize,
        input: &'a [u8],
    ) -> Result<(usize, Option<Event<'a>>), Violation> {
        let offered = input.len().min(crate::MAX_HEADER_BYTES - held);
        self.buffer[held..held + offered].copy_from_slice(&input[..offered]);
        match self.read_header(&self.buffer[..held + offered]) {
            Ok(Some((header, length))) => {
                let taken = length - held;
                if header.opcode.is_control() {
                    let (consumed, event) = self.start_control(header, &input[taken..]);
                    Ok((taken + consumed, event))
                } else {
                    Ok((taken, Some(self.start_data(header))))
                }
            }
            Ok(None) => {
                self.state = State::PartialHeader {
                    held: held + offered,
                };
                Ok((offered, None))
            }
            Err(violation) => Err(self.fail(violation)),
        }
    }

    #[cold]
    fn fail(&mut self, violation: Violation) -> Violation {
        self.state = State::Failed(violation);
        violation
    }
}

fn control_event(opcode: Opcode, payload: &[u8]) -> Event<'_> {
    match opcode {
        Opcode::Close => Event::Close(payload),
        Opcode::Ping => Event::Ping(payload),
        _ => Event::Pong(payload),
    }
}
