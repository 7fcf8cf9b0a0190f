//! The pages outside of a run's folder that show its tables.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use report::{Staleness, newest_page, readme_section, splice};

use super::{Refreshed, atomic::replace};
use crate::run::Recorder;

/// A page with the text that it should have.
#[derive(Debug)]
struct Page {
    path: PathBuf,
    text: String,
}

/// The pages that show a run: `results/README.md` and the tables in
/// `README.md`.
#[derive(Debug)]
pub(crate) struct Published {
    pages: Vec<Page>,
}

impl Published {
    /// What the pages of the checkout at `root` should say of the run in
    /// `folder`, of which `staleness` is not so any more.
    pub(crate) fn of(
        root: &Path,
        folder: &Path,
        rendered: &Refreshed,
        staleness: &Staleness,
    ) -> Result<Self> {
        let results = root.join("results");
        let readme = root.join("README.md");
        let page = fs::read_to_string(&readme)
            .with_context(|| format!("{} can't be read", readme.display()))?;
        let findings = &rendered.findings;
        let section = readme_section(findings, &link(root, folder), staleness);
        let spliced = splice(&page, &section).with_context(|| readme.display().to_string())?;
        Ok(Self {
            pages: vec![
                Page {
                    text: newest_page(
                        findings,
                        &link(&results, folder),
                        staleness,
                        &rendered.history,
                    ),
                    path: results.join("README.md"),
                },
                Page {
                    text: spliced,
                    path: readme,
                },
            ],
        })
    }

    /// Writes them; returns their paths.
    pub(crate) fn write(&self) -> Result<Vec<&Path>> {
        for page in &self.pages {
            replace(&page.path, &page.text)
                .with_context(|| format!("{} can't be written", page.path.display()))?;
        }
        Ok(self.pages.iter().map(|page| page.path.as_path()).collect())
    }

    /// Those that say something else.
    pub(crate) fn stale(&self) -> Vec<&Path> {
        self.pages
            .iter()
            .filter(|page| fs::read_to_string(&page.path).ok().as_ref() != Some(&page.text))
            .map(|page| page.path.as_path())
            .collect()
    }
}

/// The folder of the run that `results/README.md` shows: the one whose records
/// it links to. What else the page says may be stale.
pub(crate) fn published_run(root: &Path) -> Result<Option<PathBuf>> {
    let results = root.join("results");
    let path = results.join("README.md");
    let page =
        fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
    let folder = linked_run(&page).map(|name| results.join(name));
    Ok(folder.filter(|folder| folder.join(Recorder::FILE_NAME).is_file()))
}

/// The folder in the first link to a run's file.
fn linked_run(page: &str) -> Option<&str> {
    let (before, _) = page.split_once(&format!("/{})", Recorder::FILE_NAME))?;
    let (_, name) = before.rsplit_once("](")?;
    (Path::new(name).components().count() == 1).then_some(name)
}

/// The way from a page in `from` to `folder`.
fn link(from: &Path, folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let from = from.canonicalize().unwrap_or_else(|_| from.to_owned());
    folder
        .strip_prefix(&from)
        .unwrap_or(&folder)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_start_from_the_page() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("results/2026-11-20-host");
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(link(root.path(), &folder), "results/2026-11-20-host");
        assert_eq!(
            link(&root.path().join("results"), &folder),
            "2026-11-20-host"
        );
    }

    #[test]
    fn the_published_run_is_found_by_its_link_whatever_else_is_stale() {
        let root = tempfile::tempdir().unwrap();
        let results = root.path().join("results");
        let folder = results.join("2026-11-20-host");
        fs::create_dir_all(&folder).unwrap();
        let page = |text: &str| {
            fs::write(results.join("README.md"), text).unwrap();
            published_run(root.path()).unwrap()
        };
        let text = "# Old\n[b](../b/README.md) · [run.ndjson](2026-11-20-host/run.ndjson).\n";
        assert_eq!(page(text), None);
        fs::write(folder.join("run.ndjson"), "").unwrap();
        assert_eq!(page(text), Some(folder));
        assert_eq!(page("no link"), None);
        assert_eq!(page("[run.ndjson](../other/run.ndjson)"), None);
    }
}
