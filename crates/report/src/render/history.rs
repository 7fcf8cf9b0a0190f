//! How each server moved between its versions, as far as earlier runs tell.

use std::collections::BTreeSet;

use record::Role;
use statistics::CONFIDENCE;

use super::{
    about::capitalised,
    footer::{self, plural},
    page::Page,
};
use crate::{
    compare::{
        Change, ChangeVerdict, Figure, History, PastFindings, PastRow, PastRun, PastState, Standing,
    },
    findings::Findings,
    text::{Align, Table, TimeUnit, allocation, code, escaped, ratio},
};

/// Earlier runs whose rows are all shown.
const SHOWN_WHOLE: usize = 4;

/// Earlier runs that the short form names.
const NAMED: usize = 10;

const NOTHING: &str = "No earlier run stands beside this one, so there is nothing to hold it \
     against yet.";

const HOW: &str = "Each row's CPU time per message in the first cell is taken over that of the \
     base in the same run, block by block; the change is that ratio now over that ratio then. It is \
     put down to a version (better, worse, tied) only where machine, toolchain and effort were the \
     same, and only rows whose version changed are judged, as one family; `~`: the data can't \
     tell; `?`: no verdict. The servers' own code and this tool may have changed as well: each run \
     names its commit.";

const ALL_ELSE: &str = "`bench-harness compare results/THEN results/NOW` compares every quantity.";

/// A run whose file can be read, and its folder.
type Past<'a> = (&'a str, &'a PastFindings);

/// A server that had another version in an earlier run.
#[derive(Clone, Copy)]
struct Step<'a> {
    past: Past<'a>,
    row: &'a PastRow,
}

/// For each server the versions that it had before, each from the newest run
/// that may be held against the later one, else from the newest that has it.
fn steps(history: &History) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for past in history.read() {
        for row in past.1.rows.iter().filter(|row| row.has_other_version()) {
            let step = Step { past, row };
            let known = steps.iter_mut().find(|it| {
                it.row.key.entry == row.key.entry
                    && it.row.key.version_before == row.key.version_before
            });
            match known {
                None => steps.push(step),
                Some(known) if known.row.verdict.is_none() && row.verdict.is_some() => {
                    *known = step;
                }
                Some(_) => {}
            }
        }
    }
    steps.sort_by(|left, right| left.row.key.label.cmp(&right.row.key.label));
    steps
}

/// The section of the HTML report, seen from the run's folder.
pub(super) fn page(history: &History) -> Page {
    let mut page = Page::new("Earlier runs");
    if history.runs.is_empty() {
        page.paragraph(NOTHING);
        return page;
    }
    page.paragraph(&format!(
        "Runs that stand in folders beside this one and began before it, newest first; quick ones \
         are looks, no history. {HOW} {ALL_ELSE}"
    ));
    page.table(&runs(history, "../"));
    page.heading(2, "Between versions");
    let steps = steps(history);
    if steps.is_empty() {
        page.paragraph(&no_step(history));
    } else {
        page.table(&step_table(&steps, "../"));
        page.paragraph(&reasons(steps.iter().map(|it| it.row)));
    }
    for past in history.read().take(SHOWN_WHOLE) {
        whole(&mut page, past);
    }
    page
}

/// The same in short, for `results/README.md`.
pub(super) fn short(page: &mut Page, findings: &Findings, history: &History) {
    if history.runs.is_empty() {
        page.paragraph(NOTHING);
        return;
    }
    let mut lines: Vec<String> = history.runs.iter().take(NAMED).map(in_a_line).collect();
    if let Some(more @ 1..) = history.runs.len().checked_sub(NAMED) {
        lines.push(format!("- and {more} more"));
    }
    page.paragraph(&lines.join("\n"));
    let steps = steps(history);
    if steps.is_empty() {
        page.paragraph(&no_step(history));
    } else {
        page.table(&step_table(&steps, ""));
        page.paragraph(&footer::line_of(
            findings,
            findings.headline_cell().map_or(0, |cell| cell.blocks),
            findings
                .headline_cell()
                .and_then(|cell| cell.metric(crate::findings::Metric::ServerCpuNsPerMessage))
                .map(footer::floor),
            Vec::new(),
        ));
        page.paragraph(&reasons(steps.iter().map(|it| it.row)));
    }
    page.paragraph(&format!("{HOW} {ALL_ELSE}"));
}

