//! Echo trials, in a closed loop or at a fixed rate.

use record::{Host, LoadResult, Measurement, MessageShape, ProcessUse, TrialRecord};
use statistics::BlockValue;

use super::{
    busy::{Busy, user_share},
    cell::{RowFigures, median, ratio},
    percentiles::{Merged, TrialPercentiles},
};
use crate::findings::{EchoDetail, LatencyDetail, Metric, QuantilePoint, RowDetail};

/// The trial's echo measurement.
fn echo_of(trial: &TrialRecord) -> Option<(&LoadResult, &ProcessUse)> {
    match trial.measurement.as_ref()? {
        Measurement::Echo { load, server, .. } => Some((load, server)),
        _ => None,
    }
}

pub(super) fn figures(
    valid: &[&TrialRecord],
    message: MessageShape,
    at_fixed_rate: bool,
    host: &Host,
) -> RowFigures {
    let mut figures = RowFigures::default();
    let trials: Vec<(u32, &LoadResult, &ProcessUse)> = valid
        .iter()
        .filter_map(|trial| echo_of(trial).map(|(load, server)| (trial.block, load, server)))
        .collect();
    for (block, load, _) in &trials {
        let mut push = |metric, value: Option<f64>| figures.push(metric, *block, value);
        let messages = load.completed as f64;
        let server_cpu_ns = load.observed_cpu_ns.map(|ns| ns as f64);
        push(
            Metric::ServerCpuNsPerMessage,
            server_cpu_ns.and_then(|ns| ratio(ns, messages)),
        );
        push(
            Metric::GeneratorCpuNsPerMessage,
            ratio(load.generator_cpu_ns as f64, messages),
        );
        push(Metric::MessagesPerS, messages_per_s(load));
    }
    let latency = if at_fixed_rate {
        latency(&trials, &mut figures)
    } else {
        None
    };
    figures.detail = detail(&trials, &figures, message, host, latency).map(RowDetail::Echo);
    figures
}

fn messages_per_s(load: &LoadResult) -> Option<f64> {
    ratio(load.completed_in_window as f64 * 1e9, load.window_ns as f64)
}

fn detail(
    trials: &[(u32, &LoadResult, &ProcessUse)],
    figures: &RowFigures,
    message: MessageShape,
    host: &Host,
    latency: Option<(LatencyDetail, Vec<QuantilePoint>)>,
) -> Option<EchoDetail> {
    const MIB: f64 = 1_048_576.0;
    let over = |value: &dyn Fn(&LoadResult, &ProcessUse) -> Option<f64>| {
        median(
            trials
                .iter()
                .filter_map(|(_, load, server)| value(load, server)),
        )
    };
    let busy = Busy::of(trials.iter().map(|(_, load, _)| *load), host)?;
    let (share, ticks) = user_share(trials.iter().map(|(_, load, _)| *load));
    let cpu_ns = median(figures.values(Metric::ServerCpuNsPerMessage));
    let messages_per_s = median(figures.values(Metric::MessagesPerS))?;
    let (latency, response_curve) = latency.unzip();
    Some(EchoDetail {
        user_share: share,
        user_ns_per_message: share.zip(cpu_ns).map(|(share, ns)| share * ns),
        kernel_ns_per_message: share.zip(cpu_ns).map(|(share, ns)| (1.0 - share) * ns),
        ticks,
        mib_per_s: messages_per_s * message.size_bytes as f64 / MIB,
        server_busy: busy.server,
        generator_busy: busy.generator,
        is_generator_bound: busy.is_generator_bound(),
        voluntary_switches_per_message: over(&|load, server| {
            let messages = load.completed + load.lead_in_completed;
            ratio(server.voluntary_switches as f64, messages as f64)
        })?,
        frames_per_message: over(&|load, _| ratio(load.frames as f64, load.completed as f64))?,
        peak_rss_bytes: over(&|_, server| Some(server.memory.peak_rss_bytes as f64))?,
        latency,
        response_curve: response_curve.unwrap_or_default(),
    })
}

