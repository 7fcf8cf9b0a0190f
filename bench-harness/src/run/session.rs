//! A server and a generator that have been started for one trial.

use std::time::Duration;

use record::{Connected, EntryKey, Extent, Flaw, Load, LoadResult, MessageShape, Ready, Workload};

use super::{Bench, flaws};
use crate::process::{Generator, ProgramCall, Server, ServerProgram, Stop};

/// How long outstanding echoes are waited for after a window.
const GRACE_NS: u64 = 2_000_000_000;

/// How long a connection may take until its first echo is verified.
const CONNECT_TIMEOUT_NS: u64 = 5_000_000_000;

/// How far connections are staggered: the largest read buffer of a library here
/// (tungstenite's) is 128 KiB, and what a message costs depends on how full it
/// is.
pub(crate) const STAGGER_BYTES: u64 = 128 << 10;

/// How long a server whose connections broke is watched for its exit.
const EXIT_WATCH_NS: u64 = 100_000_000;

/// One server and one generator. Dropping it kills both.
pub(crate) struct Session<'a> {
    bench: &'a Bench<'a>,
    // Declared first, so that it is dropped first: the generator's end must not
    // look like load to the server.
    generator: Generator,
    /// The server.
    pub(crate) server: Server<'a>,
    /// What the server said when it was ready.
    pub(crate) ready: Ready,
}

impl<'a> Session<'a> {
    /// Starts both programs and waits for the server's ready line.
    pub(crate) fn open(bench: &'a Bench<'a>, entry: &EntryKey, keep: u32) -> Result<Self, Stop> {
        let program = Self::program(bench, entry)?;
        let call = program.call(entry, &bench.server_cpus, keep);
        let mut server = Server::start(bench.launcher, bench.clock, &call)?;
        let generator = Generator::start(bench.launcher, &bench.generator, &bench.client_cpus)?;
        let ready = server.wait_ready()?;
        Self::with(bench, server, generator, ready, keep)
    }

    /// The same with a server that is started by another command, in which
    /// `wrap` turns the usual one, and that may take `limit` until it listens.
    pub(super) fn open_under(
        bench: &'a Bench<'a>,
        entry: &EntryKey,
        cpus: &[u32],
        limit: Duration,
        wrap: impl FnOnce(ProgramCall) -> ProgramCall,
    ) -> Result<Self, Stop> {
        let call = wrap(Self::program(bench, entry)?.call(entry, cpus, 0));
        let mut server = Server::start(bench.launcher, bench.clock, &call)?;
        let generator = Generator::start(bench.launcher, &bench.generator, &bench.client_cpus)?;
        let ready = server.wait_ready_within(limit)?;
        Self::with(bench, server, generator, ready, 0)
    }

