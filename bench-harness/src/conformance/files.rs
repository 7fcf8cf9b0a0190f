//! One JSON file per server, and the pages that are made from all of them.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use record::ConformanceReport;
use report::{read_conformance, render_conformance};

use crate::output::replace;

/// Writes the reports, then the pages from every report in the folder.
pub(super) fn write(folder: &Path, reports: &[ConformanceReport]) -> Result<()> {
    for report in reports {
        let path = folder.join(format!("{}.json", stem(&report.name)));
        let mut text = serde_json::to_string(report)?;
        text.push('\n');
        replace(&path, &text).with_context(|| format!("{} can't be written", path.display()))?;
    }
    for file in render_conformance(&read_all(folder)?) {
        let path = folder.join(file.name);
        replace(&path, &file.text)
            .with_context(|| format!("{} can't be written", path.display()))?;
    }
    Ok(())
}

/// Every report in the folder, by file name.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<ConformanceReport>> {
    let mut paths = Vec::new();
    let listed =
        fs::read_dir(folder).with_context(|| format!("{} can't be listed", folder.display()))?;
    for entry in listed {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path)
                .with_context(|| format!("{} can't be read", path.display()))?;
            read_conformance(&text).with_context(|| {
                format!(
                    "{} stands where only reports belong; move it away, or give another --output",
                    path.display()
                )
            })
        })
        .collect()
}

/// A name as the start of a file's name.
fn stem(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let stem: String = name.chars().map(kept).collect();
    stem.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use record::TestedServer;

    use super::*;

    fn report(name: &str) -> ConformanceReport {
        ConformanceReport {
            schema_version: record::CONFORMANCE_VERSION,
            name: name.to_owned(),
            server: TestedServer::Url {
                url: "ws://127.0.0.1:1/".to_owned(),
            },
            started_unix_s: 0,
            elapsed_ns: 0,
            concurrency: 1,
            confirmations: 0,
            case_source: String::new(),
            cut_short: None,
            cases: Vec::new(),
        }
    }

    #[test]
    fn pages_are_made_from_every_report_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[report("one"), report("two (tuned)")]).unwrap();
        write(folder.path(), &[report("three")]).unwrap();
        let page = fs::read_to_string(folder.path().join("conformance.md")).unwrap();
        for name in ["one", "two (tuned)", "three"] {
            assert!(page.contains(&format!("## {name}\n")), "{page}");
        }
        assert!(folder.path().join("two--tuned.json").exists());
        assert!(folder.path().join("conformance.csv").exists());
    }

    #[test]
    fn a_foreign_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("other.json"), "{}").unwrap();
        let error = write(folder.path(), &[report("one")]).unwrap_err();
        assert!(format!("{error:#}").contains("other.json"), "{error:#}");
    }

    #[test]
    fn a_report_survives_its_file() {
        let text = serde_json::to_string(&report("one")).unwrap();
        assert_eq!(read_conformance(&text).unwrap(), report("one"));
        let newer = text.replace("\"schema_version\":1", "\"schema_version\":99");
        assert!(
            read_conformance(&newer)
                .unwrap_err()
                .to_string()
                .contains("99")
        );
    }
}
