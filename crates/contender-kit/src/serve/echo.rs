//! The echo loops on tokio.

use std::future::Future;

use ::tokio::net::TcpStream;
use futures_util::{Sink, Stream};
use record::{OptionInForce, Variant};

use crate::{Contender, Error, Kept, echo, echo_batches, option};

impl Contender {
    /// Serves each connection as a tokio task that awaits `accept` and then runs
    /// [`echo`], or in the variant `tuned` [`echo_batches`], for the messages for
    /// which `is_data` holds; returns only with an error. When it flushes in
    /// `tuned` is added to the options.
    ///
    /// # Errors
    /// Where the server could not start.
    pub fn echo_on_tokio<A, F, S, M, E>(
        self,
        mut options: Vec<OptionInForce>,
        accept: A,
        is_data: impl Fn(&M) -> bool + Copy + Send + 'static,
    ) -> Result<(), Error>
    where
        A: Fn(TcpStream) -> F + Copy + Send + 'static,
        F: Future<Output = Result<S, E>> + Send + 'static,
        S: Stream<Item = Result<M, E>> + Sink<M, Error = E> + Send + Unpin + 'static,
        M: Clone + Send + 'static,
        E: Send + 'static,
    {
        let keep = self.keep();
        if self.variant() == Variant::Tuned {
            options.push(option("flush", "when-idle"));
            self.serve_tokio(options, move |stream| async move {
                let socket = accept(stream).await?;
                echo_batches(socket, is_data, Kept::new(keep)).await
            })
        } else {
            self.serve_tokio(options, move |stream| async move {
                let socket = accept(stream).await?;
                echo(socket, is_data, Kept::new(keep)).await
            })
        }
    }
}
