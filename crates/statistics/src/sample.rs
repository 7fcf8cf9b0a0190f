//! A validated sample and its point estimates.

use serde::{Serialize, Serializer};

/// Why numbers are no sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// There are no values.
    #[error("a sample needs at least one value")]
    Empty,
    /// A value is infinite or not a number.
    #[error("value {index} of the sample is infinite or not a number")]
    NotFinite {
        /// Its position.
        index: usize,
    },
}

/// One finite value per trial, at least one, in ascending order.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    sorted: Vec<f64>,
}

impl Sample {
    /// Takes values in any order.
    ///
    /// # Errors
    /// [`SampleError`] when there is no value or one that is not finite.
    pub fn new(mut values: Vec<f64>) -> Result<Self, SampleError> {
        if values.is_empty() {
            return Err(SampleError::Empty);
        }
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(SampleError::NotFinite { index });
        }
        values.sort_by(f64::total_cmp);
        Ok(Self { sorted: values })
    }

    /// Number of values, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a sample is never empty")]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The values in ascending order.
    #[must_use]
    pub fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// The smallest value.
    #[must_use]
    pub fn min(&self) -> f64 {
        self.sorted[0]
    }

    /// The largest value.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.sorted[self.sorted.len() - 1]
    }

    /// The middle value, or the mean of the two middle ones.
    #[must_use]
    pub fn median(&self) -> f64 {
        let upper = self.sorted.len() / 2;
        if self.sorted.len() % 2 == 1 {
            self.sorted[upper]
        } else {
            midpoint(self.sorted[upper - 1], self.sorted[upper])
        }
    }

    /// The quantile of type 7 of Hyndman and Fan (1996): linear interpolation
    /// between the order statistics at position `(n - 1) × probability`, the
    /// default of R and NumPy. `probability` is limited to 0..=1.
    #[must_use]
    pub fn quantile(&self, probability: f64) -> f64 {
        let position = (self.sorted.len() - 1) as f64 * probability.clamp(0.0, 1.0);
        let below = position.floor() as usize;
        let fraction = position - position.floor();
        let low = self.sorted[below];
        match self.sorted.get(below + 1) {
            Some(high) if fraction > 0.0 => low * (1.0 - fraction) + high * fraction,
            _ => low,
        }
    }

    /// The Hodges–Lehmann estimate: the median of the means of all pairs, each
    /// value paired with itself as well. Less moved by a single wild trial than
    /// the mean, and more efficient than the median when the noise is
    /// symmetric.
    #[must_use]
    pub fn hodges_lehmann(&self) -> f64 {
        let mut means = Vec::with_capacity(self.len() * (self.len() + 1) / 2);
        for (index, low) in self.sorted.iter().enumerate() {
            means.extend(
                self.sorted[index..]
                    .iter()
                    .map(|high| midpoint(*low, *high)),
            );
        }
        let middle = means.len() / 2;
        let odd = means.len() % 2 == 1;
        let (lower, upper, _) = means.select_nth_unstable_by(middle, f64::total_cmp);
        let upper = *upper;
        if odd {
            upper
        } else {
            let below = lower.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            midpoint(below, upper)
        }
    }
}

impl Serialize for Sample {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sorted.serialize(serializer)
    }
}

/// The mean of two numbers, halved first so that it can't overflow.
fn midpoint(low: f64, high: f64) -> f64 {
    low / 2.0 + high / 2.0
}
