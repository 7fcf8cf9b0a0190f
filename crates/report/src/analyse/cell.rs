//! One cell over all rows.

use std::collections::BTreeMap;

use record::{Beside, BuildOutcome, ScenarioKind};
use statistics::{BlockValue, Sample};

use super::{
    allocations, comparison, costs, echo, flaws, handshakes, idle, speed,
    trials::{RowTrials, Trials},
};
use crate::{
    Run,
    findings::{
        CellFinding, CellRow, EntryFinding, FlawNote, Metric, RowDetail, RowStatus, RungFacts,
    },
};

/// What the valid trials of a row give.
#[derive(Default)]
pub(super) struct RowFigures {
    /// Values by block, of each metric that is there.
    pub(super) series: BTreeMap<Metric, Vec<BlockValue>>,
    /// By block: the reference's rounds beside those of this row.
    pub(super) beside: BTreeMap<u32, Beside>,
    /// Figures of the cell's kind.
    pub(super) detail: Option<RowDetail>,
    /// What could not be read from valid trials.
    faults: Vec<FlawNote>,
}

impl RowFigures {
    /// The values of a metric.
    pub(super) fn values(&self, metric: Metric) -> impl Iterator<Item = f64> {
        self.series
            .get(&metric)
            .into_iter()
            .flatten()
            .map(|value| value.value)
    }

    /// Notes that a part of a valid trial's record is damaged.
    pub(super) fn fault(&mut self, block: u32, error: &dyn std::error::Error) {
        self.faults.push(FlawNote {
            short: "damaged record".to_owned(),
            text: error.to_string(),
            blocks: vec![block],
        });
    }
}

pub(super) fn find(
    run: &Run,
    index: usize,
    entries: &[EntryFinding],
    trials: &Trials<'_>,
) -> Option<CellFinding> {
    let plan = &run.header.plan;
    let cell = plan.cells.get(index)?;
    let scenario = plan.scenario_of(cell)?;
    let mut rows = Vec::with_capacity(entries.len());
    let mut all: Vec<RowFigures> = Vec::with_capacity(entries.len());
    for (position, entry) in entries.iter().enumerate() {
        let recorded = trials.row(&cell.name, &entry.key);
        let mut figures = figures(run, &scenario.kind, recorded);
        let valid = recorded.valid().into_iter();
        figures.beside = valid
            .filter_map(|trial| Some((trial.block, trial.beside?)))
            .collect();
        let mut notes = flaws::notes(&recorded.recorded);
        notes.append(&mut figures.faults);
        rows.push(CellRow {
            entry: position,
            status: status(recorded, entry, &scenario.kind),
            planned_blocks: recorded.planned_blocks.len(),
            recorded_trials: recorded.counting.len(),
            valid_trials: recorded.valid().len(),
            flaws: notes,
            detail: None,
        });
        all.push(figures);
    }
    let reference = entries.iter().position(|entry| entry.is_reference);
    let levels = speed::put_at_reference_speed(&mut all, reference);
    let mut series = Vec::with_capacity(entries.len());
    for (row, figures) in rows.iter_mut().zip(all) {
        row.detail = figures.detail;
        series.push(figures.series);
    }
    let metrics = metrics_of(&scenario.kind)
        .iter()
        .map(|metric| {
            let values: Vec<&[BlockValue]> = series
                .iter()
                .map(|row| row.get(metric).map_or(&[][..], Vec::as_slice))
                .collect();
            let level = levels.get(metric).copied();
            comparison::find(*metric, &values, level, entries, &rows)
        })
        .collect();
    let blocks = entries
        .iter()
        .flat_map(|entry| trials.row(&cell.name, &entry.key).recorded_blocks())
        .collect::<std::collections::BTreeSet<u32>>()
        .len();
    Some(CellFinding {
        name: cell.name.clone(),
        scenario: scenario.clone(),
        rung: rung_facts(run, &scenario.kind, &scenario.name, cell.rung),
        blocks,
        metrics,
        rows,
    })
}

