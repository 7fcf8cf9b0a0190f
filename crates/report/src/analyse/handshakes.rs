//! Handshake trials.

use record::{Host, LoadResult, Measurement, TrialRecord};

use super::{
    busy::{Busy, user_share},
    cell::{RowFigures, ratio},
    percentiles::{Merged, TrialPercentiles},
};
use crate::findings::{HandshakeDetail, Metric, RowDetail};

fn load_of(trial: &TrialRecord) -> Option<&LoadResult> {
    match trial.measurement.as_ref()? {
        Measurement::Handshakes { load, .. } => Some(load),
        _ => None,
    }
}

/// `valid` gives the figures; `recorded`, the invalid ones included, what
/// became of all connections.
pub(super) fn figures(
    valid: &[&TrialRecord],
    recorded: &[&TrialRecord],
    host: &Host,
) -> RowFigures {
    let mut figures = RowFigures::default();
    let mut latency = Merged::new();
    let mut of_blocks = Vec::new();
    for trial in valid {
        let Some(load) = load_of(trial) else { continue };
        let block = trial.block;
        let completed = load
            .handshakes
            .as_ref()
            .map_or(load.completed, |it| it.completed);
        let cpu_ns = load
            .observed_cpu_ns
            .and_then(|ns| ratio(ns as f64, completed as f64));
        let rate = ratio(load.completed_in_window as f64 * 1e9, load.window_ns as f64);
        figures.push(Metric::ServerCpuNsPerHandshake, block, cpu_ns);
        figures.push(Metric::HandshakesPerS, block, rate);
        match latency.add(&load.response_time) {
            Ok(histogram) => of_blocks.push((block, TrialPercentiles::of(&histogram))),
            Err(error) => figures.fault(block, &error),
        }
    }
    figures.push_percentile(Metric::HandshakeP50Ns, &of_blocks, |it| it.p50_ns);
    figures.push_percentile(Metric::HandshakeP99Ns, &of_blocks, |it| it.p99_ns);
    let counts = || {
        recorded
            .iter()
            .filter_map(|trial| load_of(trial)?.handshakes.as_ref())
    };
    let loads = valid.iter().filter_map(|trial| load_of(trial));
    let (share, _) = user_share(loads.clone());
    let busy = Busy::of(loads, host);
    figures.detail = latency.percentiles().zip(busy).map(|(latency, busy)| {
        RowDetail::Handshakes(HandshakeDetail {
            user_share: share,
            server_busy: busy.server,
            generator_busy: busy.generator,
            is_generator_bound: busy.is_generator_bound(),
            latency,
            completed: counts().map(|it| it.completed).sum(),
            failed: counts().map(|it| it.failed).sum(),
            not_closed: counts().map(|it| it.not_closed).sum(),
        })
    });
    figures
}
