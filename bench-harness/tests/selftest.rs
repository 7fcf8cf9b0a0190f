//! The selftest itself: it holds where the truth is what it expects, and it
//! fails, by name, where it is not.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use support::{
    assert_exit, harness, is_alive, known_server, load_generator,
    schemas::{assert_refuses, assert_text_valid, root, schema},
};

/// `selftest` with programs of this test's profile.
fn selftest(server: &Path, claims: &str) -> Command {
    let mut command = harness();
    command
        .args(["selftest", "--seed", "7", "--claim", claims])
        .arg("--known-server")
        .arg(server)
        .arg("--load-generator")
        .arg(load_generator());
    command
}

/// A program in the place of the known server: `script` may change `$@` before
/// the known server gets it.
fn impostor(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("impostor");
    let server = known_server();
    fs::write(
        &path,
        format!("#!/bin/sh\n{script}\nexec '{server}' \"$@\"\n"),
    )
    .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn verdicts(output: &Output) -> Vec<Value> {
    let printed = std::str::from_utf8(&output.stdout).unwrap();
    assert_text_valid(&schema("selftest.v1.schema.json"), printed, "--json");
    let proof: Value = serde_json::from_str(printed).unwrap();
    proof["verdicts"].as_array().unwrap().clone()
}

/// Subjects of the verdicts with this outcome.
fn subjects(verdicts: &[Value], outcome: &str) -> Vec<String> {
    verdicts
        .iter()
        .filter(|verdict| verdict["outcome"] == outcome)
        .map(|verdict| verdict["subject"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn faults_and_allocations_are_what_they_are() {
    let temporary = tempfile::tempdir().unwrap();
    let (records, file) = (
        temporary.path().join("records"),
        temporary.path().join("proof.ndjson"),
    );
    let output = selftest(Path::new(known_server()), "faults,allocations")
        .arg("--json")
        .arg("--keep")
        .arg(&records)
        .arg("--output")
        .arg(&file)
        .output()
        .unwrap();
    assert_exit(&output, 0);
    let verdicts = verdicts(&output);
    let held = subjects(&verdicts, "held");
    assert_eq!(held.len(), verdicts.len());
    for subject in [
        "reorder",
        "hang",
        "exit-at-once",
        "fragment",
        "allocates-17",
    ] {
        assert!(held.iter().any(|it| it == subject), "{subject}: {held:?}");
    }
    assert_eq!(fs::read(&file).unwrap(), output.stdout);
    for experiment in ["faults-in-trial", "faults-in-check", "allocations"] {
        assert!(records.join(experiment).join("run.ndjson").is_file());
    }

    let table = tabulate(&file);
    assert_exit(&table, 0);
    assert!(String::from_utf8_lossy(&table.stdout).contains("--seed 7"));
}

/// The server has no fault where one is expected, and one allocation more.
#[test]
fn a_truth_that_is_broken_does_not_hold() {
    let temporary = tempfile::tempdir().unwrap();
    let more = "for word; do shift
        case $previous in --fault) word=none ;; --allocate) word=$((word + 1)) ;; esac
        previous=$word
        set -- \"$@\" \"$word\"
        done";
    let server = impostor(temporary.path(), more);
    let output = selftest(&server, "faults,allocations")
        .arg("--json")
        .output()
        .unwrap();
    assert_exit(&output, 1);
    let verdicts = verdicts(&output);
    // Nothing is wrong with a server that is to have no fault.
    let held = subjects(&verdicts, "held");
    assert!(held.iter().all(|it| it == "plain"), "{held:?}");
    let not_held = subjects(&verdicts, "not-held");
    for subject in ["corrupt-byte", "drop", "never-ready", "ping", "allocates-0"] {
        assert!(not_held.iter().any(|it| it == subject), "{subject}");
    }

    let output = selftest(&server, "allocations").output().unwrap();
    assert_exit(&output, 1);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for words in [
        "NOT HELD",
        "exactly 2 of 80 bytes together",
        "allocations, allocates-1: this is a bug of the tool",
        "The records are in ",
    ] {
        assert!(text.contains(words), "{words} is missing: {text}");
    }
    let kept = text
        .lines()
        .find_map(|line| line.strip_prefix("The records are in ")?.strip_suffix('.'));
    let kept = Path::new(kept.unwrap());
    assert!(kept.join("allocations").join("run.ndjson").is_file());
    fs::remove_dir_all(kept).unwrap();
}

#[test]
fn an_interrupt_ends_it_in_order_and_leaves_no_server() {
    let temporary = tempfile::tempdir().unwrap();
    // Means nothing to a server that doesn't stall; it is there to be found.
    let server = impostor(temporary.path(), "set -- \"$@\" --stall-ms 7101");
    let records = temporary.path().join("records");
    let mut child = selftest(&server, "faults,allocations")
        .arg("--keep")
        .arg(&records)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let file = records.join("faults-in-trial").join("run.ndjson");
    while !fs::read_to_string(&file).is_ok_and(|text| text.contains("\"line\":\"trial\"")) {
        if let Some(status) = child.try_wait().unwrap() {
            panic!("it ended by itself: {status}");
        }
        thread::sleep(Duration::from_millis(5));
    }
    let pid = Pid::from_raw(child.id().try_into().unwrap());
    kill(pid, Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_exit(&output, 130);
    assert!(String::from_utf8_lossy(&output.stdout).contains("Interrupted"));
    assert!(!is_alive("7101"), "a server was left behind");
    // The run inside ended in order as well.
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.lines().last().unwrap().contains("\"line\":\"end\""));
}

/// Lines that this version printed, and versions before it.
#[test]
fn published_lines_are_what_the_schema_says_and_give_their_tables() {
    let of_line = schema("selftest.v1.schema.json");
    let mut files = 0;
    for entry in fs::read_dir(root().join("results/selftest")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "ndjson") {
            continue;
        }
        files += 1;
        let text = fs::read_to_string(&path).unwrap();
        for (index, line) in text.lines().enumerate() {
            let name = format!("{}, line {}", path.display(), index + 1);
            assert_text_valid(&of_line, line, &name);
        }
        let table = tabulate(&path);
        assert_exit(&table, 0);
        let published = fs::read_to_string(path.with_extension("md")).unwrap();
        assert_eq!(String::from_utf8(table.stdout).unwrap(), published);
    }
    assert!(files > 0, "nothing is published");
}

fn tabulate(lines: &Path) -> Output {
    let mut command = harness();
    command.args(["selftest", "--tabulate"]).arg(lines);
    command.output().unwrap()
}

/// A line of another version is refused by its number, and the schema lets
/// nothing pass that isn't one of this.
#[test]
fn what_is_no_line_of_this_version_is_refused() {
    let path = root().join("results/selftest/2026-12-01-vm.ndjson");
    let text = fs::read_to_string(path).unwrap();
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_refuses(
        &schema("selftest.v1.schema.json"),
        &line,
        &[
            ("/proof_version", json!(2)),
            ("/effort/blocks", json!("12")),
            ("/claims/0", json!("everything")),
            ("/verdicts/0/outcome", json!("perhaps")),
            ("/verdicts/0/expected/kind", json!("luck")),
            ("/verdicts/0/seen/ratio", Value::Null),
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("newer.ndjson");
    let newer = text.replacen("\"proof_version\":1", "\"proof_version\":2", 1);
    fs::write(&file, newer).unwrap();
    let output = tabulate(&file);
    assert_exit(&output, 1);
    let said = String::from_utf8(output.stderr).unwrap();
    for words in [file.to_str().unwrap(), "line 1", "version 2", "version 1"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn mistakes_are_named() {
    let run = |arguments: &[&str], code| {
        let output = harness().arg("selftest").args(arguments).output().unwrap();
        assert_exit(&output, code);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(run(&["--claim", "everything"], 2).contains("cpu-plus5"));
    assert!(run(&["--contender", "tungstenite"], 2).contains("--claim"));
    assert!(run(&["--output", "/nonexistent/file"], 1).contains("/nonexistent/file"));
    assert!(run(&["--tabulate", "/nonexistent/file"], 1).contains("/nonexistent/file"));
    let generator = load_generator().to_str().unwrap();
    let missing = ["--known-server", "/nonexistent/server"];
    let arguments = [&["--load-generator", generator], &missing[..]].concat();
    assert!(run(&arguments, 1).contains("/nonexistent/server"));
}

#[test]
fn an_estimate_is_a_number_of_seconds() {
    let seconds = |claim: &str| -> u64 {
        let output = harness()
            .args(["selftest", "--estimate", "--claim", claim])
            .output()
            .unwrap();
        assert_exit(&output, 0);
        String::from_utf8(output.stdout)
            .unwrap()
            .trim()
            .parse()
            .unwrap()
    };
    let one = seconds("cpu-plus5");
    assert!(one > 0);
    assert!(seconds("cpu-plus5,same-server") > one);
}
