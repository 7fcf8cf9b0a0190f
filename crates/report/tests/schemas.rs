//! The committed schemas describe what is published, and refuse what is wrong.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "support/schemas.rs"]
mod schemas;
mod support;

use std::fs;

use report::{Run, analyse, render_folder, schema_files};
use schemas::{assert_text_valid, errors, root, schema};
use serde_json::{Value, json};
use support::{flawed, ndjson, run_of};

fn assert_lines_valid(text: &str, name: &str) {
    let of_lines = schema("run.v1.schema.json");
    for (index, line) in text.lines().enumerate() {
        assert_text_valid(&of_lines, line, &format!("{name}, line {}", index + 1));
    }
}

fn findings_json(run: &Run) -> String {
    render_folder(&analyse(run))
        .expect("findings serialise")
        .into_iter()
        .find(|file| file.name == "findings.json")
        .expect("it is rendered")
        .text
}

#[test]
fn committed_schemas_are_those_of_the_types() {
    for file in schema_files().expect("schemas serialise") {
        let path = root().join("docs/schema").join(&file.name);
        assert!(
            fs::read_to_string(&path).ok().as_ref() == Some(&file.text),
            "{} is stale: run `bench-harness schema`",
            file.name
        );
    }
}

#[test]
fn published_runs_are_valid() {
    let mut runs = 0;
    for entry in fs::read_dir(root().join("results")).expect("there are results") {
        let folder = entry.expect("it can be read").path();
        let Ok(text) = fs::read_to_string(folder.join("run.ndjson")) else {
            continue;
        };
        runs += 1;
        let name = folder.display().to_string();
        assert_lines_valid(&text, &name);
        let findings = fs::read_to_string(folder.join("findings.json")).expect("it is there");
        assert_text_valid(&schema("findings.v2.schema.json"), &findings, &name);
    }
    assert!(runs > 0, "nothing is published");
}

#[test]
fn published_reports_are_valid() {
    for kind in ["admission", "conformance", "hazards"] {
        let of_report = schema(&format!("{kind}.v1.schema.json"));
        let mut reports = 0;
        for entry in fs::read_dir(root().join("results").join(kind)).expect("there are reports") {
            let path = entry.expect("it can be read").path();
            if path.extension().is_some_and(|it| it == "json") {
                reports += 1;
                let text = fs::read_to_string(&path).expect("it can be read");
                assert_text_valid(&of_report, &text, &path.display().to_string());
            }
        }
        assert!(reports > 0, "no {kind} is published");
    }
}

#[test]
fn made_up_runs_are_valid() {
    let small = |blocks| {
        run_of(
            blocks,
            &flawed::some_servers(),
            flawed::some_scenarios(),
            0.008,
        )
    };
    for (name, run) in [
        ("flawed", flawed::run()),
        ("quick", small(2)),
        ("thorough", small(12)),
    ] {
        assert_lines_valid(&ndjson(&run), name);
        assert_text_valid(
            &schema("findings.v2.schema.json"),
            &findings_json(&run),
            name,
        );
    }
}

/// A schema that takes anything proves nothing: each of these changes must be
/// seen.
#[test]
fn what_is_wrong_is_refused() {
    let run = run_of(2, &flawed::some_servers(), flawed::some_scenarios(), 0.008);
    let text = ndjson(&run);
    let line = |kind: &str| -> Value {
        text.lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("it is JSON"))
            .find(|line| line["line"] == kind)
            .expect("the kind is there")
    };
    let of_lines = schema("run.v1.schema.json");
    for (kind, pointer, wrong) in [
        ("header", "/schema_version", json!(2)),
        ("header", "/schema_version", json!("1")),
        ("header", "/line", json!("footer")),
        ("header", "/host/cpus", json!(-1)),
        ("header", "/contenders/0/facts/variants/default", json!(7)),
        ("header", "/contenders/0/build/outcome", json!("perhaps")),
        ("header", "/plan/scenarios/0/kind", json!("chat")),
        ("header", "/plan/entries/0/variant", json!("fast")),
        ("trial", "/block", json!(1.5)),
        ("trial", "/role", json!("winner")),
        ("trial", "/flaws", json!([{ "flaw": "boredom" }])),
        ("trial", "/flaws", json!([{ "flaw": "missing" }])),
        ("trial", "/measurement/measured", json!("nothing")),
        ("trial", "/measurement/load/response_time", json!([1, 2])),
        ("trial", "/measurement/load/completed", Value::Null),
        ("end", "/interrupted", json!("no")),
    ] {
        let mut changed = line(kind);
        assert_eq!(errors(&of_lines, &changed), [""; 0]);
        *changed.pointer_mut(pointer).expect("it is there") = wrong;
        assert!(
            !errors(&of_lines, &changed).is_empty(),
            "{kind} {pointer} {changed}"
        );
    }

    let mut unknown = line("header");
    unknown["contenders"][0]["facts"]["colour"] = json!("green");
    assert!(
        !errors(&of_lines, &unknown).is_empty(),
        "the code denies it"
    );
    let mut further = line("header");
    further["colour"] = json!("green");
    assert!(errors(&of_lines, &further).is_empty(), "the code allows it");

    let of_findings = schema("findings.v2.schema.json");
    let findings: Value = serde_json::from_str(&findings_json(&run)).expect("it is JSON");
    for (pointer, wrong) in [
        ("/findings_version", json!(1)),
        ("/run/state", json!("fine")),
        ("/cells/0/rows/0/status", json!("great")),
        ("/cells/0/metrics/0/metric", json!("charm")),
        ("/cells/0/metrics/0/rows/0/median", json!("1")),
        ("/entries/0/library", Value::Null),
    ] {
        let mut changed = findings.clone();
        *changed.pointer_mut(pointer).expect("it is there") = wrong;
        assert!(!errors(&of_findings, &changed).is_empty(), "{pointer}");
    }
}
