//! Runs the real programs: harness, load generator and known server.

#![allow(dead_code, reason = "every test program uses a part of this")]
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

#[path = "../../../crates/report/tests/support/schemas.rs"]
pub(crate) mod schemas;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

use record::{RunEnd, RunHeader, RunLine, TrialRecord};
use serde::de::DeserializeOwned;

/// Longer than anything here takes, so that a test fails instead of hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Lets tests run side by side: none of them needs a quiet machine.
pub(crate) const BESIDE: &str = "BENCH_HARNESS_BESIDE_OTHER_RUNS";

/// The harness.
pub(crate) fn harness() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bench-harness"));
    command
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .env(BESIDE, "true");
    command
}

/// The known server's path.
pub(crate) fn known_server() -> &'static str {
    env!("CARGO_BIN_EXE_known-server")
}

/// The load generator, built with the profile of this test.
pub(crate) fn load_generator() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let folder = Path::new(known_server()).parent().unwrap();
        let profile = match folder.file_name().unwrap().to_str().unwrap() {
            "debug" => "dev",
            other => other,
        };
        let status = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--locked",
                "--package",
                "load-generator",
            ])
            .args(["--profile", profile, "--target-dir"])
            .arg(folder.parent().unwrap())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(status.success(), "the load generator can't be built");
        folder.join("load-generator")
    })
}

/// An argument that adds a known server with these arguments.
pub(crate) fn external(name: &str, arguments: &str) -> [String; 2] {
    [
        "--external".to_owned(),
        format!("{name}={} {arguments}", known_server()),
    ]
}

/// `run` with scenarios of the test's own and no other rows than those named,
/// which the caller adds; the first is the reference.
pub(crate) fn run_command(folder: &Path, scenarios: &Path, names: &[&str], blocks: u32) -> Command {
    let mut command = harness();
    command
        .arg("run")
        .args(["--reference", names[0], "--contender", &names.join(",")])
        .args(["--no-baselines", "--quick", "--window", "100ms"])
        // Whatever else this machine does: tests run beside each other.
        .arg("--tolerate-disturbance")
        .args(["--seed", "7", "--blocks", &blocks.to_string()])
        .arg("--scenarios")
        .arg(scenarios)
        .arg("--output")
        .arg(folder)
        .arg("--load-generator")
        .arg(load_generator());
    command
}

/// Writes a scenario of `connections` with `in_flight` messages of ASCII text.
pub(crate) fn echo_scenario(folder: &Path, name: &str, connections: u32, in_flight: u32) {
    fs::create_dir_all(folder).unwrap();
    let text = format!(
        "name = \"{name}\"\ntitle = \"A test\"\nwhy = \"A test.\"\norder = 1\nkind = \"echo\"\n\
         connections = {connections}\nin_flight = {in_flight}\n\
         message = {{ kind = \"text-ascii\", size_bytes = 125 }}\n"
    );
    fs::write(folder.join(format!("{name}.toml")), text).unwrap();
}

/// A run's file, every line of which must be good.
#[derive(Debug)]
pub(crate) struct RunFile {
    pub(crate) header: RunHeader,
    pub(crate) trials: Vec<TrialRecord>,
    pub(crate) end: Option<RunEnd>,
}

impl RunFile {
    pub(crate) fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("run.ndjson")).unwrap();
        let mut lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let Some(RunLine::Header(header)) = lines.next() else {
            panic!("the first line is no header");
        };
        let mut file = Self {
            header: *header,
            trials: Vec::new(),
            end: None,
        };
        for line in lines {
            match line {
                RunLine::Trial(trial) => file.trials.push(*trial),
                RunLine::End(end) => file.end = Some(end),
                RunLine::Header(_) => panic!("a second header"),
            }
        }
        file
    }

    pub(crate) fn trials_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a TrialRecord> {
        self.trials
            .iter()
            .filter(move |trial| trial.entry.contender == name)
    }
}

/// The exit code, with everything that was printed when it is another.
pub(crate) fn assert_exit(output: &Output, code: i32) {
    assert_eq!(
        output.status.code(),
        Some(code),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What was printed.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The newest run in the project's results, in its own folder.
pub(crate) fn published() -> PathBuf {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results");
    let mut folders: Vec<PathBuf> = fs::read_dir(results)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("run.ndjson").exists())
        .collect();
    folders.sort();
    folders.pop().unwrap()
}

/// Whether a process whose command line holds `marker` is alive.
pub(crate) fn is_alive(marker: &str) -> bool {
    fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let Ok(command) = fs::read(entry.path().join("cmdline")) else {
            return false;
        };
        let name = command.split(|&byte| byte == 0).next().unwrap_or_default();
        name.ends_with(b"known-server") && String::from_utf8_lossy(&command).contains(marker)
    })
}

/// The URL of a server that answers each request like this and hangs up.
pub(crate) fn answering(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer);
        }
    });
    url
}

/// A program that is spoken to by lines of JSON; it ends with its input.
pub(crate) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// The next line that it prints.
    pub(crate) fn line<T: DeserializeOwned>(&mut self) -> T {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Its answer to a command.
    pub(crate) fn ask<T: DeserializeOwned>(&mut self, command: &str) -> T {
        writeln!(self.input.as_mut().unwrap(), "{command}").unwrap();
        self.line()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.input.take());
        self.child.wait().unwrap();
    }
}
