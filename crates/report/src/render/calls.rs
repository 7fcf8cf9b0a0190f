//! Calls of the allocator, as the first tables show them.

use record::{AllocationSubject, ScenarioKind};

use crate::findings::{AllocationFigure, CellFinding, Findings, RowDetail, StepFigures};

/// A count, or the cell whose reason for having none is to be shown.
pub(super) type Count<'a> = (&'a CellFinding, Option<AllocationFigure>);

/// Allocations, reallocations included, of the smallest message, of the same when it is kept, and of a
/// handshake.
pub(in crate::render) struct AllocationTriple<'a> {
    plain: Option<&'a CellFinding>,
    kept: Option<&'a CellFinding>,
    connection: Option<&'a CellFinding>,
}

impl<'a> AllocationTriple<'a> {
    pub(super) fn of(findings: &'a Findings) -> Self {
        Self {
            plain: findings.message_allocation_cell(false),
            kept: findings.message_allocation_cell(true),
            connection: findings.allocation_cells().find(|cell| {
                matches!(
                    cell.scenario.kind,
                    ScenarioKind::AllocationsPerConnection { .. }
                )
            }),
        }
    }

    /// The words for the figures that are there.
    pub(super) fn title(&self) -> String {
        let words = [
            self.plain.map(|_| "message"),
            self.kept.map(|_| "kept message"),
            self.connection.map(|_| "handshake"),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(" / ")
    }

    /// The figures, or a cell's reason for having none.
    pub(super) fn figures(&self, entry: usize) -> Vec<Count<'a>> {
        let handshake = |step: &StepFigures| step.subject == AllocationSubject::Handshake;
        [
            self.plain.map(|cell| count(cell, entry, is_message)),
            self.kept.map(|cell| count(cell, entry, is_message)),
            self.connection.map(|cell| count(cell, entry, handshake)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The first of them alone.
    pub(super) fn of_a_message(&self) -> Option<PerMessage<'a>> {
        self.plain.map(PerMessage)
    }
}

/// Those of the smallest message that is not kept.
#[derive(Clone, Copy)]
pub(super) struct PerMessage<'a>(&'a CellFinding);

impl<'a> PerMessage<'a> {
    pub(super) fn figure(self, entry: usize) -> Count<'a> {
        count(self.0, entry, is_message)
    }
}

/// Steps are in the order of their sizes, the smallest first.
fn is_message(step: &StepFigures) -> bool {
    matches!(step.subject, AllocationSubject::Message { .. })
}

fn count(cell: &CellFinding, entry: usize, wanted: fn(&StepFigures) -> bool) -> Count<'_> {
    let steps = cell.detail(entry).and_then(RowDetail::allocations);
    let step = steps.and_then(|detail| detail.steps.iter().find(|step| wanted(step)));
    (cell, step.and_then(calls))
}

/// New and resized blocks together: both are calls of the allocator.
pub(crate) fn calls(step: &StepFigures) -> Option<AllocationFigure> {
    let (new, resized) = (step.allocations?, step.reallocations?);
    Some(AllocationFigure {
        per_time: new.per_time + resized.per_time,
        is_exact: new.is_exact && resized.is_exact,
    })
}
