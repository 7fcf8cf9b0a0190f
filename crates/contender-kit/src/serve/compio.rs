//! A task per connection on compio.

use std::{future::Future, io, net, thread};

use ::compio::{
    net::{TcpListener, TcpStream},
    runtime::{self, Runtime},
};
use record::OptionInForce;

use super::pause_after;
use crate::{Contender, Error};

impl Contender {
    /// Serves each connection as a compio task on io_uring; returns only with
    /// an error.
    ///
    /// compio's runtime belongs to one thread: every thread has its own, and a
    /// connection stays on the thread that accepted it. A connection ends when
    /// the future that `serve` returns is ready or panics.
    ///
    /// # Errors
    /// Where the server could not start, or io_uring can't be used.
    pub fn serve_compio<S, F>(self, options: Vec<OptionInForce>, serve: S) -> Result<(), Error>
    where
        S: Fn(TcpStream) -> F + Clone + Send + 'static,
        F: Future<Output: 'static> + 'static,
    {
        let run =
            |runtime: Runtime, listener, serve: S| runtime.block_on(accept_each(listener, serve));
        self.serve_per_thread(options, start, run, serve)
    }
}

fn start() -> Result<Runtime, Error> {
    let runtime = Runtime::new().map_err(Error::IoUring)?;
    if runtime.driver_type().is_iouring() {
        Ok(runtime)
    } else {
        Err(Error::IoUring(io::ErrorKind::Unsupported.into()))
    }
}

async fn accept_each<S, F>(listener: net::TcpListener, serve: S) -> Result<(), Error>
where
    S: Fn(TcpStream) -> F,
    F: Future<Output: 'static> + 'static,
{
    let listener = TcpListener::from_std(listener).map_err(Error::Runtime)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => runtime::spawn(serve(stream)).detach(),
            Err(error) => {
                if let Some(pause) = pause_after(&error) {
                    let _ = runtime::spawn_blocking(move || thread::sleep(pause)).await;
                }
            }
        }
    }
}
