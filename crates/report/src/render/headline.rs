//! The first table: one row per server, one column per question that a person
//! who chooses a library asks.

use record::ScenarioKind;

pub(super) use super::calls::AllocationTriple;
pub(crate) use super::calls::calls;
use super::{
    beside::{self, NO_WEBSOCKET},
    footer, legend,
    words::{
        Note, absence, estimate, noted_cell, raised_letters, raised_valid_note, rate, ratio_text,
        reference_label, row_label, shape, spread, time_unit, valid_note,
    },
};
use crate::{
    findings::{CellFinding, EchoDetail, Findings, Metric, RowDetail, RowStatus},
    text::{Align, Table, TimeUnit, allocation, escaped, kibibytes},
};

/// How much of it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Most columns, with whole titles: for a page that can scroll and sort.
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
    /// spread or its mark, a reason, which is words in italics, needn't.
    fn kept_together(self, cell: String) -> String {
        let is_reason = cell.starts_with('*') && !cell.starts_with("**");
        match self {
            Self::Narrow if cell == NO_WEBSOCKET => "–".to_owned(),
            Self::Narrow if is_reason => cell.replace('\u{a0}', " "),
            Self::Narrow => cell.replace(' ', "\u{a0}"),
            Self::Wide | Self::Rest => cell,
        }
    }

    fn takes(self, place: Place) -> bool {
        match self {
            Self::Wide => matches!(place, Place::Usual | Place::WhereRoom),
            Self::Narrow => matches!(place, Place::Usual | Place::WhereNarrow),
            Self::Rest => matches!(place, Place::WhereRoom | Place::InTheRest),
        }
    }
}

/// In which forms a column stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Usual,
    WhereNarrow,
    WhereRoom,
    /// A page with the wide form has a section of its own for it.
    InTheRest,
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
/// an echo cell. `results` leads to the folders of reports on the
/// servers.
pub(super) fn section(findings: &Findings, results: &str) -> Option<(Table, String, String)> {
    let table = table(findings, results, Form::Wide, &|_| true)?;
    Some((
        table,
        beside::with_documents(&legend::explanation(findings)?, results),
        footer(findings, results, &|_| true)?,
    ))
}

/// The rows that `takes` takes by their position; `None` before the plan has an
/// echo cell.
pub(super) fn table(
    findings: &Findings,
    results: &str,
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
    columns.extend(columns_beside(findings, results));
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

/// The line under it, for the same rows.
pub(super) fn footer(
    findings: &Findings,
    results: &str,
    takes: &dyn Fn(usize) -> bool,
) -> Option<String> {
    let cell = findings.headline_cell()?;
    let metric = cell.metric(Metric::ServerCpuNsPerMessage)?;
    Some(footer::line_of(
        findings,
        cell.blocks,
        Some(footer::floor(metric)),
        footer::unranked(findings, results, takes),
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
            place: Place::InTheRest,
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

/// `0.4 + 3.5 ±0.3`, to the digit that the ticks can tell; `–` where none was
/// seen.
pub(super) fn user_and_kernel(cell: &CellFinding, entry: usize, unit: TimeUnit) -> String {
    let detail = cell.detail(entry).and_then(RowDetail::echo);
    let parts = detail.and_then(|detail: &EchoDetail| {
        let parts = detail.user_ns_per_message.zip(detail.kernel_ns_per_message);
        parts.zip(detail.split_error_ns())
    });
    if cell
        .rows
        .get(entry)
        .is_none_or(|row| absence(row).is_some())
    {
        return String::new();
    }
    parts.map_or("–".to_owned(), |((user_ns, kernel_ns), error_ns)| {
        let error = unit.of(error_ns);
        let places = (-error.log10().floor()).clamp(0.0, 3.0) as usize;
        let show = |ns: f64| format!("{:.places$}", unit.of(ns));
        format!("{} + {} ±{error:.places$}", show(user_ns), show(kernel_ns))
    })
}

/// A percentile at the middle rung: the median of the blocks' own.
fn latency_column(findings: &Findings) -> Option<Column<'_>> {
    let (cell, metric) = findings.headline_latency()?;
    let unit = time_unit(cell, metric);
    let name = percentile_name(metric);
    let show = move |index: usize, note: Note| {
        noted_cell(cell, index, note, || {
            let found = estimate(cell, metric, index)?;
            Some(format!("{} {}", unit.show(found.median), spread(found)))
        })
    };
    Some(Column {
        title: format!("{name} at {}, {}", rate(cell), unit.symbol()),
        short: format!("{name} {}", unit.symbol()),
        place: Place::Usual,
        show: Box::new(show),
    })
}

/// `p50` or `p99`.
pub(super) fn percentile_name(metric: Metric) -> &'static str {
    if metric == Metric::ResponseP50Ns {
        "p50"
    } else {
        "p99"
    }
}

fn memory_column(findings: &Findings) -> Option<Column<'_>> {
    let cell = findings.idle_cells().next()?;
    let show = move |index: usize, note: Note| {
        noted_cell(cell, index, note, || {
            let found = estimate(cell, Metric::RssBytesPerConnection, index)?;
            Some(kibibytes(found.median))
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
            let mut figures: Vec<String> = triple
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
            // The same reason twice says no more than once.
            figures.dedup_by(|next, last| next == last && next.starts_with('*'));
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

fn columns_beside<'a>(findings: &'a Findings, results: &'a str) -> Vec<Column<'a>> {
    let column = |it: beside::Column| Column {
        title: it.title.to_owned(),
        short: it.short.to_owned(),
        place: Place::Usual,
        show: Box::new(move |index, _| (it.cell)(&findings.entries[index], results)),
    };
    beside::columns(findings).into_iter().map(column).collect()
}
