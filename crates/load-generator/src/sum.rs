//! One result out of those of all threads.

use record::{
    EncodedHistogram, HandshakeCounts, Load, LoadResult, VerificationCounts, new_latency_histogram,
};

use crate::{Error, connection::Tally, load::Ran};

/// The results of all threads, added up. Histograms are merged, never averaged.
pub(crate) struct Sum {
    result: LoadResult,
    response: hdrhistogram::Histogram<u64>,
    service: hdrhistogram::Histogram<u64>,
    lag: hdrhistogram::Histogram<u64>,
}

impl Sum {
    pub(crate) fn new() -> Self {
        Self {
            result: LoadResult {
                started_at_unix_ns: 0,
                started_late_ns: 0,
                window_ns: 0,
                drained_ns: 0,
                planned: 0,
                sent: 0,
                completed_in_window: 0,
                completed: 0,
                lead_in_completed: 0,
                frames: 0,
                pings_answered: 0,
                sent_bytes: 0,
                received_bytes: 0,
                verification: VerificationCounts::default(),
                handshakes: None,
                response_time: EncodedHistogram(String::new()),
                service_time: None,
                schedule_lag: None,
                slices: Vec::new(),
                generator_cpu_ns: 0,
                generator_wait_ns: Some(0),
                observed_cpu_ns: None,
                observed_user_ticks: None,
                observed_kernel_ticks: None,
            },
            response: new_latency_histogram(),
            service: new_latency_histogram(),
            lag: new_latency_histogram(),
        }
    }

    pub(crate) fn add(
        &mut self,
        (ran, handshakes, tally): (Ran, Option<HandshakeCounts>, Tally),
    ) -> Result<(), Error> {
        let result = &mut self.result;
        result.started_late_ns = result.started_late_ns.max(ran.started_late_ns);
        result.window_ns = result.window_ns.max(ran.window_ns);
        result.drained_ns = result.drained_ns.max(ran.drained_ns);
        result.planned += ran.planned;
        result.sent += ran.sent;
        result.sent_bytes += ran.sent_bytes;
        result.generator_wait_ns = result
            .generator_wait_ns
            .zip(ran.waited_ns)
            .map(|(all, one)| all + one);
        result.completed += ran.window.completed;
        result.completed_in_window += ran.window.completed_in_window;
        result.frames += tally.frames;
        result.pings_answered += tally.pings_answered;
        result.received_bytes += tally.received_bytes;
        result.verification.merge(&tally.verification);
        if let Some(counts) = handshakes {
            result.handshakes.get_or_insert_default().merge(&counts);
        }
        let length = result.slices.len().max(ran.window.slices.len());
        result.slices.resize(length, 0);
        for (sum, slice) in result.slices.iter_mut().zip(&ran.window.slices) {
            *sum += slice;
        }
        for (sum, part) in [
            (&mut self.response, &ran.window.response),
            (&mut self.service, &ran.window.service),
            (&mut self.lag, &ran.window.lag),
        ] {
            // All are made with the same bounds.
            sum.add(part)
                .map_err(|_| Error::Order("histograms of one run differ in their bounds"))?;
        }
        Ok(())
    }

    pub(crate) fn into_result(self, load: Load) -> Result<LoadResult, Error> {
        let is_open = matches!(load, Load::Open { .. });
        let encode = |histogram| {
            is_open
                .then(|| EncodedHistogram::encode(histogram))
                .transpose()
        };
        Ok(LoadResult {
            response_time: EncodedHistogram::encode(&self.response)?,
            service_time: encode(&self.service)?,
            schedule_lag: encode(&self.lag)?,
            ..self.result
        })
    }
}
