//! What the programs print and write is what docs/schema/ says.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{fs, path::Path, process::Command};

use record::{Extent, Load, MessageKind, MessageShape, Protocol, Workload};
use serde_json::Value;
use support::{
    Program, assert_exit, echo_scenario, external, harness, known_server, load_generator,
    schemas::{assert_valid, schema},
};

#[test]
fn committed_schemas_are_those_of_the_types() {
    let output = harness().args(["schema", "--check"]).output().unwrap();
    assert_exit(&output, 0);
}

#[test]
fn a_stale_schema_is_named_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let schema = |check: &[&str]| {
        let mut command = harness();
        command.arg("schema").args(check).arg(folder.path());
        command.output().unwrap()
    };
    let output = schema(&["--check"]);
    assert_exit(&output, 1);
    assert_exit(&schema(&[]), 0);
    assert_exit(&schema(&["--check"]), 0);
    let stale = folder.path().join("run.v1.schema.json");
    let mended = fs::read_to_string(&stale).unwrap();
    fs::write(&stale, "{}").unwrap();
    let output = schema(&["--check"]);
    assert_exit(&output, 1);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("run.v1.schema.json"), "{said}");
    assert!(!said.contains("findings.v2.schema.json"), "{said}");
    assert_exit(&schema(&[]), 0);
    assert_eq!(fs::read_to_string(&stale).unwrap(), mended);
}

/// A whole small run, with a server that lies in the middle of it: every kind
/// of cell, valid trials and flawed ones.
#[test]
fn a_real_run_is_what_its_schemas_say() {
    let folder = tempfile::tempdir().unwrap();
    let scenarios = folder.path().join("scenarios");
    echo_scenario(&scenarios, "echo", 4, 2);
    for (name, kind) in [
        (
            "ladder",
            "kind = \"rate-ladder\"\nconnections = 4\n\
             message = { kind = \"text-ascii\", size_bytes = 64 }\n\
             rungs = [{ name = \"25\", fraction_of_slowest = 0.25 }]\n",
        ),
        ("opening", "kind = \"handshakes\"\nconcurrency = 2\n"),
        ("idle", "kind = \"idle\"\nlevels = [4]\n"),
        (
            "counts",
            "kind = \"allocations-per-message\"\nsizes_bytes = [125]\nmessages = 16\nkeep = 0\n",
        ),
    ] {
        let text = format!("name = \"{name}\"\ntitle = \"T\"\nwhy = \"W.\"\norder = 2\n{kind}");
        fs::write(scenarios.join(format!("{name}.toml")), text).unwrap();
    }
    let run = folder.path().join("run");
    let output = support::run_command(&run, &scenarios, &["good", "liar"], 2)
        .args(external("good", "--fault none"))
        .args(external(
            "liar",
            "--fault corrupt-byte --after 400 --every 7",
        ))
        .output()
        .unwrap();
    assert_exit(&output, 4);

    let text = fs::read_to_string(run.join("run.ndjson")).unwrap();
    let of_lines = schema("run.v1.schema.json");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for line in &lines {
        assert_valid(&of_lines, line, "run.ndjson");
    }
    assert_eq!(lines.first().unwrap()["line"], "header");
    assert_eq!(lines.last().unwrap()["line"], "end");
    for kind in ["echo", "handshakes", "idle", "allocations"] {
        let measured = |line: &&Value| line["measurement"]["measured"] == kind;
        assert!(lines.iter().any(|it| measured(&it)), "no {kind}");
    }
    assert!(text.contains("\"flaw\":\"corrupted\""), "nobody lied");

    let findings = fs::read_to_string(run.join("findings.json")).unwrap();
    let findings = serde_json::from_str(&findings).unwrap();
    assert_valid(
        &schema("findings.v2.schema.json"),
        &findings,
        "findings.json",
    );

    a_file_of_another_version_is_refused_by_name(&run, &text);
}

/// Every verb that reads a run names the file, the version that it has and
/// those that are read.
fn a_file_of_another_version_is_refused_by_name(run: &Path, text: &str) {
    let path = run.join("run.ndjson");
    for version in ["0", "2"] {
        let other = text.replacen(
            "\"schema_version\":1",
            &format!("\"schema_version\":{version}"),
            1,
        );
        assert_ne!(other, text);
        fs::write(&path, other).unwrap();
        for verb in ["report", "resume"] {
            let output = harness().arg(verb).arg(run).output().unwrap();
            assert_exit(&output, 1);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            for words in [
                path.to_str().unwrap(),
                &format!("schema version {version}"),
                "versions 1 to 1",
            ] {
                assert!(said.contains(words), "{verb}: {said}");
            }
        }
    }
}

#[test]
fn control_lines_are_what_their_schemas_say() {
    let of_contender = schema("contender.v1.schema.json");
    let of_generator = schema("generator.v1.schema.json");
    let of_workload = schema("workload.v1.schema.json");
    let mut server = Program::start(&mut Command::new(known_server()));
    let ready = server.line::<Value>();
    assert_eq!(ready["event"], "ready");
    assert_valid(&of_contender, &ready, "ready");
    for (command, event) in [
        ("count on", "counting"),
        ("stats", "stats"),
        ("count off", "counting"),
        ("nonsense", "error"),
    ] {
        let answer = server.ask::<Value>(command);
        assert_eq!(answer["event"], event);
        assert_valid(&of_contender, &answer, command);
    }

    let workload = Workload {
        url: format!("ws://{}/", ready["address"].as_str().unwrap()),
        protocol: Protocol::Websocket,
        connections: 2,
        threads: 1,
        load: Load::Closed { in_flight: 1 },
        message: MessageShape {
            kind: MessageKind::Binary,
            size_bytes: 16,
        },
        stagger_bytes: 0,
        warm_up: Extent::Count(4),
        lead_in: Extent::default(),
        window: Extent::Count(20),
        grace_ns: 10_000_000_000,
        connect_timeout_ns: 10_000_000_000,
        seed: 7,
        observe_pid: None,
    };
    let workload = serde_json::to_value(&workload).unwrap();
    assert_valid(&of_workload, &workload, "connect");
    let mut generator = Program::start(Command::new(load_generator()).arg("--control"));
    for (command, event) in [
        (format!("connect {workload}"), "ready"),
        ("go 0".to_owned(), "result"),
        ("disconnect".to_owned(), "disconnected"),
        ("nonsense".to_owned(), "fault"),
    ] {
        let answer = generator.ask::<Value>(&command);
        assert_eq!(answer["event"], event, "{answer}");
        assert_valid(&of_generator, &answer, &command);
    }
}
