//! `resume`: continues a stopped run with the same plan and seed.

use std::path::Path;

use ::report::Run;
use anyhow::{Context as _, Result, bail, ensure};
use record::RunHeader;

use super::{
    Setup,
    build::build_all,
    check::bench,
    differences::{Today, differences},
    header,
    run::{Session, set_aside},
};
use crate::{
    build::toolchain,
    cli::Options,
    discover::Contender,
    exit::{Exit, UsageError},
    interrupt::Interrupt,
    output,
    plan::Estimate,
    process::ChildLauncher,
    progress::in_words,
    run::{Portion, Recorder, Schedule},
};

/// Runs the trials that are missing.
///
/// The machine, the compiler and every program must be those of the run's
/// start: else its blocks could not be compared with each other.
pub(super) fn resume(options: &Options, interrupt: Interrupt, folder: &Path) -> Result<Exit> {
    let folder = &output::of_run(folder)?;
    let path = folder.join(Recorder::FILE_NAME);
    // Locked before it is read: nobody may append to it meanwhile.
    let (mut recorder, text) = Recorder::reopen(&path)?;
    let run = Run::parse(&text).with_context(|| path.display().to_string())?;
    let header = &run.header;
    refuse_other_options(options, header)?;
    let schedule =
        Schedule::after(&header.plan, &run.trials).with_context(|| path.display().to_string())?;
    ensure!(
        schedule.due().is_some() || run.end.is_none(),
        "this run is complete; `bench-harness report {}` renders it again",
        folder.display()
    );

    let setup = &mut Setup::of_run(options, interrupt, header)?;
    refuse_missing_processors(header, &setup.allowed)?;
    let _machine = setup.claim_machine(folder)?;
    setup.contenders = contenders_of(header, &setup.contenders)?;
    let (mut built, generator) = build_all(setup)?;
    let aside = set_aside(setup, &mut built, &generator)?;
    let differences = differences(
        header,
        &Today {
            host: header::host(&setup.processors),
            toolchain: toolchain(
                &setup.cargo,
                &setup.go,
                &setup.workspace.root,
                &built.contenders,
            ),
            commit: header::commit(&setup.workspace.root),
            contenders: &built.contenders,
            servers: &aside.facts,
            generator: &aside.generator_facts,
        },
    );
    if !differences.is_empty() {
        bail!(
            "this run can't be continued, its blocks would not be comparable; bring back what \
             differs, or start a new run:\n  {}",
            differences.join("\n  ")
        );
    }

    setup.progress.say(&format!(
        "{} of {} trials are on record; the rest takes about {}",
        schedule.planned_done(),
        header.plan.trials.len(),
        in_words(Estimate::new(&header.plan).cells_ns(schedule.cells_to_come())),
    ));
    setup.warn_of_shared_processors();
    let launcher = ChildLauncher::new(setup.interrupt.clone());
    let bench = bench(setup, &launcher, &built, aside.generator.clone());
    machine::set_affinity(&setup.processors.client).context("the processors can't be chosen")?;
    recorder.mend()?;
    let session = Session {
        bench: &bench,
        header,
        aside: &aside,
        folder,
        portion: Portion {
            schedule,
            done_took_ns: took_ns(&run),
            budget_ns: setup.budget_ns(),
        },
        all: false,
    };
    session.measure_and_report(setup, &mut recorder)
}

/// A run is continued as it was planned; an option that would be passed over is
/// refused. The reference may be said again.
fn refuse_other_options(options: &Options, header: &RunHeader) -> Result<(), UsageError> {
    let reference = header.plan.reference();
    let is_same = reference.is_some_and(|entry| entry.key.contender == options.reference);
    let mut meaningful = vec!["--external", "--budget", "--load-generator"];
    meaningful.extend(is_same.then_some("--reference"));
    match options.given_besides(&meaningful) {
        None => Ok(()),
        Some(flag) => Err(UsageError(format!(
            "{flag} can't be used with resume, which follows the run's own plan; leave it out, \
             or start a new run"
        ))),
    }
}

/// The file may come from another machine, or from a time with more processors.
fn refuse_missing_processors(header: &RunHeader, allowed: &[u32]) -> Result<()> {
    let host = &header.host;
    let used: Vec<u32> = [host.server_cpus.as_slice(), &host.client_cpus].concat();
    ensure!(
        !host.server_cpus.is_empty()
            && !host.client_cpus.is_empty()
            && used.iter().all(|cpu| allowed.contains(cpu)),
        "this run used processors {}, and today there are {}; allow the same ones, or start a \
         new run",
        machine::format_cpu_list(&used),
        machine::format_cpu_list(allowed)
    );
    Ok(())
}

/// The contenders of the run, as they are today. Those that were given on the
/// command line must be given again.
fn contenders_of(header: &RunHeader, known: &[Contender]) -> Result<Vec<Contender>> {
    let mut found = Vec::new();
    for contender in &header.contenders {
        let Some(today) = known.iter().find(|it| it.name == contender.name) else {
            bail!(
                "{} is gone; give it by --external {}=COMMAND if it was an external server",
                contender.name,
                contender.name
            );
        };
        found.push(today.clone());
    }
    Ok(found)
}

/// From the first trial's start to the last one's end, as far as known; pauses
/// between sessions count as well when the last session was killed.
fn took_ns(run: &Run) -> u64 {
    if let Some(end) = &run.end {
        return end.took_ns;
    }
    match (run.trials.first(), run.trials.last()) {
        (Some(first), Some(last)) => {
            (last.started_at_unix_ns + last.took_ns).saturating_sub(first.started_at_unix_ns)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::{cli::Cli, run::fixture::header};

    #[test]
    fn options_that_would_be_passed_over_are_refused() {
        let refused = |words: &[&str]| {
            let cli = Cli::parse_from([&["bench-harness", "resume", "then"], words].concat());
            refuse_other_options(&cli.options, &header()).is_err()
        };
        for words in [
            &["--contender", "a"][..],
            &["--no-baselines"],
            &["--variant", "tuned"],
            &["--scenario", "a"],
            &["--reference", "another"],
            &["--scenarios", "a"],
            &["--quick"],
            &["--thorough"],
            &["--blocks", "3"],
            &["--window", "1s"],
            &["--seed", "7"],
            &["--rates-of", "a"],
            &["--output", "a"],
            &["--server-cpus", "0"],
            &["--client-cpus", "0"],
        ] {
            assert!(refused(words), "{words:?}");
        }
        for words in [
            &[][..],
            &["--budget", "5m"],
            &["--reference", "mine"],
            &["--external", "a=b"],
            &["--load-generator", "a"],
            &["--jobs", "1"],
        ] {
            assert!(!refused(words), "{words:?}");
        }
    }

    #[test]
    fn the_processors_of_the_run_must_be_there() {
        assert!(refuse_missing_processors(&header(), &[0, 1, 2]).is_ok());
        let error = refuse_missing_processors(&header(), &[0, 2]).unwrap_err();
        assert!(error.to_string().contains("0-1"), "{error}");
    }
}
