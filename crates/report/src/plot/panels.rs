//! Small multiples: one panel per server program, all with the same axes.
//!
//! Forty lines in one frame can't be told apart, whatever their colours; forty
//! small frames can be looked up by name. The reference's line is in all of
//! them, so that each can be held against it.

use super::{
    legend::{MARGIN_PX, Sample, foot, head, legend},
    rows::Group,
    scale::Scale,
    style::{Look, fitted, lines, path_through, width_px},
    svg::{Drawing, Shape, WIDTH_PX},
};

const COLUMNS: usize = 4;
/// Room for the labels of the vertical axis.
const GUTTER_PX: f64 = 44.0;
const GAP_PX: f64 = 20.0;
const PLOT_WIDTH_PX: f64 =
    (WIDTH_PX - MARGIN_PX * 2.0 - GUTTER_PX - GAP_PX * (COLUMNS as f64 - 1.0)) / COLUMNS as f64;
const PLOT_HEIGHT_PX: f64 = 104.0;
/// Name and key above a panel's frame.
const HEAD_PX: f64 = 34.0;
/// Labels of the horizontal axis below it, and air.
const FOOT_PX: f64 = 30.0;
const ROW_PX: f64 = HEAD_PX + PLOT_HEIGHT_PX + FOOT_PX;
const TICK_FONT_PX: f64 = 11.0;
const MARK_PX: f64 = 3.0;

/// An axis that all panels share.
pub(super) struct Axis {
    /// How it is divided.
    pub(super) scale: Scale,
    /// What it shows, with its unit.
    pub(super) title: String,
    /// Labelled values.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// A vertical axis with as many ticks as fit.
    pub(super) fn vertical(scale: Scale, title: String, label: fn(f64) -> String) -> Self {
        Self::with_ticks(scale, title, PLOT_HEIGHT_PX, 13.0, label)
    }

    /// A horizontal axis with as many ticks as fit.
    pub(super) fn horizontal(scale: Scale, title: String, label: fn(f64) -> String) -> Self {
        Self::with_ticks(scale, title, PLOT_WIDTH_PX, 36.0, label)
    }

    /// A horizontal axis with ticks at `values` only, as far as their labels fit
    /// beside each other; the last one first.
    pub(super) fn horizontal_at(
        scale: Scale,
        title: String,
        values: &[f64],
        label: impl Fn(f64) -> String,
    ) -> Self {
        let mut ticks: Vec<(f64, String)> = Vec::new();
        let mut free_until_px = f64::INFINITY;
        for value in values.iter().rev() {
            let text = label(*value);
            let half = width_px(&text, TICK_FONT_PX) / 2.0;
            let middle = scale.share(*value) * PLOT_WIDTH_PX;
            if middle + half <= free_until_px {
                free_until_px = middle - half - 4.0;
                ticks.push((*value, text));
            }
        }
        ticks.reverse();
        Self {
            scale,
            title,
            ticks,
        }
    }

    fn with_ticks(
        scale: Scale,
        title: String,
        length_px: f64,
        gap_px: f64,
        label: fn(f64) -> String,
    ) -> Self {
        let ticks = scale
            .ticks(length_px, gap_px)
            .into_iter()
            .map(|value| (value, label(value)))
            .collect();
        Self {
            scale,
            title,
            ticks,
        }
    }
}

/// How a series' line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stroke {
    /// A whole line, filled marks.
    Whole,
    /// A broken line, open marks.
    Broken,
}

/// One point of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
    /// Ends of its interval.
    pub(super) interval: Option<(f64, f64)>,
    /// Whether it has a mark.
    pub(super) is_marked: bool,
}

/// A line of a row.
pub(super) struct Series {
    pub(super) look: Look,
    pub(super) stroke: Stroke,
    /// Shown when the pointer is over it.
    pub(super) title: String,
    pub(super) points: Vec<Point>,
}

/// A place where a row has no figure, though others have.
pub(super) struct Wall {
    pub(super) x: f64,
    pub(super) look: Look,
    /// Shown when the pointer is over it.
    pub(super) title: String,
}

/// The inside of one panel.
#[derive(Default)]
pub(super) struct Panel {
    /// Variants with a line, and what they are called.
    pub(super) keys: Vec<(Look, String)>,
    pub(super) series: Vec<Series>,
    pub(super) walls: Vec<Wall>,
    /// Why a variant has no line.
    pub(super) remarks: Vec<String>,
}

