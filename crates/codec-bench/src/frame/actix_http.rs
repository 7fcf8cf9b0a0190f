//! actix-http's `ws::Codec`; it leaves the validation of text to its user, here
//! as in actix-ws to `ByteString`.

use actix_http::ws::{Codec, Frame, Message};
use bytes::BytesMut;
use bytestring::ByteString;
use tokio_util::codec::{Decoder as _, Encoder as _};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Sink};

pub(crate) fn frame(batch: &Batch, mut sink: Sink) -> Body {
    let frames = super::frames(batch);
    let mut codec = Codec::new().max_size(MAX_MESSAGE_BYTES);
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    Box::new(move || {
        for frame in &*frames {
            input.extend_from_slice(frame);
            let message = match codec.decode(&mut input).map_err(Failure::of)? {
                Some(Frame::Text(payload)) => {
                    Message::Text(ByteString::try_from(payload).map_err(|_| Failure::Utf8)?)
                }
                Some(Frame::Binary(payload)) => Message::Binary(payload),
                other => return Err(Failure::unexpected(other)),
            };
            codec.encode(message, &mut output).map_err(Failure::of)?;
            sink.put(&output);
            output.clear();
        }
        Ok(())
    })
}
