//! yawc's `Decoder` and `Encoder`; text is validated by its WebSocket, so here
//! by the same function that that calls.

use bytes::BytesMut;
use tokio_util::codec::{Decoder as _, Encoder as _};
use yawc::{
    Frame, OpCode, Role,
    codec::{Decoder, Encoder},
};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Sink};

pub(crate) fn frame(batch: &Batch, mut sink: Sink) -> Body {
    let frames = super::frames(batch);
    // The library refuses frames of this size and above.
    let mut decoder = Decoder::new(Role::Server, MAX_MESSAGE_BYTES + 1);
    let mut encoder = Encoder::new(Role::Server);
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    Box::new(move || {
        for frame in &*frames {
            input.extend_from_slice(frame);
            let frame = decoder.decode(&mut input).map_err(Failure::of)?;
            let frame = frame.ok_or_else(|| Failure::unexpected("half a frame"))?;
            let echo = match frame.opcode() {
                OpCode::Text => {
                    simdutf8::basic::from_utf8(frame.payload()).map_err(|_| Failure::Utf8)?;
                    Frame::text(frame.into_payload())
                }
                OpCode::Binary => Frame::binary(frame.into_payload()),
                other => return Err(Failure::unexpected(other)),
            };
            encoder.encode(echo, &mut output).map_err(Failure::of)?;
            sink.put(&output);
            output.clear();
        }
        Ok(())
    })
}
