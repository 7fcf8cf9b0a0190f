//! What is no longer as it was when a run was started.

use std::collections::BTreeSet;

use record::{BuildOutcome, BuiltContender, Host, ProgramFacts, RunHeader, ToolchainFacts};

/// What the rest of a run would be measured with.
#[derive(Debug)]
pub(super) struct Today<'a> {
    /// The machine.
    pub(super) host: Host,
    /// The compiler.
    pub(super) toolchain: ToolchainFacts,
    /// Commit of this project: the harness has rules of its own.
    pub(super) commit: Option<String>,
    /// What building gave.
    pub(super) contenders: &'a [BuiltContender],
    /// The servers' files.
    pub(super) servers: &'a [ProgramFacts],
    /// The load generator's file.
    pub(super) generator: &'a ProgramFacts,
}

/// All that makes the rest of a run incomparable with its start, one line each.
pub(super) fn differences(then: &RunHeader, today: &Today<'_>) -> Vec<String> {
    [
        of_hosts(&then.host, &today.host),
        of_toolchains(&then.toolchain, &today.toolchain),
        of_commits(then.commit.as_deref(), today.commit.as_deref()),
        of_builds(&then.contenders, today.contenders),
        of_programs(then, today.servers, today.generator),
    ]
    .concat()
}

fn of_commits(then: Option<&str>, now: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let in_words = |commit: Option<&str>| commit.unwrap_or("unknown").to_owned();
    let what = "commit of this project";
    note(&mut found, what, &in_words(then), &in_words(now));
    found
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
    let [go_then, go_now] = [then, now].map(|it| match &it.go {
        Some(go) => go.to_string(),
        None => String::new(),
    });
    note(&mut found, "Go", &go_then, &go_now);
    let names: BTreeSet<&String> = then.overrides.keys().chain(now.overrides.keys()).collect();
    for name in names {
        let value = |facts: &ToolchainFacts| facts.overrides.get(name).cloned();
        let [then, now] = [then, now].map(|it| value(it).unwrap_or_default());
        note(&mut found, name, &then, &now);
    }
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
                    ..
                },
                BuildOutcome::Built {
                    feature_hash: now_hash,
                    ..
                },
            ) => {
                let what = format!("version of {name}");
                note(&mut found, &what, &then.version, &now.version);
                let what = format!("features of {name}");
                note(&mut found, &what, then_hash, now_hash);
            }
            (BuildOutcome::Given { .. }, BuildOutcome::Given { .. })
            | (BuildOutcome::Failed { .. } | BuildOutcome::ToolchainMissing(_), _) => {}
            (_, BuildOutcome::Failed { error }) => {
                found.push(format!("{name} can't be built any more: {error}"));
            }
            (_, BuildOutcome::ToolchainMissing(missing)) => {
                found.push(format!("{name} can't be built any more: {missing}"));
            }
            _ => found.push(format!("{name} comes from elsewhere")),
        }
    }
    found
}

/// Which programs are others than those of the run's start.
fn of_programs(
    header: &RunHeader,
    servers: &[ProgramFacts],
    generator: &ProgramFacts,
) -> Vec<String> {
    let Some(generator_then) = &header.generator else {
        return vec![
            "an earlier version of this program wrote the file, without hashes of its programs"
                .to_owned(),
        ];
    };
    let mut found = Vec::new();
    // One that could not be built has no trials, then or now.
    for then in &header.programs {
        match servers.iter().find(|now| now.name == then.name) {
            Some(now) => of_program(&mut found, then, now),
            None => found.push(format!("{} is gone", then.name)),
        }
    }
    of_program(&mut found, generator_then, generator);
    found
}

fn of_program(found: &mut Vec<String>, then: &ProgramFacts, now: &ProgramFacts) {
    let origin = |facts: &ProgramFacts| match facts.given.as_slice() {
        [] => "built here".to_owned(),
        [_] => "given".to_owned(),
        [_, arguments @ ..] => format!("given with {}", arguments.join(" ")),
    };
    let name = &then.name;
    note(found, &format!("{name} is"), &origin(then), &origin(now));
    let what = format!("SHA-256 of {name}");
    note(found, &what, &then.sha256, &now.sha256);
}

fn note(found: &mut Vec<String>, what: &str, then: &str, now: &str) {
    if then != now {
        found.push(format!("{what}: {then:?} then, {now:?} now"));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        discover::External,
        run::fixture::{header, program},
    };

    #[test]
    fn every_program_must_be_the_same_file_from_the_same_place() {
        let header = header();
        let differences = |sha256: &str, generator: &ProgramFacts| {
            of_programs(&header, &[program("mine", sha256)], generator)
        };
        let same = program("load-generator", "bb");
        assert_eq!(differences("aa", &same), [""; 0]);
        assert!(differences("ab", &same)[0].contains("mine"));
        let another = program("load-generator", "bc");
        assert!(differences("aa", &another)[0].contains("load-generator"));
        let mut given = same.clone();
        given.given = vec!["./load-generator".to_owned()];
        assert!(differences("aa", &given)[0].contains("\"given\" now"));
        assert!(of_programs(&header, &[], &same)[0].contains("mine is gone"));
        let mut old = header.clone();
        old.generator = None;
        assert!(of_programs(&old, &[], &same)[0].contains("earlier version"));
    }

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
            overrides: BTreeMap::from([("RUSTC_WRAPPER".to_owned(), "x".to_owned())]),
            ..ToolchainFacts::default()
        };
        assert_eq!(
            of_toolchains(&toolchain, &ToolchainFacts::default()).len(),
            2
        );
    }
}
