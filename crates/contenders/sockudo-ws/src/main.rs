//! Echo server on sockudo-ws, with the loop of the library's
//! `examples/simple_echo.rs`; its `WebSocketServer` does the handshake.

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, Variant, library, option};
use futures_util::{SinkExt as _, StreamExt as _};
use sockudo_ws::{Config, Http1, Message, Result, init_clock, server::WebSocketServer};
use tokio::net::TcpStream;

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("sockudo-ws", "tokio").with_tuned())?;
    let (keep, variant) = (contender.keep(), contender.variant());
    init_clock();

    let config = Config::builder()
        .max_frame_size(MAX_MESSAGE_BYTES)
        .max_message_size(MAX_MESSAGE_BYTES);
    let mut options = vec![
        option("max_frame_size", MAX_MESSAGE_BYTES),
        option("max_message_size", MAX_MESSAGE_BYTES),
    ];

    let config = match variant {
        Variant::Default => {
            let config = config.build();
            options.push(option("auto_ping", format!("{} s", config.ping_interval)));
            options.push(option("idle_timeout", format!("{} s", config.idle_timeout)));
            config
        }
        Variant::Tuned => {
            options.push(option("auto_ping", "off"));
            options.push(option("idle_timeout", "off"));
            options.push(option("flush", "when-idle"));
            config.auto_ping(false).idle_timeout(0).build()
        }
    };

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
    let (mut socket, _handshake) = server.accept_raw(stream).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        match message {
            Message::Text(_) | Message::Binary(_) => {
                kept.keep(|| message.clone());
                match variant {
                    Variant::Default => socket.send(message).await?,
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
