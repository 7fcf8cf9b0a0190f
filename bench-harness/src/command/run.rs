//! `--all` and `run`: build, check, calibrate, measure, report.

use std::path::Path;

use anyhow::{Context as _, Result};
use record::{RunHeader, RunLine};

use super::{
    Setup,
    build::build_all,
    check::{self, bench, check_all},
    doctor,
    finish::{Ended, finish},
    header::{self, Known},
    live::Live,
    rates::calibrations,
};
use crate::{
    build::{self, Built, SetAside},
    clock::{Clock as _, RealClock, utc_day},
    exit::Exit,
    output::{self, RunFolder},
    plan::plan_ns,
    process::ChildLauncher,
    progress::in_words,
    run::{Bench, Portion, Recorder, Schedule, measure},
};

/// Runs everything. With `all`, a complete run is published.
pub(super) fn run(setup: &mut Setup, all: bool) -> Result<Exit> {
    announce(setup)?;
    let mut folder = output::create(
        &setup.workspace.root.join("results"),
        setup.options.output.as_deref(),
        &utc_day(RealClock.realtime_ns()),
        &machine::host().name,
    )?;
    let result = run_into(setup, all, &mut folder);
    if result.is_err() {
        folder.give_up();
    }
    result
}

fn announce(setup: &Setup) -> Result<()> {
    let plan = setup.preliminary_plan();
    setup.progress.say(&format!(
        "seed {}; {} rows, {} cells, blocks: {}; about {} after the build",
        plan.seed,
        plan.entries.len(),
        plan.cells.len(),
        plan.effort.blocks,
        in_words(setup.preparation_ns() + plan_ns(&plan)),
    ));
    setup.warn_of_shared_processors();
    doctor::warn(setup)
}

fn run_into(setup: &mut Setup, all: bool, folder: &mut RunFolder) -> Result<Exit> {
    let _machine = setup.claim_machine(&folder.path)?;
    let (mut built, generator) = build_all(setup)?;
    let aside = set_aside(setup, &mut built, &generator)?;
    let launcher = ChildLauncher::new(setup.interrupt.clone());
    let bench = bench(setup, &launcher, &built, aside.generator.clone());

    // From here on this program wakes up beside the generator, never beside
    // the server.
    machine::set_affinity(&setup.processors.client).context("the processors can't be chosen")?;
    if !setup.options.tolerate_disturbance {
        // What the build wrote would be written back in the first trials.
        setup.progress.step("waiting for the disk");
        nix::unistd::sync();
    }
    let checked = check_all(setup, &bench, &mut built.contenders)?;
    let calibrations = calibrations(setup, &bench, &checked)?;
    let mut plan = setup.plan_of(setup.effort, |entry| check::passed(&checked, entry));
    plan.tolerates_disturbance = setup.options.tolerate_disturbance;
    let estimate_ns = plan_ns(&plan);
    setup.progress.say(&format!(
        "{} trials, about {}",
        plan.trials.len(),
        in_words(estimate_ns)
    ));
    let header = header::make(
        setup,
        all,
        &aside,
        Known {
            contenders: built.contenders,
            checks: checked.into_iter().map(|entry| entry.outcome).collect(),
            calibrations,
            plan,
            estimate_ns,
        },
    );
    let RunFolder { path, recorder, .. } = folder;
    recorder.append(&RunLine::Header(Box::new(header.clone())))?;
    let session = Session {
        bench: &bench,
        header: &header,
        aside: &aside,
        folder: path,
        portion: Portion {
            schedule: Schedule::new(&header.plan),
            done_took_ns: 0,
            budget_ns: setup.budget_ns(),
        },
        all,
    };
    session.measure_and_report(setup, recorder)
}

/// Takes what was built, and the generator, out of cargo's reach.
pub(super) fn set_aside(setup: &Setup, built: &mut Built, generator: &Path) -> Result<SetAside> {
    let is_given = setup.options.load_generator.is_some();
    build::set_aside(built, generator, is_given, &setup.workspace.target)
}

/// Trials of a plan that are still to be done, with all that they need.
pub(super) struct Session<'a> {
    /// The machine and the programs.
    pub(super) bench: &'a Bench<'a>,
    /// The run's first line.
    pub(super) header: &'a RunHeader,
    /// The programs' files.
    pub(super) aside: &'a SetAside,
    /// The run's folder.
    pub(super) folder: &'a Path,
    /// How much is to be done.
    pub(super) portion: Portion<'a>,
    /// Whether to publish the run when it is fit for that.
    pub(super) all: bool,
}

impl Session<'_> {
    /// Runs the trials and reports the run.
    pub(super) fn measure_and_report(
        &self,
        setup: &mut Setup,
        recorder: &mut Recorder,
    ) -> Result<Exit> {
        let plan = &self.header.plan;
        let start_ns = RealClock.monotonic_ns();
        let done = self.portion.schedule.planned_done();
        let mut live = Live::new(&mut setup.progress, self.folder, plan, done);
        let finished = measure(
            self.bench,
            plan,
            &self.header.calibrations,
            recorder,
            self.portion.clone(),
            &mut live,
        )?;
        let took_ns = RealClock.monotonic_ns() - start_ns;
        setup.progress.clear();
        setup.progress.say(&format!(
            "{} in {}; {} of {} blocks are whole",
            if finished.interrupted {
                "interrupted"
            } else {
                "finished"
            },
            in_words(took_ns),
            finished.whole_blocks,
            plan.effort.blocks,
        ));
        finish(
            setup,
            Ended {
                folder: self.folder,
                header: self.header,
                finished,
                changed: &self.aside.changed(),
                all: self.all,
            },
        )
    }
}
