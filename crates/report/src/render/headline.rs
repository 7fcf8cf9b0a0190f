//! The first table: one row per server, one column per question that a person
//! who chooses a library asks.

use record::{Protocol, ScenarioKind};

pub(super) use super::calls::AllocationTriple;
pub(crate) use super::calls::calls;
use super::{
    conformance::column as conformance,
    footer,
    reading::{self, Shown},
    spreads,
    words::{
        Note, absence, description, estimate, noted_cell, raised_letters, raised_valid_note, rate,
        ratio_text, reference_label, row_label, shape, spread, time_unit, valid_note,
    },
};
use crate::{
    findings::{CellFinding, EchoDetail, Findings, Metric, RowDetail, RowStatus},
    text::{Align, Table, TimeUnit, allocation, escaped, significant},
};

/// How much of it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// All columns, with whole titles: for a page that can scroll and sort.
    Wide,
    /// What a page on the web has room for.
    Narrow,
    /// What the narrow one leaves out.
    Rest,
}

impl Form {
    fn note(self) -> Note {
        match self {
            Self::Narrow => raised_valid_note,
            Self::Wide | Self::Rest => valid_note,
        }
    }

    /// Where room is short a browser breaks lines; a figure stays in one with its
    /// spread or its mark.
    fn kept_together(self, cell: String) -> String {
        // Reasons are words in italics, and may be long.
        let is_reason = cell.starts_with('*') && !cell.starts_with("**");
        if self == Self::Narrow && !is_reason {
            cell.replace(' ', "\u{a0}")
        } else {
            cell
        }
    }

    fn takes(self, place: Place) -> bool {
        match self {
            Self::Wide => place != Place::WhereNarrow,
            Self::Narrow => place != Place::WhereRoom,
            Self::Rest => place == Place::WhereRoom,
        }
    }
}

/// In which forms a column stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Usual,
    WhereNarrow,
    WhereRoom,
}

/// One column: its titles and a cell for each entry.
struct Column<'a> {
    title: String,
    /// The title where there is little room.
    short: String,
    place: Place,
    show: Box<dyn Fn(usize, Note) -> String + 'a>,
}

/// The wide table, its explanation and its footer; `None` before the plan has
/// an echo cell. `pages` leads to the pages on conformance.
pub(super) fn section(findings: &Findings, pages: &str) -> Option<(Table, String, String)> {
    let table = table(findings, pages, Form::Wide, &|_| true)?;
    Some((table, explanation(findings)?, footer(findings)?))
}

/// The rows that `takes` takes by their position; `None` before the plan has an
/// echo cell.
pub(super) fn table(
    findings: &Findings,
    pages: &str,
    form: Form,
    takes: &dyn Fn(usize) -> bool,
) -> Option<Table> {
    let cell = findings.headline_cell()?;
    cell.metric(Metric::ServerCpuNsPerMessage)?;
    let mut columns = cpu_columns(findings, cell);
    columns.extend(latency_column(findings));
    columns.extend(memory_column(findings));
    columns.extend(allocation_columns(findings));
    columns.extend(handshake_column(findings));
    columns.extend(conformance_column(findings, pages));
    columns.retain(|column| form.takes(column.place));

    let mut table = Table::new();
    table.column("server", Align::Left);
    for column in &columns {
        let title = match form {
            Form::Wide => &column.title,
            Form::Narrow | Form::Rest => &column.short,
        };
        table.column(title.clone(), Align::Right);
    }
    for (index, entry) in findings.rows_without_twin().filter(|(it, _)| takes(*it)) {
        let mut cells = vec![row_label(entry)];
        if let Some(RowStatus::Excluded { reason }) = cell.rows.get(index).map(|row| &row.status) {
            // It has nothing to show anywhere; once is enough.
            cells.push(format!("*{}*", escaped(reason)));
            cells.resize(columns.len() + 1, "–".to_owned());
        } else {
            let shown = columns.iter().map(|it| (it.show)(index, form.note()));
            cells.extend(shown.map(|cell| form.kept_together(cell)));
        }
        table.row(cells);
    }
    Some(table)
}

/// The line under it.
pub(super) fn footer(findings: &Findings) -> Option<String> {
    let cell = findings.headline_cell()?;
    let metric = cell.metric(Metric::ServerCpuNsPerMessage)?;
    Some(footer::line(
        findings,
        cell.blocks,
        Some(footer::floor(metric)),
    ))
}

