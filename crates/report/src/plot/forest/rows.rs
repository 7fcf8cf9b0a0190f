//! The rows of one cell, in its own order.

use std::cmp::Ordering;

use record::Role;
use statistics::{IntervalMethod, Verdict};

use super::METRIC;
use crate::{
    findings::{CellFinding, EntryFinding, Estimate, Findings},
    plot::{rows::silence, style::Look},
    render::words::estimate,
};

/// What a row is to the reference.
pub(super) enum Standing {
    /// It.
    Reference,
    /// A ratio, with its interval or range.
    Compared {
        ratio: f64,
        lower: f64,
        upper: f64,
        is_range: bool,
    },
    /// Why there is no ratio.
    Silent(String),
}

/// One line of the plot.
pub(super) struct Row<'a> {
    /// Position among the entries.
    pub(super) index: usize,
    pub(super) entry: &'a EntryFinding,
    pub(super) name: String,
    pub(super) look: Look,
    pub(super) estimate: Option<&'a Estimate>,
    pub(super) standing: Standing,
}

impl<'a> Row<'a> {
    /// Baselines as in the tables, then the others by what they use in this
    /// cell, the reference's twin below it; last those that aren't admitted and
    /// those without a figure.
    pub(super) fn all(findings: &'a Findings, cell: &'a CellFinding) -> Vec<Self> {
        let reference = findings.reference();
        let key = |row: &Self| {
            let is_twin = row.entry.key.role == Role::Again;
            let place = reference.filter(|_| is_twin).unwrap_or(row.index);
            let found = estimate(cell, METRIC, place);
            let median = found
                .filter(|_| row.entry.not_admitted.is_none())
                .map(|found| found.median);
            (row.entry.key.role != Role::Baseline, median, is_twin)
        };
        let mut rows: Vec<Self> = findings
            .entries
            .iter()
            .enumerate()
            .map(|(index, entry)| Self::of(cell, index, entry))
            .collect();
        rows.sort_by(|left, right| {
            let ((left_group, left, left_twin), (right_group, right, right_twin)) =
                (key(left), key(right));
            let by_median = match (left, right) {
                _ if !left_group || !right_group => Ordering::Equal,
                (Some(left), Some(right)) => left.total_cmp(&right),
                (left, right) => right.is_some().cmp(&left.is_some()),
            };
            left_group
                .cmp(&right_group)
                .then(by_median)
                .then(left_twin.cmp(&right_twin))
        });
        rows
    }

    fn of(cell: &'a CellFinding, index: usize, entry: &'a EntryFinding) -> Self {
        let found = estimate(cell, METRIC, index);
        let standing = match found {
            None => Standing::Silent(silence(cell, index)),
            Some(_) if entry.is_reference => Standing::Reference,
            Some(found) => Standing::of(found),
        };
        Self {
            index,
            entry,
            name: entry.label_with_version(),
            look: Look::among_ratios(entry),
            estimate: found,
            standing,
        }
    }

    /// Ends of the interval and what is between them.
    pub(super) fn ratio(&self) -> Option<[f64; 3]> {
        match self.standing {
            Standing::Compared {
                ratio,
                lower,
                upper,
                ..
            } => Some([lower, ratio, upper]),
            _ => None,
        }
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.estimate?.verdict()
    }

    /// Whether a difference from the reference is claimed.
    pub(super) fn is_claimed(&self) -> bool {
        self.verdict().is_some_and(Verdict::is_claim)
    }
}

impl Standing {
    fn of(found: &Estimate) -> Self {
        let Some(ratio) = found.ratio else {
            return Self::Silent(match found.not_compared {
                Some(reason) => format!("not compared: {reason}"),
                None => "not compared".to_owned(),
            });
        };
        Self::Compared {
            ratio,
            lower: found.ratio_lower.unwrap_or(ratio),
            upper: found.ratio_upper.unwrap_or(ratio),
            is_range: found
                .comparison
                .is_some_and(|it| it.log_ratio_interval.method == IntervalMethod::Range),
        }
    }
}
