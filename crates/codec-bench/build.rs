//! Writes the versions that Cargo.lock gives to this package's dependencies, so
//! that a number states what it was measured with.

#[path = "../contender-kit/build/lock_file.rs"]
mod lock_file;

use std::{env, error::Error, fmt::Write as _, fs, path::PathBuf, process::Command};

fn main() -> Result<(), Box<dyn Error>> {
    let manifest_dir = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let path = manifest_dir.join("../../Cargo.lock");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let packages = lock_file::packages(&text);
    let mut table = String::from("&[\n");
    for locked in lock_file::dependencies_of(&packages, "codec-bench") {
        writeln!(table, "    {:?},", (locked.dependency, locked.version))?;
    }
    table.push_str("]\n");
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("locked_versions.rs"),
        table,
    )?;
    let rustc = Command::new(env::var("RUSTC")?).arg("--version").output()?;
    let rustc = String::from_utf8(rustc.stdout)?;
    println!("cargo::rustc-env=CODEC_BENCH_RUSTC={}", rustc.trim());
    println!("cargo::rerun-if-changed=../../Cargo.lock");
    println!("cargo::rerun-if-changed=../contender-kit/build/lock_file.rs");
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
