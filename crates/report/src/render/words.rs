//! Words and cells that several tables share.

use record::{MessageShape, ScenarioKind};
use statistics::Verdict;

use crate::{
    findings::{CellFinding, CellRow, EntryFinding, Estimate, Findings, Metric, RowStatus},
    text::{TimeUnit, bytes, escaped, grouped, per_cent, ratio, significant},
};

/// Why a row has no number, in a few words; `None` when it has one.
pub(crate) fn absence(row: &CellRow) -> Option<String> {
    match &row.status {
        RowStatus::Measured => None,
        RowStatus::Invalid => Some(
            row.flaws
                .first()
                .map_or("invalid".to_owned(), |note| note.short.clone()),
        ),
        RowStatus::NotYet => Some("not yet".to_owned()),
        RowStatus::Excluded { reason } => Some(reason.clone()),
        RowStatus::NotApplicable { reason } => Some(reason.to_string()),
        RowStatus::NotPlanned => Some("–".to_owned()),
    }
}

/// A Markdown cell: what `show` makes of a measured row, else why there is
/// nothing; with the number of valid trials when some were not.
pub(super) fn markdown_cell(
    cell: &CellFinding,
    entry: usize,
    show: impl FnOnce() -> Option<String>,
) -> String {
    noted_cell(cell, entry, valid_note, show)
}

/// How a cell says that some trials were not valid.
pub(super) type Note = fn(&CellRow) -> String;

/// A Markdown cell with a note of its own kind.
pub(super) fn noted_cell(
    cell: &CellFinding,
    entry: usize,
    note: Note,
    show: impl FnOnce() -> Option<String>,
) -> String {
    let Some(row) = cell.rows.get(entry) else {
        return String::new();
    };
    match absence(row) {
        Some(dash) if dash == "–" => dash,
        Some(reason) => format!("*{}*", escaped(&reason)),
        None => match show() {
            Some(text) => format!("{text}{}", note(row)),
            None => "*no figure*".to_owned(),
        },
    }
}

/// `5/6`, raised, when a trial was invalid, else nothing: for narrow tables.
pub(super) fn raised_valid_note(row: &CellRow) -> String {
    if row.valid_trials == row.recorded_trials {
        return String::new();
    }
    format!(" <sup>{}/{}</sup>", row.valid_trials, row.recorded_trials)
}

/// ` (5 of 6)` when a trial was invalid, else nothing.
pub(crate) fn valid_note(row: &CellRow) -> String {
    if row.valid_trials == row.recorded_trials {
        return String::new();
    }
    format!(" ({} of {})", row.valid_trials, row.recorded_trials)
}

/// `6/6`: trials of a row that were valid, of those that ran.
pub(crate) fn trial_counts(cell: &CellFinding, entry: usize) -> String {
    let row = &cell.rows[entry];
    format!("{}/{}", row.valid_trials, row.recorded_trials)
}

/// The estimate of a row, where it has one.
pub(crate) fn estimate(cell: &CellFinding, metric: Metric, entry: usize) -> Option<&Estimate> {
    cell.metric(metric)?.row(entry)
}

/// `±1.2 %`; one block has no spread, and a median of zero none in per cent.
/// Only what is equal to the last digit is `±0.0 %`. From half the figure's own
/// size on the ends lie so unevenly around it that a `±` would be untrue, or
/// reach below zero: `÷2.4 ×13` leads to the ends themselves.
pub(crate) fn spread(estimate: &Estimate) -> String {
    match estimate.spread_percent {
        Some(_) if is_wide(estimate) => format!(
            "÷{} ×{}",
            significant(estimate.median / estimate.interval.lower, 2),
            significant(estimate.interval.upper / estimate.median, 2)
        ),
        Some(percent) if estimate.blocks.len() > 1 && percent > 0.0 && percent < 0.05 => {
            "±<0.1 %".to_owned()
        }
        Some(percent) if estimate.blocks.len() > 1 => format!("±{}", per_cent(percent)),
        _ => "±?".to_owned(),
    }
}

/// Per cent of the figure from which on its spread is shown by both ends.
pub(super) const WIDE_PERCENT: f64 = 50.0;

/// Whether the ends of its interval stand in the place of `±`.
pub(super) fn is_wide(estimate: &Estimate) -> bool {
    // As it would be printed.
    let is_large = |percent: f64| percent.round() >= WIDE_PERCENT;
    estimate.spread_percent.is_some_and(is_large)
        && estimate.blocks.len() > 1
        && estimate.interval.lower > 0.0
        && estimate.median > 0.0
}

