//! monoio-tungstenite's own `FrameDecoder` and `FrameEncoder`; a frame's payload
//! as text is validated by its `Frame::to_text`.

use bytes::BytesMut;
use monoio_codec::{Decoded, Decoder as _, Encoder as _};
use monoio_tungstenite::protocol::frame::{
    Frame,
    codec::{FrameDecoder, FrameEncoder},
    coding::{Data, OpCode},
};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Sink};

pub(crate) fn frame(batch: &Batch, mut sink: Sink) -> Body {
    let frames = super::frames(batch);
    let mut decoder = FrameDecoder::default();
    decoder.set_unmask(true);
    decoder.set_max_frame_size(Some(MAX_MESSAGE_BYTES));
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    Box::new(move || {
        for frame in &*frames {
            input.extend_from_slice(frame);
            let Decoded::Some(frame) = decoder.decode(&mut input).map_err(Failure::of)? else {
                return Err(Failure::unexpected("a part of a frame"));
            };
            let opcode = frame.header().opcode;
            match opcode {
                OpCode::Data(Data::Text) => {
                    frame.to_text().map_err(|_| Failure::Utf8)?;
                }
                OpCode::Data(Data::Binary) => {}
                _ => return Err(Failure::unexpected(frame)),
            }
            let echo = Frame::message(frame.into_payload(), opcode, true);
            FrameEncoder
                .encode(echo, &mut output)
                .map_err(Failure::of)?;
            sink.put(&output);
            output.clear();
        }
        Ok(())
    })
}
