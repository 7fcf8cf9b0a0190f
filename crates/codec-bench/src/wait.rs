//! Runs a future on a stream that is always ready: no runtime, no wake-ups.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use crate::Failure;

/// How often a future may say that it isn't ready. Nothing that it waits for
/// ever isn't, so a library that does so yields.
const MOST_YIELDS: u32 = 1_000_000;

/// Polls `future` until it is done.
pub(crate) fn wait<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..MOST_YIELDS {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
    }
    Err(Failure::Waits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_nothing_is_named() {
        let never = std::future::pending::<Result<(), Failure>>();
        assert!(matches!(wait(never), Err(Failure::Waits)));
        assert!(matches!(wait(async { Ok(7) }), Ok(7)));
    }
}
