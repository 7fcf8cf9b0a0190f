//! Echo server on monoio-tungstenite, with the loop of the library's README and
//! its `examples/autobahn_server.rs`.

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, library, limits};
use monoio::{
    io::{sink::SinkExt as _, stream::Stream as _},
    net::TcpStream,
};
use monoio_tungstenite::{Message, Result, accept_with_config, protocol::WebSocketConfig};

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("monoio-tungstenite", "monoio"))?;
    let keep = contender.keep();
    let config = WebSocketConfig::default()
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .max_message_size(Some(MAX_MESSAGE_BYTES));
    contender.serve_monoio(limits(), move |stream| {
        echo(stream, config, Kept::new(keep))
    })?;
    Ok(())
}

async fn echo(stream: TcpStream, config: WebSocketConfig, mut kept: Kept<Message>) -> Result<()> {
    let mut socket = accept_with_config(stream, Some(config)).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() || message.is_binary() {
            kept.keep(|| message.clone());
            socket.send_and_flush(message).await?;
        }
    }
    Ok(())
}
