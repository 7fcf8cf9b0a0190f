//! What differs between two runs as a whole.

use std::fmt::Display;

use record::{Effort, Host, ToolchainFacts};

use super::{
    difference::{Difference, Which},
    facts::{EffortFact, HostFact, ToolchainFact},
};
use crate::{
    Findings,
    findings::RunFacts,
    text::{TimeUnit, bytes, significant},
};

/// Every difference of machine, toolchain, effort and origin.
pub(super) fn of_runs(before: &Findings, after: &Findings) -> Vec<Difference> {
    let (a, b) = (&before.run, &after.run);
    let mut found = Vec::new();
    if a.started_at == b.started_at && a.seed == b.seed && a.commit == b.commit {
        found.push(Difference::SameRun);
    }
    found.extend(of_hosts(&a.host, &b.host));
    found.extend(of_toolchains(&a.toolchain, &b.toolchain));
    found.extend(of_efforts(&a.effort, &b.effort));
    if a.schema_version != b.schema_version {
        found.push(Difference::Schema {
            before: a.schema_version,
            after: b.schema_version,
        });
    }
    if a.commit != b.commit || a.commit.is_none() {
        found.push(Difference::Commit {
            before: a.commit.clone(),
            after: b.commit.clone(),
        });
    }
    for (run, facts) in [(Which::A, a), (Which::B, b)] {
        found.extend(of_one(run, facts));
    }
    found
}

fn of_one(run: Which, facts: &RunFacts) -> Vec<Difference> {
    let mut found = Vec::new();
    if facts.dirty {
        found.push(Difference::Dirty { run });
    }
    if facts.tolerates_disturbance {
        found.push(Difference::Disturbed { run });
    }
    if facts.command.contains("--load-generator") {
        found.push(Difference::GivenGenerator { run });
    }
    if facts.is_partial() {
        found.push(Difference::Partial {
            run,
            whole_blocks: facts.whole_blocks,
            planned_blocks: facts.effort.blocks,
        });
    }
    found
}

/// Text of a fact that may be missing.
fn optional(fact: Option<&String>) -> String {
    fact.map_or("none", String::as_str).to_owned()
}

fn of_hosts(a: &Host, b: &Host) -> Vec<Difference> {
    let cpus = |list: &[u32]| {
        let list: Vec<String> = list.iter().map(ToString::to_string).collect();
        list.join(",")
    };
    let facts = |host: &Host| {
        [
            (HostFact::Name, host.name.clone()),
            (HostFact::CpuModel, host.cpu_model.clone()),
            (HostFact::Cpus, host.cpus.to_string()),
            (HostFact::Memory, bytes(host.memory_bytes)),
            (HostFact::OperatingSystem, host.operating_system.clone()),
            (HostFact::Kernel, host.kernel.clone()),
            (HostFact::Hypervisor, optional(host.hypervisor.as_ref())),
            (HostFact::Governor, optional(host.governor.as_ref())),
            (HostFact::ServerCpus, cpus(&host.server_cpus)),
            (HostFact::ClientCpus, cpus(&host.client_cpus)),
        ]
    };
    unequal(facts(a), facts(b), |fact, before, after| Difference::Host {
        fact,
        before,
        after,
    })
}

fn of_toolchains(a: &ToolchainFacts, b: &ToolchainFacts) -> Vec<Difference> {
    let flags = |flags: &String| {
        if flags.is_empty() {
            "none".to_owned()
        } else {
            flags.clone()
        }
    };
    let facts = |toolchain: &ToolchainFacts| {
        [
            (ToolchainFact::Rustc, toolchain.rustc.clone()),
            (ToolchainFact::Target, toolchain.target.clone()),
            (ToolchainFact::Flags, flags(&toolchain.rustflags)),
            (ToolchainFact::Profile, toolchain.profile.clone()),
            (
                ToolchainFact::Go,
                toolchain
                    .go
                    .as_ref()
                    .map_or_else(|| "none".to_owned(), ToString::to_string),
            ),
        ]
    };
    unequal(facts(a), facts(b), |fact, before, after| {
        Difference::Toolchain {
            fact,
            before,
            after,
        }
    })
}

fn of_efforts(a: &Effort, b: &Effort) -> Vec<Difference> {
    let time = |ns: u64| {
        let unit = TimeUnit::for_values(std::iter::once(ns as f64));
        format!("{} {}", significant(unit.of(ns as f64), 3), unit.symbol())
    };
    let facts = |effort: &Effort| {
        [
            (EffortFact::Blocks, effort.blocks.to_string()),
            (EffortFact::ExactBlocks, effort.exact_blocks.to_string()),
            (EffortFact::Rounds, effort.rounds.to_string()),
            (EffortFact::WarmUp, time(effort.warm_up_ns)),
            (EffortFact::Window, time(effort.window_ns)),
            (EffortFact::RateWindow, time(effort.rate_window_ns)),
        ]
    };
    unequal(facts(a), facts(b), |fact, before, after| {
        Difference::Effort {
            fact,
            before,
            after,
        }
    })
}

fn unequal<Fact: Display, const N: usize>(
    before: [(Fact, String); N],
    after: [(Fact, String); N],
    difference: impl Fn(Fact, String, String) -> Difference,
) -> Vec<Difference> {
    before
        .into_iter()
        .zip(after)
        .filter(|((_, before), (_, after))| before != after)
        .map(|((fact, before), (_, after))| difference(fact, before, after))
        .collect()
}
