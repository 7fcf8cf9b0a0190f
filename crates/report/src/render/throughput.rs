//! `throughput.md`: messages per second in a closed loop.

use super::{
    beside, cells, footer,
    page::Page,
    reading, spreads,
    words::{
        echo_column, estimate, markdown_cell, raised_letters, ratio_interval_text, ratio_text,
        row_label, spread, ties, trial_counts,
    },
};
use crate::{
    findings::{CellFinding, Findings, Metric, RowDetail},
    text::{Align, Table, grouped, significant},
};

const METRIC: Metric = Metric::MessagesPerS;

pub(super) fn page(findings: &Findings) -> Page {
    let mut page = Page::new("Throughput");
    page.paragraph(
        "Echoes completed per second while every connection kept its messages in flight. ‡: the \
         load generator was busy for 90 % of the time or more and busier than the server, so that the \
         figure is the generator's; such a row is neither compared nor ranked, and the server can \
         do at least this much. Latency in this closed loop would say how long queues are, so it \
         is measured at fixed rates instead.",
    );
    let cells: Vec<&CellFinding> = findings.echo_cells().collect();
    if !cells.is_empty() {
        page.heading(2, "Messages per second");
        overview(&mut page, findings, &cells);
    }
    for cell in cells {
        cell_section(&mut page, findings, cell);
    }
    page
}

/// `‡` where the figure is the generator's.
pub(super) fn bound_mark(cell: &CellFinding, entry: usize) -> &'static str {
    let is_bound = cell
        .detail(entry)
        .is_some_and(RowDetail::is_generator_bound);
    if is_bound { " ‡" } else { "" }
}

fn overview(page: &mut Page, findings: &Findings, cells: &[&CellFinding]) {
    page.table(&table(findings, cells, Some(beside::FROM_FOLDER)));
    cells::below(page, findings, cells, METRIC, echo_column);
}

/// Rows: servers. Columns: cells; without `results` nothing is said of tests of the
/// servers.
pub(super) fn table(findings: &Findings, cells: &[&CellFinding], results: Option<&str>) -> Table {
    let show = |cell: &CellFinding, index: usize| {
        let found = estimate(cell, METRIC, index)?;
        Some(format!(
            "{}{} {}{}",
            grouped(found.median.round() as u64),
            bound_mark(cell, index),
            spread(found),
            raised_letters(found)
        ))
    };
    cells::side_by_side(findings, cells, echo_column, show, results)
}

fn cell_section(page: &mut Page, findings: &Findings, cell: &CellFinding) {
    let Some(metric) = cell.metric(METRIC) else {
        return;
    };
    cells::head(page, cell);
    let mut table = Table::new();
    table.column("server", Align::Left);
    for title in ["messages/s", "±", "MiB/s", "×"] {
        table.column(title, Align::Right);
    }
    let interval_word = spreads::interval_word(metric);
    table.column(format!("× {interval_word}"), Align::Right);
    table.column("ties", Align::Left);
    for title in ["server busy", "generator busy", "frames", "valid"] {
        table.column(title, Align::Right);
    }
    for (index, entry) in findings.entries.iter().enumerate() {
        let found = estimate(cell, METRIC, index);
        let detail = cell.detail(index).and_then(RowDetail::echo);
        table.row(vec![
            row_label(entry),
            markdown_cell(cell, index, || {
                let count = grouped(found?.median.round() as u64);
                Some(format!("{count}{}", bound_mark(cell, index)))
            }),
            found.map(spread).unwrap_or_default(),
            detail
                .map(|detail| significant(detail.mib_per_s, 3))
                .unwrap_or_default(),
            found
                .map(|found| ratio_text(entry, found))
                .unwrap_or_default(),
            found
                .map(|found| ratio_interval_text(found, interval_word))
                .unwrap_or_default(),
            found.map(ties).unwrap_or_default(),
            detail
                .map(|detail| share(detail.server_busy))
                .unwrap_or_default(),
            detail
                .map(|detail| share(detail.generator_busy))
                .unwrap_or_default(),
            detail
                .map(|detail| significant(detail.frames_per_message, 3))
                .unwrap_or_default(),
            trial_counts(cell, index),
        ]);
    }
    page.table(&table);
    page.paragraph(
        "MiB/s counts payload in one direction. Busy is CPU time over the time of the processors \
         that the side may use. Frames is frames per echo: above 1 the server splits messages.",
    );
    let column = ("messages/s".to_owned(), metric);
    let columns = std::slice::from_ref(&column);
    page.paragraph(&reading::short(findings, columns, &column));
    cells::foot(page, findings, cell, Some(footer::floor(metric)));
}

fn share(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}
