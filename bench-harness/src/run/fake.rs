//! A machine in memory: a clock that moves only when somebody waits, servers
//! that behave as their name says, and a generator that sees what they do.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    io,
    rc::Rc,
    time::Duration,
};

use machine::{CpuTicks, Stalls, Switches};
use record::{
    AllocationCounts, Connected, ContenderLine, Disconnected, Extent, GeneratorFault,
    GeneratorLine, HandshakeCounts, Load, ProcessMemory, Protocol, Ready, Variant,
    VerificationCounts, Workload,
};

use super::{Bench, Kernel, fixture};
use crate::{
    clock::Clock,
    process::{Launcher, LineProcess, ProgramCall, Received, ServerProgram},
};

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
        Some(Stalls::default())
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

fn line(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn ready(name: &str, port: u32, call: &ProgramCall) -> Ready {
    let arguments = call.arguments.windows(2);
    let mut keep = arguments.filter(|pair| pair[0] == "--keep");
    Ready {
        address: format!("127.0.0.1:{port}"),
        protocol: Protocol::Websocket,
        library: name.to_owned(),
        version: "1.0.0".to_owned(),
        runtime: "none".to_owned(),
        variant: Variant::Default,
        threads: 1,
        keep: keep.next().map_or(0, |pair| pair[1].parse().unwrap()),
        options: Vec::new(),
    }
}

#[derive(Debug)]
struct FakeServer {
    machine: FakeMachine,
    pid: u32,
    answer: Option<String>,
}

impl LineProcess for FakeServer {
    fn pid(&self) -> u32 {
        self.pid
    }

    fn send(&mut self, command: &str) -> io::Result<()> {
        if self.exit_status().is_some() {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        }
        let answer = match (command, self.machine.server(self.pid).behaviour) {
            ("count on", _) => ContenderLine::Counting { on: true },
            ("count off", _) => ContenderLine::Counting { on: false },
            ("stats", Behaviour::BadStats) => ContenderLine::Error {
                message: "what?".to_owned(),
            },
            ("stats", Behaviour::SilentStats) => return Ok(()),
            ("stats", _) => ContenderLine::Stats(AllocationCounts {
                allocations: Some(20),
                ..AllocationCounts::default()
            }),
            other => panic!("the harness said {other:?}"),
        };
        self.answer = Some(line(&answer));
        Ok(())
    }

    fn receive(&mut self, timeout: Duration) -> Received {
        match self.answer.take() {
            Some(answer) => Received::Line(answer),
            None => match self.machine.server(self.pid) {
                Started { exited: true, .. } => Received::Ended,
                Started {
                    behaviour: Behaviour::Chatters,
                    ..
                } => Received::Line("INFO a client has connected".to_owned()),
                _ => {
                    self.machine.sleep(timeout);
                    Received::TimedOut
                }
            },
        }
    }

    fn close_input(&mut self) {
        self.machine.exit(self.pid);
    }

    fn exit_status(&mut self) -> Option<String> {
        self.machine
            .server(self.pid)
            .exited
            .then(|| "exit code 101".to_owned())
    }

    fn stderr_tail(&self) -> String {
        "thread 'main' panicked".to_owned()
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.machine.0.alive.set(self.machine.0.alive.get() - 1);
    }
}

#[derive(Debug)]
struct FakeGenerator {
    machine: FakeMachine,
    workload: Option<Workload>,
    answer: Option<Received>,
}

impl FakeGenerator {
    /// Number of the process that listens where the workload says.
    fn peer(&self) -> u32 {
        let url = self.workload.as_ref().map_or("", |workload| &workload.url);
        let port = url.trim_end_matches('/').rsplit(':').next();
        port.and_then(|port| port.parse().ok()).unwrap()
    }

    fn connected(&self, connections: u64) -> GeneratorLine {
        let refused = self.machine.server(self.peer()).behaviour == Behaviour::Refuses;
        GeneratorLine::Ready(Connected {
            connections_up: if refused { 0 } else { connections },
            connections_failed: if refused { connections } else { 0 },
            first_failure: refused.then(|| "connection refused".to_owned()),
            ..Connected::default()
        })
    }

    fn go(&self, workload: &Workload) -> Received {
        let world = &self.machine.0;
        world.windows.borrow_mut().push(self.peer());
        if let Some(left) = world.windows_left.get() {
            if left == 0 {
                return Received::Interrupted;
            }
            world.windows_left.set(Some(left - 1));
        }
        let window_ns = match workload.window {
            Extent::DurationNs(ns) => ns,
            Extent::Count(count) => count * 1_000,
        };
        self.machine.sleep(Duration::from_nanos(window_ns));
        let quiet = world.quiet_windows.get();
        if quiet == Some(0) {
            world.steal_ticks.set(world.steal_ticks.get() + 10);
        }
        let left = quiet.and_then(|windows| windows.checked_sub(1));
        world.quiet_windows.set(left);

        let mut result = fixture::load_result();
        match self.machine.server(self.peer()).behaviour {
            Behaviour::Corrupts => result.verification.corrupted = 3,
            Behaviour::Slow => {
                result.completed_in_window = 90;
                result.slices = vec![90];
            }
            Behaviour::ExitsInWindow => {
                self.machine.exit(self.peer());
                result.verification = VerificationCounts {
                    missing: 4,
                    reset: 4,
                    ..result.verification
                };
            }
            Behaviour::BreaksGenerator => {
                return Received::Line(line(&GeneratorLine::Fault(GeneratorFault {
                    message: "out of memory".to_owned(),
                })));
            }
            _ => {}
        }
        if matches!(workload.load, Load::Open { .. }) {
            result.schedule_lag.clone_from(&result.service_time);
        }
        if matches!(workload.load, Load::Handshakes { .. }) {
            result.handshakes = Some(HandshakeCounts {
                completed: 100,
                ..HandshakeCounts::default()
            });
        }
        Received::Line(line(&GeneratorLine::Result(Box::new(result))))
    }
}

impl LineProcess for FakeGenerator {
    fn pid(&self) -> u32 {
        200
    }

    fn send(&mut self, command: &str) -> io::Result<()> {
        let (word, rest) = command.split_once(' ').unwrap_or((command, ""));
        let answer = match word {
            "connect" => {
                let workload: Workload = serde_json::from_str(rest).unwrap();
                self.machine.0.workloads.borrow_mut().push(workload.clone());
                let connections = u64::from(workload.connections);
                self.workload = Some(workload);
                Received::Line(line(&self.connected(connections)))
            }
            "hold" => Received::Line(line(&self.connected(rest.parse().unwrap()))),
            "go" => self.go(self.workload.as_ref().unwrap()),
            "disconnect" => Received::Line(line(&GeneratorLine::Disconnected(Disconnected {
                clean: 1,
                ..Disconnected::default()
            }))),
            other => panic!("the harness said {other:?}"),
        };
        self.answer = Some(answer);
        Ok(())
    }

    fn receive(&mut self, timeout: Duration) -> Received {
        self.answer.take().unwrap_or_else(|| {
            self.machine.sleep(timeout);
            Received::TimedOut
        })
    }

    fn close_input(&mut self) {}

    fn exit_status(&mut self) -> Option<String> {
        None
    }

    fn stderr_tail(&self) -> String {
        String::new()
    }
}
