//! Plots: findings in, SVG out; pure, byte for byte the same for the same
//! findings.
//!
//! Every plot stands alone (a picture in a Markdown page) and inside a page of
//! HTML beside any number of others: it needs no script and nothing from
//! elsewhere, its style holds under the class `wsplot` only, and its ids start
//! with [`Plot::id`]. Its colours follow the reader's light or dark scheme; a
//! page that has a switch of its own sets the custom properties `--plot-paper`,
//! `--plot-ink`, `--plot-muted`, `--plot-grid`, `--plot-floor`,
//! `--plot-default`, `--plot-tuned`, `--plot-baseline` and `--plot-reference`
//! on `.wsplot`.
//!
//! Each comes with the same figures as a table. Two shapes are enough for forty
//! servers and more: one line per row where each has one figure (CPU time), and
//! one panel per server program, all with the same axes, where each has a curve.

mod allocations;
mod chosen;
mod curve;
mod forest;
mod ladder;
mod legend;
mod memory;
mod panels;
mod programs;
mod rows;
mod scale;
mod style;
mod svg;
mod ticks;

pub(crate) use chosen::{Chosen, files, image, links};

use crate::findings::Findings;

/// What a plot shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlotKind {
    /// CPU time per message relative to the reference, one per closed-loop echo
    /// cell.
    CpuRatios,
    /// Response times by percentile, one per rung.
    LatencyCurve,
    /// p50 and p99 of response times against the offered rate, one per ladder.
    RateLadder,
    /// Memory per idle connection against connections.
    Memory,
    /// Allocations per message against its size, one for plain echoes and one
    /// for kept messages.
    Allocations,
}

/// The figures of a plot, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlotTable {
    /// What it holds, with units.
    pub caption: String,
    /// Titles of the columns; the first one is of the servers' names.
    pub header: Vec<String>,
    /// As many cells per row as there are titles.
    pub rows: Vec<Vec<String>>,
}

/// One plot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// What it shows.
    pub kind: PlotKind,
    /// Its own among the plots of a run; made of `a` to `z`, digits and hyphens.
    pub id: String,
    /// A line for a heading.
    pub title: String,
    /// Names of the cells that it shows.
    pub cells: Vec<String>,
    /// The picture.
    pub svg: String,
    /// The same figures.
    pub table: PlotTable,
    /// How to read it, in plain sentences.
    pub note: String,
}

/// Every plot that the findings have figures for: CPU time, latency, rate
/// ladders, memory, allocations. What a run did not measure has none.
#[must_use]
pub fn plots(findings: &Findings) -> Vec<Plot> {
    let mut plots: Vec<Plot> = Vec::new();
    plots.extend(
        findings
            .echo_cells()
            .filter_map(|it| forest::plot(findings, it)),
    );
    plots.extend(
        findings
            .rate_cells()
            .filter_map(|it| curve::plot(findings, it)),
    );
    plots.extend(ladder::plots(findings));
    plots.extend(
        findings
            .idle_cells()
            .filter_map(|it| memory::plot(findings, it)),
    );
    plots.extend(
        findings
            .allocation_cells()
            .filter_map(|it| allocations::plot(findings, it)),
    );
    plots
}