fn cpu_columns<'a>(findings: &'a Findings, cell: &'a CellFinding) -> Vec<Column<'a>> {
    let metric = Metric::ServerCpuNsPerMessage;
    let unit = time_unit(cell, metric);
    let reference = reference_label(findings).unwrap_or_else(|| "reference".to_owned());
    vec![
        Column {
            title: format!("CPU per message, {}, {}", unit.symbol(), size(cell)),
            short: format!("CPU {}", unit.symbol()),
            place: Place::Usual,
            show: Box::new(move |index, note| {
                noted_cell(cell, index, note, || {
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
            short: format!("user + kernel {}", unit.symbol()),
            place: Place::WhereRoom,
            show: Box::new(move |index, _| user_and_kernel(cell, index, unit)),
        },
        Column {
            title: format!("× {reference}"),
            short: "×".to_owned(),
            place: Place::Usual,
            show: Box::new(move |index, _| {
                estimate(cell, metric, index)
                    .map_or(String::new(), |it| ratio_text(&findings.entries[index], it))
            }),
        },
    ]
}

/// `125 B binary`.
fn size(cell: &CellFinding) -> String {
    match &cell.scenario.kind {
        ScenarioKind::Echo { message, .. } => shape(message),
        _ => escaped(&cell.scenario.title),
    }
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
    let show = move |index: usize, note: Note| {
        noted_cell(cell, index, note, || {
            let found = estimate(cell, Metric::ResponseP99Ns, index)?;
            Some(format!("{} {}", unit.show(found.median), spread(found)))
        })
    };
    Some(Column {
        title: format!("p99 at {}, {}", rate(cell), unit.symbol()),
        short: format!("p99 {}", unit.symbol()),
        place: Place::Usual,
        show: Box::new(show),
    })
}

fn memory_column(findings: &Findings) -> Option<Column<'_>> {
    let cell = findings.idle_cells().next()?;
    let show = move |index: usize, note: Note| {
        noted_cell(cell, index, note, || {
            let found = estimate(cell, Metric::RssBytesPerConnection, index)?;
            Some(significant(found.median / 1024.0, 3))
        })
    };
    Some(Column {
        title: "KiB per idle connection".to_owned(),
        short: "KiB".to_owned(),
        place: Place::Usual,
        show: Box::new(show),
    })
}

/// All counts in one column, and those of a message alone.
fn allocation_columns(findings: &Findings) -> Vec<Column<'_>> {
    let triple = AllocationTriple::of(findings);
    let title = triple.title();
    let mut columns = Vec::new();
    if let Some(plain) = triple.of_a_message() {
        let show = move |index: usize, note: Note| {
            let (cell, figure) = plain.figure(index);
            noted_cell(cell, index, note, || Some(allocation(figure)))
        };
        columns.push(Column {
            title: String::new(),
            short: "allocs".to_owned(),
            place: Place::WhereNarrow,
            show: Box::new(show),
        });
    }
    if !title.is_empty() {
        let show = move |index: usize, note: Note| {
            let figures: Vec<String> = triple
                .figures(index)
                .into_iter()
                .map(|(cell, figure)| noted_cell(cell, index, note, || Some(allocation(figure))))
                .collect();
            if figures
                .iter()
                .all(|text| text == &figures[0] && text.starts_with(['*', '–']))
            {
                return figures[0].clone();
            }
            figures.join(" / ")
        };
        columns.push(Column {
            short: title
                .replace("kept message", "kept")
                .replacen("message", "allocs", 1),
            title: format!("allocations and reallocations per {title}"),
            place: Place::WhereRoom,
            show: Box::new(show),
        });
    }
    columns
}

fn handshake_column(findings: &Findings) -> Option<Column<'_>> {
    let cell = findings.handshake_cells().next()?;
    let metric = Metric::ServerCpuNsPerHandshake;
    let unit = time_unit(cell, metric);
    let show = move |index: usize, note: Note| {
        noted_cell(cell, index, note, || {
            estimate(cell, metric, index).map(|found| unit.show(found.median))
        })
    };
    Some(Column {
        title: format!("CPU per handshake, {}", unit.symbol()),
        short: format!("handshake {}", unit.symbol()),
        place: Place::WhereRoom,
        show: Box::new(show),
    })
}

fn conformance_column<'a>(findings: &'a Findings, pages: &'a str) -> Option<Column<'a>> {
    conformance::is_shown(findings).then(|| Column {
        title: conformance::TITLE.to_owned(),
        short: "RFC 6455".to_owned(),
        place: Place::Usual,
        show: Box::new(move |index, _| conformance::cell(&findings.entries[index], pages)),
    })
}

/// What the columns of the narrow form are, a line each.
pub(super) fn columns_in_words(findings: &Findings) -> Option<String> {
    let cell = findings.headline_cell()?;
    let metric = cell.metric(Metric::ServerCpuNsPerMessage)?;
    let reference = reference_label(findings).unwrap_or_else(|| "the reference".to_owned());
    let mut lines = vec![
        format!(
            "- **CPU**: the server's processor time per message, user and kernel ({}). Median over \
             {} {}, ± half the {}.{}",
            description(cell),
            cell.blocks,
            footer::plural(cell.blocks, "block"),
            spreads::half_of_what(metric),
            if reading::has_letters(metric) {
                " Rows that share a letter can't be told apart; their order means nothing; a row \
                 without one has no verdict."
            } else {
                ""
            }
        ),
        format!(
            "- **×**: ratio to {reference}, block by block; `~`: the data can't tell; `?`: no \
             verdict."
        ),
    ];
    if let Some(cell) = findings.middle_rung() {
        lines.push(format!(
            "- **p99**: 99th percentile of response times at {}, the same rate for all, from the \
             instant at which a message was due; median of the blocks' own.",
            rate(cell)
        ));
    }
    if findings.idle_cells().next().is_some() {
        lines.push("- **KiB**: resident memory per idle connection.".to_owned());
    }
    if AllocationTriple::of(findings).of_a_message().is_some() {
        lines.push(
            "- **allocs**: allocations and reallocations per message of the smallest size; ≈: the \
             counts differed."
                .to_owned(),
        );
    }
    if conformance::is_shown(findings) {
        lines.push(format!("- {}", conformance::MEANING));
    }
    let run = &findings.run;
    let lost = run.valid_trials < run.recorded_trials + run.redone_trials;
    lines.push(format!(
        "- Less is better{}. In *italics*: why there is no figure{}. The first rows are baselines, \
         no libraries: raw TCP only returns bytes, the handwritten server does the least that \
         RFC 6455 asks for; what a library costs is what it adds to them.",
        if conformance::is_shown(findings) {
            " in every column but the last"
        } else {
            ""
        },
        if lost {
            "; raised 5/6: trials that were valid, of those that ran"
        } else {
            ""
        },
    ));
    lines.extend(other_protocols(findings).map(|text| format!("- {text}")));
    Some(lines.join("\n"))
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

fn explanation(findings: &Findings) -> Option<String> {
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
    lines.push(small_print(findings)?);
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
    if findings
        .middle_rung()
        .is_some_and(|cell| cell.metric(Metric::ResponseP99Ns).is_some())
    {
        lines.push(
            "p99 counts from the instant at which a message was due, at a rate that is the same \
             for all: the median of the blocks' own 99th percentiles."
                .to_owned(),
        );
    }
    lines.extend(fewer_blocks(findings));
    Some(lines.join(" "))
}

/// Every `±` and the rules behind `×` and letters.
pub(super) fn small_print(findings: &Findings) -> Option<String> {
    let cpu = findings
        .headline_cell()?
        .metric(Metric::ServerCpuNsPerMessage)?;
    let cpu = ("CPU".to_owned(), cpu);
    let p99 = findings.middle_rung();
    let p99 = p99.and_then(|cell| Some(("p99".to_owned(), cell.metric(Metric::ResponseP99Ns)?)));
    let with_spread: Vec<reading::Column<'_>> = std::iter::once(cpu.clone()).chain(p99).collect();
    let mut lines = vec![spreads::sentence(findings, &with_spread)];
    let judged = std::slice::from_ref(&cpu);
    lines.extend(reading::judgement(findings, judged, Shown::ALL));
    Some(lines.join(" "))
}

/// Columns from fewer blocks than the first one.
pub(super) fn fewer_blocks(findings: &Findings) -> Option<String> {
    let all = findings.headline_cell()?.blocks;
    let fewer = |found: Option<&CellFinding>, what: &str| {
        let blocks = found.map(|found| found.blocks)?;
        (blocks != all).then(|| format!("{what} from {blocks} {}", footer::plural(blocks, "block")))
    };
    let fewer: Vec<String> = [
        fewer(findings.idle_cells().next(), "memory"),
        fewer(findings.allocation_cells().next(), "allocations"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!fewer.is_empty()).then(|| format!("Measured in fewer blocks: {}.", fewer.join(", ")))
}
