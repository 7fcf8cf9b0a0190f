//! The loop of libraries whose connection is a stream and a sink of messages.

use std::fmt::{Debug, Display};

use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _};

use crate::{Batch, Body, Failure, wait::wait};

/// Reads a batch of messages for which `is_data` holds, and sends each back.
pub(super) fn each<S, M, E>(mut socket: S, batch: &Batch, is_data: fn(&M) -> bool) -> Body
where
    S: Stream<Item = Result<M, E>> + Sink<M, Error = E> + Unpin + 'static,
    M: Debug + 'static,
    E: Display + 'static,
{
    let messages = batch.messages;
    Box::new(move || {
        wait(async {
            for _ in 0..messages {
                let message = socket.next().await.ok_or_else(|| Failure::of("the end"))?;
                let message = message.map_err(Failure::of)?;
                if !is_data(&message) {
                    return Err(Failure::unexpected(message));
                }
                socket.send(message).await.map_err(Failure::of)?;
            }
            Ok(())
        })
    })
}
