//! Trials of idle connections.

use std::collections::BTreeMap;

use record::{IdleLevel, Measurement, TrialRecord};

use super::cell::{RowFigures, median, ratio};
use crate::findings::{IdleDetail, IdleLevelFigure, Metric, RowDetail};

fn levels_of(trial: &TrialRecord) -> Option<&[IdleLevel]> {
    match trial.measurement.as_ref()? {
        Measurement::Idle { levels } => Some(levels),
        _ => None,
    }
}

pub(super) fn figures(valid: &[&TrialRecord]) -> RowFigures {
    let mut figures = RowFigures::default();
    let mut by_level: BTreeMap<u64, Vec<&IdleLevel>> = BTreeMap::new();
    for trial in valid {
        let Some(levels) = levels_of(trial) else {
            continue;
        };
        for level in levels {
            by_level.entry(level.connections).or_default().push(level);
        }
        figures.push(
            Metric::RssBytesPerConnection,
            trial.block,
            slope(levels, |level| level.memory.rss_bytes),
        );
        figures.push(
            Metric::PssBytesPerConnection,
            trial.block,
            slope(levels, |level| level.memory.pss_bytes),
        );
    }
    let levels: Vec<IdleLevelFigure> = by_level
        .into_iter()
        .filter_map(|(connections, levels)| {
            let over = |value: fn(&IdleLevel) -> u64| {
                median(levels.iter().map(|level| value(level) as f64))
            };
            Some(IdleLevelFigure {
                connections,
                rss_bytes: over(|level| level.memory.rss_bytes)?,
                pss_bytes: over(|level| level.memory.pss_bytes)?,
                threads: over(|level| level.threads)?,
            })
        })
        .collect();
    if !levels.is_empty() {
        figures.detail = Some(RowDetail::Idle(IdleDetail { levels }));
    }
    figures
}

/// Bytes per connection between the lowest and the highest level: what the
/// process needs without connections cancels.
fn slope(levels: &[IdleLevel], bytes: impl Fn(&IdleLevel) -> u64) -> Option<f64> {
    let lowest = levels.iter().min_by_key(|level| level.connections)?;
    let highest = levels.iter().max_by_key(|level| level.connections)?;
    let connections = (highest.connections - lowest.connections) as f64;
    ratio(bytes(highest) as f64 - bytes(lowest) as f64, connections)
}
