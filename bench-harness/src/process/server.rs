//! A server under test, spoken to by the contender contract.

use std::{path::PathBuf, time::Duration};

use record::{AllocationCounts, ContenderLine, EntryKey, Flaw, Ready};

use super::{Launcher, LineProcess, ProgramCall, Received, Stop};
use crate::clock::Clock;

/// How long a server may take to listen.
const READY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a server may take to answer a command.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a server may take to exit after the end of its input.
const EXIT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long to look for the exit status of a server that closed its output.
const STATUS_WAIT: Duration = Duration::from_millis(500);

/// The executable of a contender and what it is always started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerProgram {
    /// The executable.
    pub(crate) program: PathBuf,
    /// Arguments before those of the contract.
    pub(crate) arguments: Vec<String>,
}

impl ServerProgram {
    /// The call that starts it as `entry`, to keep `keep` messages.
    pub(crate) fn call(&self, entry: &EntryKey, cpus: &[u32], keep: u32) -> ProgramCall {
        let mut arguments = self.arguments.clone();
        let contract = [
            ("--listen", "127.0.0.1:0".to_owned()),
            ("--threads", cpus.len().max(1).to_string()),
            ("--variant", entry.variant.to_string()),
        ];
        for (flag, value) in contract {
            arguments.extend([flag.to_owned(), value]);
        }
        if keep > 0 {
            arguments.extend(["--keep".to_owned(), keep.to_string()]);
        }
        ProgramCall {
            program: self.program.clone(),
            arguments,
            cpus: cpus.to_vec(),
        }
    }
}

/// A server process. Dropping it kills it.
pub(crate) struct Server<'a> {
    process: Box<dyn LineProcess>,
    clock: &'a dyn Clock,
}

