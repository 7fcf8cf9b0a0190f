//! Echo server on ws-tool and tokio, with the loop of the library's
//! `examples/bench_async_server.rs`.
//!
//! The library leaves the answers to ping and Close and the Close frame after an
//! error to its user: they are in contender-kit's `ws_tool::answer`, as its
//! `examples/autobahn_async_client.rs` gives them.

#[cfg(feature = "compression")]
mod compressed;

use std::{pin::pin, task::Poll};

use contender_kit::{
    Contender, Kept, Variant, library, option,
    ws_tool::{Answer, OwnedMessage, answer, frame_config, options},
};
use futures_util::poll;
use tokio::{
    io::{AsyncWriteExt as _, BufStream},
    net::TcpStream,
};
use ws_tool::{
    ServerBuilder,
    codec::{AsyncBytesCodec, default_handshake_handler},
    errors::WsError,
};

/// Each of the two buffers in the variant `tuned`.
const TUNED_BUFFER_BYTES: usize = 8 * 1024;

fn main() -> anyhow::Result<()> {
    let identity = library!("ws-tool", "tokio").with_tuned();
    let identity = identity.with_compressed(cfg!(feature = "compression"));
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();

    #[cfg(feature = "compression")]
    if contender.variant() == Variant::Compressed {
        let options = vec![option("AsyncDeflateCodec", "factory")];
        return Ok(contender.serve_tokio(options, move |stream| {
            compressed::echo(stream, Kept::new(keep))
        })?);
    }

    let mut options = options();
    if contender.variant() == Variant::Tuned {
        let size = TUNED_BUFFER_BYTES;
        options.push(option("BufStream", format!("read {size}, write {size}")));
        options.push(option("flush", "when-idle"));
        contender.serve_tokio(options, move |stream| echo_batches(stream, Kept::new(keep)))?;
    } else {
        contender.serve_tokio(options, move |stream| echo(stream, Kept::new(keep)))?;
    }
    Ok(())
}

async fn echo(stream: TcpStream, mut kept: Kept<OwnedMessage>) -> Result<(), WsError> {
    let codec = ServerBuilder::async_accept(stream, default_handshake_handler, |_, stream| {
        Ok(AsyncBytesCodec::new_with(stream, frame_config()))
    })
    .await?;
    let (mut read, mut write) = codec.split();
    loop {
        let Answer { message, is_last } = answer(read.receive().await, &mut kept);
        if let Some(message) = message {
            write.send(message).await?;
        }
        if is_last {
            return Ok(());
        }
    }
}

/// The same with buffers, flushed when no further message is ready.
async fn echo_batches(stream: TcpStream, mut kept: Kept<OwnedMessage>) -> Result<(), WsError> {
    let mut stream = BufStream::with_capacity(TUNED_BUFFER_BYTES, TUNED_BUFFER_BYTES, stream);
    let accepted =
        ServerBuilder::async_accept(&mut stream, default_handshake_handler, |_, _| Ok(())).await;
    // The response is still in the buffer, be it a refusal.
    stream.flush().await?;
    accepted?;
    let (mut read, mut write) = AsyncBytesCodec::new_with(stream, frame_config()).split();
    loop {
        // Receiving is not cancel-safe: what has begun goes on after the flush.
        let mut receive = pin!(read.receive());
        let received = match poll!(&mut receive) {
            Poll::Ready(received) => received,
            Poll::Pending => {
                write.flush().await?;
                receive.await
            }
        };
        let Answer { message, is_last } = answer(received, &mut kept);
        if let Some(message) = message {
            write.send(message).await?;
        }
        if is_last {
            return write.flush().await;
        }
    }
}
