//! One JSON file per server, and the pages that are made from all of them.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use conformance::hazards::HazardReport;
use report::{read_hazards, render_hazards};

use crate::output::replace;

/// Writes the reports, then the pages from every report in the folder.
pub(super) fn write(folder: &Path, reports: &[HazardReport]) -> Result<()> {
    for report in reports {
        let path = folder.join(format!("{}.json", stem(&report.name)));
        let mut text = serde_json::to_string(report)?;
        text.push('\n');
        replace(&path, &text).with_context(|| format!("{} can't be written", path.display()))?;
    }
    for file in render_hazards(&read_all(folder)?) {
        let path = folder.join(file.name);
        replace(&path, &file.text)
            .with_context(|| format!("{} can't be written", path.display()))?;
    }
    Ok(())
}

/// Every report in the folder, by file name.
fn read_all(folder: &Path) -> Result<Vec<HazardReport>> {
    fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    let listed =
        fs::read_dir(folder).with_context(|| format!("{} can't be listed", folder.display()))?;
    let mut paths = listed
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|it| it == "json"));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path)
                .with_context(|| format!("{} can't be read", path.display()))?;
            read_hazards(&text).with_context(|| {
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
    use conformance::hazards::{Bounds, HAZARDS_VERSION};
    use record::TestedServer;

    use super::*;

    fn report(name: &str) -> HazardReport {
        HazardReport {
            schema_version: HAZARDS_VERSION,
            name: name.to_owned(),
            server: TestedServer::Url {
                url: "ws://127.0.0.1:1/".to_owned(),
            },
            started_unix_s: 0,
            elapsed_ns: 0,
            bounds: Bounds::default(),
            cut_short: None,
            probes: Vec::new(),
        }
    }

    #[test]
    fn pages_are_made_from_every_report_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[report("one"), report("two (tuned)")]).unwrap();
        write(folder.path(), &[report("three")]).unwrap();
        let page = fs::read_to_string(folder.path().join("hazards.md")).unwrap();
        for name in ["one", "two (tuned)", "three"] {
            assert!(page.contains(&format!("## {name}\n")), "{page}");
        }
        assert!(folder.path().join("two--tuned.json").exists());
        assert!(folder.path().join("hazards.csv").exists());
    }

    #[test]
    fn a_foreign_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("other.json"), "{}").unwrap();
        let error = write(folder.path(), &[report("one")]).unwrap_err();
        assert!(format!("{error:#}").contains("other.json"), "{error:#}");
    }
}
