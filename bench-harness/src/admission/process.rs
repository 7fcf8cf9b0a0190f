//! What is seen of a server's process from outside: its sockets' options, its
//! threads.

use std::{
    fs, io,
    net::SocketAddr,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use record::{Fact, HelperThread, NotApplicable, Protocol, Received, Sent};
use rustix::{
    net::{getpeername, sockopt},
    process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open},
};

use super::{Judged, Target, ThreadsOf, Trouble, peer::Peer};

/// Connections that are open while threads are counted.
const CONNECTIONS: u32 = 4;

/// How often threads are counted while some of them may still be ending.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The name of the thread on which contender-kit answers commands.
const CONTROL: &str = "control";

/// What a server that speaks no WebSocket answers: HTTP with an empty response, raw
/// TCP with the same bytes.
const OTHER_OPENING: &[u8] = b"POST / HTTP/1.1\r\nHost: check\r\nContent-Length: 0\r\n\r\n";

/// Reads TCP_NODELAY of the very socket that the server accepted, through a copy
/// of its descriptor.
pub(super) fn nodelay_is_on(target: &Target) -> Judged {
    let sent = Sent::LookAtSocket;
    let peer = open(target)?;
    let own = peer.stream.local_addr();
    match own.and_then(|own| nodelay_of_accepted(target.pid, own)) {
        Ok(true) => Ok(None),
        Ok(false) => Err(Trouble::Failed {
            sent,
            received: Received::NoDelayOff,
        }),
        Err(error) => Err(Trouble::NotApplicable(NotApplicable::Unreadable {
            error: error.to_string(),
        })),
    }
}

fn nodelay_of_accepted(pid: u32, client: SocketAddr) -> io::Result<bool> {
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let process = process.ok_or(io::ErrorKind::NotFound)?;
    let process = pidfd_open(process, PidfdFlags::empty())?;
    for entry in fs::read_dir(format!("/proc/{pid}/fd"))? {
        let entry = entry?;
        let is_socket = fs::read_link(entry.path())
            .is_ok_and(|link| link.to_string_lossy().starts_with("socket:"));
        let number = entry.file_name().to_string_lossy().parse();
        let (true, Ok(number)) = (is_socket, number) else {
            continue;
        };
        let copy = pidfd_getfd(&process, number, PidfdGetfdFlags::empty())?;
        let is_ours = getpeername(&copy)
            .ok()
            .flatten()
            .and_then(|address| SocketAddr::try_from(address).ok())
            .is_some_and(|address| address == client);
        if is_ours {
            return Ok(sockopt::tcp_nodelay(&copy)?);
        }
    }
    Err(io::Error::other(
        "none of its descriptors is the connection's; it may be one that only io_uring knows",
    ))
}

/// Counts threads while connections are open.
pub(super) fn threads_are_declared(target: &Target) -> Judged {
    let mut open_connections = Vec::new();
    if target.protocol.has_connections() {
        for _ in 0..CONNECTIONS {
            open_connections.push(open(target)?);
        }
    }
    let deadline = Instant::now() + target.place.limit;
    loop {
        let names = match thread_names(target.pid) {
            Ok(names) => names,
            Err(error) => {
                return Err(Trouble::NotApplicable(NotApplicable::Unreadable {
                    error: error.to_string(),
                }));
            }
        };
        if are_declared(&names, target) {
            return Ok(Some(Fact::Threads { names }));
        }
        if target.place.interrupt.is_set() {
            return Err(Trouble::Interrupted);
        }
        // Threads of connections that were closed just now may still be ending.
        if Instant::now() >= deadline || target.threads_of != ThreadsOf::Program {
            return Err(too_many(names, target));
        }
        thread::sleep(LOOK_EVERY);
    }
}

fn too_many(names: Vec<String>, target: &Target) -> Trouble {
    match target.threads_of {
        ThreadsOf::Given => Trouble::NotApplicable(NotApplicable::Undeclared { names }),
        ThreadsOf::Runtime => Trouble::NotApplicable(NotApplicable::OfTheRuntime { names }),
        ThreadsOf::Program => Trouble::Failed {
            sent: Sent::LookAtThreads {
                connections: CONNECTIONS,
                declared: target.threads,
            },
            received: Received::Threads { names },
        },
    }
}

fn are_declared(names: &[String], target: &Target) -> bool {
    undeclared(names, &target.helpers) <= most_threads(target.threads, CONNECTIONS)
}

/// How many threads a server may have besides the control thread and helpers.
/// The main thread only accepts where others serve, and serves where it is
/// alone.
fn most_threads(declared: u32, connections: u32) -> usize {
    let most = match declared {
        0 => connections + 1,
        1 => 1,
        more => more + 1,
    };
    most as usize
}

