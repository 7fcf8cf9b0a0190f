//! Trials of exact costs: the server runs under a tool that counts, with fewer
//! messages and with more. What is no message's is the same in both, so the
//! difference is the messages'.

mod dumps;
mod output;

use std::{fs, path::Path, path::PathBuf, time::Duration};

use record::{
    CostKind, CostMeasurement, CostPass, CostSize, CostStep, Extent, Flaw, FlawKind, Load,
    Measurement, MessageKind, MessageShape, Workload,
};

use tempfile::TempDir;

use super::{
    Bench, Session,
    trial::{Outcome, TrialTask},
};
use crate::{
    doctor::Tool,
    process::{ProgramCall, Stop},
};

/// How long a server may take to listen: a tool translates or stops it at every
/// step.
const READY_LIMIT: Duration = Duration::from_secs(60);

/// How long a server may take to end under strace, whose report is written then.
const EXIT_LIMIT: Duration = Duration::from_secs(8);

/// How long a connection may take until its first echo is verified.
const CONNECT_TIMEOUT_NS: u64 = 60_000_000_000;

/// How long a server rests before the next message. Whether one that looks once
/// more before it waits finds the next message there would be chance otherwise.
/// After a longer rest, threads of Go's runtime that look by the clock cost more.
const REST: Duration = Duration::from_micros(300);

/// Tells the C library to copy and fill with vector instructions whatever the
/// length. It would take `rep movsb` and `rep stosb` for long blocks, of which
/// callgrind counts every byte as an instruction: a buffer of 128 KiB that is
/// zeroed for each read would hide everything else.
const TUNABLES: &str = "GLIBC_TUNABLES=glibc.cpu.x86_rep_stosb_threshold=0x10000000000:\
                        glibc.cpu.x86_rep_movsb_threshold=0x10000000000";

/// Tells Go's runtime not to interrupt itself by signals, in the midst of which
/// callgrind aborts (`vgCallgrind_post_signal: Assertion`). A server that waits
/// for its next message after every echo has nothing to be interrupted in.
const GO_SIGNALS: &str = "GODEBUG=asyncpreemptoff=1";

/// Messages before those that are counted, in both passes: buffers have found
/// their size by then. They go one by one like the others, or how many calls they
/// share would be chance, and that would stand in the difference.
pub(crate) const WARM_UP_MESSAGES: u64 = 16;

/// Counts what echoes of each size cost, on one connection with one message in
/// flight: with more, how many messages share a wake-up would be chance.
pub(super) fn per_message(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    counted: CostKind,
    sizes: &[CostSize],
) -> Result<Outcome, Stop> {
    let counter = Counter::find(counted)?;
    let steps = match counted {
        CostKind::SystemCalls => in_two_processes(bench, task, &counter, sizes)?,
        CostKind::Instructions => dumps::in_one_process(bench, task, &counter, sizes)?,
    };
    Ok(Outcome::of(Measurement::Costs(CostMeasurement {
        counted,
        tool: counter.version,
        steps,
    })))
}

/// strace tells its counts when the server ends, so there are two servers: start,
/// handshake, warm-up and end make the same calls in both.
fn in_two_processes(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    counter: &Counter,
    sizes: &[CostSize],
) -> Result<Vec<CostStep>, Stop> {
    let mut steps = Vec::with_capacity(sizes.len());
    for size in sizes {
        let pass = |messages| pass(bench, task, counter, size.size_bytes, messages);
        steps.push(CostStep {
            size_bytes: size.size_bytes,
            fewer: pass(size.fewer)?,
            more: pass(size.more)?,
        });
    }
    Ok(steps)
}

fn pass(
    bench: &Bench<'_>,
    task: &TrialTask<'_>,
    counter: &Counter,
    size_bytes: u64,
    messages: u64,
) -> Result<CostPass, Stop> {
    let folder = counter.folder()?;
    let file = folder.path().join("counts");
    let mut session = counter.open(bench, task, &file)?;
    let drive = |session: &mut Session<'_>| {
        let workload = workload(session, task, size_bytes);
        session.connect(&workload)?;
        for _ in 0..WARM_UP_MESSAGES + messages {
            echo_at_rest(session, &workload)?;
        }
        session.disconnect()
    };
    if let Err(stop) = drive(&mut session) {
        return Err(counter.blame(stop, &session.server.last_words()));
    }
    session
        .stop_within(EXIT_LIMIT)
        .map_err(|stop| counter.blame(stop, ""))?;
    counter.read(&file, messages)
}

