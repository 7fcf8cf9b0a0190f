//! tokio-websockets, with the loop of its README.

use tokio_websockets::{Config, Limits, ServerBuilder};

use super::messages::each;
use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let socket = ServerBuilder::new()
        .config(Config::default())
        .limits(Limits::default().max_payload_len(Some(MAX_MESSAGE_BYTES)))
        .serve(stream);
    Ok(each(socket, batch, |message| {
        message.is_text() || message.is_binary()
    }))
}
