//! Exit codes and what is said without measuring anything.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use record::Plan;
use serde_json::{Value, json};
use support::{
    BESIDE, PATIENCE, assert_exit, harness,
    schemas::{assert_needs_every_field, assert_refuses, schema},
};

fn printed(arguments: &[&str], code: i32) -> String {
    let output = harness().args(arguments).output().unwrap();
    assert_exit(&output, code);
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn nothing_asked_is_help_and_usage() {
    // A variable counts as something asked.
    let output = harness().env_remove(BESIDE).output().unwrap();
    assert_exit(&output, 2);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("--all"), "{text}");
    assert!(text.contains("130  interrupted"), "{text}");
    assert!(printed(&["--help"], 0).contains("130  interrupted"));
    printed(&["--quick"], 2);
    printed(&["--all", "run"], 2);
    printed(&["--no-such-flag"], 2);
}

#[test]
fn unknown_names_are_usage_errors_that_say_what_there_is() {
    let text = printed(&["plan", "--contender", "nonesuch"], 2);
    assert!(text.contains("tokio-tungstenite"), "{text}");
    let text = printed(&["plan", "--scenario", "nonesuch"], 2);
    assert!(text.contains("handshakes"), "{text}");
    let text = printed(&["plan", "--reference", "raw-tcp"], 2);
    assert!(text.contains("baseline"), "{text}");
    let text = printed(&["plan", "--external", "tungstenite=x"], 2);
    assert!(text.contains("taken"), "{text}");
    let text = printed(&["plan", "--server-cpus", "60000"], 2);
    assert!(text.contains("--server-cpus"), "{text}");
    let external = ["plan", "--variant", "tuned", "--external", "mine=x"];
    let text = printed(&external, 2);
    assert!(text.contains("mine"), "{text}");
    let text = printed(&["plan", "--variant", "compressed"], 2);
    assert!(text.contains("conformance"), "{text}");
    let other = [
        "conformance",
        "--contender",
        "tungstenite",
        "--variant",
        "compressed",
    ];
    let text = printed(&other, 2);
    assert!(text.contains("default, tuned"), "{text}");
}

#[test]
fn a_flag_that_would_be_passed_over_is_refused() {
    for (arguments, flag) in [
        (&["facts", "--check", "--blocks", "3"][..], "--blocks"),
        (
            &["fairness", "--check", "--contender", "axum"],
            "--contender",
        ),
        (&["schema", "--check", "--quick"], "--quick"),
        (&["report", "--check", "--variant", "tuned"], "--variant"),
        (&["export", "--format", "csv", "--seed", "1"], "--seed"),
        (
            &["new", "mine", "--library", "tungstenite", "--quick"],
            "--quick",
        ),
        (&["conformance", "--thorough"], "--thorough"),
        (&["hazards", "--scenario", "handshakes"], "--scenario"),
    ] {
        let text = printed(arguments, 2);
        assert!(text.contains(&format!("{flag} means nothing")), "{text}");
    }
}

#[test]
fn groups_choose_what_takes_part() {
    let rows = |arguments: &[&str]| {
        let text = printed(&[&["plan"], arguments].concat(), 0);
        let line = text.lines().find(|line| line.starts_with("Rows: "));
        line.unwrap().to_owned()
    };
    let all = rows(&[]);
    for name in [
        "raw-tcp",
        "tungstenite",
        "gorilla-websocket",
        "gobwas-ws (tuned)",
    ] {
        assert!(all.contains(name), "{all}");
    }
    let go = rows(&["--group", "go"]);
    assert!(
        go.contains("coder-websocket") && go.contains("raw-tcp"),
        "{go}"
    );
    assert!(!go.contains("fastwebsockets"), "{go}");
    let core = rows(&["--group", "core", "--contender", "lxzan-gws"]);
    assert!(
        core.contains("fastwebsockets") && core.contains("lxzan-gws"),
        "{core}"
    );
    assert!(!core.contains("x-net-websocket"), "{core}");
    let baselines = rows(&["--group", "baselines"]);
    assert!(baselines.contains("handwritten"), "{baselines}");
    assert!(!baselines.contains("ws-tool"), "{baselines}");
    let text = printed(&["plan", "--group", "gone"], 2);
    assert!(text.contains("baselines"), "{text}");
    let text = printed(&["selftest", "--group", "go"], 2);
    assert!(text.contains("--group"), "{text}");
    let text = printed(&["compare", "a", "b", "--group", "go"], 2);
    assert!(text.contains("--group"), "{text}");
}

