//! From rows to panels: the lines of a program's variants, or why there are
//! none.

use super::{
    legend::Sample,
    panels::{Context, Panel, Point, Series, Stroke, Wall},
    rows::{Group, groups, raw_baseline, variant_name},
    style::Look,
};
use crate::findings::{EntryFinding, Findings};

/// What a row has to show.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) series: Vec<Series>,
    pub(super) walls: Vec<Wall>,
}

impl Lines {
    pub(super) fn of(series: Series) -> Self {
        Self {
            series: vec![series],
            walls: Vec::new(),
        }
    }

    /// One whole line with a mark at each point; `figures` are its points in
    /// words.
    pub(super) fn marked(
        entry: &EntryFinding,
        figures: &[String],
        points: Vec<(f64, f64)>,
    ) -> Self {
        let points = points.into_iter().map(|(x, y)| Point {
            x,
            y,
            interval: None,
            is_marked: true,
        });
        Self::of(Series {
            look: Look::of(entry),
            stroke: Stroke::Whole,
            title: format!("{}: {}", entry.label_with_version(), figures.join(", ")),
            points: points.collect(),
        })
    }
}

/// A panel per program. `lines` gives what a row has to show, or why it has
/// nothing; then the panel says so.
pub(super) fn panels_of(
    findings: &Findings,
    lines: impl Fn(usize, &EntryFinding) -> Result<Lines, String>,
) -> Vec<(Group<'_>, Panel)> {
    groups(findings)
        .into_iter()
        .map(|group| {
            let mut panel = Panel::default();
            for (index, entry) in &group.members {
                let name = variant_name(entry);
                match lines(*index, entry) {
                    Ok(lines) => {
                        panel.keys.push((Look::of(entry), name));
                        panel.series.extend(lines.series);
                        panel.walls.extend(lines.walls);
                    }
                    Err(reason) if group.members.len() == 1 => panel.remarks.push(reason),
                    Err(reason) => panel.remarks.push(format!("{name}: {reason}")),
                }
            }
            (group, panel)
        })
        .collect()
}

/// The lines that stand in every panel: the reference's and that of the raw TCP
/// echo, as far as they have `points`.
pub(super) fn context(
    findings: &Findings,
    points: impl Fn(usize) -> Vec<(f64, f64)>,
) -> Vec<Context> {
    let reference = findings.reference();
    let lines = [
        ("p-context", reference),
        ("p-ground", raw_baseline(findings)),
    ];
    lines
        .into_iter()
        .filter_map(|(class, entry)| {
            let entry = entry?;
            let points = points(entry);
            let name = format!("{} (in every panel)", findings.entries[entry].label);
            (points.len() > 1).then_some(Context {
                class,
                name,
                points,
            })
        })
        .collect()
}

/// Legend of the marks that occur.
pub(super) fn look_items(panels: &[(Group<'_>, Panel)]) -> Vec<(Sample, String)> {
    [Look::Baseline, Look::Default, Look::Tuned]
        .into_iter()
        .filter(|look| {
            panels
                .iter()
                .flat_map(|(_, panel)| &panel.keys)
                .any(|(known, _)| known == look)
        })
        .map(|look| (Sample::Mark(look, true), look.word().to_owned()))
        .collect()
}
