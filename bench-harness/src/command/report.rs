//! `report`: tables from records, at any time.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use record::{EffortLevel, RunHeader};

use ::report::{HTML_FILE, PinnedContender, Staleness};

use super::{
    Setup, conformance::PUBLISHED as CONFORMANCE, hazards::PUBLISHED as HAZARDS,
    setup::left_out_in_words,
};
use crate::{
    admission,
    cli::{DEFAULT_REFERENCE, Options},
    conformance::{stale as stale_conformance, write_pages},
    discover::{Contender, Source, Workspace},
    exit::Exit,
    files::holds,
    hazards::{stale as stale_hazards, write_pages as write_hazard_pages},
    interrupt::Interrupt,
    output::{self, Published, Refreshed, published_run},
    run::Recorder,
    terminal::{print, summary, width},
};

/// Renders a run again.
pub(super) fn report(dir: Option<&Path>, publish: bool, check: bool) -> Result<Exit> {
    if check {
        return check_freshness(dir);
    }
    // A run can be rendered anywhere; the rest needs the checkout.
    let workspace = find();
    let folder = match (dir, &workspace) {
        (Some(dir), _) => output::of_run(dir)?,
        (None, Ok(workspace)) => output::newest(&results_of(workspace))?,
        (None, Err(_)) => return workspace.map(|_| Exit::Failed),
    };
    let refreshed = output::render_all(&folder)?;
    // What was found must not be lost because a file can't be written.
    print(&format!("{}\n", summary(&refreshed.findings)))?;
    if let Ok(workspace) = &workspace {
        let text = staleness(&refreshed.run.header, workspace).terminal_text(width());
        if !text.is_empty() {
            print(&format!("{text}\n"))?;
        }
    }
    output::write(&folder, &refreshed)?;
    let mut text = files_in_words(&folder, &refreshed);
    if publish {
        print(&text)?;
        text = publish_run(&workspace?, &folder, &refreshed)?;
        for note in unusual(&refreshed.run.header) {
            text.push_str(&format!("Readers should know: {note}.\n"));
        }
    }
    print(&text)?;
    Ok(Exit::Ok)
}

/// In what a run and the checkout differ.
fn staleness(header: &RunHeader, workspace: &Workspace) -> Staleness {
    Staleness::of(&header.contenders, &pinned(&workspace.contenders))
}

/// What the checkout has, for tables to be held against.
fn pinned(contenders: &[Contender]) -> Vec<PinnedContender> {
    contenders
        .iter()
        .map(|contender| PinnedContender {
            name: contender.name.clone(),
            version: contender.version.clone(),
            pinned_in: match contender.source {
                Source::Go(_) => "go.mod",
                Source::Peer(_) => "contender.toml",
                Source::Package(_) | Source::Command(_) => "Cargo.lock",
            },
            // Peers are in no run of everything.
            is_usual: !contender.facts.language.is_peer(),
        })
        .collect()
}

/// These verbs end at the first signal; there is no interrupt to be looked at.
fn find() -> Result<Workspace> {
    Workspace::find(&Interrupt::default())
}

fn results_of(workspace: &Workspace) -> PathBuf {
    workspace.root.join("results")
}

/// A path as seen from the current folder, where it lies below that.
pub(super) fn short(path: &Path) -> String {
    let below = std::env::current_dir()
        .ok()
        .and_then(|current| path.strip_prefix(current).ok());
    below.unwrap_or(path).display().to_string()
}

/// Which files are where.
pub(super) fn files_in_words(folder: &Path, refreshed: &Refreshed) -> String {
    let has_page = refreshed.files.iter().any(|file| file.name == HTML_FILE);
    let records = match has_page {
        true => "report.html has all of it on one page; the raw records are in",
        false => "The raw records are in",
    };
    format!(
        "Tables are in {}: README.md leads to them.\n{records} {}.\n",
        short(folder),
        Recorder::FILE_NAME
    )
}

