//! `new` refuses what can't become a contender, and leaves nothing behind.
//! scripts/test-adding-a-library makes real ones.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::path::Path;

use support::{assert_exit, harness};

fn refused(name: &str, library: &str) -> String {
    let output = harness()
        .args(["new", name, "--library", library])
        .output()
        .unwrap();
    assert_exit(&output, 2);
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn names_that_are_taken_or_impossible_are_refused() {
    let said = refused("tungstenite", "tungstenite");
    assert!(said.contains("is taken"), "{said}");
    let said = refused("raw-tcp", "tungstenite");
    assert!(said.contains("is taken"), "{said}");
    let said = refused("My Library", "tungstenite");
    assert!(said.contains("lowercase"), "{said}");
    let said = refused("mine", "../tungstenite");
    assert!(said.contains("write the package's name"), "{said}");
}

#[test]
fn a_version_that_does_not_exist_is_refused_and_nothing_is_written() {
    let said = refused("no-such-version", "tungstenite@99.0.1");
    assert!(said.contains("tungstenite@99.0.1"), "{said}");
    assert!(said.contains("cargo info tungstenite"), "{said}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/contenders/no-such-version");
    assert!(!folder.exists());
}
