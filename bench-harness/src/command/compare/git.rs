//! Runs in commits. Only the object store is read; the work tree stays as it is.

use std::{
    fmt,
    process::{Command, Output},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::run::Recorder;

/// A commit of the repository around the current folder.
#[derive(Debug)]
pub(super) struct Commit {
    revision: String,
    id: String,
}

/// A run's file in a commit.
#[derive(Debug)]
pub(super) struct Blob {
    commit: String,
    path: String,
}

/// Enough of a header to find the newest run.
#[derive(Deserialize)]
struct Started {
    started_at_unix_ns: u64,
}

impl Commit {
    /// The commit that `revision` means.
    pub(super) fn find(revision: &str) -> Result<Self> {
        let wanted = format!("{revision}^{{commit}}");
        let output = git(&["rev-parse", "--verify", "--end-of-options", &wanted])?;
        ensure!(
            output.status.success() && !revision.is_empty(),
            "git knows no revision {revision:?} here: {}",
            complaint(&output)
        );
        // Old versions of git echo --end-of-options.
        let text = String::from_utf8(output.stdout)?;
        let id = text.lines().last().unwrap_or_default().to_owned();
        Ok(Self {
            revision: revision.to_owned(),
            id,
        })
    }

    /// The run in a folder, or the file itself.
    pub(super) fn run_in(&self, folder: &str) -> Result<Blob> {
        let folder = folder.trim_end_matches('/');
        let runs = self.runs()?;
        let in_folder = format!("{folder}/{}", Recorder::FILE_NAME);
        match runs
            .iter()
            .find(|path| **path == in_folder || *path == folder)
        {
            Some(path) => Ok(self.blob(path)),
            None => bail!(
                "{} holds no run in {folder:?}; it has {}",
                self.revision,
                listed(&runs)
            ),
        }
    }

    /// The run below results/ that was started last.
    pub(super) fn newest_run(&self) -> Result<Blob> {
        let runs = self.runs()?;
        let mut newest: Option<(u64, Blob)> = None;
        for path in runs.iter().filter(|path| path.starts_with("results/")) {
            let blob = self.blob(path);
            let text = blob.text()?;
            let header = text.lines().next().unwrap_or_default();
            let Ok(started) = serde_json::from_str::<Started>(header) else {
                continue;
            };
            let started = started.started_at_unix_ns;
            if newest.as_ref().is_none_or(|(then, _)| started >= *then) {
                newest = Some((started, blob));
            }
        }
        newest.map(|(_, blob)| blob).with_context(|| {
            format!(
                "{} holds no results/*/{}; name a commit that does, or a folder",
                self.revision,
                Recorder::FILE_NAME
            )
        })
    }

    fn blob(&self, path: &str) -> Blob {
        Blob {
            commit: self.id.clone(),
            path: path.to_owned(),
        }
    }

    /// The paths of all runs' files, from the repository's root.
    fn runs(&self) -> Result<Vec<String>> {
        let output = git(&[
            "ls-tree",
            "-r",
            "-z",
            "--full-tree",
            "--name-only",
            &self.id,
        ])?;
        ensure!(
            output.status.success(),
            "the files of {} can't be listed: {}",
            self.revision,
            complaint(&output)
        );
        let paths = String::from_utf8_lossy(&output.stdout);
        let of_run = |path: &&str| path.rsplit('/').next() == Some(Recorder::FILE_NAME);
        Ok(paths
            .split('\0')
            .filter(of_run)
            .map(str::to_owned)
            .collect())
    }
}

impl Blob {
    /// What is in the file.
    pub(super) fn text(&self) -> Result<String> {
        let output = git(&[
            "cat-file",
            "blob",
            &format!("{}:{}", self.commit, self.path),
        ])?;
        ensure!(
            output.status.success(),
            "{self} can't be read: {}",
            complaint(&output)
        );
        String::from_utf8(output.stdout).with_context(|| format!("{self} is no text"))
    }
}

impl fmt::Display for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commit = self.commit.get(..7).unwrap_or(&self.commit);
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        write!(f, "{commit}:{folder}")
    }
}

fn git(arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new("git");
    command.args(arguments).env("GIT_OPTIONAL_LOCKS", "0");
    command
        .output()
        .context("git can't be run; install it, or name a result folder")
}

fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.trim()
        .lines()
        .next()
        .unwrap_or("no reason given")
        .to_owned()
}

fn listed(runs: &[String]) -> String {
    if runs.is_empty() {
        return "none".to_owned();
    }
    let folders = runs
        .iter()
        .map(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder));
    folders.collect::<Vec<_>>().join(", ")
}
