//! A folder of reports: one JSON file per server.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use report::{ReportFileError, file_stem};
use serde::Serialize;

use crate::files::{json_files, put};

/// Writes a report into the folder, under its server's name.
pub(crate) fn write<R: Serialize>(folder: &Path, name: &str, report: &R) -> Result<()> {
    let mut text = serde_json::to_string(report)?;
    text.push('\n');
    put(&folder.join(format!("{}.json", file_stem(name))), &text)
}

/// Every report in the folder, by file name; none when there is no folder.
pub(crate) fn read_all<R>(
    folder: &Path,
    read: fn(&str) -> Result<R, ReportFileError>,
) -> Result<Vec<R>> {
    let one = |path: &Path| {
        let text = fs::read_to_string(path)
            .with_context(|| format!("{} can't be read", path.display()))?;
        read(&text).with_context(|| {
            format!(
                "{} stands where only reports belong; move it away, or give another --output",
                path.display()
            )
        })
    };
    json_files(folder)?.iter().map(|path| one(path)).collect()
}
