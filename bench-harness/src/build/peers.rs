//! Installs what peers need: one call of their language's own installer each.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use record::{BuildOutcome, Language, MissingToolchain};

use super::{BuildError, call::call, features, size_of_file};
use crate::{discover::Peer, interrupt::Interrupt, process::ServerProgram};

/// How peers are installed, and where.
#[derive(Clone, Debug)]
pub(crate) struct Peers {
    node: String,
    npm: String,
    python: String,
    target: PathBuf,
    interrupt: Interrupt,
}

impl Peers {
    /// Below the folder `target`, with the tools in `PATH`.
    pub(crate) fn new(target: &Path, interrupt: Interrupt) -> Self {
        Self {
            node: "node".to_owned(),
            npm: "npm".to_owned(),
            python: "python3".to_owned(),
            target: target.join("peers"),
            interrupt,
        }
    }

    /// Installs the library of the peer `name` and makes the program that starts
    /// its server. What is missing is an outcome like any other.
    ///
    /// # Errors
    /// When the user asked to stop.
    pub(super) fn build(
        &self,
        name: &str,
        language: Language,
        peer: &Peer,
    ) -> Result<(BuildOutcome, Option<ServerProgram>), BuildError> {
        let interpreter = match language {
            Language::Python => &self.python,
            _ => &self.node,
        };
        if let Err(outcome) = self.run(Command::new(interpreter).arg("--version"), language)? {
            return Ok((outcome, None));
        }
        let folder = self.target.join(name);
        if let Err(outcome) = self.install(&folder, language, peer)? {
            return Ok((outcome, None));
        }
        Ok(match launcher(&folder, name, interpreter, language, peer) {
            Ok(program) => {
                let outcome = BuildOutcome::Built {
                    binary_bytes: size_of_file(&program),
                    feature_hash: features::hash_of(&format!("{} {}", peer.package, peer.version)),
                };
                let arguments = Vec::new();
                (outcome, Some(ServerProgram { program, arguments }))
            }
            Err(error) => (
                BuildOutcome::Failed {
                    error: format!("{}: {error}", folder.display()),
                },
                None,
            ),
        })
    }

    /// Installs the package unless this version of it is there.
    fn install(
        &self,
        folder: &Path,
        language: Language,
        peer: &Peer,
    ) -> Result<Result<(), BuildOutcome>, BuildError> {
        let wanted = format!("{} {}\n", peer.package, peer.version);
        let mark = folder.join("installed");
        if fs::read_to_string(&mark).is_ok_and(|there| there == wanted) {
            return Ok(Ok(()));
        }
        let mut command = match language {
            Language::Python => {
                let mut pip = Command::new(&self.python);
                pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]);
                pip.args(["--disable-pip-version-check", "--target"])
                    .arg(folder);
                pip.arg(format!("{}=={}", peer.package, peer.version));
                pip
            }
            _ => {
                let mut npm = Command::new(&self.npm);
                npm.args([
                    "install",
                    "--silent",
                    "--no-save",
                    "--no-audit",
                    "--no-fund",
                ]);
                npm.args(["--ignore-scripts", "--omit=peer", "--prefix"])
                    .arg(folder);
                npm.arg(format!("{}@{}", peer.package, peer.version));
                npm
            }
        };
        let failed = |error: io::Error| BuildOutcome::Failed {
            error: format!("{}: {error}", folder.display()),
        };
        if let Err(error) = fs::create_dir_all(folder) {
            return Ok(Err(failed(error)));
        }
        let installed = self.run(&mut command, language)?;
        Ok(installed.and_then(|()| fs::write(&mark, wanted).map_err(failed)))
    }

    fn run(
        &self,
        command: &mut Command,
        language: Language,
    ) -> Result<Result<(), BuildOutcome>, BuildError> {
        let program = command.get_program().to_string_lossy().into_owned();
        Ok(match call(command, &self.interrupt) {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(BuildOutcome::Failed {
                error: format!(
                    "{}\n{program} ended with {}",
                    output.stderr.trim(),
                    output.status
                ),
            }),
            Err(BuildError::NoCargo(error)) if error.kind() == io::ErrorKind::NotFound => {
                Err(BuildOutcome::ToolchainMissing(MissingToolchain {
                    language,
                    needed: None,
                    found: None,
                }))
            }
            Err(BuildError::NoCargo(error)) => Err(BuildOutcome::Failed {
                error: format!("{program} can't be run: {error}"),
            }),
            Err(error) => return Err(error),
        })
    }
}

