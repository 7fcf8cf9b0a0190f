//! `report` on made-up runs whose folders stand beside each other.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

#[path = "../../crates/report/tests/support/mod.rs"]
mod fake;
mod support;

use std::{fs, path::Path};

use fake::{
    ndjson,
    pairs::{few_servers, seeded, some_scenarios, with_slower, with_version},
};
use record::{
    AdmissionReport, AdmissionRule, EffortLevel, EntryKey, Received, Role, RuleOutcome, Sent,
    Variant,
};
use report::Run;
use support::{assert_exit, harness};

fn run(seed: u64) -> Run {
    let scenarios = some_scenarios(&["echo-125b-binary", "echo-1k-text"]);
    seeded(seed, 6, &few_servers(), &scenarios)
}

/// A run that began earlier by this much, with a slower fastwebsockets of
/// another version.
fn earlier(by_ns: u64) -> Run {
    let scenarios = some_scenarios(&["echo-125b-binary", "echo-1k-text"]);
    let servers = with_slower(&few_servers(), "fastwebsockets", 1.2);
    let run = seeded(by_ns, 6, &servers, &scenarios);
    let mut run = with_version(run, "fastwebsockets", "0.9.0");
    run.header.started_at_unix_ns -= by_ns;
    run
}

fn write(folder: &Path, run: &Run) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("run.ndjson"), ndjson(run)).unwrap();
}

/// What is printed in that many columns.
fn report(folder: &Path, columns: usize) -> String {
    let mut command = harness();
    command.arg("report").arg(folder);
    let output = command
        .env("COLUMNS", columns.to_string())
        .output()
        .unwrap();
    assert_exit(&output, 0);
    String::from_utf8(output.stdout).unwrap()
}

/// The section about earlier runs.
fn history(folder: &Path) -> String {
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    let (_, rest) = page.split_once("<section id=\"history\"").unwrap();
    rest.split_once("</section>").unwrap().0.to_owned()
}

#[test]
fn earlier_runs_are_held_against_it_and_damaged_ones_named() {
    let results = tempfile::tempdir().unwrap();
    let folder = |name: &str| results.path().join(name);
    let now = folder("now");
    write(&now, &run(1));
    report(&now, 100);
    assert!(history(&now).contains("No earlier run"));

    write(&folder("then"), &earlier(5));
    let mut later = earlier(4);
    later.header.started_at_unix_ns += 9;
    write(&folder("later"), &later);
    let mut quick = earlier(3);
    quick.header.plan.effort.level = EffortLevel::Quick;
    write(&folder("quick"), &quick);
    fs::create_dir(folder("torn")).unwrap();
    fs::write(folder("torn").join("run.ndjson"), "no run\n").unwrap();
    let mut newer = ndjson(&earlier(2));
    newer = newer.replace("\"schema_version\":1", "\"schema_version\":99");
    fs::create_dir(folder("newer")).unwrap();
    fs::write(folder("newer").join("run.ndjson"), newer).unwrap();

    report(&now, 100);
    let text = history(&now);
    for words in [
        "../then/README.md",
        "0.9.0 → 0.10.0",
        "<td class=\"l\">better</td>",
        "<code>torn</code>",
        "not the header of a run",
        "<code>newer</code>",
        "schema version 99",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    for words in ["later", "quick<", ">quick"] {
        assert!(!text.contains(words), "{words} is in\n{text}");
    }
}

#[test]
fn the_terminal_is_as_wide_as_columns_says_and_plain_in_a_pipe() {
    let results = tempfile::tempdir().unwrap();
    let folder = results.path().join("run");
    write(&folder, &run(1));
    let mut widest = Vec::new();
    for columns in [80, 200] {
        let text = report(&folder, columns);
        assert!(!text.contains('\u{1b}'), "{text}");
        // A path is never cut.
        let lines = text.lines().filter(|line| !line.contains("run.ndjson"));
        let width = lines.map(|line| line.chars().count()).max().unwrap();
        assert!(width <= columns, "{width} of {columns}:\n{text}");
        widest.push(width);
    }
    assert!(widest[0] < widest[1], "{widest:?}");
}

/// The checkout has other versions than a made-up run.
#[test]
fn what_is_older_than_the_checkout_is_named() {
    let results = tempfile::tempdir().unwrap();
    let folder = results.path().join("run");
    write(&folder, &with_version(run(1), "fastwebsockets", "0.0.9"));
    let text = report(&folder, 1_000);
    let (_, rest) = text.split_once("Older than this checkout: ").unwrap();
    assert!(rest.contains("fastwebsockets 0.0.9 was measured, Cargo.lock has "));
}

#[test]
fn the_admission_reports_beside_a_run_are_read() {
    let results = tempfile::tempdir().unwrap();
    let now = results.path().join("now");
    write(&now, &run(1));
    let admission = results.path().join("admission");
    fs::create_dir(&admission).unwrap();
    let path = admission.join("fastwebsockets.default.json");
    let report_of = |outcome: RuleOutcome| {
        let entry = EntryKey {
            contender: "fastwebsockets".to_owned(),
            variant: Variant::Default,
            role: Role::Contender,
        };
        let mut report =
            AdmissionReport::new(entry, String::new(), "0.10.0".to_owned(), String::new());
        report.push(AdmissionRule::Close, outcome);
        serde_json::to_string(&report).unwrap()
    };
    fs::write(&path, report_of(RuleOutcome::Passed { fact: None })).unwrap();
    assert!(!report(&now, 100).contains("not admitted"));

    let failed = RuleOutcome::Failed {
        sent: Sent::Close { code: Some(1000) },
        received: Received::Ended,
        section: None,
    };
    fs::write(&path, report_of(failed)).unwrap();
    let text = report(&now, 100);
    assert!(text.contains("fastwebsockets (not admitted)"), "{text}");

    fs::write(&path, "{\"schema_version\": 0}").unwrap();
    let output = harness().arg("report").arg(&now).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    for words in ["fastwebsockets.default.json", "version 0", "check --save"] {
        assert!(error.contains(words), "{words}: {error}");
    }
}