#[test]
fn what_is_given_takes_part_beside_what_is_named() {
    let text = printed(
        &["plan", "--contender", "tungstenite", "--external", "mine=x"],
        0,
    );
    let rows = text
        .lines()
        .find(|line| line.starts_with("Rows: "))
        .unwrap();
    assert!(rows.contains("mine"), "{rows}");
    assert!(rows.contains("tungstenite"), "{rows}");
    assert!(!rows.contains("fastwebsockets"), "{rows}");
}

#[test]
fn a_missing_load_generator_is_a_failure_of_the_tool() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("run");
    let output = output.to_str().unwrap();
    let text = printed(
        &[
            "run",
            "--load-generator",
            "/nonexistent/lg",
            "--output",
            output,
        ],
        1,
    );
    assert!(text.contains("/nonexistent/lg"), "{text}");
    assert!(!Path::new(output).exists(), "an empty folder stays");
}

#[test]
fn list_says_why_each_scenario_is_measured() {
    let text = printed(&["list"], 0);
    for word in [
        "tokio-tungstenite",
        "baseline",
        "reference",
        "fixed-rate-512b-text",
    ] {
        assert!(text.contains(word), "{word} is missing: {text}");
    }
}

#[test]
fn a_plan_is_printed_as_the_record_s_type_and_by_its_seed_alone() {
    let of_plan = schema("plan.v1.schema.json");
    let plan = |seed: &str| -> Plan {
        let output = harness()
            .args(["plan", "--json", "--seed", seed])
            .output()
            .unwrap();
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_needs_every_field(&of_plan, &printed);
        assert_refuses(
            &of_plan,
            &printed,
            &[
                ("/schema_version", json!(2)),
                ("/effort/level", json!("great")),
                ("/effort/window_ns", json!(-1)),
                ("/scenarios/0/kind", json!("chat")),
                ("/entries/0/role", json!("winner")),
                ("/trials/0/cell", Value::Null),
            ],
        );
        serde_json::from_value(printed).unwrap()
    };
    let one = plan("11");
    assert_eq!(one, plan("11"));
    assert_ne!(one.trials, plan("12").trials);
    assert!(one.reference().is_some());
    assert!(one.effort.blocks >= 6);
}

/// A cargo that says that it was called, and then does nothing.
fn stuck_cargo(folder: &Path) -> (PathBuf, PathBuf) {
    let (program, called) = (folder.join("cargo"), folder.join("called"));
    let script = format!(
        "#!/bin/sh\necho $$ > '{}'\nexec sleep 1000\n",
        called.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    (program, called)
}

#[test]
fn the_first_signal_ends_what_waits_for_cargo() {
    for arguments in [
        &["list"][..],
        &["plan"],
        &["report"],
        &["build"],
        &["--all"],
    ] {
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            let folder = tempfile::tempdir().unwrap();
            let (program, called) = stuck_cargo(folder.path());
            let mut run = harness()
                .args(arguments)
                .env("CARGO", program)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let start = Instant::now();
            let cargo: i32 = loop {
                let text = fs::read_to_string(&called).unwrap_or_default();
                if let Some(pid) = text.strip_suffix('\n') {
                    break pid.parse().unwrap();
                }
                assert!(start.elapsed() < PATIENCE, "{arguments:?}");
                thread::sleep(Duration::from_millis(1));
            };
            kill(Pid::from_raw(run.id().try_into().unwrap()), signal).unwrap();
            let status = loop {
                if let Some(status) = run.try_wait().unwrap() {
                    break status;
                }
                if start.elapsed() > PATIENCE {
                    run.kill().unwrap();
                }
                thread::sleep(Duration::from_millis(1));
            };
            // Those that end at once leave theirs to end by itself.
            let _ = kill(Pid::from_raw(cargo), Signal::SIGKILL);
            assert_eq!(status.code(), Some(130), "{arguments:?}, {signal}");
        }
    }
}
