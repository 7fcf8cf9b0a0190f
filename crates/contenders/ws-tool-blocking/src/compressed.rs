//! The loop with permessage-deflate, which has a codec of its own, as in the
//! library's `examples/bench_deflate_server.rs`.

use std::net::TcpStream;

use contender_kit::{
    Kept,
    ws_tool::{Answer, OwnedMessage, answer},
};
use ws_tool::{
    ServerBuilder,
    codec::{DeflateCodec, deflate_handshake_handler},
    errors::WsError,
};

pub(crate) fn echo(stream: TcpStream, mut kept: Kept<OwnedMessage>) -> Result<(), WsError> {
    let codec = ServerBuilder::accept(stream, deflate_handshake_handler, DeflateCodec::factory)?;
    let (mut read, mut write) = codec.split();
    loop {
        let received = read.receive();
        let received = received.map(|(header, payload)| (header.code, payload).into());
        let Answer { message, is_last } = answer(received, &mut kept);
        if let Some(message) = message {
            write.send(message.code, &message.data)?;
        }
        if is_last {
            return Ok(());
        }
    }
}
