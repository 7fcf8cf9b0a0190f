//! Runs that are killed at any moment: no more is lost than the trials in flight,
//! nothing that was written down, and the run goes on to the same plan.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use support::{
    RunFile, assert_exit, echo_scenario, external, harness, is_alive, known_server, load_generator,
    run_command,
};

const BLOCKS: u32 = 12;

/// Servers that are up at the same time: the reference and its twin take turns.
const IN_FLIGHT: usize = 2;

fn start(folder: &Path, scenarios: &Path, server: &[String; 2]) -> Command {
    echo_scenario(scenarios, "echo", 2, 1);
    let mut command = run_command(folder, scenarios, &["marked"], BLOCKS);
    command.args(server);
    command
}

fn resume(folder: &Path, server: &[String; 2]) -> Command {
    let mut command = harness();
    command
        .arg("resume")
        .arg(folder)
        .args(server)
        .arg("--load-generator")
        .arg(load_generator());
    command
}

/// A server that adds a line to a file whenever it is started.
struct Counted {
    argument: [String; 2],
    starts: PathBuf,
}

impl Counted {
    fn new(folder: &Path, marker: &str) -> Self {
        let (program, starts) = (folder.join("counted"), folder.join("starts"));
        let script = format!(
            "#!/bin/sh\necho >> '{}'\nexec '{}' \"$@\"\n",
            starts.display(),
            known_server()
        );
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let command = format!("marked={} {marker}", program.display());
        Self {
            argument: ["--external".to_owned(), command],
            starts,
        }
    }

    fn starts(&self) -> usize {
        let lines = fs::read_to_string(&self.starts).unwrap_or_default();
        lines.lines().count()
    }
}

fn text_of(folder: &Path) -> String {
    fs::read_to_string(folder.join("run.ndjson")).unwrap_or_default()
}

/// Lines of trials that are whole.
fn trials_in(text: &str) -> Vec<&str> {
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    text[..whole]
        .lines()
        .filter(|line| line.contains("\"line\":\"trial\""))
        .collect()
}

/// Lets the run go on for `delay` after its next sign of life, and kills it;
/// false when it came to its end before.
fn kill_after(mut run: Child, folder: &Path, delay: Duration) -> bool {
    let length = text_of(folder).len();
    while text_of(folder).len() == length {
        if run.try_wait().unwrap().is_some() {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(delay);
    run.kill().unwrap();
    !run.wait().unwrap().success()
}

fn wait_until_gone(marker: &str) {
    for _ in 0..2_000 {
        if !is_alive(marker) {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("a server outlived its harness");
}

fn assert_whole(folder: &Path) {
    let file = RunFile::read(folder);
    let firsts = file.trials.iter().filter(|trial| trial.attempt == 0);
    let planned = u32::try_from(file.header.plan.trials.len()).unwrap();
    assert!(firsts.map(|trial| trial.number).eq(0..planned));
    for trial in &file.trials {
        let planned = &file.header.plan.trials[trial.number as usize];
        assert_eq!(trial.entry, file.header.plan.entries[planned.entry].key);
        assert_eq!(trial.block, planned.block);
    }
    let end = file.end.unwrap();
    assert!(!end.interrupted);
    assert_eq!(end.whole_blocks, BLOCKS);
}

#[test]
fn kills_at_random_moments_lose_what_was_in_flight_and_nothing_else() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, scenarios) = (temporary.path().join("run"), temporary.path().join("s"));
    let (marker, number) = ("--stall-ms 7011", "7011");
    let server = Counted::new(temporary.path(), marker);
    // Without a kill, every start but those of the check is a trial in the file.
    let undisturbed = temporary.path().join("undisturbed");
    let mut command = start(&undisturbed, &scenarios, &server.argument);
    assert_exit(&command.output().unwrap(), 0);
    let of_check = server.starts() - trials_in(&text_of(&undisturbed)).len();

    let mut random = ChaCha8Rng::seed_from_u64(20);
    let mut kills = 0;
    let mut command = start(&folder, &scenarios, &server.argument);
    loop {
        let (before, started_before) = (text_of(&folder), server.starts());
        let run = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Trials take about a fifth of a second: any moment of one is met.
        let delay = Duration::from_millis(random.random_range(0..700));
        let killed = kill_after(run, &folder, delay);
        wait_until_gone(number);
        let after = text_of(&folder);
        assert!(
            trials_in(&after).starts_with(&trials_in(&before)),
            "a trial that was written down is gone"
        );
        let recorded = trials_in(&after).len() - trials_in(&before).len();
        let started = server.starts() - started_before;
        assert!(
            started <= of_check + recorded + IN_FLIGHT,
            "{started} servers were started, {of_check} of them for the check, and {recorded} \
             trials are on record: more than those in flight are lost"
        );
        if !killed {
            break;
        }
        kills += 1;
        assert!(kills < 200, "it never comes to its end");
        command = resume(&folder, &server.argument);
    }
    assert!(kills >= 5, "only {kills} kills");
    assert_whole(&folder);
}

#[test]
fn a_file_that_was_cut_anywhere_goes_on_after_its_last_whole_trial() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, scenarios) = (temporary.path().join("run"), temporary.path().join("s"));
    let server = external("marked", "--stall-ms 7012");
    assert_exit(&start(&folder, &scenarios, &server).output().unwrap(), 0);
    let whole = text_of(&folder);
    let header_bytes = whole.find('\n').unwrap() + 1;
    let last_trial = whole.rfind("{\"line\":\"trial\"").unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(21);
    // In the last trial's line, just before its end, in the end line, anywhere.
    let cuts = [
        last_trial + 20,
        whole[last_trial..].find('\n').unwrap() + last_trial,
        whole.len() - 1,
        random.random_range(header_bytes..last_trial),
        random.random_range(last_trial / 2..last_trial),
    ];
    for cut in cuts {
        fs::write(folder.join("run.ndjson"), &whole[..cut]).unwrap();
        let kept = trials_in(&whole[..cut]).len();
        let output = resume(&folder, &server).output().unwrap();
        if kept == trials_in(&whole).len() {
            // Every trial is there; only the last line was lost.
            assert_exit(&output, 1);
            assert!(String::from_utf8_lossy(&output.stderr).contains("is complete"));
            continue;
        }
        assert_exit(&output, 0);
        let after = text_of(&folder);
        assert_eq!(trials_in(&after)[..kept], trials_in(&whole)[..kept]);
        assert_whole(&folder);
    }
}
