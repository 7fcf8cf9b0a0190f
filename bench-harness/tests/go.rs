//! A machine with nothing but Rust.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{fs, os::unix::fs::symlink, path::Path};

use record::BuildOutcome;
use support::{RunFile, assert_exit, echo_scenario, external, run_command};

/// Without Go in `PATH`, the row of a contender in Go says so, and the rest of
/// the run is there. It was asked for by name, so the run is incomplete.
#[test]
fn a_row_without_its_toolchain_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).unwrap();
    // Cargo itself is called by its path.
    let cargo = Path::new(env!("CARGO"));
    symlink(cargo.with_file_name("rustc"), programs.join("rustc")).unwrap();
    let scenarios = folder.path().join("scenarios");
    echo_scenario(&scenarios, "echo", 2, 1);
    let output = folder.path().join("run");
    let names = ["known", "gorilla-websocket"];
    let ran = run_command(&output, &scenarios, &names, 1)
        .args(external("known", ""))
        .env("CARGO", cargo)
        .env("PATH", &programs)
        .output()
        .unwrap();
    assert_exit(&ran, 4);
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        said.contains("gorilla-websocket: Go toolchain not found"),
        "{said}"
    );

    let file = RunFile::read(&output);
    let gorilla = file
        .header
        .contenders
        .iter()
        .find(|it| it.name == "gorilla-websocket");
    let build = &gorilla.unwrap().build;
    assert!(
        matches!(build, BuildOutcome::ToolchainMissing(_)),
        "{build:?}"
    );
    assert!(file.trials.iter().all(|it| it.entry.contender == "known"));
    let page = fs::read_to_string(output.join("cpu.md")).unwrap();
    let row = page
        .lines()
        .find(|line| line.starts_with("| gorilla-websocket") && line.contains("(Go)"));
    assert!(row.unwrap().contains("Go toolchain not found"), "{page}");
}