fn figures(run: &Run, kind: &ScenarioKind, row: &RowTrials<'_>) -> RowFigures {
    let valid = row.valid();
    let host = &run.header.host;
    match kind {
        ScenarioKind::Echo { message, .. } => echo::figures(&valid, *message, false, host),
        ScenarioKind::RateLadder { message, .. } => echo::figures(&valid, *message, true, host),
        ScenarioKind::Handshakes { .. } => handshakes::figures(&valid, &row.recorded, host),
        ScenarioKind::Idle { .. } => idle::figures(&valid),
        ScenarioKind::PerMessageCosts { .. } => costs::figures(&valid),
        ScenarioKind::AllocationsPerMessage { .. }
        | ScenarioKind::AllocationsPerConnection { .. } => allocations::figures(&valid),
    }
}

fn metrics_of(kind: &ScenarioKind) -> &'static [Metric] {
    match kind {
        ScenarioKind::Echo { .. } => &[
            Metric::ServerCpuNsPerMessage,
            Metric::GeneratorCpuNsPerMessage,
            Metric::MessagesPerS,
        ],
        ScenarioKind::RateLadder { .. } => &[
            Metric::ServerCpuNsPerMessage,
            Metric::ResponseP50Ns,
            Metric::ResponseP99Ns,
        ],
        ScenarioKind::Handshakes { .. } => &[
            Metric::ServerCpuNsPerHandshake,
            Metric::HandshakesPerS,
            Metric::HandshakeP50Ns,
            Metric::HandshakeP99Ns,
        ],
        ScenarioKind::Idle { .. } => {
            &[Metric::RssBytesPerConnection, Metric::PssBytesPerConnection]
        }
        ScenarioKind::PerMessageCosts { .. }
        | ScenarioKind::AllocationsPerMessage { .. }
        | ScenarioKind::AllocationsPerConnection { .. } => &[],
    }
}

fn status(row: &RowTrials<'_>, entry: &EntryFinding, kind: &ScenarioKind) -> RowStatus {
    if !row.valid().is_empty() {
        return RowStatus::Measured;
    }
    if !row.recorded.is_empty() {
        return RowStatus::Invalid;
    }
    if matches!(entry.build, Some(BuildOutcome::Failed { .. })) {
        let reason = "did not build".to_owned();
        return RowStatus::Excluded { reason };
    }
    if let Some(BuildOutcome::ToolchainMissing(missing)) = &entry.build {
        let reason = missing.to_string();
        return RowStatus::Excluded { reason };
    }
    if !entry.check_flaws.is_empty() {
        let reason = "failed the check".to_owned();
        return RowStatus::Excluded { reason };
    }
    if let Some(reason) = kind.inapplicable_to(entry.protocol) {
        return RowStatus::NotApplicable { reason };
    }
    if row.planned_blocks.is_empty() {
        RowStatus::NotPlanned
    } else {
        RowStatus::NotYet
    }
}

fn rung_facts(
    run: &Run,
    kind: &ScenarioKind,
    scenario: &str,
    rung: Option<usize>,
) -> Option<RungFacts> {
    let ScenarioKind::RateLadder { rungs, .. } = kind else {
        return None;
    };
    let index = rung?;
    let rung = rungs.get(index)?;
    let calibration = run
        .header
        .calibrations
        .iter()
        .find(|it| it.scenario == scenario);
    Some(RungFacts {
        name: rung.name.clone(),
        fraction_of_slowest: rung.fraction_of_slowest,
        rate_per_s: calibration
            .and_then(|it| it.rung_rates_per_s.get(index))
            .copied(),
    })
}

/// `dividend / divisor`, unless there is nothing to divide by.
pub(super) fn ratio(dividend: f64, divisor: f64) -> Option<f64> {
    (divisor > 0.0).then(|| dividend / divisor)
}

/// The median of values that are there.
pub(super) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    Sample::new(values.collect())
        .ok()
        .map(|sample| sample.median())
}
