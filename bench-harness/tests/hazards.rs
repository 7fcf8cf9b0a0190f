//! `hazards`, against servers in this process and a given one.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::fs;

use support::{
    answering, assert_exit, external, harness,
    schemas::{assert_valid, schema},
};

#[test]
fn what_can_not_be_tested_is_a_usage_error_or_says_why() {
    for (arguments, code, words) in [
        (&["--url", "http://a/"][..], 2, "ws://127.0.0.1:9001/"),
        (&["--url", "wss://127.0.0.1/"], 2, "TLS"),
        (&["--url", "ws://192.0.2.1:9/"], 2, "not this machine"),
        (&["--url", "ws://127.0.0.1:9/", "--probes", "X"], 2, "X"),
        (
            &["--url", "ws://127.0.0.1:9/", "--contender", "x"],
            2,
            "--contender",
        ),
        (&["--pid", "1"], 2, "--url"),
        (&["--url", "ws://127.0.0.1:1/"], 1, "is the server running?"),
        (
            &["--url", "ws://127.0.0.1:1/", "--blocks", "7"],
            2,
            "--blocks",
        ),
        (&["--message-limit", "5000"], 2, "--url"),
    ] {
        let output = harness().arg("hazards").args(arguments).output().unwrap();
        assert_exit(&output, code);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_server_that_serves_nobody_is_incomplete() {
    let url = answering(b"HTTP/1.1 403 Go away\r\n\r\n");
    let output = harness()
        .args(["hazards", "--url", &url, "--probes", "F10"])
        .output()
        .unwrap();
    assert_exit(&output, 4);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("nothing was echoed"), "{said}");
}

#[test]
fn a_given_server_is_started_watched_and_graded() {
    let folder = tempfile::tempdir().unwrap();
    let output = harness()
        .args(["hazards", "--no-baselines", "--contender", "known"])
        .args(external("known", ""))
        .args(["--probes", "F10,R15", "--json", "--output"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_exit(&output, 0);
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let of_report = schema("hazards.v1.schema.json");
    for report in printed.as_array().unwrap() {
        assert_valid(&of_report, report, "known");
    }
    let probes = printed[0]["probes"].as_array().unwrap();
    assert_eq!(probes.len(), 2);
    for probe in probes {
        assert!(
            probe["cost"]["rss_before_bytes"].as_u64().unwrap() > 0,
            "{probe}"
        );
        assert!(probe["innocent"]["echoes"].as_u64().unwrap() > 0, "{probe}");
        assert_ne!(probe["grade"], "fail", "{probe}");
    }
    let page = fs::read_to_string(folder.path().join("hazards.md")).unwrap();
    assert!(page.contains("[known](known.md)"), "{page}");
    for name in ["known.json", "known.md"] {
        assert!(folder.path().join(name).exists(), "{name}");
    }
}
