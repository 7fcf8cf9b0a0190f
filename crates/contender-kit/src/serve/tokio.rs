//! A task per connection on tokio.

use std::{future::Future, net, thread};

use ::tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    task,
};
use record::OptionInForce;

use super::pause_after;
use crate::{Contender, Error};

impl Contender {
    /// Serves each connection as a tokio task; returns only with an error.
    ///
    /// One thread means the current-thread scheduler, more mean the
    /// multi-thread scheduler with that many workers. I/O is enabled and the
    /// timer is not: a library that needs it is served by
    /// `serve_tokio_with_timer`. A connection ends when the future that `serve`
    /// returns is ready or panics.
    ///
    /// # Errors
    /// Where the server could not start.
    pub fn serve_tokio<S, F>(self, options: Vec<OptionInForce>, serve: S) -> Result<(), Error>
    where
        S: Fn(TcpStream) -> F,
        F: Future<Output: Send> + Send + 'static,
    {
        self.serve_on(&mut builder(self.arguments.threads), options, serve)
    }

    /// The same with the runtime's timer, for a library that sets time limits
    /// of its own: without one it would panic. Needs the feature `tokio-timer`.
    ///
    /// # Errors
    /// Where the server could not start.
    #[cfg(feature = "tokio-timer")]
    pub fn serve_tokio_with_timer<S, F>(
        self,
        options: Vec<OptionInForce>,
        serve: S,
    ) -> Result<(), Error>
    where
        S: Fn(TcpStream) -> F,
        F: Future<Output: Send> + Send + 'static,
    {
        self.serve_on(
            builder(self.arguments.threads).enable_time(),
            options,
            serve,
        )
    }

    fn serve_on<S, F>(
        self,
        builder: &mut Builder,
        options: Vec<OptionInForce>,
        serve: S,
    ) -> Result<(), Error>
    where
        S: Fn(TcpStream) -> F,
        F: Future<Output: Send> + Send + 'static,
    {
        let runtime = builder.build().map_err(Error::Runtime)?;
        let listener = self.listen(self.arguments.threads, self.arguments.keep, options)?;
        runtime.block_on(accept_each(listener, serve))
    }
}

/// A runtime with I/O and without a timer.
fn builder(threads: u32) -> Builder {
    let mut builder = match threads {
        1 => Builder::new_current_thread(),
        more => {
            let mut builder = Builder::new_multi_thread();
            builder.worker_threads(more as usize);
            builder
        }
    };
    builder.enable_io();
    builder
}

async fn accept_each<S, F>(listener: net::TcpListener, serve: S) -> Result<(), Error>
where
    S: Fn(TcpStream) -> F,
    F: Future<Output: Send> + Send + 'static,
{
    listener.set_nonblocking(true).map_err(Error::Runtime)?;
    let listener = TcpListener::from_std(listener).map_err(Error::Runtime)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                task::spawn(serve(stream));
            }
            Err(error) => {
                if let Some(pause) = pause_after(&error) {
                    // A rare wait on a thread is cheaper than a timer that
                    // every turn of the event loop would have to look at.
                    let _ = task::spawn_blocking(move || thread::sleep(pause)).await;
                }
            }
        }
    }
}
