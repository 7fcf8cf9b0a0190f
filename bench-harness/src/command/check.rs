//! `check`: may every server take part, and what is it like?

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use clap::Args;
use record::{AdmissionReport, BuildOutcome, BuiltContender, EntryKey};

use super::{Setup, build::build_all, missing};
use crate::{
    admission::{self, Conditions, in_words},
    build::Built,
    check::{self, Checked},
    cli::Options,
    clock::RealClock,
    exit::{Exit, Interrupted},
    files::put,
    interrupt::Interrupt,
    process::ChildLauncher,
    run::{Bench, RealKernel},
    selection,
    terminal::print,
};

/// What `check` tests, and where it says so.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckOptions {
    /// Only these, by exact name; without the reference and the baselines, which
    /// --contender would add
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Print the reports as JSON
    #[arg(long)]
    json: bool,

    /// Write each report to DIR/NAME.VARIANT.json (default: results/admission)
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true)]
    save: Option<Option<PathBuf>>,

    /// How long each answer is waited for
    #[arg(
        long,
        value_name = "TIME",
        value_parser = crate::cli::window,
        default_value = "10s"
    )]
    time_limit: Duration,
}

/// Builds and tests what takes part, and prints what came of it.
pub(super) fn check(options: &Options, check: &CheckOptions, interrupt: Interrupt) -> Result<Exit> {
    let mut options = options.clone();
    options.contender.extend(check.names.iter().cloned());
    let mut setup = Setup::new(&options, interrupt)?;
    if !check.names.is_empty() {
        setup.contenders = selection::only(setup.contenders, &check.names);
    }
    let setup = &mut setup;
    let (mut built, generator) = build_all(setup)?;
    let launcher = ChildLauncher::new(setup.interrupt.clone());
    let bench = bench(setup, &launcher, &built, generator);
    let checked = check_all(setup, &bench, &mut built.contenders)?;
    let reports = admit_all(setup, &bench, &built.contenders, &checked, check.time_limit)?;
    setup.progress.clear();

    if let Some(folder) = &check.save {
        let usual = setup.workspace.root.join(admission::PUBLISHED);
        save(folder.as_deref().unwrap_or(&usual), &reports)?;
    }
    if check.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&reports)?))?;
    } else {
        let texts: Vec<String> = reports.iter().map(in_words).collect();
        print(&texts.join("\n"))?;
        for contender in &built.contenders {
            if let BuildOutcome::ToolchainMissing(missing) = &contender.build {
                print(&format!("{}: {missing}\n", contender.name))?;
            }
        }
    }
    let is_built = |it: &BuiltContender| !matches!(it.build, BuildOutcome::Failed { .. });
    let all_good = reports.iter().all(AdmissionReport::is_admitted)
        && built.contenders.iter().all(is_built)
        && missing::asked_for(&setup.options, &built.contenders).is_empty();
    Ok(if all_good { Exit::Ok } else { Exit::Incomplete })
}

fn admit_all(
    setup: &mut Setup,
    bench: &Bench<'_>,
    contenders: &[BuiltContender],
    checked: &[Checked],
    limit: Duration,
) -> Result<Vec<AdmissionReport>, Interrupted> {
    let conditions = Conditions {
        limit,
        interrupt: setup.interrupt.clone(),
    };
    let mut reports = Vec::new();
    for checked in checked {
        let entry = &checked.outcome.entry;
        if let Some(contender) = contenders.iter().find(|it| it.name == entry.contender) {
            setup.progress.now(&format!("testing {entry}"));
            reports.push(admission::admit(bench, contender, checked, &conditions)?);
        }
    }
    Ok(reports)
}

/// Writes one file per report.
fn save(folder: &Path, reports: &[AdmissionReport]) -> Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} can't be made", folder.display()))?;
    for report in reports {
        let entry = &report.entry;
        let path = folder.join(format!("{}.{}.json", entry.contender, entry.variant));
        let mut text = serde_json::to_string_pretty(report)?;
        text.push('\n');
        put(&path, &text)?;
    }
    Ok(())
}

/// The bench of this machine.
pub(super) fn bench<'a>(
    setup: &Setup,
    launcher: &'a ChildLauncher,
    built: &Built,
    generator: PathBuf,
) -> Bench<'a> {
    Bench {
        clock: &RealClock,
        kernel: &RealKernel,
        launcher,
        servers: built.servers.clone(),
        generator,
        server_cpus: setup.processors.server.clone(),
        client_cpus: setup.processors.client.clone(),
    }
}

/// Checks every row. Of given programs, library, version and runtime become
/// known by what they say.
pub(super) fn check_all(
    setup: &mut Setup,
    bench: &Bench<'_>,
    contenders: &mut [BuiltContender],
) -> Result<Vec<Checked>, Interrupted> {
    let entries: Vec<EntryKey> = setup.entries().into_iter().map(|entry| entry.key).collect();
    let progress = &mut setup.progress;
    progress.step(&format!("checking {} servers", bench.servers.len()));
    let checked = check::check(bench, &entries, contenders, setup.seed, |entry| {
        progress.now(&format!("checking {entry}"));
    })?;
    for entry in &checked {
        let key = &entry.outcome.entry;
        for flaw in &entry.outcome.flaws {
            progress.warn(&format!("{key} is left out: {flaw}"));
        }
        let contender = contenders.iter_mut().find(|it| it.name == key.contender);
        if let (Some(contender), Some(ready)) = (contender, &entry.ready)
            && matches!(contender.build, BuildOutcome::Given { .. })
        {
            contender.facts.library.clone_from(&ready.library);
            contender.facts.runtime.clone_from(&ready.runtime);
            contender.facts.protocol = ready.protocol;
            contender.version.clone_from(&ready.version);
        }
    }
    Ok(checked)
}

/// Whether the check found nothing wrong. The reference's twin is the same
/// program as the reference.
pub(super) fn passed(checked: &[Checked], entry: &EntryKey) -> bool {
    checked.iter().any(|checked| {
        let seen = &checked.outcome.entry;
        seen.contender == entry.contender
            && seen.variant == entry.variant
            && checked.outcome.flaws.is_empty()
    })
}