fn no_step(history: &History) -> String {
    match history.read().next() {
        None => "None of them can be read.".to_owned(),
        Some(_) => "No server that is in both has another version than in one of them.".to_owned(),
    }
}

fn in_a_line(run: &PastRun) -> String {
    let folder = link(&run.folder, "");
    match &run.state {
        PastState::Damaged { why } => {
            format!(
                "- {} can't be read: {}.",
                code(&run.folder),
                escaped(trimmed(why))
            )
        }
        PastState::Read(past) => format!(
            "- {folder}, {} on {}, {} {}: {}.",
            escaped(&past.date),
            escaped(&past.host),
            past.blocks,
            plural(past.blocks as usize, "block"),
            standing(past),
        ),
    }
}

fn standing(past: &PastFindings) -> String {
    let rows = past.rows.len();
    let common = format!("{rows} {} in both", plural(rows, "row"));
    match &past.standing {
        Standing::Comparable => common,
        Standing::OnlyShown { reasons } => {
            let reasons: Vec<String> = reasons.iter().map(|it| escaped(it)).collect();
            format!("{common}, but nothing is concluded: {}", reasons.join("; "))
        }
        Standing::NotComparable { reason } => {
            format!("can't be held against this run: {}", escaped(reason))
        }
    }
}

/// The run's folder, as a link where its name can be one.
fn link(folder: &str, prefix: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if folder.chars().all(is_plain) {
        format!("[{}]({prefix}{folder}/README.md)", escaped(folder))
    } else {
        code(folder)
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_end().trim_end_matches('.')
}

/// Every run, with what may be done with it.
fn runs(history: &History, prefix: &str) -> Table {
    let mut table = Table::new();
    for title in ["run", "day", "host", "commit"] {
        table.column(title, Align::Left);
    }
    table.column("blocks", Align::Right);
    table.column("held against this run", Align::Left);
    for run in &history.runs {
        table.row(match &run.state {
            PastState::Damaged { why } => {
                let mut cells = vec![code(&run.folder)];
                cells.resize(5, "–".to_owned());
                cells.push(format!("*can't be read: {}*", escaped(trimmed(why))));
                cells
            }
            PastState::Read(past) => vec![
                link(&run.folder, prefix),
                escaped(&past.date),
                escaped(&past.host),
                past.commit
                    .as_ref()
                    .map_or("unknown".to_owned(), |it| code(it.get(..7).unwrap_or(it))),
                past.blocks.to_string(),
                standing(past),
            ],
        });
    }
    table
}

fn step_table(steps: &[Step<'_>], prefix: &str) -> Table {
    let mut table = Table::new();
    for title in ["server", "version then → now"] {
        table.column(title, Align::Left);
    }
    table.column("CPU per message ×", Align::Right);
    table.column("verdict", Align::Left);
    table.column("allocs", Align::Right);
    table.column("then", Align::Left);
    for Step { past, row } in steps {
        table.row(vec![
            escaped(&row.key.label),
            versions(row),
            change(row.change.as_ref()),
            verdict(row, past.1).to_owned(),
            allocations(row),
            link(past.0, prefix),
        ]);
    }
    table
}

/// All rows of one earlier run.
fn whole(page: &mut Page, (folder, past): Past<'_>) {
    page.heading(2, &format!("Since {}", escaped(folder)));
    page.paragraph(&capitalised(&format!("{}.", standing(past))));
    let cautions: Vec<String> = past
        .cautions
        .iter()
        .map(|it| format!("- {}.", escaped(trimmed(it))))
        .collect();
    page.paragraph(&cautions.join("\n"));
    if !past.rows.is_empty() {
        page.table(&row_table(past));
        page.paragraph(&same_versions(past));
        page.paragraph(&reasons(past.rows.iter()));
    }
    for (words, labels) in [
        ("Not there then", &past.joined),
        ("Not here any more", &past.left),
    ] {
        if !labels.is_empty() {
            let labels: Vec<String> = labels.iter().map(|it| escaped(it)).collect();
            page.paragraph(&format!("{words}: {}.", labels.join(", ")));
        }
    }
}

fn row_table(past: &PastFindings) -> Table {
    let medians = past.rows.iter().flat_map(|row| [row.before, row.after]);
    let unit = TimeUnit::for_values(medians.flatten().map(|it| it.median));
    let base = past.base.as_deref().unwrap_or("the base");
    let mut table = Table::new();
    for title in ["server", "version then → now"] {
        table.column(title, Align::Left);
    }
    table.column(
        format!("CPU per message then → now, {}", unit.symbol()),
        Align::Right,
    );
    table.column(format!("× {} then → now", escaped(base)), Align::Right);
    table.column("change ×", Align::Right);
    table.column("verdict", Align::Left);
    table.column("allocations per message", Align::Right);
    let both = |row: &PastRow, show: &dyn Fn(&Figure) -> Option<String>| {
        let one = |it: Option<Figure>| it.as_ref().and_then(show).unwrap_or("–".to_owned());
        format!("{} → {}", one(row.before), one(row.after))
    };
    for row in &past.rows {
        table.row(vec![
            escaped(&row.key.label),
            versions(row),
            both(row, &|it| Some(unit.show(it.median))),
            both(row, &|it| it.ratio_to_base.map(ratio)),
            change(row.change.as_ref()),
            verdict(row, past).to_owned(),
            allocations(row),
        ]);
    }
    table
}

/// What sessions, dependencies and this project's own changes do to servers
/// whose library is the same: what a change of version is to be held against.
fn same_versions(past: &PastFindings) -> String {
    let mut ratios: Vec<f64> = past
        .rows
        .iter()
        .filter(|row| row.key.entry.role == Role::Contender && !row.has_other_version())
        .filter_map(|row| Some(row.change?.ratio))
        .collect();
    ratios.sort_by(f64::total_cmp);
    let (Some(lowest), Some(highest)) = (ratios.first(), ratios.last()) else {
        return String::new();
    };
    format!(
        "Of {} {} with the same version in both, the ratio to the base moved by ×{} to ×{}: no \
         version did that.",
        ratios.len(),
        plural(ratios.len(), "row"),
        fine_ratio(*lowest),
        fine_ratio(*highest)
    )
}

fn versions(row: &PastRow) -> String {
    let key = &row.key;
    let mut text = if row.has_other_version() {
        format!(
            "{} → {}",
            escaped(&key.version_before),
            escaped(&key.version_after)
        )
    } else if key.version_after.is_empty() {
        "–".to_owned()
    } else {
        escaped(&key.version_after)
    };
    if row.has_other_options {
        text.push_str(" (other options)");
    }
    text
}

/// With its interval, where there are enough blocks for one.
fn change(change: Option<&Change>) -> String {
    match change {
        None => "–".to_owned(),
        Some(change) if change.coverage >= CONFIDENCE => format!(
            "{} ({}–{})",
            fine_ratio(change.ratio),
            fine_ratio(change.lower),
            fine_ratio(change.upper)
        ),
        Some(change) => fine_ratio(change.ratio),
    }
}

/// To a tenth of a per cent: noise floors can be that low.
fn fine_ratio(value: f64) -> String {
    if (0.1..10.0).contains(&value) {
        format!("{value:.3}")
    } else {
        ratio(value)
    }
}

fn verdict(row: &PastRow, past: &PastFindings) -> &'static str {
    if past.base.as_ref() == Some(&row.key.label) {
        return ChangeVerdict::Base.word();
    }
    match row.verdict {
        Some(verdict) => verdict.word(),
        None if row.has_other_version() => "?",
        None => "same version",
    }
}

fn allocations(row: &PastRow) -> String {
    let Some(count) = row.allocations else {
        return "–".to_owned();
    };
    let show = |per_time| {
        allocation(Some(crate::findings::AllocationFigure {
            per_time,
            is_exact: count.is_exact,
        }))
    };
    let (before, after) = (show(count.before), show(count.after));
    if before == after {
        after
    } else {
        format!("{before} → {after}")
    }
}

/// What stands behind `?`.
fn reasons<'a>(rows: impl Iterator<Item = &'a PastRow>) -> String {
    let reasons: BTreeSet<String> = rows
        .filter_map(|row| match row.verdict? {
            ChangeVerdict::Unknown { reason } => Some(reason.to_string()),
            _ => None,
        })
        .collect();
    if reasons.is_empty() {
        return String::new();
    }
    let reasons: Vec<String> = reasons.iter().map(|it| escaped(it)).collect();
    format!("`?` stands for: {}.", reasons.join("; "))
}