/// Puts the peer's script beside its library and writes a program that turns
/// into the interpreter, so that the process that is started is the server's.
fn launcher(
    folder: &Path,
    name: &str,
    interpreter: &str,
    language: Language,
    peer: &Peer,
) -> io::Result<PathBuf> {
    let file_name = peer.script.file_name().unwrap_or_default();
    let script = folder.join(file_name);
    fs::copy(&peer.script, &script)?;
    let path = |path: &Path| {
        let text = path.display().to_string();
        shlex::try_quote(&text)
            .map(|quoted| quoted.into_owned())
            .map_err(io::Error::other)
    };
    let environment = match language {
        Language::Python => format!("PYTHONPATH={} PYTHONDONTWRITEBYTECODE=1 ", path(folder)?),
        _ => String::new(),
    };
    // The hash makes another script another program.
    let text = format!(
        "#!/bin/sh\n# {}\n{environment}exec {interpreter} {} \"$@\"\n",
        features::hash_of(&fs::read_to_string(&script)?),
        path(&script)?,
    );
    let program = folder.join(format!("echo-{name}"));
    fs::write(&program, text)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with tools that are shell scripts.
    fn sample(tool: &str) -> (tempfile::TempDir, Peers, Peer) {
        let root = tempfile::tempdir().unwrap();
        let program = root.path().join("tool");
        fs::write(&program, format!("#!/bin/sh\n{tool}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let script = root.path().join("server.mjs");
        fs::write(&script, "// a server").unwrap();
        let mut peers = Peers::new(&root.path().join("target"), Interrupt::default());
        let tool = program.display().to_string();
        (peers.node, peers.npm, peers.python) = (tool.clone(), tool.clone(), tool);
        let peer = Peer::sample(script, "ws", "1.2.3");
        (root, peers, peer)
    }

    #[test]
    fn a_missing_interpreter_is_named_as_what_is_typed() {
        let (_root, mut peers, peer) = sample("");
        (peers.node, peers.python) = ("no-such-node".to_owned(), "no-such-python".to_owned());
        for (language, words) in [
            (Language::JavaScript, "node not found"),
            (Language::Python, "python3 not found"),
        ] {
            let (outcome, server) = peers.build("mine", language, &peer).unwrap();
            assert!(server.is_none());
            let BuildOutcome::ToolchainMissing(missing) = outcome else {
                panic!("{outcome:?}");
            };
            assert_eq!(missing.to_string(), words);
        }
    }

    #[test]
    fn the_library_is_installed_once_and_the_launcher_becomes_the_interpreter() {
        let (root, peers, peer) = sample("echo \"$@\" >> \"$(dirname \"$0\")/said\"");
        for _ in 0..2 {
            let (outcome, server) = peers.build("mine", Language::JavaScript, &peer).unwrap();
            assert!(matches!(outcome, BuildOutcome::Built { .. }), "{outcome:?}");
            let text = fs::read_to_string(server.unwrap().program).unwrap();
            assert!(text.lines().last().unwrap().starts_with("exec "), "{text}");
        }
        let said = fs::read_to_string(root.path().join("said")).unwrap();
        let installs: Vec<_> = said
            .lines()
            .filter(|line| line.contains("ws@1.2.3"))
            .collect();
        assert_eq!(installs.len(), 1, "{said}");
        assert!(installs[0].contains("--ignore-scripts"), "{said}");
        let (_, server) = peers.build("mine", Language::Python, &peer).unwrap();
        let text = fs::read_to_string(server.unwrap().program).unwrap();
        assert!(text.contains("PYTHONPATH="), "{text}");
    }

    #[test]
    fn a_registry_that_can_not_be_reached_is_a_failure_with_its_words() {
        let (_root, peers, peer) =
            sample("[ \"$1\" = --version ] || { echo 'no network' >&2; exit 1; }");
        let (outcome, server) = peers.build("mine", Language::JavaScript, &peer).unwrap();
        assert!(server.is_none());
        let BuildOutcome::Failed { error } = outcome else {
            panic!("{outcome:?}");
        };
        assert!(error.contains("no network"), "{error}");
    }
}
