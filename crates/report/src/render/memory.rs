//! `memory.md`: memory of idle connections, and while echoing.

use super::{
    cells, footer,
    page::Page,
    reading::{self, Shown},
    words::{echo_column, estimate, markdown_cell, ratio_text, row_label, spread, trial_counts},
};
use crate::{
    findings::{CellFinding, EchoDetail, Findings, IdleDetail, Metric, RowDetail},
    plot::{Chosen, image},
    text::{Align, Table, grouped, kibibytes, significant},
};

const MIB: f64 = 1024.0 * 1024.0;
const METRIC: Metric = Metric::RssBytesPerConnection;

pub(super) fn page(findings: &Findings) -> Page {
    let mut page = Page::new("Memory");
    for cell in findings.idle_cells() {
        idle_section(&mut page, findings, cell);
    }
    page.paragraph(&image(findings, Chosen::Memory, ""));
    let echo: Vec<&CellFinding> = findings.echo_cells().collect();
    if !echo.is_empty() {
        peak_section(&mut page, findings, &echo);
    }
    page
}

fn idle_section(page: &mut Page, findings: &Findings, cell: &CellFinding) {
    let Some(metric) = cell.metric(METRIC) else {
        return;
    };
    cells::head(page, cell);
    let levels = levels(cell);
    let mut table = Table::new();
    table.column("server", Align::Left);
    table.column("KiB per connection", Align::Right);
    table.column("±", Align::Right);
    table.column("×", Align::Right);
    table.column("PSS, KiB per connection", Align::Right);
    for level in &levels {
        table.column(format!("RSS at {}, MiB", grouped(*level)), Align::Right);
    }
    let highest = levels.last().copied().unwrap_or(0);
    table.column(format!("threads at {}", grouped(highest)), Align::Right);
    table.column("valid", Align::Right);
    for (index, entry) in findings.entries.iter().enumerate() {
        let found = estimate(cell, METRIC, index);
        let pss = estimate(cell, Metric::PssBytesPerConnection, index);
        let detail = cell.detail(index).and_then(RowDetail::idle);
        let at = |level: u64| {
            detail.and_then(|detail| detail.levels.iter().find(|it| it.connections == level))
        };
        let mut row = vec![
            row_label(entry),
            markdown_cell(cell, index, || found.map(|it| kibibytes(it.median))),
            found.map(spread).unwrap_or_default(),
            found
                .map(|found| ratio_text(entry, found))
                .unwrap_or_default(),
            pss.map(|it| kibibytes(it.median)).unwrap_or_default(),
        ];
        row.extend(levels.iter().map(|level| {
            at(*level)
                .map(|level| significant(level.rss_bytes / MIB, 3))
                .unwrap_or_default()
        }));
        row.push(
            at(highest)
                .map(|it| grouped(it.threads as u64))
                .unwrap_or_default(),
        );
        row.push(trial_counts(cell, index));
        table.row(row);
    }
    page.table(&table);
    page.paragraph(
        "KiB per connection is the growth of the resident set from no connection to the most, \
         divided by their number: what the process needs anyway cancels. Memory in the kernel is \
         not in it: sockets with their buffers, and of every thread its kernel stack (16 KiB on \
         x86-64), so that a server with one thread per connection costs at least that much more \
         per connection than it shows here. PSS counts pages shared with other processes in part.",
    );
    let columns = [("KiB per connection".to_owned(), metric)];
    page.paragraph(&reading::sentences(findings, &columns, Shown::RATIOS));
    cells::foot(page, findings, cell, Some(footer::floor(metric)));
}

/// All levels that any row has.
fn levels(cell: &CellFinding) -> Vec<u64> {
    let mut levels: Vec<u64> = cell
        .rows
        .iter()
        .filter_map(|row| row.detail.as_ref()?.idle())
        .flat_map(|detail: &IdleDetail| detail.levels.iter().map(|level| level.connections))
        .collect();
    levels.sort_unstable();
    levels.dedup();
    levels
}

fn peak_section(page: &mut Page, findings: &Findings, cells: &[&CellFinding]) {
    page.heading(2, "Peak resident memory while echoing");
    page.paragraph(
        "The highest resident set of the server from its start to the end of the measured window, \
         in MiB: buffers that grow with the message show here.",
    );
    let show = |cell: &CellFinding, index: usize| {
        let detail: &EchoDetail = cell.detail(index)?.echo()?;
        Some(significant(detail.peak_rss_bytes / MIB, 3))
    };
    let table = cells::side_by_side(findings, cells, echo_column, show, None);
    page.table(&table);
    page.paragraph("Medians over blocks; nothing is claimed from them.");
    let blocks = cells::most_blocks(cells);
    page.paragraph(&footer::line(findings, blocks, footer::nothing_judged()));
}
