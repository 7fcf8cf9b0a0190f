//! Trials of a measured window: echoes in a closed or an open loop, opening
//! handshakes. The window may be cut into rounds.

use std::{collections::BTreeSet, time::Duration};

use record::{
    Extent, Flaw, Load, LoadResult, MachineUse, Measurement, ProcessUse, ScenarioKind, Workload,
};

use super::{
    Bench, Session, flaws,
    machine_use::{self, Reading},
    session::STAGGER_BYTES,
    trial::{Outcome, PROBE, TrialTask, check_open_files},
    validity,
};
use crate::process::Stop;

/// A server with its connections up and warm, and what its rounds have given.
pub(super) struct Window<'a> {
    bench: &'a Bench<'a>,
    session: Session<'a>,
    workload: Workload,
    tolerates_disturbance: bool,
    offered_per_s: Option<f64>,
    rounds: Vec<LoadResult>,
    server: ProcessUse,
    machine: Option<MachineUse>,
    knows_disk_waits: bool,
    /// Rounds that were measured once more, of all and of the present one.
    repeated: u32,
    repeated_in_round: u32,
    most_repeated: u32,
    flaws: Vec<Flaw>,
}

/// How long a server is driven before its round, so that the round doesn't begin
/// with what the others have left in the caches: a server that has just had its
/// turn was 5 % cheaper in a round of 5 ms than one that had not for a while.
const LEAST_LEAD_IN_NS: u64 = 2_000_000;

/// The same in long rounds: this part of their length.
const LEAD_IN_SHARE: u64 = 5;

/// Context switches of a round.
#[derive(Clone, Copy, Debug, Default)]
struct SwitchesMade {
    voluntary: u64,
    involuntary: u64,
}

/// How long is looked whether tasks wait for a disk while there is no load.
const REST: Duration = Duration::from_millis(20);

/// Share of that time above which the account says nothing about disks.
const MOST_AT_REST: f64 = 0.05;

/// Whether the kernel's account of waiting for disks is one. Servers on io_uring
/// that wait for a message count as waiting for a disk, too (`in_iowait`): then
/// there is such waiting while nobody has anything to do.
pub(super) fn knows_disk_waits(bench: &Bench<'_>) -> bool {
    let Some(before) = bench.kernel.stalls() else {
        return false;
    };
    let start_ns = bench.clock.monotonic_ns();
    bench.clock.sleep(REST);
    let rest_ns = bench.clock.monotonic_ns() - start_ns;
    bench.kernel.stalls().is_some_and(|after| {
        let waited_ns = after.io_ns.saturating_sub(before.io_ns);
        (waited_ns as f64) < MOST_AT_REST * rest_ns as f64
    })
}

impl<'a> Window<'a> {
    /// Starts a server, connects and warms up. `None` for a kind of trial that
    /// has no such window.
    pub(super) fn open(bench: &'a Bench<'a>, task: &TrialTask<'_>) -> Result<Option<Self>, Stop> {
        let effort = task.effort;
        let (connections, load, message, window_ns) = match *task.kind {
            ScenarioKind::Echo {
                connections,
                in_flight,
                message,
            } => {
                let load = Load::Closed { in_flight };
                (connections, load, message, effort.window_ns)
            }
            ScenarioKind::RateLadder {
                connections,
                message,
                spacing,
                ..
            } => {
                let rate_per_s = task.rate_per_s.ok_or_else(|| Flaw::GeneratorFailed {
                    error: "no rate: the calibration failed for every server".to_owned(),
                })?;
                let load = Load::Open {
                    rate_per_s,
                    spacing,
                };
                (connections, load, message, effort.rate_window_ns)
            }
            ScenarioKind::Handshakes { concurrency } => {
                let load = Load::Handshakes { concurrency };
                (concurrency, load, PROBE, effort.window_ns)
            }
            _ => return Ok(None),
        };
        check_open_files(bench, connections)?;
        let mut session = Session::open(bench, task.entry, 0)?;
        let mut workload = session.workload(task.seed, connections, load, message);
        if !matches!(load, Load::Handshakes { .. }) {
            workload.stagger_bytes = STAGGER_BYTES;
        }
        workload.warm_up = Extent::DurationNs(effort.warm_up_ns);
        let round_ns = window_ns / u64::from(task.rounds.max(1));
        workload.window = Extent::DurationNs(round_ns);
        if task.rounds > 1 && !matches!(load, Load::Open { .. }) {
            let lead_in_ns = (round_ns / LEAD_IN_SHARE).max(LEAST_LEAD_IN_NS);
            workload.lead_in = Extent::DurationNs(lead_in_ns);
        }
        session.connect(&workload)?;
        Ok(Some(Self {
            bench,
            session,
            workload,
            tolerates_disturbance: task.tolerates_disturbance,
            offered_per_s: task.rate_per_s,
            rounds: Vec::new(),
            server: ProcessUse::default(),
            machine: None,
            knows_disk_waits: true,
            repeated: 0,
            repeated_in_round: 0,
            most_repeated: if task.rounds > 1 { task.rounds } else { 0 },
            flaws: Vec::new(),
        }))
    }

    /// Leaves waiting for disks out of the record: see [`knows_disk_waits`].
    pub(super) fn forget_disk_waits(&mut self) {
        self.knows_disk_waits = false;
    }

