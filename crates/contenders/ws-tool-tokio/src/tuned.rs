//! The loop with buffers, flushed when no further message is ready.

use std::{pin::pin, task::Poll};

use contender_kit::{
    Kept, OptionInForce, option,
    ws_tool::{Answer, OwnedMessage, answer, frame_config},
};
use futures_util::poll;
use tokio::{
    io::{AsyncWriteExt as _, BufStream},
    net::TcpStream,
};
use ws_tool::{
    ServerBuilder,
    codec::{AsyncBytesCodec, default_handshake_handler},
    errors::WsError,
};

/// Size of each of the two buffers.
const BUFFER_BYTES: usize = 8 * 1024;

/// What [`echo`] adds to the options of `default`, for the ready line.
pub(crate) fn options() -> [OptionInForce; 2] {
    [
        option(
            "BufStream",
            format!("read {BUFFER_BYTES}, write {BUFFER_BYTES}"),
        ),
        option("flush", "when-idle"),
    ]
}

pub(crate) async fn echo(stream: TcpStream, mut kept: Kept<OwnedMessage>) -> Result<(), WsError> {
    let mut stream = BufStream::with_capacity(BUFFER_BYTES, BUFFER_BYTES, stream);
    let accepted =
        ServerBuilder::async_accept(&mut stream, default_handshake_handler, |_, _| Ok(())).await;
    // The response is still in the buffer, be it a refusal.
    stream.flush().await?;
    accepted?;
    let (mut read, mut write) = AsyncBytesCodec::new_with(stream, frame_config()).split();
    loop {
        // Receiving is not cancel-safe: what has begun goes on after the flush.
        let mut receive = pin!(read.receive());
        let received = match poll!(&mut receive) {
            Poll::Ready(received) => received,
            Poll::Pending => {
                write.flush().await?;
                receive.await
            }
        };
        let Answer { message, is_last } = answer(received, &mut kept);
        if let Some(message) = message {
            write.send(message).await?;
        }
        if is_last {
            return write.flush().await;
        }
    }
}
