//! Echo server on compio-ws, with the loop of the library's
//! `examples/autobahn-server.rs`.

use compio::net::TcpStream;
use compio_ws::{
    Config, accept_async_with_config,
    tungstenite::{Error, Message, Result, protocol::WebSocketConfig},
};
use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, Variant, library, limits, option};

/// Buffer size of the variant `tuned`.
const TUNED_BUFFER_BYTES: usize = 16 * 1024;

fn main() -> anyhow::Result<()> {
    let identity = library!("compio-ws", "compio").with_tuned();
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();

    let mut websocket = WebSocketConfig::default()
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .max_message_size(Some(MAX_MESSAGE_BYTES));
    let mut buffer_bytes = Config::default().buffer_size_base();
    let mut options = limits();
    if contender.variant() == Variant::Tuned {
        websocket = websocket.read_buffer_size(TUNED_BUFFER_BYTES);
        buffer_bytes = TUNED_BUFFER_BYTES;
        options.push(option("read_buffer_size", TUNED_BUFFER_BYTES));
        options.push(option("buffer_size_base", TUNED_BUFFER_BYTES));
    }
    contender.serve_compio(options, move |stream| {
        let config = Config::from(websocket).with_buffer_size_base(buffer_bytes);
        echo(stream, config, Kept::new(keep))
    })?;
    Ok(())
}

async fn echo(stream: TcpStream, config: Config, mut kept: Kept<Message>) -> Result<()> {
    let mut socket = accept_async_with_config(stream, config).await?;
    loop {
        match socket.read().await {
            Ok(message) => {
                if message.is_text() || message.is_binary() {
                    kept.keep(|| message.clone());
                    socket.send(message).await?;
                }
            }
            Err(Error::ConnectionClosed) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}
