//! Servers that are cheaper than what they should stand on.
//!
//! A raw TCP echo does a part of what a WebSocket server does, and the
//! handwritten server the least that is correct. A server under them, beyond
//! the spread of both, needs an explanation; this finds the facts for one.

use record::{Protocol, Role};
use statistics::BLOCKS_FOR_AN_INTERVAL;

use crate::findings::{
    BaselinePairs, CellFinding, EchoDetail, Estimate, Exception, Findings, Metric, RowDetail,
    RowStatus, is_raw,
};

/// How many pairs could be compared, and those that contradict.
pub(super) fn of(findings: &Findings) -> (BaselinePairs, Vec<Exception>) {
    let mut pairs = BaselinePairs::default();
    let mut exceptions = Vec::new();
    for cell in findings.echo_cells() {
        let is_planned = |row: usize| {
            let status = &cell.rows[row].status;
            !matches!(
                status,
                RowStatus::NotPlanned
                    | RowStatus::NotApplicable { .. }
                    | RowStatus::Excluded { .. }
            )
        };
        for entry in (0..findings.entries.len()).filter(|row| is_planned(*row)) {
            for baseline in (0..findings.entries.len()).filter(|row| is_planned(*row)) {
                if !is_floor_of(findings, baseline, entry) {
                    continue;
                }
                pairs.planned += 1;
                if let Some(compared) = compared(cell, entry, baseline) {
                    pairs.compared += 1;
                    exceptions.extend(compared);
                }
            }
        }
    }
    (pairs, exceptions)
}

fn is_floor_of(findings: &Findings, baseline: usize, entry: usize) -> bool {
    let (floor, above) = (&findings.entries[baseline], &findings.entries[entry]);
    if floor.key.role != Role::Baseline || above.key.role == Role::Again {
        return false;
    }
    // It is known to do other work.
    if floor.not_admitted.is_some() || above.not_admitted.is_some() {
        return false;
    }
    // UDP and HTTP do other work, not a part of the same.
    if is_raw(floor) {
        above.protocol == Protocol::Websocket
    } else if floor.protocol != Protocol::Websocket {
        false
    } else {
        above.key.role == Role::Contender
    }
}

/// `None` when a pair can't be compared; else the exception, if it is one.
fn compared(cell: &CellFinding, entry: usize, baseline: usize) -> Option<Option<Exception>> {
    let metric = cell.metric(Metric::ServerCpuNsPerMessage)?;
    let (above, floor) = (metric.row(entry)?, metric.row(baseline)?);
    let noise = metric.noise_floor?;
    let has_interval = |row: &Estimate| row.blocks.len() >= BLOCKS_FOR_AN_INTERVAL;
    if !has_interval(above) || !has_interval(floor) {
        return None;
    }
    let log_ratio = (floor.median / above.median).ln();
    let is_under = above.interval.upper < floor.interval.lower && log_ratio > noise.log_ratio;
    Some(is_under.then(|| exception(cell, (entry, above), (baseline, floor))))
}

fn exception(
    cell: &CellFinding,
    (entry, above): (usize, &Estimate),
    (baseline, floor): (usize, &Estimate),
) -> Exception {
    let of = |row: usize, value: fn(&EchoDetail) -> Option<f64>| {
        cell.detail(row).and_then(RowDetail::echo).and_then(value)
    };
    let difference =
        |value: fn(&EchoDetail) -> Option<f64>| Some(of(entry, value)? - of(baseline, value)?);
    Exception {
        cell: cell.name.clone(),
        entry,
        baseline,
        entry_ns: above.median,
        baseline_ns: floor.median,
        user_difference_ns: difference(|detail| detail.user_ns_per_message),
        kernel_difference_ns: difference(|detail| detail.kernel_ns_per_message),
        entry_switches_per_message: of(entry, |it| Some(it.voluntary_switches_per_message)),
        baseline_switches_per_message: of(baseline, |it| Some(it.voluntary_switches_per_message)),
    }
}
