//! fastwebsockets, with the loop of its `examples/echo_server.rs`.

use fastwebsockets::{FragmentCollector, OpCode, Role, WebSocket};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let mut socket = WebSocket::after_handshake(stream, Role::Server);
    // The library refuses messages of this size and above.
    socket.set_max_message_size(MAX_MESSAGE_BYTES + 1);
    let mut socket = FragmentCollector::new(socket);
    let messages = batch.messages;
    Ok(Box::new(move || {
        wait(async {
            for _ in 0..messages {
                let frame = socket.read_frame().await.map_err(Failure::of)?;
                if !matches!(frame.opcode, OpCode::Text | OpCode::Binary) {
                    return Err(Failure::unexpected(frame.opcode));
                }
                socket.write_frame(frame).await.map_err(Failure::of)?;
            }
            Ok(())
        })
    }))
}
