//! Allocations per message against its size; zero has a place of its own.

use record::{AllocationSubject, ScenarioKind};

use super::{
    Plot, PlotKind, PlotTable,
    panels::{Axis, Panels},
    programs::{Lines, context, look_items, panels_of},
    rows::{provenance, silence},
    scale::Scale,
    svg::identifier,
    ticks::plain,
};
use crate::{
    findings::{AllocationFigure, CellFinding, EntryFinding, Findings, RowDetail, RowStatus},
    render::{headline::calls, words::description},
    text::{allocation, bytes},
};

const NOTE: &str = "New and resized blocks that the server asked of its allocator, per message: \
     exact counts, not samples; ≈ marks a figure that was not the same in every count. Below the \
     break of the vertical axis is zero; above it the axis is logarithmic.";

/// `None` where nothing was counted per message.
pub(super) fn plot(findings: &Findings, cell: &CellFinding) -> Option<Plot> {
    let ScenarioKind::AllocationsPerMessage { sizes_bytes, .. } = &cell.scenario.kind else {
        return None;
    };
    let all = || (0..findings.entries.len()).flat_map(|index| points(cell, index, sizes_bytes));
    let values: Vec<f64> = all().map(|(_, count)| count).collect();
    let y = Scale::log_around(values.into_iter())?;
    let mut sizes: Vec<f64> = sizes_bytes.iter().map(|size| *size as f64).collect();
    sizes.sort_by(f64::total_cmp);
    let x = Scale::log_with_margins(sizes.iter().copied())?;
    let id = format!("plot-allocations-{}", identifier(&cell.name));
    let title = format!("{}, by size of the message", cell.scenario.title);
    let panels = panels_of(findings, |index, entry| {
        lines(cell, index, entry, sizes_bytes)
    });
    let picture = Panels {
        title: &title,
        subtitle: format!("{}. One panel per server program.", description(cell)),
        legend: look_items(&panels),
        x: Axis::horizontal_at(
            x,
            "size of the message, logarithmic".to_owned(),
            &sizes,
            |it| bytes(it as u64),
        ),
        y: Axis::vertical(
            y,
            "allocations and reallocations per message, logarithmic above zero".to_owned(),
            plain,
        ),
        context: context(findings, |entry| points(cell, entry, sizes_bytes)),
        panels,
        foot: provenance(findings, cell.blocks),
    };
    let description = format!(
        "One panel per server program, {} in all, with allocations and reallocations per message \
         at {} sizes; zero stands below a break of the axis.",
        picture.panels.len(),
        sizes.len()
    );
    Some(Plot {
        kind: PlotKind::Allocations,
        svg: picture.draw(&id, &description),
        table: table(findings, cell, &title, sizes_bytes),
        note: NOTE.to_owned(),
        cells: vec![cell.name.clone()],
        id,
        title,
    })
}

fn figure(cell: &CellFinding, entry: usize, size_bytes: u64) -> Option<AllocationFigure> {
    let detail = cell.detail(entry).and_then(RowDetail::allocations)?;
    let subject = AllocationSubject::Message { size_bytes };
    detail
        .steps
        .iter()
        .find(|step| step.subject == subject)
        .and_then(calls)
}

fn points(cell: &CellFinding, entry: usize, sizes_bytes: &[u64]) -> Vec<(f64, f64)> {
    sizes_bytes
        .iter()
        .filter_map(|size| Some((*size as f64, figure(cell, entry, *size)?.per_time)))
        .collect()
}

fn is_measured(cell: &CellFinding, index: usize) -> bool {
    let row = cell.rows.get(index);
    row.is_some_and(|row| row.status == RowStatus::Measured)
}

/// Why a row has no line: it has no valid trial, or can't count.
fn reason(cell: &CellFinding, index: usize) -> String {
    if is_measured(cell, index) {
        "it can't count its allocations".to_owned()
    } else {
        silence(cell, index)
    }
}

fn lines(
    cell: &CellFinding,
    index: usize,
    entry: &EntryFinding,
    sizes_bytes: &[u64],
) -> Result<Lines, String> {
    let points = points(cell, index, sizes_bytes);
    if points.is_empty() {
        return Err(reason(cell, index));
    }
    let figures: Vec<String> = sizes_bytes
        .iter()
        .map(|size| {
            let figure = figure(cell, index, *size);
            format!("{} at {}", allocation(figure), bytes(*size))
        })
        .collect();
    Ok(Lines::marked(entry, &figures, points))
}

fn table(findings: &Findings, cell: &CellFinding, title: &str, sizes_bytes: &[u64]) -> PlotTable {
    let mut header = vec!["server".to_owned()];
    header.extend(sizes_bytes.iter().map(|size| bytes(*size)));
    let rows = findings
        .rows_without_twin()
        .map(|(index, entry)| {
            let mut row = vec![entry.label_with_version()];
            row.extend(
                sizes_bytes
                    .iter()
                    .map(|size| match figure(cell, index, *size) {
                        Some(figure) => allocation(Some(figure)),
                        None if is_measured(cell, index) => allocation(None),
                        None => silence(cell, index),
                    }),
            );
            row
        })
        .collect();
    PlotTable {
        caption: format!("{title}, allocations and reallocations"),
        header,
        rows,
    }
}