fn publish_run(workspace: &Workspace, folder: &Path, refreshed: &Refreshed) -> Result<String> {
    let root = &workspace.root;
    ensure!(
        folder
            .canonicalize()?
            .starts_with(root.join("results").canonicalize()?),
        "{} is not below results/, so its tables could not link to it; move it there",
        folder.display()
    );
    write_pages(&root.join(CONFORMANCE))?;
    write_hazard_pages(&root.join(HAZARDS))?;
    let staleness = staleness(&refreshed.run.header, workspace);
    let published = Published::of(root, folder, refreshed, &staleness)?;
    let paths: Vec<String> = published.write()?.iter().map(|path| short(path)).collect();
    Ok(format!("Published: {}.\n", paths.join(", ")))
}

/// What is unusual about a run that is published by hand.
fn unusual(header: &RunHeader) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(given) = header.generator.as_ref().filter(|it| !it.given.is_empty()) {
        notes.push(format!(
            "the load generator was not built from this project but given ({})",
            given.given.join(" ")
        ));
    }
    let host = &header.host;
    if host
        .server_cpus
        .iter()
        .any(|cpu| host.client_cpus.contains(cpu))
    {
        notes.push("servers and load generator shared a processor".to_owned());
    } else if host.shared_core == Some(true) {
        notes.push("servers and load generator shared a core".to_owned());
    }
    notes.extend(header.left_out_levels.iter().map(left_out_in_words));
    notes
}

/// Publishes a run of `--all` when it is fit for that, else says why not.
pub(super) fn publish_if_fit(
    setup: &Setup,
    folder: &Path,
    refreshed: &Refreshed,
    complete: bool,
) -> Result<String> {
    if let Some(reason) = why_not(&setup.options, setup.processors.are_shared(), complete) {
        return Ok(format!(
            "README.md and results/README.md stay as they are: {reason}.\n"
        ));
    }
    publish_run(&setup.workspace, folder, refreshed)
}

/// What is said of a run that nobody asked to publish.
pub(super) fn unpublished_in_words(folder: &Path) -> String {
    format!(
        "README.md and results/README.md stay as they are; `bench-harness report {} --publish` \
         replaces their tables.\n",
        short(folder)
    )
}

/// Why a run doesn't replace the published tables.
fn why_not(options: &Options, processors_are_shared: bool, complete: bool) -> Option<&'static str> {
    let of_all = options.contender.is_empty()
        && options.group.is_empty()
        && options.variant.is_empty()
        && options.scenario.is_empty()
        && options.external.is_empty()
        && options.scenarios.is_none()
        && !options.no_baselines;
    let own_effort =
        options.blocks.is_some() || options.window.is_some() || options.budget.is_some();
    let reasons = [
        (
            options.output.is_some(),
            "the results are in a folder of their own",
        ),
        (
            options.level() == EffortLevel::Quick,
            "a quick run is a look, not a result",
        ),
        (own_effort, "the effort is not that of a published run"),
        (
            !of_all,
            "not all contenders and scenarios took part, or others did",
        ),
        (
            options.reference != DEFAULT_REFERENCE,
            "the reference is not that of the published tables",
        ),
        (
            options.rates_of.is_some(),
            "the rates were not calibrated but taken from another run",
        ),
        (
            options.load_generator.is_some(),
            "the load generator was not built from this project",
        ),
        (
            processors_are_shared,
            "servers and load generator shared a processor",
        ),
        (
            options.beside_other_runs,
            "other runs may have gone on beside it",
        ),
        (
            options.tolerate_disturbance,
            "disturbed trials are in its figures",
        ),
        (!complete, "the run is not complete"),
    ];
    reasons
        .into_iter()
        .find_map(|(applies, reason)| applies.then_some(reason))
}

