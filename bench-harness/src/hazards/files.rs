//! The folder of hazard reports, with one page for all.

use std::path::{Path, PathBuf};

use anyhow::Result;
use conformance::hazards::HazardReport;
use report::{read_hazards, render_hazards};

use crate::{
    files::{holds, put},
    tested,
};

/// Writes the reports, then the pages from every report in the folder.
pub(super) fn write(folder: &Path, reports: &[HazardReport]) -> Result<()> {
    for report in reports {
        tested::write(folder, &report.name, report)?;
    }
    write_pages(folder)
}

/// Makes the pages of a folder from its reports.
pub(crate) fn write_pages(folder: &Path) -> Result<()> {
    for file in render_hazards(&read_all(folder)?) {
        put(&folder.join(file.name), &file.text)?;
    }
    Ok(())
}

/// The pages of a folder that are not what its reports render to.
pub(super) fn stale_pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let reports = read_all(folder)?;
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    Ok(render_hazards(&reports)
        .into_iter()
        .map(|file| (folder.join(file.name), file.text))
        .filter(|(path, text)| !holds(path, text))
        .map(|(path, _)| path)
        .collect())
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
            withheld: None,
        }
    }

    #[test]
    fn pages_are_made_from_every_report_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[report("one"), report("two (tuned)")]).unwrap();
        write(folder.path(), &[report("three")]).unwrap();
        let page = fs::read_to_string(folder.path().join("hazards.md")).unwrap();
        for name in ["one", "two (tuned)", "three"] {
            let link = format!("[{name}]({}.md)", report::file_stem(name));
            assert!(page.contains(&link), "{page}");
        }
        for name in ["two--tuned.json", "two--tuned.md", "hazards.csv"] {
            assert!(folder.path().join(name).exists(), "{name}");
        }
    }

    #[test]
    fn pages_that_say_something_else_are_stale() {
        let folder = tempfile::tempdir().unwrap();
        assert!(stale_pages(&folder.path().join("none")).unwrap().is_empty());
        write(folder.path(), &[report("one"), report("two")]).unwrap();
        assert!(stale_pages(folder.path()).unwrap().is_empty());
        let page = folder.path().join("one.md");
        fs::write(&page, "something else").unwrap();
        assert_eq!(stale_pages(folder.path()).unwrap(), [page]);
        write_pages(folder.path()).unwrap();
        assert!(stale_pages(folder.path()).unwrap().is_empty());
    }

    #[test]
    fn a_foreign_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("other.json"), "{}").unwrap();
        let error = write(folder.path(), &[report("one")]).unwrap_err();
        assert!(format!("{error:#}").contains("other.json"), "{error:#}");
    }
}
