//! async-tungstenite, with the loop of its `examples/autobahn-server.rs`.

use async_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Role, WebSocketConfig},
};

use super::messages::each;
use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let config = WebSocketConfig::default()
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .max_message_size(Some(MAX_MESSAGE_BYTES));
    let socket = wait(async {
        Ok(WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await)
    })?;
    Ok(each(socket, batch, |message| {
        message.is_text() || message.is_binary()
    }))
}
