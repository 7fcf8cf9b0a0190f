//! The programs of a run, out of cargo's reach: any call of cargo may replace
//! what lies in its target folder, and a run starts each program many times.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use record::{BuildOutcome, ProgramFacts};
use sha2::{Digest as _, Sha256};

use super::{Built, GENERATOR};

/// Programs of one run. Dropping it removes the copies.
#[derive(Debug)]
pub(crate) struct SetAside {
    /// The load generator's copy.
    pub(crate) generator: PathBuf,
    /// What the generator is.
    pub(crate) generator_facts: ProgramFacts,
    /// What each server is, in the order of the contenders.
    pub(crate) facts: Vec<ProgramFacts>,
    /// Files of the servers that run where they are.
    given: BTreeMap<String, PathBuf>,
    _folder: PrivateFolder,
}

/// Copies what was built, and the generator, to a folder of this process below
/// `target`, and lets `built` start the copies.
///
/// A server that was given runs where it is, because a script or a wrapper may
/// need its place; [`SetAside::changed`] says whether its file stayed the same.
pub(crate) fn set_aside(
    built: &mut Built,
    generator: &Path,
    is_given: bool,
    target: &Path,
) -> Result<SetAside> {
    let folder = PrivateFolder::create(&target.join("bench-harness"))
        .with_context(|| format!("no folder can be made in {}", target.display()))?;
    let mut facts = Vec::new();
    let mut given = BTreeMap::new();
    for contender in &built.contenders {
        let name = &contender.name;
        let Some(server) = built.servers.get_mut(name) else {
            continue;
        };
        let is_built = matches!(contender.build, BuildOutcome::Built { .. });
        let (sha256, command) = if is_built {
            server.program = folder.copy(&server.program)?;
            (sha256_of(&server.program)?, Vec::new())
        } else {
            let mut command = vec![server.program.display().to_string()];
            command.extend(server.arguments.iter().cloned());
            let sha256 = match found(&server.program) {
                Some(file) => {
                    let sha256 = sha256_of(&file)?;
                    given.insert(name.clone(), file);
                    sha256
                }
                // The check names it.
                None => String::new(),
            };
            (sha256, command)
        };
        facts.push(ProgramFacts {
            name: name.clone(),
            sha256,
            given: command,
        });
    }
    let copy = folder.copy(generator)?;
    let generator_facts = ProgramFacts {
        name: GENERATOR.to_owned(),
        sha256: sha256_of(&copy)?,
        given: if is_given {
            vec![generator.display().to_string()]
        } else {
            Vec::new()
        },
    };
    Ok(SetAside {
        generator: copy,
        generator_facts,
        facts,
        given,
        _folder: folder,
    })
}

impl SetAside {
    /// Names of the given servers whose file is another now.
    pub(crate) fn changed(&self) -> Vec<&str> {
        let is_another = |facts: &&ProgramFacts| {
            self.given
                .get(&facts.name)
                .is_some_and(|file| sha256_of(file).ok().as_ref() != Some(&facts.sha256))
        };
        let changed = self.facts.iter().filter(is_another);
        changed.map(|facts| facts.name.as_str()).collect()
    }
}

/// The file of a command, which is searched for in `PATH` if it is a mere name.
fn found(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 || program.is_absolute() {
        return program.is_file().then(|| program.to_owned());
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn sha256_of(path: &Path) -> Result<String> {
    let context = || format!("{} can't be read", path.display());
    let mut file = File::open(path).with_context(context)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).with_context(context)? {
            0 => break,
            length => hasher.update(&buffer[..length]),
        }
    }
    let mut digits = String::new();
    for byte in hasher.finalize() {
        // Writing to a string can't fail.
        let _ = write!(digits, "{byte:02x}");
    }
    Ok(digits)
}

/// A folder that goes away with its process: dropped, or swept by the next one
/// when the process was killed.
#[derive(Debug)]
struct PrivateFolder {
    path: PathBuf,
    lock_path: PathBuf,
    _lock: File,
}

