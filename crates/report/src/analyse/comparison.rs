//! Rows against the reference, by one metric.

use record::Role;
use statistics::{
    BLOCKS_FOR_AN_INTERVAL, BlockValue, Comparison, Family, PairingError, Sample, Verdict,
    interval_of_median, judge, noise_floor, paired_log_ratios,
};

use super::letters;
use crate::findings::{
    CellRow, EntryFinding, Estimate, Metric, MetricFinding, NoFloor, NoiseFloor, NotCompared,
    RowDetail,
};

pub(super) fn find(
    metric: Metric,
    series: &[&[BlockValue]],
    level: Option<f64>,
    entries: &[EntryFinding],
    rows: &[CellRow],
) -> MetricFinding {
    let reference = entries.iter().position(|entry| entry.is_reference);
    let counts_as = |row: usize| level.filter(|_| Some(row) == reference);
    let levelled: Vec<BlockValue> = reference
        .zip(level)
        .map(|(reference, value)| {
            let blocks = series[reference].iter();
            blocks.map(|it| BlockValue { value, ..*it }).collect()
        })
        .unwrap_or_default();
    let compared: Vec<&[BlockValue]> = series
        .iter()
        .enumerate()
        .map(|(row, values)| counts_as(row).map_or(*values, |_| levelled.as_slice()))
        .collect();
    let table = Table {
        metric,
        series: &compared,
        entries,
        rows,
    };
    let floor = table.noise_floor();
    let against: Vec<Result<Sample, NotCompared>> = (0..entries.len())
        .map(|row| table.against_reference(row))
        .collect();
    let (family, comparisons) = table.judged(&against, floor.as_ref().ok());
    let letters = letters::of(&table, floor.as_ref().ok(), &comparisons);
    let estimates = (0..entries.len())
        .map(|row| {
            let reason = against[row].as_ref().err();
            let mut found = estimate(series[row], comparisons[row])?;
            found.counts_as = counts_as(row);
            found.not_compared = reason.copied().filter(|_| !entries[row].is_reference);
            found.letters.clone_from(&letters.by_row[row]);
            Some(found)
        })
        .collect();
    MetricFinding {
        metric,
        direction: metric.direction(),
        noise_floor: floor.ok(),
        no_floor: floor.err(),
        family,
        letters_family: letters.family,
        rows: estimates,
    }
}

/// What one metric of one cell is compared from.
pub(super) struct Table<'a> {
    pub(super) metric: Metric,
    pub(super) series: &'a [&'a [BlockValue]],
    pub(super) entries: &'a [EntryFinding],
    rows: &'a [CellRow],
}

