//! `check`: is every server what it says, and does it echo?

use std::path::PathBuf;

use anyhow::Result;
use record::{BuildOutcome, BuiltContender, EntryKey};

use super::{Setup, build::build_all, missing};
use crate::{
    build::Built,
    check::{self, Checked},
    clock::RealClock,
    exit::{Exit, Interrupted},
    process::ChildLauncher,
    run::{Bench, RealKernel},
    terminal::{columns, print},
};

/// Builds and checks everything, and prints what came of it.
pub(super) fn check(setup: &mut Setup) -> Result<Exit> {
    let (mut built, generator) = build_all(setup)?;
    let launcher = ChildLauncher::new(setup.interrupt.clone());
    let bench = bench(setup, &launcher, &built, generator);
    let checked = check_all(setup, &bench, &mut built.contenders)?;
    setup.progress.clear();

    let head = ["name", "library", "version", "runtime", ""];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for entry in &checked {
        let library = find(&built.contenders, &entry.outcome.entry);
        let flaws: Vec<String> = entry
            .outcome
            .flaws
            .iter()
            .map(ToString::to_string)
            .collect();
        rows.push(vec![
            entry.outcome.entry.to_string(),
            library.map_or_else(String::new, |it| it.facts.library.clone()),
            library.map_or_else(String::new, |it| it.version.clone()),
            library.map_or_else(String::new, |it| it.facts.runtime.clone()),
            if flaws.is_empty() {
                "ok".to_owned()
            } else {
                flaws.join("; ")
            },
        ]);
    }
    for contender in &built.contenders {
        if let BuildOutcome::ToolchainMissing(missing) = &contender.build {
            rows.push(vec![
                contender.name.clone(),
                contender.facts.library.clone(),
                contender.version.clone(),
                contender.facts.runtime.clone(),
                missing.to_string(),
            ]);
        }
    }
    print(&columns(&rows))?;
    let all_good = checked.iter().all(|entry| entry.outcome.flaws.is_empty())
        && !built
            .contenders
            .iter()
            .any(|it| matches!(it.build, BuildOutcome::Failed { .. }))
        && missing::asked_for(&setup.options, &built.contenders).is_empty();
    Ok(if all_good { Exit::Ok } else { Exit::Incomplete })
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

fn find<'a>(contenders: &'a [BuiltContender], entry: &EntryKey) -> Option<&'a BuiltContender> {
    contenders.iter().find(|it| it.name == entry.contender)
}
