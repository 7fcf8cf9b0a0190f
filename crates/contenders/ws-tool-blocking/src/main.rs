//! Echo server on ws-tool with blocking sockets: a thread per connection, with
//! the loop of the library's `examples/bench_server.rs`.
//!
//! The library leaves the answers to ping and Close and the Close frame after an
//! error to its user: they are in contender-kit's `ws_tool::answer`, as its
//! `examples/autobahn_client.rs` gives them.

#[cfg(feature = "compression")]
mod compressed;

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use contender_kit::{
    Contender, Kept, Variant, library, option,
    ws_tool::{Answer, OwnedMessage, answer, frame_config, options},
};
use ws_tool::{
    ServerBuilder,
    codec::{BytesRecv, BytesSend, FrameReadState, FrameWriteState, default_handshake_handler},
    errors::WsError,
    stream::BufStream,
};

/// Stack of a connection's thread in the variant `tuned`.
const TUNED_STACK_BYTES: usize = 128 * 1024;

/// Read buffer during the handshake in the variant `tuned`.
const TUNED_HANDSHAKE_BYTES: usize = 8 * 1024;

fn main() -> anyhow::Result<()> {
    let identity = library!("ws-tool", "threads").with_tuned();
    let identity = identity.with_compressed(cfg!(feature = "compression"));
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();

    #[cfg(feature = "compression")]
    if contender.variant() == Variant::Compressed {
        let options = vec![option("DeflateCodec", "factory")];
        let serve = move |stream| compressed::echo(stream, Kept::new(keep));
        return Ok(contender.serve_threads(options, None, serve)?);
    }

    let mut options = options();
    options.push(option("Split", "one shared descriptor"));
    if contender.variant() == Variant::Tuned {
        let size = TUNED_HANDSHAKE_BYTES;
        options.push(option("BufStream", format!("{size} for the handshake")));
        options.push(option("thread stack_size", TUNED_STACK_BYTES));
        contender.serve_threads(options, Some(TUNED_STACK_BYTES), move |stream| {
            accept(BufStream::with_capacity(size, 0, &stream))?;
            echo(&stream, Kept::new(keep))
        })?;
    } else {
        contender.serve_threads(options, None, move |stream| {
            accept(&stream)?;
            echo(&stream, Kept::new(keep))
        })?;
    }
    Ok(())
}

fn accept(stream: impl Read + Write) -> Result<(), WsError> {
    ServerBuilder::accept(stream, default_handshake_handler, |_, _| Ok(()))
}

/// Both halves read and write the one socket. The library splits a `TcpStream` by
/// duplicating its descriptor, which halves the connections that a process can hold.
fn echo(stream: &TcpStream, mut kept: Kept<OwnedMessage>) -> Result<(), WsError> {
    let mut read = BytesRecv::new(stream, FrameReadState::with_config(frame_config()));
    let mut write = BytesSend::new(stream, FrameWriteState::with_config(frame_config()));
    loop {
        let Answer { message, is_last } = answer(read.receive(), &mut kept);
        if let Some(message) = message {
            write.send(message)?;
        }
        if is_last {
            return Ok(());
        }
    }
}
