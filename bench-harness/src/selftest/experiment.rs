//! Which servers are measured how, to try a claim.

use record::{
    Effort, EffortLevel, Entry, MessageKind, MessageShape, Plan, Repetition, Rung, Scenario,
    ScenarioKind, Spacing,
};

use super::{
    Claim,
    faulty::{Faulty, IN_CHECK, IN_TRIAL},
};
use crate::plan::{Candidate, effort_of, entries, make};

const MS: u64 = 1_000_000;

/// Name of the server without any peculiarity, which is the reference.
pub(super) const PLAIN: &str = "plain";

/// A server that stands still does so for this long …
pub(super) const STALL_NS: u64 = 100 * MS;

/// … in every time of this length.
pub(super) const STALL_EVERY_NS: u64 = 500 * MS;

/// A window at a fixed rate: a whole number of stalls, wherever it begins.
const RATE_WINDOW_NS: u64 = 2 * STALL_EVERY_NS;

/// Share of the capacity that is offered to a server that stalls.
pub(super) const LIGHT_LOAD: f64 = 0.1;

/// The same where the socket is to fill up during a stall.
const HEAVY_LOAD: f64 = 0.4;

/// Allocations per message of the servers of that claim.
pub(super) const ALLOCATIONS: [u64; 4] = [0, 1, 3, 17];

/// Bytes of each allocation: not 1, so that bytes can't pass for calls.
pub(super) const ALLOCATION_BYTES: u64 = 40;

/// A known server: its row's name and its flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) name: String,
    pub(super) flags: String,
}

impl Server {
    fn new(name: &str, flags: &str) -> Self {
        Self {
            name: name.to_owned(),
            flags: flags.to_owned(),
        }
    }
}

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HowMuch {
    /// As in a run of this level, with what the command line changes of it.
    Run(Effort),
    /// So many blocks of windows of this length, without more.
    Short { blocks: u32, window_ns: u64 },
}

/// One run of the tool.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Experiment {
    /// Name of its scenario and of its folder.
    pub(super) name: &'static str,
    /// What is done.
    pub(super) kind: ScenarioKind,
    /// To whom; the first is the reference.
    pub(super) servers: Vec<Server>,
    /// How often and how long.
    pub(super) how_much: HowMuch,
}

impl Experiment {
    /// The effort, as the run will have it.
    pub(super) fn effort(&self) -> Effort {
        match self.how_much {
            HowMuch::Run(effort) => effort,
            HowMuch::Short { blocks, window_ns } => Effort {
                blocks,
                window_ns,
                rate_window_ns: window_ns,
                rounds: 1,
                ..effort_of(EffortLevel::Quick)
            },
        }
    }

    /// Its scenario.
    pub(super) fn scenario(&self) -> Scenario {
        Scenario {
            name: self.name.to_owned(),
            title: "Servers whose truth is known".to_owned(),
            why: "Proves that the tool tells the truth.".to_owned(),
            order: 1,
            repetition: Repetition::EveryBlock,
            kind: self.kind.clone(),
        }
    }

    /// The rows, the reference's twin among them.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let candidates: Vec<Candidate> = self
            .servers
            .iter()
            .map(|server| Candidate {
                name: server.name.clone(),
                baseline: false,
                variants: vec![record::Variant::Default],
            })
            .collect();
        let reference = self.servers.first().map(|server| server.name.as_str());
        entries(&candidates, &[], reference)
    }

    /// The plan, to say how long it takes.
    pub(super) fn plan(&self) -> Plan {
        make(
            0,
            self.effort(),
            vec![self.scenario()],
            self.entries(),
            |_| true,
        )
    }
}

/// What is run to try a claim; `effort` is for claims that need a real run's.
pub(super) fn experiments(claim: Claim, effort: Effort) -> Vec<Experiment> {
    match claim {
        Claim::SameServer => vec![cpu("same-server", "same", 0, effort)],
        Claim::CpuPlus20 => vec![cpu("cpu-plus20", "plus20", 20, effort)],
        Claim::CpuPlus5 => vec![cpu("cpu-plus5", "plus5", 5, effort)],
        Claim::Stall => vec![stall(), blocked_stall()],
        Claim::Allocations => vec![allocations()],
        Claim::Faults => vec![
            faults("faults-in-trial", &IN_TRIAL),
            faults("faults-in-check", &IN_CHECK),
        ],
    }
}

/// What both servers burn on top of their work, in per cent of it: enough that
/// the server and not the generator is the bottleneck, as a library's is. A
/// server that isn't sleeps now and then, and what a sleep costs is chance.
const BASE_BURN_PERCENT: u32 = 100;

