//! What every verb starts from.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use record::{Effort, Entry, Plan, Scenario, ScenarioKind};

use crate::{
    build::Cargo,
    cli::Options,
    clock::{Clock as _, RealClock},
    discover::{Contender, External, Workspace},
    exit::UsageError,
    interrupt::Interrupt,
    machine_lock::{self, MachineLock},
    plan::{Candidate, blocks_within, calibration_ns, effort_of, entries, make, plan_ns},
    progress::Progress,
    scenarios,
    selection::{self, Filters},
};

/// Open files that a process needs besides its connections.
const OTHER_FILES: u64 = 64;

/// How long checking one entry takes, for the estimate.
const CHECK_NS: u64 = 60_000_000;

/// The command line, resolved against the workspace and this machine.
#[derive(Debug)]
pub(super) struct Setup {
    /// The command line.
    pub(super) options: Options,
    /// Whether the user asked to stop.
    pub(super) interrupt: Interrupt,
    /// The checkout.
    pub(super) workspace: Workspace,
    /// How cargo is called.
    pub(super) cargo: Cargo,
    /// The contenders that take part.
    pub(super) contenders: Vec<Contender>,
    /// The scenarios that take part.
    pub(super) scenarios: Vec<Scenario>,
    /// The effort, overrides of the command line included.
    pub(super) effort: Effort,
    /// The seed.
    pub(super) seed: u64,
    /// Processors for servers.
    pub(super) server_cpus: Vec<u32>,
    /// Processors for the generator.
    pub(super) client_cpus: Vec<u32>,
    /// What is going on.
    pub(super) progress: Progress,
}

impl Setup {
    /// Resolves the command line.
    pub(super) fn new(options: &Options, interrupt: Interrupt) -> Result<Self> {
        let progress = Progress::new();
        let workspace = Workspace::find()?;
        let cargo = Cargo::new(&workspace.root, options.jobs, interrupt.clone());

        let mut contenders = workspace.contenders.clone();
        for external in options.external.iter().map(External::contender) {
            if contenders
                .iter()
                .any(|contender| contender.name == external.name)
            {
                let message = format!("--external: the name {:?} is taken", external.name);
                return Err(UsageError(message).into());
            }
            contenders.push(external);
        }
        let filters = Filters {
            contenders: options.contender.clone(),
            scenarios: options.scenario.clone(),
            reference: options.reference.clone(),
            no_baselines: options.no_baselines,
        };
        let contenders = selection::contenders(contenders, &filters)?;
        let mut scenarios =
            selection::scenarios(scenarios::load(options.scenarios.as_deref())?, &filters)?;
        fit_open_files(&mut scenarios, &progress);

        let allowed = machine::affinity().context("the processors can't be listed")?;
        let (server_cpus, client_cpus) = cpus(
            &allowed,
            options.server_cpus.as_ref().map(|list| list.0.as_slice()),
            options.client_cpus.as_ref().map(|list| list.0.as_slice()),
        )?;
        let mut setup = Self {
            options: options.clone(),
            interrupt,
            workspace,
            cargo,
            contenders,
            scenarios,
            effort: effort_of(options.level()),
            seed: options.seed.unwrap_or_else(|| RealClock.realtime_ns()),
            server_cpus,
            client_cpus,
            progress,
        };
        setup.override_effort();
        Ok(setup)
    }

    fn override_effort(&mut self) {
        if let Some(window) = self.options.window {
            self.effort.window_ns = ns(window);
            self.effort.rate_window_ns = ns(window);
        }
        if let Some(blocks) = self.options.blocks {
            self.effort.blocks = blocks;
        }
        if let Some(budget) = self.options.budget {
            self.effort.blocks = blocks_within(ns(budget), |blocks| {
                let effort = Effort {
                    blocks,
                    ..self.effort
                };
                plan_ns(&self.plan_with(effort))
            });
        }
    }

    /// Warns where server and generator share a processor.
    pub(super) fn warn_of_shared_cpus(&self) {
        if self
            .server_cpus
            .iter()
            .any(|cpu| self.client_cpus.contains(cpu))
        {
            self.progress.warn(
                "server and load generator share a processor: they take time from each other, \
                 so throughput and latency say little; CPU time per message still counts. \
                 Use a machine with two processors, or --server-cpus and --client-cpus",
            );
        }
    }