/// Tie letters, raised.
pub(super) fn raised_letters(estimate: &Estimate) -> String {
    if estimate.letters.is_empty() {
        return String::new();
    }
    format!(" <sup>{}</sup>", ties(estimate))
}

/// Tie letters in short: from four in a row on, the first and the last.
pub(crate) fn ties(estimate: &Estimate) -> String {
    const LEAST: usize = 4;
    let letters: Vec<char> = estimate.letters.chars().collect();
    let follows = |left: &char, right: &char| {
        left.is_ascii_alphabetic() && u32::from(*left) + 1 == u32::from(*right)
    };
    letters
        .chunk_by(follows)
        .map(|run| match run {
            [first, .., last] if run.len() >= LEAST => format!("{first}–{last}"),
            few => few.iter().collect(),
        })
        .collect()
}

/// A row's time in the unit of its column, with its `±` and its letters.
pub(super) fn time_with_letters(
    cell: &CellFinding,
    metric: Metric,
    entry: usize,
) -> Option<String> {
    let found = estimate(cell, metric, entry)?;
    let unit = time_unit(cell, metric);
    Some(format!(
        "{} {}{}",
        unit.show(found.median),
        spread(found),
        raised_letters(found)
    ))
}

/// The ratio to the reference with its verdict's mark: nothing for a claimed
/// difference, `~` where the data can't tell, `?` without a verdict.
pub(super) fn ratio_text(entry: &EntryFinding, estimate: &Estimate) -> String {
    if entry.is_reference {
        return "1".to_owned();
    }
    let (Some(value), Some(verdict)) = (estimate.ratio, estimate.verdict()) else {
        return "–".to_owned();
    };
    let mark = match verdict {
        Verdict::Better | Verdict::Worse => "",
        Verdict::Tied => " ~",
        Verdict::Unknown { .. } => " ?",
    };
    format!("{}{mark}", ratio(value))
}

/// The interval of the ratio, `0.44–0.47`; a range among `intervals` says that
/// it is one.
pub(super) fn ratio_interval_text(estimate: &Estimate, column: &str) -> String {
    let word = estimate
        .comparison
        .map(|comparison| comparison.log_ratio_interval.method.word());
    let note = match word {
        Some(word) if word != column => format!(" ({word})"),
        _ => String::new(),
    };
    match (estimate.ratio_lower, estimate.ratio_upper) {
        (Some(lower), Some(upper)) => format!("{}–{}{note}", ratio(lower), ratio(upper)),
        _ => String::new(),
    }
}

/// The unit in which a metric of a cell reads best.
pub(crate) fn time_unit(cell: &CellFinding, metric: Metric) -> TimeUnit {
    let rows = cell
        .metric(metric)
        .map(|found| found.rows.as_slice())
        .unwrap_or_default();
    TimeUnit::for_values(rows.iter().flatten().map(|estimate| estimate.median))
}

/// `125 B binary`.
pub(super) fn shape(message: &MessageShape) -> String {
    format!("{} {}", bytes(message.size_bytes), message.kind)
}

/// What a cell does to a server, in a line.
pub(crate) fn description(cell: &CellFinding) -> String {
    match &cell.scenario.kind {
        ScenarioKind::Echo {
            connections,
            in_flight,
            message,
        } => format!(
            "{}, {} connections, {in_flight} in flight each, as fast as the server answers",
            shape(message),
            grouped(u64::from(*connections)),
        ),
        ScenarioKind::RateLadder {
            connections,
            message,
            spacing,
            ..
        } => format!(
            "{}, {} connections, {}, {spacing}",
            shape(message),
            grouped(u64::from(*connections)),
            rate(cell),
        ),
        ScenarioKind::Handshakes { concurrency } => format!("{concurrency} under way at a time"),
        ScenarioKind::Idle { levels } => {
            let levels: Vec<String> = levels
                .iter()
                .map(|level| grouped(u64::from(*level)))
                .collect();
            format!(
                "0 and then {} connections, each of which has echoed one message",
                levels.join(" and then ")
            )
        }
        ScenarioKind::AllocationsPerMessage {
            messages, keep: 0, ..
        } => {
            format!(
                "{} messages per count, on one connection",
                grouped(*messages)
            )
        }
        ScenarioKind::AllocationsPerMessage { messages, keep, .. } => format!(
            "{} messages per count, on one connection, of which the server keeps the last {keep}",
            grouped(*messages),
        ),
        ScenarioKind::PerMessageCosts { counted, sizes } => {
            let sizes: Vec<String> = sizes
                .iter()
                .map(|size| {
                    format!(
                        "{} and {} of {}",
                        grouped(size.fewer),
                        grouped(size.more),
                        bytes(size.size_bytes)
                    )
                })
                .collect();
            format!(
                "{counted} by {}, binary messages: {}",
                counted.tool(),
                sizes.join(", ")
            )
        }
        ScenarioKind::AllocationsPerConnection {
            handshakes,
            connections,
        } => format!(
            "{} handshakes one at a time, {} connections held",
            grouped(*handshakes),
            grouped(u64::from(*connections)),
        ),
    }
}

