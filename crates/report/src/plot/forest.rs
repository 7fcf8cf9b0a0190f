//! CPU time per message relative to the reference: a line per row, with its
//! interval and the noise floor, on an axis of ratios.

mod rows;

use record::Role;
use statistics::Verdict;

use self::rows::{Row, Standing};
use super::{
    Plot, PlotKind, PlotTable,
    legend::{MARGIN_PX, Sample, foot, head, legend},
    rows::provenance,
    scale::Scale,
    style::{Look, fitted, path_through},
    svg::{Drawing, WIDTH_PX, identifier},
    ticks::plain,
};
use crate::{
    findings::{CellFinding, Findings, Metric, MetricFinding},
    render::words::{description, spread, ties, time_unit, trial_counts, valid_note},
    text::{TimeUnit, factor, ratio},
};

pub(super) const METRIC: Metric = Metric::ServerCpuNsPerMessage;

const FONT_PX: f64 = 12.0;
const ROW_PX: f64 = 20.0;
const HEADING_PX: f64 = 22.0;
/// The frame of the axis.
const LEFT_PX: f64 = 270.0;
const RIGHT_PX: f64 = 622.0;
/// Columns of text to the right of it: where the first one starts, the second
/// one ends, the third one starts.
const RATIO_PX: f64 = 638.0;
const CPU_PX: f64 = 862.0;
const LETTERS_PX: f64 = 876.0;

/// `None` where nothing is held against anything.
pub(super) fn plot(findings: &Findings, cell: &CellFinding) -> Option<Plot> {
    let metric = cell.metric(METRIC)?;
    let reference = &findings.entries[findings.reference()?].label;
    let rows = Row::all(findings, cell);
    let compared = rows.iter().filter(|row| row.ratio().is_some()).count();
    if compared == 0 {
        return None;
    }
    let id = format!("plot-cpu-{}", identifier(&cell.name));
    let title = format!(
        "CPU time per message relative to {reference}: {}",
        cell.scenario.title
    );
    let forest = Forest {
        findings,
        cell,
        metric,
        unit: time_unit(cell, METRIC),
        scale: scale(metric, &rows),
        rows,
    };
    Some(Plot {
        kind: PlotKind::CpuRatios,
        svg: forest.draw(&id, &title, reference, compared),
        table: forest.table(&title),
        note: note(metric, reference),
        cells: vec![cell.name.clone()],
        id,
        title,
    })
}

/// Around all intervals and the noise floor.
fn scale(metric: &MetricFinding, rows: &[Row<'_>]) -> Scale {
    let floor = metric.noise_floor.map(|floor| floor.factor);
    let of_floor = floor.into_iter().flat_map(|factor| [factor, 1.0 / factor]);
    let of_rows = rows.iter().filter_map(Row::ratio).flatten();
    Scale::ratios_around(of_rows.chain(of_floor))
}

fn note(metric: &MetricFinding, reference: &str) -> String {
    let floor = match (&metric.noise_floor, metric.no_floor) {
        (Some(floor), _) => format!(
            "The shaded band is the noise floor, ×{0} (÷{0}): what the tool saw between {reference} \
             and itself. No difference inside of it is claimed.",
            factor(floor.factor)
        ),
        (None, Some(reason)) => {
            format!("There is no noise floor ({reason}), so nothing is claimed.")
        }
        (None, None) => "There is no noise floor, so nothing is claimed.".to_owned(),
    };
    format!(
        "Each line is a server. Its mark is its CPU time per message over that of {reference}, the \
         median of the blocks' ratios; its bar is the interval of that median, or, broken, the range \
         of too few blocks. Left of 1 is less. A filled mark is a difference that is claimed, an open \
         one is not. Rows that share a letter (c–f: all from c to f) can't be told apart; a place in the list is no rank. \
         {floor}"
    )
}

fn verdict_words(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Better) => "less",
        Some(Verdict::Worse) => "more",
        Some(Verdict::Tied) => "can't tell",
        Some(Verdict::Unknown { .. }) | None => "no verdict",
    }
}

struct Forest<'a> {
    findings: &'a Findings,
    cell: &'a CellFinding,
    metric: &'a MetricFinding,
    unit: TimeUnit,
    scale: Scale,
    rows: Vec<Row<'a>>,
}

