//! `resume`: continues a stopped run with the same plan and seed.

use std::path::Path;

use ::report::Run;
use anyhow::{Context as _, Result, bail, ensure};
use record::{BuildOutcome, BuiltContender, Host, RunHeader, ToolchainFacts};

use super::{
    Setup,
    build::build_all,
    check::bench,
    header,
    run::{measure_and_report, rest_ns},
};
use crate::{
    build::toolchain,
    discover::Contender,
    exit::Exit,
    process::ChildLauncher,
    progress::in_words,
    run::{Portion, Recorder},
};

/// Runs the trials that are missing.
///
/// The machine, the compiler and every program must be those of the run's
/// start: else its blocks could not be compared with each other.
pub(super) fn resume(setup: &mut Setup, folder: &Path) -> Result<Exit> {
    let path = folder.join(Recorder::FILE_NAME);
    // Locked before it is read: nobody may append to it meanwhile.
    let (mut recorder, text) = Recorder::reopen(&path)?;
    let run = Run::parse(&text).with_context(|| path.display().to_string())?;
    let header = &run.header;
    let mut in_order = run.trials.iter().zip(&header.plan.trials);
    ensure!(
        in_order.all(|(done, planned)| done.number == planned.number),
        "its trials are not the first ones of its plan; start a new run"
    );
    ensure!(
        run.trials.len() < header.plan.trials.len(),
        "this run is complete; `bench-harness report {}` renders it again",
        folder.display()
    );

    let _machine = setup.claim_machine(folder)?;
    setup.contenders = contenders_of(header, &setup.workspace.contenders, setup)?;
    setup.server_cpus.clone_from(&header.host.server_cpus);
    setup.client_cpus.clone_from(&header.host.client_cpus);
    let (built, generator) = build_all(setup)?;
    let differences: Vec<String> = [
        of_hosts(
            &header.host,
            &header::host(&setup.server_cpus, &setup.client_cpus),
        ),
        of_toolchains(
            &header.toolchain,
            &toolchain(&setup.cargo, &setup.workspace.root),
        ),
        of_builds(&header.contenders, &built.contenders),
    ]
    .concat();
    if !differences.is_empty() {
        bail!(
            "this run can't be continued, its blocks would not be comparable; start a new one:\n  {}",
            differences.join("\n  ")
        );
    }

    let done = run.trials.len();
    setup.progress.say(&format!(
        "{done} of {} trials are on record; the rest takes about {}",
        header.plan.trials.len(),
        in_words(rest_ns(&header.plan, done)),
    ));
    setup.warn_of_shared_cpus();
    let launcher = ChildLauncher::new(setup.interrupt.clone());
    let bench = bench(setup, &launcher, &built, generator);
    machine::set_affinity(&setup.client_cpus).context("the processors can't be chosen")?;
    recorder.mend()?;
    let portion = Portion {
        done,
        done_took_ns: took_ns(&run),
        budget_ns: None,
    };
    measure_and_report(setup, &bench, header, &mut recorder, portion, folder, false)
}

/// The contenders of the run, as they are today. Those that were given on the
/// command line must be given again.
fn contenders_of(
    header: &RunHeader,
    workspace: &[Contender],
    setup: &Setup,
) -> Result<Vec<Contender>> {
    let externals = setup.options.external.iter().map(|it| it.contender());
    let known: Vec<Contender> = workspace.iter().cloned().chain(externals).collect();
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

fn of_hosts(then: &Host, now: &Host) -> Vec<String> {
    let mut found = Vec::new();
    note(&mut found, "host", &then.name, &now.name);
    note(&mut found, "processor", &then.cpu_model, &now.cpu_model);
    note(&mut found, "kernel", &then.kernel, &now.kernel);
    found
}

fn of_toolchains(then: &ToolchainFacts, now: &ToolchainFacts) -> Vec<String> {
    let mut found = Vec::new();
    note(&mut found, "compiler", &then.rustc, &now.rustc);
    note(&mut found, "RUSTFLAGS", &then.rustflags, &now.rustflags);
    note(&mut found, "profile", &then.profile, &now.profile);
    found
}

fn of_builds(then: &[BuiltContender], now: &[BuiltContender]) -> Vec<String> {
    let mut found = Vec::new();
    for (then, now) in then.iter().zip(now) {
        let name = &then.name;
        match (&then.build, &now.build) {
            (
                BuildOutcome::Built {
                    feature_hash: then_hash,
                    binary_bytes: then_bytes,
                },
                BuildOutcome::Built {
                    feature_hash: now_hash,
                    binary_bytes: now_bytes,
                },
            ) => {
                note(
                    &mut found,
                    &format!("version of {name}"),
                    &then.version,
                    &now.version,
                );
                note(
                    &mut found,
                    &format!("features of {name}"),
                    then_hash,
                    now_hash,
                );
                note(
                    &mut found,
                    &format!("size of {name}"),
                    &then_bytes.to_string(),
                    &now_bytes.to_string(),
                );
            }
            (
                BuildOutcome::Given { binary_bytes: then },
                BuildOutcome::Given { binary_bytes: now },
            ) => {
                note(
                    &mut found,
                    &format!("size of {name}"),
                    &then.to_string(),
                    &now.to_string(),
                );
            }
            (BuildOutcome::Failed { .. }, _) => {}
            (_, BuildOutcome::Failed { error }) => {
                found.push(format!("{name} can't be built any more: {error}"));
            }
            _ => found.push(format!("{name} comes from elsewhere")),
        }
    }
    found
}

fn note(found: &mut Vec<String>, what: &str, then: &str, now: &str) {
    if then != now {
        found.push(format!("{what}: {then:?} then, {now:?} now"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::External;

    fn built(version: &str, feature_hash: &str) -> BuiltContender {
        let external: External = "mine=server".parse().unwrap();
        BuiltContender {
            name: "mine".to_owned(),
            facts: external.contender().facts,
            version: version.to_owned(),
            build: BuildOutcome::Built {
                binary_bytes: 7,
                feature_hash: feature_hash.to_owned(),
            },
        }
    }

    #[test]
    fn only_the_same_programs_are_comparable() {
        let then = [built("1.0.0", "aa")];
        assert!(of_builds(&then, &then).is_empty());
        assert_eq!(of_builds(&then, &[built("1.0.1", "aa")]).len(), 1);
        assert_eq!(of_builds(&then, &[built("1.0.1", "bb")]).len(), 2);
        let mut failed = built("1.0.0", "aa");
        failed.build = BuildOutcome::Failed {
            error: "E0425".to_owned(),
        };
        assert!(of_builds(&then, &[failed.clone()])[0].contains("E0425"));
        assert!(of_builds(&[failed], &then).is_empty());
    }

    #[test]
    fn only_the_same_machine_and_compiler_are_comparable() {
        let host = Host {
            kernel: "6.1".to_owned(),
            ..Host::default()
        };
        assert!(of_hosts(&host, &host.clone()).is_empty());
        assert_eq!(of_hosts(&host, &Host::default()).len(), 1);
        let toolchain = ToolchainFacts {
            rustflags: "-C target-cpu=native".to_owned(),
            ..ToolchainFacts::default()
        };
        assert_eq!(
            of_toolchains(&toolchain, &ToolchainFacts::default()).len(),
            1
        );
    }
}
