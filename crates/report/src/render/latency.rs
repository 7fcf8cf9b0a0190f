//! `latency.md`: response and service times at fixed rates.

use super::{
    beside, cells, footer,
    page::Page,
    reading,
    words::{
        estimate, markdown_cell, raised_letters, rate, ratio_text, row_label, spread, time_unit,
        time_with_letters, trial_counts,
    },
};
use crate::{
    findings::{CellFinding, Findings, LatencyDetail, Metric, Percentiles},
    plot::{Chosen, image},
    text::{Align, Table, TimeUnit},
};

const METRIC: Metric = Metric::ResponseP99Ns;

pub(super) fn page(findings: &Findings) -> Page {
    let mut page = Page::new("Latency at fixed rates");
    page.paragraph(
        "Response time runs from the instant at which a message was due to its complete, verified \
         echo, so that a stall counts for every message that it delayed; service time runs from \
         the write. The rates are the same for all servers: fractions of what the slowest of them \
         could bear in a short calibration before the run. p50 and p99 are taken of each block and \
         then their median over blocks: ±, × and letters belong to these. What is called merged \
         is taken of one histogram over all valid trials, in which a single bad block can make \
         up the tail; it has no ±. A percentile is shown only if at least ten messages lie above \
         it.",
    );
    let cells: Vec<&CellFinding> = findings.rate_cells().collect();
    if !cells.is_empty() {
        let metric = findings
            .headline_latency()
            .map_or(METRIC, |(_, metric)| metric);
        let which = if metric == METRIC {
            "99th percentile"
        } else {
            "Median"
        };
        page.heading(2, &format!("{which} of response times"));
        overview(&mut page, findings, &cells, metric);
        page.paragraph(&image(findings, Chosen::RateLadder, ""));
        page.paragraph(&image(findings, Chosen::LatencyCurve, ""));
    }
    for cell in cells {
        cell_section(&mut page, findings, cell);
    }
    page
}

fn latency(cell: &CellFinding, entry: usize) -> Option<LatencyDetail> {
    cell.detail(entry)?.echo()?.latency
}

fn overview(page: &mut Page, findings: &Findings, cells: &[&CellFinding], metric: Metric) {
    let table = cells::side_by_side(
        findings,
        cells,
        |cell| format!("{}, {}", rate(cell), time_unit(cell, metric).symbol()),
        |cell, index| time_with_letters(cell, metric, index),
        Some(beside::FROM_FOLDER),
    );
    page.table(&table);
    if metric != METRIC {
        page.paragraph(
            "Not the 99th percentile: the reference and its twin, which are one program, differ \
             in it by more than ×1.5 at the middle rate, so that it says more about this machine \
             than about servers. It stands in the tables of each rate below, with its noise floor.",
        );
    }
    cells::below(page, findings, cells, metric, rate);
}

fn cell_section(page: &mut Page, findings: &Findings, cell: &CellFinding) {
    let Some(metric) = cell.metric(METRIC) else {
        return;
    };
    cells::head(page, cell);
    let unit = time_unit(cell, METRIC);
    page.paragraph(&format!("All times in {}.", unit.symbol()));
    let mut table = Table::new();
    table.column("server", Align::Left);
    for title in [
        "p50",
        "±",
        "p99",
        "±",
        "× p99",
        "merged p50",
        "merged p90",
        "merged p99",
        "merged p99.9",
        "max",
        "merged service p50",
        "merged service p99",
        "merged lag p99",
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
        let p50 = estimate(cell, Metric::ResponseP50Ns, index);
        let p99 = estimate(cell, METRIC, index);
        // Measured, but with too few messages in each block.
        let dash = detail.map_or("", |_| "–");
        table.row(vec![
            row_label(entry),
            markdown_cell(cell, index, || p50.map(|found| unit.show(found.median))),
            p50.map(spread).unwrap_or_default(),
            p99.map_or(dash.to_owned(), |found| unit.show(found.median)),
            p99.map(|found| format!("{}{}", spread(found), raised_letters(found)))
                .unwrap_or_default(),
            p99.map(|found| ratio_text(entry, found))
                .unwrap_or_default(),
            of(response, |it| it.p50_ns),
            of(response, |it| it.p90_ns),
            of(response, |it| it.p99_ns),
            of(response, |it| it.p99_9_ns),
            of(response, |it| Some(it.max_ns)),
            of(service, |it| it.p50_ns),
            of(service, |it| it.p99_ns),
            detail.map_or(String::new(), |it| optional(it.schedule_lag_p99_ns, unit)),
            detail
                .map(|detail| format!("{:.2} %", detail.achieved_over_offered * 100.0))
                .unwrap_or_default(),
            trial_counts(cell, index),
        ]);
    }
    page.table(&table);
    page.paragraph(
        "Achieved is the share of the messages due in the window that were echoed in it; lag is \
         how long after its due instant the generator wrote a message, its own error. Max is the \
         longest response of all valid trials, a single event.",
    );
    let p99 = ("p99".to_owned(), metric);
    let p50 = cell.metric(Metric::ResponseP50Ns);
    let mut with_spread: Vec<reading::Column<'_>> = Vec::new();
    with_spread.extend(p50.map(|p50| ("p50".to_owned(), p50)));
    with_spread.push(p99.clone());
    page.paragraph(&reading::short(findings, &with_spread, &p99));
    cells::foot(page, findings, cell, Some(footer::floor(metric)));
}

fn optional(ns: Option<u64>, unit: TimeUnit) -> String {
    ns.map_or("–".to_owned(), |ns| unit.show(ns as f64))
}
