//! `facts`: the table of facts about the libraries.

use std::path::Path;

use ::report::render_facts;
use anyhow::{Context as _, Result, bail, ensure};
use cargo_metadata::Metadata;
use record::{BuildsFile, FACTS_VERSION, FactsFile, Language, Provenance};
use serde::{Serialize, de::DeserializeOwned};

use super::header::{commit, is_dirty};
use crate::{
    build::{Cargo, Go, toolchain},
    cli::{DEFAULT_REFERENCE, FactsOptions, Options},
    clock::{Clock as _, RealClock, utc_day},
    discover::{Contender, Declared, Source, Workspace, metadata_of_workspace},
    exit::Exit,
    facts::{
        Ingredients, SIZE_BASELINE, gather_probes, go_modules, go_packages, go_row,
        look_up_advisories, nothing_built, of_other_go_versions, of_other_versions, properties,
        row, take_sizes, take_times, versions,
    },
    files::{holds, put, text_of},
    interrupt::Interrupt,
    machine_lock,
    progress::Progress,
    terminal::print,
};

/// Where the files are, below the workspace.
const FOLDER: &str = "results/facts";
const FACTS: &str = "facts.json";
const BUILDS: &str = "builds.json";
const PROBES: &str = "probes.json";
const PAGE: &str = "FACTS.md";

/// Writes the table, or says whether the one on disk is stale.
pub(super) fn facts(
    options: &Options,
    wanted: &FactsOptions,
    interrupt: &Interrupt,
) -> Result<Exit> {
    let workspace = Workspace::find(interrupt)?;
    let folder = workspace.root.join(FOLDER);
    let metadata = metadata_of_workspace(interrupt)?;
    refuse_old_pages(&workspace, &metadata)?;
    if wanted.check {
        return check(&workspace, &folder);
    }
    let cargo = Cargo::new(&workspace.root, options.jobs, interrupt.clone());
    let go = Go::new(
        &workspace.root,
        &workspace.target,
        options.jobs,
        interrupt.clone(),
    );
    let toolchain = toolchain(&cargo, &go, &workspace.root, &[]);
    let mut progress = Progress::new();
    let made = || Provenance {
        day: utc_day(RealClock.realtime_ns()),
        commit: commit(&workspace.root),
        dirty: is_dirty(&workspace.root),
        machine: Some(machine_in_words()),
        rustc: Some(toolchain.rustc.clone()),
    };

    let mut builds: BuildsFile = read(&folder.join(BUILDS))?.unwrap_or_else(nothing_built);
    if wanted.sizes {
        take_sizes(
            &mut builds,
            &cargo,
            &workspace.contenders,
            made(),
            &mut progress,
        )?;
        write(&folder.join(BUILDS), &builds)?;
    }
    if let Some(rounds) = wanted.build_times {
        let claim = machine_lock::claim(&machine_lock::path(), &folder, options.beside_other_runs)?;
        let rounds = usize::from(rounds);
        take_times(
            &mut builds,
            &cargo,
            &workspace.contenders,
            rounds,
            made(),
            &mut progress,
        )?;
        drop(claim);
        write(&folder.join(BUILDS), &builds)?;
    }

    progress.step("reading the sources of the libraries");
    let advisories = look_up_advisories(&cargo)?;
    let probes = gather_probes(&workspace, read(&folder.join(PROBES))?)?;
    let ingredients = Ingredients {
        metadata: &metadata,
        advisories: &advisories,
        builds: &builds,
        probes: &probes,
        reference: DEFAULT_REFERENCE,
    };
    let modules = go_modules(&go)?;
    let mut rows = Vec::new();
    for (contender, declared) in libraries(&workspace) {
        rows.push(match &contender.source {
            Source::Package(package) => {
                let tree = cargo.tree_of_links(package)?;
                row(contender, declared, &tree, &ingredients)
            }
            Source::Go(_) => {
                let packages = go_packages(&go, contender)?;
                go_row(contender, declared, &modules, &packages, &probes)
            }
            Source::Peer(_) | Source::Command(_) => continue,
        });
    }
    let file = FactsFile {
        facts_version: FACTS_VERSION,
        made: Provenance {
            machine: None,
            ..made()
        },
        target: toolchain.target.clone(),
        reference: DEFAULT_REFERENCE.to_owned(),
        size_baseline: SIZE_BASELINE.to_owned(),
        sizes_made: builds.sizes_made.clone(),
        build_times_made: builds.times_made.clone(),
        contenders: rows,
    };
    write(&folder.join(FACTS), &file)?;
    let page = folder.join(PAGE);
    put(&page, &render_facts(&file))?;
    progress.clear();
    print(&format!(
        "Written: {} and {FACTS} of {} contenders.\n",
        page.display(),
        file.contenders.len()
    ))?;
    Ok(Exit::Ok)
}

