//! What lies beside a run's folder and belongs into its report.

use std::path::Path;

use anyhow::{Context as _, Result};
use report::Beside;

use crate::{
    command::facts::read as read_facts, conformance::read_all, hazards::read_all as read_hazards,
};

/// The facts and the conformance reports in the folder that the run's folder is
/// in; what isn't there is left out.
pub(super) fn beside(folder: &Path) -> Result<Beside> {
    let folder = folder
        .canonicalize()
        .with_context(|| format!("{} can't be found", folder.display()))?;
    let Some(results) = folder.parent() else {
        return Ok(Beside::default());
    };
    Ok(Beside {
        facts: read_facts(&results.join("facts/facts.json"))
            .context("the facts are made by `bench-harness facts`")?,
        conformance: read_all(&results.join("conformance"))?,
        hazards: read_hazards(&results.join("hazards"))?,
        ..Beside::default()
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_not_there_is_left_out_and_what_is_broken_is_named() {
        let results = tempfile::tempdir().unwrap();
        let run = results.path().join("2026-11-20-host");
        fs::create_dir(&run).unwrap();
        let found = beside(&run).unwrap();
        assert!(found.facts.is_none() && found.conformance.is_empty());

        fs::create_dir(results.path().join("facts")).unwrap();
        let path = results.path().join("facts/facts.json");
        fs::write(&path, "{}").unwrap();
        let error = format!("{:#}", beside(&run).unwrap_err());
        assert!(error.contains("facts.json"), "{error}");
        assert!(error.contains("bench-harness facts"), "{error}");
        fs::remove_file(path).unwrap();

        fs::create_dir(results.path().join("conformance")).unwrap();
        let path = results.path().join("conformance/a.json");
        fs::write(&path, "{\"schema_version\": 0}").unwrap();
        let error = format!("{:#}", beside(&run).unwrap_err());
        assert!(
            error.contains("a.json") && error.contains("version 0"),
            "{error}"
        );
    }
}
