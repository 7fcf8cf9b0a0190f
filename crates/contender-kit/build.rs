//! Writes a table of the versions that Cargo.lock gives to the dependencies of
//! every contender, so that a server states the version it was built with.

#[path = "build/lock_file.rs"]
mod lock_file;

use std::{env, error::Error, fmt::Write as _, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let manifest_dir = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let lock_file = manifest_dir.join("../../Cargo.lock");
    let text = fs::read_to_string(&lock_file)
        .map_err(|error| format!("cannot read {}: {error}", lock_file.display()))?;

    let packages = lock_file::packages(&text);
    let mut table = String::from("&[\n");
    for locked in lock_file::dependencies_of(&packages, "echo-") {
        let row = (locked.package, locked.dependency, locked.version);
        writeln!(table, "    {row:?},")?;
    }
    table.push_str("]\n");

    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out_dir.join("locked_versions.rs"), table)?;
    println!("cargo::rerun-if-changed=../../Cargo.lock");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/lock_file.rs");
    Ok(())
}