impl Table<'_> {
    /// Why a row may not be compared, whatever the reference: one that isn't
    /// admitted does other work than the rest. A rate that is
    /// the generator's says nothing about the server, and neither does a time
    /// that follows from that rate.
    fn own_reason(&self, row: usize) -> Option<NotCompared> {
        if !self.metric.is_compared() {
            return Some(NotCompared::NotAboutServers);
        }
        if self.entries[row].not_admitted.is_some() {
            return Some(NotCompared::NotAdmitted);
        }
        let detail = self.rows[row].detail.as_ref();
        let is_bound = detail.is_some_and(RowDetail::is_generator_bound);
        (is_bound && self.metric.follows_the_rate()).then_some(NotCompared::GeneratorBound)
    }

    /// The row that ratios are taken against.
    pub(super) fn reference(&self) -> Result<usize, NotCompared> {
        let reference = self.entries.iter().position(|entry| entry.is_reference);
        let reference = reference.ok_or(NotCompared::NoReference)?;
        if self.series[reference].is_empty() {
            return Err(NotCompared::ReferenceHasNoFigure);
        }
        match self.own_reason(reference) {
            None => Ok(reference),
            Some(NotCompared::GeneratorBound) => Err(NotCompared::ReferenceGeneratorBound),
            Some(NotCompared::NotAdmitted) => Err(NotCompared::ReferenceNotAdmitted),
            Some(other) => Err(other),
        }
    }

    /// The log-ratios of two rows, block by block.
    pub(super) fn log_ratios(&self, row: usize, base: usize) -> Result<Sample, NotCompared> {
        let ratios = paired_log_ratios(self.series[row], self.series[base])
            .map_err(|PairingError::NotPositive { block }| NotCompared::NotPositive { block })?;
        Sample::new(ratios.iter().map(|ratio| ratio.value).collect())
            .map_err(|_| NotCompared::NoCommonBlocks)
    }

    fn against_reference(&self, row: usize) -> Result<Sample, NotCompared> {
        if let Some(reason) = self.own_reason(row) {
            return Err(reason);
        }
        self.log_ratios(row, self.reference()?)
    }

    fn noise_floor(&self) -> Result<NoiseFloor, NoFloor> {
        let is_twin = |entry: &EntryFinding| entry.key.role == Role::Again;
        let twin = self.entries.iter().position(is_twin);
        let twin = twin.ok_or(NoFloor::NoTwin)?;
        if self.series[twin].is_empty() {
            return Err(NoFloor::TwinHasNoFigure);
        }
        let log_ratios = self
            .against_reference(twin)
            .map_err(|reason| NoFloor::TwinNotCompared { reason })?;
        let blocks = log_ratios.len();
        let log_ratio = noise_floor(&log_ratios).ok_or(NoFloor::TooFewBlocks {
            blocks,
            needed: BLOCKS_FOR_AN_INTERVAL,
        })?;
        Ok(NoiseFloor {
            log_ratio,
            factor: log_ratio.exp(),
            blocks,
        })
    }

    /// One comparison per row with the reference. The twin is judged by itself:
    /// it is no contender and must not cost the others any significance.
    fn judged(
        &self,
        against: &[Result<Sample, NotCompared>],
        floor: Option<&NoiseFloor>,
    ) -> (Option<Family>, Vec<Option<Comparison>>) {
        let floor = floor.map(|floor| floor.log_ratio);
        let direction = self.metric.direction();
        let is_twin = |row: usize| self.entries[row].key.role == Role::Again;
        let samples: Vec<Option<Sample>> = against
            .iter()
            .enumerate()
            .map(|(row, sample)| {
                let takes_part = !self.entries[row].is_reference && !is_twin(row);
                sample.as_ref().ok().filter(|_| takes_part).cloned()
            })
            .collect();
        let mut judged = judge(&samples, floor, direction);
        for row in (0..against.len()).filter(|row| is_twin(*row)) {
            let twin = against[row].as_ref().ok().cloned();
            judged[row] = judge(&[twin], floor, direction).pop().flatten();
        }
        let family = Family::of(&samples);
        (Some(family).filter(|family| family.comparisons > 0), judged)
    }
}

/// The estimate of a row, before it is known what else may be said about it.
fn estimate(values: &[BlockValue], comparison: Option<Comparison>) -> Option<Estimate> {
    let sample = Sample::new(values.iter().map(|value| value.value).collect()).ok()?;
    let median = sample.median();
    let interval = interval_of_median(&sample);
    let ratio_interval = comparison.map(|comparison| comparison.ratio_interval());
    Some(Estimate {
        blocks: values.to_vec(),
        counts_as: None,
        median,
        hodges_lehmann: sample.hodges_lehmann(),
        interval,
        spread_percent: (median != 0.0).then(|| interval.half_width() / median.abs() * 100.0),
        ratio: comparison.map(|comparison| comparison.ratio()),
        ratio_lower: ratio_interval.map(|interval| interval.lower),
        ratio_upper: ratio_interval.map(|interval| interval.upper),
        comparison,
        not_compared: None,
        letters: String::new(),
    })
}

impl Estimate {
    /// What may be said against the reference.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.comparison.map(|comparison| comparison.verdict)
    }
}
