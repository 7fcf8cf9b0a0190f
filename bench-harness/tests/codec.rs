//! `codec`: figures that criterion left, into a copy of the published run.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{fs, path::Path};

use support::{assert_exit, harness};

const MEDIAN: &str = "{\"median\":{\"point_estimate\":1024.0,\"confidence_interval\":\
                      {\"confidence_level\":0.95,\"lower_bound\":1000.0,\
                      \"upper_bound\":1100.0}}}";

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The newest run of the project's results, in a folder of its own.
fn copied_run(to: &Path) {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results");
    let mut runs: Vec<_> = fs::read_dir(results)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("run.ndjson"))
        .filter(|path| path.exists())
        .collect();
    runs.sort();
    fs::create_dir_all(to).unwrap();
    fs::copy(runs.pop().unwrap(), to.join("run.ndjson")).unwrap();
}

#[test]
fn figures_are_taken_into_a_run_and_rendered_from_there_alone() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    copied_run(&run);
    let criterion = folder.path().join("criterion");
    let codec = || {
        let mut command = harness();
        command
            .arg("codec")
            .arg(&run)
            .env("CRITERION_HOME", &criterion);
        command.output().unwrap()
    };

    // Counts may be in the target folder that the tests share, times are not.
    let before = codec();
    if before.status.code() == Some(1) {
        let said = String::from_utf8_lossy(&before.stderr).into_owned();
        assert!(said.contains("cargo bench -p codec-bench"), "{said}");
        assert!(!run.join("codec.ndjson").exists());
    }

    write(
        &criterion.join("codec-bench/tungstenite.json"),
        "{\"name\":\"tungstenite\",\"version\":\"9.9.9\",\"built_alone\":true,\
         \"rustc\":\"rustc 1\",\"commit\":null,\"dirty\":false,\"started_at_unix_ns\":1}",
    );
    let new = criterion.join("codec_echo_16 B_binary/tungstenite/new");
    write(
        &new.join("benchmark.json"),
        "{\"group_id\":\"codec/echo/16 B/binary\",\"function_id\":\"tungstenite\",\
         \"throughput\":{\"Bytes\":16384}}",
    );
    write(&new.join("estimates.json"), MEDIAN);
    write(&new.join("sample.json"), "{\"iters\":[1.0,2.0,3.0]}");
    let output = codec();
    assert_exit(&output, 0);
    let page = fs::read_to_string(run.join("codec.md")).unwrap();
    assert!(
        page.contains("tungstenite") && page.contains("No ranking"),
        "{page}"
    );
    let csv = fs::read_to_string(run.join("codec.csv")).unwrap();
    assert!(
        csv.contains("echo,16,binary,tungstenite,9.9.9,true,1024,1,"),
        "{csv}"
    );

    // From the folder alone, with criterion's files gone.
    fs::remove_dir_all(&criterion).unwrap();
    fs::remove_file(run.join("codec.md")).unwrap();
    let report = harness().arg("report").arg(&run).output().unwrap();
    assert_exit(&report, 0);
    assert_eq!(fs::read_to_string(run.join("codec.md")).unwrap(), page);
    let readme = fs::read_to_string(run.join("README.md")).unwrap();
    assert!(readme.contains("](codec.md)"));

    write(&run.join("codec.ndjson"), "nonsense\n");
    let report = harness().arg("report").arg(&run).output().unwrap();
    assert_exit(&report, 1);
    let said = String::from_utf8_lossy(&report.stderr).into_owned();
    assert!(said.contains("codec.ndjson"), "{said}");
}