/// Many connections on one busy thread, as in the first cell of a real run. The
/// other server costs `more_percent` more in all.
fn cpu(name: &'static str, other: &str, more_percent: u32, effort: Effort) -> Experiment {
    let server = |name: &str, more_percent: u32| {
        let all_percent = (100 + BASE_BURN_PERCENT) * (100 + more_percent) / 100;
        let burn_percent = all_percent - 100;
        Server::new(name, &format!("--one-thread --burn {burn_percent}"))
    };
    Experiment {
        name,
        kind: ScenarioKind::Echo {
            connections: 64,
            in_flight: 1,
            message: message(MessageKind::Binary, 125),
        },
        servers: vec![server(PLAIN, 0), server(other, more_percent)],
        how_much: HowMuch::Run(effort),
    }
}

fn at_a_rate(
    name: &'static str,
    (connections, message): (u32, MessageShape),
    load: f64,
    blocks: u32,
    common: &str,
) -> Experiment {
    let stalls = format!(
        "{common} --stall-ms {} --stall-every-ms {}",
        STALL_NS / MS,
        STALL_EVERY_NS / MS
    );
    Experiment {
        name,
        kind: ScenarioKind::RateLadder {
            connections,
            message,
            // The arithmetic of a stall is exact for these.
            spacing: Spacing::Even,
            rungs: vec![Rung {
                name: "rate".to_owned(),
                fraction_of_slowest: load,
            }],
        },
        servers: vec![Server::new(PLAIN, common), Server::new("stalls", &stalls)],
        how_much: HowMuch::Short {
            blocks,
            window_ns: RATE_WINDOW_NS,
        },
    }
}

/// Messages so small that the kernel takes them all while the server stands
/// still: each is written when it is due.
fn stall() -> Experiment {
    let message = message(MessageKind::TextAscii, 125);
    at_a_rate("stall", (4, message), LIGHT_LOAD, 2, "")
}

/// Messages so large that the socket is full before the stall is over: those
/// that are due then can't be written.
fn blocked_stall() -> Experiment {
    let message = message(MessageKind::Binary, 262_144);
    at_a_rate(
        "blocked-stall",
        (1, message),
        HEAVY_LOAD,
        1,
        "--receive-buffer 262144",
    )
}

fn allocations() -> Experiment {
    Experiment {
        name: "allocations",
        kind: ScenarioKind::AllocationsPerMessage {
            sizes_bytes: vec![125, 1024],
            messages: 64,
            keep: 0,
        },
        servers: ALLOCATIONS
            .iter()
            .map(|count| {
                let flags = format!("--allocate {count} --allocate-bytes {ALLOCATION_BYTES}");
                Server::new(&allocating(*count), &flags)
            })
            .collect(),
        how_much: HowMuch::Short {
            blocks: 2,
            window_ns: 100 * MS,
        },
    }
}

/// Name of the server that allocates so often.
pub(super) fn allocating(count: u64) -> String {
    format!("allocates-{count}")
}

fn faults(name: &'static str, faulty: &[Faulty]) -> Experiment {
    let mut servers = vec![Server::new(PLAIN, "")];
    servers.extend(
        faulty
            .iter()
            .map(|it| Server::new(it.name, &format!("--fault {} {}", it.fault, it.when))),
    );
    Experiment {
        name,
        kind: ScenarioKind::Echo {
            connections: 4,
            in_flight: 4,
            message: message(MessageKind::TextAscii, 125),
        },
        servers,
        how_much: HowMuch::Short {
            blocks: 1,
            window_ns: 100 * MS,
        },
    }
}

fn message(kind: MessageKind, size_bytes: u64) -> MessageShape {
    MessageShape { kind, size_bytes }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> Vec<Experiment> {
        let effort = effort_of(EffortLevel::Standard);
        Claim::ALL
            .into_iter()
            .flat_map(|claim| experiments(claim, effort))
            .collect()
    }

    #[test]
    fn every_experiment_has_a_name_and_a_folder_of_its_own() {
        let names: BTreeSet<_> = all().iter().map(|it| it.name).collect();
        assert_eq!(names.len(), all().len());
        for experiment in all() {
            let servers: BTreeSet<_> = experiment.servers.iter().map(|it| &it.name).collect();
            assert_eq!(servers.len(), experiment.servers.len());
        }
    }

    #[test]
    fn claims_on_cpu_time_have_the_effort_of_a_run_and_nobody_but_the_twin() {
        let effort = effort_of(EffortLevel::Standard);
        for claim in Claim::ALL.into_iter().filter(|it| it.needs_effort()) {
            for experiment in experiments(claim, effort) {
                assert_eq!(experiment.effort(), effort);
                assert_eq!(experiment.entries().len(), 3);
                assert_eq!(
                    experiment.plan().trials.len(),
                    3 * usize::try_from(effort.blocks).unwrap()
                );
            }
        }
    }

    #[test]
    fn a_window_holds_a_whole_number_of_stalls() {
        let window_ns = stall().effort().rate_window_ns;
        assert!(window_ns >= 2 * STALL_EVERY_NS);
        assert_eq!(window_ns % STALL_EVERY_NS, 0);
        assert_eq!(blocked_stall().effort().rate_window_ns, window_ns);
    }
}
