//! The columns of the terminal's table.

use crate::{
    findings::{CellFinding, Findings, Metric, RowStatus},
    render::{
        headline::{AllocationTriple, percentile_name, user_and_kernel},
        throughput::bound_mark,
        words::{absence, echo_column, estimate, ratio_text, spread, ties, time_unit},
    },
    text::{Align, allocation, grouped, kibibytes, significant},
};

/// The start of the title above memory per idle connection.
pub(super) const PER_IDLE: &str = "KiB per";

/// A column with how much it matters: 0 is never left out.
pub(super) struct Column {
    pub(super) importance: usize,
    pub(super) title: String,
    pub(super) align: Align,
    pub(super) cells: Vec<String>,
}

impl Column {
    pub(super) fn width(&self) -> usize {
        let lines = self
            .title
            .lines()
            .chain(self.cells.iter().map(String::as_str));
        lines.map(|line| line.chars().count()).max().unwrap_or(0)
    }
}

/// All columns for the given entries, in the order in which they stand.
pub(super) fn columns(findings: &Findings, rows: &[usize]) -> Vec<Column> {
    let entries = &findings.entries;
    let column = |importance, title: String, show: &dyn Fn(usize) -> String| Column {
        importance,
        title,
        align: Align::Right,
        cells: rows.iter().map(|index| show(*index)).collect(),
    };
    let mut columns = vec![Column {
        align: Align::Left,
        ..column(0, "server".to_owned(), &|index| {
            entries[index].label.clone()
        })
    }];
    let cpu = Metric::ServerCpuNsPerMessage;
    let headline = findings.headline_cell();
    if let Some(cell) = headline {
        let unit = time_unit(cell, cpu);
        let title = format!("CPU per\nmessage, {}", unit.symbol());
        columns.push(column(0, title, &|index| cpu_cell(cell, index)));
        columns.push(column(1, "×".to_owned(), &|index| {
            estimate(cell, cpu, index).map_or(String::new(), |it| ratio_text(&entries[index], it))
        }));
        let letters = |index| estimate(cell, cpu, index).map_or(String::new(), ties);
        if rows.iter().any(|index| !letters(*index).is_empty()) {
            let ties = column(2, "ties".to_owned(), &letters);
            columns.push(Column {
                align: Align::Left,
                ..ties
            });
        }
        columns.push(column(
            6,
            format!("user + kernel,\n{}", unit.symbol()),
            &|index| user_and_kernel(cell, index, unit),
        ));
        columns.push(column(8, "messages/s".to_owned(), &|index| {
            plain_cell(cell, index, || {
                let found = estimate(cell, Metric::MessagesPerS, index)?;
                let count = grouped(found.median.round() as u64);
                Some(format!("{count}{}", bound_mark(cell, index)))
            })
        }));
    }
    if let Some((cell, metric)) = findings.headline_latency() {
        let unit = time_unit(cell, metric);
        let rate = cell.rung.as_ref().and_then(|rung| rung.rate_per_s);
        let rate = rate.map_or("?".to_owned(), |rate| significant(rate / 1e3, 2));
        let title = format!(
            "{} at\n{rate}k/s, {}",
            percentile_name(metric),
            unit.symbol()
        );
        columns.push(column(3, title, &|index| {
            plain_cell(cell, index, || {
                let found = estimate(cell, metric, index)?;
                Some(unit.show(found.median))
            })
        }));
    }
    if let Some(cell) = findings.idle_cells().next() {
        columns.push(column(4, format!("{PER_IDLE}\nidle"), &|index| {
            plain_cell(cell, index, || {
                let found = estimate(cell, Metric::RssBytesPerConnection, index)?;
                Some(kibibytes(found.median))
            })
        }));
    }
    columns.extend(allocation_column(findings, rows));
    if let Some(cell) = findings.handshake_cells().next() {
        let metric = Metric::ServerCpuNsPerHandshake;
        let unit = time_unit(cell, metric);
        columns.push(column(
            7,
            format!("CPU/hand-\nshake, {}", unit.symbol()),
            &|index| {
                plain_cell(cell, index, || {
                    estimate(cell, metric, index).map(|found| unit.show(found.median))
                })
            },
        ));
    }
    for (position, cell) in findings.echo_cells().enumerate().skip(1) {
        let unit = time_unit(cell, cpu);
        let title = format!("{}\nCPU, {}", echo_column(cell), unit.symbol());
        columns.push(column(9 + position, title, &|index| {
            plain_cell(cell, index, || {
                estimate(cell, cpu, index).map(|found| unit.show(found.median))
            })
        }));
    }
    if let Some(cell) = headline {
        for (position, index) in rows.iter().enumerate() {
            if matches!(cell.rows[*index].status, RowStatus::Excluded { .. }) {
                // The reason stands in the first column already.
                for column in columns.iter_mut().skip(2) {
                    column.cells[position] = "–".to_owned();
                }
            }
        }
    }
    columns
}

fn cpu_cell(cell: &CellFinding, index: usize) -> String {
    let metric = Metric::ServerCpuNsPerMessage;
    plain_cell(cell, index, || {
        let found = estimate(cell, metric, index)?;
        Some(format!(
            "{} {}",
            time_unit(cell, metric).show(found.median),
            spread(found)
        ))
    })
}

fn allocation_column(findings: &Findings, rows: &[usize]) -> Option<Column> {
    let triple = AllocationTriple::of(findings);
    let title = triple.title();
    if title.is_empty() {
        return None;
    }
    let show = |index: usize| {
        let figures: Vec<String> = triple
            .figures(index)
            .into_iter()
            .map(|(cell, figure)| plain_cell(cell, index, || Some(allocation(figure))))
            .collect();
        match figures.first() {
            Some(first)
                if figures
                    .iter()
                    .all(|it| it == first && !it.starts_with(char::is_numeric)) =>
            {
                first.clone()
            }
            _ => figures.join("/"),
        }
    };
    // As much of the words as fits two short lines; the page has them whole.
    let initials = title.replace("kept message", "kept").replace(" / ", "/");
    Some(Column {
        importance: 5,
        title: format!("(re)allocations per\n{initials}"),
        align: Align::Right,
        cells: rows.iter().map(|index| show(*index)).collect(),
    })
}

fn plain_cell(cell: &CellFinding, entry: usize, show: impl FnOnce() -> Option<String>) -> String {
    match absence(&cell.rows[entry]) {
        Some(reason) => reason,
        None => show().unwrap_or_else(|| "no figure".to_owned()),
    }
}
