//! The load generator, driven by its control mode.

use std::{path::Path, time::Duration};

use record::{Connected, Disconnected, Extent, Flaw, GeneratorLine, LoadResult, Workload};

use super::{Launcher, LineProcess, ProgramCall, Received, Stop};

/// Longest time for a workload whose length is a count.
const COUNT_LIMIT: Duration = Duration::from_secs(60);

/// What the generator may take beyond the time that its workload asks for.
const SLACK: Duration = Duration::from_secs(10);

/// A load generator process. Dropping it kills it.
pub(crate) struct Generator {
    process: Box<dyn LineProcess>,
}

impl Generator {
    /// Starts the generator on its processors.
    pub(crate) fn start(
        launcher: &dyn Launcher,
        program: &Path,
        cpus: &[u32],
    ) -> Result<Self, Stop> {
        let call = ProgramCall {
            program: program.to_owned(),
            arguments: vec!["--control".to_owned()],
            cpus: cpus.to_vec(),
        };
        let process = launcher
            .launch(&call)
            .map_err(|error| failed(format!("{}: {error}", program.display())))?;
        Ok(Self { process })
    }

    /// Opens and verifies the connections, and warms up.
    pub(crate) fn connect(&mut self, workload: &Workload) -> Result<Connected, Stop> {
        let json = serde_json::to_string(workload)
            .map_err(|error| failed(format!("the workload can't be written: {error}")))?;
        let limit = connect_limit(workload) + extent_limit(workload.warm_up, workload);
        match self.ask("connect", &format!("connect {json}"), limit)? {
            (GeneratorLine::Ready(connected), _) => Ok(connected),
            (_, line) => Err(wrong_answer("connect", &line)),
        }
    }

    /// Measures, from now on.
    pub(crate) fn go(&mut self, workload: &Workload) -> Result<LoadResult, Stop> {
        let limit = extent_limit(workload.window, workload);
        match self.ask("go", "go 0", limit)? {
            (GeneratorLine::Result(result), _) => Ok(*result),
            (_, line) => Err(wrong_answer("go", &line)),
        }
    }

    /// Opens connections until `connections` are up.
    pub(crate) fn hold(
        &mut self,
        connections: u32,
        workload: &Workload,
    ) -> Result<Connected, Stop> {
        let limit = connect_limit(workload);
        match self.ask("hold", &format!("hold {connections}"), limit)? {
            (GeneratorLine::Ready(connected), _) => Ok(connected),
            (_, line) => Err(wrong_answer("hold", &line)),
        }
    }

    /// Closes all connections with the closing handshake.
    pub(crate) fn disconnect(&mut self) -> Result<Disconnected, Stop> {
        match self.ask("disconnect", "disconnect", SLACK)? {
            (GeneratorLine::Disconnected(disconnected), _) => Ok(disconnected),
            (_, line) => Err(wrong_answer("disconnect", &line)),
        }
    }

    fn ask(
        &mut self,
        name: &str,
        command: &str,
        limit: Duration,
    ) -> Result<(GeneratorLine, String), Stop> {
        if let Err(error) = self.process.send(command) {
            return Err(self.ended(&format!("\"{name}\" could not be sent: {error}")));
        }
        match self.process.receive(limit) {
            Received::Line(line) => match serde_json::from_str(&line) {
                Ok(GeneratorLine::Fault(fault)) => Err(failed(fault.message)),
                Ok(answer) => Ok((answer, line)),
                Err(_) => Err(wrong_answer(name, &line)),
            },
            Received::TimedOut => Err(Flaw::TimedOut {
                limit_ns: u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX),
            }
            .into()),
            Received::Ended => Err(self.ended(&format!("ended instead of answering \"{name}\""))),
            Received::TooMuch(what) => Err(failed(format!("it printed {what}"))),
            Received::Interrupted => Err(Stop::Interrupted),
        }
    }

    fn ended(&mut self, what: &str) -> Stop {
        let status = self.process.exit_status().unwrap_or_default();
        let stderr = self.process.stderr_tail();
        let words: Vec<&str> = [what, &status, &stderr]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        failed(words.join(": "))
    }
}

/// A connection may wait for its turn while others time out.
fn connect_limit(workload: &Workload) -> Duration {
    3 * Duration::from_nanos(workload.connect_timeout_ns) + SLACK
}

fn extent_limit(extent: Extent, workload: &Workload) -> Duration {
    let length = match extent {
        Extent::DurationNs(ns) => Duration::from_nanos(ns),
        Extent::Count(_) => COUNT_LIMIT,
    };
    length + Duration::from_nanos(workload.grace_ns) + SLACK
}

fn wrong_answer(command: &str, line: &str) -> Stop {
    let shown: String = line.chars().take(200).collect();
    failed(format!("wrong answer to \"{command}\": {shown:?}"))
}

fn failed(error: String) -> Stop {
    Flaw::GeneratorFailed { error }.into()
}
