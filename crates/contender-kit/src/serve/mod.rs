//! Accept loops, one per runtime, with the same rules: a connection's failure
//! ends that connection only, and nothing is logged.

#[cfg(feature = "compio")]
mod compio;
#[cfg(all(feature = "echo", feature = "tokio"))]
mod echo;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "monoio")]
mod monoio;
#[cfg(any(feature = "compio", feature = "monoio"))]
mod per_thread;
#[cfg(feature = "smol")]
mod smol;
mod threads;
#[cfg(feature = "tokio")]
mod tokio;

use std::{io, time::Duration};

#[cfg(feature = "hyper")]
pub use self::hyper::bad_request;
#[cfg(feature = "smol")]
pub use self::smol::Executor;

/// How long to wait after `accept` failed for want of descriptors or memory.
/// Until one is freed it would fail again at once, and spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// How long to wait before the next `accept`: an error of the connection that
/// was about to be accepted passes with it, any other one stays for a while.
fn pause_after(error: &io::Error) -> Option<Duration> {
    let passes = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    );
    (!passes).then_some(ACCEPT_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::pause_after;

    #[test]
    fn pauses_only_after_errors_that_stay() {
        let descriptors = io::Error::from(rustix::io::Errno::MFILE);
        let aborted = io::Error::from(rustix::io::Errno::CONNABORTED);
        assert!(pause_after(&descriptors).is_some());
        assert!(pause_after(&aborted).is_none());
    }
}
