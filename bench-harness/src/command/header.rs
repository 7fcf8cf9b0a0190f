//! The first line of a run's file.

use std::{path::Path, process::Command, time::Duration};

use record::{
    BuiltContender, Calibration, CheckOutcome, EffortLevel, Host, Plan, RunHeader, SCHEMA_VERSION,
};

use super::{
    Setup,
    processors::{Processors, siblings},
};
use crate::{
    build::{SetAside, toolchain},
    cli::Options,
    clock::{Clock as _, RealClock, utc_text},
};

/// What is known before the first trial.
#[derive(Debug)]
pub(super) struct Known {
    /// What is compared.
    pub(super) contenders: Vec<BuiltContender>,
    /// What the check found.
    pub(super) checks: Vec<CheckOutcome>,
    /// Rates of the ladders.
    pub(super) calibrations: Vec<Calibration>,
    /// What is going to be done.
    pub(super) plan: Plan,
    /// How long that takes.
    pub(super) estimate_ns: u64,
}

/// Makes the header.
pub(super) fn make(setup: &Setup, all: bool, aside: &SetAside, known: Known) -> RunHeader {
    let started_at_unix_ns = RealClock.realtime_ns();
    let root = &setup.workspace.root;
    RunHeader {
        schema_version: SCHEMA_VERSION,
        started_at_unix_ns,
        started_at: utc_text(started_at_unix_ns),
        command: command(&setup.options, setup.seed, all),
        commit: commit(root),
        dirty: is_dirty(root),
        host: host(&setup.processors),
        toolchain: toolchain(&setup.cargo, &setup.go, root, &known.contenders),
        contenders: known.contenders,
        programs: aside.facts.clone(),
        generator: Some(aside.generator_facts.clone()),
        left_out_levels: setup.left_out.clone(),
        checks: known.checks,
        calibrations: known.calibrations,
        plan: known.plan,
        estimate_ns: known.estimate_ns,
    }
}

/// The machine.
pub(super) fn host(processors: &Processors) -> Host {
    let facts = machine::host();
    Host {
        name: facts.name,
        cpu_model: facts.cpu_model,
        cpus: facts.cpus,
        memory_bytes: facts.memory_bytes,
        operating_system: facts.operating_system,
        kernel: facts.kernel,
        hypervisor: facts.hypervisor,
        governor: facts.governor,
        open_files: facts.open_files,
        backlog_limit: facts.backlog_limit,
        congestion_control: machine::congestion_control(),
        clock_source: machine::clock_source(),
        server_cpus: processors.server.clone(),
        client_cpus: processors.client.clone(),
        shared_core: processors.share_a_core(siblings),
    }
}

/// Commit of this project; `None` outside a checkout.
pub(super) fn commit(root: &Path) -> Option<String> {
    git(root, &["rev-parse", "HEAD"]).map(|commit| commit.trim().to_owned())
}

