//! One table per quantity.

use super::words::{change_ratio, is_time, metric_name, subject_name};
use crate::{
    compare::{AllocationChange, CellChange, ChangeVerdict, MetricChange, RowChange, RowKey},
    findings::{AllocationFigure, Metric},
    text::{Align, Table, TimeUnit, allocation, grouped, per_cent, significant, wrapped},
};

/// All tables of a cell.
pub(super) fn of_cell(cell: &CellChange, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for metric in &cell.metrics {
        lines.push(String::new());
        lines.extend(of_metric(cell, metric, width));
    }
    if !cell.allocations.is_empty() {
        lines.push(String::new());
        lines.extend(of_allocations(cell, width));
    }
    lines
}

/// A column and how early it gives way when the terminal is narrow; 0 never.
struct Column {
    gives_way: usize,
    title: &'static str,
    align: Align,
    cells: Vec<String>,
}

impl Column {
    fn width(&self) -> usize {
        let texts = self.cells.iter().map(String::as_str);
        let widths = texts.chain(self.title.lines()).map(|it| it.chars().count());
        widths.max().unwrap_or(0)
    }
}

/// The columns that fit, as lines.
fn fitting(mut columns: Vec<Column>, width: usize) -> Vec<String> {
    let needed = |columns: &[Column]| {
        columns
            .iter()
            .map(|it| it.width() + 2)
            .sum::<usize>()
            .saturating_sub(2)
    };
    while needed(&columns) > width {
        let first_to_go = (0..columns.len())
            .filter(|index| columns[*index].gives_way > 0)
            .max_by_key(|index| columns[*index].gives_way);
        let Some(index) = first_to_go else { break };
        columns.remove(index);
    }
    let mut table = Table::new();
    for column in &columns {
        table.column(column.title, column.align);
    }
    let rows = columns.first().map_or(0, |column| column.cells.len());
    for row in 0..rows {
        table.row(columns.iter().map(|it| it.cells[row].clone()).collect());
    }
    table.to_lines()
}

fn of_metric(cell: &CellChange, metric: &MetricChange, width: usize) -> Vec<String> {
    let floor = metric
        .least_effect
        .map_or("unknown".to_owned(), |it| per_cent(it.exp_m1() * 100.0));
    let head = format!(
        "{}: {}, least effect {floor}",
        cell.name,
        metric_name(metric.metric),
    );
    let mut lines = wrapped(&head, width, 2);
    let unit = unit(metric);
    let column = |gives_way, title, align, show: &dyn Fn(&RowChange) -> String| Column {
        gives_way,
        title,
        align,
        cells: metric.rows.iter().map(show).collect(),
    };
    let columns = vec![
        column(0, "server", Align::Left, &|row| row.key.label.clone()),
        column(0, "version", Align::Left, &|row| versions(&row.key)),
        column(4, "A → B", Align::Right, &|row| {
            let show = |it: Option<f64>| it.map_or("–".to_owned(), |it| shown(it, metric, unit));
            let before = show(row.before.map(|it| it.median));
            let after = show(row.after.map(|it| it.median));
            format!("{before} → {after}{}", symbol(metric, unit))
        }),
        column(0, "change", Align::Right, &change),
        column(1, "interval", Align::Right, &interval),
        column(0, "verdict", Align::Left, &|row| {
            row.verdict.word().to_owned()
        }),
        column(2, "B/A", Align::Left, &absolute),
    ];
    lines.extend(fitting(columns, width));
    lines
}

fn versions(key: &RowKey) -> String {
    if key.version_before == key.version_after {
        key.version_after.clone()
    } else {
        format!("{} → {}", key.version_before, key.version_after)
    }
}

/// The unit of the times of a table; `None` where it holds none.
fn unit(metric: &MetricChange) -> Option<TimeUnit> {
    let medians = metric
        .rows
        .iter()
        .flat_map(|row| [row.before, row.after])
        .flatten()
        .map(|figure| figure.median);
    is_time(metric.metric).then(|| TimeUnit::for_values(medians))
}

fn shown(value: f64, metric: &MetricChange, unit: Option<TimeUnit>) -> String {
    match (unit, metric.metric) {
        (Some(unit), _) => unit.show(value),
        (None, Metric::MessagesPerS | Metric::HandshakesPerS) => grouped(value.round() as u64),
        (None, _) => significant(value / 1024.0, 3),
    }
}

fn symbol(metric: &MetricChange, unit: Option<TimeUnit>) -> String {
    match (unit, metric.metric) {
        (Some(unit), _) => format!(" {}", unit.symbol()),
        (None, Metric::MessagesPerS | Metric::HandshakesPerS) => "/s".to_owned(),
        (None, _) => " KiB".to_owned(),
    }
}

fn change(row: &RowChange) -> String {
    match row.change {
        Some(change) => format!("×{}", change_ratio(change.ratio)),
        None => "–".to_owned(),
    }
}

/// A few blocks have no interval, so none is shown.
fn interval(row: &RowChange) -> String {
    match row.change {
        Some(change) if change.coverage >= statistics::CONFIDENCE => {
            format!(
                "{}–{}",
                change_ratio(change.lower),
                change_ratio(change.upper)
            )
        }
        _ => "–".to_owned(),
    }
}

fn absolute(row: &RowChange) -> String {
    let Some(absolute) = &row.absolute else {
        return "–".to_owned();
    };
    let figure = change_ratio(absolute.change.ratio);
    match &absolute.judged {
        Some(verdict) => format!("{figure} {}", verdict.word()),
        None => figure,
    }
}

/// Only what changed; the rest is counted.
fn of_allocations(cell: &CellChange, width: usize) -> Vec<String> {
    let is_same = |it: &&AllocationChange| it.verdict == ChangeVerdict::Tied;
    let is_claim =
        |it: &&AllocationChange| matches!(it.verdict, ChangeVerdict::Better | ChangeVerdict::Worse);
    let same = cell.allocations.iter().filter(is_same).count();
    let shown: Vec<&AllocationChange> = cell.allocations.iter().filter(is_claim).collect();
    let all = cell.allocations.len();
    let head = format!(
        "{}: exact counts, any change is a change; {same} of {all} are the same, {} differ, {} \
         can't be told",
        cell.name,
        shown.len(),
        all - same - shown.len()
    );
    let mut lines = wrapped(&head, width, 2);
    if shown.is_empty() {
        return lines;
    }
    let column = |gives_way, title, align, show: &dyn Fn(&AllocationChange) -> String| Column {
        gives_way,
        title,
        align,
        cells: shown.iter().map(|change| show(change)).collect(),
    };
    let count = |value: Option<f64>| {
        allocation(value.map(|per_time| AllocationFigure {
            per_time,
            is_exact: true,
        }))
    };
    let columns = vec![
        column(0, "server", Align::Left, &|it| it.key.label.clone()),
        column(1, "version", Align::Left, &|it| versions(&it.key)),
        column(0, "count", Align::Left, &|it| {
            format!("{} {}", it.quantity, subject_name(it.subject))
        }),
        column(0, "A → B", Align::Right, &|it| {
            format!("{} → {}", count(it.before), count(it.after))
        }),
        column(0, "verdict", Align::Left, &|it| {
            it.verdict.word().to_owned()
        }),
    ];
    lines.extend(fitting(columns, width));
    lines
}
