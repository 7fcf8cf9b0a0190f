//! Calls of cargo.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use cargo_metadata::{Message, diagnostic::DiagnosticLevel};

use super::call::{Output, call};
use crate::interrupt::Interrupt;

/// Why there is no executable.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    /// Cargo could not be started.
    #[error("cargo can't be run ({0}); is it in PATH?")]
    NoCargo(#[from] std::io::Error),
    /// The package could not be built.
    #[error("{package} can't be built: {error}")]
    Failed {
        /// Which package.
        package: String,
        /// The compiler's or cargo's first error.
        error: String,
    },
    /// The user asked to stop.
    #[error("interrupted while building")]
    Interrupted,
}

/// How cargo is called.
#[derive(Clone, Debug)]
pub(crate) struct Cargo {
    program: OsString,
    root: PathBuf,
    jobs: Option<u32>,
    interrupt: Interrupt,
}

impl Cargo {
    /// Cargo for the workspace at `root`: the one that runs this program, else
    /// the one in `PATH`.
    pub(crate) fn new(root: &Path, jobs: Option<u32>, interrupt: Interrupt) -> Self {
        Self {
            program: env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            root: root.to_owned(),
            jobs,
            interrupt,
        }
    }

    /// Builds the program of `package` in release and returns its path.
    ///
    /// `--locked`: what is measured is what Cargo.lock says.
    pub(crate) fn build(&self, package: &str) -> Result<PathBuf, BuildError> {
        self.build_with(package, &[])
    }

    /// The same with features of `package`. What it replaces is the program
    /// without them.
    pub(super) fn build_with(
        &self,
        package: &str,
        features: &[String],
    ) -> Result<PathBuf, BuildError> {
        self.build_of(package, package, features)
    }

    /// The same for a `program` of `package` that has another name.
    pub(crate) fn build_program(
        &self,
        package: &str,
        program: &str,
    ) -> Result<PathBuf, BuildError> {
        self.build_of(package, program, &[])
    }

    fn build_of(
        &self,
        package: &str,
        program: &str,
        features: &[String],
    ) -> Result<PathBuf, BuildError> {
        let mut arguments = vec![
            "build",
            "--release",
            "--locked",
            "--message-format=json",
            "--package",
            package,
        ];
        if program != package {
            arguments.extend(["--bin", program]);
        }
        let features = features.join(",");
        if !features.is_empty() {
            arguments.extend(["--features", features.as_str()]);
        }
        let jobs = self.jobs.map(|jobs| jobs.to_string());
        if let Some(jobs) = &jobs {
            arguments.extend(["--jobs", jobs.as_str()]);
        }
        let output = self.call(&arguments)?;
        let failed = |error: String| BuildError::Failed {
            package: program.to_owned(),
            error,
        };
        let mut executable = None;
        let mut first_error = None;
        for message in Message::parse_stream(output.stdout.as_slice()).flatten() {
            match message {
                Message::CompilerArtifact(artifact)
                    if artifact.target.is_bin() && artifact.target.name == program =>
                {
                    executable = artifact.executable;
                }
                Message::CompilerMessage(message)
                    if message.message.level == DiagnosticLevel::Error =>
                {
                    let text = message.message.rendered.unwrap_or(message.message.message);
                    first_error.get_or_insert(text);
                }
                _ => {}
            }
        }
        match executable {
            Some(path) if output.status.success() => Ok(path.into_std_path_buf()),
            _ => Err(failed(first_error.unwrap_or_else(|| {
                if output.status.success() {
                    format!("{package} has no program of the name {program}")
                } else {
                    output.complaint()
                }
            }))),
        }
    }