/// Windows of one echo each.
fn workload(session: &Session<'_>, task: &TrialTask<'_>, size_bytes: u64) -> Workload {
    let message = MessageShape {
        kind: MessageKind::Binary,
        size_bytes,
    };
    let load = Load::Closed { in_flight: 1 };
    let mut workload = session.workload(task.seed, 1, load, message);
    workload.window = Extent::Count(1);
    workload.connect_timeout_ns = CONNECT_TIMEOUT_NS;
    // The process that was started may be the tool.
    workload.observe_pid = None;
    workload
}

/// A window of the workload that the session is connected for, when the server
/// has nothing left to do.
fn echo_at_rest(session: &mut Session<'_>, workload: &Workload) -> Result<(), Stop> {
    session.settle(REST);
    let (_, flaws) = session.go(workload)?;
    if flaws.is_empty() {
        Ok(())
    } else {
        Err(Stop::Flawed(flaws))
    }
}

/// A tool that is on this machine.
struct Counter {
    counted: CostKind,
    path: PathBuf,
    version: String,
}

impl Counter {
    fn find(counted: CostKind) -> Result<Self, Flaw> {
        let tool = match counted {
            CostKind::SystemCalls => Tool::Strace,
            CostKind::Instructions => Tool::Valgrind,
        };
        match (tool.path(), tool.version()) {
            (Some(path), Some(version)) => Ok(Self {
                counted,
                path,
                version,
            }),
            _ => Err(Flaw::ToolMissing {
                tool: counted.tool().to_owned(),
            }),
        }
    }

    /// A folder for what it writes.
    fn folder(&self) -> Result<TempDir, Flaw> {
        tempfile::tempdir().map_err(|error| self.failed(&error.to_string()))
    }

