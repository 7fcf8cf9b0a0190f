//! `export`: a run in the formats of other tools.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use ::report::export::{ExportFormat, Exported, export as export_run};
use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use crate::{
    discover::Workspace,
    exit::{Exit, UsageError},
    interrupt::Interrupt,
    output::{self, replace},
    terminal::print,
};

/// The formats, as they are called on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Bencher Metric Format, JSON for bencher.dev
    Bmf,
    /// JSON for github-action-benchmark
    GithubActionBenchmark,
    /// HdrHistogram's percentile distributions, a file per row and time
    Hgrm,
    /// HdrHistogram's interval logs, a file per row
    Hlog,
    /// OpenMetrics text
    Openmetrics,
    /// The CSV files of the result folder
    Csv,
}

impl Format {
    fn of_report(self, bigger_is_better: bool) -> Result<ExportFormat, UsageError> {
        Ok(match self {
            Self::GithubActionBenchmark if bigger_is_better => {
                ExportFormat::GithubActionBiggerIsBetter
            }
            _ if bigger_is_better => {
                let message = "--bigger-is-better belongs to --format github-action-benchmark; \
                               every other format holds both directions";
                return Err(UsageError(message.to_owned()));
            }
            Self::GithubActionBenchmark => ExportFormat::GithubActionSmallerIsBetter,
            Self::Bmf => ExportFormat::Bencher,
            Self::Hgrm => ExportFormat::Hgrm,
            Self::Hlog => ExportFormat::Hlog,
            Self::Openmetrics => ExportFormat::OpenMetrics,
            Self::Csv => ExportFormat::Csv,
        })
    }
}

/// Exports the run in `dir`, or the newest, to `to`, or to standard output.
pub(super) fn export(
    dir: Option<&Path>,
    format: Format,
    bigger_is_better: bool,
    to: Option<&Path>,
) -> Result<Exit> {
    let format = format.of_report(bigger_is_better)?;
    if format.has_many_files() && to.is_none() {
        let message = "this format has many files: say where with --output DIR";
        return Err(UsageError(message.to_owned()).into());
    }
    let folder = match dir {
        Some(dir) => output::of_run(dir)?,
        None => output::newest(&Workspace::find(&Interrupt::default())?.root.join("results"))?,
    };
    let rendered = output::render(&folder)?;
    let exported = export_run(&rendered.run, &rendered.findings, format)
        .with_context(|| folder.display().to_string())?;
    match to {
        Some(to) if format.has_many_files() && to.exists() && !to.is_dir() => bail!(
            "{} is a file, and this format has many: name a folder with --output DIR",
            to.display()
        ),
        Some(to) => print(&written(&exported, &write(&exported, format, to)?))?,
        None => {
            for file in &exported.files {
                print(&file.text)?;
            }
        }
    }
    say_what_is_left_out(&exported)?;
    Ok(Exit::Ok)
}

/// Writes the files; returns the paths.
fn write(exported: &Exported, format: ExportFormat, to: &Path) -> Result<Vec<PathBuf>> {
    let into_folder = format.has_many_files() || to.is_dir();
    let mut paths = Vec::new();
    for file in &exported.files {
        let path = if into_folder {
            to.join(&file.name)
        } else {
            to.to_owned()
        };
        replace(&path, &file.text)
            .with_context(|| format!("{} can't be written", path.display()))?;
        paths.push(path);
    }
    Ok(paths)
}

fn written(exported: &Exported, paths: &[PathBuf]) -> String {
    match (paths, exported.files.len()) {
        ([one], _) => format!("Written: {}.\n", one.display()),
        ([], _) => "Written: nothing; the run has no such figures.\n".to_owned(),
        ([first, ..], count) => {
            let folder = first.parent().unwrap_or(first);
            format!("Written: {count} files in {}.\n", folder.display())
        }
    }
}

/// On standard error, so that it never mixes with the export.
fn say_what_is_left_out(exported: &Exported) -> io::Result<()> {
    let left_out = &exported.left_out;
    if left_out.is_empty() {
        return Ok(());
    }
    let mut text = format!("left out ({}):\n", left_out.len());
    for each in left_out {
        text.push_str(&format!("  {each}\n"));
    }
    io::stderr().lock().write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_direction_belongs_to_one_format() {
        for format in Format::value_variants() {
            let of_both = *format != Format::GithubActionBenchmark;
            assert_eq!(format.of_report(true).is_err(), of_both, "{format:?}");
            assert!(format.of_report(false).is_ok());
        }
    }
}
