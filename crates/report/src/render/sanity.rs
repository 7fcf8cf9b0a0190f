//! Whether the baselines are the floor that they should be.

use statistics::BLOCKS_FOR_AN_INTERVAL;

use super::{
    footer::plural,
    words::{heading, row_label},
};
use crate::{
    findings::{Exception, Findings, Metric},
    text::{TimeUnit, escaped, signed_significant, significant, with_code},
};

/// A paragraph, with a list of the exceptions and what is known about them.
pub(super) fn paragraph(findings: &Findings) -> String {
    let pairs = findings.baseline_pairs;
    if pairs.compared == 0 {
        return String::new();
    }
    let rule = "Sanity: no server should use less CPU per message than the raw TCP echo, and no \
                library less than the handwritten server, which does the least that is correct.";
    let compared = format!(
        "{} of {} {} of a server and a baseline could be compared ({BLOCKS_FOR_AN_INTERVAL} \
         blocks or more of both, and a noise floor)",
        pairs.compared,
        pairs.planned,
        plural(pairs.planned, "pair"),
    );
    if findings.exceptions.is_empty() {
        return format!(
            "{rule} {compared}; none contradicts that beyond the spread of both and the noise \
             floor. That is no proof that it holds."
        );
    }
    let lines: Vec<String> = findings
        .exceptions
        .chunk_by(|left, right| (&left.cell, left.entry) == (&right.cell, right.entry))
        .map(|of_row| explained(findings, of_row))
        .collect();
    let contradicting = findings.exceptions.len();
    format!(
        "{rule} {compared}; {contradicting} {} that, beyond the spread of both and the noise \
         floor:\n\n{}",
        if contradicting == 1 {
            "contradicts"
        } else {
            "contradict"
        },
        lines.join("\n")
    )
}

/// One line about a row that lies under one or several baselines. What differs
/// is told against the last of them, the one most like it.
fn explained(findings: &Findings, of_row: &[Exception]) -> String {
    let Some(exception) = of_row.last() else {
        return String::new();
    };
    let entry = &findings.entries[exception.entry];
    let baseline = &findings.entries[exception.baseline];
    let cell = findings
        .cells
        .iter()
        .find(|cell| cell.name == exception.cell);
    let unit = TimeUnit::for_values([exception.entry_ns, exception.baseline_ns].into_iter());
    let floors: Vec<String> = of_row
        .iter()
        .map(|it| {
            let label = row_label(&findings.entries[it.baseline]);
            format!("{label} {}", unit.show(it.baseline_ns))
        })
        .collect();
    let mut text = format!(
        "- {}: {} used {} {} per message, {}.",
        cell.map_or_else(|| escaped(&exception.cell), heading),
        row_label(entry),
        unit.show(exception.entry_ns),
        unit.symbol(),
        floors.join(" and "),
    );
    let against = if of_row.len() > 1 {
        format!("Against {}", row_label(baseline))
    } else {
        "The difference is".to_owned()
    };
    let split_error_ns = |index| cell?.detail(index)?.echo()?.split_error_ns();
    let differences = exception
        .user_difference_ns
        .zip(exception.kernel_difference_ns);
    let errors = split_error_ns(exception.entry).zip(split_error_ns(exception.baseline));
    if let (Some((user_ns, kernel_ns)), Some((own_ns, other_ns))) = (differences, errors) {
        let error_ns = f64::hypot(own_ns, other_ns);
        if user_ns.abs().max(kernel_ns.abs()) < error_ns {
            text += " The ticks are too few to tell user from kernel time in the difference.";
        } else {
            let show = |ns: f64| signed_significant(unit.of(ns), 2);
            text += &format!(
                " {against}{} {} {symbol} in the kernel, {} {symbol} in user mode (each ±{} {symbol}).",
                if of_row.len() > 1 { ":" } else { "" },
                show(kernel_ns),
                show(user_ns),
                significant(unit.of(error_ns), 1),
                symbol = unit.symbol(),
            );
        }
    }
    if entry.flush != baseline.flush && !entry.flush.is_empty() && !baseline.flush.is_empty() {
        text += &format!(
            " It flushes {}; the baseline, {}.",
            with_code(&entry.flush),
            with_code(&baseline.flush)
        );
    }
    if entry.runtime != baseline.runtime {
        text += &format!(
            " It runs on {}; the baseline, on {}.",
            escaped(&entry.runtime),
            escaped(&baseline.runtime)
        );
    }
    if let (Some(own), Some(other)) = (
        exception.entry_switches_per_message,
        exception.baseline_switches_per_message,
    ) {
        text += &format!(
            " Voluntary context switches per message: {} against {}.",
            significant(own, 2),
            significant(other, 2)
        );
    }
    text + &other_variants(findings, of_row, unit)
}

/// The variants of the baseline that the row is not shown to be under.
fn other_variants(findings: &Findings, of_row: &[Exception], unit: TimeUnit) -> String {
    let Some(exception) = of_row.last() else {
        return String::new();
    };
    let key = &findings.entries[exception.baseline].key;
    let mut cells = findings.cells.iter();
    let cpu = cells
        .find(|cell| cell.name == exception.cell)
        .and_then(|cell| cell.metric(Metric::ServerCpuNsPerMessage));
    let entries = findings.entries.iter().enumerate();
    entries
        .filter(|(index, other)| {
            (&other.key.contender, other.key.role) == (&key.contender, key.role)
                && !of_row.iter().any(|it| it.baseline == *index)
        })
        .filter_map(|(index, other)| {
            let median = cpu?.row(index)?.median;
            let flush = match other.flush.as_str() {
                "" => String::new(),
                flush => format!(", which flushes {}", with_code(flush)),
            };
            Some(format!(
                " It is {} under {}{flush}: {} {}.",
                if exception.entry_ns < median {
                    "not shown to be"
                } else {
                    "not"
                },
                row_label(other),
                unit.show(median),
                unit.symbol()
            ))
        })
        .collect()
}