/// Says what on the disk is stale; nothing is written.
fn check_freshness(dir: Option<&Path>) -> Result<Exit> {
    let workspace = find()?;
    let root = &workspace.root;
    let folder = match dir {
        Some(dir) => output::of_run(dir)?,
        None => match published_run(root)? {
            Some(folder) => folder,
            None => bail!(
                "results/README.md links to the records of no run in results/; \
                 use `bench-harness report DIR --publish`"
            ),
        },
    };
    let rendered = output::render_all(&folder)?;
    let staleness = staleness(&rendered.run.header, &workspace);
    let mut stale: Vec<String> = Published::of(root, &folder, &rendered, &staleness)?
        .stale()
        .iter()
        .map(|path| format!("{} is not what this run renders to", path.display()))
        .collect();
    for file in &rendered.files {
        let path = folder.join(file.name);
        if !holds(&path, &file.text) {
            stale.push(format!(
                "{} is not what its records render to",
                path.display()
            ));
        }
    }
    stale.extend(stale_conformance(
        &root.join(CONFORMANCE),
        &workspace.contenders,
    )?);
    stale.extend(stale_hazards(&root.join(HAZARDS), &workspace.contenders)?);
    let entries = rendered.findings.entries.iter();
    stale.extend(admission::untested(
        &root.join(admission::PUBLISHED),
        entries.map(|entry| (&entry.key, entry.version.as_str())),
    )?);
    stale.extend(staleness.lines());
    if !staleness.joined.is_empty() {
        print(&format!(
            "Not in its tables, because they joined later: {}. The next \
             `cargo run -p bench-harness -- --all` measures them.\n",
            staleness.joined.join(", ")
        ))?;
    }
    if stale.is_empty() {
        print(&format!("{} is up to date.\n", folder.display()))?;
        return Ok(Exit::Ok);
    }
    bail!(
        "the published tables are stale: run `cargo run -p bench-harness -- --all`, or \
         `bench-harness report {} --publish` when only their form has changed:\n  {}",
        folder.display(),
        stale.join("\n  ")
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use record::{BuildOutcome, BuiltContender};

    use super::*;
    use crate::{cli::Cli, discover::External};

    fn reason(words: &[&str], complete: bool) -> Option<&'static str> {
        let cli = Cli::parse_from([&["bench-harness", "--all"], words].concat());
        why_not(&cli.options, false, complete)
    }

    #[test]
    fn only_a_whole_run_of_everything_is_published() {
        assert_eq!(reason(&[], true), None);
        assert_eq!(reason(&["--thorough", "--seed", "7"], true), None);
        assert!(reason(&[], false).is_some());
        for words in [
            &["--quick"][..],
            &["--contender", "a"],
            &["--group", "rust"],
            &["--scenario", "a"],
            &["--variant", "tuned"],
            &["--no-baselines"],
            &["--external", "a=b"],
            &["--output", "a"],
            &["--blocks", "3"],
            &["--window", "1s"],
            &["--budget", "5m"],
            &["--tolerate-disturbance"],
            &["--reference", "a"],
            &["--rates-of", "a"],
            &["--load-generator", "a"],
            &["--beside-other-runs"],
        ] {
            assert!(reason(words, true).is_some(), "{words:?}");
        }
        let cli = Cli::parse_from(["bench-harness", "--all"]);
        assert!(why_not(&cli.options, true, true).is_some());
    }

    #[test]
    fn other_versions_are_stale_and_contenders_that_joined_are_named() {
        let contender = |name: &str, version: &str| {
            let external: External = format!("{name}=server").parse().unwrap();
            Contender {
                version: version.to_owned(),
                ..external.contender()
            }
        };
        let built = |contender: &Contender| {
            contender.built(BuildOutcome::Built {
                binary_bytes: 1,
                feature_hash: String::new(),
            })
        };
        let workspace = [contender("a", "1.0.0"), contender("b", "2.0.0")];
        let same: Vec<_> = workspace.iter().map(built).collect();
        let found =
            |run: &[BuiltContender], checkout: &[Contender]| Staleness::of(run, &pinned(checkout));
        assert_eq!(found(&same, &workspace), Staleness::default());
        let older = [built(&contender("a", "0.9.0")), same[1].clone()];
        assert_eq!(
            found(&older, &workspace).lines(),
            ["a: the tables have version 0.9.0, Cargo.lock has 1.0.0"]
        );
        assert!(!found(&same[..1], &workspace).is_stale());
        assert_eq!(found(&same[..1], &workspace).joined, ["b"]);
        assert_eq!(found(&same, &workspace[..1]).gone, ["b"]);
    }
}
