//! The kernel's readiness queue, with time-outs in nanoseconds.

use std::{
    mem::MaybeUninit,
    os::fd::{AsFd, OwnedFd},
    sync::Arc,
    time::Duration,
};

use rustix::{
    event::{
        EventfdFlags, Timespec,
        epoll::{self, EventData, EventFlags},
        eventfd,
    },
    io::Errno,
};

use crate::Error;

/// What a connection waits for.
pub(crate) const READABLE: EventFlags = EventFlags::IN.union(EventFlags::RDHUP);
/// The same, and room to write.
pub(crate) const READABLE_AND_WRITABLE: EventFlags = READABLE.union(EventFlags::OUT);

const WAKE_TOKEN: u64 = u64::MAX;
const BATCH: usize = 256;

/// One event of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Readiness {
    pub(crate) token: usize,
    pub(crate) readable: bool,
    pub(crate) writable: bool,
}

/// Wakes a poller that waits, from another thread.
#[derive(Clone, Debug)]
pub(crate) struct Waker(Arc<OwnedFd>);

impl Waker {
    pub(crate) fn wake(&self) {
        // The counter can't overflow by ones, and a poller that is gone needs
        // no waking.
        let _ = rustix::io::write(&*self.0, &1_u64.to_ne_bytes());
    }
}

/// A set of sockets to wait on.
pub(crate) struct Poller {
    epoll: OwnedFd,
    waker: Waker,
    events: [MaybeUninit<epoll::Event>; BATCH],
}

impl Poller {
    pub(crate) fn new() -> Result<Self, Error> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(Error::system("epoll"))?;
        let event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map_err(Error::system("eventfd"))?;
        let poller = Self {
            epoll,
            waker: Waker(Arc::new(event)),
            events: [MaybeUninit::uninit(); BATCH],
        };
        epoll::add(
            &poller.epoll,
            &*poller.waker.0,
            EventData::new_u64(WAKE_TOKEN),
            EventFlags::IN,
        )
        .map_err(Error::system("epoll"))?;
        Ok(poller)
    }

    pub(crate) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    pub(crate) fn add(
        &self,
        socket: impl AsFd,
        token: usize,
        interest: EventFlags,
    ) -> Result<(), Error> {
        epoll::add(
            &self.epoll,
            socket,
            EventData::new_u64(token as u64),
            interest,
        )
        .map_err(Error::system("epoll"))
    }

    pub(crate) fn change(
        &self,
        socket: impl AsFd,
        token: usize,
        interest: EventFlags,
    ) -> Result<(), Error> {
        epoll::modify(
            &self.epoll,
            socket,
            EventData::new_u64(token as u64),
            interest,
        )
        .map_err(Error::system("epoll"))
    }

    /// Waits until something is ready or `timeout` is over (`None`: for ever),
    /// and appends what is ready to `ready`, which is cleared before.
    pub(crate) fn wait(
        &mut self,
        timeout: Option<Duration>,
        ready: &mut Vec<Readiness>,
    ) -> Result<(), Error> {
        ready.clear();
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: timeout.as_secs() as i64,
            tv_nsec: i64::from(timeout.subsec_nanos()),
        });
        let (events, _) = match epoll::wait(&self.epoll, &mut self.events, timeout.as_ref()) {
            Ok(events) => events,
            Err(Errno::INTR) => return Ok(()),
            Err(Errno::NOSYS) => {
                return Err(Error::system("epoll_pwait2 needs Linux 5.11")(Errno::NOSYS));
            }
            Err(errno) => return Err(Error::system("epoll")(errno)),
        };
        for event in events {
            let (flags, data) = (event.flags, event.data);
            let token = data.u64();
            if token == WAKE_TOKEN {
                let mut count = [0; 8];
                // It was readable a moment ago; nobody else reads it.
                let _ = rustix::io::read(&*self.waker.0, &mut count);
                continue;
            }
            let broken = flags.intersects(EventFlags::ERR | EventFlags::HUP);
            ready.push(Readiness {
                token: token as usize,
                readable: broken || flags.intersects(READABLE),
                writable: flags.contains(EventFlags::OUT),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// A wait that is rounded up to whole milliseconds never ends sooner; one
    /// in nanoseconds does at least once in a hundred tries.
    #[test]
    fn waits_are_not_rounded_to_milliseconds() {
        let mut poller = Poller::new().unwrap();
        let mut ready = Vec::new();
        let wait = Duration::from_micros(100);
        let shortest = (0..100)
            .map(|_| {
                let start = Instant::now();
                poller.wait(Some(wait), &mut ready).unwrap();
                start.elapsed()
            })
            .min();
        assert!(shortest.is_some_and(|shortest| shortest >= wait && shortest < 10 * wait));
    }
}
