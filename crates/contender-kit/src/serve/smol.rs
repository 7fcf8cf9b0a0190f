//! A task per connection on smol.

use std::{
    convert::Infallible,
    env,
    future::{Future, pending},
    os::unix::process::CommandExt as _,
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
    thread,
};

use ::smol::{
    Task, Timer, block_on,
    net::{TcpListener, TcpStream},
};
use record::OptionInForce;

use super::pause_after;
use crate::{Contender, Error};

/// The number of threads that smol's global executor starts, as smol reads it.
const THREADS_VARIABLE: &str = "SMOL_THREADS";

/// Which executor runs the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executor {
    /// smol's global one behind `smol::spawn`, on threads of its own; the main
    /// thread only accepts.
    Global,
    /// One of our own, run by the main thread, and by as many more as asked
    /// for.
    Own,
}

impl Contender {
    /// Serves each connection as a task on smol; returns only with an error.
    ///
    /// A connection ends when the future that `serve` returns is ready or
    /// panics.
    ///
    /// # Errors
    /// Where the server could not start.
    pub fn serve_smol<S, F>(
        self,
        options: Vec<OptionInForce>,
        executor: Executor,
        serve: S,
    ) -> Result<(), Error>
    where
        S: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output: Send> + Send + 'static,
    {
        if executor == Executor::Global {
            restart_with_threads(self.arguments.threads)?;
        }
        let listener = self.listen(self.arguments.threads, self.arguments.keep, options)?;
        let listener = TcpListener::try_from(listener).map_err(Error::Runtime)?;
        match executor {
            Executor::Global => {
                block_on(accept_each(listener, move |stream| {
                    ::smol::spawn(serve(stream))
                }));
                Ok(())
            }
            Executor::Own => {
                // The program ends with the process, so nobody frees it.
                let own: &'static ::smol::Executor<'static> =
                    Box::leak(Box::new(::smol::Executor::new()));
                let accept = accept_each(listener, move |stream| own.spawn(serve(stream)));
                own.spawn(accept).detach();
                for _ in 1..self.arguments.threads {
                    thread::Builder::new()
                        .spawn(|| run(own))
                        .map_err(Error::Runtime)?;
                }
                run(own);
                Ok(())
            }
        }
    }
}

/// Runs tasks for ever. Like smol's own global executor it outlives a panic in
/// a task.
fn run(executor: &::smol::Executor<'_>) {
    loop {
        let run = AssertUnwindSafe(|| block_on(executor.run(pending::<Infallible>())));
        let _ = catch_unwind(run);
    }
}

/// smol's global executor takes its number of threads from the environment
/// only, which a running program can't safely change: start again in place.
fn restart_with_threads(threads: u32) -> Result<(), Error> {
    let in_force = env::var(THREADS_VARIABLE).unwrap_or_else(|_| "1".to_owned());
    if in_force == threads.to_string() {
        return Ok(());
    }
    let program = env::current_exe().map_err(Error::Runtime)?;
    let error = Command::new(program)
        .args(env::args_os().skip(1))
        .env(THREADS_VARIABLE, threads.to_string())
        .exec();
    Err(Error::Runtime(error))
}

async fn accept_each<S, T>(listener: TcpListener, spawn: S)
where
    S: Fn(TcpStream) -> Task<T>,
{
    loop {
        match listener.accept().await {
            Ok((stream, _)) => spawn(stream).detach(),
            Err(error) => {
                if let Some(pause) = pause_after(&error) {
                    Timer::after(pause).await;
                }
            }
        }
    }
}
