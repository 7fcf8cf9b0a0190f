//! The runs beside a run's folder that began before it.

use std::{fs, path::Path};

use record::EffortLevel;
use report::{
    Findings, Run, analyse,
    compare::{History, PastRun},
};

use super::folder::started_at_unix_ns;
use crate::run::{self, Recorder};

/// Holds every earlier run in the folder that `folder` is in against its own.
/// What is wrong with one of them is said in its place and stops nothing; quick
/// ones are looks, no history.
pub(super) fn history(folder: &Path, run: &Run, findings: &Findings) -> History {
    let own = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let listed = own.parent().map(fs::read_dir);
    let Some(Ok(entries)) = listed else {
        return History::default();
    };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let file = path.join(Recorder::FILE_NAME);
        if path == own || !file.is_file() {
            continue;
        }
        let started = started_at_unix_ns(&file);
        // Nobody knows when a damaged one began; it is named nevertheless.
        if started.is_none_or(|it| it < run.header.started_at_unix_ns) {
            found.push((started, path));
        }
    }
    found.sort_by(|left, right| right.cmp(left));
    let runs = found.iter().filter_map(|(_, path)| past(path, findings));
    History {
        runs: runs.collect(),
    }
}

/// The run in `path`; `None` for a quick one.
fn past(path: &Path, now: &Findings) -> Option<PastRun> {
    let name = path.file_name()?.to_string_lossy();
    match read(path) {
        Ok(Some(run)) => Some(PastRun::of(&name, &analyse(&run), now)),
        Ok(None) => None,
        Err(why) => Some(PastRun::damaged(&name, why)),
    }
}

fn read(path: &Path) -> Result<Option<Run>, String> {
    let text = run::read(&path.join(Recorder::FILE_NAME)).map_err(|error| error.to_string())?;
    // The header alone says whether the rest is worth the time.
    let header = text.split_inclusive('\n').next().unwrap_or_default();
    let header = Run::parse(header)
        .map_err(|error| error.to_string())?
        .header;
    if header.plan.effort.level == EffortLevel::Quick {
        return Ok(None);
    }
    Run::parse(&text)
        .map(Some)
        .map_err(|error| error.to_string())
}