/// The rate of a rung in Markdown, `32,000 messages/s`.
pub(crate) fn rate(cell: &CellFinding) -> String {
    let Some(rung) = &cell.rung else {
        return "unknown rate".to_owned();
    };
    match rung.rate_per_s {
        Some(rate) => format!("{} messages/s", grouped(rate.round() as u64)),
        None => format!("rung {}, whose rate is unknown", escaped(&rung.name)),
    }
}

/// Name of an echo cell as a column title.
pub(super) fn echo_column(cell: &CellFinding) -> String {
    match &cell.scenario.kind {
        ScenarioKind::Echo {
            in_flight, message, ..
        } if *in_flight > 1 => {
            format!("{}, {in_flight} in flight", shape(message))
        }
        ScenarioKind::Echo { message, .. } => shape(message),
        _ => escaped(&cell.name),
    }
}

/// Heading of a cell, in Markdown.
pub(super) fn heading(cell: &CellFinding) -> String {
    match (&cell.rung, &cell.scenario.kind) {
        (Some(_), ScenarioKind::RateLadder { .. }) => {
            format!("{}: {}", escaped(&cell.scenario.title), rate(cell))
        }
        _ => escaped(&cell.scenario.title),
    }
}

/// Name of a row in Markdown, with its version.
pub(super) fn row_label(entry: &EntryFinding) -> String {
    escaped(&entry.label_with_version())
}

/// The label of the reference.
pub(super) fn reference_label(findings: &Findings) -> Option<String> {
    findings
        .reference()
        .map(|index| escaped(&findings.entries[index].label))
}

/// `1, 2 and 5`, blocks counted from 1.
pub(super) fn block_list(blocks: &[u32]) -> String {
    let mut numbers: Vec<u32> = blocks.iter().map(|block| block + 1).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    match texts.as_slice() {
        [] => String::new(),
        [one] => format!("block {one}"),
        [first @ .., last] => format!("blocks {} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use statistics::{BlockValue, Interval, IntervalMethod};

    use super::*;

    #[test]
    fn many_letters_in_a_row_are_shown_by_both_ends() {
        let shown = |letters: &str| {
            ties(&Estimate {
                letters: letters.to_owned(),
                ..estimate(1.0, 1.0, 1.0)
            })
        };
        for (letters, short) in [
            ("", ""),
            ("a", "a"),
            ("abc", "abc"),
            ("abcd", "a–d"),
            ("acdefghkl", "ac–hkl"),
            ("wxyzABCD", "w–zA–D"),
            ("yzAB", "yzAB"),
            ("XYZ(53)(54)", "XYZ(53)(54)"),
        ] {
            assert_eq!(shown(letters), short, "{letters}");
        }
    }

    fn estimate(median: f64, lower: f64, upper: f64) -> Estimate {
        let interval = Interval {
            lower,
            upper,
            method: IntervalMethod::Range,
        };
        let block = |block| BlockValue {
            block,
            value: median,
        };
        Estimate {
            blocks: vec![block(0), block(1)],
            counts_as: None,
            median,
            hodges_lehmann: median,
            interval,
            spread_percent: Some(interval.half_width() / median * 100.0),
            ratio: None,
            ratio_lower: None,
            ratio_upper: None,
            comparison: None,
            not_compared: None,
            letters: String::new(),
        }
    }

    #[test]
    fn a_wide_spread_is_shown_by_its_ends() {
        let of = |lower, upper| spread(&estimate(100.0, lower, upper));
        assert_eq!(of(96.0, 104.0), "±4.0 %");
        assert_eq!(of(90.0, 188.0), "±49 %");
        // Rounded it would be 50 %.
        assert_eq!(of(80.0, 179.2), "÷1.3 ×1.8");
        assert_eq!(of(50.0, 1300.0), "÷2.0 ×13");
        // No factor leads to zero.
        assert_eq!(of(0.0, 200.0), "±100 %");
    }
}
