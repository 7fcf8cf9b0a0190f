//! Ctrl-C and SIGTERM: the first asks the run to stop in order, the second
//! ends the program at once.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};

use crate::exit::Exit;

/// Whether the user asked to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Ends the program at the first SIGINT or SIGTERM, with the exit code of an
    /// interrupted one.
    pub(crate) fn ends_at_once() -> io::Result<Self> {
        let status = i32::from(Exit::Interrupted.code());
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, status, Arc::new(AtomicBool::new(true)))?;
        }
        Ok(Self::default())
    }

    /// Listens to SIGINT and SIGTERM from here on.
    ///
    /// Servers end by themselves when this program does, because their standard
    /// input ends: leaving at once on the second signal is safe.
    pub(crate) fn listen() -> io::Result<Self> {
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM] {
            let status = i32::from(Exit::Interrupted.code());
            // Registered first, so that it sees the flag of an earlier signal only.
            flag::register_conditional_shutdown(signal, status, Arc::clone(&interrupt.0))?;
            flag::register(signal, Arc::clone(&interrupt.0))?;
        }
        Ok(interrupt)
    }

    /// Whether a signal has come.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Behaves as if a signal had come.
    #[cfg(test)]
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
