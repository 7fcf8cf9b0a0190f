//! `cpu.md`: CPU time per message.

use super::{
    beside, cells, footer,
    headline::user_and_kernel,
    page::Page,
    reading, spreads,
    words::{
        echo_column, estimate, markdown_cell, rate, ratio_interval_text, ratio_text, row_label,
        spread, ties, time_unit, time_with_letters, trial_counts,
    },
};
use crate::{
    findings::{CellFinding, Findings, Metric},
    plot::{Chosen, image},
    text::{Align, Table},
};

const METRIC: Metric = Metric::ServerCpuNsPerMessage;

pub(super) fn page(findings: &Findings) -> Page {
    let mut page = Page::new("CPU time per message");
    page.paragraph(
        "CPU time that the server's process used per echoed message, from its process clock (ns), \
         read by the load generator while no message was on its way. Where the generator needs about \
         as much per message as the server (its column in the tables of each load), the fastest servers \
         are pressed together: the sooner one answers, the fewer messages it finds at each \
         wake-up, and the more each of them costs it. How far apart they would be is not known. \
         The split into user and kernel is sampled by the kernel's timer tick and pooled over all \
         valid trials: the sum is exact; ± of the split is what so few ticks leave open (nominal \
         95 %).",
    );
    let echo: Vec<&CellFinding> = findings.echo_cells().collect();
    let rates: Vec<&CellFinding> = findings.rate_cells().collect();
    overview_section(&mut page, findings, &echo, "Echo, closed loop", echo_column);
    page.paragraph(&image(findings, Chosen::Cpu, ""));
    overview_section(&mut page, findings, &rates, "At fixed rates", rate);
    for cell in echo.iter().chain(&rates) {
        cell_section(&mut page, findings, cell);
    }
    page
}

fn overview_section(
    page: &mut Page,
    findings: &Findings,
    cells: &[&CellFinding],
    title: &str,
    column: fn(&CellFinding) -> String,
) {
    if cells.is_empty() {
        return;
    }
    page.heading(2, title);
    overview(page, findings, cells, column, beside::FROM_FOLDER);
}

/// Rows: servers. Columns: cells, each in the unit that suits it. Then how to
/// read it and how to get it again. `results` leads to the folders of reports on the
/// servers.
fn overview(
    page: &mut Page,
    findings: &Findings,
    cells: &[&CellFinding],
    column: fn(&CellFinding) -> String,
    results: &str,
) {
    page.table(&table(findings, cells, column, Some(results)));
    cells::below(page, findings, cells, METRIC, column);
}

/// The table alone; without `results` nothing is said of tests of the servers.
pub(super) fn table(
    findings: &Findings,
    cells: &[&CellFinding],
    column: fn(&CellFinding) -> String,
    results: Option<&str>,
) -> Table {
    cells::side_by_side(
        findings,
        cells,
        |cell| format!("{}, {}", column(cell), time_unit(cell, METRIC).symbol()),
        |cell, index| time_with_letters(cell, METRIC, index),
        results,
    )
}

fn cell_section(page: &mut Page, findings: &Findings, cell: &CellFinding) {
    let Some(metric) = cell.metric(METRIC) else {
        return;
    };
    cells::head(page, cell);
    let unit = time_unit(cell, METRIC);
    let has_generator = cell.metric(Metric::GeneratorCpuNsPerMessage).is_some();
    let mut table = Table::new();
    table.column("server", Align::Left);
    table.column(format!("CPU, {}", unit.symbol()), Align::Right);
    table.column("±", Align::Right);
    table.column(format!("user + kernel, {}", unit.symbol()), Align::Right);
    table.column("×", Align::Right);
    let interval_word = spreads::interval_word(metric);
    table.column(format!("× {interval_word}"), Align::Right);
    table.column("ties", Align::Left);
    table.column("switches", Align::Right);
    if has_generator {
        table.column(format!("generator, {}", unit.symbol()), Align::Right);
    }
    table.column("valid", Align::Right);
    for (index, entry) in findings.entries.iter().enumerate() {
        let found = estimate(cell, METRIC, index);
        let detail = cell.detail(index).and_then(|detail| detail.echo());
        let mut row = vec![
            row_label(entry),
            markdown_cell(cell, index, || found.map(|found| unit.show(found.median))),
            found.map(spread).unwrap_or_default(),
            user_and_kernel(cell, index, unit),
            found
                .map(|found| ratio_text(entry, found))
                .unwrap_or_default(),
            found
                .map(|found| ratio_interval_text(found, interval_word))
                .unwrap_or_default(),
            found.map(ties).unwrap_or_default(),
            detail
                .map(|it| format!("{:.2}", it.voluntary_switches_per_message))
                .unwrap_or_default(),
        ];
        if has_generator {
            let generator = estimate(cell, Metric::GeneratorCpuNsPerMessage, index);
            row.push(
                generator
                    .map(|found| unit.show(found.median))
                    .unwrap_or_default(),
            );
        }
        row.push(trial_counts(cell, index));
        table.row(row);
    }
    page.table(&table);
    let column = ("CPU".to_owned(), metric);
    let columns = std::slice::from_ref(&column);
    page.paragraph(&reading::short(findings, columns, &column));
    cells::foot(page, findings, cell, Some(footer::floor(metric)));
}
