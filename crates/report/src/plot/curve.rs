//! Response times by percentile at one rate: the tail on an axis on which every
//! nine has the same length.

use super::{
    Plot, PlotKind, PlotTable,
    legend::Sample,
    panels::{Axis, Panels, Point, Series, Stroke},
    programs::{Lines, context, look_items, panels_of},
    rows::{provenance, silence},
    scale::Scale,
    style::Look,
    svg::identifier,
    ticks::{percentile_name, plain},
};
use crate::{
    findings::{
        CellFinding, EntryFinding, Findings, LatencyDetail, Metric, QuantilePoint, RowDetail,
    },
    render::words::{description, rate, time_unit, trial_counts},
    text::{TimeUnit, grouped},
};

/// Points that have a mark, so that a line is not told by its colour alone.
const MARKED: [f64; 5] = [0.5, 0.9, 0.99, 0.999, 0.9999];

const NOTE: &str = "Response time runs from the instant at which a message was due to its complete, \
     verified echo; all valid trials are in one histogram. Every nine is as wide as the last one, \
     and a line ends where fewer than ten messages lie above it. Both axes are logarithmic. No \
     difference is claimed from these lines: a single bad block can make up a tail; the table of \
     the rate has the medians over blocks and what can be told apart.";

/// `None` where no row has a time.
pub(super) fn plot(findings: &Findings, cell: &CellFinding) -> Option<Plot> {
    let all = || (0..findings.entries.len()).flat_map(|index| curve(cell, index));
    let unit = time_unit(cell, Metric::ResponseP50Ns);
    let y = Scale::log_around(all().map(|point| unit.of(point.ns as f64)))?;
    let x = Scale::tail_to(all().map(|point| point.quantile));
    let id = format!("plot-latency-{}", identifier(&cell.name));
    let title = format!("Response times by percentile at {}", rate(cell));
    let panels = panels_of(findings, |index, entry| lines(cell, index, entry, unit));
    let whole = |entry| {
        let points = curve(cell, entry).iter();
        points
            .map(|point| (point.quantile, unit.of(point.ns as f64)))
            .collect()
    };
    let mut legend = look_items(&panels);
    legend.insert(
        0,
        (
            Sample::Path("p-line"),
            "a server's response times".to_owned(),
        ),
    );
    let picture = Panels {
        title: &title,
        subtitle: format!("{}. One panel per server program.", description(cell)),
        legend,
        x: Axis::horizontal(x, "percentile".to_owned(), percentile_name),
        y: Axis::vertical(
            y,
            format!("response time, {}, logarithmic", unit.symbol()),
            plain,
        ),
        context: context(findings, whole),
        panels,
        foot: provenance(findings, cell.blocks),
    };
    let description = format!(
        "One panel per server program, {} in all, with response times in {} by percentile, on \
         logarithmic axes; the reference's line is in each of them.",
        picture.panels.len(),
        unit.symbol()
    );
    Some(Plot {
        kind: PlotKind::LatencyCurve,
        svg: picture.draw(&id, &description),
        table: table(findings, cell, &title, unit),
        note: NOTE.to_owned(),
        cells: vec![cell.name.clone()],
        id,
        title,
    })
}

fn curve(cell: &CellFinding, entry: usize) -> &[QuantilePoint] {
    cell.detail(entry)
        .and_then(RowDetail::echo)
        .map_or(&[][..], |detail| detail.response_curve.as_slice())
}

fn lines(
    cell: &CellFinding,
    index: usize,
    entry: &EntryFinding,
    unit: TimeUnit,
) -> Result<Lines, String> {
    let points: Vec<Point> = curve(cell, index)
        .iter()
        .map(|point| Point {
            x: point.quantile,
            y: unit.of(point.ns as f64),
            interval: None,
            is_marked: MARKED.contains(&point.quantile),
        })
        .collect();
    if points.is_empty() {
        return Err(silence(cell, index));
    }
    let shown = points.iter().filter(|point| point.is_marked);
    let figures: Vec<String> = shown
        .map(|point| format!("{} {}", percentile_name(point.x), plain(point.y)))
        .collect();
    Ok(Lines::of(Series {
        look: Look::of(entry),
        stroke: Stroke::Whole,
        title: format!(
            "{}: {} ({})",
            entry.label_with_version(),
            figures.join(", "),
            unit.symbol()
        ),
        points,
    }))
}

fn table(findings: &Findings, cell: &CellFinding, title: &str, unit: TimeUnit) -> PlotTable {
    let header = [
        "server",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "max",
        "messages",
        "valid trials",
    ];
    let optional = |ns: Option<u64>| ns.map_or("–".to_owned(), |ns| unit.show(ns as f64));
    let rows = findings
        .rows_without_twin()
        .map(|(index, entry)| {
            let latency: Option<LatencyDetail> = cell
                .detail(index)
                .and_then(RowDetail::echo)
                .and_then(|detail| detail.latency);
            let mut row = vec![entry.label_with_version()];
            match latency.map(|it| it.response) {
                Some(it) => row.extend([
                    optional(it.p50_ns),
                    optional(it.p90_ns),
                    optional(it.p99_ns),
                    optional(it.p99_9_ns),
                    optional(Some(it.max_ns)),
                    grouped(it.count),
                ]),
                None => {
                    row.push(silence(cell, index));
                    row.resize(header.len() - 1, String::new());
                }
            }
            row.push(trial_counts(cell, index));
            row
        })
        .collect();
    PlotTable {
        caption: format!(
            "{title}, {}, all valid trials in one histogram",
            unit.symbol()
        ),
        header: header.map(ToOwned::to_owned).to_vec(),
        rows,
    }
}
