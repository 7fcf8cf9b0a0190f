//! The pages outside of a run's folder that show its tables.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use report::{Findings, newest_page, readme_section, splice};

use super::{atomic::replace, render};

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
    /// `folder`.
    pub(crate) fn of(root: &Path, folder: &Path, findings: &Findings) -> Result<Self> {
        let results = root.join("results");
        let readme = root.join("README.md");
        let page = fs::read_to_string(&readme)
            .with_context(|| format!("{} can't be read", readme.display()))?;
        let section = readme_section(findings, &link(root, folder));
        let spliced = splice(&page, &section).with_context(|| readme.display().to_string())?;
        Ok(Self {
            pages: vec![
                Page {
                    text: newest_page(findings, &link(&results, folder)),
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

/// The folder of the run that `results/README.md` shows, if it is one of those
/// in `results`.
pub(crate) fn published_run(root: &Path) -> Result<Option<PathBuf>> {
    let results = root.join("results");
    let path = results.join("README.md");
    let page =
        fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
    for entry in fs::read_dir(&results)? {
        let folder = entry?.path();
        let Ok(rendered) = render(&folder) else {
            continue;
        };
        if newest_page(&rendered.findings, &link(&results, &folder)) == page {
            return Ok(Some(folder));
        }
    }
    Ok(None)
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
}
