//! Percentiles of merged histograms.

use hdrhistogram::Histogram;
use record::{EncodedHistogram, HistogramError, new_latency_histogram};

use crate::findings::{Percentiles, QuantilePoint};

/// Values that must lie above a percentile before it is shown.
const VALUES_ABOVE: u64 = 10;

/// How many of a million values lie above the points of a curve.
const ABOVE_PER_MILLION: [u64; 31] = [
    900_000, 750_000, 500_000, 400_000, 300_000, 200_000, 150_000, 100_000, 70_000, 50_000, 30_000,
    20_000, 15_000, 10_000, 7_000, 5_000, 3_000, 2_000, 1_500, 1_000, 700, 500, 300, 200, 150, 100,
    70, 50, 30, 20, 10,
];

/// What a table needs of one trial's histogram. A decoded histogram takes a
/// quarter of a MiB, so none is kept: over all trials of a long run that would
/// be gigabytes, and getting and giving back that memory takes longer than all
/// else that is done with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TrialPercentiles {
    pub(super) p50_ns: Option<u64>,
    pub(super) p99_ns: Option<u64>,
}

impl TrialPercentiles {
    pub(super) fn of(histogram: &Histogram<u64>) -> Self {
        Self {
            p50_ns: percentile(histogram, 500),
            p99_ns: percentile(histogram, 990),
        }
    }
}

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

    /// The distribution, as far as enough values lie above a point.
    pub(super) fn curve(&self) -> Vec<QuantilePoint> {
        let Some(histogram) = self.0.as_ref().filter(|histogram| !histogram.is_empty()) else {
            return Vec::new();
        };
        ABOVE_PER_MILLION
            .into_iter()
            .take_while(|above| enough_above(histogram, *above, 1_000_000))
            .map(|above| {
                let quantile = (1_000_000 - above) as f64 / 1e6;
                QuantilePoint {
                    quantile,
                    ns: histogram.value_at_quantile(quantile),
                }
            })
            .collect()
    }
}

/// The value that `per_mille` of the values do not exceed, if enough lie above
/// it to speak of one. Whole numbers, because 1,000 × (1 - 0.99) in floating
/// point need not be 10.
fn percentile(histogram: &Histogram<u64>, per_mille: u64) -> Option<u64> {
    enough_above(histogram, 1000 - per_mille.min(1000), 1000)
        .then(|| histogram.value_at_quantile(per_mille as f64 / 1000.0))
}

/// Whether `above` in `of` of the values are enough to speak of what they lie
/// above.
fn enough_above(histogram: &Histogram<u64>, above: u64, of: u64) -> bool {
    u128::from(histogram.len()) * u128::from(above) >= u128::from(VALUES_ABOVE) * u128::from(of)
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

    #[test]
    fn a_curve_grows_and_ends_where_too_few_lie_above() {
        let mut merged = Merged::new();
        assert_eq!(merged.curve(), []);
        let mut histogram = new_latency_histogram();
        for value in 1..=10_000 {
            histogram.record(value * 100).expect("within an hour");
        }
        let encoded = EncodedHistogram::encode(&histogram).expect("it encodes");
        merged.add(&encoded).expect("it decodes");
        let curve = merged.curve();
        assert!(
            curve.is_sorted_by(|left, right| {
                left.quantile < right.quantile && left.ns <= right.ns
            })
        );
        let last = curve.last().map(|point| point.quantile);
        assert_eq!(last, Some(0.999));
        let percentiles = merged.percentiles().expect("there are values");
        let at = |quantile| {
            let point = curve.iter().find(|point| point.quantile == quantile);
            point.map(|point| point.ns)
        };
        assert_eq!(at(0.5), percentiles.p50_ns);
        assert_eq!(at(0.99), percentiles.p99_ns);
        assert_eq!(at(0.999), percentiles.p99_9_ns);
    }
}
