//! `conformance --url`, against servers in this process.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::{fs, process::Output};

use support::{
    answering,
    schemas::{assert_valid, schema},
    text,
};

fn harness(arguments: &[&str]) -> Output {
    support::harness()
        .arg("conformance")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn what_can_not_be_tested_is_a_usage_error_or_says_why() {
    for (arguments, code, words) in [
        (&["--url", "http://a/"][..], 2, "ws://127.0.0.1:9001/"),
        (&["--url", "wss://a/"], 2, "TLS"),
        (&["--url", "ws://192.0.2.1:9/"], 1, "--allow-remote"),
        (&["--url", "ws://127.0.0.1:9/", "--cases", "8.*"], 2, "8.*"),
        (
            &["--url", "ws://127.0.0.1:9/", "--contender", "x"],
            2,
            "--contender",
        ),
        (&["--allow-remote"], 2, "--url"),
        (&["--url", "ws://127.0.0.1:1/"], 1, "is the server running?"),
        (&["--url", "ws://127.0.0.1:1/", "--quick"], 2, "--quick"),
    ] {
        let output = harness(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let said = text(&output.stderr);
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_server_that_refuses_fails_and_is_told_why() {
    let url = answering(b"HTTP/1.1 403 Go away\r\n\r\n");
    let flags = ["--url", &url, "--cases", "1.1.1,7.7.1"];
    let output = harness(&flags);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stdout);
    for words in ["0/2", "1.1.1: FAILED, closing FAILED", "403"] {
        assert!(said.contains(words), "{said}");
    }
    let gate = harness(&[&flags[..], &["--fail"]].concat());
    assert_eq!(gate.status.code(), Some(3));
}

#[test]
fn reports_are_written_where_the_command_line_says() {
    let url = answering(b"HTTP/1.1 500 Oh\r\n\r\n");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let output = harness(&["--url", &url, "--cases", "10.*", "--json", "--output", path]);
    assert_eq!(output.status.code(), Some(0));
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let of_report = schema("conformance.v1.schema.json");
    for report in printed.as_array().unwrap() {
        assert_valid(&of_report, report, &url);
    }
    assert_eq!(printed[0]["cases"][0]["id"], "10.1.1");
    let names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 4, "{names:?}");
    let page = fs::read_to_string(folder.path().join("conformance.md")).unwrap();
    assert!(page.contains(&url), "{page}");
    let stem = names.iter().find(|name| name.ends_with(".json")).unwrap();
    let page = fs::read_to_string(folder.path().join(stem.replace(".json", ".md"))).unwrap();
    assert!(page.contains(&url) && page.contains("500"), "{page}");
}

/// The same server as the suite saw it: one verdict is another.
#[test]
fn the_suites_own_verdicts_are_held_against_ours() {
    let url = answering(b"HTTP/1.1 403 Go away\r\n\r\n");
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index.json");
    let verdicts = r#"{"server": {
        "1.1.1": {"behavior": "FAILED", "behaviorClose": "FAILED", "duration": 1},
        "7.7.1": {"behavior": "OK", "behaviorClose": "OK", "duration": 1}}}"#;
    fs::write(&index, verdicts).unwrap();
    let path = index.to_str().unwrap();
    let flags = ["--url", &url, "--cases", "1.1.1,7.7.1", "--against", path];
    let output = harness(&flags);
    let said = text(&output.stdout);
    for words in [
        "1 cases have the same verdicts",
        "7.7.1: here FAILED / FAILED, there OK / OK",
    ] {
        assert!(said.contains(words), "{said}");
    }
    let gate = harness(&[&flags[..], &["--fail"]].concat());
    assert_eq!(gate.status.code(), Some(3));
    fs::write(&index, "[]").unwrap();
    let broken = harness(&flags);
    assert_eq!(broken.status.code(), Some(1));
    assert!(text(&broken.stderr).contains("index.json"));
}
