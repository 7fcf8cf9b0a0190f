//! What only building tells: sizes and times.

use std::fs;

use anyhow::{Context as _, Result};
use record::{BuildsFile, FACTS_VERSION, Found, Provenance};

use super::size::stripped;
use crate::{
    build::{BuildError, Cargo},
    discover::{Contender, Source},
    progress::Progress,
};

/// A file in which nothing stands yet.
pub(crate) fn nothing_built() -> BuildsFile {
    BuildsFile {
        facts_version: FACTS_VERSION,
        sizes_made: None,
        times_made: None,
        contenders: Default::default(),
    }
}

/// Builds every contender and takes the sizes; those of before are replaced.
pub(crate) fn take_sizes(
    file: &mut BuildsFile,
    cargo: &Cargo,
    contenders: &[Contender],
    made: Provenance,
    progress: &mut Progress,
) -> Result<()> {
    for facts in file.contenders.values_mut() {
        facts.stripped_bytes = None;
    }
    let packages = packages(contenders);
    for (index, (contender, package)) in packages.iter().enumerate() {
        progress.step(&format!(
            "building {}/{}: {package}",
            index + 1,
            packages.len()
        ));
        let size = match cargo.build(package) {
            Ok(program) => stripped(&program),
            Err(BuildError::Failed { error, .. }) => Found::Unknown(first_error(&error)),
            Err(error) => return Err(error.into()),
        };
        file.of(contender).stripped_bytes = Some(size);
    }
    file.sizes_made = Some(made);
    Ok(())
}

/// Builds every contender from nothing, `rounds` times; times of before are
/// replaced. A round builds each once, and begins where the one before it began
/// one later, so that none always follows the same neighbour's heat.
pub(crate) fn take_times(
    file: &mut BuildsFile,
    cargo: &Cargo,
    contenders: &[Contender],
    rounds: usize,
    made: Provenance,
    progress: &mut Progress,
) -> Result<()> {
    for facts in file.contenders.values_mut() {
        facts.clean_build_ns = None;
    }
    cargo.fetch()?;
    let packages = packages(contenders);
    for round in 0..rounds {
        for (index, (contender, package)) in order(&packages, round).into_iter().enumerate() {
            progress.step(&format!(
                "timing builds, round {}/{rounds}, {}/{}: {package}",
                round + 1,
                index + 1,
                packages.len()
            ));
            if matches!(&file.of(contender).clean_build_ns, Some(Found::Unknown(_))) {
                continue;
            }
            let target = tempfile::tempdir().context("no folder for a build")?;
            let time = match cargo.time_of_build(package, target.path()) {
                Ok(time) => Found::Known(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)),
                Err(BuildError::Failed { error, .. }) => Found::Unknown(first_error(&error)),
                Err(error) => return Err(error.into()),
            };
            let times = &mut file.of(contender).clean_build_ns;
            match (time, times) {
                (Found::Known(time), Some(Found::Known(times))) => times.push(time),
                (Found::Known(time), times) => *times = Some(Found::Known(vec![time])),
                (Found::Unknown(reason), times) => *times = Some(Found::Unknown(reason)),
            }
            fs::remove_dir_all(target.path()).context("a build can't be removed")?;
        }
    }
    file.times_made = Some(made);
    Ok(())
}

/// The contenders that are built here, with their packages.
fn packages(contenders: &[Contender]) -> Vec<(&Contender, &str)> {
    contenders
        .iter()
        .filter_map(|contender| {
            let Source::Package(package) = &contender.source else {
                return None;
            };
            Some((contender, package.as_str()))
        })
        .collect()
}

fn order<T: Copy>(items: &[T], round: usize) -> Vec<T> {
    let first = round % items.len().max(1);
    let (early, late) = items.split_at(first);
    [late, early].concat()
}

/// The first error in what cargo printed, else its first line.
fn first_error(printed: &str) -> String {
    let lines = || printed.lines().map(str::trim);
    let line = lines()
        .find(|line| line.starts_with("error"))
        .or_else(|| lines().find(|line| !line.is_empty()));
    format!("it can't be built: {}", line.unwrap_or_default())
}

/// The entry of a contender; one of another version is forgotten.
trait Of {
    fn of(&mut self, contender: &Contender) -> &mut record::BuiltFacts;
}

impl Of for BuildsFile {
    fn of(&mut self, contender: &Contender) -> &mut record::BuiltFacts {
        let facts = self.contenders.entry(contender.name.clone()).or_default();
        if facts.version != contender.version {
            *facts = record::BuiltFacts {
                version: contender.version.clone(),
                ..record::BuiltFacts::default()
            };
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_has_everybody_and_another_first() {
        assert_eq!(order(&[1, 2, 3], 0), [1, 2, 3]);
        assert_eq!(order(&[1, 2, 3], 1), [2, 3, 1]);
        assert_eq!(order(&[1, 2, 3], 5), [3, 1, 2]);
        assert_eq!(order(&[0; 0], 1), [0; 0]);
    }

    #[test]
    fn a_failure_is_told_in_a_line() {
        let printed = "\n   Compiling x v1.0.0\nerror[E0308]: mismatched types\n --> x";
        assert_eq!(
            first_error(printed),
            "it can't be built: error[E0308]: mismatched types"
        );
        assert_eq!(first_error("\nkilled\n"), "it can't be built: killed");
    }
}
