//! ntex's `ws::Codec` on its own buffers; it leaves the validation of text to its
//! user, here as in its server on real sockets to `ByteString`. It copies payloads
//! of up to 4 KiB behind their headers; larger ones it sends from where it read
//! them.

use ntex::{
    codec::{Decoder as _, Encoder as _},
    util::{BytePages, ByteString, BytesMut},
    ws::{Codec, Frame, Message},
};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Sink};

pub(crate) fn frame(batch: &Batch, mut sink: Sink) -> Body {
    let frames = super::frames(batch);
    let codec = Codec::new().max_size(MAX_MESSAGE_BYTES);
    let (mut input, mut output) = (BytesMut::new(), BytePages::default());
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
            codec.encodev(message, &mut output).map_err(Failure::of)?;
            // Page by page, as ntex-net hands them to a socket.
            while let Some(page) = output.take() {
                sink.put(&page);
            }
        }
        Ok(())
    })
}
