//! Calls of Go.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::Command,
};

use record::{BuildOutcome, Found, GoToolchain, Language, MissingToolchain};

use super::{
    BuildError,
    call::{Output, call},
    features, size_of_file,
};
use crate::{discover::GO_MODULE, interrupt::Interrupt, process::ServerProgram};

/// The flags of every build. The folder of the checkout and the commit are no
/// part of a program, and what is built is what go.sum says.
const FLAGS: [&str; 3] = ["-trimpath", "-buildvcs=false", "-mod=readonly"];

/// The environment of every build: no C compiler, no other toolchain than the
/// one that is installed, no workspace around the module, no flags of the user.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("CGO_ENABLED", "0"),
    ("GOTOOLCHAIN", "local"),
    ("GOWORK", "off"),
    ("GOFLAGS", "-mod=readonly"),
];

/// Variables of the user that change what is built.
const RECORDED: [&str; 4] = ["CGO_ENABLED", "GOAMD64", "GOARM64", "GOEXPERIMENT"];

/// How Go is called.
#[derive(Clone, Debug)]
pub(crate) struct Go {
    program: OsString,
    module: PathBuf,
    target: PathBuf,
    jobs: Option<u32>,
    interrupt: Interrupt,
}

impl Go {
    /// The Go in `PATH`, for the module of the checkout at `root`.
    pub(crate) fn new(root: &Path, target: &Path, jobs: Option<u32>, interrupt: Interrupt) -> Self {
        Self {
            program: "go".into(),
            module: root.join(GO_MODULE),
            target: target.join("go"),
            jobs,
            interrupt,
        }
    }

    /// Builds the package in the folder `name`. A missing toolchain is an
    /// outcome like any other.
    ///
    /// # Errors
    /// When the user asked to stop.
    pub(super) fn build(
        &self,
        name: &str,
    ) -> Result<(BuildOutcome, Option<ServerProgram>), BuildError> {
        let program = self.target.join(format!("echo-{name}"));
        let mut command = self.command();
        command.arg("build").args(FLAGS);
        if let Some(jobs) = self.jobs {
            command.arg("-p").arg(jobs.to_string());
        }
        command.arg("-o").arg(&program).arg(format!("./{name}"));
        let output = match call(&mut command, &self.interrupt) {
            Ok(output) => output,
            Err(BuildError::NoCargo(error)) => return Ok((not_started(&error), None)),
            Err(error) => return Err(error),
        };
        if !output.status.success() {
            return Ok((outcome_of(&output), None));
        }
        let outcome = BuildOutcome::Built {
            binary_bytes: size_of_file(&program),
            feature_hash: features::hash_of(&self.modules(&program)?),
        };
        let arguments = Vec::new();
        Ok((outcome, Some(ServerProgram { program, arguments })))
    }

    /// Every module in a program with its checksum, and the settings it was
    /// built with, one per line.
    fn modules(&self, program: &Path) -> Result<String, BuildError> {
        let mut command = self.command();
        command.args(["version", "-m"]).arg(program);
        let output = call(&mut command, &self.interrupt)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // The first line names the file.
        Ok(text
            .split_once('\n')
            .map_or(text.clone(), |it| it.1.to_owned()))
    }

