//! A thread per connection.

use std::{
    io,
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use record::OptionInForce;

use super::pause_after;
use crate::{Contender, Error};

impl Contender {
    /// Serves each connection on a thread of its own; returns only with an
    /// error.
    ///
    /// `stack_bytes` is the stack of such a thread, `None` for the standard
    /// library's 2 MiB. A connection ends when `serve` returns or panics.
    ///
    /// # Errors
    /// Where the server could not start.
    pub fn serve_threads<S, R>(
        self,
        options: Vec<OptionInForce>,
        stack_bytes: Option<usize>,
        serve: S,
    ) -> Result<(), Error>
    where
        S: Fn(TcpStream) -> R + Send + Sync + 'static,
        R: 'static,
    {
        // 0 stands for a thread per connection.
        let listener = self.listen(0, self.arguments.keep, options)?;
        accept_each(&listener, stack_bytes, &Arc::new(serve))
    }
}

fn accept_each<S, R>(
    listener: &TcpListener,
    stack_bytes: Option<usize>,
    serve: &Arc<S>,
) -> Result<(), Error>
where
    S: Fn(TcpStream) -> R + Send + Sync + 'static,
    R: 'static,
{
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                let serve = Arc::clone(serve);
                // Without a thread to serve it the connection is closed.
                let _: io::Result<_> = builder(stack_bytes).spawn(move || {
                    serve(stream);
                });
            }
            Err(error) => {
                if let Some(pause) = pause_after(&error) {
                    thread::sleep(pause);
                }
            }
        }
    }
}

fn builder(stack_bytes: Option<usize>) -> thread::Builder {
    match stack_bytes {
        Some(bytes) => thread::Builder::new().stack_size(bytes),
        None => thread::Builder::new(),
    }
}
