//! What lies beside a run's folder and belongs into its report.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use record::{FACTS_VERSION, FactsFile};
use report::Beside;

use crate::conformance::read_all;

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
        facts: facts(&results.join("facts/facts.json"))?,
        conformance: read_all(&results.join("conformance"))?,
    })
}

fn facts(path: &Path) -> Result<Option<FactsFile>> {
    if !path.is_file() {
        return Ok(None);
    }
    let again = || format!("{}: run `bench-harness facts` again", path.display());
    let text = fs::read_to_string(path).with_context(again)?;
    let file: FactsFile = serde_json::from_str(&text).with_context(again)?;
    ensure!(
        file.facts_version == FACTS_VERSION,
        "{} has version {}, and version {FACTS_VERSION} is read here: run `bench-harness facts` \
         again",
        path.display(),
        file.facts_version
    );
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
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