    /// A server under the tool, and a generator.
    fn open<'a>(
        &self,
        bench: &'a Bench<'a>,
        task: &TrialTask<'_>,
        file: &Path,
    ) -> Result<Session<'a>, Stop> {
        // One processor, so one worker: with several, who takes a message is chance.
        let cpus = &bench.server_cpus[..bench.server_cpus.len().min(1)];
        let wrap = |call| self.wrap(call, file);
        Session::open_under(bench, task.entry, cpus, READY_LIMIT, wrap)
            .map_err(|stop| self.blame(stop, ""))
    }

    /// The same call under the tool, which writes into `file`.
    fn wrap(&self, call: ProgramCall, file: &Path) -> ProgramCall {
        let file = file.display();
        let mut arguments: Vec<String> = match self.counted {
            CostKind::SystemCalls => ["-c", "-f", "-o"]
                .map(str::to_owned)
                .into_iter()
                .chain([file.to_string(), "--".to_owned()])
                .collect(),
            CostKind::Instructions => vec![
                TUNABLES.to_owned(),
                GO_SIGNALS.to_owned(),
                self.path.display().to_string(),
                "--tool=callgrind".to_owned(),
                format!("--callgrind-out-file={file}"),
                "--vgdb=yes".to_owned(),
                format!("--vgdb-prefix={file}-pipe"),
                "--quiet".to_owned(),
                "--".to_owned(),
            ],
        };
        arguments.push(call.program.display().to_string());
        arguments.extend(call.arguments);
        ProgramCall {
            program: match self.counted {
                CostKind::SystemCalls => self.path.clone(),
                CostKind::Instructions => "env".into(),
            },
            arguments,
            cpus: call.cpus,
        }
    }

    /// What the tool has written about so many messages.
    fn read(&self, file: &Path, messages: u64) -> Result<CostPass, Stop> {
        let text = fs::read_to_string(file)
            .map_err(|error| self.failed(&format!("its counts can't be read: {error}")))?;
        let counts = match self.counted {
            CostKind::SystemCalls => output::strace(&text),
            CostKind::Instructions => output::callgrind(&text),
        };
        let (total, by_name) =
            counts.ok_or_else(|| self.failed("its counts are not as expected"))?;
        Ok(CostPass {
            messages,
            total,
            by_name,
        })
    }

    fn failed(&self, error: &str) -> Flaw {
        Flaw::ToolFailed {
            tool: self.counted.tool().to_owned(),
            error: error.to_owned(),
        }
    }

    /// Every server here has passed its check: what goes wrong under the tool is
    /// not held against it. `last_words` is the standard error of both.
    fn blame(&self, stop: Stop, last_words: &str) -> Stop {
        let Stop::Flawed(flaws) = stop else {
            return stop;
        };
        let own = |flaw: &Flaw| {
            matches!(
                flaw.kind(),
                FlawKind::GeneratorFailed | FlawKind::ToolFailed | FlawKind::ToolMissing
            )
        };
        if flaws.iter().any(own) {
            return Stop::Flawed(flaws);
        }
        let Some(first) = flaws.first() else {
            return Stop::Flawed(flaws);
        };
        let words = format!("{first}\n{last_words}");
        let error = match output::unknown_system_call(&words) {
            Some(reason) => reason,
            None => first.to_string(),
        };
        self.failed(&error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter(counted: CostKind) -> Counter {
        Counter {
            counted,
            path: "/usr/bin/tool".into(),
            version: "1".to_owned(),
        }
    }

    #[test]
    fn the_server_s_own_call_stands_behind_the_tool_s() {
        let call = || ProgramCall {
            program: "/servers/echo".into(),
            arguments: vec!["--listen".to_owned(), "127.0.0.1:0".to_owned()],
            cpus: vec![3],
        };
        let wrapped = counter(CostKind::SystemCalls).wrap(call(), Path::new("/tmp/x"));
        assert_eq!(wrapped.program, Path::new("/usr/bin/tool"));
        assert_eq!(
            wrapped.arguments.join(" "),
            "-c -f -o /tmp/x -- /servers/echo --listen 127.0.0.1:0"
        );
        assert_eq!(wrapped.cpus, [3]);
        let wrapped = counter(CostKind::Instructions).wrap(call(), Path::new("/tmp/x"));
        assert_eq!(wrapped.program, Path::new("env"));
        assert_eq!(wrapped.arguments[2], "/usr/bin/tool");
        assert!(
            wrapped
                .arguments
                .ends_with(&["--", "/servers/echo", "--listen", "127.0.0.1:0"].map(str::to_owned))
        );
    }

    fn blamed(flaw: Flaw, last_words: &str) -> String {
        match counter(CostKind::Instructions).blame(flaw.into(), last_words) {
            Stop::Flawed(flaws) if flaws.len() == 1 => flaws[0].to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_server_that_fails_only_under_the_tool_is_not_blamed() {
        let exited = Flaw::Exited {
            status: "signal 4".to_owned(),
            stderr: "illegal instruction".to_owned(),
        };
        assert_eq!(
            blamed(exited, ""),
            "does not run under valgrind: exited during the trial (signal 4): \
             illegal instruction"
        );
        assert_eq!(
            blamed(
                Flaw::NothingEchoed,
                "--7-- WARNING: unhandled amd64-linux syscall: 441\n"
            ),
            "does not run under valgrind: it does not know the system call 441 (epoll_pwait2)"
        );
        let generator = Flaw::GeneratorFailed {
            error: "no memory".to_owned(),
        };
        assert_eq!(blamed(generator.clone(), ""), generator.to_string());
        let counter = counter(CostKind::SystemCalls);
        assert_eq!(counter.blame(Stop::Interrupted, ""), Stop::Interrupted);
    }

    #[test]
    fn counts_that_are_missing_or_other_are_the_tool_s_fault() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("counts");
        let counter = counter(CostKind::SystemCalls);
        for text in [None, Some("nonsense")] {
            if let Some(text) = text {
                fs::write(&file, text).unwrap();
            }
            let Err(Stop::Flawed(flaws)) = counter.read(&file, 1) else {
                panic!("there were no counts");
            };
            assert_eq!(flaws[0].kind(), FlawKind::ToolFailed);
        }
    }
}
