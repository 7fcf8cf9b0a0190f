//! The first table: one row per server, one column per question that a person
//! who chooses a library asks.

use record::{AllocationSubject, Protocol, ScenarioKind};

use super::{
    conformance::column as conformance,
    footer,
    reading::{self, Shown},
    spreads,
    words::{
        absence, estimate, markdown_cell, raised_letters, rate, ratio_text, reference_label,
        row_label, shape, spread, time_unit,
    },
};
use crate::{
    findings::{
        AllocationFigure, CellFinding, EchoDetail, Findings, Metric, RowDetail, RowStatus,
        StepFigures,
    },
    text::{Align, Table, TimeUnit, allocation, escaped, significant},
};

/// One column: its title and a cell for each entry.
struct Column<'a> {
    title: String,
    show: Box<dyn Fn(usize) -> String + 'a>,
}

/// The table, its explanation and its footer; `None` before the plan has an
/// echo cell. `pages` leads to the pages on conformance.
pub(super) fn section(findings: &Findings, pages: &str) -> Option<(Table, String, String)> {
    let cell = findings.headline_cell()?;
    let metric = cell.metric(Metric::ServerCpuNsPerMessage)?;
    let mut columns = cpu_columns(findings, cell);
    columns.extend(latency_column(findings));
    columns.extend(memory_column(findings));
    columns.extend(allocation_column(findings));
    columns.extend(handshake_column(findings));
    columns.extend(conformance_column(findings, pages));

    let mut table = Table::new();
    table.column("server", Align::Left);
    for column in &columns {
        table.column(column.title.clone(), Align::Right);
    }
    for (index, entry) in findings.rows_without_twin() {
        let mut cells = vec![row_label(entry)];
        if let Some(RowStatus::Excluded { reason }) = cell.rows.get(index).map(|row| &row.status) {
            // It has nothing to show anywhere; once is enough.
            cells.push(format!("*{}*", escaped(reason)));
            cells.resize(columns.len() + 1, "–".to_owned());
        } else {
            cells.extend(columns.iter().map(|column| (column.show)(index)));
        }
        table.row(cells);
    }
    let footer = footer::line(findings, cell.blocks, Some(footer::floor(metric)));
    Some((table, explanation(findings, cell), footer))
}

fn cpu_columns<'a>(findings: &'a Findings, cell: &'a CellFinding) -> Vec<Column<'a>> {
    let metric = Metric::ServerCpuNsPerMessage;
    let unit = time_unit(cell, metric);
    let size = match &cell.scenario.kind {
        ScenarioKind::Echo { message, .. } => shape(message),
        _ => escaped(&cell.scenario.title),
    };
    let reference = reference_label(findings).unwrap_or_else(|| "reference".to_owned());
    vec![
        Column {
            title: format!("CPU per message, {}, {size}", unit.symbol()),
            show: Box::new(move |index| {
                markdown_cell(cell, index, || {
                    let found = estimate(cell, metric, index)?;
                    Some(format!(
                        "**{}** {}{}",
                        unit.show(found.median),
                        spread(found),
                        raised_letters(found)
                    ))
                })
            }),
        },
        Column {
            title: format!("user + kernel, {}", unit.symbol()),
            show: Box::new(move |index| user_and_kernel(cell, index, unit)),
        },
        Column {
            title: format!("× {reference}"),
            show: Box::new(move |index| {
                estimate(cell, metric, index)
                    .map_or(String::new(), |it| ratio_text(&findings.entries[index], it))
            }),
        },
    ]
}

/// `0.44 + 3.51`, empty where no tick was seen.
pub(super) fn user_and_kernel(cell: &CellFinding, entry: usize, unit: TimeUnit) -> String {
    let detail = cell.detail(entry).and_then(RowDetail::echo);
    let parts = detail.and_then(|detail: &EchoDetail| {
        detail.user_ns_per_message.zip(detail.kernel_ns_per_message)
    });
    let show = |ns: f64| significant(unit.of(ns), 2);
    if cell
        .rows
        .get(entry)
        .is_none_or(|row| absence(row).is_some())
    {
        return String::new();
    }
    parts.map_or("–".to_owned(), |(user, kernel)| {
        format!("{} + {}", show(user), show(kernel))
    })
}

