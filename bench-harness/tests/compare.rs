//! `compare` on made-up runs, in folders and in git.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

#[path = "../../crates/report/tests/support/mod.rs"]
mod fake;
mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    sync::LazyLock,
};

use fake::{
    ndjson,
    pairs::{few_servers, seeded, some_scenarios, with_other_scenario, with_slower},
};
use report::Run;
use support::{
    assert_exit, harness,
    schemas::{assert_valid, schema},
};
use tempfile::TempDir;

fn run(seed: u64) -> Run {
    let scenarios = some_scenarios(&["echo-125b-binary", "echo-1k-text"]);
    seeded(seed, 6, &few_servers(), &scenarios)
}

fn write(folder: &Path, run: &Run) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("run.ndjson"), ndjson(run)).unwrap();
}

/// Folders with runs: `a` and `same` of one truth, `slower` with 20 % more in
/// one row, `host` of another machine, `scenario` with another definition.
static FOLDERS: LazyLock<TempDir> = LazyLock::new(|| {
    let root = tempfile::tempdir().unwrap();
    let slower = with_slower(&few_servers(), "fastwebsockets", 1.2);
    let scenarios = some_scenarios(&["echo-125b-binary", "echo-1k-text"]);
    let mut host = run(3);
    host.header.host.cpu_model = "Other CPU".to_owned();
    for (name, run) in [
        ("a", run(1)),
        ("same", run(2)),
        ("slower", seeded(4, 6, &slower, &scenarios)),
        ("host", host),
        ("scenario", with_other_scenario(run(5))),
    ] {
        write(&root.path().join(name), &run);
    }
    root
});

fn compare(arguments: &[&str]) -> Output {
    let mut command = harness();
    command.current_dir(FOLDERS.path());
    command.arg("compare").args(arguments).output().unwrap()
}

/// What was printed, its line breaks undone.
fn printed(arguments: &[&str], code: i32) -> String {
    let output = compare(arguments);
    assert_exit(&output, code);
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains('\u{1b}'), "colour in a pipe: {text}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_same_truth_passes_every_gate() {
    let text = printed(&["a", "same", "--fail-on", "changed"], 0);
    assert!(text.contains("0 better, 0 worse"), "{text}");
    assert!(text.contains("Gate passed"), "{text}");
    assert!(text.contains("could not be told"), "{text}");
}

#[test]
fn a_slower_row_is_named_and_fails_the_gate() {
    let picked = ["--scenario", "echo-125b-binary", "--fail-on"];
    let gate = |a, b, what| printed(&[&[a, b][..], &picked, &[what]].concat(), 3);
    let text = gate("a", "slower", "regressed");
    assert!(
        text.contains("- worse: fastwebsockets in echo-125b-binary, CPU per message"),
        "{text}"
    );
    assert!(text.contains("0 better, 2 worse"), "{text}");
    assert!(text.contains("Gate failed: 2 such"), "{text}");
    // Faster is a change, but no regression; and no gate, no code.
    let faster = [&["slower", "a"][..], &picked, &["regressed"]].concat();
    assert!(printed(&faster, 0).contains("2 better, 0 worse"));
    gate("slower", "a", "changed");
    printed(&["a", "slower"], 0);
    // Nobody else is worse.
    let others = [
        "a",
        "slower",
        "--contender",
        "tokio-tungstenite,handwritten",
    ];
    let text = printed(&[&others[..], &["--fail-on", "changed"]].concat(), 0);
    assert!(!text.contains("fastwebsockets"), "{text}");
    let tuned = ["a", "slower", "--variant", "tuned", "--fail-on", "changed"];
    printed(&tuned, 0);
}

#[test]
fn another_host_is_a_caution() {
    let text = printed(&["a", "host", "--fail-on", "changed"], 0);
    let caution = "caution: another host: processor Example CPU 9000 in A, Other CPU in B";
    assert!(text.contains(caution), "{text}");
    assert!(text.contains("nothing may be concluded from it"), "{text}");
}

