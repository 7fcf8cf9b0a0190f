//! What every contender shares, so that the servers differ only in the library.
//!
//! A contender's `main.rs` names its library, picks its options and says how
//! one connection is served:
//!
//! ```no_run
//! use std::io::{self, Read, Write};
//!
//! use contender_kit::{Contender, baseline};
//!
//! fn main() -> Result<(), contender_kit::Error> {
//!     let contender = Contender::from_command_line(baseline!("bytes", "threads"))?;
//!     contender.serve_threads(Vec::new(), None, |mut stream| -> io::Result<()> {
//!         let mut buffer = [0; 4096];
//!         loop {
//!             let length = stream.read(&mut buffer)?;
//!             if length == 0 {
//!                 return Ok(());
//!             }
//!             stream.write_all(&buffer[..length])?;
//!         }
//!     })
//! }
//! ```
//!
//! The rest is here and the same for all: arguments, a listening socket with
//! TCP_NODELAY, the ready line, the control channel on standard input, the
//! counting allocator and the accept loops. The contract with the harness is
//! [`record::ContenderLine`].
//!
//! The features `tokio`, `smol`, `compio` and `monoio` add the accept loops for
//! those runtimes, `tokio-timer` that of tokio with the runtime's timer, `hyper`
//! one that serves HTTP, `handshake` an opening handshake for libraries without
//! one, and `echo` the loops for libraries whose connection is a stream and a sink.
//! What several servers on one library share is in the module of its name, behind
//! a feature of that name: `tungstenite` and `ws_tool`.

mod allocator;
mod arguments;
mod contender;
mod control;
pub mod counting;
#[cfg(feature = "echo")]
mod echo;
mod error;
#[cfg(feature = "handshake")]
pub mod handshake;
mod identity;
mod kept;
mod libraries;
mod listener;
mod serve;

pub use record::{OptionInForce, Protocol, Variant};

#[cfg(feature = "echo")]
pub use crate::echo::{echo, echo_batches};
#[cfg(feature = "tungstenite")]
pub use crate::libraries::tungstenite;
#[cfg(feature = "ws-tool")]
pub use crate::libraries::ws_tool;
#[cfg(feature = "smol")]
pub use crate::serve::Executor;
#[cfg(feature = "hyper")]
pub use crate::serve::bad_request;
pub use crate::{contender::Contender, error::Error, identity::Identity, kept::Kept};

/// Largest message that every server accepts: 64 MiB, inclusive.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024 * 1024;

/// [`MAX_MESSAGE_BYTES`] for a library whose limit is exclusive: messages of this
/// size and above are refused.
pub const FIRST_REFUSED_BYTES: usize = MAX_MESSAGE_BYTES + 1;

/// An option for the ready line.
#[must_use]
pub fn option(name: &str, value: impl ToString) -> OptionInForce {
    OptionInForce {
        name: name.to_owned(),
        value: value.to_string(),
    }
}

/// [`MAX_MESSAGE_BYTES`] for the ready line of a library that limits frames and
/// messages, under the names that most give these two options.
#[must_use]
pub fn limits() -> Vec<OptionInForce> {
    vec![
        option("max_frame_size", MAX_MESSAGE_BYTES),
        option("max_message_size", MAX_MESSAGE_BYTES),
    ]
}