/// p99 at the middle rung: the median of the blocks' own percentiles.
fn latency_column(findings: &Findings) -> Option<Column<'_>> {
    let cell = findings.middle_rung()?;
    let unit = time_unit(cell, Metric::ResponseP99Ns);
    let show = move |index: usize| {
        markdown_cell(cell, index, || {
            let found = estimate(cell, Metric::ResponseP99Ns, index)?;
            Some(format!("{} {}", unit.show(found.median), spread(found)))
        })
    };
    Some(Column {
        title: format!("p99 at {}, {}", rate(cell), unit.symbol()),
        show: Box::new(show),
    })
}

fn memory_column(findings: &Findings) -> Option<Column<'_>> {
    let cell = findings.idle_cells().next()?;
    let show = move |index: usize| {
        markdown_cell(cell, index, || {
            let found = estimate(cell, Metric::RssBytesPerConnection, index)?;
            Some(significant(found.median / 1024.0, 3))
        })
    };
    Some(Column {
        title: "KiB per idle connection".to_owned(),
        show: Box::new(show),
    })
}

/// Allocations, reallocations included, of the smallest message, of the same when it is kept, and of a
/// handshake.
pub(super) struct AllocationTriple<'a> {
    plain: Option<&'a CellFinding>,
    kept: Option<&'a CellFinding>,
    connection: Option<&'a CellFinding>,
}

impl<'a> AllocationTriple<'a> {
    pub(super) fn of(findings: &'a Findings) -> Self {
        Self {
            plain: findings.message_allocation_cell(false),
            kept: findings.message_allocation_cell(true),
            connection: findings.allocation_cells().find(|cell| {
                matches!(
                    cell.scenario.kind,
                    ScenarioKind::AllocationsPerConnection { .. }
                )
            }),
        }
    }