    /// What builds contenders; `None` where there is none.
    pub(super) fn toolchain(&self) -> Option<GoToolchain> {
        let version = self.line(&["version"])?;
        let variables: BTreeMap<String, String> = RECORDED
            .iter()
            .filter_map(|&name| Some((name.to_owned(), self.line(&["env", name])?)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        Some(GoToolchain {
            version,
            flags: FLAGS.join(" "),
            variables,
        })
    }

    fn line(&self, arguments: &[&str]) -> Option<String> {
        let output = call(self.command().args(arguments), &self.interrupt).ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    /// What `go list` prints with these arguments, or why it doesn't.
    ///
    /// # Errors
    /// When the user asked to stop.
    pub(crate) fn list(&self, arguments: &[&str]) -> Result<Found<String>, BuildError> {
        let mut command = self.command();
        command.arg("list").args(arguments);
        let output = match call(&mut command, &self.interrupt) {
            Ok(output) => output,
            Err(BuildError::NoCargo(error)) => {
                return Ok(Found::Unknown(match not_started(&error) {
                    BuildOutcome::ToolchainMissing(missing) => missing.to_string(),
                    _ => format!("go can't be run: {error}"),
                }));
            }
            Err(error) => return Err(error),
        };
        if output.status.success() {
            return Ok(Found::Known(
                String::from_utf8_lossy(&output.stdout).into_owned(),
            ));
        }
        Ok(Found::Unknown(match too_old(&output.stderr) {
            Some(missing) => missing.to_string(),
            None => {
                let first = output.stderr.lines().next().unwrap_or_default();
                format!("`go list` failed: {first}")
            }
        }))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(ENVIRONMENT).current_dir(&self.module);
        command
    }
}

fn not_started(error: &io::Error) -> BuildOutcome {
    if error.kind() == io::ErrorKind::NotFound {
        return BuildOutcome::ToolchainMissing(MissingToolchain {
            language: Language::Go,
            needed: None,
            found: None,
        });
    }
    BuildOutcome::Failed {
        error: format!("go can't be run: {error}"),
    }
}

fn outcome_of(output: &Output) -> BuildOutcome {
    match too_old(&output.stderr) {
        Some(missing) => BuildOutcome::ToolchainMissing(missing),
        None => BuildOutcome::Failed {
            error: format!("{}\ngo ended with {}", output.stderr.trim(), output.status),
        },
    }
}

/// Understands `go: go.mod requires go >= 1.26.0 (running go 1.19.8; …)`.
fn too_old(stderr: &str) -> Option<MissingToolchain> {
    let (_, rest) = stderr.split_once("requires go >= ")?;
    let (needed, rest) = rest.split_once(" (running go ")?;
    let found = rest.split([';', ')']).next()?;
    Some(MissingToolchain {
        language: Language::Go,
        needed: Some(needed.to_owned()),
        found: Some(found.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _, thread};

    use super::*;
    use crate::process::soon::{is_gone, pid_in};

    /// A checkout whose Go is this shell script.
    fn sample(script: &str) -> (tempfile::TempDir, Go) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(GO_MODULE)).unwrap();
        let program = root.path().join("go");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let target = root.path().join("target");
        let mut go = Go::new(root.path(), &target, Some(3), Interrupt::default());
        go.program = program.into();
        (root, go)
    }

    fn outcome(script: &str) -> BuildOutcome {
        let (_root, go) = sample(script);
        let (outcome, server) = go.build("mine").unwrap();
        assert!(server.is_none());
        outcome
    }

    #[test]
    fn a_missing_toolchain_is_named_and_ends_nothing() {
        let (_root, mut go) = sample("");
        go.program = "no-such-go".into();
        let (outcome, server) = go.build("mine").unwrap();
        assert!(server.is_none());
        let BuildOutcome::ToolchainMissing(missing) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(missing.to_string(), "Go toolchain not found");
        assert_eq!(go.toolchain(), None);
    }

    #[test]
    fn a_toolchain_that_is_too_old_is_missing_too() {
        let outcome = outcome(
            "echo 'go: go.mod requires go >= 1.26.0 (running go 1.19.8; GOTOOLCHAIN=local)' >&2
             exit 1",
        );
        let BuildOutcome::ToolchainMissing(missing) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(missing.to_string(), "Go 1.26.0 not found, only 1.19.8");
    }

    #[test]
    fn a_failure_keeps_what_the_compiler_said() {
        let outcome = outcome("echo 'main.go:7:2: undefined: x' >&2; exit 1");
        let BuildOutcome::Failed { error } = outcome else {
            panic!("{outcome:?}");
        };
        assert!(error.contains("undefined: x"), "{error}");
        assert!(error.contains("exit status: 1"), "{error}");
    }

    #[test]
    fn every_build_has_the_same_flags_and_environment() {
        let (root, go) = sample(
            "case $1 in
             build) printf '%s ' \"$@\" \"$CGO_ENABLED\" \"$GOFLAGS\" \"$PWD\" > ../../said
                    while [ $# -gt 1 ]; do [ \"$1\" = -o ] && file=$2; shift; done
                    mkdir -p \"${file%/*}\"; printf 1234 > \"$file\";;
             version) printf '%s: go1.26\\n\\tdep\\tws\\tv1.0.0\\n' \"$3\";;
             esac",
        );
        let (outcome, server) = go.build("mine").unwrap();
        let said = fs::read_to_string(root.path().join("said")).unwrap();
        let program = root.path().join("target/go/echo-mine");
        let expected = format!(
            "build -trimpath -buildvcs=false -mod=readonly -p 3 -o {} ./mine 0 -mod=readonly ",
            program.display()
        );
        assert!(said.starts_with(&expected), "{said}");
        assert!(said.trim_end().ends_with(GO_MODULE), "{said}");
        assert_eq!(server.unwrap().program, program);
        let expected = BuildOutcome::Built {
            binary_bytes: 4,
            feature_hash: features::hash_of("\tdep\tws\tv1.0.0\n"),
        };
        assert_eq!(outcome, expected);
    }

    #[test]
    fn what_go_lists_or_why_it_does_not() {
        let (_root, mut go) = sample("");
        go.program = "no-such-go".into();
        let missing = Found::Unknown("Go toolchain not found".to_owned());
        assert_eq!(go.list(&["-m"]).unwrap(), missing);
        let (_root, go) = sample("echo \"$1 $2\"");
        let listed = go.list(&["-m"]).unwrap();
        assert_eq!(listed, Found::Known("list -m\n".to_owned()));
        let (_root, go) = sample("echo broken >&2; echo more >&2; exit 1");
        let failed = go.list(&["-m"]).unwrap();
        assert_eq!(
            failed,
            Found::Unknown("`go list` failed: broken".to_owned())
        );
    }

    #[test]
    fn an_interrupt_ends_a_build_that_is_under_way() {
        let (root, mut go) = sample("echo $$ > ../../started; exec sleep 1000");
        let interrupt = Interrupt::default();
        go.interrupt = interrupt.clone();
        let build = thread::spawn(move || go.build("mine"));
        let pid = pid_in(&root.path().join("started"));
        interrupt.set();
        assert!(matches!(
            build.join().unwrap(),
            Err(BuildError::Interrupted)
        ));
        assert!(is_gone(pid.unwrap()));
    }
}
