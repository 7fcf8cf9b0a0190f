//! What every verb starts from.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use record::{
    Effort, EffortLevel, Entry, EntryKey, LeftOutLevel, Plan, Protocol, RunHeader, Scenario,
    ScenarioKind,
};

use super::processors::{Processors, choose, siblings};

use crate::{
    build::{Cargo, Go},
    cli::Options,
    clock::{Clock as _, RealClock},
    discover::{Contender, External, Workspace},
    exit::UsageError,
    interrupt::Interrupt,
    machine_lock::{self, MachineLock},
    plan::{
        Candidate, blocks_within, calibration_ns, effort_of, entries, leave_out_inapplicable, make,
        plan_ns, standard_blocks,
    },
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
    /// How Go is called.
    pub(super) go: Go,
    /// The contenders that take part.
    pub(super) contenders: Vec<Contender>,
    /// The scenarios that take part.
    pub(super) scenarios: Vec<Scenario>,
    /// Idle levels that the limit on open files forbids.
    pub(super) left_out: Vec<LeftOutLevel>,
    /// The effort, overrides of the command line included.
    pub(super) effort: Effort,
    /// The seed.
    pub(super) seed: u64,
    /// Processors that this program may use.
    pub(super) allowed: Vec<u32>,
    /// Which of them are used for what.
    pub(super) processors: Processors,
    /// What is going on.
    pub(super) progress: Progress,
}

impl Setup {
    /// Resolves the command line of a verb that has rows.
    pub(super) fn new(options: &Options, interrupt: Interrupt) -> Result<Self> {
        if let Some(variant) = options.variant.iter().find(|it| !it.is_measured()) {
            return Err(UsageError(format!(
                "--variant {variant}: no run has rows of it, because the load generator asks for \
                 no compression; `conformance` and `hazards` test it"
            ))
            .into());
        }
        let (mut setup, filters) = Self::of_contenders(options, interrupt)?;
        let rowless = selection::without_row(&setup.contenders, &setup.entries(), &filters)?;
        for warning in rowless {
            setup.progress.warn(&warning);
        }
        setup.override_effort();
        Ok(setup)
    }

    /// Who takes part, by the command line, and what the filters say.
    pub(super) fn of_contenders(
        options: &Options,
        interrupt: Interrupt,
    ) -> Result<(Self, Filters)> {
        let mut setup = Self::of_everything(options, interrupt)?;
        let filters = Filters {
            contenders: options.contender.clone(),
            groups: options.group.clone(),
            scenarios: options.scenario.clone(),
            reference: options.reference.clone(),
            no_baselines: options.no_baselines,
        };
        setup.contenders = selection::contenders(setup.contenders, &filters)?;
        setup.scenarios =
            selection::scenarios(scenarios::load(options.scenarios.as_deref())?, &filters)?;
        setup.processors = choose(
            &setup.allowed,
            options.server_cpus.as_ref().map(|list| list.0.as_slice()),
            options.client_cpus.as_ref().map(|list| list.0.as_slice()),
            siblings,
        )?;
        let allowed_files = raise_file_limit(&setup);
        setup.left_out = leave_out(&mut setup.scenarios, &setup.effort, allowed_files);
        for level in &setup.left_out {
            setup.progress.warn(&left_out_in_words(level));
        }
        Ok((setup, filters))
    }

    /// Continues a run: what takes part and how is what its header says.
    pub(super) fn of_run(
        options: &Options,
        interrupt: Interrupt,
        header: &RunHeader,
    ) -> Result<Self> {
        let mut setup = Self::of_everything(options, interrupt)?;
        setup.scenarios.clone_from(&header.plan.scenarios);
        setup.effort = header.plan.effort;
        setup.seed = header.plan.seed;
        setup.processors = Processors {
            server: header.host.server_cpus.clone(),
            client: header.host.client_cpus.clone(),
        };
        setup.left_out.clone_from(&header.left_out_levels);
        raise_file_limit(&setup);
        Ok(setup)
    }

    /// All contenders, no scenario, and no processor yet.
    fn of_everything(options: &Options, interrupt: Interrupt) -> Result<Self> {
        let workspace = Workspace::find(&interrupt)?;
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
        Ok(Self {
            options: options.clone(),
            cargo: Cargo::new(&workspace.root, options.jobs, interrupt.clone()),
            go: Go::new(
                &workspace.root,
                &workspace.target,
                options.jobs,
                interrupt.clone(),
            ),
            interrupt,
            workspace,
            contenders,
            scenarios: Vec::new(),
            left_out: Vec::new(),
            effort: effort_of(options.level()),
            seed: options.seed.unwrap_or_else(|| RealClock.realtime_ns()),
            allowed: machine::affinity().context("the processors can't be listed")?,
            processors: Processors::default(),
            progress: Progress::new(),
        })
    }

