//! The neutral WebSocket client that drives every server.
//!
//! No measured library is inside. One thread per client core waits on epoll;
//! every message is made before the load starts ([`record::MessageShape`]), is
//! unique, and is compared byte by byte when it comes back. A closed loop keeps
//! a number of messages in flight; an open loop sends at planned instants,
//! never skips one, and counts response time from the plan, so that a server
//! that stalls can't hide it (coordinated omission).
//!
//! [`Generator`] is the library's face, [`control`] the conversation with a
//! harness, and the program `load-generator` puts both on a command line.

#[cfg(not(target_os = "linux"))]
compile_error!("the load generator needs Linux: it waits on epoll and reads /proc and CPU clocks");

mod book;
mod connection;
pub mod control;
mod echoes;
mod error;
mod framing;
mod generator;
mod greeting;
mod handshakes;
mod http;
mod incoming;
mod load;
mod opening;
mod outgoing;
mod pace;
mod pacing;
mod poller;
mod socket;
mod stagger;
mod stamp;
mod sum;
mod target;
mod threads;
mod window;
mod worker;

pub use book::{MAX_MESSAGE_BYTES, multibyte_character};
pub use error::Error;
pub use generator::Generator;
pub use target::Target;
