//! Builds each contender and the load generator in release, by a call of its
//! own: features of one can't leak into another.

mod call;
mod cargo;
mod features;
mod go;
mod inspect;
mod peers;
mod set_aside;
mod settings;
mod toolchain;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use record::{BuildOutcome, BuiltContender};

pub(crate) use call::call;
pub(crate) use cargo::{BuildError, Cargo};
pub(crate) use go::Go;
pub(crate) use peers::Peers;
pub(crate) use set_aside::{SetAside, set_aside};
pub(crate) use toolchain::toolchain;

use crate::{
    discover::{Contender, Source},
    process::ServerProgram,
};

/// Package of the load generator.
const GENERATOR: &str = "load-generator";

/// What building gave.
#[derive(Debug, Default)]
pub(crate) struct Built {
    /// One per contender, those that failed included.
    pub(crate) contenders: Vec<BuiltContender>,
    /// Executables of those that are built.
    pub(crate) servers: BTreeMap<String, ServerProgram>,
}

/// Builds contenders; one that fails becomes an outcome, and the rest go on.
///
/// # Errors
/// When cargo itself can't be run or the user asked to stop.
pub(crate) fn contenders(
    cargo: &Cargo,
    go: &Go,
    peers: &Peers,
    contenders: &[Contender],
    mut before_each: impl FnMut(usize, &Contender),
) -> Result<Built, BuildError> {
    let mut built = Built::default();
    for (index, contender) in contenders.iter().enumerate() {
        before_each(index, contender);
        let (build, program) = match &contender.source {
            Source::Package(package) => build_package(cargo, package, &contender.features)?,
            Source::Go(name) => go.build(name)?,
            Source::Peer(peer) => {
                let language = contender.facts.language;
                peers.build(&contender.name, language, peer)?
            }
            Source::Command(command) => given(command),
        };
        if let Some(program) = program {
            built.servers.insert(contender.name.clone(), program);
        }
        built.contenders.push(contender.built(build));
    }
    Ok(built)
}

fn build_package(
    cargo: &Cargo,
    package: &str,
    features: &[String],
) -> Result<(BuildOutcome, Option<ServerProgram>), BuildError> {
    let outcome = cargo
        .build_with(package, features)
        .and_then(|program| Ok((features::hash(cargo, package, features)?, program)));
    match outcome {
        Ok((feature_hash, program)) => {
            let outcome = BuildOutcome::Built {
                binary_bytes: size_of_file(&program),
                feature_hash,
            };
            let server = ServerProgram {
                program,
                arguments: Vec::new(),
            };
            Ok((outcome, Some(server)))
        }
        Err(BuildError::Failed { error, .. }) => Ok((BuildOutcome::Failed { error }, None)),
        Err(error) => Err(error),
    }
}

fn given(command: &[String]) -> (BuildOutcome, Option<ServerProgram>) {
    let (program, arguments) = match command {
        [program, arguments @ ..] => (PathBuf::from(program), arguments.to_vec()),
        [] => (PathBuf::new(), Vec::new()),
    };
    let outcome = BuildOutcome::Given {
        binary_bytes: size_of_file(&program),
    };
    // A program that is missing is found by the check, which names it.
    (outcome, Some(ServerProgram { program, arguments }))
}

/// Builds the load generator, or takes the one that is given.
///
/// # Errors
/// When there is none: without it nothing can be measured.
pub(crate) fn generator(cargo: &Cargo, given: Option<&Path>) -> Result<PathBuf> {
    match given {
        Some(path) if path.is_file() => Ok(path.to_owned()),
        Some(path) => bail!("there is no load generator at {}", path.display()),
        None => cargo
            .build(GENERATOR)
            .context("the load generator can't be built"),
    }
}

/// 0 for a program that is searched for in `PATH`.
fn size_of_file(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}
