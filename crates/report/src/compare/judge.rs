//! Verdicts on measured quantities.
//!
//! Two families of comparisons, each with Holm's correction of its own, share
//! the 5 % with which a comparison may err: CPU per message in all cells, which
//! is what this project measures first of all, and everything else. Absolute
//! figures, which are information, and the baselines, which are controls, are
//! families apart, so that they cost nobody any significance.

use statistics::{
    BlockValue, Claim, Direction, JudgedShift, SIGNIFICANCE, Sample, Shift, TwoRuns, judge_shifts,
    paired_log_ratios,
};

use super::{
    base,
    cells::{Common, CommonRow},
    change::{
        AbsoluteChange, CellChange, Change, ChangeVerdict, Figure, MetricChange, NoVerdict,
        RowChange,
    },
};
use crate::findings::{CellFinding, Estimate, Metric, MetricFinding, RowDetail};
use record::Role;

/// Where a verdict belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) cell: usize,
    pub(super) metric: usize,
    pub(super) row: usize,
}

/// Comparisons that are judged together.
#[derive(Default)]
struct Family {
    places: Vec<Place>,
    runs: Vec<Option<TwoRuns>>,
}

impl Family {
    fn add(&mut self, place: Place, runs: TwoRuns) {
        self.places.push(place);
        self.runs.push(Some(runs));
    }

    fn judged(&self, significance: f64) -> impl Iterator<Item = (Place, JudgedShift)> {
        let judged = judge_shifts(&self.runs, significance);
        let places = self.places.iter().copied();
        places
            .zip(judged)
            .filter_map(|(place, judged)| Some((place, judged?)))
    }
}

/// All comparisons of two runs.
#[derive(Default)]
pub(super) struct Families {
    primary: Family,
    secondary: Family,
    controls: Family,
    absolute: Family,
}

impl Families {
    /// Writes verdicts where they belong.
    pub(super) fn judge(self, cells: &mut [CellChange]) {
        let both = !self.primary.runs.is_empty() && !self.secondary.runs.is_empty();
        let share = if both {
            SIGNIFICANCE / 2.0
        } else {
            SIGNIFICANCE
        };
        for (family, significance) in [
            (&self.primary, share),
            (&self.secondary, share),
            (&self.controls, SIGNIFICANCE),
        ] {
            for (place, judged) in family.judged(significance) {
                let metric = &mut cells[place.cell].metrics[place.metric];
                let direction = metric.direction;
                let row = &mut metric.rows[place.row];
                row.change = Some(as_change(&judged));
                row.verdict = verdict(judged.claim, direction);
            }
        }
        for (place, judged) in self.absolute.judged(SIGNIFICANCE) {
            let metric = &mut cells[place.cell].metrics[place.metric];
            let verdict = |drift: f64| {
                let is_beyond = judged.shift.lower > drift || judged.shift.upper < -drift;
                match judged.claim {
                    // What all servers may have gone through is no change of one.
                    Claim::Lower | Claim::Higher if !is_beyond => ChangeVerdict::CannotTell,
                    claim => verdict(claim, metric.direction),
                }
            };
            metric.rows[place.row].absolute = Some(AbsoluteChange {
                change: as_change(&judged),
                judged: metric.absolute_least_effect.map(verdict),
            });
        }
    }
}

fn as_change(judged: &JudgedShift) -> Change {
    Change {
        ratio: judged.shift.estimate.exp(),
        lower: judged.shift.lower.exp(),
        upper: judged.shift.upper.exp(),
        coverage: judged.shift.coverage,
        p_value: judged.shift.p_value,
        p_adjusted: judged.p_adjusted,
    }
}

fn verdict(claim: Claim, direction: Direction) -> ChangeVerdict {
    let unknown = |reason| ChangeVerdict::Unknown { reason };
    match (claim, direction) {
        (Claim::Lower, Direction::LowerIsBetter) | (Claim::Higher, Direction::HigherIsBetter) => {
            ChangeVerdict::Better
        }
        (Claim::Lower | Claim::Higher, _) => ChangeVerdict::Worse,
        (Claim::Tied, _) => ChangeVerdict::Tied,
        (Claim::CannotTell, _) => ChangeVerdict::CannotTell,
        (Claim::TooFewBlocks { blocks, needed }, _) => {
            unknown(NoVerdict::TooFewBlocks { blocks, needed })
        }
        (
            Claim::TooManyComparisons {
                comparisons,
                at_most,
            },
            _,
        ) => unknown(NoVerdict::TooManyComparisons {
            comparisons,
            at_most,
        }),
        (Claim::NoLeastEffect, _) => unknown(NoVerdict::NoNoiseFloor),
    }
}

/// One quantity of one cell in both runs.
pub(super) struct Quantity<'a> {
    pub(super) common: &'a Common<'a>,
    pub(super) cells: (&'a CellFinding, &'a CellFinding),
    pub(super) metrics: (&'a MetricFinding, &'a MetricFinding),
}

