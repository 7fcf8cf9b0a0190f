//! Latency against the offered rate, rung by rung, and where a server could no
//! longer follow.

use record::FlawKind;

use super::{
    Plot, PlotKind, PlotTable,
    legend::Sample,
    panels::{Axis, Panels, Point, Series, Stroke, Wall},
    programs::{Lines, context, look_items, panels_of},
    rows::{provenance, silence},
    scale::Scale,
    style::Look,
    svg::identifier,
    ticks::{compact, plain},
};
use crate::{
    analyse::flaws::short_name,
    findings::{CellFinding, EntryFinding, Estimate, Findings, Metric, RowStatus},
    render::words::{estimate, rate, spread, time_unit, valid_note},
    text::TimeUnit,
};

const P50: Metric = Metric::ResponseP50Ns;
const P99: Metric = Metric::ResponseP99Ns;

const NOTE: &str = "The rates are the same for all servers, fractions of what the slowest of them \
     could bear in a short calibration. A point is the median over blocks of the blocks' own \
     percentiles, a bar the interval of that median. Times count from the instant at which a \
     message was due. A cross is a server's wall: a rate that it did not reach in half of \
     its trials or more, or at which it has no valid trial; the table says how many were valid.";

/// A rung whose rate is known.
struct Rung<'a> {
    rate_per_s: f64,
    cell: &'a CellFinding,
}

/// One plot per ladder that has figures.
pub(super) fn plots(findings: &Findings) -> Vec<Plot> {
    let mut names: Vec<&str> = Vec::new();
    for cell in findings.rate_cells() {
        if !names.contains(&cell.scenario.name.as_str()) {
            names.push(&cell.scenario.name);
        }
    }
    names
        .into_iter()
        .filter_map(|name| Ladder::of(findings, name)?.plot())
        .collect()
}

struct Ladder<'a> {
    findings: &'a Findings,
    rungs: Vec<Rung<'a>>,
    unit: TimeUnit,
}

/// Why a rung is beyond a server, if it is: it has no valid trial there, or
/// missed the rate in half of them or more.
fn wall(cell: &CellFinding, index: usize) -> Option<String> {
    let row = cell.rows.get(index)?;
    if row.status == RowStatus::Invalid {
        return Some(silence(cell, index));
    }
    let reason = short_name(FlawKind::RateNotReached);
    let note = row.flaws.iter().find(|note| note.short == reason)?;
    let missed = note.blocks.len().min(row.recorded_trials);
    (2 * missed >= row.recorded_trials)
        .then(|| format!("{reason} in {missed} of {} trials", row.recorded_trials))
}

impl<'a> Ladder<'a> {
    fn of(findings: &'a Findings, scenario: &str) -> Option<Self> {
        let mut rungs: Vec<Rung<'a>> = findings
            .rate_cells()
            .filter(|cell| cell.scenario.name == scenario)
            .filter_map(|cell| {
                let rate_per_s = cell.rung.as_ref()?.rate_per_s?;
                Some(Rung { rate_per_s, cell })
            })
            .collect();
        rungs.sort_by(|left, right| left.rate_per_s.total_cmp(&right.rate_per_s));
        let middle = rungs.get(rungs.len() / 2)?;
        Some(Self {
            findings,
            unit: time_unit(middle.cell, P99),
            rungs,
        })
    }

    fn plot(&self) -> Option<Plot> {
        let scenario = &self.rungs.first()?.cell.scenario;
        let estimates = || {
            self.rungs.iter().flat_map(|rung| {
                (0..self.findings.entries.len())
                    .flat_map(move |entry| {
                        [P50, P99].map(|metric| estimate(rung.cell, metric, entry))
                    })
                    .flatten()
            })
        };
        let ends = estimates().flat_map(|it| [it.interval.lower, it.median, it.interval.upper]);
        let values: Vec<f64> = ends.map(|ns| self.unit.of(ns)).collect();
        let y = Scale::log_around(values.into_iter())?;
        let rates: Vec<f64> = self.rungs.iter().map(|rung| rung.rate_per_s).collect();
        let x = Scale::linear_from_zero(rates.iter().copied())?;
        let ticks: Vec<f64> = [0.0].iter().chain(&rates).copied().collect();
        let id = format!("plot-ladder-{}", identifier(&scenario.name));
        let title = format!("Latency against the offered rate: {}", scenario.title);
        let panels = panels_of(self.findings, |index, entry| self.lines(index, entry));
        let has_wall = panels.iter().any(|(_, panel)| !panel.walls.is_empty());
        let mut legend = vec![
            (
                Sample::Line("p-line", true),
                "p99, with its interval".to_owned(),
            ),
            (Sample::Line("p-thin", false), "p50".to_owned()),
        ];
        legend.extend(look_items(&panels));
        if has_wall {
            legend.push((
                Sample::Cross,
                "rate not reached in half of the trials or more, or no valid trial".to_owned(),
            ));
        }
        let unit = self.unit.symbol();
        let mut context = context(self.findings, |entry| self.middles(P99, entry));
        for line in &mut context {
            line.name = format!("p99 of {}", line.name);
        }
        let picture = Panels {
            title: &title,
            subtitle: "The same rates for all servers, times from the instant at which a message \
                       was due. One panel per server program."
                .to_owned(),
            legend,
            x: Axis::horizontal_at(x, "offered rate, messages/s".to_owned(), &ticks, compact),
            y: Axis::vertical(y, format!("response time, {unit}, logarithmic"), plain),
            context,
            panels,
            foot: provenance(
                self.findings,
                self.rungs.iter().map(|rung| rung.cell.blocks).max()?,
            ),
        };
        let description = format!(
            "One panel per server program, {} in all, with p50 and p99 of response times in {unit} \
             at {} rates; crosses mark rates that were not reached.",
            picture.panels.len(),
            rates.len(),
        );
        Some(Plot {
            kind: PlotKind::RateLadder,
            svg: picture.draw(&id, &description),
            table: self.table(&title),
            note: NOTE.to_owned(),
            cells: self.rungs.iter().map(|it| it.cell.name.clone()).collect(),
            id,
            title,
        })
    }