    /// The words for the figures that are there.
    pub(super) fn title(&self) -> String {
        let words = [
            self.plain.map(|_| "message"),
            self.kept.map(|_| "kept message"),
            self.connection.map(|_| "handshake"),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(" / ")
    }

    /// The figures, or a cell's reason for having none.
    pub(super) fn figures(&self, entry: usize) -> Vec<(&'a CellFinding, Option<AllocationFigure>)> {
        let smallest =
            |step: &StepFigures| matches!(step.subject, AllocationSubject::Message { .. });
        let handshake = |step: &StepFigures| step.subject == AllocationSubject::Handshake;
        let of = |cell: Option<&'a CellFinding>, wanted: &dyn Fn(&StepFigures) -> bool| {
            let cell = cell?;
            let steps = cell.detail(entry).and_then(RowDetail::allocations);
            let step = steps.and_then(|detail| detail.steps.iter().find(|step| wanted(step)));
            Some((cell, step.and_then(calls)))
        };
        [
            of(self.plain, &smallest),
            of(self.kept, &smallest),
            of(self.connection, &handshake),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// New and resized blocks together: both are calls of the allocator.
pub(crate) fn calls(step: &StepFigures) -> Option<AllocationFigure> {
    let (new, resized) = (step.allocations?, step.reallocations?);
    Some(AllocationFigure {
        per_time: new.per_time + resized.per_time,
        is_exact: new.is_exact && resized.is_exact,
    })
}

fn allocation_column(findings: &Findings) -> Option<Column<'_>> {
    let triple = AllocationTriple::of(findings);
    let title = triple.title();
    if title.is_empty() {
        return None;
    }
    let show = move |index: usize| {
        let figures: Vec<String> = triple
            .figures(index)
            .into_iter()
            .map(|(cell, figure)| markdown_cell(cell, index, || Some(allocation(figure))))
            .collect();
        if figures
            .iter()
            .all(|text| text == &figures[0] && text.starts_with(['*', '–']))
        {
            return figures[0].clone();
        }
        figures.join(" / ")
    };
    Some(Column {
        title: format!("allocations and reallocations per {title}"),
        show: Box::new(show),
    })
}

fn handshake_column(findings: &Findings) -> Option<Column<'_>> {
    let cell = findings.handshake_cells().next()?;
    let metric = Metric::ServerCpuNsPerHandshake;
    let unit = time_unit(cell, metric);
    let show = move |index: usize| {
        markdown_cell(cell, index, || {
            estimate(cell, metric, index).map(|found| unit.show(found.median))
        })
    };
    Some(Column {
        title: format!("CPU per handshake, {}", unit.symbol()),
        show: Box::new(show),
    })
}

fn conformance_column<'a>(findings: &'a Findings, pages: &'a str) -> Option<Column<'a>> {
    conformance::is_shown(findings).then(|| Column {
        title: conformance::TITLE.to_owned(),
        show: Box::new(move |index| conformance::cell(&findings.entries[index], pages)),
    })
}

/// What the baselines of other protocols are there for.
fn other_protocols(findings: &Findings) -> Option<String> {
    let words = [
        (
            Protocol::Udp,
            "UDP without connections, one datagram per message",
        ),
        (
            Protocol::Http,
            "HTTP/1.1, one POST per message on a connection that stays open",
        ),
    ];
    let there: Vec<&str> = words
        .iter()
        .filter(|(protocol, _)| findings.speaks(*protocol))
        .map(|(_, words)| *words)
        .collect();
    (!there.is_empty()).then(|| {
        format!(
            "Baselines that carry the same payloads by other protocols: {}; no floor, but what \
             else could have been chosen.",
            there.join("; ")
        )
    })
}

fn explanation(findings: &Findings, cell: &CellFinding) -> String {
    let mut lines = vec![
        "How to read it: one row per server. The first rows are baselines, no libraries: raw TCP \
         only returns bytes, the handwritten server does the least that RFC 6455 asks for; what a \
         library costs is what it adds to them. CPU is the server's processor time, user and \
         kernel; less is better in every column."
            .to_owned(),
    ];
    if conformance::is_shown(findings) {
        lines[0].pop();
        lines[0].push_str(" but the last.");
        lines.push(conformance::MEANING.to_owned());
    }
    lines.extend(other_protocols(findings));
    let cpu = cell.metric(Metric::ServerCpuNsPerMessage);
    let cpu = cpu.map(|metric| ("CPU".to_owned(), metric));
    let p99 = findings.middle_rung();
    let p99 = p99.and_then(|cell| Some(("p99".to_owned(), cell.metric(Metric::ResponseP99Ns)?)));
    let with_spread: Vec<reading::Column<'_>> = cpu.iter().chain(&p99).cloned().collect();
    lines.push(spreads::sentence(findings, &with_spread));
    lines.extend(reading::judgement(findings, cpu.as_slice(), Shown::ALL));
    let run = &findings.run;
    if run.valid_trials < run.recorded_trials + run.redone_trials {
        lines.push(
            "In *italics*: why there is no figure. (5 of 6): trials that were valid, of those \
             that ran."
                .to_owned(),
        );
    } else if findings.speaks(Protocol::Udp) {
        lines.push("In *italics*: why there is no figure.".to_owned());
    }
    if p99.is_some() {
        lines.push(
            "p99 counts from the instant at which a message was due, at a rate that is the same \
             for all: the median of the blocks' own 99th percentiles."
                .to_owned(),
        );
    }
    let fewer = |found: Option<&CellFinding>, what: &str| {
        let blocks = found.map(|found| found.blocks)?;
        (blocks != cell.blocks)
            .then(|| format!("{what} from {blocks} {}", footer::plural(blocks, "block")))
    };
    let fewer: Vec<String> = [
        fewer(findings.idle_cells().next(), "memory"),
        fewer(findings.allocation_cells().next(), "allocations"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !fewer.is_empty() {
        lines.push(format!("Measured in fewer blocks: {}.", fewer.join(", ")));
    }
    lines.join(" ")
}
