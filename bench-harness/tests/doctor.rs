//! `doctor` on this machine, whatever it is.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use serde_json::{Value, json};
use support::{
    harness,
    schemas::{assert_needs_every_field, assert_refuses, schema},
};

#[test]
fn the_exit_code_follows_the_findings() {
    let output = harness().args(["doctor", "--json"]).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of_doctor = schema("doctor.v1.schema.json");
    assert_needs_every_field(&of_doctor, &json);
    assert_refuses(
        &of_doctor,
        &json,
        &[
            ("/doctor_version", json!(2)),
            ("/facts/online_cpus", json!(-1)),
            ("/facts/needs/handshakes", Value::Null),
            ("/findings/0/severity", json!("dreadful")),
            ("/findings/0/seen", json!(7)),
        ],
    );
    let findings = json["findings"].as_array().unwrap();
    let subjects: Vec<&str> = findings
        .iter()
        .map(|finding| finding["subject"].as_str().unwrap())
        .collect();
    for subject in ["placement", "congestion control", "kernel", "strace"] {
        assert!(subjects.contains(&subject), "{subject}: {subjects:?}");
    }
    let blocked = findings.iter().any(|it| it["severity"] == "blocking");
    assert_eq!(output.status.code(), Some(i32::from(blocked)));
    // The built-in scenarios open that many.
    assert_eq!(json["facts"]["needs"]["connections"], 10_000);
}

#[test]
fn the_report_fits_80_columns_and_has_no_colour_in_a_pipe() {
    let output = harness().arg("doctor").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("congestion control"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() < 80, "{line}");
    }
}
