//! Percentiles of merged histograms.

use hdrhistogram::Histogram;
use record::{EncodedHistogram, HistogramError, new_latency_histogram};

use crate::findings::Percentiles;

/// Values that must lie above a percentile before it is shown.
const VALUES_ABOVE: u64 = 10;

/// A merged histogram under construction.
pub(super) struct Merged(Option<Histogram<u64>>);

impl Merged {
    pub(super) fn new() -> Self {
        Self(None)
    }

    /// Adds a trial's histogram and returns it.
    pub(super) fn add(
        &mut self,
        encoded: &EncodedHistogram,
    ) -> Result<Histogram<u64>, HistogramError> {
        let histogram = encoded.decode()?;
        let merged = self.0.get_or_insert_with(new_latency_histogram);
        merged
            .add(&histogram)
            .map_err(|error| HistogramError::Format(format!("{error:?}")))?;
        Ok(histogram)
    }

    /// The percentiles; `None` when nothing was recorded.
    pub(super) fn percentiles(&self) -> Option<Percentiles> {
        let histogram = self.0.as_ref().filter(|histogram| !histogram.is_empty())?;
        Some(Percentiles {
            count: histogram.len(),
            p50_ns: percentile(histogram, 500),
            p90_ns: percentile(histogram, 900),
            p99_ns: percentile(histogram, 990),
            p99_9_ns: percentile(histogram, 999),
            max_ns: histogram.max(),
        })
    }
}

/// The value that `per_mille` of the values do not exceed, if enough lie above
/// it to speak of one. Whole numbers, because 1,000 × (1 - 0.99) in floating
/// point need not be 10.
pub(super) fn percentile(histogram: &Histogram<u64>, per_mille: u64) -> Option<u64> {
    let above_in_thousandths = u128::from(histogram.len()) * u128::from(1000 - per_mille.min(1000));
    (above_in_thousandths >= u128::from(VALUES_ABOVE) * 1000)
        .then(|| histogram.value_at_quantile(per_mille as f64 / 1000.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_values_must_lie_above() {
        let of = |count: u64, per_mille: u64| {
            let mut histogram = new_latency_histogram();
            histogram.record_n(5_000, count).ok()?;
            percentile(&histogram, per_mille)
        };
        for (least, per_mille) in [(20, 500), (100, 900), (1_000, 990), (10_000, 999)] {
            assert!(of(least, per_mille).is_some(), "{least} at {per_mille}");
            assert_eq!(of(least - 1, per_mille), None, "{least} at {per_mille}");
        }
        // 9.5 above is not ten.
        assert_eq!(of(950, 990), None);
    }
}
