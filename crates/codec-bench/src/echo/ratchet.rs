//! ratchet, with the loop of its documentation; the library validates no text.

use bytes::BytesMut;
use ratchet_rs::{Message, NoExt, PayloadType, Role, WebSocket, WebSocketConfig};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let config = WebSocketConfig {
        max_message_size: MAX_MESSAGE_BYTES,
    };
    let mut socket =
        WebSocket::from_upgraded(config, stream, None::<NoExt>, BytesMut::new(), Role::Server);
    let mut buffer = BytesMut::new();
    let messages = batch.messages;
    Ok(Box::new(move || {
        wait(async {
            for _ in 0..messages {
                let kind = match socket.read(&mut buffer).await.map_err(Failure::of)? {
                    Message::Text => {
                        simdutf8::basic::from_utf8(&buffer).map_err(|_| Failure::Utf8)?;
                        PayloadType::Text
                    }
                    Message::Binary => PayloadType::Binary,
                    other => return Err(Failure::unexpected(other)),
                };
                socket.write(&mut buffer, kind).await.map_err(Failure::of)?;
                buffer.clear();
            }
            Ok(())
        })
    }))
}
