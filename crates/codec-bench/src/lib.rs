//! The codecs of WebSocket libraries without sockets, runtimes and wake-ups.
//!
//! **This is the cost of the codec alone.** It says where a library's own time
//! goes; it ranks nobody. A server's cost per message is mostly the kernel's,
//! and how often a library calls into the kernel doesn't show here: the ranking
//! is that on real sockets, and these figures are never mixed into it.
//!
//! `cargo bench -p codec-bench` measures all libraries in one program;
//! `scripts/codec-alone` builds each by itself; `codec-instructions` counts
//! instructions under callgrind.
//!
//! # What one iteration is
//!
//! One [`Batch`]: 4 to 1,024 masked messages, 256 KiB of payload or more, each
//! message with a payload and a key of its own, always the same ones. A
//! connection is made once per benchmark, without a handshake, and lives on
//! through all iterations. Two families of bodies:
//!
//! - **echo**: the library's public server API on [`Memory`], a stream that is
//!   always ready. It hands out as many bytes as the reader has room for, so a
//!   large read buffer takes many small messages with one read, as on a socket
//!   whose buffer is full; and it takes whole whatever is written. It copies
//!   once in and once out, as the kernel does: the row `copy-only` is a program
//!   that does only that, the floor. Each message is read, and its echo written
//!   and flushed, before the next one is read.
//! - **frame**: bytes to frame to bytes, where a library has that as public API
//!   apart from its stream: copy the frame into the library's buffer, parse,
//!   unmask, validate text, serialise. What comes out is looked at, not copied:
//!   ntex leaves a payload of more than 4 KiB where it read it, for a vectored
//!   write, while the others copy it behind its header.
//!
//! UTF-8 is validated everywhere: by the library where it can, else by the body,
//! with simdutf8. actix-http and ntex send text only in their own `ByteString`,
//! which the body makes, and which calls the standard library's validation.
//! simdutf8 takes its scalar path below 64 bytes, so that multi-byte text of 16 B
//! can cost more than of 125 B.
//! Limits are 64 MiB, as for the servers on real sockets. What comes out is
//! compared with the expected echoes, byte by byte, before a body is timed
//! ([`verify`]), and in this crate's tests.
//!
//! # Which API each library is measured through
//!
//! | library | echo | frame |
//! |---|---|---|
//! | tungstenite | `WebSocket::from_raw_socket`, blocking | not possible: unmasking is private |
//! | tokio-tungstenite | `WebSocketStream::from_raw_socket` | has no codec of its own |
//! | async-tungstenite | `WebSocketStream::from_raw_socket` on futures-io | has no codec of its own |
//! | fastwebsockets | `WebSocket::after_handshake`, `FragmentCollector` | not possible: the parser is private |
//! | ws-tool | `BytesCodec::new_with`, blocking | not possible: the parser reads from a stream only, which is what echo does |
//! | monoio-tungstenite | `WebSocket::from_raw_socket`, without monoio's runtime | `FrameDecoder`, `FrameEncoder` |
//! | tokio-websockets | `ServerBuilder::serve` | not possible: the codec is private |
//! | yawc | `WebSocket::from_stream` | `codec::Decoder`, `codec::Encoder` |
//! | sockudo-ws | `WebSocketStream::server`, without heartbeat | `protocol::Protocol` |
//! | soketto | `connection::Builder::new` | `base::Codec` |
//! | web-socket | `WebSocket::server` in a `BufReader` | not possible: the parser reads from a stream only |
//! | ratchet_rs | `WebSocket::from_upgraded` | not possible: the codec is private |
//! | wtx | `WebSocket::new` | not possible: the parser reads from a stream only |
//! | actix-http | not possible: the server side is actix's HTTP dispatcher | `ws::Codec` |
//! | ntex | not possible: its `Io` reads and writes through tasks of ntex's runtime | `ws::Codec` |
//! | actix-ws | not possible: a connection exists only behind actix-web | has no codec of its own: actix-http's |
//! | axum, hyper-tungstenite, warp | not possible: a connection exists only behind an upgrade by hyper | have no codec of their own: tungstenite's |
//! | compio-ws | left out: through async-tungstenite, with another stream | has no codec of its own: tungstenite's |
//!
//! # Limits
//!
//! Cargo gives a dependency that several packages share the features that any
//! of them asks for. In one program with all libraries that changes this:
//!
//! - **wtx** asks for simdutf8 without `std`, and so without looking at run time
//!   for what the processor can do; the others ask for it with `std`. Built
//!   with them, wtx validates text faster than it does by itself.
//! - tokio, bytes, futures, rand, http and log get more features than a library
//!   alone would give them; none of those is code on the path of a message.
//!
//! `scripts/codec-alone` builds a program per library, with nothing else in it,
//! so that its figures have no such help; records say which of the two it was.
//! Beyond that, all libraries share one process, allocator and layout here, and
//! caches are warm: differences of a few per cent mean nothing.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(feature = "default"),
    allow(
        dead_code,
        unused_imports,
        reason = "one library alone needs a part of it"
    )
)]

mod batch;
mod echo;
mod frame;
pub mod instructions;
mod library;
mod memory;
mod sink;
mod stamp;
mod verify;
mod wait;

pub use batch::Batch;
pub use library::{Body, Failure, LIBRARIES, Library};
pub use memory::{Memory, Source};
pub use sink::{Sink, Tally};
pub use stamp::{Program, STAMPS, criterion_folder, is_built_alone, write_stamps};
pub use verify::{VerifyError, verify};

/// Payload sizes of the benchmarks.
pub const SIZES_BYTES: [u64; 6] = [16, 125, 1024, 16 * 1024, 64 * 1024, 1024 * 1024];

/// Kinds of messages of the benchmarks.
pub const KINDS: [record::MessageKind; 2] = [
    record::MessageKind::Binary,
    record::MessageKind::TextMultibyte,
];

/// The largest message, as for the servers on real sockets.
const MAX_MESSAGE_BYTES: usize = 64 * 1024 * 1024;
