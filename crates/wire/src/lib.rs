//! RFC 6455 for a client that measures: frames, masking, the opening handshake.
//!
//! No measured library may drive the measurement, so this is written anew. It
//! does no I/O: bytes in, events out, and the other way round. It decodes only
//! what a server may send, strictly, and encodes anything, also what RFC 6455
//! forbids: a conformance test has to send that.
#![forbid(unsafe_code)]

mod close;
mod decoder;
mod frame;
mod frame_reader;
mod handshake;
mod mask;
mod opcode;
mod utf8;
mod violation;

pub use close::{CloseError, CloseReason, MAX_CLOSE_REASON_BYTES, is_sendable_close_code};
pub use decoder::{Decoder, Event, MAX_CONTROL_PAYLOAD_BYTES};
pub use frame::{FrameError, FrameHeader, LengthForm, MAX_HEADER_BYTES, append_frame};
pub use frame_reader::{FrameReader, Part, unmask};
pub use handshake::{
    ClientKey, HandshakeError, MAX_RESPONSE_BYTES, ResponseReader, accept_of, request, request_into,
};
pub use mask::apply_mask;
pub use opcode::Opcode;
pub use utf8::Utf8Check;
pub use violation::Violation;
