//! What the pages about cells share: the head and the end of a cell's section,
//! and the table with all cells side by side.

use super::{
    beside, footer,
    page::Page,
    reading::{self, Shown},
    words::{description, heading, markdown_cell, row_label},
};
use crate::{
    findings::{CellFinding, Findings, Metric},
    text::{Align, Table, escaped},
};

/// Starts the section of a cell: what is done to the servers, and why.
pub(super) fn head(page: &mut Page, cell: &CellFinding) {
    page.heading(2, &heading(cell));
    page.paragraph(&format!(
        "{} ({}.)",
        escaped(&cell.scenario.why),
        description(cell)
    ));
}

/// Ends it: which trials were lost, and how to get the figures again.
pub(super) fn foot(
    page: &mut Page,
    findings: &Findings,
    cell: &CellFinding,
    floor: Option<String>,
) {
    page.paragraph(&footer::flaw_notes(findings, cell));
    page.paragraph(&footer::line(findings, cell.blocks, floor));
}

/// Rows: servers. Columns: cells, each under its `title`; `show` makes the text
/// of a row that was measured. `results` leads to the folders of reports on the
/// servers, whose columns then are the last.
pub(super) fn side_by_side(
    findings: &Findings,
    cells: &[&CellFinding],
    title: impl Fn(&CellFinding) -> String,
    show: impl Fn(&CellFinding, usize) -> Option<String>,
    results: Option<&str>,
) -> Table {
    let tests = results.map(|results| (results, beside::columns(findings)));
    let mut table = Table::new();
    table.column("server", Align::Left);
    for cell in cells {
        table.column(title(cell), Align::Right);
    }
    for column in tests.iter().flat_map(|(_, columns)| columns) {
        table.column(column.title, Align::Right);
    }
    for (index, entry) in findings.rows_without_twin() {
        let mut row = vec![row_label(entry)];
        row.extend(
            cells
                .iter()
                .map(|cell| markdown_cell(cell, index, || show(cell, index))),
        );
        if let Some((results, columns)) = &tests {
            row.extend(columns.iter().map(|it| (it.cell)(entry, results)));
        }
        table.row(row);
    }
    table
}

/// Stands under that table, where it shows `metric` with its letters: how to
/// read it, and how to get it again.
pub(super) fn below(
    page: &mut Page,
    findings: &Findings,
    cells: &[&CellFinding],
    metric: Metric,
    column: fn(&CellFinding) -> String,
) {
    let columns = columns_of(cells, metric, column);
    page.paragraph(&reading::sentences(findings, &columns, Shown::LETTERS));
    let floors = footer::floors(&columns);
    page.paragraph(&footer::line(findings, most_blocks(cells), Some(floors)));
}

/// The columns of such a table.
pub(super) fn columns_of<'a>(
    cells: &[&'a CellFinding],
    metric: Metric,
    column: fn(&CellFinding) -> String,
) -> Vec<reading::Column<'a>> {
    cells
        .iter()
        .filter_map(|cell| Some((column(cell), cell.metric(metric)?)))
        .collect()
}

/// Blocks of the cell that has most.
pub(super) fn most_blocks(cells: &[&CellFinding]) -> usize {
    cells.iter().map(|cell| cell.blocks).max().unwrap_or(0)
}
