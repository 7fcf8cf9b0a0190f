//! What is said on a fresh connection before the first message, by protocol, and
//! the wait for the answer to it.

use record::Protocol;
use wire::{ClientKey, Event, Opcode, ResponseReader};

use crate::{framing, http::Responses, target::Target};

/// The wait for the answer to an opening.
#[derive(Debug)]
pub(crate) enum Greeting {
    /// The opening handshake of RFC 6455.
    Upgrade(ResponseReader),
    /// To a server that echoes bytes: the request itself has to come back.
    Mirror {
        /// Bytes of it that have not.
        left: usize,
    },
    /// A request without a body, whose response has none either.
    Exchange(Responses),
}

impl Greeting {
    /// What is to be written, and the wait for its answer.
    pub(crate) fn start(protocol: Protocol, target: &Target, nonce: [u8; 16]) -> (Vec<u8>, Self) {
        let key = ClientKey::from_nonce(nonce);
        let upgrade = || wire::request(&target.host, &target.path, &key);
        match protocol {
            Protocol::Websocket => {
                let reader = ResponseReader::new(key.expected_accept());
                (upgrade(), Self::Upgrade(reader))
            }
            Protocol::RawTcp | Protocol::Udp => {
                let request = upgrade();
                let left = request.len();
                (request, Self::Mirror { left })
            }
            Protocol::Http => {
                let request = framing::request(&target.host, &target.path, 0);
                (request, Self::Exchange(Responses::new(Opcode::Binary)))
            }
        }
    }

    /// Takes in what was read; once the answer is complete returns how many of
    /// these bytes belong to it.
    ///
    /// # Errors
    /// An answer that opens nothing, in words.
    pub(crate) fn push(&mut self, input: &[u8]) -> Result<Option<usize>, String> {
        match self {
            Self::Upgrade(reader) => reader.push(input).map_err(|error| error.to_string()),
            Self::Mirror { left } => {
                let used = input.len().min(*left);
                *left -= used;
                Ok((*left == 0).then_some(used))
            }
            Self::Exchange(responses) => {
                let mut used = 0;
                loop {
                    let (step, event) = responses
                        .next(&input[used..])
                        .map_err(|error| error.to_string())?;
                    used += step;
                    match event {
                        None => return Ok(None),
                        Some(Event::Payload(_)) => {
                            return Err("the response to an empty request has a body".to_owned());
                        }
                        Some(Event::FrameEnd { .. }) => return Ok(Some(used)),
                        Some(_) => {}
                    }
                }
            }
        }
    }
}
