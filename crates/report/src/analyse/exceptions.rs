//! Servers that are cheaper than what they should stand on.
//!
//! A raw TCP echo does a part of what a WebSocket server does, and the
//! handwritten server the least that is correct. A server under them, beyond
//! the spread of both, needs an explanation; this finds the facts for one.

use record::{Protocol, Role};

use crate::findings::{CellFinding, EchoDetail, Exception, Findings, Metric, RowDetail, is_raw};

pub(super) fn of(findings: &Findings) -> Vec<Exception> {
    let mut exceptions = Vec::new();
    for cell in findings.echo_cells() {
        for entry in 0..findings.entries.len() {
            for baseline in 0..findings.entries.len() {
                if is_floor_of(findings, baseline, entry) {
                    exceptions.extend(exception(cell, entry, baseline));
                }
            }
        }
    }
    exceptions
}

fn is_floor_of(findings: &Findings, baseline: usize, entry: usize) -> bool {
    let (floor, above) = (&findings.entries[baseline], &findings.entries[entry]);
    if floor.key.role != Role::Baseline || above.key.role == Role::Again {
        return false;
    }
    if is_raw(floor) {
        above.protocol == Protocol::Websocket
    } else {
        above.key.role == Role::Contender
    }
}

fn exception(cell: &CellFinding, entry: usize, baseline: usize) -> Option<Exception> {
    let metric = cell.metric(Metric::ServerCpuNsPerMessage)?;
    let (above, floor) = (metric.row(entry)?, metric.row(baseline)?);
    let is_under = above.interval.upper < floor.interval.lower;
    let log_ratio = (above.median / floor.median).ln().abs();
    let beyond_noise = metric
        .noise_floor
        .is_none_or(|noise| log_ratio > noise.log_ratio);
    if !is_under || !beyond_noise {
        return None;
    }
    let of = |row: usize, value: fn(&EchoDetail) -> Option<f64>| {
        cell.detail(row).and_then(RowDetail::echo).and_then(value)
    };
    let difference =
        |value: fn(&EchoDetail) -> Option<f64>| Some(of(entry, value)? - of(baseline, value)?);
    Some(Exception {
        cell: cell.name.clone(),
        entry,
        baseline,
        entry_ns: above.median,
        baseline_ns: floor.median,
        user_difference_ns: difference(|detail| detail.user_ns_per_message),
        kernel_difference_ns: difference(|detail| detail.kernel_ns_per_message),
        entry_switches_per_message: of(entry, |it| Some(it.voluntary_switches_per_message)),
        baseline_switches_per_message: of(baseline, |it| Some(it.voluntary_switches_per_message)),
    })
}
