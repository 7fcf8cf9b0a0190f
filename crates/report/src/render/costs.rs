//! `system-calls.md` and `instructions.md`: what a message costs, counted.

use record::{CostKind, ScenarioKind};

use super::{
    cells,
    csv_files::{columns, key_fields},
    footer,
    page::Page,
    words::{markdown_cell, row_label},
};
use crate::{
    findings::{CellFinding, CostDetail, CostFigure, Findings, RowDetail},
    text::{Align, Csv, Table, bytes, escaped, grouped, per_cent, ratio},
};

/// The page, where the plan has a cell that counts this.
pub(super) fn page(findings: &Findings, counted: CostKind) -> Option<Page> {
    findings.cost_cells(counted).next()?;
    let mut page = Page::new(match counted {
        CostKind::SystemCalls => "System calls per message",
        CostKind::Instructions => "Instructions per message",
    });
    page.paragraph(match counted {
        CostKind::SystemCalls => {
            "Calls into the kernel of all threads of the server, counted by strace. Each figure is \
             what a further message adds: the server runs twice in a trial, with fewer and with \
             more messages, so that its start and end cancel."
        }
        CostKind::Instructions => {
            "Instructions that the server's threads carry out in user mode, counted by callgrind \
             on the processor that valgrind emulates. Each figure is what a further message adds: \
             the count of fewer messages is taken from that of more, so that what belongs to no \
             message cancels. The kernel's part is not in it, and an instruction is no unit \
             of time: one may add two registers, the next may copy 32 bytes or miss every cache. \
             Code that is chosen by what the processor can do is chosen for valgrind's, which has \
             no AVX-512. The C library is told (GLIBC_TUNABLES) to copy and fill with vector \
             instructions, because callgrind would count the processor's own string instructions \
             once per byte."
        }
    });
    page.paragraph(&format!(
        "One connection with one message in flight and one worker{}: nothing shares a wake-up, so \
         the counts repeat. A figure without a mark was the same to within ±0.5 % in all trials; \
         ≈: it was not, the median is shown with half the range. That is so where threads of a \
         runtime look for work by the clock, or race for it. The reference stands twice, as a \
         check.",
        match counted {
            CostKind::SystemCalls => ", and a server at rest before each message",
            CostKind::Instructions => "",
        }
    ));
    for cell in findings.cost_cells(counted) {
        cells::head(&mut page, cell);
        page.table(&table(findings, cell, counted));
        cells::foot(&mut page, findings, cell, tool(findings, cell));
    }
    Some(page)
}

/// The tool's version, where it counted anything, and that these counts are
/// not judged.
fn tool(findings: &Findings, cell: &CellFinding) -> Option<String> {
    let tool = (0..findings.entries.len())
        .find_map(|entry| detail(cell, entry))
        .map(|detail| escaped(&detail.tool));
    let parts: Vec<String> = tool.into_iter().chain(footer::nothing_judged()).collect();
    Some(parts.join(" · "))
}

fn detail(cell: &CellFinding, entry: usize) -> Option<&CostDetail> {
    cell.detail(entry).and_then(RowDetail::costs)
}

fn figure(cell: &CellFinding, entry: usize, size_bytes: u64) -> Option<&CostFigure> {
    let figures = &detail(cell, entry)?.figures;
    figures.iter().find(|it| it.size_bytes == size_bytes)
}

fn sizes(cell: &CellFinding) -> Vec<u64> {
    match &cell.scenario.kind {
        ScenarioKind::PerMessageCosts { sizes, .. } => {
            sizes.iter().map(|size| size.size_bytes).collect()
        }
        _ => Vec::new(),
    }
}

fn table(findings: &Findings, cell: &CellFinding, counted: CostKind) -> Table {
    let sizes = sizes(cell);
    let mut table = Table::new();
    table.column("server", Align::Left);
    for size in &sizes {
        table.column(bytes(*size), Align::Right);
        if counted == CostKind::Instructions {
            table.column("×", Align::Right);
        }
    }
    if counted == CostKind::SystemCalls {
        for size in &sizes {
            table.column(format!("{}: which", bytes(*size)), Align::Left);
        }
    }
    let reference = findings.reference();
    for (entry, facts) in findings.entries.iter().enumerate() {
        let mut row = vec![row_label(facts)];
        for size in &sizes {
            let found = figure(cell, entry, *size);
            row.push(markdown_cell(cell, entry, || Some(shown(found?, counted))));
            if counted == CostKind::Instructions {
                row.push(times(
                    found,
                    reference.and_then(|it| figure(cell, it, *size)),
                ));
            }
        }
        if counted == CostKind::SystemCalls {
            for size in &sizes {
                row.push(figure(cell, entry, *size).map(names).unwrap_or_default());
            }
        }
        table.row(row);
    }
    table
}

/// The figure with its mark.
fn shown(figure: &CostFigure, counted: CostKind) -> String {
    let value = match counted {
        CostKind::SystemCalls => format!("{:.2}", figure.per_message),
        CostKind::Instructions => grouped(figure.per_message.round().max(0.0) as u64),
    };
    if figure.is_steady() {
        value
    } else {
        format!("≈{value} ±{}", per_cent(figure.spread_percent()))
    }
}

/// The ratio to the reference.
fn times(found: Option<&CostFigure>, reference: Option<&CostFigure>) -> String {
    match (found, reference) {
        (Some(found), Some(reference)) if reference.per_message > 0.0 => {
            ratio(found.per_message / reference.per_message)
        }
        _ => String::new(),
    }
}

/// `recvfrom 2, sendto 1`.
fn names(figure: &CostFigure) -> String {
    let parts: Vec<String> = figure
        .by_name
        .iter()
        .map(|(name, count)| {
            let count = format!("{count:.2}");
            let count = count.trim_end_matches('0').trim_end_matches('.');
            format!("{} {count}", escaped(name))
        })
        .collect();
    parts.join(", ")
}

/// One row per entry and size, where the plan has a cell that counts this.
pub(super) fn csv(findings: &Findings, counted: CostKind) -> Option<String> {
    findings.cost_cells(counted).next()?;
    let own = [
        "size_bytes",
        "per_message",
        "lowest",
        "highest",
        "is_steady",
        "by_name",
        "tool",
    ];
    let mut csv = Csv::new(&columns(&[], &own));
    for cell in findings.cost_cells(counted) {
        for entry in 0..findings.entries.len() {
            let shared = key_fields(findings, cell, entry);
            let Some(detail) = detail(cell, entry) else {
                csv.row(shared);
                continue;
            };
            for figure in &detail.figures {
                let names: Vec<String> = figure
                    .by_name
                    .iter()
                    .map(|(name, count)| format!("{name}={count}"))
                    .collect();
                let mut fields = shared.clone();
                fields.push(figure.size_bytes.to_string());
                for value in [figure.per_message, figure.lowest, figure.highest] {
                    fields.push(value.to_string());
                }
                fields.push(figure.is_steady().to_string());
                fields.push(names.join(";"));
                fields.push(detail.tool.clone());
                csv.row(fields);
            }
        }
    }
    Some(csv.into_text())
}