    /// Measures one round, and gives it if nothing was wrong with the server. One
    /// that was disturbed is measured once more, as long as there are some to
    /// spare. After a fault there is nothing more to measure, and nothing is
    /// done.
    pub(super) fn round(&mut self) -> Result<Option<&LoadResult>, Stop> {
        while self.flaws.is_empty() {
            let (load, switches, mut machine) = self.measure()?;
            if !self.flaws.is_empty()
                || self.tolerates_disturbance
                || self.repeated >= self.most_repeated
                || !self.was_disturbed(&load, &machine)
            {
                machine.repeated_rounds = std::mem::take(&mut self.repeated_in_round);
                match &mut self.machine {
                    Some(all) => all.append(&machine),
                    none => *none = Some(machine),
                }
                self.server.voluntary_switches += switches.voluntary;
                self.server.involuntary_switches += switches.involuntary;
                self.rounds.push(load);
                return Ok(self.rounds.last().filter(|_| self.flaws.is_empty()));
            }
            self.repeated += 1;
            self.repeated_in_round += 1;
        }
        Ok(None)
    }

    /// Tells how many rounds there will be, if more than the plan says.
    pub(super) fn expect_rounds(&mut self, rounds: u32) {
        self.most_repeated = self.most_repeated.max(rounds);
    }

    fn was_disturbed(&self, load: &LoadResult, machine: &MachineUse) -> bool {
        let threads = self.workload.threads as usize;
        let (trial_cpus, share) = self.trial_cpus();
        !validity::of_machine(machine, load, threads, trial_cpus, share).is_empty()
    }

    /// How many processors server and generator have together, and whether they
    /// share one.
    fn trial_cpus(&self) -> (usize, bool) {
        let (servers, clients) = (&self.bench.server_cpus, &self.bench.client_cpus);
        let trial_cpus = servers.iter().chain(clients).collect::<BTreeSet<_>>().len();
        (trial_cpus, trial_cpus < servers.len() + clients.len())
    }

    /// Drives the load once, and reads the kernel's counters before and after.
    fn measure(&mut self) -> Result<(LoadResult, SwitchesMade, MachineUse), Stop> {
        let (bench, pid) = (self.bench, self.session.server.pid());
        let before_switches = bench
            .kernel
            .switches(pid)
            .map_err(|error| self.session.not_readable(error))?;
        let before = read_machine(bench)?;
        let load = self.session.drive(&self.workload)?;
        let after = read_machine(bench)?;
        self.flaws = self.session.judge(&self.workload, &load)?;

        // A server that has ended has no counters left; its exit is the flaw.
        let made = match bench.kernel.switches(pid) {
            Ok(after) => {
                self.server.threads = after.threads;
                SwitchesMade {
                    voluntary: after.voluntary.saturating_sub(before_switches.voluntary),
                    involuntary: after
                        .involuntary
                        .saturating_sub(before_switches.involuntary),
                }
            }
            Err(error) => {
                if self.flaws.is_empty() {
                    self.flaws.push(Flaw::NotReadable { error });
                }
                SwitchesMade::default()
            }
        };
        if load.observed_cpu_ns.is_none() && self.flaws.is_empty() {
            self.flaws.push(Flaw::NotReadable {
                error: "the server's CPU time, by the load generator".to_owned(),
            });
        }
        let mut machine = machine_use::between(
            &before,
            &after,
            &bench.server_cpus,
            &bench.client_cpus,
            bench.kernel.ticks_per_s(),
        );
        if !self.knows_disk_waits {
            machine.io_stall_ns = None;
        }
        Ok((load, made, machine))
    }

    /// All rounds as one window. The programs end here.
    pub(super) fn finish(self) -> Result<Outcome, Stop> {
        let (trial_cpus, share) = self.trial_cpus();
        let mut flaws = self.flaws;
        let mut server = self.server;
        match self.bench.kernel.memory(self.session.server.pid()) {
            Ok(memory) => server.memory = memory,
            Err(error) if flaws.is_empty() => flaws.push(Flaw::NotReadable { error }),
            Err(_) => {}
        }
        let is_open = matches!(self.workload.load, Load::Open { .. });
        if is_open && flaws.is_empty() {
            flaws.extend(flaws::of_rate(&self.rounds));
        }
        let load = LoadResult::of_rounds(self.rounds)
            .map_err(|error| generator_failed(error.to_string()))?
            .ok_or_else(|| generator_failed("it has measured nothing".to_owned()))?;
        if let (Some(machine), false) = (&self.machine, self.tolerates_disturbance) {
            let threads = self.workload.threads as usize;
            flaws.extend(validity::of_machine(
                machine, &load, threads, trial_cpus, share,
            ));
            if is_open {
                flaws.extend(validity::of_schedule(&load, threads));
            }
        }
        let load = Box::new(load);
        Ok(Outcome {
            flaws,
            measurement: Some(match self.workload.load {
                Load::Handshakes { .. } => Measurement::Handshakes { load, server },
                _ => Measurement::Echo {
                    load,
                    server,
                    offered_per_s: self.offered_per_s,
                },
            }),
            machine: self.machine,
        })
    }
}

fn generator_failed(error: String) -> Flaw {
    Flaw::GeneratorFailed { error }
}

fn read_machine(bench: &Bench<'_>) -> Result<Reading, Flaw> {
    let ticks = bench
        .kernel
        .cpu_ticks()
        .map_err(|error| Flaw::NotReadable { error })?;
    Ok(Reading {
        ticks,
        stalls: bench.kernel.stalls(),
    })
}