impl PrivateFolder {
    fn create(parent: &Path) -> Result<Self> {
        fs::create_dir_all(parent)?;
        sweep(parent)?;
        for number in 0..100 {
            let path = parent.join(format!("run-{}-{number}", std::process::id()));
            let lock_path = path.with_extension("lock");
            let lock = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&lock_path);
            match lock {
                Ok(lock) if lock.try_lock().is_ok() && lock_path.exists() => {
                    fs::create_dir(&path)?;
                    return Ok(Self {
                        path,
                        lock_path,
                        _lock: lock,
                    });
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
        bail!("a hundred names are taken")
    }

    fn copy(&self, program: &Path) -> Result<PathBuf> {
        let name = program.file_name().unwrap_or(program.as_os_str());
        let copy = self.path.join(name);
        fs::copy(program, &copy).with_context(|| {
            format!(
                "{} can't be copied to {}",
                program.display(),
                self.path.display()
            )
        })?;
        Ok(copy)
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        // What stays is swept by the next run.
        let _ = fs::remove_dir_all(&self.path);
        let _ = fs::remove_file(&self.lock_path);
    }
}

/// Removes the folders of processes that have ended: nobody holds their lock.
fn sweep(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let lock_path = entry?.path();
        if lock_path.extension().is_none_or(|it| it != "lock") {
            continue;
        }
        let Ok(lock) = File::open(&lock_path) else {
            continue;
        };
        if lock.try_lock().is_ok() {
            // A folder that can't be removed does no harm but to the disk.
            let _ = fs::remove_dir_all(lock_path.with_extension(""));
            let _ = fs::remove_file(&lock_path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use record::BuiltContender;

    use super::*;
    use crate::{discover::External, process::ServerProgram};

    fn add(built: &mut Built, name: &str, program: &Path, build: BuildOutcome) {
        let external: External = format!("{name}=server").parse().unwrap();
        built.contenders.push(BuiltContender {
            name: name.to_owned(),
            facts: external.contender().facts,
            version: String::new(),
            build,
        });
        let server = ServerProgram {
            program: program.to_owned(),
            arguments: vec!["--quiet".to_owned()],
        };
        built.servers.insert(name.to_owned(), server);
    }

    #[test]
    fn what_cargo_does_afterwards_changes_nothing() {
        let target = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = target.path().join(name);
            fs::write(&path, "abc").unwrap();
            path
        };
        let (server, generator, mine) = (file("echo-a"), file("load-generator"), file("mine"));
        let mut built = Built::default();
        let outcome = BuildOutcome::Built {
            binary_bytes: 3,
            feature_hash: String::new(),
        };
        add(&mut built, "a", &server, outcome);
        let given = BuildOutcome::Given { binary_bytes: 3 };
        add(&mut built, "mine", &mine, given.clone());
        add(
            &mut built,
            "absent",
            Path::new("/nonexistent/server"),
            given,
        );
        let aside = set_aside(&mut built, &generator, false, target.path()).unwrap();

        fs::write(&server, "replaced").unwrap();
        fs::write(&generator, "replaced").unwrap();
        let started = &built.servers["a"].program;
        assert_eq!(fs::read_to_string(started).unwrap(), "abc");
        assert_eq!(fs::read_to_string(&aside.generator).unwrap(), "abc");
        // FIPS 180-2, appendix B.1.
        const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let hashes: Vec<_> = aside.facts.iter().map(|it| it.sha256.as_str()).collect();
        assert_eq!(hashes, [ABC, ABC, ""]);
        assert_eq!(aside.generator_facts.sha256, ABC);
        assert!(aside.generator_facts.given.is_empty());
        assert_eq!(aside.facts[1].given[1..], ["--quiet"]);

        assert_eq!(built.servers["mine"].program, mine, "it needs its place");
        assert!(aside.changed().is_empty());
        fs::write(&mine, "replaced").unwrap();
        assert_eq!(aside.changed(), ["mine"]);

        let copies = started.parent().unwrap().to_owned();
        drop(aside);
        assert!(!copies.exists());
    }

    #[test]
    fn the_copies_of_a_run_that_was_killed_are_swept() {
        let target = tempfile::tempdir().unwrap();
        let parent = target.path().join("bench-harness");
        let killed = PrivateFolder::create(&parent).unwrap();
        fs::write(killed.path.join("echo-a"), "abc").unwrap();
        let copy = killed.path.join("echo-a");
        let alive = PrivateFolder::create(&parent).unwrap();
        assert!(copy.exists(), "it was still in use");
        // A kill runs no destructor; it closes files.
        let lock = killed._lock.try_clone().unwrap();
        std::mem::forget(killed);
        lock.unlock().unwrap();
        let next = PrivateFolder::create(&parent).unwrap();
        assert!(!copy.exists());
        assert!(alive.path.exists() && next.path.exists());
    }

    #[test]
    fn a_mere_name_is_searched_for() {
        assert!(found(Path::new("sh")).unwrap().is_file());
        assert_eq!(found(Path::new("no-such-program-anywhere")), None);
    }
}
