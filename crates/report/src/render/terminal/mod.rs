//! The summary for a terminal.

mod columns;

use record::Role;

use super::{
    about::capitalised,
    footer::{self, partial_sentence, plural},
    last_words::in_one_line,
    reading, spreads,
    throughput::bound_mark,
    words::description,
};
use crate::{
    findings::{Findings, Metric, RowStatus},
    text::{Table, wrapped},
};
use columns::{PER_IDLE, columns};

/// How the summary is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Columns of the terminal. Less important columns of the table are left
    /// out until it fits; the names of servers are never cut.
    pub width: usize,
    /// Whether to use ANSI escape sequences.
    pub colour: bool,
}

/// Problems that are listed before the summary points to the page.
const PROBLEMS_SHOWN: usize = 10;

/// What a person wants to see after a run, as plain text.
#[must_use]
pub fn terminal_summary(findings: &Findings, options: TerminalOptions) -> String {
    let style = Style {
        colour: options.colour,
    };
    let mut lines = Vec::new();
    let run = &findings.run;
    let title = format!(
        "{} effort, {} of {} blocks, seed {}, {}, {}",
        run.effort.level,
        run.whole_blocks,
        run.effort.blocks,
        run.seed,
        run.date(),
        run.host.name
    );
    lines.extend(
        wrapped(&title, options.width, 2)
            .into_iter()
            .map(|line| style.bold(&line)),
    );
    if let Some(sentence) = partial_sentence(run) {
        lines.extend(
            wrapped(&sentence, options.width, 2)
                .into_iter()
                .map(|it| style.yellow(&it)),
        );
    }
    if let Some(cell) = findings.headline_cell() {
        lines.extend(wrapped(&description(cell), options.width, 2));
    }
    lines.push(String::new());
    let table = table(findings, options.width, style);
    let is_memory_shown = table.iter().any(|line| line.contains(PER_IDLE));
    lines.extend(table);
    lines.push(String::new());
    for paragraph in explanations(findings, is_memory_shown) {
        lines.extend(wrapped(&paragraph, options.width, 2));
    }
    let problems = problems(findings);
    if !problems.is_empty() {
        lines.push(String::new());
        lines.push(style.yellow("Problems:"));
        for problem in problems.iter().take(PROBLEMS_SHOWN) {
            lines.extend(wrapped(&format!("- {problem}"), options.width, 2));
        }
        if problems.len() > PROBLEMS_SHOWN {
            let more = problems.len() - PROBLEMS_SHOWN;
            lines.push(format!("- and {more} more: see README.md of the results"));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn table(findings: &Findings, width: usize, style: Style) -> Vec<String> {
    let rows: Vec<usize> = findings
        .rows_without_twin()
        .map(|(index, _)| index)
        .collect();
    let columns = columns(findings, &rows);
    // The most important columns first, then in their own order.
    let mut by_importance: Vec<usize> = (0..columns.len()).collect();
    by_importance.sort_by_key(|index| columns[*index].importance);
    let mut used = 0;
    let mut chosen = Vec::new();
    for index in by_importance {
        let needed = columns[index].width() + if chosen.is_empty() { 0 } else { 2 };
        if columns[index].importance == 0 || used + needed <= width {
            used += needed;
            chosen.push(index);
        }
    }
    chosen.sort_unstable();

    let mut table = Table::new();
    for index in &chosen {
        table.column(columns[*index].title.clone(), columns[*index].align);
    }
    for position in 0..rows.len() {
        table.row(
            chosen
                .iter()
                .map(|index| columns[*index].cells[position].clone())
                .collect(),
        );
    }
    let lines = table.to_lines();
    let first_row = lines.len() - rows.len();
    lines
        .into_iter()
        .enumerate()
        .map(|(number, line)| match number.checked_sub(first_row) {
            None => style.bold(&line),
            Some(row) if findings.entries[rows[row]].key.role == Role::Baseline => style.dim(&line),
            Some(_) => line,
        })
        .collect()
}

fn explanations(findings: &Findings, is_memory_shown: bool) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let Some(cell) = findings.headline_cell() else {
        return paragraphs;
    };
    let Some(metric) = cell.metric(Metric::ServerCpuNsPerMessage) else {
        return paragraphs;
    };
    let reference = findings
        .reference()
        .map(|index| findings.entries[index].label.as_str());
    paragraphs.push(format!(
        "Medians over {} {}; ± is half the {}. × is the ratio to {}. ~ or a shared letter: the \
         data can't tell. ?: no verdict. {}.",
        cell.blocks,
        plural(cell.blocks, "block"),
        spreads::half_of_what(metric),
        reference.unwrap_or("the reference"),
        capitalised(&footer::floor(metric)),
    ));
    if is_memory_shown {
        paragraphs.push("KiB per idle: memory per idle connection.".to_owned());
    }
    paragraphs.extend(reading::in_short(metric));
    let is_bound = (0..findings.entries.len()).any(|entry| !bound_mark(cell, entry).is_empty());
    if is_bound {
        paragraphs.push("‡: limited by the load generator, not by the server.".to_owned());
    }
    if !findings.exceptions.is_empty() {
        paragraphs.push(format!(
            "{} under a baseline that should be cheaper: README.md of the results explains.",
            match findings.exceptions.len() {
                1 => "One figure is".to_owned(),
                many => format!("{many} figures are"),
            }
        ));
    }
    paragraphs
}

/// One line per row and cell that has no figure or lost trials; servers that
/// never ran come first and once.
fn problems(findings: &Findings) -> Vec<String> {
    let mut never: Vec<String> = findings
        .rows_without_twin()
        .filter_map(|(_, entry)| {
            let why = entry.not_admitted.as_ref()?.reason();
            Some(format!(
                "{}, and so not ranked: {}",
                entry.label,
                one_line(&why)
            ))
        })
        .collect();
    let mut some = Vec::new();
    for cell in &findings.cells {
        for row in &cell.rows {
            let label = &findings.entries[row.entry].label;
            if let RowStatus::Excluded { reason } = &row.status {
                let line = format!("{label}: {reason}");
                if !never.contains(&line) {
                    never.push(line);
                }
            }
            if let Some(note) = row.flaws.first() {
                let valid = if matches!(row.status, RowStatus::Invalid) {
                    "no valid trial".to_owned()
                } else {
                    format!("{} of {} valid", row.valid_trials, row.recorded_trials)
                };
                some.push(format!(
                    "{label}, {}: {} ({valid})",
                    cell.name,
                    one_line(&in_one_line(&note.text))
                ));
            }
        }
    }
    never.extend(some);
    never
}

/// Text of a server in one line, without what could steer a terminal.
fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Escape sequences, or none.
#[derive(Clone, Copy)]
struct Style {
    colour: bool,
}

impl Style {
    fn bold(self, line: &str) -> String {
        self.with("1", line)
    }

    fn dim(self, line: &str) -> String {
        self.with("2", line)
    }

    fn yellow(self, line: &str) -> String {
        self.with("33", line)
    }

    fn with(self, code: &str, line: &str) -> String {
        if self.colour && !line.is_empty() {
            format!("\u{1b}[{code}m{line}\u{1b}[0m")
        } else {
            line.to_owned()
        }
    }
}
