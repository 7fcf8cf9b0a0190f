//! What stands under every table.

use statistics::{BLOCKS_FOR_AN_INTERVAL, BLOCKS_FOR_BOOTSTRAP, Rule};

use super::words::{block_list, reference_label, row_label};
use crate::{
    findings::{CellFinding, Findings, MetricFinding, RowStatus, RunFacts, RunState},
    text::{code, escaped, grouped, per_cent},
};

/// `partial: 2 of 6 blocks`, or nothing for a whole run.
pub(super) fn partial(run: &RunFacts) -> Option<String> {
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

/// The commit, shortened, with its state.
pub(super) fn commit(run: &RunFacts) -> String {
    match &run.commit {
        Some(commit) => {
            let short = commit.get(..7).unwrap_or(commit);
            let dirty = if run.dirty {
                " with uncommitted changes"
            } else {
                ""
            };
            format!("commit {}{dirty}", escaped(short))
        }
        None => "no commit known".to_owned(),
    }
}

/// The line that tells how to get a table again: blocks, floor, seed, date,
/// commit, machine, command. `floor` is left out where nothing is judged.
pub(super) fn line(findings: &Findings, blocks: usize, floor: Option<String>) -> String {
    let run = &findings.run;
    let mut parts = Vec::new();
    parts.extend(partial(run));
    parts.push(format!(
        "n = {blocks} {}, {} effort",
        plural(blocks, "block"),
        run.effort.level
    ));
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

/// The noise floor of one metric.
pub(super) fn floor(metric: &MetricFinding) -> String {
    match &metric.noise_floor {
        Some(floor) => format!("noise floor {}", per_cent(floor.percent)),
        None => "no noise floor (no valid A/A rows)".to_owned(),
    }
}

/// The noise floors of several cells.
pub(super) fn floors<'a>(metrics: impl Iterator<Item = (String, &'a MetricFinding)>) -> String {
    let floors: Vec<String> = metrics
        .map(|(name, metric)| match &metric.noise_floor {
            Some(floor) => format!("{name}: {}", per_cent(floor.percent)),
            None => format!("{name}: unknown"),
        })
        .collect();
    format!("noise floors: {}", floors.join("; "))
}

/// What `±`, letters and marks mean, with the rule in force: once per page.
pub(super) fn how_to_read(findings: &Findings, metric: &MetricFinding) -> String {
    let mut sentences = vec![spread_sentence(metric)];
    sentences.extend(ratio_sentence(findings, metric));
    if has_letters(metric) {
        sentences.push(
            "Rows that share a letter can't be told apart; their order means nothing.".to_owned(),
        );
    }
    sentences.extend(rule_sentence(metric));
    sentences.join(" ")
}

/// The same in short, for the tables of single cells.
pub(super) fn how_to_read_short(findings: &Findings, metric: &MetricFinding) -> String {
    let mut sentences = vec![spread_sentence(metric)];
    sentences.extend(ratio_sentence(findings, metric));
    sentences.push(if has_letters(metric) {
        "`~` or a shared letter: the data can't tell.".to_owned()
    } else {
        "`?`: no verdict.".to_owned()
    });
    sentences.join(" ")
}

fn blocks_of(metric: &MetricFinding) -> usize {
    metric
        .rows
        .iter()
        .flatten()
        .map(|row| row.blocks.len())
        .max()
        .unwrap_or(0)
}

fn has_letters(metric: &MetricFinding) -> bool {
    metric
        .rows
        .iter()
        .flatten()
        .any(|row| !row.letters.is_empty())
}

fn spread_sentence(metric: &MetricFinding) -> String {
    let blocks = blocks_of(metric);
    let spread = if blocks < 2 {
        "unknown after one block".to_owned()
    } else if blocks < BLOCKS_FOR_AN_INTERVAL {
        format!("half the range of {blocks} {}", plural(blocks, "block"))
    } else if blocks < BLOCKS_FOR_BOOTSTRAP {
        "half the 95 % interval of the median (order statistics)".to_owned()
    } else {
        "half the 95 % interval of the median (bootstrap)".to_owned()
    };
    format!("Figures are medians over blocks; ± is {spread}.")
}

fn ratio_sentence(findings: &Findings, metric: &MetricFinding) -> Option<String> {
    let has_ratio = metric.rows.iter().flatten().any(|row| row.ratio.is_some());
    let reference = reference_label(findings).filter(|_| has_ratio)?;
    Some(format!(
        "× is the ratio to {reference}, taken block by block."
    ))
}

fn rule_sentence(metric: &MetricFinding) -> Option<String> {
    let blocks = blocks_of(metric);
    let comparisons: usize = metric.rules.iter().map(|(_, count)| count).sum();
    // The rule that decided most comparisons speaks for the table; the JSON
    // has each.
    let (rule, _) = metric.rules.iter().max_by_key(|(_, count)| *count)?;
    if metric.noise_floor.is_none() {
        return Some("`?`: no verdict, because the reference did not run twice.".to_owned());
    }
    Some(match rule {
        Rule::NoClaims => format!(
            "`?`: no verdict, because {blocks} {} are fewer than the {BLOCKS_FOR_AN_INTERVAL} \
             that an interval needs.",
            plural(blocks, "block"),
        ),
        Rule::AllBlocksAgree => format!(
            "`~`: the data can't tell. A difference is claimed only if all {blocks} blocks agree \
             on its sign and its median exceeds the noise floor; no result of {blocks} blocks \
             could pass Holm's correction over {comparisons} comparisons.",
        ),
        Rule::Holm => format!(
            "`~`: the data can't tell. A difference is claimed only if its interval excludes 1, \
             the signed-rank test passes Holm's correction over {comparisons} {}, and its median \
             exceeds the noise floor.",
            plural(comparisons, "comparison"),
        ),
    })
}

/// One line per row that lost trials, with the whole text of every flaw.
pub(super) fn flaw_notes(findings: &Findings, cells: &[&CellFinding]) -> String {
    let mut lines = Vec::new();
    for cell in cells {
        for row in &cell.rows {
            let label = row_label(&findings.entries[row.entry]);
            for note in &row.flaws {
                let prefix = if cells.len() > 1 {
                    format!("{label}, {}", code(&cell.name))
                } else {
                    label.clone()
                };
                lines.push(format!(
                    "- {prefix}: {} ({}, {} of {} valid).",
                    escaped(&note.text),
                    block_list(&note.blocks),
                    row.valid_trials,
                    row.recorded_trials,
                ));
            }
            if let RowStatus::Excluded { reason } = &row.status
                && cells.len() == 1
            {
                lines.push(format!("- {label}: {}.", escaped(reason)));
            }
        }
    }
    lines.join("\n")
}

/// `noun` with an s unless there is one.
pub(super) fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        noun.to_owned()
    } else {
        format!("{noun}s")
    }
}
