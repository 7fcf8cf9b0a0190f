//! The opening handshake, seen from the client (RFC 6455 section 4.1).

mod error;
mod key;
mod request;
mod response;

pub use error::HandshakeError;
pub use key::{ClientKey, accept_of};
pub use request::{request, request_into};
pub use response::{MAX_RESPONSE_BYTES, ResponseReader};
