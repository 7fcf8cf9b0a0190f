//! wtx, with the loop of its `web_socket` server examples.

use wtx::{
    collection::Vector,
    rng::Xorshift64,
    stream::{StreamReader, StreamWriter},
    web_socket::{OpCode, WebSocket, WebSocketBuffer, WebSocketPayloadOrigin},
};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

impl StreamReader for Memory {
    async fn read(&mut self, bytes: &mut [u8]) -> wtx::Result<usize> {
        Ok(self.source.fill(bytes))
    }
}

impl StreamWriter for Memory {
    async fn write_all(&mut self, bytes: &[u8]) -> wtx::Result<()> {
        self.sink.put(bytes);
        Ok(())
    }

    async fn write_all_vectored(&mut self, parts: &[&[u8]]) -> wtx::Result<()> {
        for part in parts {
            self.sink.put(part);
        }
        Ok(())
    }
}

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let mut socket = WebSocket::<_, _, _, _, false>::new(
        (),
        false,
        Xorshift64::new(1),
        stream,
        WebSocketBuffer::new(),
    );
    socket.set_max_payload_len(MAX_MESSAGE_BYTES);
    let mut buffer = Vector::new();
    let messages = batch.messages;
    Ok(Box::new(move || {
        wait(async {
            for _ in 0..messages {
                let (mut common, mut reader, mut writer) = socket.split_mut();
                let mut frame = reader
                    .read_frame(&mut buffer, &mut common, WebSocketPayloadOrigin::Adaptive)
                    .await
                    .map_err(Failure::of)?;
                if !matches!(frame.op_code(), OpCode::Text | OpCode::Binary) {
                    return Err(Failure::unexpected(frame.op_code()));
                }
                writer
                    .write_frame(&mut common, &mut frame)
                    .await
                    .map_err(Failure::of)?;
            }
            Ok(())
        })
    }))
}
