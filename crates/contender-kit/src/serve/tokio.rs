//! A task per connection on tokio.

use std::{future::Future, net, thread};

use ::tokio::{
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
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
    /// timer is not: no server needs it. A connection ends when the future that
    /// `serve` returns is ready or panics.
    ///
    /// # Errors
    /// Where the server could not start.
    pub fn serve_tokio<S, F>(self, options: Vec<OptionInForce>, serve: S) -> Result<(), Error>
    where
        S: Fn(TcpStream) -> F,
        F: Future<Output: Send> + Send + 'static,
    {
        let runtime = runtime(self.arguments.threads)?;
        let listener = self.listen(self.arguments.threads, self.arguments.keep, options)?;
        runtime.block_on(accept_each(listener, serve))
    }
}

fn runtime(threads: u32) -> Result<Runtime, Error> {
    let mut builder = match threads {
        1 => Builder::new_current_thread(),
        more => {
            let mut builder = Builder::new_multi_thread();
            builder.worker_threads(more as usize);
            builder
        }
    };
    builder.enable_io().build().map_err(Error::Runtime)
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
