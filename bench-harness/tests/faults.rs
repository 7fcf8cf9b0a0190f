//! Servers that misbehave in one known way: each is named as what it is, in the
//! check or in the trial, and none becomes a number.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{collections::BTreeSet, fs, path::Path};

use record::{Flaw, FlawKind};
use support::{RunFile, assert_exit, echo_scenario, external, known_server, run_command};

/// Fault, and the flaw that it must be named as.
const WHILE_ECHOING: [(&str, FlawKind); 10] = [
    ("corrupt-byte", FlawKind::Corrupted),
    ("swap-opcode", FlawKind::WrongOpcode),
    ("drop", FlawKind::Missing),
    ("duplicate", FlawKind::Duplicated),
    ("reorder", FlawKind::Reordered),
    ("truncate", FlawKind::WrongLength),
    ("close-early", FlawKind::ClosedEarly),
    ("hang", FlawKind::Missing),
    ("crash", FlawKind::Exited),
    ("exit-mid-run", FlawKind::Exited),
];

/// More messages than the check sends; then one of seven is treated wrongly.
const AFTER_CHECK: &str = "--after 400 --every 7";

fn kinds(flaws: &[Flaw]) -> BTreeSet<FlawKind> {
    flaws.iter().map(Flaw::kind).collect()
}

/// The figures in the rows of `name`: whatever stands in the column of the
/// table's metric or to the right of it.
fn figures<'a>(table: &'a str, metric: &str, name: &str) -> Vec<&'a str> {
    let mut lines = table.lines().map(cells);
    let head = lines.next().unwrap();
    let column = |title: &str| head.iter().position(|it| *it == title).unwrap();
    let (server, metric) = (column("server"), column(metric));
    let rows: Vec<_> = lines.filter(|row| row[server] == name).collect();
    assert!(!rows.is_empty(), "there is no row for {name}");
    rows.into_iter()
        .flat_map(|row| row[metric..].to_vec())
        .filter(|cell| !cell.is_empty())
        .collect()
}

/// The cells of a CSV line; a comma inside quotation marks parts none.
fn cells(line: &str) -> Vec<&str> {
    let mut quoted = false;
    line.split(|character| {
        quoted ^= character == '"';
        character == ',' && !quoted
    })
    .collect()
}

fn assert_no_number(folder: &Path, name: &str) {
    for (file, metric) in [
        ("cpu.csv", "server_cpu_ns_per_message"),
        ("throughput.csv", "messages_per_s"),
    ] {
        let table = fs::read_to_string(folder.join(file)).unwrap();
        assert_eq!(figures(&table, metric, name), [""; 0], "{file}");
        assert_ne!(figures(&table, metric, "reference"), [""; 0], "{file}");
    }
}

#[test]
fn faults_in_a_trial_are_named_and_are_no_numbers() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, scenarios) = (temporary.path().join("run"), temporary.path().join("s"));
    echo_scenario(&scenarios, "pipelined", 4, 4);
    let mut names = vec!["reference"];
    names.extend(WHILE_ECHOING.iter().map(|(fault, _)| *fault));
    let mut command = run_command(&folder, &scenarios, &names, 1);
    command.args(external("reference", ""));
    for (fault, _) in WHILE_ECHOING {
        command.args(external(fault, &format!("--fault {fault} {AFTER_CHECK}")));
    }
    let output = command.output().unwrap();
    assert_exit(&output, 4);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();

    let file = RunFile::read(&folder);
    for (fault, kind) in WHILE_ECHOING {
        let trials: Vec<_> = file.trials_of(fault).collect();
        let said = String::from_utf8_lossy(&output.stderr);
        let of_trials: Vec<_> = trials.iter().map(|it| &it.flaws).collect();
        assert_eq!(trials.len(), 1, "{fault}: {of_trials:?}\n{said}");
        let found = kinds(&trials[0].flaws);
        assert!(found.contains(&kind), "{fault}: {found:?}");
        assert!(!trials[0].is_valid());
        assert_no_number(&folder, fault);
        assert!(
            printed.contains(&format!("{fault} in pipelined: ")),
            "{fault} is not among what is printed: {printed}"
        );
    }
    for trial in file.trials_of("reference") {
        assert!(trial.is_valid(), "{:?}", trial.flaws);
    }
    assert_eq!(file.trials_of("reference").count(), 2, "with its twin");
}

#[test]
fn faults_in_the_check_are_named_and_nothing_is_measured() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, scenarios) = (temporary.path().join("run"), temporary.path().join("s"));
    echo_scenario(&scenarios, "echo", 4, 1);
    let from_the_start = [
        ("never-ready", FlawKind::NeverReady),
        ("bad-ready", FlawKind::BadReadyLine),
        ("corrupt-byte", FlawKind::Corrupted),
        ("swap-opcode", FlawKind::WrongOpcode),
        ("truncate", FlawKind::WrongLength),
        ("crash", FlawKind::Exited),
    ];
    let mut names = vec!["reference", "absent"];
    names.extend(from_the_start.iter().map(|(fault, _)| *fault));
    let mut command = run_command(&folder, &scenarios, &names, 1);
    command.args(external("reference", ""));
    for (fault, _) in from_the_start {
        command.args(external(fault, &format!("--fault {fault}")));
    }
    command.args(["--external", "absent=/nonexistent/server"]);
    assert_exit(&command.output().unwrap(), 4);

    let file = RunFile::read(&folder);
    let named = from_the_start
        .into_iter()
        .chain([("absent", FlawKind::NotStarted)]);
    for (fault, kind) in named {
        let check = file
            .header
            .checks
            .iter()
            .find(|check| check.entry.contender == fault)
            .unwrap();
        let found = kinds(&check.flaws);
        assert!(found.contains(&kind), "{fault}: {found:?}");
        assert_eq!(file.trials_of(fault).count(), 0, "{fault} was measured");
        let page = fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(page.contains(fault), "{fault} has no row");
    }
    assert_eq!(file.trials_of("reference").count(), 2, "the rest goes on");
}

#[test]
fn a_server_behind_a_wrapper_is_refused_and_one_in_its_place_is_not() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, scenarios) = (temporary.path().join("run"), temporary.path().join("s"));
    echo_scenario(&scenarios, "echo", 4, 1);
    let wrapped = |name: &str, script: &str| {
        let server = known_server();
        [
            "--external".to_owned(),
            format!("{name}=sh -c '{script}' {server}"),
        ]
    };
    let output = run_command(&folder, &scenarios, &["reference"], 1)
        .args(external("reference", ""))
        .args(wrapped("behind", "\"$0\" \"$@\"; exit"))
        .args(wrapped("instead", "exec \"$0\" \"$@\""))
        .output()
        .unwrap();
    assert_exit(&output, 4);

    let file = RunFile::read(&folder);
    let flaws_of = |name: &str| -> &[Flaw] {
        let checks = &file.header.checks;
        let check = checks.iter().find(|it| it.entry.contender == name);
        &check.unwrap().flaws
    };
    assert_eq!(flaws_of("instead"), []);
    let [flaw] = flaws_of("behind") else {
        panic!("{:?}", flaws_of("behind"));
    };
    assert_eq!(flaw.kind(), FlawKind::NotReadable);
    let text = flaw.to_string();
    assert!(text.contains("known-server"), "{text}");
    assert!(text.contains("exec"), "{text}");
    assert_eq!(file.trials_of("behind").count(), 0);
    assert_eq!(file.trials_of("instead").count(), 1);
}
