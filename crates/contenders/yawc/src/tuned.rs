//! The buffers of the library's benchmarks, and the loop with its batches.

use contender_kit::{Kept, OptionInForce, option};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use yawc::{Frame, Options, UpgradeFut};

const READ_BUFFER_BYTES: usize = 128 * 1024;

/// So much may be queued before `feed` writes it.
const BACKPRESSURE_BYTES: usize = 64 * 1024;

pub(crate) fn settings(default: Options) -> Options {
    default
        .with_read_buffer_capacity(READ_BUFFER_BYTES)
        .with_backpressure_boundary(BACKPRESSURE_BYTES)
}

/// What [`settings`] and [`echo`] add to the options of `default`.
pub(crate) fn options() -> [OptionInForce; 3] {
    [
        option("read_buffer_capacity", READ_BUFFER_BYTES),
        option("backpressure_boundary", BACKPRESSURE_BYTES),
        option("flush", "when-idle"),
    ]
}

/// Messages that are ready together are flushed together.
pub(crate) async fn echo(upgraded: UpgradeFut, mut kept: Kept<Frame>) -> yawc::Result<()> {
    let mut socket = upgraded.await?;
    while let Some(mut frame) = socket.next().await {
        loop {
            if !frame.opcode().is_control() {
                kept.keep(|| frame.clone());
                socket.feed(frame).await?;
            }
            frame = match socket.next().now_or_never() {
                Some(Some(frame)) => frame,
                Some(None) => return socket.flush().await,
                None => break,
            };
        }
        socket.flush().await?;
    }
    Ok(())
}
