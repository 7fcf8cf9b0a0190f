//! A folder for each run.

use std::{
    fs,
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::run::{Recorder, RecorderError};

/// The folder of a run that is about to start, with its file, which nobody else
/// can write to.
#[derive(Debug)]
pub(crate) struct RunFolder {
    /// The folder.
    pub(crate) path: PathBuf,
    /// Its file, still empty.
    pub(crate) recorder: Recorder,
    is_new: bool,
}

impl RunFolder {
    fn claim(path: PathBuf, is_new: bool) -> Result<Self, RecorderError> {
        let recorder = Recorder::create(&path.join(Recorder::FILE_NAME))?;
        Ok(Self {
            path,
            recorder,
            is_new,
        })
    }

    /// Takes back what was created, unless something was written into it. A
    /// folder that was there before stays.
    pub(crate) fn give_up(self) {
        self.recorder.give_up();
        if self.is_new {
            // Succeeds only when nothing was written into it.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// Creates the folder for a new run, and claims it: `given`, which must hold no
/// run yet, or `results/DAY-HOST`, with a number when that is taken.
pub(crate) fn create(
    results: &Path,
    given: Option<&Path>,
    day: &str,
    host: &str,
) -> Result<RunFolder> {
    if let Some(folder) = given {
        let is_new = !folder.exists();
        fs::create_dir_all(folder)
            .with_context(|| format!("{} can't be created", folder.display()))?;
        return Ok(RunFolder::claim(folder.to_owned(), is_new)?);
    }
    fs::create_dir_all(results)
        .with_context(|| format!("{} can't be created", results.display()))?;
    let stem = format!("{day}-{}", file_name(host));
    for number in 1..1000 {
        let name = match number {
            1 => stem.clone(),
            _ => format!("{stem}-{number}"),
        };
        let folder = results.join(name);
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(RunFolder::claim(folder, true)?),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("{} can't be created", folder.display()));
            }
        }
    }
    bail!(
        "{} holds a thousand runs of this day; use --output",
        results.display()
    )
}

/// The folder below `results` whose run was started last.
pub(crate) fn newest(results: &Path) -> Result<PathBuf> {
    let mut found: Option<(u64, PathBuf)> = None;
    let context = || format!("{} can't be read", results.display());
    for entry in fs::read_dir(results).with_context(context)? {
        let folder = entry.with_context(context)?.path();
        let Some(started) = started_at_unix_ns(&folder.join(Recorder::FILE_NAME)) else {
            continue;
        };
        if found
            .as_ref()
            .is_none_or(|(newest, path)| (started, folder.as_path()) > (*newest, path.as_path()))
        {
            found = Some((started, folder));
        }
    }
    found.map(|(_, folder)| folder).with_context(|| {
        format!(
            "{} holds no run; make one with `bench-harness --all`",
            results.display()
        )
    })
}

/// The folder of a run that was named by it or by its file.
///
/// # Errors
/// When no run is there.
pub(crate) fn of_run(named: &Path) -> Result<PathBuf> {
    let folder = match named.parent() {
        Some(folder) if named.ends_with(Recorder::FILE_NAME) && named.is_file() => {
            match folder.as_os_str().is_empty() {
                true => Path::new("."),
                false => folder,
            }
        }
        _ => named,
    };
    ensure!(
        folder.join(Recorder::FILE_NAME).is_file(),
        "{} holds no {}; name a result folder such as results/DATE-HOST",
        folder.display(),
        Recorder::FILE_NAME
    );
    Ok(folder.to_owned())
}

/// When a run was started, from its first line; the time of the file itself
/// says nothing in a fresh clone.
pub(super) fn started_at_unix_ns(file: &Path) -> Option<u64> {
    #[derive(Deserialize)]
    struct Started {
        started_at_unix_ns: u64,
    }
    let mut line = String::new();
    BufReader::new(fs::File::open(file).ok()?)
        .read_line(&mut line)
        .ok()?;
    let started: Started = serde_json::from_str(&line).ok()?;
    Some(started.started_at_unix_ns)
}

/// A host's name as part of a file's.
fn file_name(host: &str) -> String {
    let name: String = host
        .chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' => character,
            _ => '-',
        })
        .collect();
    match name.trim_matches(['-', '.']) {
        "" => "host".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_of_a_day_gets_a_number() {
        let results = tempfile::tempdir().unwrap();
        let names: Vec<_> = (0..3)
            .map(|_| {
                let folder = create(results.path(), None, "2026-11-20", "my host/1").unwrap();
                let name = folder.path.file_name().unwrap();
                name.to_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(
            names,
            [
                "2026-11-20-my-host-1",
                "2026-11-20-my-host-1-2",
                "2026-11-20-my-host-1-3"
            ]
        );
    }

    #[test]
    fn a_given_folder_must_hold_no_run() {
        let results = tempfile::tempdir().unwrap();
        let given = results.path().join("mine");
        let attempt = || create(results.path(), Some(&given), "", "");
        let first = attempt().unwrap();
        assert_eq!(first.path, given);
        let error = attempt().unwrap_err().to_string();
        assert!(error.contains("going on"), "{error}");
        drop(first);
        fs::write(given.join("run.ndjson"), "a line\n").unwrap();
        let error = attempt().unwrap_err().to_string();
        assert!(error.contains("resume"), "{error}");
    }

    #[test]
    fn what_was_there_before_stays() {
        let results = tempfile::tempdir().unwrap();
        let made = results.path().join("made");
        fs::create_dir(&made).unwrap();
        for folder in [&made, &results.path().join("new")] {
            create(results.path(), Some(folder), "", "")
                .unwrap()
                .give_up();
        }
        create(results.path(), None, "day", "host")
            .unwrap()
            .give_up();
        let left: Vec<_> = fs::read_dir(results.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(left, std::slice::from_ref(&made));
        assert_eq!(fs::read_dir(&made).unwrap().count(), 0);
    }

    #[test]
    fn the_newest_run_is_found() {
        let results = tempfile::tempdir().unwrap();
        assert!(newest(results.path()).is_err());
        for (name, header) in [
            ("b", "{\"line\":\"header\",\"started_at_unix_ns\":5}\n"),
            ("a", "{\"line\":\"header\",\"started_at_unix_ns\":7}\n"),
            ("c", "no run\n"),
        ] {
            fs::create_dir(results.path().join(name)).unwrap();
            fs::write(results.path().join(name).join("run.ndjson"), header).unwrap();
        }
        fs::create_dir(results.path().join("d")).unwrap();
        assert_eq!(newest(results.path()).unwrap(), results.path().join("a"));
    }
}
