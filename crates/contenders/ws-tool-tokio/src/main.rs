//! Echo server on ws-tool and tokio, with the loop of the library's
//! `examples/bench_async_server.rs`.
//!
//! The library leaves the answers to ping and Close and the Close frame after an
//! error to its user: they are in contender-kit's `ws_tool::answer`, as its
//! `examples/autobahn_async_client.rs` gives them.

#[cfg(feature = "compression")]
mod compressed;
mod tuned;

use contender_kit::{
    Contender, Kept, Variant, library,
    ws_tool::{Answer, OwnedMessage, answer, frame_config, options},
};
use tokio::net::TcpStream;
use ws_tool::{
    ServerBuilder,
    codec::{AsyncBytesCodec, default_handshake_handler},
    errors::WsError,
};

fn main() -> anyhow::Result<()> {
    let identity = library!("ws-tool", "tokio").with_tuned();
    let identity = identity.with_compressed(cfg!(feature = "compression"));
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();

    #[cfg(feature = "compression")]
    if contender.variant() == Variant::Compressed {
        let serve = move |stream| compressed::echo(stream, Kept::new(keep));
        return Ok(contender.serve_tokio(compressed::options(), serve)?);
    }

    let mut options = options();
    if contender.variant() == Variant::Tuned {
        options.extend(tuned::options());
        contender.serve_tokio(options, move |stream| tuned::echo(stream, Kept::new(keep)))?;
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
