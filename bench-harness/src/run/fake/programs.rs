//! The programs of the fake machine: what they answer.

use std::{io, time::Duration};

use record::{
    AllocationCounts, Connected, ContenderLine, Disconnected, Extent, GeneratorFault,
    GeneratorLine, HandshakeCounts, Load, Protocol, Ready, Variant, VerificationCounts, Workload,
};

use super::{Behaviour, FakeMachine, Started};
use crate::{
    clock::Clock as _,
    process::{LineProcess, ProgramCall, Received},
    run::fixture,
};

pub(super) fn line(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

pub(super) fn ready(name: &str, port: u32, call: &ProgramCall) -> Ready {
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
pub(super) struct FakeServer {
    pub(super) machine: FakeMachine,
    pub(super) pid: u32,
    pub(super) answer: Option<String>,
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
pub(super) struct FakeGenerator {
    pub(super) machine: FakeMachine,
    pub(super) workload: Option<Workload>,
    pub(super) answer: Option<Received>,
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
