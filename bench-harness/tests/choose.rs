//! `choose` on the published run: flags, JSON, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{fs, process::Output};

use serde_json::Value;
use support::{
    assert_exit, harness, published,
    schemas::{assert_valid, schema},
    text,
};

fn choose(arguments: &[&str]) -> Output {
    let mut command = harness();
    command.arg("choose").args(arguments);
    command.output().unwrap()
}

#[test]
fn profiles_are_listed() {
    let output = choose(&["--list-profiles"]);
    assert_exit(&output, 0);
    let said = text(&output.stdout);
    for name in [
        "chat",
        "live-updates",
        "market-data",
        "large-blobs",
        "iot",
        "api-gateway",
    ] {
        assert!(said.contains(&format!("{name}: ")), "{said}");
    }
}

#[test]
fn a_profile_is_answered_and_flags_change_it() {
    let run = published();
    let run = run.to_str().unwrap();
    let output = choose(&["--profile", "chat", "--results", run]);
    assert_exit(&output, 0);
    let said = text(&output.stdout);
    assert!(said.starts_with("Chat: 10,000 connections"), "{said}");
    assert!(
        said.contains("Ranked by memory per idle connection"),
        "{said}"
    );
    assert!(!said.contains('\x1b'), "plain when piped");
    // Nothing of Go is offered unless it is asked for.
    let output = choose(&[
        "--profile",
        "chat",
        "--by",
        "cpu",
        "--json",
        "--results",
        run,
    ]);
    assert_exit(&output, 0);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_valid(&schema("choice.v1.schema.json"), &json, "chat by cpu");
    assert_eq!(json["answer"]["chooseVersion"], 1);
    assert_eq!(json["answer"]["axis"], "cpu");
    assert_eq!(json["question"]["needs"]["language"], "rust");
    let picks = json["answer"]["picks"].as_array().unwrap();
    assert!(
        picks
            .iter()
            .all(|pick| !pick["name"].as_str().unwrap().contains("Go"))
    );
    assert!(picks[0]["cores"]["value"].is_number());
}

#[test]
fn a_load_of_ones_own() {
    let run = published();
    let output = choose(&[
        "--size",
        "125",
        "--connections",
        "10000",
        "--rate",
        "1",
        "--needs",
        "tls,deflate",
        "--runtime",
        "tokio",
        "--licence",
        "MIT,Apache-2.0",
        "--maintained-within",
        "1200",
        "--memory",
        "2GiB",
        "--unknown-ok",
        "--json",
        "--results",
        run.to_str().unwrap(),
    ]);
    assert_exit(&output, 0);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_valid(&schema("choice.v1.schema.json"), &json, "an own load");
    let question = &json["question"];
    assert_eq!(question["workload"]["sizeBytes"], 125);
    assert_eq!(question["needs"]["memoryLimitBytes"], 2u64 << 30);
    assert_eq!(
        question["needs"]["features"],
        serde_json::json!(["tls", "deflate"])
    );
    // What compresses of those that are published has a licence file only.
    let names = json["answer"]["candidates"].as_array().unwrap();
    assert!(!names.is_empty());
    let rows = json["answer"]["picks"].as_array().unwrap();
    assert!(
        rows.iter()
            .all(|pick| pick["memoryBytes"]["high"].as_f64().unwrap() < 2.2e9)
    );
}

#[test]
fn bad_values_are_usage_errors_that_say_what_there_is() {
    let run = published();
    let run = run.to_str().unwrap();
    for (arguments, expected) in [
        (&["--profile", "chatt"][..], "live-updates"),
        (&["--size", "125"], "--connections"),
        (&[], "--profile"),
        (&["--profile", "chat", "--size", "large"], "16KiB"),
        (&["--profile", "chat", "--rate", "1/0"], "1/60"),
        (&["--profile", "chat", "--needs", "tsl"], "tls-built-in"),
        (&["--profile", "chat", "--runtime", "toko"], "tokio"),
        (&["--profile", "chat", "--connections", "0"], "10,000,000"),
        (&["--profile", "chat", "--push", "--echo"], "--echo"),
        (
            &["--profile", "chat", "--contender", "x"],
            "--contender means nothing",
        ),
        (&["--list-profiles", "--json"], "--list-profiles"),
    ] {
        let mut all = arguments.to_vec();
        if !arguments.contains(&"--list-profiles") {
            all.extend(["--results", run]);
        }
        let output = choose(&all);
        assert_exit(&output, 2);
        let said = text(&output.stderr);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    let output = choose(&["--profile", "chat", "--results", "/nonexistent"]);
    assert_exit(&output, 1);
    assert!(text(&output.stderr).contains("/nonexistent"));
}

/// A run whose folder stands alone has no facts: everything is unknown, and the
/// answer says so.
#[test]
fn a_run_without_facts_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    fs::create_dir(&run).unwrap();
    fs::copy(published().join("run.ndjson"), run.join("run.ndjson")).unwrap();
    let output = choose(&[
        "--profile",
        "api-gateway",
        "--results",
        run.to_str().unwrap(),
    ]);
    assert_exit(&output, 0);
    let said = text(&output.stdout);
    assert!(said.contains("there is no table of facts"), "{said}");
    assert!(said.contains("Nothing meets every need."), "{said}");
}