/// A line that is in every panel, to hold the others against.
pub(super) struct Context {
    /// Class of its line.
    pub(super) class: &'static str,
    /// Its name in the legend.
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// The whole picture.
pub(super) struct Panels<'a> {
    pub(super) title: &'a str,
    pub(super) subtitle: String,
    pub(super) legend: Vec<(Sample, String)>,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) context: Vec<Context>,
    pub(super) panels: Vec<(Group<'a>, Panel)>,
    pub(super) foot: String,
}

impl Panels<'_> {
    /// The picture as SVG.
    pub(super) fn draw(&self, id: &str, description: &str) -> String {
        let mut drawing = Drawing::default();
        let top = head(&mut drawing, self.title, &self.subtitle);
        let top = legend(&mut drawing, &self.items(), top) + 18.0;
        let upwards = format!("↑ {}", self.y.title);
        drawing.text((MARGIN_PX, top), "p-small", &upwards);
        let top = top + 6.0;
        for (index, (group, panel)) in self.panels.iter().enumerate() {
            let (row, column) = (index / COLUMNS, index % COLUMNS);
            let left = MARGIN_PX + GUTTER_PX + column as f64 * (PLOT_WIDTH_PX + GAP_PX);
            let frame = Frame {
                left,
                top: top + row as f64 * ROW_PX + HEAD_PX,
            };
            if column == 0 {
                self.vertical_labels(&mut drawing, frame);
            }
            self.panel(&mut drawing, frame, group, panel);
        }
        let rows = self.panels.len().div_ceil(COLUMNS);
        let bottom = top + rows as f64 * ROW_PX;
        let rightwards = format!("{} →", self.x.title);
        drawing.text(
            (WIDTH_PX - MARGIN_PX, bottom + 4.0),
            "p-small p-end",
            &rightwards,
        );
        let height = foot(&mut drawing, &self.foot, bottom + 8.0);
        drawing.into_picture(id, self.title, description, height)
    }

    fn items(&self) -> Vec<(Sample, String)> {
        let context = self
            .context
            .iter()
            .map(|line| (Sample::Path(line.class), line.name.clone()));
        self.legend.iter().cloned().chain(context).collect()
    }

    fn vertical_labels(&self, drawing: &mut Drawing, frame: Frame) {
        for (value, label) in &self.y.ticks {
            let y = frame.y(self.y.scale.share(*value)) + 4.0;
            drawing.text((frame.left - 6.0, y), "p-small p-end", label);
        }
        drawing.new_line();
    }

    fn panel(&self, drawing: &mut Drawing, frame: Frame, group: &Group<'_>, panel: &Panel) {
        self.name_and_key(drawing, frame, group, panel);
        if group.is_baseline {
            drawing.rectangle(
                (frame.left, frame.top),
                (PLOT_WIDTH_PX, PLOT_HEIGHT_PX),
                "p-shade",
            );
        }
        self.grid(drawing, frame);
        for line in &self.context {
            let points: Vec<(f64, f64)> = line
                .points
                .iter()
                .map(|(x, y)| self.place(frame, *x, *y))
                .collect();
            drawing.path(&path_through(&points), line.class);
        }
        // The first one last, on top: its round marks leave the corners of others
        // to be seen.
        for series in panel.series.iter().rev() {
            self.series(drawing, frame, series);
        }
        for (index, wall) in panel.walls.iter().enumerate() {
            let aside = 9.0 * (index % 2) as f64;
            let x = frame.x(self.x.scale.share(wall.x));
            drawing.open_titled(&format!("p-row {}", wall.look.class()), &wall.title);
            drawing.mark(Shape::Cross, (x, frame.top + 8.0 + aside), 4.0, "p-bar");
            drawing.close();
        }
        // Lines of the context run along the top and the bottom.
        let is_empty = panel.series.is_empty();
        let mut y = frame.top + if is_empty { PLOT_HEIGHT_PX / 2.0 } else { 14.0 };
        for remark in &panel.remarks {
            for line in lines(remark, TICK_FONT_PX, PLOT_WIDTH_PX - 16.0) {
                let line = fitted(&line, TICK_FONT_PX, PLOT_WIDTH_PX - 16.0);
                drawing.text((frame.left + 6.0, y), "p-note", &line);
                y += 14.0;
            }
        }
        drawing.new_line();
    }

    fn name_and_key(&self, drawing: &mut Drawing, frame: Frame, group: &Group<'_>, panel: &Panel) {
        let name = fitted(&group.name, 12.5, PLOT_WIDTH_PX);
        drawing.text((frame.left, frame.top - 20.0), "p-head", &name);
        let mut x = frame.left;
        for (look, word) in &panel.keys {
            drawing.open(look.class());
            drawing.mark(
                look.shape(),
                (x + 4.0, frame.top - 10.0),
                MARK_PX,
                "p-solid",
            );
            drawing.close();
            drawing.text((x + 12.0, frame.top - 6.0), "p-small", word);
            x += 12.0 + width_px(word, TICK_FONT_PX) + 12.0;
        }
    }

    fn grid(&self, drawing: &mut Drawing, frame: Frame) {
        let (right, bottom) = (frame.left + PLOT_WIDTH_PX, frame.top + PLOT_HEIGHT_PX);
        let level = |value: f64| frame.y(self.y.scale.share(value));
        let upright = |value: f64| frame.x(self.x.scale.share(value));
        let mut grid = String::new();
        for (value, _) in &self.y.ticks {
            grid += &path_through(&[(frame.left, level(*value)), (right, level(*value))]);
        }
        for (value, _) in &self.x.ticks {
            grid += &path_through(&[(upright(*value), frame.top), (upright(*value), bottom)]);
        }
        drawing.path(&grid, "p-grid");
        let mut axes = path_through(&[(frame.left, bottom), (right, bottom)]);
        match self.y.scale.break_share() {
            Some(share) => {
                // Two strokes across a gap: what is below is not to scale.
                let middle = frame.y(share);
                for (from, to) in [(bottom, middle + 2.5), (middle - 2.5, frame.top)] {
                    axes += &path_through(&[(frame.left, from), (frame.left, to)]);
                }
                for y in [middle - 2.5, middle + 2.5] {
                    axes +=
                        &path_through(&[(frame.left - 4.0, y + 2.0), (frame.left + 4.0, y - 2.0)]);
                }
            }
            None => axes += &path_through(&[(frame.left, bottom), (frame.left, frame.top)]),
        }
        drawing.path(&axes, "p-axis");
        for (value, label) in &self.x.ticks {
            let half = width_px(label, TICK_FONT_PX) / 2.0;
            let x = upright(*value).min(right + GAP_PX / 2.0 - half);
            drawing.text((x, bottom + 14.0), "p-small p-middle", label);
        }
    }

    fn series(&self, drawing: &mut Drawing, frame: Frame, series: &Series) {
        let (line, mark) = match series.stroke {
            Stroke::Whole => ("p-line", "p-solid"),
            Stroke::Broken => ("p-thin", "p-open"),
        };
        drawing.open_titled(&format!("p-row {}", series.look.class()), &series.title);
        let places: Vec<(f64, f64)> = series
            .points
            .iter()
            .map(|point| self.place(frame, point.x, point.y))
            .collect();
        let mut whiskers = String::new();
        for (point, (x, _)) in series.points.iter().zip(&places) {
            if let Some((low, high)) = point.interval {
                let (_, from) = self.place(frame, point.x, low);
                let (_, to) = self.place(frame, point.x, high);
                whiskers += &path_through(&[(*x, from), (*x, to)]);
            }
        }
        drawing.path(&whiskers, "p-whisker");
        if places.len() > 1 {
            drawing.path(&path_through(&places), line);
        }
        for (point, place) in series.points.iter().zip(&places) {
            if point.is_marked {
                drawing.mark(series.look.shape(), *place, MARK_PX, mark);
            }
        }
        drawing.close();
    }

    fn place(&self, frame: Frame, x: f64, y: f64) -> (f64, f64) {
        (
            frame.x(self.x.scale.share(x)),
            frame.y(self.y.scale.share(y)),
        )
    }
}

/// Where a panel is.
#[derive(Clone, Copy)]
struct Frame {
    left: f64,
    top: f64,
}

impl Frame {
    fn x(self, share: f64) -> f64 {
        self.left + share * PLOT_WIDTH_PX
    }

    fn y(self, share: f64) -> f64 {
        self.top + (1.0 - share) * PLOT_HEIGHT_PX
    }
}
