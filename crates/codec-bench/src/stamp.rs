//! Who was measured, left beside criterion's figures: those of an earlier
//! program must not pass for this one's.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use record::CodecLibrary;

use crate::{LIBRARIES, Library};

/// Folder of the stamps inside criterion's.
pub const STAMPS: &str = "codec-bench";

/// What this program is, apart from the library.
#[derive(Clone, Debug)]
pub struct Program {
    commit: Option<String>,
    dirty: bool,
    started_at_unix_ns: u64,
}

impl Program {
    /// This one, as it starts.
    #[must_use]
    pub fn starting() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            commit: git(&["rev-parse", "HEAD"]).map(|it| it.trim().to_owned()),
            dirty: git(&["status", "--porcelain", "--", ".", ":(exclude)results"])
                .is_some_and(|changes| !changes.trim().is_empty()),
            started_at_unix_ns: since.map_or(0, |it| it.as_nanos() as u64),
        }
    }

    /// A library as it is in this program.
    #[must_use]
    pub fn library(&self, library: &Library) -> CodecLibrary {
        CodecLibrary {
            name: library.name.to_owned(),
            version: library.version().to_owned(),
            built_alone: is_built_alone(),
            rustc: env!("CODEC_BENCH_RUSTC").to_owned(),
            commit: self.commit.clone(),
            dirty: self.dirty,
            started_at_unix_ns: self.started_at_unix_ns,
        }
    }
}

/// Whether there is no library in this program, or one only.
#[must_use]
pub fn is_built_alone() -> bool {
    let libraries = LIBRARIES.iter().filter(|it| it.name != Library::FLOOR);
    libraries.count() <= 1
}

/// Where criterion keeps its figures.
#[must_use]
pub fn criterion_folder() -> PathBuf {
    if let Some(home) = env::var_os("CRITERION_HOME") {
        return home.into();
    }
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    // A benchmark lies in TARGET/PROFILE/deps.
    let built_into = || {
        let program = env::current_exe().ok()?;
        Some(program.ancestors().nth(3)?.to_owned())
    };
    let target = target.or_else(built_into);
    target.unwrap_or_else(|| "target".into()).join("criterion")
}

/// Writes one stamp per library into criterion's folder.
///
/// # Errors
/// When a file can't be written.
pub fn write_stamps(criterion: &Path, program: &Program) -> io::Result<()> {
    let folder = criterion.join(STAMPS);
    fs::create_dir_all(&folder)?;
    for library in LIBRARIES {
        // Where libraries are built one by one, the floor comes with each.
        let text = serde_json::to_string(&program.library(library))?;
        fs::write(folder.join(format!("{}.json", library.name)), text)?;
    }
    Ok(())
}

fn git(arguments: &[&str]) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_library_has_a_stamp_that_says_which_it_is() {
        let folder = env::temp_dir().join(format!("codec-bench-{}", std::process::id()));
        write_stamps(&folder, &Program::starting()).unwrap();
        for library in LIBRARIES {
            let path = folder.join(STAMPS).join(format!("{}.json", library.name));
            let stamp: CodecLibrary =
                serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            assert_eq!(stamp.name, library.name);
            assert!(stamp.version.starts_with(|c: char| c.is_ascii_digit()));
            assert!(stamp.rustc.starts_with("rustc "));
            assert_eq!(stamp.built_alone, is_built_alone());
            assert!(stamp.started_at_unix_ns > 0);
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
