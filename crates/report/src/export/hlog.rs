//! HdrHistogram's interval log, the text that its HistogramLogWriter writes:
//! one line per trial and time, with the record's own histogram, so that
//! nothing is lost.

use std::fmt::Write as _;

use super::{ExportedFile, names};
use crate::{
    Run,
    analyse::histograms::{RowHistograms, histograms},
};

const LEGEND: &str =
    "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"";
const NS_PER_MS: f64 = 1e6;

/// One file per row.
pub(super) fn files(run: &Run) -> Vec<ExportedFile> {
    histograms(run)
        .iter()
        .filter(|row| !row.trials.is_empty())
        .map(|row| ExportedFile {
            name: format!("{}.hlog", names::file_stem(row.cell, row.entry)),
            text: log(run, row),
        })
        .collect()
}

fn log(run: &Run, row: &RowHistograms<'_>) -> String {
    let header = &run.header;
    // Times are written to the ms, so the base is a whole one.
    let base_ms = header.started_at_unix_ns / 1_000_000;
    let base = format!(
        "{} (seconds since epoch), {}",
        seconds(base_ms * 1_000_000),
        header.started_at
    );
    let mut text = format!(
        "#[{} on {}; values in ns, Interval_Max in ms]\n\
         #[Histogram log format version 1.3]\n\
         #[StartTime: {base}]\n\
         #[BaseTime: {base}]\n\
         {LEGEND}\n",
        names::row(row.cell, row.entry),
        header.host.name.replace(['\n', '\r'], " "),
    );
    for trial in &row.trials {
        let since_base = trial.started_at_unix_ns.saturating_sub(base_ms * 1_000_000);
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "Tag={},{},{},{:.3},{}",
            trial.time.name(),
            seconds(since_base),
            seconds(trial.length_ns),
            trial.histogram.max() as f64 / NS_PER_MS,
            trial.encoded.0
        );
    }
    text
}

/// To the ms, without passing through a float.
fn seconds(ns: u64) -> String {
    let ms = (ns + 500_000) / 1_000_000;
    format!("{}.{:03}", ms / 1000, ms % 1000)
}
