//! What an export has no place for.

use std::fmt;

use super::{
    figure::{admitted, is_rate_of_the_generator},
    names,
};
use crate::{
    Findings, Run,
    analyse::histograms,
    findings::{CellFinding, RowStatus},
};

/// Something that isn't in an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// A row without figures.
    Row {
        /// `cell/contender/variant`.
        row: String,
        /// Why it has none.
        reason: String,
    },
    /// A server that isn't ranked.
    NotAdmitted {
        /// `contender/variant`.
        server: String,
        /// What it fails.
        reason: String,
    },
    /// A rate that is the load generator's, not the server's.
    GeneratorBound {
        /// `cell/contender/variant`.
        row: String,
    },
    /// A histogram of a valid trial that can't be read.
    Damaged {
        /// `cell/contender/variant`.
        row: String,
        /// What is damaged, and how.
        error: String,
    },
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row { row, reason } => write!(f, "{row}: {reason}"),
            Self::NotAdmitted { server, reason } => {
                write!(f, "{server}, all rows: in the admission test it {reason}")
            }
            Self::GeneratorBound { row } => write!(
                f,
                "{row}: throughput, because the load generator was saturated before the server was"
            ),
            Self::Damaged { row, error } => write!(f, "{row}: {error}"),
        }
    }
}

/// Rows of the plan without figures.
pub(super) fn rows(findings: &Findings) -> Vec<LeftOut> {
    let cells = findings.cells.iter();
    cells.flat_map(|cell| rows_of(findings, cell)).collect()
}

/// Servers that do other work than the rest.
pub(super) fn not_admitted(findings: &Findings) -> impl Iterator<Item = LeftOut> {
    findings.entries.iter().filter_map(|entry| {
        Some(LeftOut::NotAdmitted {
            server: format!("{}/{}", entry.key.contender, entry.key.variant),
            reason: entry.not_admitted.as_ref()?.reason(),
        })
    })
}

/// Rates that are the generator's.
pub(super) fn rates_of_the_generator(findings: &Findings) -> Vec<LeftOut> {
    let mut found = Vec::new();
    for cell in &findings.cells {
        for (index, entry) in admitted(findings) {
            let is_bound = cell.metrics.iter().any(|metric| {
                metric.row(index).is_some() && is_rate_of_the_generator(cell, index, metric.metric)
            });
            if is_bound {
                found.push(LeftOut::GeneratorBound {
                    row: names::row(&cell.name, &entry.key),
                });
            }
        }
    }
    found
}

/// Rows that should have histograms and have none, and damaged histograms.
pub(super) fn histograms(run: &Run, findings: &Findings) -> Vec<LeftOut> {
    let cells = findings.rate_cells().chain(findings.handshake_cells());
    let mut found: Vec<LeftOut> = cells.flat_map(|cell| rows_of(findings, cell)).collect();
    found.extend(damaged(run));
    found
}

/// Histograms that can't be read, without which a row has no percentiles or
/// fewer blocks of them.
pub(super) fn damaged(run: &Run) -> Vec<LeftOut> {
    let mut found = Vec::new();
    for row in histograms::histograms(run) {
        let name = names::row(row.cell, row.entry);
        found.extend(row.damaged.into_iter().map(|error| LeftOut::Damaged {
            row: name.clone(),
            error,
        }));
    }
    found
}

fn rows_of(findings: &Findings, cell: &CellFinding) -> Vec<LeftOut> {
    findings
        .entries
        .iter()
        .zip(&cell.rows)
        .filter_map(|(entry, row)| {
            let reason = match &row.status {
                RowStatus::Measured | RowStatus::NotPlanned | RowStatus::NotApplicable { .. } => {
                    return None;
                }
                RowStatus::NotYet => "not measured yet".to_owned(),
                RowStatus::Excluded { reason } => reason.clone(),
                RowStatus::Invalid => {
                    let flaws: Vec<&str> =
                        row.flaws.iter().map(|note| note.short.as_str()).collect();
                    format!("invalid: {}", flaws.join(", "))
                }
            };
            Some(LeftOut::Row {
                row: names::row(&cell.name, &entry.key),
                reason,
            })
        })
        .collect()
}
