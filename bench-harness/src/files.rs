//! Files and folders that may not be there, with errors that name them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::output::replace;

/// What the folder holds, by name; nothing when there is no such folder.
pub(crate) fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    let paths: io::Result<Vec<PathBuf>> = match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    };
    let mut paths = paths.with_context(|| format!("{} can't be listed", folder.display()))?;
    paths.sort();
    Ok(paths)
}

/// Its files that hold JSON.
pub(crate) fn json_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = listed(folder)?;
    paths.retain(|path| path.extension().is_some_and(|it| it == "json"));
    Ok(paths)
}

/// The text of a file; `None` when there is no such file.
pub(crate) fn text_of(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} can't be read", path.display())),
    }
}

/// Whether the file is there and holds this text, no more and no less.
pub(crate) fn holds(path: &Path, text: &str) -> bool {
    fs::read(path).is_ok_and(|there| there == text.as_bytes())
}

/// Puts the text in the place of the file, unless the file holds it already.
pub(crate) fn put(path: &Path, text: &str) -> Result<()> {
    if holds(path, text) {
        return Ok(());
    }
    replace(path, text).with_context(|| format!("{} can't be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[PathBuf]) -> Vec<&str> {
        let names = paths.iter().filter_map(|path| path.file_name()?.to_str());
        names.collect()
    }

    #[test]
    fn files_come_by_name_and_a_folder_may_be_missing() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.json", "c.md", "a.json"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let all = listed(folder.path()).unwrap();
        assert_eq!(names(&all), ["a.json", "b.json", "c.md"]);
        let json = json_files(folder.path()).unwrap();
        assert_eq!(names(&json), ["a.json", "b.json"]);
        assert!(listed(&folder.path().join("none")).unwrap().is_empty());
        let error = listed(&folder.path().join("c.md")).unwrap_err();
        assert!(error.to_string().contains("c.md"), "{error:#}");
    }

    #[test]
    fn a_file_is_read_and_written_or_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/page.md");
        assert_eq!(text_of(&path).unwrap(), None);
        assert!(!holds(&path, ""));
        put(&path, "one").unwrap();
        assert_eq!(text_of(&path).unwrap().as_deref(), Some("one"));
        assert!(holds(&path, "one") && !holds(&path, "on"));
        // A folder can be neither read nor replaced as a file.
        for error in [
            text_of(folder.path()).unwrap_err(),
            put(folder.path(), "two").unwrap_err(),
        ] {
            let name = folder.path().display().to_string();
            assert!(error.to_string().contains(&name), "{error:#}");
        }
    }
}
