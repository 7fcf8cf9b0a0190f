//! Counts of allocations: exact, so that any change is a change, on whatever
//! machine.

use record::AllocationSubject;

use super::{
    cells::Common,
    change::{AllocationChange, AllocationQuantity, ChangeVerdict, NoVerdict},
};
use crate::findings::{AllocationFigure, CellFinding, RowDetail, StepFigures};

const QUANTITIES: [AllocationQuantity; 4] = [
    AllocationQuantity::Allocations,
    AllocationQuantity::Reallocations,
    AllocationQuantity::AllocatedBytes,
    AllocationQuantity::LiveBytes,
];

/// Every count of every row that either run has.
pub(super) fn changes(
    common: &Common<'_>,
    before: &CellFinding,
    after: &CellFinding,
) -> Vec<AllocationChange> {
    let mut changes = Vec::new();
    let subjects = subjects(before, after);
    for row in common.rows.iter().filter(|row| !row.is_unasked) {
        for &subject in &subjects {
            let then = step(before, row.before, subject);
            let now = step(after, row.after, subject);
            for quantity in QUANTITIES {
                let figure = |step: Option<&StepFigures>| figure_of(step?, quantity);
                let (then_figure, now_figure) = (figure(then), figure(now));
                let verdict = if then.is_none() || now.is_none() {
                    ChangeVerdict::Unknown {
                        reason: NoVerdict::NotMeasured {
                            lacks_before: then.is_none(),
                            lacks_after: now.is_none(),
                        },
                    }
                } else {
                    verdict(then_figure, now_figure)
                };
                changes.push(AllocationChange {
                    key: common.key(*row),
                    subject,
                    quantity,
                    before: then_figure.map(|it| it.per_time),
                    after: now_figure.map(|it| it.per_time),
                    verdict,
                });
            }
        }
    }
    changes
}

/// What was counted in either run, in the order of the counts.
fn subjects(before: &CellFinding, after: &CellFinding) -> Vec<AllocationSubject> {
    let mut subjects = Vec::new();
    for cell in [before, after] {
        for detail in cell.rows.iter().filter_map(|row| row.detail.as_ref()) {
            for step in detail.allocations().into_iter().flat_map(|it| &it.steps) {
                if !subjects.contains(&step.subject) {
                    subjects.push(step.subject);
                }
            }
        }
    }
    subjects
}

fn step(cell: &CellFinding, entry: usize, subject: AllocationSubject) -> Option<&StepFigures> {
    let detail = cell.detail(entry).and_then(RowDetail::allocations)?;
    detail.steps.iter().find(|step| step.subject == subject)
}

fn figure_of(step: &StepFigures, quantity: AllocationQuantity) -> Option<AllocationFigure> {
    match quantity {
        AllocationQuantity::Allocations => step.allocations,
        AllocationQuantity::Reallocations => step.reallocations,
        AllocationQuantity::AllocatedBytes => step.allocated_bytes,
        AllocationQuantity::LiveBytes => step.live_bytes,
    }
}

fn verdict(before: Option<AllocationFigure>, after: Option<AllocationFigure>) -> ChangeVerdict {
    let unknown = |reason| ChangeVerdict::Unknown { reason };
    let (Some(before), Some(after)) = (before, after) else {
        return unknown(NoVerdict::NotCounted);
    };
    if !before.is_exact || !after.is_exact {
        return unknown(NoVerdict::CountsVary);
    }
    if after.per_time == before.per_time {
        ChangeVerdict::Tied
    } else if after.per_time < before.per_time {
        ChangeVerdict::Better
    } else {
        ChangeVerdict::Worse
    }
}
