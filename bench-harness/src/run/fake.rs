//! A machine in memory: a clock that moves only when somebody waits, servers
//! that behave as their name says, and a generator that sees what they do.

mod programs;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    io,
    rc::Rc,
    time::Duration,
};

use machine::{CpuTicks, Stalls, Switches};
use record::{ContenderLine, ProcessMemory, Workload};

use super::{Bench, Kernel};
use crate::{
    clock::Clock,
    process::{Launcher, LineProcess, ProgramCall, ServerProgram},
};
use programs::{FakeGenerator, FakeServer, line, ready};

/// What a server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Nothing.
    Good,
    /// Its program is missing.
    NotStarted,
    /// It says nothing.
    NeverReady,
    /// Its first line is something else.
    BadReady,
    /// It ends before it is ready.
    ExitsAtOnce,
    /// It refuses connections.
    Refuses,
    /// It changes a byte of three messages of a window.
    Corrupts,
    /// It ends in the window.
    ExitsInWindow,
    /// It answers `stats` with an error.
    BadStats,
    /// It never answers `stats`.
    SilentStats,
    /// Another process does its work.
    Forks,
    /// It prints a line that nobody asked for.
    Chatters,
    /// It echoes only 90 % in time.
    Slow,
    /// The generator fails when it drives this one.
    BreaksGenerator,
}

/// What is shared by everything on the fake machine.
#[derive(Debug, Default)]
pub(crate) struct World {
    now_ns: Cell<u64>,
    behaviours: RefCell<BTreeMap<String, Behaviour>>,
    /// Every server that was started, by the number of its process, which is
    /// its port as well.
    servers: RefCell<BTreeMap<u32, Started>>,
    /// Windows until the user presses Ctrl-C.
    windows_left: Cell<Option<u32>>,
    /// Windows until the hypervisor takes the processors for a while.
    quiet_windows: Cell<Option<u32>>,
    steal_ticks: Cell<u64>,
    /// Whether a server that waits counts as waiting for a disk, as on io_uring.
    pub(crate) counts_as_disk_wait: Cell<bool>,
    /// Servers alive.
    pub(crate) alive: Cell<i32>,
    /// Calls of servers, in order.
    pub(crate) calls: RefCell<Vec<ProgramCall>>,
    /// Servers that a window was measured of, in order.
    pub(crate) windows: RefCell<Vec<u32>>,
    /// Workloads, in order.
    pub(crate) workloads: RefCell<Vec<Workload>>,
    pub(crate) file_limit: Cell<u64>,
}

/// A server that was started.
#[derive(Clone, Copy, Debug)]
struct Started {
    behaviour: Behaviour,
    exited: bool,
}

/// The machine.
#[derive(Clone, Debug)]
pub(crate) struct FakeMachine(pub(crate) Rc<World>);

impl FakeMachine {
    pub(crate) fn new(servers: &[(&str, Behaviour)]) -> Self {
        let world = World::default();
        world.file_limit.set(20_000);
        world.behaviours.borrow_mut().extend(
            servers
                .iter()
                .map(|&(name, behaviour)| (name.to_owned(), behaviour)),
        );
        Self(Rc::new(world))
    }

    /// The user presses Ctrl-C in the window after so many.
    pub(crate) fn interrupt_after(&self, windows: u32) {
        self.0.windows_left.set(Some(windows));
    }

    /// The hypervisor takes the processors in the window after so many.
    pub(crate) fn steal_after(&self, windows: u32) {
        self.0.quiet_windows.set(Some(windows));
    }

    fn start(&self, behaviour: Behaviour) -> u32 {
        let mut servers = self.0.servers.borrow_mut();
        let pid = 9_001 + u32::try_from(servers.len()).unwrap();
        let exited = behaviour == Behaviour::ExitsAtOnce;
        servers.insert(pid, Started { behaviour, exited });
        pid
    }

