//! HdrHistogram's percentile distribution, the text that its
//! HistogramLogProcessor writes and its plotter reads. Values in ms.

use std::{collections::BTreeMap, fmt::Write as _};

use hdrhistogram::Histogram;
use record::new_latency_histogram;

use super::{ExportError, ExportedFile, names};
use crate::{
    Run,
    analyse::histograms::{Time, histograms},
};

/// HistogramLogProcessor's own.
const TICKS_PER_HALF_DISTANCE: u32 = 5;
const NS_PER_MS: f64 = 1e6;

/// One file per row and time: the histograms of all valid trials merged.
pub(super) fn files(run: &Run) -> Result<Vec<ExportedFile>, ExportError> {
    let mut files = Vec::new();
    for row in histograms(run) {
        let mut merged: BTreeMap<Time, Histogram<u64>> = BTreeMap::new();
        for trial in &row.trials {
            merged
                .entry(trial.time)
                .or_insert_with(new_latency_histogram)
                .add(&trial.histogram)
                .map_err(|error| ExportError::Merge {
                    row: names::row(row.cell, row.entry),
                    error: error.to_string(),
                })?;
        }
        for (time, histogram) in merged.iter().filter(|(_, it)| !it.is_empty()) {
            let stem = names::file_stem(row.cell, row.entry);
            files.push(ExportedFile {
                name: format!("{stem}.{}.hgrm", time.name()),
                text: distribution(histogram),
            });
        }
    }
    Ok(files)
}

fn distribution(histogram: &Histogram<u64>) -> String {
    let digits = usize::from(histogram.sigfig());
    let mut text = format!(
        "{:>12} {:>14} {:>10} {:>14}\n\n",
        "Value", "Percentile", "TotalCount", "1/(1-Percentile)"
    );
    let mut line = |arguments: std::fmt::Arguments<'_>| {
        // Writing to a String can't fail.
        let _ = text.write_fmt(arguments);
    };
    for step in steps(histogram) {
        let value = step.value_ns as f64 / NS_PER_MS;
        let level = step.percent / 100.0;
        let count = step.count;
        line(format_args!("{value:>12.digits$} {level:.12} {count:>10}"));
        if step.percent < 100.0 {
            line(format_args!(" {:>14.2}", 1.0 / (1.0 - level)));
        }
        line(format_args!("\n"));
    }
    let (mean, deviation) = (histogram.mean() / NS_PER_MS, histogram.stdev() / NS_PER_MS);
    let maximum = histogram.max() as f64 / NS_PER_MS;
    // Twice the resolution, rounded up to a power of two, as in the paper and
    // in every implementation.
    let sub_buckets = (2 * 10_u64.pow(u32::from(histogram.sigfig()))).next_power_of_two();
    line(format_args!(
        "#[Mean    = {mean:>12.digits$}, StdDeviation   = {deviation:>12.digits$}]\n"
    ));
    line(format_args!(
        "#[Max     = {maximum:>12.digits$}, Total count    = {:>12}]\n",
        histogram.len()
    ));
    line(format_args!(
        "#[Buckets = {:>12}, SubBuckets     = {sub_buckets:>12}]\n",
        histogram.buckets()
    ));
    text
}

/// One line of the distribution.
struct Step {
    value_ns: u64,
    percent: f64,
    /// Values up to this one.
    count: u64,
}

/// The ticks of HdrHistogram's PercentileIterator: so many to each half of the
/// distance that is left to 100 %. In per cent, as there: the sum of tenths
/// that `iter_quantiles` makes passes 0.3 by a rounding error and then shows
/// the value behind the one that the other implementations show.
fn steps(histogram: &Histogram<u64>) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut percent, mut count) = (0.0_f64, 0);
    for recorded in histogram.iter_recorded() {
        count += recorded.count_since_last_iteration();
        let value_ns = recorded.value_iterated_to();
        while 100.0 * count as f64 / histogram.len() as f64 >= percent {
            steps.push(Step {
                value_ns,
                percent,
                count,
            });
            if count == histogram.len() {
                break;
            }
            let halvings = (100.0 / (100.0 - percent)).log2().floor() as i32 + 1;
            percent += 100.0 / (f64::from(TICKS_PER_HALF_DISTANCE) * 2.0_f64.powi(halvings));
        }
    }
    if let Some(last) = steps.last().filter(|last| last.percent < 100.0) {
        let last = Step {
            percent: 100.0,
            ..*last
        };
        steps.push(last);
    }
    steps
}
