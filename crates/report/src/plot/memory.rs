//! Memory per idle connection against the number of connections.

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
    findings::{CellFinding, EntryFinding, Findings, IdleDetail, RowDetail},
    render::words::valid_note,
    text::{grouped, significant},
};

const KIB: f64 = 1024.0;

const NOTE: &str = "Growth of the server's resident memory from no connection to so many, divided \
     by their number; each has echoed one message. Medians over blocks. Memory in the kernel is \
     not in it: sockets with their buffers, and of every thread its kernel stack. Nothing is \
     judged here.";

/// `None` where no row has a level with connections.
pub(super) fn plot(findings: &Findings, cell: &CellFinding) -> Option<Plot> {
    let levels = levels(cell);
    let all = || (0..findings.entries.len()).flat_map(|index| points(cell, index));
    let values: Vec<f64> = all().map(|(_, kib)| kib).collect();
    let y = Scale::log_around(values.into_iter())?;
    let x = Scale::log_with_margins(levels.iter().copied())?;
    let id = format!("plot-memory-{}", identifier(&cell.name));
    let title = "Resident memory per idle connection, by number of connections".to_owned();
    let panels = panels_of(findings, |index, entry| lines(cell, index, entry));
    let picture = Panels {
        title: &title,
        subtitle: "Growth of the resident set from no connection, divided by the number of \
                   connections. One panel per server program."
            .to_owned(),
        legend: look_items(&panels),
        x: Axis::horizontal_at(x, "connections, logarithmic".to_owned(), &levels, whole),
        y: Axis::vertical(y, "KiB per connection, logarithmic".to_owned(), plain),
        context: context(findings, |entry| points(cell, entry)),
        panels,
        foot: provenance(findings, cell.blocks),
    };
    let description = format!(
        "One panel per server program, {} in all, with KiB of resident memory per connection at \
         {} numbers of connections, on logarithmic axes.",
        picture.panels.len(),
        levels.len()
    );
    Some(Plot {
        kind: PlotKind::Memory,
        svg: picture.draw(&id, &description),
        table: table(findings, cell, &title, &levels),
        note: NOTE.to_owned(),
        cells: vec![cell.name.clone()],
        id,
        title,
    })
}

fn whole(value: f64) -> String {
    grouped(value.round() as u64)
}

fn detail(cell: &CellFinding, entry: usize) -> Option<&IdleDetail> {
    cell.detail(entry).and_then(RowDetail::idle)
}

/// Numbers of connections of any row, without 0.
fn levels(cell: &CellFinding) -> Vec<f64> {
    let mut levels: Vec<u64> = (0..cell.rows.len())
        .filter_map(|index| detail(cell, index))
        .flat_map(|detail| detail.levels.iter().map(|level| level.connections))
        .filter(|connections| *connections > 0)
        .collect();
    levels.sort_unstable();
    levels.dedup();
    levels.into_iter().map(|level| level as f64).collect()
}

/// Connections and KiB per connection. A server that shrank has a figure under
/// zero, which stands at zero in the picture and as it is in the table.
fn points(cell: &CellFinding, entry: usize) -> Vec<(f64, f64)> {
    let levels = detail(cell, entry).map_or(&[][..], |detail| detail.levels.as_slice());
    let Some(empty) = levels.iter().find(|level| level.connections == 0) else {
        return Vec::new();
    };
    levels
        .iter()
        .filter(|level| level.connections > 0)
        .map(|level| {
            let connections = level.connections as f64;
            let kib = (level.rss_bytes - empty.rss_bytes) / connections / KIB;
            (connections, kib)
        })
        .collect()
}

fn lines(cell: &CellFinding, index: usize, entry: &EntryFinding) -> Result<Lines, String> {
    let points = points(cell, index);
    if points.is_empty() {
        return Err(silence(cell, index));
    }
    let figures: Vec<String> = points
        .iter()
        .map(|(connections, kib)| {
            format!("{} KiB at {}", significant(*kib, 3), whole(*connections))
        })
        .collect();
    Ok(Lines::marked(entry, &figures, points))
}

fn table(findings: &Findings, cell: &CellFinding, title: &str, levels: &[f64]) -> PlotTable {
    let mut header = vec!["server".to_owned()];
    header.extend(levels.iter().map(|level| format!("at {}", whole(*level))));
    let rows = findings
        .rows_without_twin()
        .map(|(index, entry)| {
            let points = points(cell, index);
            let mut row = vec![entry.label_with_version()];
            row.extend(levels.iter().map(|level| {
                let found = points.iter().find(|(connections, _)| connections == level);
                match found {
                    Some((_, kib)) => {
                        format!("{}{}", significant(*kib, 3), valid_note(&cell.rows[index]))
                    }
                    None => silence(cell, index),
                }
            }));
            row
        })
        .collect();
    PlotTable {
        caption: format!("{title}, KiB per connection"),
        header,
        rows,
    }
}