    fn program(bench: &'a Bench<'a>, entry: &EntryKey) -> Result<&'a ServerProgram, Flaw> {
        let program = bench.servers.get(&entry.contender);
        program.ok_or_else(|| Flaw::NotStarted {
            error: format!("{} was not built", entry.contender),
        })
    }

    fn with(
        bench: &'a Bench<'a>,
        server: Server<'a>,
        generator: Generator,
        ready: Ready,
        keep: u32,
    ) -> Result<Self, Stop> {
        // A server that knows no messages has none to keep; its row is the floor.
        if ready.keep != keep && ready.protocol.keeps_messages() {
            let kept = ready.keep;
            return Err(Flaw::BadReadyLine {
                error: format!("{keep} messages were to be kept, it keeps {kept}"),
            }
            .into());
        }
        Ok(Self {
            bench,
            generator,
            server,
            ready,
        })
    }

    /// A workload against this server, with nothing to do yet.
    pub(crate) fn workload(
        &self,
        seed: u64,
        connections: u32,
        load: Load,
        message: MessageShape,
    ) -> Workload {
        Workload {
            url: format!("ws://{}/", self.ready.address),
            protocol: self.ready.protocol,
            connections,
            threads: u32::try_from(self.bench.client_cpus.len().max(1)).unwrap_or(1),
            load,
            message,
            stagger_bytes: 0,
            warm_up: Extent::Count(0),
            lead_in: Extent::default(),
            window: Extent::Count(0),
            grace_ns: GRACE_NS,
            connect_timeout_ns: CONNECT_TIMEOUT_NS,
            seed,
            observe_pid: Some(self.server.pid()),
        }
    }

    /// Opens and verifies connections, and warms up.
    pub(crate) fn connect(&mut self, workload: &Workload) -> Result<Connected, Stop> {
        // Handshakes open their connections by themselves, later.
        let wanted = match workload.load {
            Load::Handshakes { .. } => 0,
            _ => u64::from(workload.connections),
        };
        let answer = self.generator.connect(workload);
        self.accept_connected(answer, wanted)
    }

    /// Opens further connections until `connections` are up.
    pub(crate) fn hold(
        &mut self,
        connections: u32,
        workload: &Workload,
    ) -> Result<Connected, Stop> {
        let answer = self.generator.hold(connections, workload);
        self.accept_connected(answer, u64::from(connections))
    }

    fn accept_connected(
        &mut self,
        answer: Result<Connected, Stop>,
        wanted: u64,
    ) -> Result<Connected, Stop> {
        let connected = answer.map_err(|stop| self.blame(stop))?;
        let flaws = flaws::of_connecting(&connected, wanted);
        if flaws.is_empty() {
            Ok(connected)
        } else {
            Err(self.blame(Stop::Flawed(flaws)))
        }
    }

    /// Measures a window. The flaws stand beside the result, which is evidence
    /// in that case.
    pub(crate) fn go(&mut self, workload: &Workload) -> Result<(LoadResult, Vec<Flaw>), Stop> {
        let load = self.drive(workload)?;
        let flaws = self.judge(workload, &load)?;
        Ok((load, flaws))
    }

    /// Lets the generator drive a window, and does nothing else.
    pub(super) fn drive(&mut self, workload: &Workload) -> Result<LoadResult, Stop> {
        self.generator.go(workload).map_err(|stop| self.blame(stop))
    }

    /// What a window says was wrong with the server. Takes a while when it may
    /// have ended.
    pub(super) fn judge(
        &mut self,
        workload: &Workload,
        load: &LoadResult,
    ) -> Result<Vec<Flaw>, Stop> {
        let flaws = match workload.load {
            Load::Handshakes { .. } => flaws::of_handshakes(load),
            Load::Open { .. } | Load::Closed { .. } | Load::Hold => flaws::of_echoes(load),
        };
        if flaws.is_empty() {
            return Ok(self.server.exited().into_iter().collect());
        }
        match self.blame(Stop::Flawed(flaws)) {
            Stop::Flawed(flaws) => Ok(flaws),
            Stop::Interrupted => Err(Stop::Interrupted),
        }
    }

    /// Closes all connections with the closing handshake.
    ///
    /// What the server did wrong since the answer before, and a Close frame that
    /// it did not answer, are flaws.
    pub(crate) fn disconnect(&mut self) -> Result<(), Stop> {
        let disconnected = self
            .generator
            .disconnect()
            .map_err(|stop| self.blame(stop))?;
        let flaws = flaws::of_disconnecting(&disconnected);
        if flaws.is_empty() {
            Ok(())
        } else {
            Err(self.blame(Stop::Flawed(flaws)))
        }
    }

    /// Refuses a server that lets other processes work: CPU time, memory and
    /// switches are read of the process that was started, and of no other.
    pub(crate) fn refuse_companions(&mut self) -> Result<(), Stop> {
        let companions = self
            .bench
            .kernel
            .companions(self.server.pid())
            .map_err(|error| self.not_readable(error))?;
        if companions.is_empty() {
            return Ok(());
        }
        let error = format!(
            "its CPU time and memory, for it has started other processes ({}) and only the one \
             that the harness starts is measured; a wrapper must `exec` the server, and a server \
             must use threads",
            companions.join(", ")
        );
        Err(Flaw::NotReadable { error }.into())
    }

    /// Tells the server to exit.
    pub(crate) fn stop(self) -> Result<(), Stop> {
        drop(self.generator);
        self.server.stop()
    }

    /// The same, for a server that needs longer.
    pub(super) fn stop_within(self, limit: Duration) -> Result<(), Stop> {
        drop(self.generator);
        self.server.stop_within(limit)
    }

    /// Waits, for the server to come to rest.
    pub(crate) fn settle(&self, duration: Duration) {
        self.bench.clock.sleep(duration);
    }

    /// The stop of a reading that failed with `error`, or of the server's exit
    /// that made it fail.
    pub(crate) fn not_readable(&mut self, error: String) -> Stop {
        self.blame(Flaw::NotReadable { error }.into())
    }

    /// Puts the server's exit first, when that is the cause of `stop`.
    fn blame(&mut self, stop: Stop) -> Stop {
        let Stop::Flawed(flaws) = stop else {
            return stop;
        };
        let start_ns = self.bench.clock.monotonic_ns();
        loop {
            if let Some(exited) = self.server.exited() {
                return Stop::Flawed([exited].into_iter().chain(flaws).collect());
            }
            if self.bench.clock.monotonic_ns() - start_ns > EXIT_WATCH_NS {
                return Stop::Flawed(flaws);
            }
            self.bench.clock.sleep(Duration::from_millis(1));
        }
    }
}
