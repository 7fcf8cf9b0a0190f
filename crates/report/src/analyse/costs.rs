//! Trials of exact costs.

use std::collections::BTreeSet;

use record::{CostMeasurement, CostPass, CostStep, Measurement, TrialRecord};

use super::cell::{RowFigures, median};
use crate::findings::{CostDetail, CostFigure, RowDetail};

/// Parts below this are left out: a call at the start or the end whose number
/// varies by one.
const LEAST: f64 = 0.02;

fn costs_of(trial: &TrialRecord) -> Option<&CostMeasurement> {
    match trial.measurement.as_ref()? {
        Measurement::Costs(measured) => Some(measured),
        _ => None,
    }
}

/// Counts by the slope of two passes; no interval and no verdict, but the range
/// over the trials.
pub(super) fn figures(valid: &[&TrialRecord]) -> RowFigures {
    let measured: Vec<&CostMeasurement> =
        valid.iter().filter_map(|trial| costs_of(trial)).collect();
    let mut figures = RowFigures::default();
    let Some(first) = measured.first() else {
        return figures;
    };
    let sizes = first.steps.iter().map(|step| step.size_bytes);
    let found = sizes.filter_map(|size_bytes| {
        let steps: Vec<&CostStep> = measured
            .iter()
            .flat_map(|it| &it.steps)
            .filter(|step| step.size_bytes == size_bytes)
            .collect();
        figure(size_bytes, &steps)
    });
    figures.detail = Some(RowDetail::Costs(CostDetail {
        counted: first.counted,
        tool: first.tool.clone(),
        figures: found.collect(),
    }));
    figures
}

fn figure(size_bytes: u64, steps: &[&CostStep]) -> Option<CostFigure> {
    let slopes = |count: &dyn Fn(&CostPass) -> u64| -> Vec<f64> {
        let slopes = steps.iter().map(|step| slope(step, count));
        slopes.collect::<Option<_>>().unwrap_or_default()
    };
    let totals = slopes(&|pass| pass.total);
    let names: BTreeSet<&String> = steps
        .iter()
        .flat_map(|step| step.more.by_name.keys().chain(step.fewer.by_name.keys()))
        .collect();
    let mut by_name: Vec<(String, f64)> = names
        .into_iter()
        .filter_map(|name| {
            let of = slopes(&|pass| pass.by_name.get(name).copied().unwrap_or(0));
            Some((name.clone(), median(of.into_iter())?))
        })
        .filter(|(_, value)| value.abs() >= LEAST)
        .collect();
    by_name.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    Some(CostFigure {
        size_bytes,
        per_message: median(totals.iter().copied())?,
        lowest: totals.iter().copied().reduce(f64::min)?,
        highest: totals.iter().copied().reduce(f64::max)?,
        by_name,
    })
}

/// What each further message adds; `None` when the passes had equally many.
fn slope(step: &CostStep, count: &dyn Fn(&CostPass) -> u64) -> Option<f64> {
    let messages = step.more.messages as f64 - step.fewer.messages as f64;
    (messages != 0.0).then(|| (count(&step.more) as f64 - count(&step.fewer) as f64) / messages)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pass(messages: u64, total: u64, calls: &[(&str, u64)]) -> CostPass {
        CostPass {
            messages,
            total,
            by_name: calls
                .iter()
                .map(|&(name, count)| (name.to_owned(), count))
                .collect(),
        }
    }

    fn step(fewer: CostPass, more: CostPass) -> CostStep {
        CostStep {
            size_bytes: 125,
            fewer,
            more,
        }
    }

    proptest! {
        #[test]
        fn start_and_end_cancel_whatever_they_cost(
            start in 0_u64..1 << 40, cost in 0_u64..1 << 20, fewer in 1_u64..10_000,
            further in 1_u64..10_000,
        ) {
            let at = |messages: u64| {
                let calls = cost * messages;
                pass(messages, start + calls, &[("read", calls), ("execve", start)])
            };
            let step = step(at(fewer), at(fewer + further));
            let figure = figure(125, &[&step, &step]).unwrap();
            prop_assert_eq!(figure.per_message, cost as f64);
            prop_assert_eq!((figure.lowest, figure.highest), (cost as f64, cost as f64));
            prop_assert!(figure.is_steady());
            let read = (cost > 0).then(|| ("read".to_owned(), cost as f64));
            prop_assert_eq!(figure.by_name, read.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn trials_that_differ_show_their_range() {
        let steps = [4_000, 4_100, 4_400]
            .map(|calls| step(pass(500, 1_000, &[]), pass(1_500, 1_000 + calls, &[])));
        let figure = figure(125, &steps.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(figure.per_message, 4.1);
        assert_eq!((figure.lowest, figure.highest), (4.0, 4.4));
        assert!(!figure.is_steady());
    }

    #[test]
    fn calls_are_sorted_and_accidents_left_out() {
        let fewer = pass(100, 301, &[("futex", 1), ("send", 100), ("recv", 200)]);
        let more = pass(
            1_100,
            3_304,
            &[("futex", 4), ("send", 1_100), ("recv", 2_200)],
        );
        let figure = figure(125, &[&step(fewer, more)]).unwrap();
        let expected = [("recv", 2.0), ("send", 1.0)];
        assert_eq!(
            figure.by_name,
            expected.map(|(name, count)| (name.to_owned(), count))
        );
    }

    #[test]
    fn equal_passes_have_no_slope() {
        let same = step(pass(5, 10, &[]), pass(5, 11, &[]));
        assert_eq!(figure(125, &[&same]), None);
    }
}