/// Whether sources differ from the commit; results and the tables in README.md
/// are no sources.
pub(super) fn is_dirty(root: &Path) -> bool {
    let arguments = [
        "status",
        "--porcelain",
        "--",
        ".",
        ":(exclude)results",
        ":(exclude)README.md",
    ];
    git(root, &arguments).is_some_and(|changes| !changes.trim().is_empty())
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command that makes a run again. The folder and the number of jobs are
/// left out: they don't change what is measured.
fn command(options: &Options, seed: u64, all: bool) -> String {
    let mut words: Vec<String> = ["cargo", "run", "-p", "bench-harness", "--"]
        .map(str::to_owned)
        .into();
    words.push(if all { "--all" } else { "run" }.to_owned());
    match options.level() {
        EffortLevel::Quick => words.push("--quick".to_owned()),
        EffortLevel::Standard => {}
        EffortLevel::Thorough => words.push("--thorough".to_owned()),
    }
    let mut flag = |name: &str, value: String| words.extend([name.to_owned(), value]);
    if !options.contender.is_empty() {
        flag("--contender", options.contender.join(","));
    }
    if !options.group.is_empty() {
        let names: Vec<String> = options.group.iter().map(ToString::to_string).collect();
        flag("--group", names.join(","));
    }
    if !options.variant.is_empty() {
        let names: Vec<String> = options.variant.iter().map(ToString::to_string).collect();
        flag("--variant", names.join(","));
    }
    if !options.scenario.is_empty() {
        flag("--scenario", options.scenario.join(","));
    }
    if options.reference != crate::cli::DEFAULT_REFERENCE {
        flag("--reference", options.reference.clone());
    }
    for external in &options.external {
        let command = quoted(&external.command);
        flag("--external", format!("{}={command}", external.name));
    }
    if let Some(folder) = &options.scenarios {
        flag("--scenarios", folder.display().to_string());
    }
    if let Some(folder) = &options.rates_of {
        flag("--rates-of", folder.display().to_string());
    }
    if let Some(blocks) = options.blocks {
        flag("--blocks", blocks.to_string());
    }
    if let Some(budget) = options.budget {
        flag("--budget", time(budget));
    }
    if let Some(window) = options.window {
        flag("--window", time(window));
    }
    if let Some(path) = &options.load_generator {
        flag("--load-generator", path.display().to_string());
    }
    for (name, list) in [
        ("--server-cpus", &options.server_cpus),
        ("--client-cpus", &options.client_cpus),
    ] {
        if let Some(list) = list {
            flag(name, machine::format_cpu_list(&list.0));
        }
    }
    flag("--seed", seed.to_string());
    if options.no_baselines {
        words.push("--no-baselines".to_owned());
    }
    if options.tolerate_disturbance {
        words.push("--tolerate-disturbance".to_owned());
    }
    if options.beside_other_runs {
        words.push("--beside-other-runs".to_owned());
    }
    quoted(&words)
}

/// A time as the command line takes it, without loss.
fn time(duration: Duration) -> String {
    let ns = duration.as_nanos();
    match (ns % 1_000_000, ns % 1_000) {
        (0, _) => format!("{}ms", ns / 1_000_000),
        (_, 0) => format!("{}us", ns / 1_000),
        _ => format!("{ns}ns"),
    }
}

fn quoted(words: &[String]) -> String {
    shlex::try_join(words.iter().map(String::as_str)).unwrap_or_else(|_| words.join(" "))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    fn parse(words: &[&str]) -> Cli {
        Cli::parse_from([&["bench-harness"], words].concat())
    }

    #[test]
    fn the_plain_run_has_a_plain_command() {
        let cli = parse(&["--all"]);
        assert_eq!(
            command(&cli.options, 7, true),
            "cargo run -p bench-harness -- --all --seed 7"
        );
    }

    #[test]
    fn times_are_recorded_without_loss() {
        for text in ["250ms", "500us", "1500us", "7ns", "90s"] {
            let first = parse(&["run", "--window", text]).options.window;
            let again = time(first.unwrap());
            assert_eq!(parse(&["run", "--window", &again]).options.window, first);
        }
    }

    #[test]
    fn the_command_makes_the_same_options_again() {
        let words = [
            "run",
            "--quick",
            "--contender=a,b",
            "--group=core,go",
            "--variant=tuned",
            "--scenario=echo",
            "--reference=a",
            "--external=b=./server --greeting 'good day'",
            "--scenarios=some folder",
            "--rates-of=results/then",
            "--window=250ms",
            "--blocks=3",
            "--load-generator=some folder/load-generator",
            "--server-cpus=0-1",
            "--client-cpus=2",
            "--no-baselines",
            "--tolerate-disturbance",
            "--beside-other-runs",
        ];
        let first = parse(&words);
        let text = command(&first.options, 9, false);
        let again = shlex::split(&text).unwrap();
        let again: Vec<&str> = again.iter().skip(5).map(String::as_str).collect();
        let second = parse(&again);
        assert_eq!(second.options.seed, Some(9));
        assert_eq!(command(&second.options, 9, false), text);
        assert_eq!(second.options.group, first.options.group);
        assert_eq!(second.options.external, first.options.external);
        assert_eq!(second.options.load_generator, first.options.load_generator);
    }
}
