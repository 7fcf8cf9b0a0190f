//! Runs that are stopped: what was measured stays, servers go, and the run can
//! be continued to the same plan.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use support::{
    BESIDE, PATIENCE, RunFile, assert_exit, echo_scenario, harness, is_alive, load_generator,
    run_command,
};

/// A run of 20 trials of one server and its twin, whose command line holds
/// `marker`.
fn long_run(folder: &Path, scenarios: &Path, marker: &str) -> Command {
    echo_scenario(scenarios, "echo", 2, 1);
    let mut command = run_command(folder, scenarios, &["marked"], 10);
    command
        .args(support::external("marked", marker))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Waits until no server with `marker` is alive.
fn goes_away(marker: &str) -> bool {
    let start = Instant::now();
    while is_alive(marker) {
        if start.elapsed() > PATIENCE {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// Waits until so many trials are written down.
fn wait_for_trials(folder: &Path, run: &mut Child, trials: usize) {
    let start = Instant::now();
    loop {
        if start.elapsed() > PATIENCE {
            run.kill().unwrap();
            panic!("there are no {trials} trials after {PATIENCE:?}");
        }
        let text = fs::read_to_string(folder.join("run.ndjson")).unwrap_or_default();
        if text.matches("\"line\":\"trial\"").count() >= trials {
            return;
        }
        if let Some(status) = run.try_wait().unwrap() {
            panic!("the run ended by itself: {status}");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn send(run: &Child, signal: Signal) {
    kill(Pid::from_raw(run.id().try_into().unwrap()), signal).unwrap();
}

#[test]
fn an_interrupted_run_is_partial_and_whole_at_once() {
    for (signal, stall) in [(Signal::SIGINT, 7_001), (Signal::SIGTERM, 7_002)] {
        let temporary = tempfile::tempdir().unwrap();
        let (folder, scenarios) = (temporary.path().join("run"), temporary.path().join("s"));
        let marker = format!("--stall-ms {stall}");
        let mut run = long_run(&folder, &scenarios, &marker).spawn().unwrap();
        wait_for_trials(&folder, &mut run, 3);
        send(&run, signal);
        let output = run.wait_with_output().unwrap();
        assert_exit(&output, 130);

        let file = RunFile::read(&folder);
        assert!(file.trials.len() >= 3);
        assert!(file.trials.len() < file.header.plan.trials.len());
        assert!(file.trials.iter().all(|trial| trial.is_valid()));
        assert!(file.end.unwrap().interrupted);
        let page = fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(page.contains("marked"));
        assert!(!is_alive(&stall.to_string()), "a server was left behind");
    }
}

#[test]
fn what_was_found_is_said_though_tables_can_not_be_written() {
    for (interrupt, code, marker) in [(false, 1, "7006"), (true, 130, "7007")] {
        let temporary = tempfile::tempdir().unwrap();
        let (folder, scenarios) = (temporary.path().join("run"), temporary.path().join("s"));
        // A folder that holds something can't be replaced by a table.
        fs::create_dir_all(folder.join("cpu.md/kept")).unwrap();
        echo_scenario(&scenarios, "echo", 2, 1);
        let blocks = if interrupt { 10 } else { 1 };
        let mut run = run_command(&folder, &scenarios, &["marked"], blocks)
            .args(support::external("marked", &format!("--stall-ms {marker}")))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        if interrupt {
            wait_for_trials(&folder, &mut run, 2);
            send(&run, Signal::SIGINT);
        }
        let output = run.wait_with_output().unwrap();
        assert_exit(&output, code);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(printed.contains("marked"), "{printed}");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(errors.contains("cpu.md"), "{errors}");
        assert!(errors.contains("bench-harness report"), "{errors}");
        assert!(folder.join("cpu.md/kept").exists());
        assert!(RunFile::read(&folder).trials.len() >= 2);
    }
}

#[test]
fn a_run_that_goes_on_is_not_disturbed_by_another() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, scenarios) = (temporary.path().join("run"), temporary.path().join("s"));
    // A machine of its own, as far as locks go: no other test is in the way.
    let apart = |command: &mut Command| {
        command.env("TMPDIR", temporary.path()).env_remove(BESIDE);
    };
    let mut command = long_run(&folder, &scenarios, "--stall-ms 7004");
    apart(&mut command);
    let mut run = command.spawn().unwrap();
    wait_for_trials(&folder, &mut run, 1);
    let said = |command: &mut Command| {
        apart(command);
        let output = command.output().unwrap();
        assert_exit(&output, 1);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };

    let folder_text = folder.to_str().unwrap();
    let expected = format!("a run is going on in {folder_text}");
    let text = said(harness().arg("resume").arg(&folder));
    assert!(text.contains(&expected), "{text}");
    let text = said(&mut long_run(&folder, &scenarios, "--stall-ms 7005"));
    assert!(text.contains(&expected), "{text}");
    let other = temporary.path().join("other");
    let text = said(&mut long_run(&other, &scenarios, "--stall-ms 7005"));
    assert!(text.contains(folder_text), "{text}");
    assert!(text.contains("--beside-other-runs"), "{text}");
    assert!(!other.exists());

    let output = run.wait_with_output().unwrap();
    assert_exit(&output, 0);
    let file = RunFile::read(&folder);
    assert_eq!(file.trials.len(), file.header.plan.trials.len());
}

#[test]
fn a_killed_run_leaves_no_server_and_resumes_to_the_same_plan() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, scenarios) = (temporary.path().join("run"), temporary.path().join("s"));
    let marker = "--stall-ms 7003";
    let mut run = long_run(&folder, &scenarios, marker).spawn().unwrap();
    wait_for_trials(&folder, &mut run, 2);
    send(&run, Signal::SIGKILL);
    run.wait().unwrap();
    // Nobody ends the server but the end of its input.
    assert!(goes_away("7003"), "a server outlives its harness");

    // What a kill in the middle of a write leaves.
    let path = folder.join("run.ndjson");
    let mut text = fs::read_to_string(&path).unwrap();
    let end = text.rfind('\n').unwrap() + 1;
    text.truncate(end);
    let whole = text.lines().count() - 1;
    text.push_str("{\"line\":\"trial\",\"num");
    fs::write(&path, text).unwrap();
    let report = harness().arg("report").arg(&folder).output().unwrap();
    assert_exit(&report, 0);

    // Another program of the same size would pass for the same one.
    let another = temporary.path().join("another-server");
    let mut bytes = fs::read(support::known_server()).unwrap();
    let last = bytes.last_mut().unwrap();
    *last = last.wrapping_add(1);
    fs::write(&another, bytes).unwrap();
    let resume = |server: &Path, more: &[&str]| {
        harness()
            .arg("resume")
            .arg(&folder)
            .args([
                "--external",
                &format!("marked={} {marker}", server.display()),
            ])
            .args(["--reference", "marked", "--load-generator"])
            .arg(load_generator())
            .args(more)
            .output()
            .unwrap()
    };
    let before = fs::read(&path).unwrap();
    let refused = resume(&another, &[]);
    assert_exit(&refused, 1);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("SHA-256 of marked"), "{text}");
    let same = Path::new(support::known_server());
    let refused = resume(same, &["--blocks", "3"]);
    assert_exit(&refused, 2);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--blocks"));
    assert_eq!(fs::read(&path).unwrap(), before, "nothing was changed");

    let some = resume(same, &["--budget", "1ms"]);
    assert_exit(&some, 0);
    let file = RunFile::read(&folder);
    assert!(
        file.trials.len() > whole,
        "a budget is for one block at least"
    );
    assert!(file.end.unwrap().whole_blocks < file.header.plan.effort.blocks);
    // A kill between a record and its newline loses nothing.
    let text = fs::read_to_string(&path).unwrap();
    let (trials, _end) = text.trim_end().rsplit_once('\n').unwrap();
    assert!(trials.ends_with('}'));
    fs::write(&path, trials).unwrap();
    assert_exit(&resume(same, &[]), 0);
    let file = RunFile::read(&folder);
    assert!(whole >= 2);
    let numbers = file.trials.iter().map(|trial| trial.number);
    assert!(numbers.eq(0..u32::try_from(file.header.plan.trials.len()).unwrap()));
    for (trial, planned) in file.trials.iter().zip(&file.header.plan.trials) {
        assert_eq!(trial.entry, file.header.plan.entries[planned.entry].key);
    }
    let end = file.end.unwrap();
    assert!(!end.interrupted);
    assert_eq!(end.whole_blocks, file.header.plan.effort.blocks);

    let again = harness()
        .arg("resume")
        .arg(&folder)
        .args(support::external("marked", marker))
        .args(["--reference", "marked"])
        .output()
        .unwrap();
    assert_exit(&again, 1);
    assert!(String::from_utf8_lossy(&again.stderr).contains("is complete"));
}