impl Quantity<'_> {
    /// Everything but the verdicts, for which `families` get their comparisons.
    pub(super) fn change(&self, place: Place, families: &mut Families) -> MetricChange {
        let metric = self.metrics.1.metric;
        let least_effect = self.least_effect();
        let drift = self.drift();
        let mut rows = Vec::with_capacity(self.common.rows.len());
        for (index, row) in self.common.rows.iter().enumerate() {
            let place = Place {
                row: index,
                ..place
            };
            let family = if row.is_control {
                &mut families.controls
            } else if metric == Metric::ServerCpuNsPerMessage {
                &mut families.primary
            } else {
                &mut families.secondary
            };
            let verdict = match self.ratios_of(*row) {
                _ if row.is_base => ChangeVerdict::Base,
                Err(reason) => ChangeVerdict::Unknown { reason },
                Ok((before, after)) => {
                    family.add(
                        place,
                        TwoRuns {
                            before,
                            after,
                            least_effect,
                        },
                    );
                    ChangeVerdict::CannotTell
                }
            };
            if let Some(runs) = self.absolute_of(row.before, row.after, drift) {
                families.absolute.add(place, runs);
            }
            rows.push(RowChange {
                key: self.common.key(*row),
                before: self.figure(*row, true),
                after: self.figure(*row, false),
                change: None,
                verdict,
                absolute: None,
            });
        }
        MetricChange {
            metric,
            direction: self.metrics.1.direction,
            least_effect,
            absolute_least_effect: drift.filter(|_| self.common.may_judge_absolute),
            rows,
        }
    }

    /// The larger of both noise floors.
    fn least_effect(&self) -> Option<f64> {
        let before = self.metrics.0.noise_floor?.log_ratio;
        let after = self.metrics.1.noise_floor?.log_ratio;
        Some(before.max(after))
    }

    fn metric(&self, is_before: bool) -> &MetricFinding {
        if is_before {
            self.metrics.0
        } else {
            self.metrics.1
        }
    }

    fn values(&self, entry: usize, is_before: bool) -> &[BlockValue] {
        let row = self.metric(is_before).row(entry);
        row.map_or(&[], |it| it.blocks.as_slice())
    }

    fn compared(&self, entry: usize, is_before: bool) -> Vec<BlockValue> {
        let row = self.metric(is_before).row(entry);
        row.map(Estimate::compared).unwrap_or_default()
    }

    /// Whether a rate, or a time that follows from it, is the generator's.
    fn is_bound(&self, entry: usize, is_before: bool) -> bool {
        let cell = if is_before {
            self.cells.0
        } else {
            self.cells.1
        };
        self.metrics.1.metric.follows_the_rate()
            && cell
                .detail(entry)
                .is_some_and(RowDetail::is_generator_bound)
    }

    /// Log-ratios to the base in either run.
    fn ratios_of(&self, row: CommonRow) -> Result<(Sample, Sample), NoVerdict> {
        let lacks_before = self.values(row.before, true).is_empty();
        let lacks_after = self.values(row.after, false).is_empty();
        if lacks_before || lacks_after {
            return Err(NoVerdict::NotMeasured {
                lacks_before,
                lacks_after,
            });
        }
        let (base_before, base_after) = self.common.base.ok_or(NoVerdict::NoBase)?;
        if self.is_bound(row.before, true)
            || self.is_bound(row.after, false)
            || self.is_bound(base_before, true)
            || self.is_bound(base_after, false)
        {
            return Err(NoVerdict::GeneratorBound);
        }
        Ok((
            self.log_ratios(row.before, base_before, true)?,
            self.log_ratios(row.after, base_after, false)?,
        ))
    }

    fn log_ratios(&self, row: usize, base: usize, is_before: bool) -> Result<Sample, NoVerdict> {
        let (row, base) = (
            self.compared(row, is_before),
            self.compared(base, is_before),
        );
        let ratios = paired_log_ratios(&row, &base).map_err(|_| NoVerdict::NotPositive)?;
        Sample::new(ratios.iter().map(|ratio| ratio.value).collect()).map_err(|_| NoVerdict::NoBase)
    }

    fn figure(&self, row: CommonRow, is_before: bool) -> Option<Figure> {
        let entry = if is_before { row.before } else { row.after };
        let values = self.values(entry, is_before);
        let sample = Sample::new(values.iter().map(|it| it.value).collect()).ok()?;
        let base = self.common.base.map(|(a, b)| if is_before { a } else { b });
        let ratio = base.and_then(|base| self.log_ratios(entry, base, is_before).ok());
        Some(Figure {
            blocks: values.len(),
            median: sample.median(),
            ratio_to_base: ratio.map(|ratio| ratio.median().exp()),
        })
    }

    /// Logarithms of the figures themselves.
    fn absolute_of(
        &self,
        before: usize,
        after: usize,
        least_effect: Option<f64>,
    ) -> Option<TwoRuns> {
        if self.is_bound(before, true) || self.is_bound(after, false) {
            return None;
        }
        // Sample refuses the logarithm of what is not positive.
        let logs = |values: &[BlockValue]| {
            Sample::new(values.iter().map(|it| it.value.ln()).collect()).ok()
        };
        Some(TwoRuns {
            before: logs(self.values(before, true))?,
            after: logs(self.values(after, false))?,
            least_effect,
        })
    }

    /// The least effect for absolute figures: what the machine may have done to
    /// servers whose code is the same, which is the largest magnitude inside
    /// the intervals of the baselines' own shifts. `None` where that is unknown
    /// or where the baselines' shift itself exceeds the least effect.
    fn drift(&self) -> Option<f64> {
        let least = self.least_effect()?;
        let (before, after) = (self.common.before, self.common.after);
        let mut drift = None;
        for (position, entry) in after.entries.iter().enumerate() {
            let Some(then) = base::find(before, &entry.key) else {
                continue;
            };
            if entry.key.role != Role::Baseline
                || base::moved(&before.entries[then], entry).is_some()
            {
                continue;
            }
            let Some(runs) = self.absolute_of(then, position, Some(least)) else {
                continue;
            };
            let shift = Shift::between(&runs.before, &runs.after);
            if shift.estimate.abs() > least {
                return None;
            }
            let possible = shift.lower.abs().max(shift.upper.abs());
            drift = Some(possible.max(drift.unwrap_or(least)));
        }
        drift
    }
}
