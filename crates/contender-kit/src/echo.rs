//! The echo loops of libraries whose connection is a stream and a sink.

use futures_util::{FutureExt as _, Sink, SinkExt as _, Stream, StreamExt as _};

use crate::Kept;

/// Echoes the messages for which `is_data` holds, one by one: each is flushed
/// before the next is read. Ping and Close are answered by the libraries that it
/// serves.
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
            ready = match socket.next().now_or_never() {
                // A stream that has ended must not be polled again.
                Some(None) => return socket.flush().await,
                next => next.flatten(),
            };
        }
        socket.flush().await?;
        ready.transpose()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{
        collections::VecDeque,
        pin::Pin,
        task::{Context, Poll},
    };

    use super::*;

    /// What was done with the sink.
    #[derive(Debug, PartialEq, Eq)]
    enum Did {
        Fed(u32),
        Flushed,
    }

    /// A connection on which these come at once, `None` for one that isn't ready
    /// at first; then it has ended.
    struct Connection<'a> {
        incoming: VecDeque<Option<Result<u32, &'static str>>>,
        did: &'a mut Vec<Did>,
        has_ended: bool,
    }

    impl Stream for Connection<'_> {
        type Item = Result<u32, &'static str>;

        fn poll_next(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Self::Item>> {
            match self.incoming.pop_front() {
                Some(Some(message)) => Poll::Ready(Some(message)),
                Some(None) => {
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
                None => {
                    assert!(!self.has_ended, "polled after its end");
                    self.has_ended = true;
                    Poll::Ready(None)
                }
            }
        }
    }

    impl Sink<u32> for Connection<'_> {
        type Error = &'static str;

        fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }

        fn start_send(self: Pin<&mut Self>, message: u32) -> Result<(), Self::Error> {
            self.get_mut().did.push(Did::Fed(message));
            Ok(())
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            self.get_mut().did.push(Did::Flushed);
            Poll::Ready(Ok(()))
        }

        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }
    }

    fn run(
        is_batched: bool,
        incoming: &[Option<Result<u32, &'static str>>],
    ) -> (Result<(), &'static str>, Vec<Did>) {
        let mut did = Vec::new();
        let connection = Connection {
            incoming: incoming.iter().copied().collect(),
            did: &mut did,
            has_ended: false,
        };
        let is_data = |message: &u32| *message < 100;
        let result = if is_batched {
            block_on(echo_batches(connection, is_data, Kept::new(0)))
        } else {
            block_on(echo(connection, is_data, Kept::new(0)))
        };
        (result, did)
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("there is a runtime").block_on(future)
    }

    use Did::{Fed, Flushed};

    #[test]
    fn each_message_is_flushed_and_only_data_comes_back() {
        let incoming = [Some(Ok(1)), Some(Ok(100)), None, Some(Ok(2))];
        let expected = vec![Fed(1), Flushed, Fed(2), Flushed];
        assert_eq!(run(false, &incoming), (Ok(()), expected));
    }

    #[test]
    fn what_is_ready_together_is_flushed_together() {
        let incoming = [Some(Ok(1)), Some(Ok(2)), None, Some(Ok(3)), Some(Ok(100))];
        let expected = vec![Fed(1), Fed(2), Flushed, Fed(3), Flushed];
        assert_eq!(run(true, &incoming), (Ok(()), expected));
    }

    #[test]
    fn an_error_ends_it_after_what_came_before() {
        let incoming = [Some(Ok(1)), Some(Err("broken")), Some(Ok(2))];
        let expected = || vec![Fed(1), Flushed];
        assert_eq!(run(false, &incoming), (Err("broken"), expected()));
        assert_eq!(run(true, &incoming), (Err("broken"), expected()));
    }

    #[test]
    fn a_stream_that_has_ended_is_left_alone() {
        for incoming in [&[][..], &[Some(Ok(1))], &[Some(Ok(1)), None]] {
            for is_batched in [false, true] {
                assert_eq!(run(is_batched, incoming).0, Ok(()), "{incoming:?}");
            }
        }
    }
}
