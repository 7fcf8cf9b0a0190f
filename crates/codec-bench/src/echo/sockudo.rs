//! sockudo-ws, with the loop of its README; without heartbeat and idle timeout,
//! which need a runtime's timer.

use sockudo_ws::{Config, WebSocketStream};

use super::messages::each;
use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let config = Config::builder()
        .max_payload_length(MAX_MESSAGE_BYTES)
        .auto_ping(false)
        .idle_timeout(0)
        .build();
    let socket = WebSocketStream::server(stream, config);
    Ok(each(socket, batch, |message| {
        message.is_text() || message.is_binary()
    }))
}
