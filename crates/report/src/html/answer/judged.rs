//! Answers from figures that wobble: tie groups, and the rules behind them.

use record::Role;
use statistics::{BLOCKS_FOR_AN_INTERVAL, Family, Rule};

use super::{Answer, Leader, split, words};
use crate::{
    findings::{CellFinding, EntryFinding, Estimate, Findings, Metric, MetricFinding},
    render::words::spread,
    text::{TimeUnit, factor, kibibytes},
};

/// How many of the lowest figures are named where there is no verdict.
const WITHOUT_VERDICT: usize = 3;

/// A server with its estimate.
type Measured<'a> = (&'a EntryFinding, &'a Estimate);

/// The answer of one quantity in one cell; `None` where no library has a figure.
pub(super) fn answer(
    findings: &Findings,
    cell: &CellFinding,
    metric: Metric,
    section: &'static str,
) -> Option<Answer> {
    let found = cell.metric(metric)?;
    let unit = Unit::of(metric, found);
    let measured: Vec<Measured<'_>> = findings
        .rows_without_twin()
        .filter_map(|(index, entry)| Some((entry, found.row(index)?)))
        .collect();
    let mut libraries = measured.clone();
    libraries
        .retain(|(entry, _)| entry.key.role == Role::Contender && entry.not_admitted.is_none());
    libraries.sort_by(|left, right| left.1.median.total_cmp(&right.1.median));
    let judged: Vec<Measured<'_>> = libraries
        .iter()
        .filter(|(_, estimate)| !estimate.letters.is_empty())
        .copied()
        .collect();
    let leading = match judged.first() {
        Some(lowest) => tied_with(&judged, lowest.1),
        None => libraries.iter().take(WITHOUT_VERDICT).copied().collect(),
    };
    if leading.is_empty() {
        return None;
    }
    let context = context(&measured, &leading, unit);
    let leaders = leading
        .iter()
        .map(|(entry, estimate)| Leader {
            name: entry.label_with_version(),
            figure: figure(estimate, cell, unit),
        })
        .collect();
    let (leaders, further) = split(leaders);
    let (sure, rule) = sureness(cell, found);
    Some(Answer {
        title: words::title(cell),
        what: words::what(cell, metric),
        verdict: verdict(&libraries, &judged, leading.len()),
        leaders,
        further,
        context,
        sure,
        rule,
        section,
    })
}

/// The rows that share a letter with the lowest one.
fn tied_with<'a>(judged: &[Measured<'a>], lowest: &Estimate) -> Vec<Measured<'a>> {
    judged
        .iter()
        .filter(|(_, estimate)| {
            let mut letters = estimate.letters.chars();
            letters.any(|letter| lowest.letters.contains(letter))
        })
        .copied()
        .collect()
}

fn verdict(libraries: &[Measured<'_>], judged: &[Measured<'_>], leading: usize) -> String {
    let Some(lowest) = judged.first() else {
        return "No verdict. The lowest figures, which may be chance:".to_owned();
    };
    let all = judged.len();
    let mut text = match leading {
        1 if all == 1 => "Only one row could be judged:".to_owned(),
        1 => format!(
            "One row needs less than each of the other {} that could be judged:",
            all - 1
        ),
        _ if leading == all => {
            format!("All {all} rows that could be judged: none is shown to differ from the lowest.")
        }
        _ if leading + 1 == all => {
            format!("{leading} rows can't be told apart from the lowest; one other needs more.")
        }
        _ => format!(
            "{leading} rows can't be told apart from the lowest; the other {} need more.",
            all - leading
        ),
    };
    let below = libraries
        .iter()
        .filter(|(_, it)| it.letters.is_empty() && it.median < lowest.1.median)
        .count();
    match below {
        0 => {}
        1 => text.push_str(" One row without a verdict has a lower figure."),
        _ => text.push_str(&format!(
            " {below} rows without a verdict have lower figures."
        )),
    }
    text
}

/// Baselines and the reference, where they are not among the leading.
fn context(measured: &[Measured<'_>], leading: &[Measured<'_>], unit: Unit) -> String {
    let texts: Vec<String> = measured
        .iter()
        .filter_map(|(entry, estimate)| {
            let what = match entry.key.role {
                Role::Baseline => "baseline",
                Role::Contender if entry.is_reference => "reference",
                Role::Contender | Role::Again => return None,
            };
            let is_leading = leading.iter().any(|(other, _)| other.key == entry.key);
            (!is_leading).then(|| {
                format!(
                    "{} {} ({what})",
                    entry.label_with_version(),
                    unit.show(estimate.median)
                )
            })
        })
        .collect();
    texts.join(", ")
}

fn figure(estimate: &Estimate, cell: &CellFinding, unit: Unit) -> String {
    let mut text = format!("{} {}", unit.show(estimate.median), spread(estimate));
    if estimate.blocks.len() < cell.blocks {
        text.push_str(&format!(
            ", {} of {} blocks",
            estimate.blocks.len(),
            cell.blocks
        ));
    }
    text
}

/// How much stands behind the verdict, and by which rule rows were told apart
/// where they could be.
fn sureness(cell: &CellFinding, metric: &MetricFinding) -> (String, Option<String>) {
    let blocks = match cell.blocks {
        1 => "1 block".to_owned(),
        several => format!("{several} blocks"),
    };
    let family: Option<Family> = metric.letters_family.or(metric.family);
    let Some(family) = family.filter(|family| family.rule != Rule::NoClaims) else {
        let text = format!(
            "no verdict from {blocks}: an interval needs {BLOCKS_FOR_AN_INTERVAL} of both rows."
        );
        return (text, None);
    };
    let floor = match (&metric.noise_floor, metric.no_floor) {
        (Some(floor), _) => factor(floor.factor),
        (None, Some(reason)) => {
            let text = format!("no verdict, because the noise floor is unknown ({reason}).");
            return (text, None);
        }
        (None, None) => {
            let text = "no verdict, because the noise floor is unknown.";
            return (text.to_owned(), None);
        }
    };
    let beyond = format!("the difference must lie beyond ×{floor}");
    let rule = match family.rule {
        Rule::Holm => format!(
            "Their interval must exclude equality, also after Holm's correction over {} pairs, \
             and {beyond}.",
            family.comparisons
        ),
        Rule::AllBlocksAgree | Rule::NoClaims => format!(
            "They must differ in the same direction in all blocks, in each by more than half the \
             noise floor, and {beyond}; nothing is corrected for the {} pairs, because so few \
             blocks could never pass that.",
            family.comparisons
        ),
    };
    let text = format!(
        "{blocks}; the tool sees ×{floor} between the reference and itself, where nothing differs."
    );
    (text, Some(rule))
}

/// In what a quantity is shown.
#[derive(Clone, Copy, Debug)]
enum Unit {
    Time(TimeUnit),
    Kibibytes,
}

impl Unit {
    fn of(metric: Metric, found: &MetricFinding) -> Self {
        match metric {
            Metric::RssBytesPerConnection | Metric::PssBytesPerConnection => Self::Kibibytes,
            _ => Self::Time(TimeUnit::for_values(
                found.rows.iter().flatten().map(|row| row.median),
            )),
        }
    }

    fn show(self, value: f64) -> String {
        match self {
            Self::Time(unit) => format!("{} {}", unit.show(value), unit.symbol()),
            Self::Kibibytes => format!("{} KiB", kibibytes(value)),
        }
    }
}
