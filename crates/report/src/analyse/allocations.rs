//! Allocation trials.

use record::{AllocationCounts, AllocationMeasurement, AllocationStep, Measurement, TrialRecord};

use super::cell::{RowFigures, median, ratio};
use crate::findings::{AllocationDetail, AllocationFigure, RowDetail, StepFigures};

fn allocations_of(trial: &TrialRecord) -> Option<&AllocationMeasurement> {
    match trial.measurement.as_ref()? {
        Measurement::Allocations(measured) => Some(measured),
        _ => None,
    }
}

/// Counts are exact, so there is no interval and no verdict: a figure is the
/// same in every count, or it says that it isn't.
pub(super) fn figures(valid: &[&TrialRecord]) -> RowFigures {
    let measured: Vec<&AllocationMeasurement> = valid
        .iter()
        .filter_map(|trial| allocations_of(trial))
        .collect();
    let mut figures = RowFigures::default();
    let Some(first) = measured.first() else {
        return figures;
    };
    let steps = first
        .steps
        .iter()
        .map(|step| {
            let same: Vec<&AllocationStep> = measured
                .iter()
                .flat_map(|it| &it.steps)
                .filter(|other| other.subject == step.subject)
                .collect();
            StepFigures {
                subject: step.subject,
                allocations: figure(&same, |counts| signed(counts.allocations)),
                reallocations: figure(&same, |counts| signed(counts.reallocations)),
                allocated_bytes: figure(&same, |counts| signed(counts.allocated_bytes)),
                live_bytes: figure(&same, |counts| counts.live_bytes),
            }
        })
        .collect();
    figures.detail = Some(RowDetail::Allocations(AllocationDetail {
        keep: first.keep,
        steps,
    }));
    figures
}

fn signed(count: Option<u64>) -> Option<i64> {
    count.map(|count| i64::try_from(count).unwrap_or(i64::MAX))
}

fn figure(
    steps: &[&AllocationStep],
    count: impl Fn(&AllocationCounts) -> Option<i64>,
) -> Option<AllocationFigure> {
    let mut per_time = Vec::with_capacity(2 * steps.len());
    for step in steps {
        for counts in [&step.counts, &step.counts_again] {
            per_time.push(ratio(count(counts)? as f64, step.times as f64)?);
        }
    }
    let first = *per_time.first()?;
    Some(AllocationFigure {
        is_exact: per_time.iter().all(|value| *value == first),
        per_time: median(per_time.into_iter())?,
    })
}
