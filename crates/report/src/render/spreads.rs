//! What `±` and the ends of an interval are to be called, row by row.

use std::fmt::Write;

use statistics::{BLOCKS_FOR_AN_INTERVAL, IntervalMethod};

use super::{
    reading::Column,
    words::{WIDE_PERCENT, is_wide},
};
use crate::{
    findings::{Estimate, Findings, MetricFinding},
    text::escaped,
};

/// How an estimate's `±` came about.
fn spread_words(estimate: &Estimate) -> String {
    let blocks = estimate.blocks.len();
    match estimate.interval.method {
        _ if blocks < 2 => "unknown after one block".to_owned(),
        IntervalMethod::Range => format!("half the range of {blocks} blocks"),
        IntervalMethod::OrderStatistics { coverage, .. } => format!(
            "half the interval of the median between order statistics (coverage {:.1} %)",
            coverage * 100.0
        ),
        IntervalMethod::Bootstrap { .. } => "half the nominal 95 % interval of the median \
             (bootstrap; true coverage 91 to 97 %)"
            .to_owned(),
    }
}

/// The words that hold for most rows, then the columns and the single rows for
/// which others do.
pub(super) fn sentence(findings: &Findings, columns: &[Column<'_>]) -> String {
    // Words, and where they hold instead of the usual ones.
    let mut others: Vec<(String, Vec<String>)> = Vec::new();
    let mut note = |words: &str, place: String| match others.iter_mut().find(|it| it.0 == words) {
        Some((_, places)) => places.push(place),
        None => others.push((words.to_owned(), vec![place])),
    };
    let by_column: Vec<Vec<(String, String)>> = columns
        .iter()
        .map(|(_, metric)| {
            findings
                .rows_without_twin()
                .filter_map(|(entry, row)| {
                    Some((spread_words(metric.row(entry)?), escaped(&row.label)))
                })
                .collect()
        })
        .collect();
    let Some(usual) = most_frequent(by_column.iter().flatten()) else {
        return "Figures are medians over blocks.".to_owned();
    };
    for ((name, _), rows) in columns.iter().zip(&by_column) {
        let Some(of_column) = most_frequent(rows.iter()) else {
            continue;
        };
        if of_column != usual {
            note(of_column, format!("column {name}"));
        }
        for (words, label) in rows.iter().filter(|(words, _)| words != of_column) {
            let place = if columns.len() > 1 {
                format!("{label} ({name})")
            } else {
                label.clone()
            };
            note(words, place);
        }
    }
    let mut text = format!("Figures are medians over blocks; ± is {usual}");
    for (words, places) in others {
        let _ = write!(text, "; of {}: {words}", places.join(", "));
    }
    if columns.iter().any(|(_, metric)| has_wide(metric)) {
        let _ = write!(
            text,
            "; from {WIDE_PERCENT} % on ÷ and × lead to the interval's ends instead"
        );
    }
    text + "." + &speed(findings, columns)
}

/// Whether any row shows the ends of its interval in the place of `±`.
fn has_wide(metric: &MetricFinding) -> bool {
    metric.rows.iter().flatten().any(is_wide)
}

/// Whether the rows were put at the speed of the reference.
fn speed(findings: &Findings, columns: &[Column<'_>]) -> String {
    let is_level = |metric: &MetricFinding| {
        let mut rows = metric.rows.iter().flatten();
        rows.any(|row| row.counts_as.is_some())
    };
    let reference = findings.entries.iter().find(|entry| entry.is_reference);
    match reference {
        Some(reference) if columns.iter().any(|(_, metric)| is_level(metric)) => format!(
            " In a closed loop a row's figure is what it took over what {name} took just before \
             and after, times {name}'s median; {name}'s own ± is the machine's.",
            name = escaped(&reference.key.contender)
        ),
        _ => String::new(),
    }
}

/// The words that most rows have; of equals, the first.
fn most_frequent<'a>(rows: impl Iterator<Item = &'a (String, String)> + Clone) -> Option<&'a str> {
    let mut best: Option<(&str, usize)> = None;
    for (words, _) in rows.clone() {
        let count = rows.clone().filter(|(other, _)| other == words).count();
        if best.is_none_or(|(_, most)| count > most) {
            best = Some((words, count));
        }
    }
    best.map(|(words, _)| words)
}

/// What `±` is half of, in a few words, for all rows at once.
pub(super) fn half_of_what(metric: &MetricFinding) -> String {
    half_of_what_in([metric])
}

/// The same for several columns.
pub(super) fn half_of_what_in<'a>(metrics: impl IntoIterator<Item = &'a MetricFinding>) -> String {
    let metrics: Vec<&MetricFinding> = metrics.into_iter().collect();
    let methods: Vec<IntervalMethod> = metrics
        .iter()
        .flat_map(|metric| metric.rows.iter().flatten())
        .map(|row| row.interval.method)
        .collect();
    let mut words = if methods.iter().all(|it| *it == IntervalMethod::Range) {
        "range".to_owned()
    } else if methods.contains(&IntervalMethod::Range) {
        format!("interval, or the range where fewer than {BLOCKS_FOR_AN_INTERVAL} blocks are valid")
    } else {
        "interval".to_owned()
    };
    if metrics.iter().any(|metric| has_wide(metric)) {
        let _ = write!(
            words,
            " (from {WIDE_PERCENT} % on ÷ and × lead to its ends instead)"
        );
    }
    words
}

/// What the ends in a column of ratios are to be called. A range must not be
/// called an interval: where a table has both, each range says so itself.
pub(super) fn interval_word(metric: &MetricFinding) -> &'static str {
    let mut methods = metric
        .rows
        .iter()
        .flatten()
        .filter_map(|row| Some(row.comparison?.log_ratio_interval.method));
    if methods.all(|method| method == IntervalMethod::Range) {
        IntervalMethod::Range.word()
    } else {
        "interval"
    }
}
