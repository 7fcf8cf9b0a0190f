//! Runs a program to its end, with all that it starts, unless the user asks to
//! stop.

use std::{
    io::{self, Read},
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

use super::BuildError;
use crate::interrupt::Interrupt;

/// How often a running program is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How long its output may take to end after the program has. What it started
/// and left behind, such as a compiler cache's server, may hold the pipe open.
const OUTPUT_LIMIT: Duration = Duration::from_secs(2);

/// What a call printed.
#[derive(Debug)]
pub(crate) struct Output {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// Its standard output.
    pub(crate) stdout: Vec<u8>,
    /// Its standard error.
    pub(crate) stderr: String,
}

impl Output {
    /// What it said, and how it ended: a cargo that was killed says nothing.
    pub(crate) fn complaint(&self) -> String {
        format!("{}\ncargo ended with {}", self.stderr.trim(), self.status)
    }
}

/// Runs `command` to its end.
///
/// It is the leader of a process group of its own: Ctrl-C in a terminal reaches
/// it through this program only, and an interrupt ends it with its children.
pub(crate) fn call(command: &mut Command, interrupt: &Interrupt) -> Result<Output, BuildError> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let stdout = child.stdout.take().map(chunks_of);
    let stderr = child.stderr.take().map(chunks_of);
    let status = wait(&mut child, interrupt)?;
    let deadline = Instant::now() + OUTPUT_LIMIT;
    let collect = |pipe: Option<Receiver<Vec<u8>>>| {
        pipe.map(|pipe| collected(&pipe, deadline))
            .unwrap_or_default()
    };
    Ok(Output {
        status,
        stdout: collect(stdout),
        stderr: String::from_utf8_lossy(&collect(stderr)).into_owned(),
    })
}

fn wait(child: &mut Child, interrupt: &Interrupt) -> Result<ExitStatus, BuildError> {
    loop {
        if interrupt.is_set() {
            // Each fails only when nothing is left to be ended.
            if let Ok(group) = i32::try_from(child.id()) {
                let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
            }
            let _ = child.kill();
            child.wait()?;
            return Err(BuildError::Interrupted);
        }
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        thread::sleep(LOOK_EVERY);
    }
}

fn chunks_of(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        loop {
            match pipe.read(&mut buffer) {
                Ok(length @ 1..) => {
                    if sender.send(buffer[..length].to_vec()).is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What was read until an error is what there is.
                Ok(0) | Err(_) => return,
            }
        }
    });
    receiver
}

fn collected(chunks: &Receiver<Vec<u8>>, deadline: Instant) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        match chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(chunk) => bytes.extend(chunk),
            Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => return bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::signal::kill;

    use super::*;
    use crate::process::soon::{is_gone, pid_in};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn all_that_was_printed_is_there() {
        let script = "echo out; echo err >&2; exit 3";
        let output = call(&mut shell(script), &Interrupt::default()).unwrap();
        assert_eq!(output.stdout, b"out\n");
        assert_eq!(output.stderr, "err\n");
        assert_eq!(output.status.code(), Some(3));
    }

    #[test]
    fn what_is_left_behind_holds_nothing_up() {
        let script = "sleep 1000 & echo $!";
        let output = call(&mut shell(script), &Interrupt::default()).unwrap();
        let left: i32 = String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse()
            .unwrap();
        kill(Pid::from_raw(left), Signal::SIGKILL).unwrap();
    }

    #[test]
    fn an_interrupt_ends_the_children_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        let interrupt = Interrupt::default();
        let signal = interrupt.clone();
        let seen = path.clone();
        let user = thread::spawn(move || {
            let pid = pid_in(&seen);
            signal.set();
            pid.unwrap()
        });
        let script = format!("sleep 1000 & echo $! > '{}'; wait", path.display());
        let result = call(&mut shell(&script), &interrupt);
        assert!(matches!(result, Err(BuildError::Interrupted)));
        assert!(is_gone(user.join().unwrap()));
    }
}