impl Forest<'_> {
    fn x(&self, ratio: f64) -> f64 {
        LEFT_PX + self.scale.share(ratio) * (RIGHT_PX - LEFT_PX)
    }

    fn draw(&self, id: &str, title: &str, reference: &str, compared: usize) -> String {
        let mut drawing = Drawing::default();
        let subtitle = match (&self.metric.noise_floor, self.metric.no_floor) {
            (None, Some(reason)) => format!(
                "{}. No noise floor ({reason}), so no difference is claimed.",
                description(self.cell)
            ),
            _ => format!("{}.", description(self.cell)),
        };
        let top = head(&mut drawing, title, &subtitle);
        let top = legend(&mut drawing, &self.legend(reference), top) + 22.0;
        let sections = self.sections();
        let bottom = sections.iter().fold(top + 6.0, |y, (_, rows)| {
            y + HEADING_PX + ROW_PX * rows.len() as f64
        });
        self.frame(&mut drawing, top, bottom);
        let mut y = top + 6.0;
        for (heading, rows) in sections {
            drawing.text((MARGIN_PX, y + 15.0), "p-small", heading);
            drawing.new_line();
            y += HEADING_PX;
            for row in rows {
                self.row(&mut drawing, row, y + ROW_PX / 2.0);
                y += ROW_PX;
            }
        }
        self.labels(&mut drawing, bottom + 15.0);
        let middle = self.x(1.0);
        drawing.text(
            (middle - 14.0, bottom + 31.0),
            "p-small p-end",
            "← less CPU time",
        );
        drawing.text((middle + 14.0, bottom + 31.0), "p-small", "more →");
        let foot_text = provenance(self.findings, self.cell.blocks);
        let height = foot(&mut drawing, &foot_text, bottom + 38.0);
        let description = format!(
            "One line per server, {} in all, {compared} with a ratio to {reference}, on a \
             logarithmic axis. Less is to the left.",
            self.rows.len()
        );
        drawing.into_picture(id, title, &description, height)
    }

    fn legend(&self, reference: &str) -> Vec<(Sample, String)> {
        let mut items = Vec::new();
        for look in [Look::Baseline, Look::Default, Look::Tuned] {
            if self.rows.iter().any(|row| row.look == look) {
                items.push((Sample::Mark(look, true), look.word().to_owned()));
            }
        }
        items.push((
            Sample::Mark(Look::Reference, true),
            format!("{reference}, and (again) itself"),
        ));
        items.push((
            Sample::Mark(Look::Default, false),
            "open: no difference from it is claimed".to_owned(),
        ));
        let has_range = self
            .rows
            .iter()
            .any(|row| matches!(row.standing, Standing::Compared { is_range: true, .. }));
        if has_range {
            items.push((
                Sample::Path("p-range"),
                "broken: a range, too few blocks for an interval".to_owned(),
            ));
        }
        if let Some(floor) = &self.metric.noise_floor {
            items.push((
                Sample::Band,
                format!("noise floor ×{}", factor(floor.factor)),
            ));
        }
        items
    }

    /// Baselines apart from the rest.
    fn sections(&self) -> Vec<(&'static str, Vec<&Row<'_>>)> {
        let (baselines, contenders): (Vec<&Row<'_>>, Vec<&Row<'_>>) = self
            .rows
            .iter()
            .partition(|row| row.entry.key.role == Role::Baseline);
        [
            ("BASELINES: NO LIBRARIES", baselines),
            ("LIBRARIES", contenders),
        ]
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .collect()
    }

    /// Noise floor, grid, the line of no difference, titles of columns.
    fn frame(&self, drawing: &mut Drawing, top: f64, bottom: f64) {
        if let Some(floor) = &self.metric.noise_floor {
            let (left, right) = (self.x(1.0 / floor.factor), self.x(floor.factor));
            let width = (right - left).max(2.0);
            drawing.rectangle((left, top), (width, bottom - top), "p-floor");
        }
        let grid: String = self
            .ticks()
            .into_iter()
            .map(|tick| path_through(&[(self.x(tick), top), (self.x(tick), bottom)]))
            .collect();
        drawing.path(&grid, "p-grid");
        drawing.line((self.x(1.0), top), (self.x(1.0), bottom), "p-one");
        drawing.new_line();
        self.labels(drawing, top - 6.0);
        let unit = self.unit.symbol();
        let is_interval = |row: &Row<'_>| {
            matches!(
                row.standing,
                Standing::Compared {
                    is_range: false,
                    ..
                }
            )
        };
        let word = if self.rows.iter().any(is_interval) {
            "ratio (interval)"
        } else {
            "ratio (range)"
        };
        drawing.text((RATIO_PX, top - 6.0), "p-small", word);
        let cpu = format!("CPU, {unit}");
        drawing.text((CPU_PX, top - 6.0), "p-small p-end", &cpu);
        drawing.text((LETTERS_PX, top - 6.0), "p-small", "ties");
        drawing.new_line();
    }

    fn ticks(&self) -> Vec<f64> {
        self.scale.ticks(RIGHT_PX - LEFT_PX, 34.0)
    }

    fn labels(&self, drawing: &mut Drawing, y: f64) {
        for tick in self.ticks() {
            drawing.text((self.x(tick), y), "p-small p-middle", &plain(tick));
        }
        drawing.new_line();
    }

    fn row(&self, drawing: &mut Drawing, row: &Row<'_>, y: f64) {
        drawing.open_titled(&format!("p-row {}", row.look.class()), &self.tooltip(row));
        drawing.rectangle((0.0, y - ROW_PX / 2.0), (WIDTH_PX, ROW_PX), "p-hit");
        let base = y + 4.0;
        let name = fitted(&row.name, FONT_PX, LEFT_PX - MARGIN_PX - 10.0);
        drawing.text((MARGIN_PX, base), "", &name);
        match &row.standing {
            Standing::Reference => {
                drawing.mark(row.look.shape(), (self.x(1.0), y), 4.0, "p-solid");
                drawing.text((RATIO_PX, base), "", "1");
            }
            Standing::Compared {
                ratio: middle,
                lower,
                upper,
                is_range,
            } => {
                let bar = if *is_range { "p-range" } else { "p-bar" };
                drawing.line((self.x(*lower), y), (self.x(*upper), y), bar);
                let fill = if row.is_claimed() {
                    "p-solid"
                } else {
                    "p-open"
                };
                drawing.mark(row.look.shape(), (self.x(*middle), y), 4.0, fill);
                let text = format!("{} ({}–{})", ratio(*middle), ratio(*lower), ratio(*upper));
                drawing.text((RATIO_PX, base), "", &text);
            }
            Standing::Silent(reason) => {
                let reason = fitted(reason, 11.0, CPU_PX - 90.0 - LEFT_PX);
                drawing.text((LEFT_PX + 8.0, base), "p-note", &reason);
            }
        }
        if let Some(found) = row.estimate {
            let cpu = format!("{} {}", self.unit.show(found.median), spread(found));
            drawing.text((CPU_PX, base), "p-end", &cpu);
            let letters = fitted(&ties(found), FONT_PX, WIDTH_PX - LETTERS_PX - 6.0);
            drawing.text((LETTERS_PX, base), "", &letters);
        }
        drawing.close();
    }

    fn tooltip(&self, row: &Row<'_>) -> String {
        let mut parts = vec![row.name.clone()];
        if let Some(found) = row.estimate {
            parts.push(format!(
                "{} {} per message {}{}",
                self.unit.show(found.median),
                self.unit.symbol(),
                spread(found),
                valid_note(&self.cell.rows[row.index])
            ));
        }
        match &row.standing {
            Standing::Reference => parts.push("the reference".to_owned()),
            Standing::Compared {
                ratio: middle,
                lower,
                upper,
                ..
            } => parts.push(format!(
                "× {} ({}–{}), {}",
                ratio(*middle),
                ratio(*lower),
                ratio(*upper),
                verdict_words(row.verdict())
            )),
            Standing::Silent(reason) => parts.push(reason.clone()),
        }
        if let Some(found) = row.estimate.filter(|found| !found.letters.is_empty()) {
            parts.push(format!("ties {}", ties(found)));
        }
        parts.join("; ")
    }

    fn table(&self, title: &str) -> PlotTable {
        let unit = self.unit.symbol();
        let header = [
            "server".to_owned(),
            "ratio".to_owned(),
            "interval".to_owned(),
            "verdict".to_owned(),
            "ties".to_owned(),
            format!("CPU per message, {unit}"),
            "±".to_owned(),
            "valid trials".to_owned(),
        ];
        let rows = self
            .rows
            .iter()
            .map(|row| {
                let (middle, interval, verdict) = match &row.standing {
                    Standing::Reference => ("1".to_owned(), String::new(), "reference".to_owned()),
                    Standing::Compared {
                        ratio: middle,
                        lower,
                        upper,
                        is_range,
                    } => {
                        let range = if *is_range { " (range)" } else { "" };
                        (
                            ratio(*middle),
                            format!("{}–{}{range}", ratio(*lower), ratio(*upper)),
                            verdict_words(row.verdict()).to_owned(),
                        )
                    }
                    Standing::Silent(reason) => (String::new(), String::new(), reason.clone()),
                };
                let found = row.estimate;
                vec![
                    row.name.clone(),
                    middle,
                    interval,
                    verdict,
                    found.map(ties).unwrap_or_default(),
                    found
                        .map(|it| self.unit.show(it.median))
                        .unwrap_or_default(),
                    found.map(spread).unwrap_or_default(),
                    trial_counts(self.cell, row.index),
                ]
            })
            .collect();
        PlotTable {
            caption: title.to_owned(),
            header: header.to_vec(),
            rows,
        }
    }
}
