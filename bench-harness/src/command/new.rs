//! `new`: the two files of a new contender.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{
    build::{BuildError, Cargo},
    discover::Workspace,
    exit::{Exit, UsageError},
    interrupt::Interrupt,
    new_contender::{Files, LibraryFacts, Runtime, check_name},
    terminal::print,
};

/// What `new` makes.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewOptions {
    /// The contender's name, such as my-library or my-library-tokio
    name: String,

    /// The library's package, with a version if not the newest: tungstenite or
    /// tungstenite@0.30.0
    #[arg(long, value_name = "CRATE[@VERSION]")]
    library: String,

    /// What drives the server
    #[arg(long, value_enum, default_value = "tokio")]
    runtime: Runtime,
}

/// Writes the files, or nothing at all.
pub(super) fn new(options: &NewOptions, interrupt: &Interrupt) -> Result<Exit> {
    let name = &options.name;
    let library_name = LibraryFacts::name_in(&options.library)?;
    let workspace = Workspace::find(interrupt)?;
    let taken: Vec<&str> = workspace
        .contenders
        .iter()
        .map(|contender| contender.name.as_str())
        .collect();
    check_name(name, &taken)?;
    let folder = workspace.root.join("crates/contenders").join(name);
    if folder.exists() {
        let message = format!(
            "{} is there already: move it away, or choose another name",
            folder.display()
        );
        return Err(UsageError(message).into());
    }
    let cargo = Cargo::new(&workspace.root, None, interrupt.clone());
    let library = library(&cargo, library_name, &options.library)?;
    let files = Files::new(name, &library, options.runtime);
    let result = write(&folder, &files)
        .with_context(|| format!("{} can't be written", folder.display()))
        .and_then(|()| Ok(cargo.lock_new_members()?));
    if let Err(error) = result {
        // A half-made contender would keep cargo from reading the workspace.
        let _ = fs::remove_dir_all(&folder);
        return Err(error);
    }
    print(&next_steps(name, &library, &folder, &workspace.root))?;
    Ok(Exit::Ok)
}

fn library(cargo: &Cargo, name: &str, spec: &str) -> Result<LibraryFacts> {
    let printed = match cargo.info(spec) {
        Ok(printed) => printed,
        Err(BuildError::Failed { error, .. }) => {
            let message = format!(
                "--library {spec}: cargo finds no such package or version; \
                 `cargo search {name}` lists packages, `cargo info {name}` says which version \
                 is the newest\n{error}"
            );
            return Err(UsageError(message).into());
        }
        Err(error) => return Err(error.into()),
    };
    LibraryFacts::parse(name, &printed)
        .with_context(|| format!("what `cargo info {spec}` prints can't be read"))
}

fn write(folder: &Path, files: &Files) -> io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), &files.manifest)?;
    fs::write(folder.join("src/main.rs"), &files.program)
}

fn next_steps(name: &str, library: &LibraryFacts, folder: &Path, root: &Path) -> String {
    let shown: PathBuf = folder.strip_prefix(root).unwrap_or(folder).to_owned();
    format!(
        "Written: {0}/Cargo.toml and {0}/src/main.rs, for {1} {2}.\n\n\
         1. Fill the three places that are marked FILL; docs/ADDING_A_LIBRARY.md shows how.\n\
         2. cargo run -p bench-harness -- check {name}\n\
         3. cargo run -p bench-harness -- run --quick --contender {name}\n",
        shown.display(),
        library.name,
        library.version
    )
}
