//! tungstenite, with the loop of its `examples/autobahn-server.rs`.

use tungstenite::{
    Message, WebSocket,
    protocol::{Role, WebSocketConfig},
};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let config = WebSocketConfig::default()
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .max_message_size(Some(MAX_MESSAGE_BYTES));
    let mut socket = WebSocket::from_raw_socket(stream, Role::Server, Some(config));
    let messages = batch.messages;
    Ok(Box::new(move || {
        for _ in 0..messages {
            match socket.read().map_err(Failure::of)? {
                message @ (Message::Text(_) | Message::Binary(_)) => {
                    socket.send(message).map_err(Failure::of)?;
                }
                other => return Err(Failure::unexpected(other)),
            }
        }
        Ok(())
    }))
}
