//! async-tungstenite, with the loop of its `examples/autobahn-server.rs`.

use async_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Role, WebSocketConfig},
};
use futures_util::{SinkExt, StreamExt as _};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let config = WebSocketConfig::default()
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .max_message_size(Some(MAX_MESSAGE_BYTES));
    let mut socket = wait(async {
        Ok(WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await)
    })?;
    let messages = batch.messages;
    Ok(Box::new(move || {
        wait(async {
            for _ in 0..messages {
                let message = socket.next().await.ok_or_else(|| Failure::of("the end"))?;
                let message = message.map_err(Failure::of)?;
                if !message.is_text() && !message.is_binary() {
                    return Err(Failure::unexpected(message));
                }
                SinkExt::send(&mut socket, message)
                    .await
                    .map_err(Failure::of)?;
            }
            Ok(())
        })
    }))
}
