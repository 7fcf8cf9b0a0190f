//! `handshakes.md`: opening handshakes.

use record::Protocol;

use super::{
    beside, cells, footer,
    page::Page,
    reading::{self, Shown},
    spreads,
    throughput::bound_mark,
    words::{
        estimate, markdown_cell, raised_letters, ratio_text, row_label, spread, time_unit,
        time_with_letters, trial_counts,
    },
};
use crate::{
    findings::{CellFinding, Findings, HandshakeDetail, Metric, RowDetail},
    text::{Align, Table, grouped},
};

const CPU: Metric = Metric::ServerCpuNsPerHandshake;
const RATE: Metric = Metric::HandshakesPerS;

pub(super) fn page(findings: &Findings) -> Page {
    let mut page = Page::new("Opening handshakes");
    page.paragraph(
        "Connections are opened, upgraded and closed again with the closing handshake. Latency \
         runs from the call of connect to the checked 101 response; CPU is the server's, for the \
         whole life of such a connection.",
    );
    if findings.speaks(Protocol::Http) {
        page.paragraph(
            "Over HTTP/1.1 there is nothing to upgrade: such a row counts from connect to the \
             response to one POST without a body.",
        );
    }
    for cell in findings.handshake_cells() {
        section(&mut page, findings, cell);
    }
    page
}

fn section(page: &mut Page, findings: &Findings, cell: &CellFinding) {
    let (Some(cpu), Some(rate)) = (cell.metric(CPU), cell.metric(RATE)) else {
        return;
    };
    cells::head(page, cell);
    let cpu_unit = time_unit(cell, CPU);
    let latency_unit = time_unit(cell, Metric::HandshakeP50Ns);
    let mut table = Table::new();
    table.column("server", Align::Left);
    table.column(
        format!("CPU per handshake, {}", cpu_unit.symbol()),
        Align::Right,
    );
    table.column("×", Align::Right);
    table.column("user", Align::Right);
    table.column("handshakes/s", Align::Right);
    table.column("×", Align::Right);
    for title in ["p50", "p99 of all"] {
        table.column(format!("{title}, {}", latency_unit.symbol()), Align::Right);
    }
    table.column("not closed", Align::Right);
    table.column("valid", Align::Right);
    let tests = beside::columns(findings);
    for column in &tests {
        table.column(column.title, Align::Right);
    }
    for (index, entry) in findings.entries.iter().enumerate() {
        let (by_cpu, by_rate) = (estimate(cell, CPU, index), estimate(cell, RATE, index));
        let detail: Option<&HandshakeDetail> = cell.detail(index).and_then(RowDetail::handshakes);
        let mark = bound_mark(cell, index);
        let p50 = estimate(cell, Metric::HandshakeP50Ns, index).map(|found| {
            let shown = latency_unit.show(found.median);
            format!("{shown}{mark} {}", spread(found))
        });
        let p99_ns = detail.and_then(|detail| detail.latency.p99_ns);
        let p99 = p99_ns.map(|ns| format!("{}{mark}", latency_unit.show(ns as f64)));
        let mut row = vec![
            row_label(entry),
            markdown_cell(cell, index, || time_with_letters(cell, CPU, index)),
            by_cpu
                .map(|found| ratio_text(entry, found))
                .unwrap_or_default(),
            detail
                .and_then(|detail| detail.user_share)
                .map(|share| format!("{:.0} %", share * 100.0))
                .unwrap_or_default(),
            by_rate
                .map(|found| {
                    let letters = raised_letters(found);
                    format!(
                        "{}{} {}{letters}",
                        grouped(found.median.round() as u64),
                        bound_mark(cell, index),
                        spread(found)
                    )
                })
                .unwrap_or_default(),
            by_rate
                .map(|found| ratio_text(entry, found))
                .unwrap_or_default(),
            p50.unwrap_or_default(),
            p99.unwrap_or_default(),
            detail
                .map(|detail| grouped(detail.not_closed))
                .unwrap_or_default(),
            trial_counts(cell, index),
        ];
        row.extend(tests.iter().map(|it| (it.cell)(entry, beside::FROM_FOLDER)));
        table.row(row);
    }
    page.table(&table);
    page.paragraph(
        "p50 is the median of the blocks' own. p99 is that of all values of all blocks together, \
         without a spread: a block of a slow server has too few handshakes for a p99 of its own. \
         Both are times as they were measured, in a closed loop: the more handshakes are under way at a time, the longer each waits for the others, so \
         they say how long such a queue takes, not how long a lone client waits; no verdict is \
         shown for them. Not closed: connections on which the server did not answer the Close \
         frame and end the stream in time, counted over all trials, the invalid ones included. ‡: \
         the load generator was saturated before the server was; the rate and the times are the \
         generator's and are not compared.",
    );
    let judged = [("CPU".to_owned(), cpu), ("rate".to_owned(), rate)];
    let mut with_spread = judged.to_vec();
    let p50 = cell.metric(Metric::HandshakeP50Ns);
    with_spread.extend(p50.map(|found| ("p50".to_owned(), found)));
    let mut sentences = vec![spreads::sentence(findings, &with_spread)];
    sentences.extend(reading::judgement(findings, &judged, Shown::ALL));
    page.paragraph(&sentences.join(" "));
    cells::foot(page, findings, cell, Some(footer::floors(&judged)));
}
