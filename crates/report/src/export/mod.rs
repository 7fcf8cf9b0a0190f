//! A run in the formats of other tools: pure, the same bytes for the same run.
//!
//! Every figure is one of the tables': the median over blocks with its
//! interval, a percentile of the merged histograms, or an allocation count. A
//! row without figures is left out and named; nothing is filled in.

mod bencher;
mod figure;
mod github_action;
mod hgrm;
mod hlog;
mod left_out;
mod measure;
mod names;
mod open_metrics;

pub use left_out::LeftOut;

use crate::{Findings, Run, render_folder};

/// What to export as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Bencher Metric Format.
    Bencher,
    /// `customSmallerIsBetter` of github-action-benchmark.
    GithubActionSmallerIsBetter,
    /// `customBiggerIsBetter` of the same.
    GithubActionBiggerIsBetter,
    /// HdrHistogram's percentile distributions, a file per row and time.
    Hgrm,
    /// HdrHistogram's interval logs, a file per row.
    Hlog,
    /// OpenMetrics text.
    OpenMetrics,
    /// The CSV files of the result folder.
    Csv,
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFile {
    /// Its name.
    pub name: String,
    /// Its whole text.
    pub text: String,
}

/// What an export gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// One, or many for the formats that have a file per row.
    pub files: Vec<ExportedFile>,
    /// What isn't in them, and why.
    pub left_out: Vec<LeftOut>,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A value could not be written as JSON, which no findings cause.
    #[error("the export can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Histograms of one row don't fit together.
    #[error("the histograms of {row} can't be merged: {error}")]
    Merge {
        /// The row.
        row: String,
        /// Why.
        error: String,
    },
}

impl ExportFormat {
    /// Whether it makes a file per row, so that it needs a folder.
    #[must_use]
    pub fn has_many_files(self) -> bool {
        matches!(self, Self::Hgrm | Self::Hlog | Self::Csv)
    }
}

/// Exports `run`, whose findings are `findings`.
///
/// # Errors
/// [`ExportError`] when histograms of one row can't be merged.
pub fn export(
    run: &Run,
    findings: &Findings,
    format: ExportFormat,
) -> Result<Exported, ExportError> {
    let one = |name: &str, text: String| {
        vec![ExportedFile {
            name: name.to_owned(),
            text,
        }]
    };
    let mut left_out = left_out::rows(findings);
    let has_figures = matches!(
        format,
        ExportFormat::Bencher
            | ExportFormat::GithubActionSmallerIsBetter
            | ExportFormat::GithubActionBiggerIsBetter
            | ExportFormat::OpenMetrics
    );
    if has_figures {
        left_out.extend(left_out::not_admitted(findings));
        left_out.extend(left_out::damaged(run));
    }
    let files = match format {
        ExportFormat::Bencher => {
            left_out.extend(left_out::rates_of_the_generator(findings));
            one("bmf.json", bencher::text(findings)?)
        }
        ExportFormat::GithubActionSmallerIsBetter => {
            one("smaller-is-better.json", github_action::smaller(findings)?)
        }
        ExportFormat::GithubActionBiggerIsBetter => {
            left_out.extend(left_out::rates_of_the_generator(findings));
            one("bigger-is-better.json", github_action::bigger(findings)?)
        }
        ExportFormat::OpenMetrics => {
            left_out.extend(left_out::rates_of_the_generator(findings));
            one("openmetrics.txt", open_metrics::text(run, findings))
        }
        ExportFormat::Hgrm => {
            left_out = left_out::histograms(run, findings);
            hgrm::files(run)?
        }
        ExportFormat::Hlog => {
            left_out = left_out::histograms(run, findings);
            hlog::files(run)
        }
        // A CSV has a row for everything, and says why there is no figure.
        ExportFormat::Csv => {
            left_out.clear();
            render_folder(findings)?
                .into_iter()
                .filter(|file| file.name.ends_with(".csv"))
                .map(|file| ExportedFile {
                    name: file.name.to_owned(),
                    text: file.text,
                })
                .collect()
        }
    };
    Ok(Exported { files, left_out })
}