    /// What `cargo tree` prints of `package`.
    pub(super) fn tree(
        &self,
        package: &str,
        features: &[String],
        edges: &str,
        prefix: &str,
        format: &str,
    ) -> Result<String, BuildError> {
        let features = features.join(",");
        let output = self.call(&[
            "tree",
            "--locked",
            "--package",
            package,
            "--features",
            &features,
            "--edges",
            edges,
            "--prefix",
            prefix,
            "--format",
            format,
        ])?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(BuildError::Failed {
                package: package.to_owned(),
                error: output.complaint(),
            })
        }
    }

    /// Every package that `package` is built with, one per line, with the
    /// features that are on; `features` are its own.
    pub(super) fn features(
        &self,
        package: &str,
        features: &[String],
    ) -> Result<String, BuildError> {
        self.tree(package, features, "normal,build", "none", "{p} {f}")
    }

    /// What the registry knows of `spec`, a package with or without a version.
    pub(crate) fn info(&self, spec: &str) -> Result<String, BuildError> {
        let output = self.call(&["info", "--quiet", "--color", "never", spec])?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(BuildError::Failed {
                package: spec.to_owned(),
                error: output.stderr.trim().to_owned(),
            })
        }
    }

    /// Adds new packages of the workspace to Cargo.lock, with what they need;
    /// other versions there stay.
    pub(crate) fn lock_new_members(&self) -> Result<(), BuildError> {
        let output = self.call(&["update", "--workspace", "--quiet", "--color", "never"])?;
        if output.status.success() {
            Ok(())
        } else {
            Err(BuildError::Failed {
                package: "Cargo.lock".to_owned(),
                error: output.stderr.trim().to_owned(),
            })
        }
    }

    /// What `cargo --version` prints.
    pub(super) fn version(&self) -> Result<String, BuildError> {
        let output = self.call(&["--version"])?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    pub(super) fn call(&self, arguments: &[&str]) -> Result<Output, BuildError> {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.root);
        call(&mut command, &self.interrupt)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, thread};

    use super::*;
    use crate::process::soon::{is_gone, pid_in};

    /// A workspace of its own with one package. Each test has another name:
    /// they may share a target folder, by `CARGO_TARGET_DIR`.
    fn sample(name: &str, main: &str) -> (tempfile::TempDir, Cargo) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/main.rs"), main).unwrap();
        fs::write(
            folder.path().join("Cargo.toml"),
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        )
        .unwrap();
        fs::write(
            folder.path().join("Cargo.lock"),
            format!("version = 4\n\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n"),
        )
        .unwrap();
        let cargo = Cargo::new(folder.path(), None, Interrupt::default());
        (folder, cargo)
    }

    #[test]
    fn a_program_is_built_in_release() {
        let (_folder, cargo) = sample(
            "sample-good",
            "fn main() { print!(\"{}\", cfg!(debug_assertions)) }",
        );
        let program = cargo.build("sample-good").unwrap();
        let output = Command::new(program).output().unwrap();
        assert_eq!(output.stdout, b"false");
        assert!(
            cargo
                .features("sample-good", &[])
                .unwrap()
                .starts_with("sample-good v0.1.0")
        );
    }

    #[test]
    fn the_compiler_s_first_error_is_kept() {
        let (_folder, cargo) = sample("sample-bad", "fn main() { this_is_missing() }");
        let error = cargo.build("sample-bad").unwrap_err();
        assert!(matches!(&error, BuildError::Failed { .. }));
        assert!(error.to_string().contains("this_is_missing"), "{error}");
        let error = cargo.build("other").unwrap_err();
        assert!(error.to_string().contains("other"), "{error}");
        assert!(error.to_string().contains("exit status: 101"), "{error}");
    }

    /// The build script runs until it is killed.
    #[test]
    fn an_interrupt_ends_a_build_that_is_under_way() {
        let (folder, _) = sample("sample-interrupted", "fn main() {}");
        let started = folder.path().join("started");
        fs::write(
            folder.path().join("build.rs"),
            format!(
                "fn main() {{\n    \
                 std::fs::write({started:?}, format!(\"{{}}\\n\", std::process::id())).unwrap();\n    \
                 loop {{ std::thread::sleep(std::time::Duration::from_secs(1)) }}\n}}\n"
            ),
        )
        .unwrap();
        let interrupt = Interrupt::default();
        let cargo = Cargo::new(folder.path(), None, interrupt.clone());
        let build = thread::spawn(move || cargo.build("sample-interrupted"));
        let pid = pid_in(&started);
        interrupt.set();
        assert!(matches!(
            build.join().unwrap(),
            Err(BuildError::Interrupted)
        ));
        assert!(is_gone(pid.unwrap()));
    }
}
