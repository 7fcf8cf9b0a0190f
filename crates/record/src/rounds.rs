//! The rounds of a trial as one result.

use crate::{EncodedHistogram, HistogramError, LoadResult};

impl LoadResult {
    /// One result out of those of a trial's rounds, in their order, over the
    /// same connections: counts, times and lengths add up, histograms merge.
    /// `None` without rounds.
    ///
    /// As many neighbouring slices become one as there are rounds, so that there
    /// are as many slices as of one window.
    ///
    /// # Errors
    /// [`HistogramError`] when a histogram can't be read, or doesn't fit the
    /// others.
    pub fn of_rounds(rounds: Vec<Self>) -> Result<Option<Self>, HistogramError> {
        let count = rounds.len();
        let mut rounds = rounds.into_iter();
        let Some(mut all) = rounds.next() else {
            return Ok(None);
        };
        if count == 1 {
            return Ok(Some(all));
        }
        let mut slices = std::mem::take(&mut all.slices);
        for next in rounds {
            slices.extend(&next.slices);
            all.append(&next)?;
        }
        let joined = slices.chunks(count).map(|chunk| chunk.iter().sum());
        all.slices = joined.collect();
        Ok(Some(all))
    }

    fn append(&mut self, next: &Self) -> Result<(), HistogramError> {
        self.started_late_ns = self.started_late_ns.max(next.started_late_ns);
        self.window_ns += next.window_ns;
        self.drained_ns += next.drained_ns;
        self.planned += next.planned;
        self.sent += next.sent;
        self.completed_in_window += next.completed_in_window;
        self.completed += next.completed;
        self.lead_in_completed += next.lead_in_completed;
        self.frames += next.frames;
        self.pings_answered += next.pings_answered;
        self.sent_bytes += next.sent_bytes;
        self.received_bytes += next.received_bytes;
        self.verification.merge(&next.verification);
        match (&mut self.handshakes, &next.handshakes) {
            (Some(all), Some(next)) => all.merge(next),
            (all @ None, Some(next)) => *all = Some(next.clone()),
            (_, None) => {}
        }
        self.response_time = merged(&self.response_time, &next.response_time)?;
        self.service_time = both(&self.service_time, &next.service_time)?;
        self.schedule_lag = both(&self.schedule_lag, &next.schedule_lag)?;
        self.generator_cpu_ns += next.generator_cpu_ns;
        self.generator_wait_ns = sum(self.generator_wait_ns, next.generator_wait_ns);
        self.observed_cpu_ns = sum(self.observed_cpu_ns, next.observed_cpu_ns);
        self.observed_user_ticks = sum(self.observed_user_ticks, next.observed_user_ticks);
        self.observed_kernel_ticks = sum(self.observed_kernel_ticks, next.observed_kernel_ticks);
        Ok(())
    }
}

/// What one of two rounds doesn't know, nobody knows of both.
fn sum(left: Option<u64>, right: Option<u64>) -> Option<u64> {
    Some(left? + right?)
}

fn both(
    left: &Option<EncodedHistogram>,
    right: &Option<EncodedHistogram>,
) -> Result<Option<EncodedHistogram>, HistogramError> {
    match (left, right) {
        (Some(left), Some(right)) => merged(left, right).map(Some),
        _ => Ok(None),
    }
}

fn merged(
    left: &EncodedHistogram,
    right: &EncodedHistogram,
) -> Result<EncodedHistogram, HistogramError> {
    let mut all = left.decode()?;
    all.add(right.decode()?)
        .map_err(|error| HistogramError::Format(error.to_string()))?;
    EncodedHistogram::encode(&all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{VerificationCounts, new_latency_histogram};

    fn round(number: u64) -> LoadResult {
        let histogram = |value_ns| {
            let mut histogram = new_latency_histogram();
            histogram.record(value_ns).unwrap();
            EncodedHistogram::encode(&histogram).unwrap()
        };
        LoadResult {
            started_at_unix_ns: 1_000 * number,
            started_late_ns: 10 / number,
            window_ns: 100,
            drained_ns: 100 + number,
            planned: 5,
            sent: 4,
            completed_in_window: 3,
            completed: 4,
            lead_in_completed: 1,
            frames: 6,
            pings_answered: 1,
            sent_bytes: 7,
            received_bytes: 8,
            verification: VerificationCounts {
                verified: 4,
                ..VerificationCounts::default()
            },
            handshakes: None,
            response_time: histogram(1_000 * number),
            service_time: Some(histogram(1)),
            schedule_lag: (number == 1).then(|| histogram(1)),
            slices: vec![1, 2, 3, 4, 5, 6],
            generator_cpu_ns: 9,
            generator_wait_ns: Some(2),
            observed_cpu_ns: (number != 2).then_some(11),
            observed_user_ticks: Some(1),
            observed_kernel_ticks: Some(2),
        }
    }

    #[test]
    fn counts_add_up_and_histograms_merge() {
        let all = LoadResult::of_rounds(vec![round(1), round(2), round(3)])
            .unwrap()
            .unwrap();
        assert_eq!((all.started_at_unix_ns, all.started_late_ns), (1_000, 10));
        assert_eq!((all.window_ns, all.drained_ns), (300, 306));
        assert_eq!((all.planned, all.sent, all.completed), (15, 12, 12));
        assert_eq!((all.completed_in_window, all.frames), (9, 18));
        assert_eq!(all.lead_in_completed, 3);
        assert_eq!((all.pings_answered, all.verification.verified), (3, 12));
        assert_eq!((all.sent_bytes, all.received_bytes), (21, 24));
        assert_eq!((all.generator_cpu_ns, all.generator_wait_ns), (27, Some(6)));
        assert_eq!(all.observed_cpu_ns, None, "one round doesn't know it");
        assert_eq!(all.observed_user_ticks, Some(3));
        assert_eq!(all.slices, [6, 15, 6, 15, 6, 15]);
        assert_eq!(all.schedule_lag, None);
        let response = all.response_time.decode().unwrap();
        assert_eq!(response.len(), 3);
        assert_eq!((response.min(), response.max()), (1_000, 3_001));
        assert_eq!(all.service_time.unwrap().decode().unwrap().len(), 3);
    }

    #[test]
    fn one_round_is_the_window() {
        assert_eq!(
            LoadResult::of_rounds(vec![round(1)]).unwrap(),
            Some(round(1))
        );
        assert_eq!(LoadResult::of_rounds(Vec::new()).unwrap(), None);
    }

    #[test]
    fn a_damaged_histogram_is_an_error() {
        let mut damaged = round(2);
        damaged.response_time = EncodedHistogram("?".to_owned());
        assert!(LoadResult::of_rounds(vec![round(1), damaged]).is_err());
    }
}
