//! Tables of a run, next to its records.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use report::{
    CODEC_FILE, CodecRun, Findings, RenderedFile, Run, analyse_admitted, compare::History,
    render_folder, render_html, with_codec,
};

use super::{atomic::replace, beside::beside, history::history};
use crate::{
    admission::read_all as read_admission,
    conformance::read_all,
    hazards::read_all as read_hazards,
    run::{self, Recorder},
};

/// Where the reports on admission, conformance and hostile input stand, seen from a run's
/// folder: results of all kinds are neighbours, so that links between them hold.
const ADMISSION: &str = "../admission";
const CONFORMANCE: &str = "../conformance";
const HAZARDS: &str = "../hazards";

/// What is on the disk now.
#[derive(Debug)]
pub(crate) struct Refreshed {
    /// The run.
    pub(crate) run: Run,
    /// What can be said about it.
    pub(crate) findings: Findings,
    /// What earlier runs say of its servers, where that was asked for.
    pub(crate) history: History,
    /// The files in its folder, beside its records.
    pub(crate) files: Vec<RenderedFile>,
}

/// Reads the run in `folder` and renders its tables, without writing them.
pub(crate) fn render(folder: &Path) -> Result<Refreshed> {
    let path = folder.join(Recorder::FILE_NAME);
    let text = run::read(&path).with_context(|| format!("{} can't be read", path.display()))?;
    let run = Run::parse(&text).with_context(|| path.display().to_string())?;
    let findings = analyse_admitted(&run, &read_admission(&folder.join(ADMISSION))?)
        .with_conformance(&read_all(&folder.join(CONFORMANCE))?)
        .with_hazards(&read_hazards(&folder.join(HAZARDS))?);
    let mut files = render_folder(&findings)?;
    let codec = folder.join(CODEC_FILE);
    if codec.is_file() {
        let context = || codec.display().to_string();
        let text = fs::read_to_string(&codec).with_context(context)?;
        files = with_codec(files, &CodecRun::parse(&text).with_context(context)?);
    }
    Ok(Refreshed {
        run,
        findings,
        history: History::default(),
        files,
    })
}

/// The same with the HTML report, which shows what lies beside the run's folder
/// as well.
pub(crate) fn render_all(folder: &Path) -> Result<Refreshed> {
    let mut refreshed = render(folder)?;
    let mut beside = beside(folder)?;
    beside.history = history(folder, &refreshed.run, &refreshed.findings);
    let page = render_html(&refreshed.findings, &beside)?;
    refreshed.files.push(page);
    refreshed.history = beside.history;
    Ok(refreshed)
}

/// Writes the files that have changed.
pub(crate) fn write(folder: &Path, refreshed: &Refreshed) -> Result<()> {
    for file in &refreshed.files {
        let path = folder.join(file.name);
        if fs::read_to_string(&path).ok().as_ref() != Some(&file.text) {
            replace(&path, &file.text)
                .with_context(|| format!("{} can't be written", path.display()))?;
        }
    }
    Ok(())
}

/// Renders the run in `folder` and writes what has changed, all but the HTML
/// report: that waits for the end.
pub(crate) fn refresh(folder: &Path) -> Result<Refreshed> {
    let refreshed = render(folder)?;
    write(folder, &refreshed)?;
    Ok(refreshed)
}