    fn server(&self, pid: u32) -> Started {
        self.0.servers.borrow()[&pid]
    }

    fn exit(&self, pid: u32) {
        self.0.servers.borrow_mut().get_mut(&pid).unwrap().exited = true;
    }

    pub(crate) fn bench(&self) -> Bench<'_> {
        let programs = self.0.behaviours.borrow();
        Bench {
            clock: self,
            kernel: self,
            launcher: self,
            servers: programs
                .keys()
                .map(|name| {
                    let program = ServerProgram {
                        program: name.into(),
                        arguments: Vec::new(),
                    };
                    (name.clone(), program)
                })
                .collect(),
            generator: "generator".into(),
            server_cpus: vec![0],
            client_cpus: vec![1],
        }
    }
}

impl Clock for FakeMachine {
    fn monotonic_ns(&self) -> u64 {
        self.0.now_ns.get()
    }

    fn realtime_ns(&self) -> u64 {
        1_795_176_061_000_000_000 + self.0.now_ns.get()
    }

    fn sleep(&self, duration: Duration) {
        let ns = u64::try_from(duration.as_nanos()).unwrap();
        self.0.now_ns.set(self.0.now_ns.get() + ns);
    }
}

impl Kernel for FakeMachine {
    fn memory(&self, pid: u32) -> Result<ProcessMemory, String> {
        if self.server(pid).exited {
            return Err("no such process".to_owned());
        }
        Ok(ProcessMemory {
            rss_bytes: 4096,
            pss_bytes: 4000,
            peak_rss_bytes: 5000,
        })
    }

    fn switches(&self, pid: u32) -> Result<Switches, String> {
        if self.server(pid).exited {
            return Err("no such process".to_owned());
        }
        Ok(Switches {
            voluntary: self.0.now_ns.get() / 1000,
            involuntary: 3,
            threads: 1,
        })
    }

    fn companions(&self, pid: u32) -> Result<Vec<String>, String> {
        Ok(match self.server(pid).behaviour {
            Behaviour::Forks => vec!["101 worker".to_owned()],
            _ => Vec::new(),
        })
    }

    fn cpu_ticks(&self) -> Result<Vec<(u32, CpuTicks)>, String> {
        let ticks = CpuTicks {
            user: self.0.now_ns.get() / 10_000_000,
            steal: self.0.steal_ticks.get(),
            ..CpuTicks::default()
        };
        Ok(vec![(0, ticks), (1, ticks)])
    }

    fn stalls(&self) -> Option<Stalls> {
        let waits = self.0.counts_as_disk_wait.get();
        Some(Stalls {
            io_ns: if waits { self.0.now_ns.get() } else { 0 },
            ..Stalls::default()
        })
    }

    fn ticks_per_s(&self) -> u64 {
        100
    }

    fn open_file_limit(&self) -> u64 {
        self.0.file_limit.get()
    }
}

impl Launcher for FakeMachine {
    fn launch(&self, call: &ProgramCall) -> io::Result<Box<dyn LineProcess>> {
        let name = call.program.to_string_lossy().into_owned();
        if name == "generator" {
            return Ok(Box::new(FakeGenerator {
                machine: self.clone(),
                workload: None,
                answer: None,
            }));
        }
        let behaviour = self.0.behaviours.borrow()[&name];
        self.0.calls.borrow_mut().push(call.clone());
        if behaviour == Behaviour::NotStarted {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        let pid = self.start(behaviour);
        self.0.alive.set(self.0.alive.get() + 1);
        let first = match behaviour {
            Behaviour::NeverReady | Behaviour::ExitsAtOnce => None,
            Behaviour::BadReady => Some("Listening on port 9001".to_owned()),
            _ => Some(line(&ContenderLine::Ready(ready(&name, pid, call)))),
        };
        Ok(Box::new(FakeServer {
            machine: self.clone(),
            pid,
            answer: first,
        }))
    }
}
