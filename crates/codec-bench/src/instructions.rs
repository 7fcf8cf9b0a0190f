//! Instructions of a body, counted by callgrind: the same program runs twice,
//! with fewer and with more iterations, so that its start and end cancel.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use record::{CodecCount, CodecGroup, CostPass, CostStep};

use crate::{Batch, Failure, Library, is_built_alone};

/// Iterations of the two passes. Buffers have found their size after the first.
const ITERATIONS: [u64; 2] = [2, 4];

/// Tells the C library to copy and fill with vector instructions whatever the
/// length: callgrind would count the processor's own string instructions once
/// per byte.
const TUNABLES: (&str, &str) = (
    "GLIBC_TUNABLES",
    "glibc.cpu.x86_rep_stosb_threshold=0x10000000000:\
     glibc.cpu.x86_rep_movsb_threshold=0x10000000000",
);

/// Why there is no count.
#[derive(Debug, thiserror::Error)]
pub enum CountError {
    /// There is no valgrind.
    #[error(
        "valgrind can't be started ({0}): install it, for example with \
         `apt-get install valgrind`; nothing was counted"
    )]
    NoTool(io::Error),
    /// The library does not run under valgrind.
    #[error("{library} does not run under valgrind: {last_words}")]
    Failed {
        /// Which one.
        library: &'static str,
        /// The end of what valgrind said.
        last_words: String,
    },
    /// Valgrind left no count.
    #[error("{path}: callgrind left no whole count there")]
    NoCount {
        /// Where it should be.
        path: PathBuf,
    },
    /// The folder for counts can't be used.
    #[error("{path}: {error}")]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Valgrind on this machine.
#[derive(Clone, Debug)]
pub struct Valgrind {
    version: String,
}

impl Valgrind {
    /// Asks it for its version.
    ///
    /// # Errors
    /// [`CountError::NoTool`] when there is none.
    pub fn find() -> Result<Self, CountError> {
        let output = Command::new("valgrind").arg("--version").output();
        let output = output.map_err(CountError::NoTool)?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(Self { version })
    }

    /// Counts a body. `program` is called with `--run LIBRARY GROUP ITERATIONS`
    /// and answers with [`run`]; `folder` is for callgrind's files.
    ///
    /// # Errors
    /// [`CountError`] when it does not run under valgrind.
    pub fn count(
        &self,
        program: &Path,
        folder: &Path,
        library: &Library,
        group: CodecGroup,
    ) -> Result<CodecCount, CountError> {
        let messages = Batch::of(group.message).messages as u64;
        let pass = |iterations: u64| {
            let total = total(program, folder, library, group, iterations)?;
            Ok(CostPass {
                messages: iterations * messages,
                total,
                ..CostPass::default()
            })
        };
        Ok(CodecCount {
            library: library.name.to_owned(),
            version: library.version().to_owned(),
            built_alone: is_built_alone(),
            group,
            tool: self.version.clone(),
            step: CostStep {
                size_bytes: group.message.size_bytes,
                fewer: pass(ITERATIONS[0])?,
                more: pass(ITERATIONS[1])?,
            },
        })
    }
}

fn total(
    program: &Path,
    folder: &Path,
    library: &Library,
    group: CodecGroup,
    iterations: u64,
) -> Result<u64, CountError> {
    let path = folder.join("callgrind.out");
    let _ = fs::remove_file(&path);
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", path.display()))
        .arg("--")
        .arg(program)
        .args(["--run", library.name])
        .args([group.to_string(), iterations.to_string()])
        .env(TUNABLES.0, TUNABLES.1)
        .output()
        .map_err(CountError::NoTool)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> = said.lines().rev().take(3).collect();
        return Err(CountError::Failed {
            library: library.name,
            last_words: last.into_iter().rev().collect::<Vec<_>>().join(" / "),
        });
    }
    let text = fs::read_to_string(&path).unwrap_or_default();
    totals(&text).ok_or(CountError::NoCount { path })
}

/// The sum in a file of callgrind that counts instructions (`Ir`) only or first.
/// A file without the line `totals:`, the last one, is not whole.
fn totals(text: &str) -> Option<u64> {
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key));
    let events = value("events:")?.split_ascii_whitespace().next()?;
    let total = value("totals:")?.split_ascii_whitespace().next()?;
    (events == "Ir").then(|| total.parse().ok()).flatten()
}

/// What the program does under valgrind.
///
/// # Errors
/// [`Failure`] when a body stops or there is none.
pub fn run(library: &Library, group: CodecGroup, iterations: u64) -> Result<(), Failure> {
    let batch = Batch::of(group.message);
    let Some(mut body) = library.body(group.family, &batch)? else {
        return Err(Failure::unexpected(group));
    };
    (0..iterations).try_for_each(|_| body())
}

/// The folder for counts in cargo's target folder, made if need be.
///
/// # Errors
/// [`CountError::Folder`] when it can't be made.
pub fn counts_folder() -> Result<PathBuf, CountError> {
    let built_into = || {
        let program = env::current_exe().ok()?;
        // TARGET/PROFILE/program.
        Some(program.ancestors().nth(2)?.to_owned())
    };
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.or_else(built_into);
    let path = target
        .unwrap_or_else(|| "target".into())
        .join("codec-bench");
    match fs::create_dir_all(&path) {
        Ok(()) => Ok(path),
        Err(error) => Err(CountError::Folder { path, error }),
    }
}

#[cfg(test)]
mod tests {
    use record::{CodecFamily, MessageKind, MessageShape};

    use super::*;

    #[test]
    fn a_count_is_the_last_sum_of_a_whole_file() {
        let text = "events: Ir\nsummary: 7\n\nfn=(1) main\n0 9\n\ntotals: 9\n";
        assert_eq!(totals(text), Some(9));
        assert_eq!(totals(&text.replace("Ir", "Dr")), None);
        assert_eq!(totals(&text.replace("totals: 9\n", "")), None);
        assert_eq!(totals(""), None);
    }

    #[test]
    fn a_body_runs_and_one_that_is_not_there_says_so() {
        let message = MessageShape {
            kind: MessageKind::Binary,
            size_bytes: 125,
        };
        let floor = Library::named(Library::FLOOR).unwrap();
        let group = |family| CodecGroup { family, message };
        run(&floor, group(CodecFamily::Echo), 2).unwrap();
        assert!(run(&floor, group(CodecFamily::Frame), 2).is_err());
    }
}
