//! The loop with permessage-deflate, which has a codec of its own: that of the
//! library's `examples/bench_deflate_server.rs`, on tokio.

use contender_kit::{
    Kept, OptionInForce, option,
    ws_tool::{Answer, OwnedMessage, answer},
};
use tokio::net::TcpStream;
use ws_tool::{
    ServerBuilder,
    codec::{AsyncDeflateCodec, deflate_handshake_handler},
    errors::WsError,
};

/// What [`echo`] sets, for the ready line.
pub(crate) fn options() -> Vec<OptionInForce> {
    vec![option("AsyncDeflateCodec", "factory")]
}

pub(crate) async fn echo(stream: TcpStream, mut kept: Kept<OwnedMessage>) -> Result<(), WsError> {
    let factory = AsyncDeflateCodec::factory;
    let codec = ServerBuilder::async_accept(stream, deflate_handshake_handler, factory).await?;
    let (mut read, mut write) = codec.split();
    loop {
        let received = read.receive().await;
        let received = received.map(|(header, payload)| (header.code, payload).into());
        let Answer { message, is_last } = answer(received, &mut kept);
        if let Some(message) = message {
            write.send(message.code, &message.data).await?;
        }
        if is_last {
            return Ok(());
        }
    }
}
