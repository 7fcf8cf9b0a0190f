//! What stands around a payload on the way out, by protocol. What comes back is
//! taken apart in [`crate::incoming`].

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use record::Protocol;
use wire::{FrameHeader, MAX_HEADER_BYTES, Opcode};

use crate::{book::MAX_MESSAGE_BYTES, target::Target};

/// What stands around the payload of every message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// The frame of a client, masked (RFC 6455 section 5.3).
    MaskedFrame,
    /// The frame of a server, so that what comes back from one that echoes
    /// bytes is what a WebSocket server would send.
    BareFrame,
    /// Nothing: a datagram has a length of its own.
    Datagram,
    /// A request of HTTP/1.1 with a body of known length (RFC 9112).
    Request {
        /// Value of the `Host` header.
        host: String,
        /// Target of the request line.
        path: String,
    },
}

impl Framing {
    /// The framing of what is sent to `target`.
    pub(crate) fn of(protocol: Protocol, target: &Target) -> Self {
        match protocol {
            Protocol::Websocket => Self::MaskedFrame,
            Protocol::RawTcp => Self::BareFrame,
            Protocol::Udp => Self::Datagram,
            Protocol::Http => Self::Request {
                host: target.host.clone(),
                path: target.path.clone(),
            },
        }
    }

    /// Largest payload.
    pub(crate) fn most_payload_bytes(&self) -> u64 {
        match self {
            Self::Datagram => Protocol::Udp
                .largest_message_bytes()
                .unwrap_or(MAX_MESSAGE_BYTES),
            Self::MaskedFrame | Self::BareFrame | Self::Request { .. } => MAX_MESSAGE_BYTES,
        }
    }

    /// Mask key of the next message; zero, which changes nothing, where there
    /// are no masks.
    pub(crate) fn key(&self, random: &mut ChaCha8Rng) -> [u8; 4] {
        match self {
            // Without a zero byte: a key that leaves bytes as they are would
            // spare some servers work.
            Self::MaskedFrame => std::array::from_fn(|_| random.random_range(1..=u8::MAX)),
            Self::BareFrame | Self::Datagram | Self::Request { .. } => [0; 4],
        }
    }

    /// What stands before a payload.
    pub(crate) fn head(&self, opcode: Opcode, key: [u8; 4], payload_bytes: u64) -> Vec<u8> {
        let frame = |mask| {
            let header = FrameHeader {
                fin: true,
                rsv: 0,
                opcode,
                mask,
                payload_len: payload_bytes,
            };
            let mut encoded = [0; MAX_HEADER_BYTES];
            let length = header.encode(&mut encoded);
            encoded[..length].to_vec()
        };
        match self {
            Self::MaskedFrame => frame(Some(key)),
            Self::BareFrame => frame(None),
            Self::Datagram => Vec::new(),
            Self::Request { host, path } => request(host, path, payload_bytes),
        }
    }
}

/// The head of a POST with a body of so many bytes. An HTTP/1.1 connection stays
/// open unless somebody says otherwise (RFC 9112 section 9.3).
pub(crate) fn request(host: &str, path: &str, body_bytes: u64) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {body_bytes}\r\n\r\n")
        .into_bytes()
}
