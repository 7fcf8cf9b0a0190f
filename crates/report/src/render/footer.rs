//! What stands under every table.

use super::{
    beside,
    last_words::in_one_line,
    words::{block_list, row_label},
};
use crate::{
    findings::{CellFinding, EntryFinding, Findings, MetricFinding, RowStatus, RunFacts, RunState},
    text::{code, escaped, factor, grouped},
};

/// `partial: 2 of 6 blocks`, or nothing for a whole run.
pub(crate) fn partial(run: &RunFacts) -> Option<String> {
    run.is_partial().then(|| {
        format!(
            "partial: {} of {} blocks",
            run.whole_blocks, run.effort.blocks
        )
    })
}

/// Why a run is partial, in a sentence.
pub(super) fn partial_sentence(run: &RunFacts) -> Option<String> {
    let partial = partial(run)?;
    let why = match run.state {
        RunState::Complete => return None,
        RunState::Interrupted => "the run was interrupted or its budget ran out",
        RunState::Unfinished => "the run is still under way, or was killed",
    };
    let cut = run.cut_line.map_or(String::new(), |line| {
        format!("; line {line} of run.ndjson was cut off while it was written and is passed over")
    });
    Some(format!(
        "{partial}, {} of {} trials ({why}{cut})",
        grouped(run.recorded_trials as u64),
        grouped(run.planned_trials as u64),
    ))
}

/// The commit, shortened, with its state; `None` when it is not known.
pub(crate) fn known_commit(run: &RunFacts) -> Option<String> {
    let commit = run.commit.as_ref()?;
    let short = commit.get(..7).unwrap_or(commit);
    let dirty = if run.dirty {
        " with uncommitted changes"
    } else {
        ""
    };
    Some(format!("commit {short}{dirty}"))
}

/// The same in Markdown, or that it is not known.
pub(super) fn commit(run: &RunFacts) -> String {
    known_commit(run).map_or("no commit known".to_owned(), |commit| escaped(&commit))
}

/// The line that tells how to get a table again: blocks, floor, seed, date,
/// commit, machine, command, and before it which rows aren't ranked. `floor` is
/// left out where nothing is judged. On a page of the run's folder.
pub(super) fn line(findings: &Findings, blocks: usize, floor: Option<String>) -> String {
    let unranked = unranked(findings, beside::FROM_FOLDER, &|_| true);
    line_of(findings, blocks, floor, unranked)
}

/// The same on any page; `parts` are what [`unranked`] says of its rows.
pub(super) fn line_of(
    findings: &Findings,
    blocks: usize,
    floor: Option<String>,
    mut parts: Vec<String>,
) -> String {
    let run = &findings.run;
    parts.extend(partial(run));
    parts.push(format!(
        "n = {blocks} {}, {} effort",
        plural(blocks, "block"),
        run.effort.level
    ));
    if run.tolerates_disturbance {
        parts.push("disturbed trials included".to_owned());
    }
    parts.extend(floor);
    parts.push(format!("seed {}", run.seed));
    parts.push(run.date().to_owned());
    parts.push(commit(run));
    parts.push(format!(
        "{}: {}, {} processors",
        escaped(&run.host.name),
        escaped(&run.host.cpu_model),
        run.host.cpus
    ));
    parts.push(code(&run.command));
    format!("<sub>{}</sub>", parts.join(" · "))
}

/// Why rows of a table are shown and not ranked, those that `takes` takes by
/// their position. `results` leads to the folders of reports on the servers.
pub(super) fn unranked(
    findings: &Findings,
    results: &str,
    takes: &dyn Fn(usize) -> bool,
) -> Vec<String> {
    findings
        .rows_without_twin()
        .filter(|(index, _)| takes(*index))
        .filter_map(|(_, entry)| not_admitted(entry, results))
        .collect()
}

fn not_admitted(entry: &EntryFinding, results: &str) -> Option<String> {
    let why = entry.not_admitted.as_ref()?;
    Some(format!(
        "{} is not ranked: in the [admission test]({results}admission/{}) it {}",
        row_label(entry),
        why.record,
        escaped(&why.reason()),
    ))
}

/// The noise floor of one metric.
pub(super) fn floor(metric: &MetricFinding) -> String {
    match &metric.noise_floor {
        Some(floor) => {
            let factor = factor(floor.factor);
            format!("noise floor ×{factor} (÷{factor})")
        }
        None => format!("noise floor unknown{}", why_no_floor(metric)),
    }
}

/// The noise floors of several columns.
pub(super) fn floors(columns: &[(String, &MetricFinding)]) -> String {
    let floors: Vec<String> = columns
        .iter()
        .map(|(name, metric)| match &metric.noise_floor {
            Some(floor) => format!("{name}: {}", factor(floor.factor)),
            None => format!("{name}: unknown{}", why_no_floor(metric)),
        })
        .collect();
    format!("noise floors (× or ÷): {}", floors.join("; "))
}

fn why_no_floor(metric: &MetricFinding) -> String {
    let reason = metric.no_floor.map(|reason| format!(" ({reason})"));
    reason.unwrap_or_default()
}

/// What stands in the place of a floor under a table in which nothing is
/// judged.
pub(super) fn nothing_judged() -> Option<String> {
    Some("no noise floor: nothing here is judged".to_owned())
}

/// One line per row that lost trials, with the whole text of every flaw.
pub(super) fn flaw_notes(findings: &Findings, cell: &CellFinding) -> String {
    let mut lines = Vec::new();
    for row in &cell.rows {
        let label = row_label(&findings.entries[row.entry]);
        for note in &row.flaws {
            lines.push(format!(
                "- {label}: {} ({}{}, {} of {} valid).",
                escaped(&in_one_line(&note.text)),
                block_list(&note.blocks),
                if row.valid_trials == row.recorded_trials {
                    "; measured again"
                } else {
                    ""
                },
                row.valid_trials,
                row.recorded_trials,
            ));
        }
        let reason = match &row.status {
            RowStatus::Excluded { reason } => Some(reason.clone()),
            RowStatus::NotApplicable { reason } => Some(reason.explanation()),
            _ => None,
        };
        if let Some(reason) = reason {
            lines.push(format!("- {label}: {}.", escaped(&reason)));
        }
    }
    lines.join("\n")
}

/// `noun` with an s unless there is one.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        noun.to_owned()
    } else {
        format!("{noun}s")
    }
}
