//! `handshakes.md`: opening handshakes.

use super::{
    footer,
    page::Page,
    throughput::bound_mark,
    words::{
        description, estimate, heading, markdown_cell, raised_letters, ratio_text, row_label,
        spread, time_unit,
    },
};
use crate::{
    findings::{CellFinding, Findings, HandshakeDetail, Metric, RowDetail},
    text::{Align, Table, escaped, grouped},
};

const CPU: Metric = Metric::ServerCpuNsPerHandshake;
const RATE: Metric = Metric::HandshakesPerS;

pub(super) fn page(findings: &Findings) -> String {
    let mut page = Page::new("Opening handshakes");
    page.paragraph(
        "Connections are opened, upgraded and closed again with the closing handshake. Latency \
         runs from the call of connect to the checked 101 response; CPU is the server's, for the \
         whole life of such a connection.",
    );
    for cell in findings.handshake_cells() {
        section(&mut page, findings, cell);
    }
    page.into_text()
}

fn section(page: &mut Page, findings: &Findings, cell: &CellFinding) {
    let (Some(cpu), Some(rate)) = (cell.metric(CPU), cell.metric(RATE)) else {
        return;
    };
    page.heading(2, &heading(cell));
    page.paragraph(&format!(
        "{} ({}.)",
        escaped(&cell.scenario.why),
        description(cell)
    ));
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
    for title in ["p50", "p99"] {
        table.column(format!("{title}, {}", latency_unit.symbol()), Align::Right);
    }
    table.column("not closed", Align::Right);
    table.column("valid", Align::Right);
    for (index, entry) in findings.entries.iter().enumerate() {
        let (by_cpu, by_rate) = (estimate(cell, CPU, index), estimate(cell, RATE, index));
        let detail: Option<&HandshakeDetail> = cell.detail(index).and_then(RowDetail::handshakes);
        let counts = &cell.rows[index];
        table.row(vec![
            row_label(entry),
            markdown_cell(cell, index, || {
                let found = by_cpu?;
                let letters = raised_letters(found);
                Some(format!(
                    "{} {}{letters}",
                    cpu_unit.show(found.median),
                    spread(found)
                ))
            }),
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
            detail
                .map(|detail| latency_unit.show(detail.latency.p50_ns as f64))
                .unwrap_or_default(),
            detail
                .and_then(|detail| detail.latency.p99_ns)
                .map(|ns| latency_unit.show(ns as f64))
                .unwrap_or_default(),
            detail
                .map(|detail| grouped(detail.not_closed))
                .unwrap_or_default(),
            format!("{}/{}", counts.valid_trials, counts.recorded_trials),
        ]);
    }
    page.table(&table);
    page.paragraph(
        "Not closed: connections on which the server did not answer the Close frame and end the \
         stream in time. ‡: the load generator was saturated and the server was not; the rate is the \
         generator's and is not compared.",
    );
    page.paragraph(&footer::how_to_read(findings, cpu));
    page.paragraph(&footer::flaw_notes(findings, &[cell]));
    let floors = [("CPU".to_owned(), cpu), ("rate".to_owned(), rate)];
    page.paragraph(&footer::line(
        findings,
        cell.blocks,
        Some(footer::floors(floors.into_iter())),
    ));
}