    /// Claims the machine for the run in `folder`.
    pub(super) fn claim_machine(
        &self,
        folder: &Path,
    ) -> Result<MachineLock, machine_lock::Occupied> {
        let shared = self.options.beside_other_runs;
        let claim = machine_lock::claim(&machine_lock::path(), folder, shared)?;
        if let Some(reason) = claim.unknown {
            self.progress.warn(&format!(
                "whether another run is going on on this machine can't be known ({reason})"
            ));
        }
        Ok(claim.lock)
    }

    /// The rows.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let candidates: Vec<Candidate> = self.contenders.iter().map(Contender::candidate).collect();
        entries(
            &candidates,
            &self.options.variant,
            Some(&self.options.reference),
        )
    }

    /// The plan as if every server will run.
    pub(super) fn preliminary_plan(&self) -> Plan {
        self.plan_with(self.effort)
    }

    fn plan_with(&self, effort: Effort) -> Plan {
        make(
            self.seed,
            effort,
            self.scenarios.clone(),
            self.entries(),
            |_| true,
        )
    }

    /// How long checks and calibrations take, which come before the trials.
    pub(super) fn preparation_ns(&self) -> u64 {
        let entries = self.entries().len() as u64;
        let ladders = self.scenarios.iter().filter_map(|scenario| {
            let ScenarioKind::RateLadder { connections, .. } = scenario.kind else {
                return None;
            };
            Some(calibration_ns(connections))
        });
        entries * (CHECK_NS + ladders.sum::<u64>())
    }
}

fn ns(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Raises the limit on open files, and leaves out idle levels that are still
/// above it.
fn fit_open_files(scenarios: &mut [Scenario], progress: &Progress) {
    let limit = match machine::raise_open_file_limit() {
        Ok(limit) => limit,
        Err(error) => {
            progress.warn(&format!("the limit on open files can't be raised: {error}"));
            machine::open_file_limit().map_or(0, |(soft, _)| soft)
        }
    };
    for scenario in scenarios {
        let ScenarioKind::Idle { levels } = &mut scenario.kind else {
            continue;
        };
        let fits = |level: u32| u64::from(level) + OTHER_FILES <= limit;
        // When none fits they all stay, and the trial says why it can't run.
        if levels.iter().any(|&level| fits(level)) {
            for &level in levels.iter().filter(|&&level| !fits(level)) {
                progress.warn(&format!(
                    "{}: {level} connections need more open files than the {limit} allowed; \
                     this level is left out (raise `ulimit -n`)",
                    scenario.name
                ));
            }
            levels.retain(|&level| fits(level));
        }
    }
}

/// Processors for servers and for the generator: as given; else, of those
/// allowed, the first for servers and the next for the generator.
fn cpus(
    allowed: &[u32],
    server: Option<&[u32]>,
    client: Option<&[u32]>,
) -> Result<(Vec<u32>, Vec<u32>), UsageError> {
    for (flag, given) in [("--server-cpus", server), ("--client-cpus", client)] {
        let missing = given
            .unwrap_or_default()
            .iter()
            .find(|cpu| !allowed.contains(cpu));
        if let Some(cpu) = missing {
            return Err(UsageError(format!(
                "{flag}: processor {cpu} is not available; there are {}",
                machine::format_cpu_list(allowed)
            )));
        }
    }
    let free = |taken: &[u32]| {
        let others = allowed.iter().find(|cpu| !taken.contains(cpu));
        others.or(allowed.first()).copied().into_iter().collect()
    };
    Ok(match (server, client) {
        (Some(server), Some(client)) => (server.to_vec(), client.to_vec()),
        (Some(server), None) => (server.to_vec(), free(server)),
        (None, Some(client)) => (free(client), client.to_vec()),
        (None, None) => {
            let server: Vec<u32> = free(&[]);
            let client = free(&server);
            (server, client)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_and_generator_are_apart_where_they_can_be() {
        let chosen = |allowed: &[u32], server, client| cpus(allowed, server, client).unwrap();
        assert_eq!(chosen(&[0, 1], None, None), (vec![0], vec![1]));
        assert_eq!(chosen(&[2, 5, 7], None, None), (vec![2], vec![5]));
        assert_eq!(chosen(&[3], None, None), (vec![3], vec![3]));
        assert_eq!(
            chosen(&[0, 1, 2], Some(&[0, 1]), None),
            (vec![0, 1], vec![2])
        );
        assert_eq!(chosen(&[0, 1, 2], None, Some(&[0])), (vec![1], vec![0]));
        assert_eq!(chosen(&[0, 1], Some(&[1]), Some(&[1])), (vec![1], vec![1]));
        assert!(cpus(&[0, 1], Some(&[2]), None).is_err());
    }
}
