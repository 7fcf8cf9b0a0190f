//! Runs the tool: the very program, with the command line that a user would
//! type, so that nothing between its flags and its analysis is left out.

use std::{
    env, fs,
    io::Read,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use report::{Run, analyse};

use super::{
    experiment::{Experiment, HowMuch},
    judge::Evidence,
    known::Programs,
};
use crate::{
    cli::Options,
    exit::{Exit, Interrupted},
    interrupt::Interrupt,
    run::Recorder,
};

/// How often a running tool is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How the tool is called.
pub(super) struct Tool<'a> {
    pub(super) options: &'a Options,
    pub(super) programs: &'a Programs,
    pub(super) seed: u64,
    /// Each experiment gets a folder in here.
    pub(super) folder: &'a Path,
    pub(super) interrupt: &'a Interrupt,
}

impl Tool<'_> {
    /// Runs an experiment and reads what the tool wrote.
    pub(super) fn run(&self, experiment: &Experiment) -> Result<Evidence> {
        let scenarios = self.folder.join(format!("{}-scenario", experiment.name));
        let results = self.folder.join(experiment.name);
        fs::create_dir(&scenarios)
            .with_context(|| format!("{} can't be created", scenarios.display()))?;
        fs::write(
            scenarios.join(format!("{}.toml", experiment.name)),
            toml::to_string(&experiment.scenario())?,
        )
        .with_context(|| format!("{} can't be written", scenarios.display()))?;
        let arguments = self.arguments(experiment, &scenarios, &results)?;
        self.call(&arguments)?;

        let path = results.join(Recorder::FILE_NAME);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} can't be read", path.display()))?;
        let run = Run::parse(&text).with_context(|| path.display().to_string())?;
        let findings = analyse(&run);
        Ok(Evidence { run, findings })
    }

    fn arguments(
        &self,
        experiment: &Experiment,
        scenarios: &Path,
        results: &Path,
    ) -> Result<Vec<String>> {
        let names: Vec<&str> = experiment
            .servers
            .iter()
            .map(|server| server.name.as_str())
            .collect();
        let reference = names.first().context("an experiment has no server")?;
        let mut words: Vec<String> = ["run", "--no-baselines", "--reference", reference]
            .map(str::to_owned)
            .into();
        let mut flag = |name: &str, value: String| words.extend([name.to_owned(), value]);
        flag("--contender", names.join(","));
        flag("--seed", self.seed.to_string());
        flag("--scenarios", text(scenarios)?);
        flag("--output", text(results)?);
        flag("--load-generator", text(&self.programs.generator)?);
        let program = text(&self.programs.server)?;
        let program = shlex::try_quote(&program).context("the known server's path")?;
        for server in &experiment.servers {
            let command = format!("{}={program} {}", server.name, server.flags);
            flag("--external", command.trim_end().to_owned());
        }
        let effort = experiment.effort();
        flag("--blocks", effort.blocks.to_string());
        flag("--window", format!("{}ns", effort.window_ns));
        for (name, list) in [
            ("--server-cpus", &self.options.server_cpus),
            ("--client-cpus", &self.options.client_cpus),
        ] {
            if let Some(list) = list {
                flag(name, machine::format_cpu_list(&list.0));
            }
        }
        if self.options.beside_other_runs {
            words.push("--beside-other-runs".to_owned());
        }
        match experiment.how_much {
            // What is to be seen here doesn't depend on a quiet machine.
            HowMuch::Short { .. } => {
                words.extend(["--quick", "--tolerate-disturbance"].map(str::to_owned));
            }
            HowMuch::Run(_) if self.options.thorough => words.push("--thorough".to_owned()),
            HowMuch::Run(_) if self.options.quick => words.push("--quick".to_owned()),
            HowMuch::Run(_) => {}
        }
        Ok(words)
    }

    fn call(&self, arguments: &[String]) -> Result<()> {
        let program = env::current_exe().context("this program's own path is unknown")?;
        let mut child = Command::new(&program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal is for this program, which passes it on once.
            .process_group(0)
            .spawn()
            .with_context(|| format!("{} can't be run", program.display()))?;
        let stderr = child.stderr.take().map(|mut pipe| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                // What was read until an error is what there is.
                let _ = pipe.read_to_end(&mut bytes);
                String::from_utf8_lossy(&bytes).into_owned()
            })
        });
        let status = self.wait(&mut child)?;
        let said = stderr
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default();
        let code = status.code();
        let is = |exit: Exit| code == Some(i32::from(exit.code()));
        if is(Exit::Interrupted) || self.interrupt.is_set() {
            return Err(Interrupted.into());
        }
        if !is(Exit::Ok) && !is(Exit::Incomplete) {
            bail!(
                "the tool failed ({status}):\n{}\nrun it again by hand: {}",
                said.trim(),
                command_line(&program, arguments)
            );
        }
        Ok(())
    }

    fn wait(&self, child: &mut Child) -> Result<ExitStatus> {
        let mut is_told = false;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if self.interrupt.is_set() && !is_told {
                let pid = Pid::from_raw(i32::try_from(child.id())?);
                // Fails only when it has just ended.
                let _ = kill(pid, Signal::SIGTERM);
                is_told = true;
            }
            thread::sleep(LOOK_EVERY);
        }
    }
}

fn command_line(program: &Path, arguments: &[String]) -> String {
    let program = program.display().to_string();
    let words = [program.as_str()]
        .into_iter()
        .chain(arguments.iter().map(String::as_str));
    shlex::try_join(words).unwrap_or_else(|_| arguments.join(" "))
}

fn text(path: &Path) -> Result<String> {
    let path: PathBuf = std::path::absolute(path)?;
    let text = path.into_os_string().into_string();
    text.map_err(|path| anyhow::anyhow!("{path:?} is not UTF-8; use a path that is"))
}
