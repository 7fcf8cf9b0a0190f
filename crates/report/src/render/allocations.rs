//! `allocations.md`: exact counts.

use record::{AllocationSubject, Inapplicable, ScenarioKind};

use super::{
    cells, footer,
    page::Page,
    words::{markdown_cell, row_label},
};
use crate::{
    findings::{AllocationFigure, CellFinding, Findings, RowDetail, StepFigures},
    plot::{Chosen, image},
    text::{Align, Table, allocation, bytes},
};

pub(super) fn page(findings: &Findings) -> Page {
    let mut page = Page::new("Allocations");
    page.paragraph(
        "What the server asks of its allocator, counted by a counting allocator that is compiled \
         into every server and switched on for these trials only. Each count is taken \
         twice per trial; a figure without a mark was the same in all counts of all trials. ≈: the counts differed, \
         their median is shown. `unknown`: the server can't count.",
    );
    for cell in findings.allocation_cells() {
        cells::head(&mut page, cell);
        match &cell.scenario.kind {
            ScenarioKind::AllocationsPerMessage {
                sizes_bytes, keep, ..
            } => {
                per_message(&mut page, findings, cell, sizes_bytes);
                let chosen = match keep {
                    0 => Chosen::Allocations,
                    _ => Chosen::KeptAllocations,
                };
                page.paragraph(&image(findings, chosen, ""));
            }
            _ => per_connection(&mut page, findings, cell),
        }
        cells::foot(&mut page, findings, cell, footer::nothing_judged());
    }
    page
}

/// The step of a row about `subject`.
fn step(cell: &CellFinding, entry: usize, subject: AllocationSubject) -> Option<&StepFigures> {
    let detail = cell.detail(entry).and_then(RowDetail::allocations)?;
    detail.steps.iter().find(|step| step.subject == subject)
}

/// `1`, or `3 + 5 r` with reallocations.
fn calls(step: &StepFigures) -> String {
    let is_none = |figure: AllocationFigure| figure.per_time == 0.0 && figure.is_exact;
    match step.reallocations {
        Some(figure) if !is_none(figure) => {
            format!(
                "{} + {} r",
                allocation(step.allocations),
                allocation(Some(figure))
            )
        }
        _ => allocation(step.allocations),
    }
}

fn per_message(page: &mut Page, findings: &Findings, cell: &CellFinding, sizes_bytes: &[u64]) {
    let mut table = Table::new();
    table.column("server", Align::Left);
    for size in sizes_bytes {
        table.column(bytes(*size), Align::Right);
    }
    for size in sizes_bytes {
        table.column(format!("{}: bytes", bytes(*size)), Align::Right);
    }
    for (index, entry) in findings.rows_without_twin() {
        let of = |size: u64| step(cell, index, AllocationSubject::Message { size_bytes: size });
        let mut row = vec![row_label(entry)];
        row.extend(sizes_bytes.iter().map(|size| {
            match Inapplicable::of_size(entry.protocol, *size) {
                None => markdown_cell(cell, index, || Some(calls(of(*size)?))),
                Some(reason) => format!("*{reason}*"),
            }
        }));
        row.extend(sizes_bytes.iter().map(|size| {
            of(*size)
                .map(|step| allocation(step.allocated_bytes))
                .unwrap_or_default()
        }));
        table.row(row);
    }
    page.table(&table);
    page.paragraph(
        "Allocations per message (`+ n r`: and n reallocations), then bytes allocated per message.",
    );
}

fn per_connection(page: &mut Page, findings: &Findings, cell: &CellFinding) {
    let mut table = Table::new();
    table.column("server", Align::Left);
    for title in [
        "per handshake",
        "bytes per handshake",
        "per held connection",
        "live bytes per connection",
    ] {
        table.column(title, Align::Right);
    }
    for (index, entry) in findings.rows_without_twin() {
        let handshake = step(cell, index, AllocationSubject::Handshake);
        let connection = step(cell, index, AllocationSubject::Connection);
        table.row(vec![
            row_label(entry),
            markdown_cell(cell, index, || handshake.map(calls)),
            handshake
                .map(|step| allocation(step.allocated_bytes))
                .unwrap_or_default(),
            connection.map(calls).unwrap_or_default(),
            connection
                .map(|step| allocation(step.live_bytes))
                .unwrap_or_default(),
        ]);
    }
    page.table(&table);
    page.paragraph(
        "A handshake here is a connection that is opened, upgraded and closed. A held connection \
         has echoed one message and stays open; live bytes are what it keeps allocated (`+ n r`: \
         and n reallocations).",
    );
}
