//! The known server and the load generator, built as for a run.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::build::{self, Cargo};

/// Package and program of the known server.
const PACKAGE: &str = "bench-harness";
const PROGRAM: &str = "known-server";

/// The programs of all experiments.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    pub(super) generator: PathBuf,
    pub(super) server: PathBuf,
}

/// Builds both in release, each by a cargo call of its own, or takes what is
/// given.
pub(super) fn programs(
    cargo: &Cargo,
    generator: Option<&Path>,
    server: Option<&Path>,
    mut step: impl FnMut(&str),
) -> Result<Programs> {
    if generator.is_none() {
        step("building 1/2: load-generator");
    }
    let generator = build::generator(cargo, generator)?;
    let server = match server {
        Some(path) if path.is_file() => path.to_owned(),
        Some(path) => bail!("there is no known server at {}", path.display()),
        None => {
            step("building 2/2: known-server");
            cargo
                .build_program(PACKAGE, PROGRAM)
                .context("the known server can't be built")?
        }
    };
    Ok(Programs { generator, server })
}
