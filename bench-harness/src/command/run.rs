//! `--all` and `run`: build, check, calibrate, measure, report.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use record::{Plan, RunHeader, RunLine};

use super::{
    Setup,
    build::build_all,
    check::{self, bench, check_all},
    doctor,
    header::{self, Known},
    live::Live,
    rates::calibrations,
    report, verdict,
};
use crate::{
    clock::{Clock as _, RealClock, utc_day},
    exit::Exit,
    output,
    plan::{make, plan_ns},
    process::ChildLauncher,
    progress::in_words,
    run::{Bench, Portion, Recorder, measure},
    terminal::{print, summary},
};

/// Runs everything. With `all`, a complete run is published.
pub(super) fn run(setup: &mut Setup, all: bool) -> Result<Exit> {
    announce(setup)?;
    let folder = output::create(
        &setup.workspace.root.join("results"),
        setup.options.output.as_deref(),
        &utc_day(RealClock.realtime_ns()),
        &machine::host().name,
    )?;
    let result = run_into(setup, all, &folder);
    if result.is_err() {
        // Succeeds only when nothing was written into it.
        let _ = fs::remove_dir(&folder);
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
    doctor::warn(setup)
}

fn run_into(setup: &mut Setup, all: bool, folder: &Path) -> Result<Exit> {
    let (mut built, generator) = build_all(setup)?;
    let launcher = ChildLauncher::new(setup.interrupt.clone());
    let bench = bench(setup, &launcher, &built, generator);

    // From here on this program wakes up beside the generator, never beside
    // the server.
    machine::set_affinity(&setup.client_cpus).context("the processors can't be chosen")?;
    let checked = check_all(setup, &bench, &mut built.contenders)?;
    let calibrations = calibrations(setup, &bench, &checked)?;
    let plan = make(
        setup.seed,
        setup.effort,
        setup.scenarios.clone(),
        setup.entries(),
        |entry| check::passed(&checked, entry),
    );
    let estimate_ns = plan_ns(&plan);
    setup.progress.say(&format!(
        "{} trials, about {}",
        plan.trials.len(),
        in_words(estimate_ns)
    ));
    let header = header::make(
        setup,
        all,
        Known {
            contenders: built.contenders,
            checks: checked.into_iter().map(|entry| entry.outcome).collect(),
            calibrations,
            plan,
            estimate_ns,
        },
    );
    let mut recorder = Recorder::create(&folder.join(Recorder::FILE_NAME))?;
    recorder.append(&RunLine::Header(Box::new(header.clone())))?;
    let portion = Portion {
        budget_ns: setup
            .options
            .budget
            .map(|budget| u64::try_from(budget.as_nanos()).unwrap_or(u64::MAX)),
        ..Portion::default()
    };
    measure_and_report(setup, &bench, &header, &mut recorder, portion, folder, all)
}

/// Runs the trials of a plan that are still to be done, and reports the run.
pub(super) fn measure_and_report(
    setup: &mut Setup,
    bench: &Bench<'_>,
    header: &RunHeader,
    recorder: &mut Recorder,
    portion: Portion,
    folder: &Path,
    all: bool,
) -> Result<Exit> {
    let start_ns = RealClock.monotonic_ns();
    let mut live = Live::new(&mut setup.progress, folder, &header.plan, portion.done);
    let finished = measure(
        bench,
        &header.plan,
        &header.calibrations,
        recorder,
        portion,
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
        header.plan.effort.blocks,
    ));

    let refreshed = output::refresh(folder)?;
    let shortcomings = verdict::shortcomings(header, &refreshed.run.trials);
    let exit = verdict::exit_of(finished.interrupted, &shortcomings);
    let mut text = format!("{}\n", summary(&refreshed.findings));
    if !shortcomings.is_empty() {
        text.push_str("Incomplete:\n");
        for line in &shortcomings {
            text.push_str(&format!("  {line}\n"));
        }
        text.push('\n');
    }
    text.push_str(&report::files_in_words(folder, &refreshed));
    let whole = verdict::is_whole(&header.plan, &refreshed.run.trials);
    text.push_str(&if all {
        report::publish_if_fit(setup, folder, exit == Exit::Ok && whole)?
    } else {
        report::unpublished_in_words(folder)
    });
    print(&text)?;
    Ok(exit)
}

/// The rest of a plan, for a run that is continued.
pub(super) fn rest_ns(plan: &Plan, done: usize) -> u64 {
    crate::plan::Estimate::new(plan).remaining_ns(plan, done)
}