#[test]
fn another_scenario_is_left_out_and_alone_it_is_an_error() {
    let text = printed(&["a", "scenario"], 0);
    let refused = "refused: echo-125b-binary is another scenario under the same name";
    assert!(text.contains(refused), "{text}");
    assert!(text.contains("echo-1k-text: CPU per message"), "{text}");
    assert!(!text.contains("echo-125b-binary: CPU"), "{text}");
    for gate in [&[][..], &["--fail-on", "regressed"]] {
        let alone = ["a", "scenario", "--scenario", "echo-125b-binary"];
        let text = printed(&[&alone[..], gate].concat(), 1);
        assert!(
            text.contains("nothing in these runs may be compared"),
            "{text}"
        );
        assert!(text.contains("another scenario"), "{text}");
    }
}

#[test]
fn what_is_not_there_is_named() {
    let text = printed(&["a", "nonesuch"], 1);
    assert!(
        text.contains("nonesuch is neither a result folder"),
        "{text}"
    );
    fs::create_dir_all(FOLDERS.path().join("empty")).unwrap();
    let text = printed(&["empty", "a"], 1);
    assert!(text.contains("empty holds no run.ndjson"), "{text}");
    let text = printed(&["a", "same", "--contender", "nonesuch"], 2);
    assert!(text.contains("fastwebsockets"), "{text}");
    let text = printed(&["a", "same", "--scenario", "nonesuch"], 2);
    assert!(text.contains("echo-1k-text"), "{text}");
}

#[test]
fn json_is_the_comparison() {
    let output = compare(&["a/run.ndjson", "slower", "--json", "--fail-on", "regressed"]);
    assert_exit(&output, 3);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_valid(&schema("comparison.v1.schema.json"), &json, "a and slower");
    assert_eq!(json["comparison_version"], 1);
    assert_eq!(json["before"]["source"], "a");
    assert!(json["tally"]["worse"].as_u64().unwrap() >= 2);
}

fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(["-c", "user.name=test", "-c", "user.email=test@localhost"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(status.success(), "git {arguments:?}");
}

#[test]
fn runs_are_read_from_commits_without_touching_the_work_tree() {
    let repository = tempfile::tempdir().unwrap();
    let root = repository.path();
    git(root, &["init", "--quiet"]);
    fs::write(root.join("README.md"), "nothing yet").unwrap();
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "--message", "without results"]);
    write(&root.join("results/2026-11-19-host"), &run(1));
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "--message", "one run"]);
    let mut newer = run(2);
    newer.header.started_at_unix_ns += 1;
    newer.header.started_at = "2026-11-21T00:00:00Z".to_owned();
    write(&root.join("results/2026-11-18-named-against-time"), &newer);
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "--message", "two runs"]);
    fs::remove_dir_all(root.join("results")).unwrap();

    let printed = |arguments: &[&str], code| {
        let mut command = harness();
        command.current_dir(root).arg("compare").args(arguments);
        let output = command.output().unwrap();
        assert_exit(&output, code);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let text = printed(&["HEAD~1", "HEAD"], 0);
    assert!(text.contains(":results/2026-11-19-host"), "{text}");
    assert!(
        text.contains(":results/2026-11-18-named-against-time"),
        "{text}"
    );
    let text = printed(&["HEAD:results/2026-11-19-host/", "HEAD"], 0);
    assert!(text.contains(":results/2026-11-19-host"), "{text}");
    assert!(!root.join("results").exists(), "the work tree was touched");

    let text = printed(&["HEAD~2", "HEAD"], 1);
    assert!(
        text.contains("HEAD~2 holds no results/*/run.ndjson"),
        "{text}"
    );
    let text = printed(&["HEAD:results/other", "HEAD"], 1);
    assert!(text.contains("results/2026-11-19-host"), "{text}");
    let text = printed(&["nonesuch", "HEAD"], 1);
    assert!(
        text.contains("git knows no revision \"nonesuch\""),
        "{text}"
    );
}