    fn override_effort(&mut self) {
        if let Some(window) = self.options.window {
            self.effort.window_ns = ns(window);
            self.effort.rate_window_ns = ns(window);
        }
        if self.effort.level == EffortLevel::Standard {
            self.effort.blocks = standard_blocks(self.effort.blocks, |blocks| {
                let effort = Effort {
                    blocks,
                    ..self.effort
                };
                self.preparation_ns() + plan_ns(&self.plan_with(effort))
            });
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

    /// Warns where server and generator are not apart.
    pub(super) fn warn_of_shared_processors(&self) {
        if let Some(warning) = self.processors.warning(siblings) {
            self.progress.warn(warning);
        }
    }

    /// The time that the trials may take, if it was limited.
    pub(super) fn budget_ns(&self) -> Option<u64> {
        self.options.budget.map(ns)
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
        self.plan_of(effort, |_| true)
    }

    /// The plan of those that `may_run`, without what has no meaning for them.
    pub(super) fn plan_of(&self, effort: Effort, may_run: impl Fn(&EntryKey) -> bool) -> Plan {
        let mut plan = make(
            self.seed,
            effort,
            self.scenarios.clone(),
            self.entries(),
            may_run,
        );
        leave_out_inapplicable(&mut plan, |key| self.protocol_of(key));
        plan
    }

    /// What a row's server speaks.
    pub(super) fn protocol_of(&self, key: &EntryKey) -> Protocol {
        let of = self.contenders.iter().find(|it| it.name == key.contender);
        of.map_or(Protocol::default(), |it| it.facts.protocol)
    }

    /// How long checks and calibrations take, which come before the trials.
    pub(super) fn preparation_ns(&self) -> u64 {
        let entries = self.entries().len() as u64;
        let ladders = self.scenarios.iter().filter_map(|scenario| {
            let ScenarioKind::RateLadder {
                connections,
                message,
                ..
            } = scenario.kind
            else {
                return None;
            };
            Some(calibration_ns(connections, message))
        });
        entries * (CHECK_NS + ladders.sum::<u64>())
    }
}

fn ns(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Raises the limit on open files as far as it goes, and returns it.
fn raise_file_limit(setup: &Setup) -> u64 {
    machine::raise_open_file_limit().unwrap_or_else(|error| {
        let warning = format!("the limit on open files can't be raised: {error}");
        setup.progress.warn(&warning);
        machine::open_file_limit().map_or(0, |(soft, _)| soft)
    })
}

/// Leaves out idle levels that need more open files than `allowed_files`;
/// returns those of them that the effort asks for.
fn leave_out(scenarios: &mut [Scenario], effort: &Effort, allowed_files: u64) -> Vec<LeftOutLevel> {
    let mut left_out = Vec::new();
    for scenario in scenarios {
        let ScenarioKind::Idle { levels } = &mut scenario.kind else {
            continue;
        };
        let fits = |level: u32| u64::from(level) + OTHER_FILES <= allowed_files;
        // When none fits they all stay, and the trial says why it can't run.
        if levels.iter().any(|&level| fits(level)) {
            let dropped = levels.iter().filter(|&&level| !fits(level));
            left_out.extend(
                dropped
                    .filter(|&&level| level <= effort.idle_level_limit)
                    .map(|&level| LeftOutLevel {
                        scenario: scenario.name.clone(),
                        connections: level,
                        allowed_files,
                    }),
            );
            levels.retain(|&level| fits(level));
        }
    }
    left_out
}

/// Why a level is missing, and what to do.
pub(super) fn left_out_in_words(level: &LeftOutLevel) -> String {
    format!(
        "{}: {} connections need more open files than the {} allowed; this level is left out \
         (raise `ulimit -n`)",
        level.scenario, level.connections, level.allowed_files
    )
}

#[cfg(test)]
mod tests {
    use record::EffortLevel;

    use super::*;
    use crate::run::fixture;

    #[test]
    fn levels_that_need_too_many_files_are_left_out_and_named() {
        let effort = effort_of(EffortLevel::Standard);
        let left_out = |allowed_files| {
            let mut scenarios = fixture::scenarios();
            let left_out = leave_out(&mut scenarios, &effort, allowed_files);
            let levels: Vec<u32> = left_out.iter().map(|it| it.connections).collect();
            for level in &left_out {
                assert!(left_out_in_words(level).contains("ulimit -n"));
            }
            levels
        };
        assert_eq!(left_out(1_000), [0; 0]);
        assert_eq!(left_out(100), [100]);
        assert_eq!(left_out(10), [0; 0], "the trial says why none can run");
    }
}
