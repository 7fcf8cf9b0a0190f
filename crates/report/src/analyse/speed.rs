//! Figures at the speed of the reference.
//!
//! The speed of a machine that is shared changes by a third within a fraction
//! of a second. Where every round of a server had rounds of the reference beside
//! it, its value says how much dearer it was than the reference just then; times
//! the reference's median it is a figure again, at one speed for all rows.

use std::collections::BTreeMap;

use record::Beside;
use statistics::{BlockValue, Sample};

use super::cell::{RowFigures, ratio};
use crate::findings::{Metric, RowDetail};

/// What the reference reached in the rounds beside another server's.
fn of_reference(beside: &Beside, metric: Metric) -> Option<f64> {
    let (dividend, divisor) = match metric {
        Metric::ServerCpuNsPerMessage | Metric::ServerCpuNsPerHandshake => {
            (beside.observed_cpu_ns? as f64, beside.completed as f64)
        }
        Metric::GeneratorCpuNsPerMessage => {
            (beside.generator_cpu_ns as f64, beside.completed as f64)
        }
        Metric::MessagesPerS | Metric::HandshakesPerS => (
            beside.completed_in_window as f64 * 1e9,
            beside.window_ns as f64,
        ),
        _ => return None,
    };
    ratio(dividend, divisor).filter(|value| *value > 0.0)
}

/// Puts the values of all rows but the reference at its median speed, by each
/// metric for which all of them can be. Says by metric what that median is.
pub(super) fn put_at_reference_speed(
    rows: &mut [RowFigures],
    reference: Option<usize>,
) -> BTreeMap<Metric, f64> {
    let mut levels = BTreeMap::new();
    let Some(reference) = reference else {
        return levels;
    };
    for (metric, values) in rows[reference].series.clone() {
        let Some(level) = median(&values) else {
            continue;
        };
        let put: Option<Vec<_>> = rows
            .iter()
            .enumerate()
            .map(|(row, figures)| {
                let values = figures.series.get(&metric).map_or(&[][..], Vec::as_slice);
                if row == reference {
                    return Some(values.to_vec());
                }
                let at_level = |it: &BlockValue| {
                    let beside = of_reference(figures.beside.get(&it.block)?, metric)?;
                    let value = it.value * level / beside;
                    Some(BlockValue { value, ..*it })
                };
                values.iter().map(at_level).collect()
            })
            .collect();
        let is_alone = rows
            .iter()
            .enumerate()
            .all(|(row, figures)| row == reference || !figures.series.contains_key(&metric));
        let Some(put) = put.filter(|_| !is_alone) else {
            continue;
        };
        for (figures, values) in rows.iter_mut().zip(put) {
            if !values.is_empty() {
                figures.put(metric, values);
            }
        }
        levels.insert(metric, level);
    }
    levels
}

fn median(values: &[BlockValue]) -> Option<f64> {
    let sample = Sample::new(values.iter().map(|it| it.value).collect()).ok()?;
    Some(sample.median())
}

impl RowFigures {
    /// Replaces the values of a metric, and what was derived from their median.
    fn put(&mut self, metric: Metric, values: Vec<BlockValue>) {
        let before = self.series.get(&metric).and_then(|values| median(values));
        let factor = median(&values)
            .zip(before)
            .and_then(|(now, then)| ratio(now, then));
        if let (Some(RowDetail::Echo(detail)), Some(factor)) = (&mut self.detail, factor) {
            match metric {
                Metric::ServerCpuNsPerMessage => {
                    for part in [
                        &mut detail.user_ns_per_message,
                        &mut detail.kernel_ns_per_message,
                    ] {
                        *part = part.map(|ns| ns * factor);
                    }
                }
                Metric::MessagesPerS => detail.mib_per_s *= factor,
                _ => {}
            }
        }
        self.series.insert(metric, values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CPU: Metric = Metric::ServerCpuNsPerMessage;

    fn beside(ns: u64) -> Beside {
        Beside {
            rounds: 2,
            window_ns: 1_000,
            completed_in_window: 10,
            completed: 10,
            observed_cpu_ns: Some(10 * ns),
            generator_cpu_ns: 10,
        }
    }

    /// Values by block, each with what the reference took beside it.
    fn row(values: &[(f64, Option<u64>)]) -> RowFigures {
        let mut figures = RowFigures::default();
        for (block, (value, reference_ns)) in (0..).zip(values) {
            figures.push(CPU, block, Some(*value));
            if let Some(ns) = reference_ns {
                figures.beside.insert(block, beside(*ns));
            }
        }
        figures
    }

    fn values(figures: &RowFigures) -> Vec<f64> {
        figures.series[&CPU].iter().map(|it| it.value).collect()
    }

    #[test]
    fn what_slowed_both_is_in_no_figure() {
        let reference = [(100.0, None), (130.0, None), (100.0, None)];
        // Half as dear in each block, however fast the machine was.
        let other = [(50.0, Some(100)), (75.0, Some(150)), (40.0, Some(80))];
        let mut rows = [row(&reference), row(&other)];
        let levels = put_at_reference_speed(&mut rows, Some(0));
        assert_eq!(levels[&CPU], 100.0);
        assert_eq!(values(&rows[0]), [100.0, 130.0, 100.0]);
        assert_eq!(values(&rows[1]), [50.0, 50.0, 50.0]);
    }

    #[test]
    fn all_rows_are_put_or_none() {
        let reference = [(100.0, None), (130.0, None)];
        let with = [(50.0, Some(100)), (75.0, Some(150))];
        let without = [(50.0, Some(100)), (75.0, None)];
        let mut rows = [row(&reference), row(&with), row(&without)];
        assert!(put_at_reference_speed(&mut rows, Some(0)).is_empty());
        assert_eq!(values(&rows[1]), [50.0, 75.0]);
        let mut rows = [row(&with)];
        assert!(put_at_reference_speed(&mut rows, None).is_empty());
        assert!(put_at_reference_speed(&mut rows, Some(0)).is_empty());
    }
}
