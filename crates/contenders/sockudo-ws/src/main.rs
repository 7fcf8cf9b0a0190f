//! Echo server on sockudo-ws, with the loop of the library's
//! `examples/simple_echo.rs`; its `WebSocketServer` does the handshake.

#[cfg(feature = "compression")]
mod compressed;

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, Variant, library, option};
use futures_util::{SinkExt as _, StreamExt as _};
use sockudo_ws::{Config, Http1, Message, Result, init_clock, server::WebSocketServer};
use tokio::net::TcpStream;

fn main() -> anyhow::Result<()> {
    let identity = library!("sockudo-ws", "tokio").with_tuned();
    let identity = identity.with_compressed(cfg!(feature = "compression"));
    let contender = Contender::from_command_line(identity)?;
    let (keep, variant) = (contender.keep(), contender.variant());
    init_clock();

    let mut config = Config::builder()
        .max_payload_length(MAX_MESSAGE_BYTES)
        .build();
    let mut options = vec![
        option("max_frame_size", config.max_frame_size),
        option("max_message_size", config.max_message_size),
    ];
    if variant == Variant::Tuned {
        (config.auto_ping, config.idle_timeout) = (false, 0);
        options.push(option("auto_ping", "off"));
        options.push(option("idle_timeout", "off"));
        options.push(option("flush", "when-idle"));
    } else {
        options.push(option("auto_ping", format!("{} s", config.ping_interval)));
        options.push(option("idle_timeout", format!("{} s", config.idle_timeout)));
    }
    #[cfg(feature = "compression")]
    if variant == Variant::Compressed {
        config.deflate = Some(sockudo_ws::deflate::DeflateConfig::default());
        options.push(option("deflate", "DeflateConfig::default"));
    }

    contender.serve_tokio_with_timer(options, move |stream| {
        echo(stream, config.clone(), variant, Kept::new(keep))
    })?;
    Ok(())
}

async fn echo(
    stream: TcpStream,
    config: Config,
    variant: Variant,
    mut kept: Kept<Message>,
) -> Result<()> {
    let server = WebSocketServer::<Http1>::new(config);
    #[cfg(not(feature = "compression"))]
    let (mut socket, _handshake) = server.accept_raw(stream).await?;
    #[cfg(feature = "compression")]
    let mut socket = compressed::accept(stream, server.config().clone()).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        match message {
            Message::Text(_) | Message::Binary(_) => {
                kept.keep(|| message.clone());
                match variant {
                    Variant::Default | Variant::Compressed => socket.send(message).await?,
                    // Reading flushes before it waits.
                    Variant::Tuned => socket.feed(message).await?,
                }
            }
            Message::Close(_) => break,
            _ => {}
        }
    }
    Ok(())
}
