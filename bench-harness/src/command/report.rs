//! `report`: tables from records, at any time.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use record::{BuildOutcome, BuiltContender, EffortLevel, RunHeader};

use super::{Setup, conformance::PUBLISHED as CONFORMANCE, setup::left_out_in_words};
use crate::{
    cli::{DEFAULT_REFERENCE, Options},
    conformance::{stale as stale_conformance, write_pages},
    discover::{Contender, Source, Workspace},
    exit::Exit,
    files::holds,
    interrupt::Interrupt,
    output::{self, Published, Refreshed, published_run},
    run::Recorder,
    terminal::{print, summary},
};

/// Renders a run again.
pub(super) fn report(dir: Option<&Path>, publish: bool, check: bool) -> Result<Exit> {
    if check {
        return check_freshness(dir);
    }
    let folder = match dir {
        Some(dir) => dir.to_owned(),
        None => output::newest(&results_of(&find()?))?,
    };
    let refreshed = output::render_all(&folder)?;
    // What was found must not be lost because a file can't be written.
    print(&format!("{}\n", summary(&refreshed.findings)))?;
    output::write(&folder, &refreshed)?;
    let mut text = files_in_words(&folder, &refreshed);
    if publish {
        print(&text)?;
        text = publish_run(&find()?.root, &folder, &refreshed)?;
        for note in unusual(&refreshed.run.header) {
            text.push_str(&format!("Readers should know: {note}.\n"));
        }
    }
    print(&text)?;
    Ok(Exit::Ok)
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
    let names: Vec<&str> = refreshed.files.iter().map(|file| file.name).collect();
    format!(
        "Tables are in {}: {}; the raw records are in {}.\n",
        short(folder),
        names.join(", "),
        Recorder::FILE_NAME
    )
}

fn publish_run(root: &Path, folder: &Path, refreshed: &Refreshed) -> Result<String> {
    ensure!(
        folder
            .canonicalize()?
            .starts_with(root.join("results").canonicalize()?),
        "{} is not below results/, so its tables could not link to it; move it there",
        folder.display()
    );
    write_pages(&root.join(CONFORMANCE))?;
    let published = Published::of(root, folder, &refreshed.findings)?;
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
    publish_run(&setup.workspace.root, folder, refreshed)
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
        Some(dir) => dir.to_owned(),
        None => match published_run(root)? {
            Some(folder) => folder,
            None => bail!(
                "results/README.md is not what a run in results/ renders to; \
                 use `bench-harness report DIR --publish`"
            ),
        },
    };
    let rendered = output::render_all(&folder)?;
    let mut stale: Vec<String> = Published::of(root, &folder, &rendered.findings)?
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
    stale.extend(of_versions(
        &rendered.run.header.contenders,
        &workspace.contenders,
    ));
    if stale.is_empty() {
        let mut text = format!("{} is up to date.\n", folder.display());
        let joined = joined_since(&rendered.run.header.contenders, &workspace.contenders);
        if !joined.is_empty() {
            text.push_str(&format!(
                "Not in its tables, because they joined later: {}. The next \
                 `cargo run -p bench-harness -- --all` measures them.\n",
                joined.join(", ")
            ));
        }
        print(&text)?;
        return Ok(Exit::Ok);
    }
    bail!(
        "the published tables are stale: run `cargo run -p bench-harness -- --all`, or \
         `bench-harness report {} --publish` when only their form has changed:\n  {}",
        folder.display(),
        stale.join("\n  ")
    )
}

/// Contenders that the run could not know. They make no table untrue, and who
/// adds one need not have the machine of the published run.
fn joined_since<'a>(run: &[BuiltContender], workspace: &'a [Contender]) -> Vec<&'a str> {
    workspace
        .iter()
        // Peers are in no run of everything.
        .filter(|contender| !contender.facts.language.is_peer())
        .map(|contender| contender.name.as_str())
        .filter(|name| !run.iter().any(|then| then.name == *name))
        .collect()
}

/// Where the run's contenders are others than those of the workspace.
fn of_versions(run: &[BuiltContender], workspace: &[Contender]) -> Vec<String> {
    let mut found = Vec::new();
    for contender in workspace {
        match run.iter().find(|it| it.name == contender.name) {
            Some(then) if then.version != contender.version => found.push(format!(
                "{}: the tables have version {}, {} has {}",
                contender.name,
                then.version,
                match contender.source {
                    Source::Go(_) => "go.mod",
                    Source::Peer(_) => "contender.toml",
                    _ => "Cargo.lock",
                },
                contender.version
            )),
            Some(_) | None => {}
        }
    }
    for then in run {
        let given = matches!(then.build, BuildOutcome::Given { .. });
        if !given && !workspace.iter().any(|it| it.name == then.name) {
            found.push(format!("{} is in the tables, but gone", then.name));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

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
        assert!(of_versions(&same, &workspace).is_empty());
        let older = [built(&contender("a", "0.9.0")), same[1].clone()];
        assert_eq!(of_versions(&older, &workspace).len(), 1);
        assert!(of_versions(&same[..1], &workspace).is_empty());
        assert_eq!(joined_since(&same[..1], &workspace), ["b"]);
        assert!(joined_since(&same, &workspace).is_empty());
        assert_eq!(of_versions(&same, &workspace[..1]).len(), 1);
    }
}
