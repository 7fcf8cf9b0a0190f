//! sockudo-ws, with the loop of its README; without heartbeat and idle timeout,
//! which need a runtime's timer.

use futures_util::{SinkExt as _, StreamExt as _};
use sockudo_ws::{Config, WebSocketStream};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let config = Config::builder()
        .max_payload_length(MAX_MESSAGE_BYTES)
        .auto_ping(false)
        .idle_timeout(0)
        .build();
    let mut socket = WebSocketStream::server(stream, config);
    let messages = batch.messages;
    Ok(Box::new(move || {
        wait(async {
            for _ in 0..messages {
                let message = socket.next().await.ok_or_else(|| Failure::of("the end"))?;
                let message = message.map_err(Failure::of)?;
                if !message.is_text() && !message.is_binary() {
                    return Err(Failure::unexpected(message));
                }
                socket.send(message).await.map_err(Failure::of)?;
            }
            Ok(())
        })
    }))
}
