//! sockudo-ws' `Protocol`, which its documentation offers for streams of one's
//! own.

use bytes::BytesMut;
use sockudo_ws::protocol::{Protocol, Role};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Sink};

pub(crate) fn frame(batch: &Batch, mut sink: Sink) -> Body {
    let frames = super::frames(batch);
    let mut protocol = Protocol::new(Role::Server, MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES);
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    let mut messages = Vec::new();
    Box::new(move || {
        for frame in &*frames {
            input.extend_from_slice(frame);
            protocol
                .process_into(&mut input, &mut messages)
                .map_err(Failure::of)?;
            for message in messages.drain(..) {
                if !message.is_text() && !message.is_binary() {
                    return Err(Failure::unexpected(message));
                }
                protocol
                    .encode_message(&message, &mut output)
                    .map_err(Failure::of)?;
                sink.put(&output);
                output.clear();
            }
        }
        Ok(())
    })
}
