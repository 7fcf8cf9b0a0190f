//! Rows against the reference and against each other, by one metric.

use std::collections::BTreeMap;

use record::Role;
use statistics::{
    BLOCKS_FOR_AN_INTERVAL, BlockValue, Comparison, Rule, Sample, Verdict, interval_of_median,
    judge, noise_floor, paired_log_ratios, tie_letters, told_apart,
};

use crate::findings::{
    CellRow, EntryFinding, Estimate, Metric, MetricFinding, NoiseFloor, RowDetail,
};

pub(super) fn find(
    metric: Metric,
    series: &[&[BlockValue]],
    entries: &[EntryFinding],
    rows: &[CellRow],
) -> MetricFinding {
    let table = Table {
        metric,
        series,
        entries,
        rows,
    };
    let floor = table.noise_floor();
    let comparisons = table.with_reference(floor.as_ref());
    let letters = table.letters(floor.as_ref(), &comparisons);
    let mut rules: BTreeMap<Rule, usize> = BTreeMap::new();
    for (entry, comparison) in entries.iter().zip(&comparisons) {
        if let Some(comparison) = comparison.filter(|_| entry.key.role != Role::Again) {
            *rules.entry(comparison.rule).or_default() += 1;
        }
    }
    let estimates = series
        .iter()
        .zip(comparisons)
        .zip(letters)
        .map(|((values, comparison), letters)| estimate(values, comparison, letters))
        .collect();
    MetricFinding {
        metric,
        direction: metric.direction(),
        noise_floor: floor,
        rules: rules.into_iter().collect(),
        rows: estimates,
    }
}

struct Table<'a> {
    metric: Metric,
    series: &'a [&'a [BlockValue]],
    entries: &'a [EntryFinding],
    rows: &'a [CellRow],
}