    fn middles(&self, metric: Metric, entry: usize) -> Vec<(f64, f64)> {
        self.rungs
            .iter()
            .filter_map(|rung| {
                let found = estimate(rung.cell, metric, entry)?;
                Some((rung.rate_per_s, self.unit.of(found.median)))
            })
            .collect()
    }

    fn lines(&self, index: usize, entry: &EntryFinding) -> Result<Lines, String> {
        let mut lines = Lines::default();
        let name = entry.label_with_version();
        for (metric, stroke, word) in [(P50, Stroke::Broken, "p50"), (P99, Stroke::Whole, "p99")] {
            let found: Vec<(&Rung<'_>, &Estimate)> = self
                .rungs
                .iter()
                .filter_map(|rung| Some((rung, estimate(rung.cell, metric, index)?)))
                .collect();
            if found.is_empty() {
                continue;
            }
            let figures: Vec<String> = found
                .iter()
                .map(|(rung, it)| {
                    format!(
                        "{} {} at {}",
                        self.unit.show(it.median),
                        self.unit.symbol(),
                        rate(rung.cell)
                    )
                })
                .collect();
            lines.series.push(Series {
                look: Look::of(entry),
                stroke,
                title: format!("{name}: {word} {}", figures.join(", ")),
                points: found
                    .iter()
                    .map(|(rung, it)| self.point(rung, it, stroke))
                    .collect(),
            });
        }
        for rung in &self.rungs {
            if let Some(reason) = wall(rung.cell, index) {
                lines.walls.push(Wall {
                    x: rung.rate_per_s,
                    look: Look::of(entry),
                    title: format!("{name}, {}: {reason}", rate(rung.cell)),
                });
            }
        }
        if lines.series.is_empty() {
            let reason = self.rungs.first().map(|rung| silence(rung.cell, index));
            return Err(reason.unwrap_or_default());
        }
        Ok(lines)
    }

    /// Only p99 has a whisker: that of p50 is rarely longer than its mark.
    fn point(&self, rung: &Rung<'_>, found: &Estimate, stroke: Stroke) -> Point {
        let interval = (
            self.unit.of(found.interval.lower),
            self.unit.of(found.interval.upper),
        );
        Point {
            x: rung.rate_per_s,
            y: self.unit.of(found.median),
            interval: (stroke == Stroke::Whole).then_some(interval),
            is_marked: true,
        }
    }

    fn table(&self, title: &str) -> PlotTable {
        let mut header = vec!["server".to_owned()];
        for rung in &self.rungs {
            let rate = rate(rung.cell);
            header.push(format!("p50 at {rate}"));
            header.push(format!("p99 at {rate}"));
        }
        let rows = self
            .findings
            .rows_without_twin()
            .map(|(index, entry)| {
                let mut row = vec![entry.label_with_version()];
                for rung in &self.rungs {
                    row.extend([P50, P99].map(|metric| self.figure(rung.cell, metric, index)));
                }
                row
            })
            .collect();
        PlotTable {
            caption: format!("{title}, {}, medians over blocks", self.unit.symbol()),
            header,
            rows,
        }
    }

    fn figure(&self, cell: &CellFinding, metric: Metric, index: usize) -> String {
        match (estimate(cell, metric, index), cell.rows.get(index)) {
            (Some(found), Some(row)) => format!(
                "{} {}{}",
                self.unit.show(found.median),
                spread(found),
                valid_note(row)
            ),
            _ => silence(cell, index),
        }
    }
}
