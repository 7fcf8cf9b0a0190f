//! Where a run is that was named on the command line.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::git::{Blob, Commit};
use crate::{
    output,
    run::{self, Recorder},
};

/// A run's file.
#[derive(Debug)]
pub(super) enum Source {
    /// On the disk.
    File(PathBuf),
    /// In a commit.
    Committed(Blob),
}

impl Source {
    /// A result folder, a run's file, `REV` or `REV:results/FOLDER`; what is on
    /// the disk comes first.
    pub(super) fn find(name: &str) -> Result<Self> {
        let path = Path::new(name);
        if path.is_dir() {
            return Ok(Self::File(output::of_run(path)?.join(Recorder::FILE_NAME)));
        }
        if path.is_file() {
            return Ok(Self::File(path.to_owned()));
        }
        let (revision, folder) = match name.split_once(':') {
            Some((revision, folder)) => (revision, Some(folder)),
            None => (name, None),
        };
        let commit = Commit::find(revision).with_context(|| {
            format!(
                "{name} is neither a result folder nor a run in git; name a folder such as \
                 results/DATE-HOST, a revision, or REV:results/FOLDER"
            )
        })?;
        let blob = match folder {
            Some(folder) => commit.run_in(folder)?,
            None => commit.newest_run()?,
        };
        Ok(Self::Committed(blob))
    }

    /// The text of the run's file.
    pub(super) fn read(&self) -> Result<String> {
        match self {
            Self::File(path) => {
                let text =
                    run::read(path).with_context(|| format!("{} can't be read", path.display()))?;
                Ok(text)
            }
            Self::Committed(blob) => blob.text(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => match path.parent() {
                Some(folder) if path.ends_with(Recorder::FILE_NAME) && folder != Path::new("") => {
                    write!(f, "{}", folder.display())
                }
                _ => write!(f, "{}", path.display()),
            },
            Self::Committed(blob) => blob.fmt(f),
        }
    }
}
