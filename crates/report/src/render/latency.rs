//! `latency.md`: response and service times at fixed rates.

use super::{
    footer,
    page::Page,
    words::{
        description, estimate, heading, markdown_cell, raised_letters, rate, ratio_text, row_label,
        spread, time_unit,
    },
};
use crate::{
    findings::{CellFinding, Findings, LatencyDetail, Metric, Percentiles},
    text::{Align, Table, TimeUnit, escaped},
};

const METRIC: Metric = Metric::ResponseP99Ns;

pub(super) fn page(findings: &Findings) -> String {
    let mut page = Page::new("Latency at fixed rates");
    page.paragraph(
        "Response time runs from the instant at which a message was due to its complete, verified \
         echo, so that a stall counts for every message that it delayed; service time runs from \
         the write. The rates are the same for all servers: fractions of what the slowest of them \
         could bear in a short calibration before the run. Percentiles come from the merged \
         histograms of all valid trials; ± is the spread of the blocks' own percentiles. A \
         percentile is shown only if at least ten messages lie above it.",
    );
    let cells: Vec<&CellFinding> = findings.rate_cells().collect();
    if let Some(first) = cells.first().and_then(|cell| cell.metric(METRIC)) {
        page.heading(2, "99th percentile of response times");
        page.table(&overview(findings, &cells));
        page.paragraph(&footer::how_to_read(findings, first));
        let blocks = cells.iter().map(|cell| cell.blocks).max().unwrap_or(0);
        let metrics = cells
            .iter()
            .filter_map(|cell| Some((rate(cell), cell.metric(METRIC)?)));
        page.paragraph(&footer::line(
            findings,
            blocks,
            Some(footer::floors(metrics)),
        ));
    }
    for cell in cells {
        cell_section(&mut page, findings, cell);
    }
    page.into_text()
}

fn latency(cell: &CellFinding, entry: usize) -> Option<LatencyDetail> {
    cell.detail(entry)?.echo()?.latency
}

pub(super) fn overview(findings: &Findings, cells: &[&CellFinding]) -> Table {
    let mut table = Table::new();
    table.column("server", Align::Left);
    for cell in cells {
        let unit = time_unit(cell, METRIC);
        table.column(format!("{}, {}", rate(cell), unit.symbol()), Align::Right);
    }
    for (index, entry) in findings.rows_without_twin() {
        let mut row = vec![row_label(entry)];
        for cell in cells {
            let unit = time_unit(cell, METRIC);
            row.push(markdown_cell(cell, index, || {
                let p99 = latency(cell, index)?.response.p99_ns?;
                let found = estimate(cell, METRIC, index);
                Some(format!(
                    "{} {}{}",
                    unit.show(p99 as f64),
                    found.map(spread).unwrap_or_default(),
                    found.map(raised_letters).unwrap_or_default(),
                ))
            }));
        }
        table.row(row);
    }
    table
}

fn cell_section(page: &mut Page, findings: &Findings, cell: &CellFinding) {
    let Some(metric) = cell.metric(METRIC) else {
        return;
    };
    page.heading(2, &heading(cell));
    page.paragraph(&format!(
        "{} ({}.)",
        escaped(&cell.scenario.why),
        description(cell)
    ));
    let unit = time_unit(cell, METRIC);
    page.paragraph(&format!("All times in {}.", unit.symbol()));
    let mut table = Table::new();
    table.column("server", Align::Left);
    for title in [
        "p50",
        "±",
        "p90",
        "p99",
        "±",
        "p99.9",
        "max",
        "× p99",
        "service p50",
        "service p99",
        "lag p99",
        "achieved",
        "valid",
    ] {
        table.column(title, Align::Right);
    }
    for (index, entry) in findings.entries.iter().enumerate() {
        let detail = latency(cell, index);
        let response = detail.map(|detail| detail.response);
        let service = detail.and_then(|detail| detail.service);
        let of = |from: Option<Percentiles>, value: fn(Percentiles) -> Option<u64>| {
            from.map_or(String::new(), |it| optional(value(it), unit))
        };
        let p50_spread = estimate(cell, Metric::ResponseP50Ns, index).map(spread);
        let p99 = estimate(cell, METRIC, index);
        let counts = &cell.rows[index];
        table.row(vec![
            row_label(entry),
            markdown_cell(cell, index, || {
                response.map(|response| unit.show(response.p50_ns as f64))
            }),
            p50_spread.unwrap_or_default(),
            of(response, |it| it.p90_ns),
            of(response, |it| it.p99_ns),
            p99.map(|found| format!("{}{}", spread(found), raised_letters(found)))
                .unwrap_or_default(),
            of(response, |it| it.p99_9_ns),
            of(response, |it| Some(it.max_ns)),
            p99.map(|found| ratio_text(entry, found))
                .unwrap_or_default(),
            of(service, |it| Some(it.p50_ns)),
            of(service, |it| it.p99_ns),
            detail.map_or(String::new(), |it| optional(it.schedule_lag_p99_ns, unit)),
            detail
                .map(|detail| format!("{:.2} %", detail.achieved_over_offered * 100.0))
                .unwrap_or_default(),
            format!("{}/{}", counts.valid_trials, counts.recorded_trials),
        ]);
    }
    page.table(&table);
    page.paragraph(
        "Achieved is the share of the messages due in the window that were echoed in it; lag is \
         how long after its due instant the generator wrote a message, its own error.",
    );
    page.paragraph(&footer::how_to_read_short(findings, metric));
    page.paragraph(&footer::flaw_notes(findings, &[cell]));
    page.paragraph(&footer::line(
        findings,
        cell.blocks,
        Some(footer::floor(metric)),
    ));
}

fn optional(ns: Option<u64>, unit: TimeUnit) -> String {
    ns.map_or("–".to_owned(), |ns| unit.show(ns as f64))
}
