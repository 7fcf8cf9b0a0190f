//! `schema`: the files in docs/schema/, made from the types.

use std::path::Path;

use anyhow::{Result, bail};
use record::SchemaFile;

use crate::{
    discover::Workspace,
    doctor,
    exit::Exit,
    files::{holds, put},
    interrupt::Interrupt,
    selftest,
    terminal::print,
};

/// Writes the schemas to `dir`, or says which of those there are stale.
pub(super) fn schema(dir: Option<&Path>, check: bool) -> Result<Exit> {
    let folder = match dir {
        Some(dir) => dir.to_owned(),
        None => Workspace::find(&Interrupt::default())?
            .root
            .join("docs/schema"),
    };
    let mut stale = Vec::new();
    for file in files()? {
        let path = folder.join(&file.name);
        if holds(&path, &file.text) {
            continue;
        }
        if !check {
            put(&path, &file.text)?;
        }
        stale.push(path.display().to_string());
    }
    if check && !stale.is_empty() {
        bail!(
            "schemas are not what the types give: run `bench-harness schema`, and read \
             docs/RESULTS.md on when a version must grow:\n  {}",
            stale.join("\n  ")
        );
    }
    if stale.is_empty() {
        print(&format!("{} is up to date.\n", folder.display()))?;
    } else {
        print(&format!("Written: {}.\n", stale.join(", ")))?;
    }
    Ok(Exit::Ok)
}

/// Every schema: those of the crates below, and those of what this program alone
/// prints.
fn files() -> Result<Vec<SchemaFile>> {
    let mut files = ::report::schema_files()?;
    files.extend([doctor::schema()?, selftest::schema()?]);
    Ok(files)
}
