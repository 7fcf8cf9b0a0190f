//! Counting under strace and valgrind, where they are installed: through the
//! real programs, from the command line to the tables.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod support;

use std::{
    env, fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use record::{CostMeasurement, CostPass, FlawKind, Measurement, TrialRecord};
use support::{RunFile, assert_exit, external, run_command};

fn scenario(folder: &Path, counted: &str) {
    fs::create_dir_all(folder).unwrap();
    let text = format!(
        "name = \"{counted}\"\ntitle = \"A test\"\nwhy = \"A test.\"\norder = 1\n\
         repetition = \"twice\"\nkind = \"per-message-costs\"\ncounted = \"{counted}\"\n\
         sizes = [{{ size_bytes = 125, fewer = 50, more = 250 }}]\n"
    );
    fs::write(folder.join(format!("{counted}.toml")), text).unwrap();
}

fn is_installed(tool: &str) -> bool {
    let there = Command::new(tool).arg("--version").output();
    let there = there.is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("skipped: {tool} is not installed");
    }
    there
}

/// A run of one known server under what `counted` asks for, with this `PATH`.
fn run(folder: &Path, counted: &str, path: Option<&Path>) -> RunFile {
    let scenarios = folder.join("scenarios");
    scenario(&scenarios, counted);
    let output = folder.join("run");
    let mut command = run_command(&output, &scenarios, &["known"], 1);
    command.args(external("known", "--fault=none"));
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let result = command.output().unwrap();
    assert_exit(&result, 0);
    RunFile::read(&output)
}

/// The counts of the trials, unless the tool may not or can't do its work here,
/// which the record then says.
fn counts(trials: &[TrialRecord]) -> Option<Vec<&CostMeasurement>> {
    let failed = |trial: &TrialRecord| {
        let tool_failed = |flaw: &record::Flaw| flaw.kind() == FlawKind::ToolFailed;
        trial.flaws.iter().any(tool_failed)
    };
    if let Some(trial) = trials.iter().find(|trial| failed(trial)) {
        eprintln!("skipped: the server {}", trial.flaws[0]);
        return None;
    }
    let costs = trials.iter().map(|trial| {
        assert!(trial.is_valid(), "{:?}", trial.flaws);
        match &trial.measurement {
            Some(Measurement::Costs(costs)) => costs,
            other => panic!("{other:?}"),
        }
    });
    Some(costs.collect())
}

/// What 200 further messages added.
fn further(costs: &CostMeasurement, count: impl Fn(&CostPass) -> u64) -> u64 {
    let step = &costs.steps[0];
    assert_eq!((step.fewer.messages, step.more.messages), (50, 250));
    count(&step.more) - count(&step.fewer)
}

#[test]
fn strace_counts_a_write_per_message() {
    if !is_installed("strace") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = run(folder.path(), "system-calls", None);
    let Some(all) = counts(&file.trials) else {
        return;
    };
    // The reference and its twin.
    assert_eq!(all.len(), 2);
    for costs in all {
        assert!(costs.tool.contains("strace"), "{}", costs.tool);
        let named = |names: &[&str]| {
            further(costs, |pass| {
                let counts = names.iter().filter_map(|name| pass.by_name.get(*name));
                counts.sum()
            })
        };
        assert_eq!(named(&["write", "sendto", "writev", "sendmsg"]), 200);
        assert!(named(&["read", "recvfrom", "recvmsg", "readv"]) >= 200);
        assert!(further(costs, |pass| pass.total) >= 400);
    }
    let page = fs::read_to_string(folder.path().join("run/system-calls.md")).unwrap();
    assert!(page.contains("known"), "{page}");
    assert!(folder.path().join("run/system-calls.csv").exists());
}

#[test]
fn valgrind_counts_the_same_instructions_twice() {
    if !is_installed("valgrind") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = run(folder.path(), "instructions", None);
    let Some(all) = counts(&file.trials) else {
        return;
    };
    let per_message: Vec<f64> = all
        .iter()
        .map(|costs| further(costs, |pass| pass.total) as f64 / 200.0)
        .collect();
    assert_eq!(per_message.len(), 2);
    let (one, two) = (per_message[0], per_message[1]);
    // Every byte is unmasked, so 125 B can't cost fewer.
    assert!(one > 15.0, "{one}");
    assert!((one / two - 1.0).abs() <= 0.005, "{one} and {two}");
    assert!(folder.path().join("run/instructions.md").exists());
}

/// A folder with what a run can't do without, in the place of `PATH`.
fn bare_path(folder: &Path) -> PathBuf {
    let tools = folder.join("tools");
    fs::create_dir(&tools).unwrap();
    for name in ["cargo", "rustc", "rustup", "git", "env"] {
        let found = env::split_paths(&env::var_os("PATH").unwrap())
            .map(|folder| folder.join(name))
            .find(|path| path.is_file());
        if let Some(path) = found {
            symlink(path, tools.join(name)).unwrap();
        }
    }
    tools
}

#[test]
fn without_the_tool_the_cell_says_so_and_the_run_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let tools = bare_path(folder.path());
    let file = run(folder.path(), "system-calls", Some(&tools));
    for trial in &file.trials {
        let kinds: Vec<FlawKind> = trial.flaws.iter().map(record::Flaw::kind).collect();
        assert_eq!(kinds, [FlawKind::ToolMissing]);
    }
    let page = fs::read_to_string(folder.path().join("run/system-calls.md")).unwrap();
    assert!(page.contains("*tool not found*"), "{page}");
}

#[test]
fn a_tool_that_may_not_trace_is_named_and_the_server_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let tools = bare_path(folder.path());
    let strace = tools.join("strace");
    let script = "#!/bin/sh\nif [ \"$1\" = --version ]; then echo strace 0; exit 0; fi\n\
                  echo 'ptrace(PTRACE_TRACEME): Operation not permitted' >&2; exit 1\n";
    fs::write(&strace, script).unwrap();
    fs::set_permissions(&strace, fs::Permissions::from_mode(0o755)).unwrap();
    let file = run(folder.path(), "system-calls", Some(&tools));
    for trial in &file.trials {
        assert_eq!(trial.flaws.len(), 1, "{:?}", trial.flaws);
        assert_eq!(trial.flaws[0].kind(), FlawKind::ToolFailed);
        let text = trial.flaws[0].to_string();
        assert!(text.contains("not permitted"), "{text}");
    }
}