impl Table<'_> {
    /// Whether a row may be compared: a rate that is the generator's says
    /// nothing about the server.
    fn is_comparable(&self, row: usize) -> bool {
        let detail = self.rows[row].detail.as_ref();
        let is_rate = matches!(self.metric, Metric::MessagesPerS | Metric::HandshakesPerS);
        let is_bound = is_rate && detail.is_some_and(RowDetail::is_generator_bound);
        self.metric.is_compared() && !self.series[row].is_empty() && !is_bound
    }

    fn reference(&self) -> Option<usize> {
        let reference = self.entries.iter().position(|entry| entry.is_reference)?;
        self.is_comparable(reference).then_some(reference)
    }

    fn log_ratios(&self, row: usize, base: usize) -> Option<Sample> {
        let ratios = paired_log_ratios(self.series[row], self.series[base]).ok()?;
        Sample::new(ratios.iter().map(|ratio| ratio.value).collect()).ok()
    }

    fn noise_floor(&self) -> Option<NoiseFloor> {
        let reference = self.reference()?;
        let twin = self
            .entries
            .iter()
            .position(|entry| entry.key.role == Role::Again)?;
        let log_ratios = self.log_ratios(twin, reference)?;
        let log_ratio = noise_floor(&log_ratios);
        Some(NoiseFloor {
            log_ratio,
            percent: log_ratio.exp_m1() * 100.0,
            blocks: log_ratios.len(),
        })
    }

    /// One comparison per row with the reference. The twin is judged by itself:
    /// it is no contender and must not cost the others any significance.
    fn with_reference(&self, floor: Option<&NoiseFloor>) -> Vec<Option<Comparison>> {
        let Some(reference) = self.reference() else {
            return vec![None; self.entries.len()];
        };
        let floor = floor.map(|floor| floor.log_ratio);
        let direction = self.metric.direction();
        let family: Vec<Option<Sample>> = (0..self.entries.len())
            .map(|row| {
                let takes_part = row != reference
                    && self.entries[row].key.role != Role::Again
                    && self.is_comparable(row);
                takes_part
                    .then(|| self.log_ratios(row, reference))
                    .flatten()
            })
            .collect();
        let mut judged = judge(&family, floor, direction);
        for (row, entry) in self.entries.iter().enumerate() {
            if entry.key.role == Role::Again && self.is_comparable(row) {
                let twin = self.log_ratios(row, reference);
                judged[row] = judge(&[twin], floor, direction).pop().flatten();
            }
        }
        judged
    }

    /// Letters for rows with enough blocks. A row shares one with the reference
    /// exactly when its verdict is a tie; the other pairs are a family of their
    /// own.
    fn letters(
        &self,
        floor: Option<&NoiseFloor>,
        comparisons: &[Option<Comparison>],
    ) -> Vec<String> {
        let mut letters = vec![String::new(); self.entries.len()];
        let (Some(reference), Some(floor)) = (self.reference(), floor) else {
            return letters;
        };
        let medians: Vec<Option<f64>> = (0..self.entries.len())
            .map(|row| {
                let values = self.series[row].iter().map(|value| value.value).collect();
                let enough = self.series[row].len() >= BLOCKS_FOR_AN_INTERVAL
                    && self.entries[row].key.role != Role::Again
                    && self.is_comparable(row);
                enough
                    .then(|| Sample::new(values).ok())
                    .flatten()
                    .map(|sample| sample.median())
            })
            .collect();
        let mut order: Vec<usize> = (0..self.entries.len())
            .filter(|row| medians[*row].is_some())
            .collect();
        order.sort_by(|left, right| {
            let ascending = medians[*left].partial_cmp(&medians[*right]);
            let ascending = ascending.unwrap_or(std::cmp::Ordering::Equal);
            match self.metric.direction() {
                statistics::Direction::LowerIsBetter => ascending,
                statistics::Direction::HigherIsBetter => ascending.reverse(),
            }
        });
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (position, first) in order.iter().enumerate() {
            for second in &order[position + 1..] {
                if *first != reference && *second != reference {
                    pairs.push((*first.min(second), *first.max(second)));
                }
            }
        }
        let samples: Vec<Option<Sample>> = pairs
            .iter()
            .map(|(first, second)| self.log_ratios(*first, *second))
            .collect();
        let apart: BTreeMap<(usize, usize), bool> = pairs
            .into_iter()
            .zip(told_apart(&samples, Some(floor.log_ratio)))
            .map(|(pair, apart)| (pair, apart.unwrap_or(false)))
            .collect();
        let claimed = |row: usize| {
            comparisons[row].is_some_and(|comparison: Comparison| comparison.verdict.is_claim())
        };
        let given = tie_letters(order.len(), |left, right| {
            let (left, right) = (order[left], order[right]);
            if left == right {
                true
            } else if left == reference {
                !claimed(right)
            } else if right == reference {
                !claimed(left)
            } else {
                !apart
                    .get(&(left.min(right), left.max(right)))
                    .copied()
                    .unwrap_or(false)
            }
        });
        for (row, letter) in order.into_iter().zip(given) {
            letters[row] = letter;
        }
        letters
    }
}

fn estimate(
    values: &[BlockValue],
    comparison: Option<Comparison>,
    letters: String,
) -> Option<Estimate> {
    let sample = Sample::new(values.iter().map(|value| value.value).collect()).ok()?;
    let median = sample.median();
    let interval = interval_of_median(&sample);
    let spread_percent = if median == 0.0 {
        0.0
    } else {
        interval.half_width() / median.abs() * 100.0
    };
    let ratio_interval = comparison.map(|comparison| comparison.ratio_interval());
    Some(Estimate {
        blocks: values.to_vec(),
        median,
        hodges_lehmann: sample.hodges_lehmann(),
        interval,
        spread_percent,
        ratio: comparison.map(|comparison| comparison.ratio()),
        ratio_lower: ratio_interval.map(|interval| interval.lower),
        ratio_upper: ratio_interval.map(|interval| interval.upper),
        comparison,
        letters,
    })
}

impl Estimate {
    /// What may be said against the reference.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.comparison.map(|comparison| comparison.verdict)
    }
}
