//! yawc, with the loop of its README, text validated.

use futures_util::{SinkExt as _, StreamExt as _};
use yawc::{OpCode, Options, Role, WebSocket};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    // The library refuses frames and messages of these sizes and above.
    let options = Options::default()
        .with_limits(MAX_MESSAGE_BYTES + 1, MAX_MESSAGE_BYTES + 1)
        .with_utf8();
    let mut socket = WebSocket::from_stream(stream, Role::Server, options).map_err(Failure::of)?;
    let messages = batch.messages;
    Ok(Box::new(move || {
        wait(async {
            for _ in 0..messages {
                let frame = socket.next().await.ok_or_else(|| Failure::of("the end"))?;
                if !matches!(frame.opcode(), OpCode::Text | OpCode::Binary) {
                    return Err(Failure::unexpected(frame.opcode()));
                }
                let echo = match frame.opcode() {
                    OpCode::Text => yawc::Frame::text(frame.into_payload()),
                    _ => yawc::Frame::binary(frame.into_payload()),
                };
                socket.send(echo).await.map_err(Failure::of)?;
            }
            Ok(())
        })
    }))
}
