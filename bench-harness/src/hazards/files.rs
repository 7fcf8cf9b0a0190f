//! The folder of hazard reports, with one page for all.

use std::path::Path;

use anyhow::Result;
use conformance::hazards::HazardReport;
use report::{read_hazards, render_hazards};

use crate::{files::put, tested};

/// Writes the reports, then the pages from every report in the folder.
pub(super) fn write(folder: &Path, reports: &[HazardReport]) -> Result<()> {
    for report in reports {
        tested::write(folder, &report.name, report)?;
    }
    for file in render_hazards(&read_all(folder)?) {
        put(&folder.join(file.name), &file.text)?;
    }
    Ok(())
}

/// Every report in the folder, by file name; none when there is no folder.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<HazardReport>> {
    tested::read_all(folder, read_hazards)
}

#[cfg(test)]
mod tests {
    use std::fs;

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