/// Merges the histograms and keeps each block's percentiles; a damaged
/// histogram becomes a fault of the row instead of a wrong percentile.
fn latency(
    trials: &[(u32, &LoadResult, &ProcessUse)],
    figures: &mut RowFigures,
) -> Option<(LatencyDetail, Vec<QuantilePoint>)> {
    let (mut response, mut service, mut lag) = (Merged::new(), Merged::new(), Merged::new());
    let mut of_blocks = Vec::new();
    for (block, load, _) in trials {
        match response.add(&load.response_time) {
            Ok(histogram) => of_blocks.push((*block, TrialPercentiles::of(&histogram))),
            Err(error) => figures.fault(*block, &error),
        }
        for (merged, encoded) in [
            (&mut service, &load.service_time),
            (&mut lag, &load.schedule_lag),
        ] {
            if let Some(Err(error)) = encoded.as_ref().map(|encoded| merged.add(encoded)) {
                figures.fault(*block, &error);
            }
        }
    }
    figures.push_percentile(Metric::ResponseP50Ns, &of_blocks, |it| it.p50_ns);
    figures.push_percentile(Metric::ResponseP99Ns, &of_blocks, |it| it.p99_ns);
    let achieved = trials
        .iter()
        .filter_map(|(_, load, _)| ratio(load.completed_in_window as f64, load.planned as f64));
    let detail = LatencyDetail {
        response: response.percentiles()?,
        service: service.percentiles(),
        schedule_lag_p99_ns: lag.percentiles().and_then(|percentiles| percentiles.p99_ns),
        achieved_over_offered: median(achieved)?,
    };
    Some((detail, response.curve()))
}

impl RowFigures {
    /// Notes a percentile of every block, if each block has values enough for it.
    /// Slow blocks have the fewest values: a median over those that have enough
    /// would be one over the fast ones.
    pub(super) fn push_percentile(
        &mut self,
        metric: Metric,
        of_blocks: &[(u32, TrialPercentiles)],
        percentile: impl Fn(&TrialPercentiles) -> Option<u64>,
    ) {
        let value = |(block, of_block): &(u32, _)| Some((*block, percentile(of_block)?));
        let values: Option<Vec<(u32, u64)>> = of_blocks.iter().map(value).collect();
        for (block, ns) in values.into_iter().flatten() {
            self.push(metric, block, Some(ns as f64));
        }
    }

    /// Notes a value of a block, if there is one.
    pub(super) fn push(&mut self, metric: Metric, block: u32, value: Option<f64>) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.series
                .entry(metric)
                .or_default()
                .push(BlockValue { block, value });
        }
    }
}

#[cfg(test)]
mod tests {
    use record::new_latency_histogram;

    use super::*;

    #[test]
    fn a_percentile_that_a_block_lacks_is_not_that_of_the_others() {
        let block = |number: u32, values: u64, ns: u64| {
            let mut histogram = new_latency_histogram();
            histogram.record_n(ns, values).expect("within an hour");
            (number, TrialPercentiles::of(&histogram))
        };
        // The slow block has too few values for a 99th percentile.
        let blocks = [block(0, 1_200, 1_000_000), block(1, 800, 2_000_000)];
        let mut figures = RowFigures::default();
        figures.push_percentile(Metric::HandshakeP50Ns, &blocks, |it| it.p50_ns);
        figures.push_percentile(Metric::HandshakeP99Ns, &blocks, |it| it.p99_ns);
        assert_eq!(figures.values(Metric::HandshakeP50Ns).count(), 2);
        assert_eq!(figures.values(Metric::HandshakeP99Ns).count(), 0);
        figures.push_percentile(Metric::HandshakeP99Ns, &blocks[..1], |it| it.p99_ns);
        assert_eq!(figures.values(Metric::HandshakeP99Ns).count(), 1);
    }
}
