//! Real programs.

use std::{
    io::{self, Write as _},
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::RecvTimeoutError,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

use super::{
    Launcher, LineProcess, ProgramCall, Received,
    output::{Lines, Tail, lines_of},
};
use crate::interrupt::Interrupt;

/// How often a wait looks whether the user asked to stop.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Starts real programs.
#[derive(Debug)]
pub(crate) struct ChildLauncher {
    interrupt: Interrupt,
}

impl ChildLauncher {
    /// A launcher whose programs' waits end when `interrupt` is set.
    pub(crate) fn new(interrupt: Interrupt) -> Self {
        Self { interrupt }
    }
}

impl Launcher for ChildLauncher {
    fn launch(&self, call: &ProgramCall) -> io::Result<Box<dyn LineProcess>> {
        let mut command = Command::new(&call.program);
        command
            .args(&call.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal is for the harness, which ends its programs in order.
            .process_group(0);
        let mut child = spawn_on(&call.cpus, &mut command)?;
        let input = child.stdin.take();
        let lines = child.stdout.take().map(lines_of);
        let errors = child.stderr.take().map(Tail::of).unwrap_or_default();
        Ok(Box::new(ChildProcess {
            child,
            input,
            lines,
            errors,
            interrupt: self.interrupt.clone(),
        }))
    }
}

/// Starts `command` so that all its threads are bound to `cpus` from their
/// first instruction on: a child inherits the affinity of the thread that
/// starts it.
fn spawn_on(cpus: &[u32], command: &mut Command) -> io::Result<Child> {
    let before = machine::affinity().map_err(io::Error::other)?;
    machine::set_affinity(cpus).map_err(io::Error::other)?;
    let child = command.spawn();
    machine::set_affinity(&before).map_err(io::Error::other)?;
    child
}

/// A running program, leader of a process group of its own. Dropping it kills
/// the group.
#[derive(Debug)]
struct ChildProcess {
    child: Child,
    input: Option<ChildStdin>,
    lines: Option<Lines>,
    errors: Tail,
    interrupt: Interrupt,
}

impl LineProcess for ChildProcess {
    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn send(&mut self, line: &str) -> io::Result<()> {
        let Some(input) = &mut self.input else {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        };
        let mut bytes = Vec::with_capacity(line.len() + 1);
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
        input.write_all(&bytes)?;
        input.flush()
    }

    fn receive(&mut self, timeout: Duration) -> Received {
        let Some(lines) = &self.lines else {
            return Received::Ended;
        };
        let start = Instant::now();
        loop {
            if self.interrupt.is_set() {
                return Received::Interrupted;
            }
            let left = timeout.saturating_sub(start.elapsed());
            match lines.next(left.min(LOOK_EVERY)) {
                Ok(line) => return Received::Line(line),
                Err(RecvTimeoutError::Disconnected) => {
                    return match lines.excess() {
                        Some(excess) => Received::TooMuch(excess.to_string()),
                        None => Received::Ended,
                    };
                }
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return Received::TimedOut,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn close_input(&mut self) {
        self.input = None;
    }

    fn exit_status(&mut self) -> Option<String> {
        match self.child.try_wait() {
            Ok(status) => status.map(in_words),
            Err(error) => Some(format!("status unknown: {error}")),
        }
    }

    fn stderr_tail(&self) -> String {
        self.errors.text()
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        // Each fails only when nothing is left to be done. The wait matters:
        // the next trial must not run beside the end of this one.
        if let Ok(group) = i32::try_from(self.child.id()) {
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn in_words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::soon::{is_gone, soon};

    fn shell(script: &str) -> (Interrupt, Box<dyn LineProcess>) {
        let interrupt = Interrupt::default();
        let process = ChildLauncher::new(interrupt.clone())
            .launch(&ProgramCall {
                program: "/bin/sh".into(),
                arguments: vec!["-c".to_owned(), script.to_owned()],
                cpus: machine::affinity().unwrap(),
            })
            .unwrap();
        (interrupt, process)
    }

    const LONG: Duration = Duration::from_secs(60);

    fn exit_of(process: &mut dyn LineProcess) -> String {
        soon(|| process.exit_status()).unwrap()
    }

    #[test]
    fn answers_lines_and_ends_with_its_input() {
        let (_, mut process) = shell("while read word; do echo \"got $word\"; done; exit 3");
        process.send("this").unwrap();
        assert_eq!(process.receive(LONG), Received::Line("got this".to_owned()));
        process.close_input();
        assert_eq!(process.receive(LONG), Received::Ended);
        assert_eq!(exit_of(process.as_mut()), "exit code 3");
        assert!(process.send("more").is_err());
    }

    #[test]
    fn signal_and_last_words_are_told() {
        let (_, mut process) = shell("echo 'out of cheese' >&2; kill -SEGV $$");
        assert_eq!(process.receive(LONG), Received::Ended);
        assert_eq!(exit_of(process.as_mut()), "signal 11");
        let tail = soon(|| Some(process.stderr_tail()).filter(|tail| !tail.is_empty()));
        assert_eq!(tail.unwrap(), "out of cheese");
    }

    #[test]
    fn silence_times_out_and_an_interrupt_ends_the_wait() {
        let (interrupt, mut process) = shell("sleep 1000");
        assert_eq!(
            process.receive(Duration::from_millis(1)),
            Received::TimedOut
        );
        interrupt.set();
        assert_eq!(process.receive(LONG), Received::Interrupted);
    }

    #[test]
    fn dropping_kills_what_the_program_has_started_as_well() {
        let (_, mut process) = shell("sleep 1000 & echo $!; wait");
        let Received::Line(grandchild) = process.receive(LONG) else {
            panic!("no process id");
        };
        let pids = [process.pid().to_string(), grandchild];
        drop(process);
        for pid in pids {
            assert!(is_gone(Pid::from_raw(pid.parse().unwrap())), "{pid}");
        }
    }

    #[test]
    fn a_missing_program_is_an_error() {
        let result = ChildLauncher::new(Interrupt::default()).launch(&ProgramCall {
            program: "/nonexistent/server".into(),
            arguments: Vec::new(),
            cpus: machine::affinity().unwrap(),
        });
        assert!(result.is_err());
    }
}
