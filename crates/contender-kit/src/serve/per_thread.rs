//! A runtime of its own on every thread, all of which accept from one listener.

use std::{net::TcpListener, process, sync::mpsc, thread};

use record::OptionInForce;

use crate::{Contender, Error};

/// What a runtime does with a listener for as long as the process lives.
type Serve<R, S> = fn(R, TcpListener, S) -> Result<(), Error>;

impl Contender {
    /// Starts a runtime on each thread asked for, then listens, then serves.
    ///
    /// The order makes a kernel that refuses the runtime an error instead of a
    /// ready line.
    pub(super) fn serve_per_thread<R, S>(
        self,
        options: Vec<OptionInForce>,
        start: fn() -> Result<R, Error>,
        run: Serve<R, S>,
        serve: S,
    ) -> Result<(), Error>
    where
        R: 'static,
        S: Clone + Send + 'static,
    {
        let runtime = start()?;
        let mut others = Vec::new();
        for _ in 1..self.arguments.threads {
            others.push(start_thread(start, run, serve.clone())?);
        }
        let listener = self.listen(self.arguments.threads, self.arguments.keep, options)?;
        for other in others {
            let duplicate = listener.try_clone().map_err(Error::Runtime)?;
            // A thread that is gone has ended the process.
            let _ = other.send(duplicate);
        }
        run(runtime, listener, serve)
    }
}

/// Returns when the thread has its runtime and waits for a listener.
fn start_thread<R, S>(
    start: fn() -> Result<R, Error>,
    run: Serve<R, S>,
    serve: S,
) -> Result<mpsc::Sender<TcpListener>, Error>
where
    R: 'static,
    S: Send + 'static,
{
    let (started, is_started) = mpsc::channel();
    let (give, take) = mpsc::channel();
    let body = move || match start() {
        Ok(runtime) => {
            let _ = started.send(Ok(()));
            if let Ok(listener) = take.recv() {
                let _end = EndOfProcess;
                let _ = run(runtime, listener, serve);
            }
        }
        Err(error) => {
            let _ = started.send(Err(error));
        }
    };
    thread::Builder::new().spawn(body).map_err(Error::Runtime)?;
    match is_started.recv() {
        Ok(outcome) => outcome.map(|()| give),
        Err(mpsc::RecvError) => process::exit(1),
    }
}

/// Ends the process when its thread stops serving, by an error or a panic:
/// going on with fewer threads than the ready line says would make every figure
/// wrong.
struct EndOfProcess;

impl Drop for EndOfProcess {
    fn drop(&mut self) {
        process::exit(1);
    }
}
