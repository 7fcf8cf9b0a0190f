//! What cargo is asked for tables of facts.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::{BuildError, Cargo};

impl Cargo {
    /// The packages that `package` links, each with its depth before its name;
    /// a package's own subtree stands where it comes first.
    pub(crate) fn tree_of_links(&self, package: &str) -> Result<String, BuildError> {
        self.tree(package, &[], "normal", "depth", "{p}")
    }

    /// Downloads every source, so that no build waits for the network.
    pub(crate) fn fetch(&self) -> Result<(), BuildError> {
        let output = self.call(&["fetch", "--locked"])?;
        if output.status.success() {
            Ok(())
        } else {
            Err(BuildError::Failed {
                package: "the workspace".to_owned(),
                error: output.complaint(),
            })
        }
    }

    /// How long it takes to build `package` with all that it needs into the
    /// empty folder `target`.
    pub(crate) fn time_of_build(
        &self,
        package: &str,
        target: &Path,
    ) -> Result<Duration, BuildError> {
        let target = target.to_string_lossy();
        let started = Instant::now();
        let output = self.call(&[
            "build",
            "--release",
            "--locked",
            "--offline",
            "--package",
            package,
            "--target-dir",
            &target,
        ])?;
        if output.status.success() {
            Ok(started.elapsed())
        } else {
            Err(BuildError::Failed {
                package: package.to_owned(),
                error: output.complaint(),
            })
        }
    }

    /// Known advisories against the packages of Cargo.lock, as cargo-audit
    /// prints them, with what it said when it printed none.
    pub(crate) fn audit(&self) -> Result<(Vec<u8>, String), BuildError> {
        let output = self.call(&["audit", "--json"])?;
        Ok((output.stdout, output.stderr))
    }
}
