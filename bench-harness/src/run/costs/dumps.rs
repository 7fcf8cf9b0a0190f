//! Counts of instructions: callgrind is asked for them after each pass and begins
//! anew, so all passes are one process's.
//!
//! Two processes would not do: what some servers do at their start differs from
//! one to the next by more than hundreds of messages cost.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use record::{CostPass, CostSize, CostStep, Workload};

use super::{Counter, WARM_UP_MESSAGES, echo_at_rest, workload};
use crate::{
    process::{ProgramCall, Received, Stop},
    run::{Bench, Session, trial::TrialTask},
};

/// How long a server rests before it is counted: what it does after the last
/// echo is part of the work.
const REST_BEFORE_DUMP: Duration = Duration::from_millis(20);

/// How long valgrind may take to write its counts.
const DUMP_LIMIT: Duration = Duration::from_secs(10);

/// Counts fewer and more messages of each size. What asking for the counts adds
/// is the same in both.
pub(super) fn in_one_process(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    counter: &Counter,
    sizes: &[CostSize],
) -> Result<Vec<CostStep>, Stop> {
    let folder = counter.folder()?;
    let file = folder.path().join("counts");
    let session = counter.open(bench, task, &file)?;
    let mut server = CountedServer {
        bench,
        counter,
        session,
        file,
        dumps: 0,
    };
    let mut steps = Vec::with_capacity(sizes.len());
    for size in sizes {
        match server.step(task, size) {
            Ok(step) => steps.push(step),
            Err(stop) => {
                return Err(counter.blame(stop, &server.session.server.last_words()));
            }
        }
    }
    // It isn't told to end: it has counted, and one that waits in io_uring never
    // hears it under valgrind.
    Ok(steps)
}

/// A server under callgrind.
struct CountedServer<'a> {
    bench: &'a Bench<'a>,
    counter: &'a Counter,
    session: Session<'a>,
    /// Where the counts are written to; each time, a number is put behind it.
    file: PathBuf,
    dumps: u32,
}

impl CountedServer<'_> {
    fn step(&mut self, task: &TrialTask<'_>, size: &CostSize) -> Result<CostStep, Stop> {
        let workload = workload(&self.session, task, size.size_bytes);
        self.session.connect(&workload)?;
        self.echo(WARM_UP_MESSAGES, &workload)?;
        let mut pass = |messages| self.echo(messages, &workload);
        let step = CostStep {
            size_bytes: size.size_bytes,
            fewer: pass(size.fewer)?,
            more: pass(size.more)?,
        };
        self.session.disconnect()?;
        Ok(step)
    }

    /// What so many messages cost, each of which meets a server at rest.
    fn echo(&mut self, messages: u64, workload: &Workload) -> Result<CostPass, Stop> {
        for _ in 0..messages {
            echo_at_rest(&mut self.session, workload)?;
        }
        self.counts_since(messages)
    }

    /// What was counted since the last time, in which there were so many
    /// messages.
    fn counts_since(&mut self, messages: u64) -> Result<CostPass, Stop> {
        self.session.settle(REST_BEFORE_DUMP);
        self.dumps += 1;
        dump(
            self.bench,
            self.counter,
            self.session.server.pid(),
            &self.file,
        )?;
        let mut file = self.file.clone().into_os_string();
        file.push(format!(".{}", self.dumps));
        self.counter.read(Path::new(&file), messages)
    }
}

/// Lets valgrind write its counts and set them to zero.
fn dump(bench: &Bench<'_>, counter: &Counter, pid: u32, file: &Path) -> Result<(), Stop> {
    let call = ProgramCall {
        // Both are parts of one package.
        program: counter.path.with_file_name("vgdb"),
        arguments: vec![
            // A server that waits in the kernel is woken after so long.
            "--max-invoke-ms=1".to_owned(),
            format!("--vgdb-prefix={}-pipe", file.display()),
            format!("--pid={pid}"),
            "dump".to_owned(),
        ],
        cpus: bench.client_cpus.clone(),
    };
    let failed = |error: &str| Stop::from(counter.failed(&format!("vgdb: {error}")));
    let mut vgdb = bench
        .launcher
        .launch(&call)
        .map_err(|error| failed(&error.to_string()))?;
    loop {
        match vgdb.receive(DUMP_LIMIT) {
            Received::Line(_) => {}
            Received::Ended => return Ok(()),
            Received::Interrupted => return Err(Stop::Interrupted),
            Received::TimedOut => {
                let seconds = DUMP_LIMIT.as_secs();
                return Err(failed(&format!("no counts within {seconds} s")));
            }
            Received::TooMuch(what) => return Err(failed(&format!("it printed {what}"))),
        }
    }
}
