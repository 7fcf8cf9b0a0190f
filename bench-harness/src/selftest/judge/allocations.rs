//! Is every allocation counted, and none besides?

use record::Role;
use report::findings::{AllocationFigure, RowDetail};

use super::{Evidence, verdict};
use crate::selftest::{
    Claim,
    experiment::{ALLOCATION_BYTES, ALLOCATIONS, allocating},
    verdict::{Expected, Outcome, Seen, Verdict},
};

pub(super) fn judge(evidence: &Evidence) -> Vec<Verdict> {
    ALLOCATIONS
        .iter()
        .map(|&allocations| {
            let name = allocating(allocations);
            let bytes = allocations * ALLOCATION_BYTES;
            let expected = Expected::Allocations { allocations, bytes };
            let found = found(evidence, &name, allocations, bytes);
            verdict(Claim::Allocations, &name, expected, found)
        })
        .collect()
}

fn found(evidence: &Evidence, name: &str, allocations: u64, bytes: u64) -> (Seen, Outcome) {
    let detail = evidence
        .entry(name, Role::Contender)
        .and_then(|entry| evidence.findings.cells.first()?.detail(entry))
        .and_then(RowDetail::allocations);
    let Some(detail) = detail.filter(|detail| !detail.steps.is_empty()) else {
        return evidence.no_figure(name);
    };
    let is = |figure: Option<AllocationFigure>, truth: u64| {
        figure.is_some_and(|figure| figure.is_exact && figure.per_time == truth as f64)
    };
    let holds = detail.steps.iter().all(|step| {
        is(step.allocations, allocations)
            && is(step.allocated_bytes, bytes)
            && is(step.reallocations, 0)
            && is(step.live_bytes, 0)
    });
    let steps = detail
        .steps
        .iter()
        .map(|step| {
            let per_time = |figure: Option<AllocationFigure>| figure.map(|figure| figure.per_time);
            let exact = [step.allocations, step.allocated_bytes]
                .into_iter()
                .all(|figure| figure.is_some_and(|figure| figure.is_exact));
            (
                per_time(step.allocations),
                per_time(step.allocated_bytes),
                exact,
            )
        })
        .collect();
    let outcome = if holds {
        Outcome::Held
    } else {
        Outcome::NotHeld
    };
    (Seen::Allocations { steps }, outcome)
}
