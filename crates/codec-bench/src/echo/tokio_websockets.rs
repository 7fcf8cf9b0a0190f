//! tokio-websockets, with the loop of its README.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio_websockets::{Config, Limits, ServerBuilder};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let mut socket = ServerBuilder::new()
        .config(Config::default())
        .limits(Limits::default().max_payload_len(Some(MAX_MESSAGE_BYTES)))
        .serve(stream);
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
