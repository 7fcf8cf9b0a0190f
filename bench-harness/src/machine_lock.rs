//! One run at a time on a machine: two would take processor time from each
//! other, and both would publish what they disturbed.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use nix::{fcntl::OFlag, unistd::getuid};

/// Another run is measuring on this machine.
#[derive(Debug, thiserror::Error)]
#[error(
    "another run is going on on this machine{by}; wait for its end, or say --beside-other-runs \
     when numbers that disturb each other will do"
)]
pub(crate) struct Occupied {
    by: String,
}

/// The machine, as long as this value lives.
#[derive(Debug)]
pub(crate) struct MachineLock {
    _file: Option<File>,
}

/// What claiming the machine gave.
#[derive(Debug)]
pub(crate) struct Claim {
    /// Held until the end of the run.
    pub(crate) lock: MachineLock,
    /// Why other runs could not be looked for, if so; the run may go on.
    pub(crate) unknown: Option<String>,
}

/// The lock's file: one per user, in the folder for temporary files.
pub(crate) fn path() -> PathBuf {
    std::env::temp_dir().join(format!("bench-harness-{}.lock", getuid()))
}

/// Claims the machine for the run in `folder`, or, with `shared`, for one that
/// doesn't mind others: then no later run gets it for itself.
pub(crate) fn claim(path: &Path, folder: &Path, shared: bool) -> Result<Claim, Occupied> {
    let file = match open(path) {
        Ok(file) => file,
        Err(error) => return Ok(unknown(path, &error)),
    };
    let locked = if shared {
        file.try_lock_shared()
    } else {
        file.try_lock()
    };
    match locked {
        Ok(()) => {
            // Only the words of a refusal come from it.
            let _ = sign(&file, folder);
            Ok(Claim {
                lock: MachineLock { _file: Some(file) },
                unknown: None,
            })
        }
        Err(TryLockError::WouldBlock) if shared => Ok(Claim {
            lock: MachineLock { _file: None },
            unknown: None,
        }),
        Err(TryLockError::WouldBlock) => Err(Occupied { by: signed(file) }),
        Err(TryLockError::Error(error)) => Ok(unknown(path, &error)),
    }
}

fn unknown(path: &Path, error: &io::Error) -> Claim {
    Claim {
        lock: MachineLock { _file: None },
        unknown: Some(format!("{}: {error}", path.display())),
    }
}

/// Follows no link: the folder belongs to everybody.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(OFlag::O_NOFOLLOW.bits())
        .open(path)
}

fn sign(mut file: &File, folder: &Path) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    file.set_len(0)?;
    write!(
        file,
        ", in {} (process {})",
        folder.display(),
        std::process::id()
    )
}

fn signed(file: File) -> String {
    const LONGEST: u64 = 4096;
    let mut text = String::new();
    // Without it the refusal is as true, and shorter.
    let _ = file.take(LONGEST).read_to_string(&mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_belongs_to_one_run_at_a_time() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("lock");
        let first = claim(&path, Path::new("/results/first"), false).unwrap();
        let error = claim(&path, Path::new("/results/second"), false).unwrap_err();
        let expected = format!("/results/first (process {})", std::process::id());
        assert!(error.to_string().contains(&expected), "{error}");
        assert!(error.to_string().contains("--beside-other-runs"), "{error}");
        assert!(claim(&path, Path::new("/results/third"), true).is_ok());
        drop(first);
        assert!(claim(&path, Path::new("/results/second"), false).is_ok());
    }

    #[test]
    fn runs_that_do_not_mind_others_keep_those_out_that_do() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("lock");
        let one = claim(&path, Path::new("one"), true).unwrap();
        let two = claim(&path, Path::new("two"), true).unwrap();
        assert!(claim(&path, Path::new("three"), false).is_err());
        drop((one, two));
        assert!(claim(&path, Path::new("three"), false).is_ok());
    }

    #[test]
    fn a_link_is_not_followed_and_the_run_goes_on() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("lock");
        let target = temporary.path().join("precious");
        std::fs::write(&target, "kept").unwrap();
        std::os::unix::fs::symlink(&target, &path).unwrap();
        let claimed = claim(&path, Path::new("one"), false).unwrap();
        assert!(claimed.unknown.is_some());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "kept");
    }
}
