//! Every figure of the tables with the row that it belongs to.

use record::AllocationSubject;
use statistics::Interval;

use super::{
    measure::{Count, Level, Measure},
    names,
};
use crate::findings::{
    CellFinding, EntryFinding, Estimate, Findings, Metric, Percentiles, RowDetail, StepFigures,
};

/// One figure.
pub(super) struct Figure<'a> {
    pub(super) cell: &'a CellFinding,
    pub(super) entry: &'a EntryFinding,
    /// What an allocation count is about.
    pub(super) subject: Option<AllocationSubject>,
    pub(super) measure: Measure,
    pub(super) value: f64,
    /// Where a median over blocks lies.
    pub(super) interval: Option<Interval>,
    /// Blocks behind a median; valid trials behind the rest.
    pub(super) trials: usize,
}

impl Figure<'_> {
    /// `cell/contender/variant`, for allocations with what was done.
    pub(super) fn benchmark(&self) -> String {
        let row = names::row(&self.cell.name, &self.entry.key);
        match self.subject {
            None => row,
            Some(AllocationSubject::Message { size_bytes }) => {
                format!("{row}/message-{size_bytes}-bytes")
            }
            Some(AllocationSubject::Handshake) => format!("{row}/handshake"),
            Some(AllocationSubject::Connection) => format!("{row}/connection"),
        }
    }
}

/// The servers whose figures may stand beside each other without a remark:
/// those that the admission test didn't refuse.
pub(super) fn admitted(findings: &Findings) -> impl Iterator<Item = (usize, &EntryFinding)> {
    let entries = findings.entries.iter().enumerate();
    entries.filter(|(_, entry)| entry.not_admitted.is_none())
}

/// All figures, in the order of the tables. The generator's own CPU time is
/// none of a server's figures, and a rate that is the generator's says nothing
/// about the server.
pub(super) fn figures(findings: &Findings) -> Vec<Figure<'_>> {
    let mut figures = Vec::new();
    for cell in &findings.cells {
        for (index, entry) in admitted(findings) {
            for metric in &cell.metrics {
                let of_server = metric.metric.is_compared()
                    && !is_rate_of_the_generator(cell, index, metric.metric);
                if let Some(estimate) = metric.row(index).filter(|_| of_server) {
                    figures.push(median(cell, entry, metric.metric, estimate));
                }
            }
            let Some(detail) = cell.detail(index) else {
                continue;
            };
            let valid = cell.rows[index].valid_trials;
            figures.extend(
                of_detail(detail)
                    .into_iter()
                    .map(|(subject, measure, value)| Figure {
                        cell,
                        entry,
                        subject,
                        measure,
                        value,
                        interval: None,
                        trials: valid,
                    }),
            );
        }
    }
    figures
}

/// Whether the figure is a rate that the generator couldn't surpass, or a time
/// that follows from it.
pub(super) fn is_rate_of_the_generator(cell: &CellFinding, entry: usize, metric: Metric) -> bool {
    metric.follows_the_rate()
        && cell
            .detail(entry)
            .is_some_and(RowDetail::is_generator_bound)
}

fn median<'a>(
    cell: &'a CellFinding,
    entry: &'a EntryFinding,
    metric: Metric,
    estimate: &Estimate,
) -> Figure<'a> {
    Figure {
        cell,
        entry,
        subject: None,
        measure: Measure::Median(metric),
        value: estimate.median,
        interval: Some(estimate.interval),
        trials: estimate.blocks.len(),
    }
}

type Described = (Option<AllocationSubject>, Measure, f64);

fn of_detail(detail: &RowDetail) -> Vec<Described> {
    match detail {
        RowDetail::Echo(echo) => {
            let Some(latency) = &echo.latency else {
                return Vec::new();
            };
            let mut found = percentiles(&latency.response, Measure::Latency);
            if let Some(service) = &latency.service {
                found.extend(percentiles(service, Measure::ServiceTime));
            }
            found
        }
        // The generator's, then: see is_rate_of_the_generator.
        RowDetail::Handshakes(handshakes) if handshakes.is_generator_bound => Vec::new(),
        RowDetail::Handshakes(handshakes) => percentiles(&handshakes.latency, Measure::Latency),
        RowDetail::Idle(_) => Vec::new(),
        RowDetail::Allocations(allocations) => allocations.steps.iter().flat_map(of_step).collect(),
        RowDetail::Costs(costs) => costs
            .figures
            .iter()
            .map(|figure| {
                let size_bytes = figure.size_bytes;
                let subject = AllocationSubject::Message { size_bytes };
                let measure = Measure::Cost(costs.counted);
                (Some(subject), measure, figure.per_message)
            })
            .collect(),
    }
}

fn percentiles(found: &Percentiles, measure: fn(Level) -> Measure) -> Vec<Described> {
    Level::ALL
        .into_iter()
        .filter_map(|level| Some((None, measure(level), at(found, level)? as f64)))
        .collect()
}

/// The percentile, where enough values lie above it.
pub(super) fn at(found: &Percentiles, level: Level) -> Option<u64> {
    match level {
        Level::P50 => found.p50_ns,
        Level::P90 => found.p90_ns,
        Level::P99 => found.p99_ns,
        Level::P99_9 => found.p99_9_ns,
        Level::Max => Some(found.max_ns),
    }
}

fn of_step(step: &StepFigures) -> Vec<Described> {
    [
        (Count::Allocations, step.allocations),
        (Count::Reallocations, step.reallocations),
        (Count::AllocatedBytes, step.allocated_bytes),
        (Count::LiveBytes, step.live_bytes),
    ]
    .into_iter()
    .filter_map(|(count, figure)| {
        let measure = Measure::Allocation(count);
        Some((Some(step.subject), measure, figure?.per_time))
    })
    .collect()
}

/// Twelve significant digits, as in the CSV files: far more than any trial
/// knows, and fewer than differ between mathematics libraries.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}