/// How many threads are neither the control thread nor declared helpers.
fn undeclared(names: &[String], helpers: &[HelperThread]) -> usize {
    let mut left: Vec<&str> = helpers
        .iter()
        .map(|helper| helper.name.as_str())
        .chain([CONTROL])
        .collect();
    names
        .iter()
        .filter(|name| {
            let found = left.iter().position(|helper| helper == name);
            found.map(|at| left.swap_remove(at)).is_none()
        })
        .count()
}

/// The names of all threads, the main one's first.
fn thread_names(pid: u32) -> io::Result<Vec<String>> {
    let folder = PathBuf::from(format!("/proc/{pid}/task"));
    let mut threads = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        let number: Option<u32> = entry.file_name().to_string_lossy().parse().ok();
        // One that has ended meanwhile is none.
        if let (Some(number), Ok(name)) = (number, fs::read_to_string(entry.path().join("comm"))) {
            threads.push((number != pid, number, name.trim_end().to_owned()));
        }
    }
    threads.sort();
    Ok(threads.into_iter().map(|(_, _, name)| name).collect())
}

/// A connection that the server has accepted: something has come back on it.
fn open(target: &Target) -> Result<Peer, Trouble> {
    let opened = if target.protocol == Protocol::Websocket {
        Peer::open(&target.place)
    } else {
        Peer::connect(&target.place).and_then(|mut peer| {
            let deadline = peer.deadline();
            peer.send(OTHER_OPENING)?;
            peer.fill(deadline)?;
            Ok(peer)
        })
    };
    opened.map_err(|loss| loss.after(Sent::Opening))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::{admission::peer::Place, interrupt::Interrupt};

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn the_option_of_the_accepted_socket_is_seen() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        for on in [true, false] {
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (accepted, _) = listener.accept().unwrap();
            accepted.set_nodelay(on).unwrap();
            // The client's own descriptor has another peer.
            client.set_nodelay(!on).unwrap();
            let seen = nodelay_of_accepted(std::process::id(), client.local_addr().unwrap());
            assert_eq!(seen.unwrap(), on);
        }
    }

    #[test]
    fn a_connection_that_nobody_has_is_said_so() {
        let nobody = "127.0.0.1:1".parse().unwrap();
        let error = nodelay_of_accepted(std::process::id(), nobody).unwrap_err();
        assert!(error.to_string().contains("descriptors"), "{error}");
    }

    #[test]
    fn helpers_count_once_each() {
        let helper = HelperThread {
            name: "async-io".to_owned(),
            reason: "a test".to_owned(),
        };
        let all = names(&["server", "control", "async-io", "async-io", "worker"]);
        assert_eq!(undeclared(&all, std::slice::from_ref(&helper)), 3);
        assert_eq!(undeclared(&all[..3], &[helper]), 1);
        assert_eq!(undeclared(&all[..3], &[]), 2);
    }

    fn target(threads: u32, threads_of: ThreadsOf) -> Target {
        Target {
            place: Place {
                address: "127.0.0.1:1".parse().unwrap(),
                limit: Duration::from_secs(1),
                interrupt: Interrupt::default(),
            },
            pid: 1,
            protocol: Protocol::Websocket,
            threads,
            helpers: Vec::new(),
            threads_of,
        }
    }

    #[test]
    fn a_thread_too_many_is_a_failure_unless_nothing_can_be_declared() {
        let all = names(&["server", "control", "worker"]);
        let program = |threads| target(threads, ThreadsOf::Program);
        assert!(are_declared(&all[..2], &program(1)));
        assert!(!are_declared(&all, &program(1)));
        assert!(are_declared(&all, &program(2)));
        assert!(matches!(
            too_many(all.clone(), &program(1)),
            Trouble::Failed { received: Received::Threads { names }, .. } if names == all
        ));
        assert_eq!(
            too_many(all.clone(), &target(1, ThreadsOf::Given)),
            Trouble::NotApplicable(NotApplicable::Undeclared { names: all.clone() })
        );
        assert_eq!(
            too_many(all.clone(), &target(1, ThreadsOf::Runtime)),
            Trouble::NotApplicable(NotApplicable::OfTheRuntime { names: all })
        );
    }

    #[test]
    fn the_main_thread_serves_alone_or_accepts() {
        assert_eq!(most_threads(1, 4), 1);
        assert_eq!(most_threads(3, 4), 4);
        assert_eq!(most_threads(0, 4), 5);
    }

    #[test]
    fn the_threads_of_this_process_have_names() {
        let builder = thread::Builder::new().name("look at me".to_owned());
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let thread = builder
            .spawn(move || {
                ready.send(()).unwrap();
                held.recv().unwrap_err();
            })
            .unwrap();
        is_ready.recv().unwrap();
        let names = thread_names(std::process::id()).unwrap();
        assert!(names.iter().any(|name| name == "look at me"), "{names:?}");
        drop(hold);
        thread.join().unwrap();
    }
}