/// The contenders that stand for a library, with what their manifests declare.
fn libraries(workspace: &Workspace) -> impl Iterator<Item = (&Contender, &Declared)> {
    workspace.contenders.iter().filter_map(|contender| {
        let declared = workspace.declared.get(&contender.name)?;
        (!contender.facts.baseline).then_some((contender, declared))
    })
}

/// A claim is of one version: after an update each has to be looked at again.
fn refuse_old_pages(workspace: &Workspace, metadata: &Metadata) -> Result<()> {
    let pinned = versions(metadata);
    let mut old = Vec::new();
    for (contender, declared) in libraries(workspace) {
        let others = match contender.facts.language {
            Language::Rust => of_other_versions(&declared.claims, &pinned),
            Language::Go | Language::JavaScript | Language::Python => {
                of_other_go_versions(&declared.claims, &contender.version)
            }
        };
        for (property, source) in others {
            old.push(format!("{}, {property}: {source}", contender.name));
        }
    }
    ensure!(
        old.is_empty(),
        "claims cite pages of versions that aren't in Cargo.lock or go.mod; look each up in the \
         pinned version and correct [package.metadata.contender.claims] or claims.toml:\n  {}",
        old.join("\n  ")
    );
    Ok(())
}

/// What can be known to be stale without building or asking anything.
fn check(workspace: &Workspace, folder: &Path) -> Result<Exit> {
    const NEXT: &str = "run `bench-harness facts` and commit results/facts";
    let path = folder.join(FACTS);
    let file: FactsFile =
        read(&path)?.with_context(|| format!("there is no {}: {NEXT}", path.display()))?;
    let probes = gather_probes(workspace, read(&folder.join(PROBES))?)?;
    let mut stale = Vec::new();
    for (contender, declared) in libraries(workspace) {
        let found = file
            .contenders
            .iter()
            .find(|row| row.contender == contender.name);
        match found {
            None => stale.push(format!("{} has no row", contender.name)),
            Some(row) if row.version != contender.version => stale.push(format!(
                "{} is of version {}, the lock file has {}",
                contender.name, row.version, contender.version
            )),
            Some(row) if row.properties != properties(contender, &declared.claims, &probes) => {
                stale.push(format!(
                    "{} has other claims or probes than its row",
                    contender.name
                ))
            }
            Some(_) => {}
        }
    }
    for row in &file.contenders {
        if !libraries(workspace).any(|(contender, ..)| contender.name == row.contender) {
            stale.push(format!("{} is no contender any more", row.contender));
        }
    }
    let page = folder.join(PAGE);
    if !holds(&page, &render_facts(&file)) {
        stale.push(format!("{PAGE} is not what {FACTS} renders to"));
    }
    if !stale.is_empty() {
        bail!(
            "the table of facts is stale: {NEXT}\n  {}",
            stale.join("\n  ")
        );
    }
    print(&format!("{} is up to date.\n", page.display()))?;
    Ok(Exit::Ok)
}

/// Reads one of the files; `None` when there is none.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    #[derive(serde::Deserialize)]
    struct Version {
        facts_version: u32,
    }
    let Some(text) = text_of(path)? else {
        return Ok(None);
    };
    let context = || {
        format!(
            "{} can't be understood; remove it or mend it",
            path.display()
        )
    };
    let Version { facts_version } = serde_json::from_str(&text).with_context(context)?;
    ensure!(
        facts_version == FACTS_VERSION,
        "{} is of version {facts_version}, and this program reads {FACTS_VERSION}: make it again",
        path.display()
    );
    Ok(Some(serde_json::from_str(&text).with_context(context)?))
}

fn write<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    put(path, &text)
}

fn machine_in_words() -> String {
    let host = machine::host();
    format!("{} ({}, {} CPUs)", host.name, host.cpu_model, host.cpus)
}
