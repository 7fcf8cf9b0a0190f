//! What is said at the end of a run, whatever goes wrong with its tables.

use std::path::Path;

use anyhow::{Context as _, Result};
use record::RunHeader;

use super::{Setup, missing, report, verdict};
use crate::{
    exit::Exit,
    output,
    run::Finished,
    terminal::{fail, print, summary},
};

/// A run that is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended<'a> {
    /// Its folder.
    pub(super) folder: &'a Path,
    /// Its first line.
    pub(super) header: &'a RunHeader,
    /// How the last session ended.
    pub(super) finished: Finished,
    /// Given servers whose file was replaced meanwhile.
    pub(super) changed: &'a [&'a str],
    /// Whether to publish it when it is fit for that.
    pub(super) all: bool,
}

/// Prints summary and verdict, then writes and publishes the tables: what was
/// found must not be lost because a file can't be written.
pub(super) fn finish(setup: &Setup, ended: Ended<'_>) -> Result<Exit> {
    let folder = ended.folder;
    let refreshed = match output::render_all(folder) {
        Ok(refreshed) => refreshed,
        Err(error) => return stop(ended, Err(error)),
    };
    let mut shortcomings = verdict::shortcomings(ended.header, &refreshed.run.trials);
    shortcomings.extend(ended.changed.iter().map(|name| {
        format!("the file of {name} was replaced while the run went on; run it again")
    }));
    shortcomings.extend(missing::asked_for(&setup.options, &ended.header.contenders));
    let exit = verdict::exit_of(ended.finished.interrupted, &shortcomings);
    let mut text = format!("{}\n", summary(&refreshed.findings));
    if !shortcomings.is_empty() {
        text.push_str("Incomplete:\n");
        for line in &shortcomings {
            text.push_str(&format!("  {line}\n"));
        }
        text.push('\n');
    }
    print(&text)?;

    let whole = verdict::is_whole(&ended.header.plan, &refreshed.run.trials);
    let written = output::write(folder, &refreshed).and_then(|()| {
        let mut text = report::files_in_words(folder, &refreshed);
        let published = if ended.all {
            report::publish_if_fit(setup, folder, &refreshed, exit == Exit::Ok && whole)
        } else {
            Ok(report::unpublished_in_words(folder))
        };
        if let Ok(published) = &published {
            text.push_str(published);
        }
        print(&text)?;
        published.map(|_| exit)
    });
    stop(ended, written)
}

/// A failure after the measurement is named with what repairs it. When the user
/// asked to stop, that remains the reason why the program ended.
fn stop(ended: Ended<'_>, result: Result<Exit>) -> Result<Exit> {
    let publish = if ended.all { " --publish" } else { "" };
    let result = result.with_context(|| {
        format!(
            "the records are whole, but not all tables could be written; `bench-harness report \
             {}{publish}` writes them again",
            report::short(ended.folder)
        )
    });
    match result {
        Err(error) if ended.finished.interrupted => {
            fail(&error);
            Ok(Exit::Interrupted)
        }
        result => result,
    }
}
