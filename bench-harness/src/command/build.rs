//! `build`: every program, in release.

use std::path::PathBuf;

use anyhow::Result;
use record::BuildOutcome;

use super::{Setup, missing};
use crate::{
    build::{self, Built, Peers},
    discover::Source,
    exit::Exit,
    terminal::{columns, print},
};

/// Builds everything and prints what came of it.
pub(super) fn build(setup: &mut Setup) -> Result<Exit> {
    let (built, generator) = build_all(setup)?;
    setup.progress.clear();
    let head = ["name", "version", "size", "features", ""];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut exit = Exit::Ok;
    for contender in &built.contenders {
        let (size, features, note) = match &contender.build {
            BuildOutcome::Built {
                binary_bytes,
                feature_hash,
            } => (kib(*binary_bytes), feature_hash.clone(), String::new()),
            BuildOutcome::Given { binary_bytes } => {
                (kib(*binary_bytes), String::new(), "given".to_owned())
            }
            BuildOutcome::Failed { .. } => {
                exit = Exit::Incomplete;
                (String::new(), String::new(), "FAILED, see above".to_owned())
            }
            BuildOutcome::ToolchainMissing(missing) => {
                (String::new(), String::new(), missing.to_string())
            }
        };
        rows.push(vec![
            contender.name.clone(),
            contender.version.clone(),
            size,
            features,
            note,
        ]);
    }
    if !missing::asked_for(&setup.options, &built.contenders).is_empty() {
        exit = Exit::Incomplete;
    }
    print(&format!(
        "{}\nload generator: {}\n",
        columns(&rows),
        generator.display()
    ))?;
    Ok(exit)
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}

/// Builds the load generator and every contender, and says how it goes.
pub(super) fn build_all(setup: &mut Setup) -> Result<(Built, PathBuf)> {
    let peers = Peers::new(&setup.workspace.target, setup.interrupt.clone());
    let Setup {
        cargo,
        go,
        contenders,
        progress,
        options,
        ..
    } = setup;
    let given = options.load_generator.as_deref();
    let total = contenders.len() + usize::from(given.is_none());
    if given.is_none() {
        progress.step(&format!("building 1/{total}: load-generator"));
    }
    let generator = build::generator(cargo, given)?;
    let before = total - contenders.len();
    let built = build::contenders(cargo, go, &peers, contenders, |index, contender| {
        let (verb, what) = match &contender.source {
            Source::Package(package) | Source::Go(package) => ("building", package),
            Source::Peer(peer) => ("installing", &peer.package),
            Source::Command(_) => return,
        };
        progress.step(&format!("{verb} {}/{total}: {what}", before + index + 1));
    })?;
    for contender in &built.contenders {
        match &contender.build {
            BuildOutcome::Failed { error } => progress.warn(&format!(
                "{} can't be built, its rows stay empty:\n{error}",
                contender.name
            )),
            BuildOutcome::ToolchainMissing(missing) => progress.warn(&format!(
                "{} is not built, its rows stay empty: {missing}",
                contender.name
            )),
            BuildOutcome::Built { .. } | BuildOutcome::Given { .. } => {}
        }
    }
    Ok((built, generator))
}
