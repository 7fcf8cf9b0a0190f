//! A task per connection on monoio.

use std::{future::Future, net, thread};

use ::monoio::{
    IoUringDriver, Runtime, RuntimeBuilder,
    net::{TcpListener, TcpStream},
};
use record::OptionInForce;

use super::pause_after;
use crate::{Contender, Error};

impl Contender {
    /// Serves each connection as a monoio task on io_uring; returns only with
    /// an error.
    ///
    /// monoio's runtime belongs to one thread: every thread has its own, and a
    /// connection stays on the thread that accepted it. The timer is not
    /// enabled: no server needs it. A connection ends when the future that
    /// `serve` returns is ready. A panic in it ends the server: monoio catches
    /// none ("for efficiency", as the source of its tasks says), and what it
    /// spares is part of its figures.
    ///
    /// # Errors
    /// Where the server could not start, or io_uring can't be used.
    pub fn serve_monoio<S, F>(self, options: Vec<OptionInForce>, serve: S) -> Result<(), Error>
    where
        S: Fn(TcpStream) -> F + Clone + Send + 'static,
        F: Future<Output: 'static> + 'static,
    {
        let run = |mut runtime: Runtime<IoUringDriver>, listener, serve: S| {
            runtime.block_on(accept_each(listener, serve))
        };
        self.serve_per_thread(options, start, run, serve)
    }
}

fn start() -> Result<Runtime<IoUringDriver>, Error> {
    // Not the driver that falls back to epoll: the row says io_uring.
    RuntimeBuilder::<IoUringDriver>::new()
        .build()
        .map_err(Error::IoUring)
}

async fn accept_each<S, F>(listener: net::TcpListener, serve: S) -> Result<(), Error>
where
    S: Fn(TcpStream) -> F,
    F: Future<Output: 'static> + 'static,
{
    let listener = TcpListener::from_std(listener).map_err(Error::Runtime)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                ::monoio::spawn(serve(stream));
            }
            Err(error) => {
                if let Some(pause) = pause_after(&error) {
                    // monoio has neither timer nor thread pool unless every
                    // turn of its event loop looks at them. Connections are
                    // served between two pauses.
                    thread::sleep(pause);
                }
            }
        }
    }
}
