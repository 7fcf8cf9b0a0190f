//! ws-tool with blocking streams, with the loop of its
//! `examples/bench_server.rs`; text is validated as on real sockets.

use ws_tool::{
    codec::{BytesCodec, FrameConfig, Split, ValidateUtf8Policy},
    frame::OpCode,
};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, Sink, memory::Source};

impl Split for Memory {
    type R = Source;
    type W = Sink;

    fn split(self) -> (Source, Sink) {
        (self.source, self.sink)
    }
}

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let config = FrameConfig {
        mask_send_frame: false,
        max_frame_payload_size: MAX_MESSAGE_BYTES,
        validate_utf8: ValidateUtf8Policy::Off,
        ..FrameConfig::default()
    };
    let (mut read, mut write) = BytesCodec::new_with(stream, config).split();
    let messages = batch.messages;
    Ok(Box::new(move || {
        for _ in 0..messages {
            let message = read.receive().map_err(Failure::of)?;
            match message.code {
                OpCode::Text if simdutf8::basic::from_utf8(&message.data).is_err() => {
                    return Err(Failure::Utf8);
                }
                OpCode::Text | OpCode::Binary => write.send(message).map_err(Failure::of)?,
                other => return Err(Failure::unexpected(other)),
            }
        }
        Ok(())
    }))
}
