//! The echo loops of libraries whose connection is a stream and a sink.

use futures_util::{FutureExt as _, Sink, SinkExt as _, Stream, StreamExt as _};

use crate::Kept;

/// Echoes the messages for which `is_data` holds, one by one: each is flushed
/// before the next is read. It is the loop of the examples of all libraries that
/// use it here.
///
/// # Errors
/// The first error of the stream or the sink.
pub async fn echo<S, M, E>(
    mut socket: S,
    is_data: impl Fn(&M) -> bool,
    mut kept: Kept<M>,
) -> Result<(), E>
where
    S: Stream<Item = Result<M, E>> + Sink<M, Error = E> + Unpin,
    M: Clone,
{
    while let Some(message) = socket.next().await {
        let message = message?;
        if is_data(&message) {
            kept.keep(|| message.clone());
            socket.send(message).await?;
        }
    }
    Ok(())
}

/// The same, but messages that are ready together are flushed together.
///
/// # Errors
/// The first error of the stream or the sink.
pub async fn echo_batches<S, M, E>(
    mut socket: S,
    is_data: impl Fn(&M) -> bool,
    mut kept: Kept<M>,
) -> Result<(), E>
where
    S: Stream<Item = Result<M, E>> + Sink<M, Error = E> + Unpin,
    M: Clone,
{
    while let Some(message) = socket.next().await {
        let mut ready = Some(message);
        while let Some(Ok(message)) = ready {
            if is_data(&message) {
                kept.keep(|| message.clone());
                socket.feed(message).await?;
            }
            ready = socket.next().now_or_never().flatten();
        }
        socket.flush().await?;
        ready.transpose()?;
    }
    Ok(())
}
