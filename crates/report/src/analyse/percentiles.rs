//! Percentiles of merged histograms.

use hdrhistogram::Histogram;
use record::{EncodedHistogram, HistogramError, new_latency_histogram};

use crate::findings::Percentiles;

/// Values that must lie above a percentile before it is shown.
const VALUES_ABOVE: f64 = 10.0;

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
            p50_ns: histogram.value_at_quantile(0.5),
            p90_ns: percentile(histogram, 0.9),
            p99_ns: percentile(histogram, 0.99),
            p99_9_ns: percentile(histogram, 0.999),
            max_ns: histogram.max(),
        })
    }
}

/// The value at `quantile`, if enough values lie above it to speak of one.
pub(super) fn percentile(histogram: &Histogram<u64>, quantile: f64) -> Option<u64> {
    let above = histogram.len() as f64 * (1.0 - quantile);
    // The rounding keeps 1,000 values × 0.01 from falling short of 10.
    (above.round() >= VALUES_ABOVE).then(|| histogram.value_at_quantile(quantile))
}
