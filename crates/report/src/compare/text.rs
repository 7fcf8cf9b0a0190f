//! A comparison for people.

mod tables;
mod words;

use std::collections::BTreeMap;

use super::{
    change::{CellChange, ChangeVerdict, RunComparison, RunName},
    difference::Severity,
};
use crate::text::{per_cent, wrapped};
use words::{change_ratio, metric_name};

const HOW_TO_READ: &str = "How to read: a machine drifts between two runs by more than most code \
     changes, so each row's ratio to the base is taken within each run, block by block, and \
     \"change\" is that ratio in B over that in A with its 95 % interval; better or worse is \
     claimed beyond chance (rank-sum test, Holm over rows) and beyond the noise floors of both \
     runs, tied means a change within them, ~ that the data can't tell, ? no verdict.";

const REPEAT: &str = "A claim is about these two runs, and each of them is one session with one \
     build: repeat the later one before you blame the code.";

/// The whole comparison as text of at most `width` columns: differences, tables,
/// summary. Less important columns give way first; names are never cut.
#[must_use]
pub fn comparison_text(comparison: &RunComparison, width: usize) -> String {
    let mut lines = Vec::new();
    for (name, run) in [("A", &comparison.before), ("B", &comparison.after)] {
        lines.extend(wrapped(&run_line(name, run), width, 3));
    }
    lines.push(String::new());
    lines.extend(differences(comparison, width));
    let base = comparison.base.as_deref().unwrap_or("none");
    lines.extend(wrapped(
        &format!("{HOW_TO_READ} The base is {base}."),
        width,
        2,
    ));
    if let Some(note) = absolute_note(comparison) {
        lines.extend(wrapped(note, width, 2));
    }
    for cell in &comparison.cells {
        lines.extend(tables::of_cell(cell, width));
    }
    lines.push(String::new());
    lines.extend(summary(comparison, width));
    lines.push(String::new());
    // Names come from files; they must not steer a terminal.
    let visible = |line: String| line.replace(char::is_control, " ");
    lines
        .into_iter()
        .map(visible)
        .collect::<Vec<_>>()
        .join("\n")
}

fn run_line(name: &str, run: &RunName) -> String {
    let commit = run.commit.as_deref().unwrap_or("unknown");
    format!(
        "{name}: {} ({}, {}, commit {}, {} whole blocks)",
        run.source,
        run.started_at,
        run.host,
        commit.get(..7).unwrap_or(commit),
        run.blocks
    )
}

fn differences(comparison: &RunComparison, width: usize) -> Vec<String> {
    if comparison.differences.is_empty() {
        return vec![
            "The runs differ in nothing but their figures.".to_owned(),
            String::new(),
        ];
    }
    let mut lines = vec!["The runs differ beside their figures:".to_owned()];
    for severity in [Severity::Refused, Severity::Caution] {
        let of_kind = comparison
            .differences
            .iter()
            .filter(|it| it.severity == severity);
        for difference in of_kind {
            let line = format!("- {severity}: {}", difference.text);
            lines.extend(wrapped(&line, width, 4));
        }
    }
    lines.push(String::new());
    lines
}

fn absolute_note(comparison: &RunComparison) -> Option<&'static str> {
    let mut metrics = comparison.cells.iter().flat_map(|cell| &cell.metrics);
    let is_judged = metrics
        .clone()
        .any(|metric| metric.absolute_least_effect.is_some());
    metrics.next()?;
    Some(if is_judged {
        "B/A is the figure itself in B over that in A, for information. It has a verdict only \
         where the baselines, whose code is the same, agree within the least effect; it never \
         fails a gate."
    } else {
        "B/A is the figure itself in B over that in A, for information: machine, toolchain or \
         effort differ, or the baselines do not agree, so nothing may be concluded from it."
    })
}

fn summary(comparison: &RunComparison, width: usize) -> Vec<String> {
    let tally = comparison.tally;
    let mut lines = Vec::new();
    for (verdict, word) in [
        (ChangeVerdict::Worse, "worse"),
        (ChangeVerdict::Better, "better"),
    ] {
        for claim in claims(comparison, &verdict) {
            lines.extend(wrapped(&format!("- {word}: {claim}"), width, 4));
        }
    }
    let told = format!(
        "Summary, baselines not counted: {} better, {} worse, {} tied; {} could not be told \
         ({} ~, {} ?).",
        tally.better,
        tally.worse,
        tally.tied,
        tally.cannot_tell + tally.unknown,
        tally.cannot_tell,
        tally.unknown
    );
    lines.extend(wrapped(&told, width, 2));
    if tally.better + tally.worse > 0 {
        lines.extend(wrapped(REPEAT, width, 2));
    }
    if let Some(sentence) = least_effects(comparison) {
        lines.extend(wrapped(&sentence, width, 2));
    }
    for (reason, count) in reasons(comparison) {
        lines.extend(wrapped(&format!("- {count} ?: {reason}"), width, 4));
    }
    lines
}

/// What is claimed, in words.
fn claims(comparison: &RunComparison, verdict: &ChangeVerdict) -> Vec<String> {
    let mut claims = Vec::new();
    for cell in &comparison.cells {
        for metric in &cell.metrics {
            for row in metric.rows.iter().filter(|row| row.verdict == *verdict) {
                let change = row.change.map_or(String::new(), |change| {
                    format!(
                        ", ×{} ({}–{})",
                        change_ratio(change.ratio),
                        change_ratio(change.lower),
                        change_ratio(change.upper)
                    )
                });
                claims.push(format!(
                    "{} in {}, {}{change}",
                    row.key.label,
                    cell.name,
                    metric_name(metric.metric)
                ));
            }
        }
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for change in cell.allocations.iter().filter(|it| it.verdict == *verdict) {
            match counts.last_mut() {
                Some((label, count)) if *label == change.key.label => *count += 1,
                _ => counts.push((&change.key.label, 1)),
            }
        }
        for (label, count) in counts {
            let word = if count == 1 { "count" } else { "counts" };
            claims.push(format!("{label} in {}, {count} {word}", cell.name));
        }
    }
    claims
}

/// Why there is no verdict, counted.
fn reasons(comparison: &RunComparison) -> BTreeMap<String, usize> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let verdicts = comparison.cells.iter().flat_map(CellChange::verdicts);
    for (_, verdict) in verdicts.filter(|(key, _)| !key.is_control) {
        if let ChangeVerdict::Unknown { reason } = verdict {
            *found.entry(reason.to_string()).or_default() += 1;
        }
    }
    found
}

/// Between which values the least effects lie: a tie says no more than them.
fn least_effects(comparison: &RunComparison) -> Option<String> {
    let metrics = comparison.cells.iter().flat_map(|cell| &cell.metrics);
    let mut effects: Vec<f64> = metrics.filter_map(|metric| metric.least_effect).collect();
    effects.sort_by(f64::total_cmp);
    let percent = |effect: f64| per_cent(effect.exp_m1() * 100.0);
    Some(format!(
        "Least effects lie between {} and {}: a smaller change can't be seen here, and a tie \
         rules out no smaller one.",
        percent(*effects.first()?),
        percent(*effects.last()?)
    ))
}
