//! `export` on the published run: what goes where, and exit codes.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{fs, path::Path, process::Output};

use serde_json::Value;
use support::{assert_exit, harness, published, text};

fn export(arguments: &[&str], folder: &Path) -> Output {
    let mut command = harness();
    command.arg("export").args(arguments).arg(folder);
    command.output().unwrap()
}

#[test]
fn one_file_goes_to_standard_output_or_to_a_file() {
    let run = published();
    let output = export(&["--format", "bmf"], &run);
    assert_exit(&output, 0);
    let bmf: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(bmf["echo-125b-binary/tungstenite/default"]["cpu-per-message"]["value"].is_number());
    // Nothing is left out without a word.
    let said = text(&output.stderr);
    let lines = said.lines().count();
    assert!(
        said.is_empty() || said.starts_with(&format!("left out ({}):\n", lines - 1)),
        "{said}"
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/rates.json");
    let to = path.to_str().unwrap();
    let arguments = [
        "--format",
        "github-action-benchmark",
        "--bigger-is-better",
        "--output",
        to,
    ];
    let output = export(&arguments, &run);
    assert_exit(&output, 0);
    assert!(text(&output.stdout).contains(to));
    let rates: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(rates.as_array().unwrap().iter().all(|rate| {
        let unit = rate["unit"].as_str().unwrap();
        unit == "messages/s" || unit == "handshakes/s"
    }));
}

#[test]
fn many_files_go_to_a_folder() {
    let run = published();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    assert_exit(&export(&["--format", "csv", "--output", to], &run), 0);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let committed = run.join(path.file_name().unwrap());
        let is_same = fs::read(&path).unwrap() == fs::read(committed).unwrap();
        assert!(is_same, "{} is not what is committed", path.display());
    }
    // Codec cost stands in the folder and is no part of the run.
    let is_csv = |entry: &fs::DirEntry| {
        let path = entry.path();
        path.extension().is_some_and(|it| it == "csv") && !path.ends_with("codec.csv")
    };
    let wanted = fs::read_dir(&run).unwrap().flatten().filter(is_csv).count();
    assert!(wanted >= 6);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), wanted);
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    for (arguments, code, word) in [
        (&["--format", "hgrm"][..], 2, "--output DIR"),
        (&["--format", "hlog"], 2, "--output DIR"),
        (&["--format", "csv"], 2, "--output DIR"),
        (
            &["--format", "bmf", "--bigger-is-better"],
            2,
            "github-action-benchmark",
        ),
        (&["--format", "xml"], 2, "openmetrics"),
        (&[], 2, "--format"),
        (&["--format", "bmf"], 1, "run.ndjson"),
        (&["--format", "hlog", "--output", to], 1, "run.ndjson"),
    ] {
        let output = export(arguments, &folder.path().join("no-run"));
        assert_exit(&output, code);
        let said = text(&output.stderr);
        assert!(said.contains(word), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let file = folder.path().join("a-file");
    fs::write(&file, "mine").unwrap();
    let to = file.to_str().unwrap();
    let output = export(&["--format", "csv", "--output", to], &published());
    assert_exit(&output, 1);
    let said = text(&output.stderr);
    assert!(said.contains(&format!("{to} is a file")), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

/// A run is named by its folder or by its file, and what isn't there is said once.
#[test]
fn a_run_may_be_named_by_its_file() {
    let folder = published();
    let by_folder = export(&["--format", "bmf"], &folder);
    let by_file = export(&["--format", "bmf"], &folder.join("run.ndjson"));
    assert_exit(&by_file, 0);
    assert!(by_folder.stdout == by_file.stdout);

    let output = harness().args(["resume", "/nowhere"]).output().unwrap();
    assert_exit(&output, 1);
    assert_eq!(
        text(&output.stderr),
        "error: /nowhere holds no run.ndjson; name a result folder such as results/DATE-HOST\n"
    );
}
