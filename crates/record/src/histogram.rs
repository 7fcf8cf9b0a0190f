//! HdrHistograms in a line of text.

use serde::{Deserialize, Serialize};

#[cfg(feature = "histograms")]
pub use self::codec::{HistogramError, new_latency_histogram};

/// A histogram of nanoseconds in HdrHistogram's compressed V2 encoding, base64.
///
/// Lossless: histograms of several generators or trials merge exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct EncodedHistogram(pub String);

#[cfg(feature = "histograms")]
mod codec {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use hdrhistogram::{
        Histogram,
        serialization::{Deserializer, Serializer, V2DeflateSerializer},
    };

    use super::EncodedHistogram;

    /// Why a histogram could not be written or read.
    #[derive(Debug, thiserror::Error)]
    pub enum HistogramError {
        /// The text is not base64.
        #[error("histogram is not base64: {0}")]
        Base64(#[from] base64::DecodeError),
        /// The bytes are no V2 histogram, or hold counts that don't fit.
        #[error("histogram is not in HdrHistogram's V2 format: {0}")]
        Format(String),
        /// The histogram could not be written.
        #[error("histogram could not be serialised: {0}")]
        Serialise(String),
    }

    impl EncodedHistogram {
        /// Encodes `histogram`.
        ///
        /// # Errors
        /// [`HistogramError::Serialise`] when the histogram has more buckets than
        /// the format can hold.
        pub fn encode(histogram: &Histogram<u64>) -> Result<Self, HistogramError> {
            let mut bytes = Vec::new();
            V2DeflateSerializer::new()
                .serialize(histogram, &mut bytes)
                .map_err(|error| HistogramError::Serialise(format!("{error:?}")))?;
            Ok(Self(STANDARD.encode(bytes)))
        }

        /// Decodes the histogram.
        ///
        /// # Errors
        /// [`HistogramError::Base64`] or [`HistogramError::Format`] when the text
        /// was damaged.
        pub fn decode(&self) -> Result<Histogram<u64>, HistogramError> {
            let bytes = STANDARD.decode(&self.0)?;
            Deserializer::new()
                .deserialize(&mut bytes.as_slice())
                .map_err(|error| HistogramError::Format(format!("{error:?}")))
        }
    }

    /// An empty histogram for times from 1 ns to one hour at three significant
    /// digits, the shape of every histogram in a record.
    #[must_use]
    pub fn new_latency_histogram() -> Histogram<u64> {
        const HOUR_NS: u64 = 3_600_000_000_000;
        match Histogram::new_with_bounds(1, HOUR_NS, 3) {
            Ok(histogram) => histogram,
            Err(error) => unreachable!("the bounds are constants that the type accepts: {error}"),
        }
    }
}