impl<'a> Server<'a> {
    /// Starts a server; it need not listen yet.
    pub(crate) fn start(
        launcher: &dyn Launcher,
        clock: &'a dyn Clock,
        call: &ProgramCall,
    ) -> Result<Self, Stop> {
        let process = launcher.launch(call).map_err(|error| Flaw::NotStarted {
            error: format!("{}: {error}", call.program.display()),
        })?;
        Ok(Self { process, clock })
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Waits until it listens.
    pub(crate) fn wait_ready(&mut self) -> Result<Ready, Stop> {
        self.wait_ready_within(READY_TIMEOUT)
    }

    /// Waits so long until it listens.
    pub(crate) fn wait_ready_within(&mut self, limit: Duration) -> Result<Ready, Stop> {
        match self.process.receive(limit) {
            Received::Line(line) => match serde_json::from_str(&line) {
                Ok(ContenderLine::Ready(ready)) => Ok(ready),
                Ok(_) => Err(bad_ready_line(&line, "the event is not \"ready\"")),
                Err(error) => Err(bad_ready_line(&line, &error.to_string())),
            },
            Received::TimedOut => Err(Flaw::NeverReady {
                waited_ns: ns(limit),
            }
            .into()),
            Received::Ended => Err(self.ended()),
            Received::TooMuch(what) => Err(too_talkative(&what)),
            Received::Interrupted => Err(Stop::Interrupted),
        }
    }

    /// Starts to count allocations, from zero.
    pub(crate) fn count_on(&mut self) -> Result<(), Stop> {
        self.switch_counting("count on", true)
    }

    /// Stops counting.
    pub(crate) fn count_off(&mut self) -> Result<(), Stop> {
        self.switch_counting("count off", false)
    }

    fn switch_counting(&mut self, command: &str, wanted: bool) -> Result<(), Stop> {
        let (answer, line) = self.ask(command)?;
        match answer {
            ContenderLine::Counting { on } if on == wanted => Ok(()),
            _ => Err(wrong_answer(command, &line)),
        }
    }

    /// What was counted.
    pub(crate) fn stats(&mut self) -> Result<AllocationCounts, Stop> {
        let (answer, line) = self.ask("stats")?;
        match answer {
            ContenderLine::Stats(counts) => Ok(counts),
            _ => Err(wrong_answer("stats", &line)),
        }
    }

    /// Refuses a server that has said something since it was ready.
    pub(crate) fn refuse_chatter(&mut self) -> Result<(), Stop> {
        match self.process.receive(Duration::ZERO) {
            Received::Line(line) => {
                let shown: String = line.chars().take(200).collect();
                Err(too_talkative(&format!("{shown:?}")))
            }
            Received::TooMuch(what) => Err(too_talkative(&what)),
            Received::Ended => Err(self.ended()),
            Received::TimedOut => Ok(()),
            Received::Interrupted => Err(Stop::Interrupted),
        }
    }

    fn ask(&mut self, command: &str) -> Result<(ContenderLine, String), Stop> {
        if self.process.send(command).is_err() {
            return Err(self.ended());
        }
        match self.process.receive(ANSWER_TIMEOUT) {
            Received::Line(line) => match serde_json::from_str(&line) {
                Ok(answer) => Ok((answer, line)),
                Err(_) => Err(wrong_answer(command, &line)),
            },
            Received::TimedOut => Err(control_failed(format!(
                "no answer to \"{command}\" within {} s",
                ANSWER_TIMEOUT.as_secs()
            ))),
            Received::Ended => Err(self.ended()),
            Received::TooMuch(what) => Err(too_talkative(&what)),
            Received::Interrupted => Err(Stop::Interrupted),
        }
    }

    /// The flaw of a server that has ended by itself, if it has.
    pub(crate) fn exited(&mut self) -> Option<Flaw> {
        let status = self.process.exit_status()?;
        Some(Flaw::Exited {
            status,
            stderr: self.process.stderr_tail(),
        })
    }

    /// The end of its standard error.
    pub(crate) fn last_words(&self) -> String {
        self.process.stderr_tail()
    }

    /// Tells it to exit, and waits until it has.
    pub(crate) fn stop(self) -> Result<(), Stop> {
        self.stop_within(EXIT_TIMEOUT)
    }

    /// The same, for a server that needs longer.
    pub(crate) fn stop_within(mut self, limit: Duration) -> Result<(), Stop> {
        self.process.close_input();
        if self.wait_exit(limit).is_some() {
            Ok(())
        } else {
            Err(control_failed(format!(
                "still runs {} s after the end of its input",
                limit.as_secs()
            )))
        }
    }

    /// The flaw of a server whose pipes are closed.
    fn ended(&mut self) -> Stop {
        match self.wait_exit(STATUS_WAIT) {
            Some(status) => Flaw::Exited {
                status,
                stderr: self.process.stderr_tail(),
            }
            .into(),
            None => control_failed("closed its output but still runs".to_owned()),
        }
    }

    fn wait_exit(&mut self, limit: Duration) -> Option<String> {
        let start_ns = self.clock.monotonic_ns();
        loop {
            let status = self.process.exit_status();
            if status.is_some() || self.clock.monotonic_ns() - start_ns > ns(limit) {
                return status;
            }
            self.clock.sleep(Duration::from_millis(1));
        }
    }
}

fn ns(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn bad_ready_line(line: &str, reason: &str) -> Stop {
    let shown: String = line.chars().take(200).collect();
    Flaw::BadReadyLine {
        error: format!("{reason}: {shown:?}"),
    }
    .into()
}

fn wrong_answer(command: &str, line: &str) -> Stop {
    let shown: String = line.chars().take(200).collect();
    control_failed(format!("wrong answer to \"{command}\": {shown:?}"))
}

fn too_talkative(what: &str) -> Stop {
    control_failed(format!(
        "it printed {what} on its standard output, where only answers belong; nothing is logged \
         while it serves"
    ))
}

fn control_failed(error: String) -> Stop {
    Flaw::ControlFailed { error }.into()
}
