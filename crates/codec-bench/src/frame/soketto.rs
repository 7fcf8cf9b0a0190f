//! soketto's `base::Codec`; it leaves the validation of text to its user.

use soketto::{
    Parsing,
    base::{Codec, Header, OpCode},
};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Sink};

pub(crate) fn frame(batch: &Batch, mut sink: Sink) -> Body {
    let frames = super::frames(batch);
    let mut codec = Codec::new();
    codec.set_max_data_size(MAX_MESSAGE_BYTES);
    let (mut input, mut output) = (Vec::new(), Vec::new());
    Box::new(move || {
        for frame in &*frames {
            input.clear();
            input.extend_from_slice(frame);
            let (header, at) = match codec.decode_header(&input).map_err(Failure::of)? {
                Parsing::Done { value, offset } => (value, offset),
                Parsing::NeedMore(_) => return Err(Failure::unexpected("half a frame")),
            };
            let payload = &mut input[at..];
            Codec::apply_mask(&header, payload);
            match header.opcode() {
                OpCode::Text if simdutf8::basic::from_utf8(payload).is_err() => {
                    return Err(Failure::Utf8);
                }
                OpCode::Text | OpCode::Binary => {}
                other => return Err(Failure::unexpected(other)),
            }
            let mut echo = Header::new(header.opcode());
            echo.set_payload_len(payload.len());
            output.extend_from_slice(codec.encode_header(&echo));
            output.extend_from_slice(payload);
            sink.put(&output);
            output.clear();
        }
        Ok(())
    })
}
