//! The answer from counts, which don't wobble.

use record::{AllocationSubject, Role, ScenarioKind};

use super::{Answer, Leader, split, words};
use crate::{
    findings::{AllocationFigure, CellFinding, EntryFinding, Findings, RowDetail, StepFigures},
    text::{allocation, bytes},
};

/// Counts that differ by less are the same.
const SAME: f64 = 0.0005;

/// What a kept message allocates, or any message where none is kept.
pub(super) fn answer(findings: &Findings) -> Option<Answer> {
    let (cell, size_bytes, keep) = cell(findings)?;
    let mut counted: Vec<(&EntryFinding, AllocationFigure)> = findings
        .rows_without_twin()
        .filter(|(_, entry)| entry.key.role == Role::Contender && entry.not_admitted.is_none())
        .filter_map(|(index, entry)| Some((entry, calls(cell, index, size_bytes)?)))
        .collect();
    counted.sort_by(|left, right| left.1.per_time.total_cmp(&right.1.per_time));
    let least = counted.first()?.1.per_time;
    let leading: Vec<Leader> = counted
        .iter()
        .filter(|(_, figure)| figure.per_time - least < SAME)
        .map(|(entry, figure)| Leader {
            name: entry.label_with_version(),
            figure: allocation(Some(*figure)),
        })
        .collect();
    let verdict = if least < SAME {
        format!(
            "{} of {} rows call the allocator for no message at all.",
            leading.len(),
            counted.len()
        )
    } else {
        format!(
            "{} of {} rows call the allocator least often.",
            leading.len(),
            counted.len()
        )
    };
    let (leaders, further) = split(leading);
    let kept = if keep > 0 {
        format!("of which the server keeps the last {keep}")
    } else {
        "none of which is kept".to_owned()
    };
    Some(Answer {
        title: words::title(cell),
        what: format!(
            "Allocations and reallocations per message of {}, {kept}",
            bytes(size_bytes)
        ),
        verdict,
        leaders,
        further,
        context: String::new(),
        sure: "counted, not timed; a figure without ≈ was the same in every count of every trial."
            .to_owned(),
        rule: None,
        section: "allocations",
    })
}

/// The cell with kept messages if there is one, its smallest size and how many
/// are kept.
fn cell(findings: &Findings) -> Option<(&CellFinding, u64, u32)> {
    let mut cells: Vec<(&CellFinding, u64, u32)> = findings
        .allocation_cells()
        .filter_map(|cell| match &cell.scenario.kind {
            ScenarioKind::AllocationsPerMessage {
                sizes_bytes, keep, ..
            } => Some((cell, *sizes_bytes.first()?, *keep)),
            _ => None,
        })
        .collect();
    cells.sort_by_key(|(_, _, keep)| *keep == 0);
    cells.first().copied()
}

fn calls(cell: &CellFinding, entry: usize, size_bytes: u64) -> Option<AllocationFigure> {
    let detail = cell.detail(entry).and_then(RowDetail::allocations)?;
    let of_size = |step: &&StepFigures| step.subject == AllocationSubject::Message { size_bytes };
    let step = detail.steps.iter().find(of_size)?;
    let (new, resized) = (step.allocations?, step.reallocations?);
    Some(AllocationFigure {
        per_time: new.per_time + resized.per_time,
        is_exact: new.is_exact && resized.is_exact,
    })
}
