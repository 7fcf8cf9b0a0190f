//! Bencher Metric Format: <https://bencher.dev/docs/reference/bencher-metric-format>.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{figures, rounded};
use crate::Findings;

#[derive(Serialize)]
struct Metric {
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_value: Option<f64>,
}

/// Benchmark → measure → value with the interval's ends.
pub(super) fn text(findings: &Findings) -> Result<String, serde_json::Error> {
    let mut benchmarks: BTreeMap<String, BTreeMap<&str, Metric>> = BTreeMap::new();
    for figure in figures(findings) {
        let metric = Metric {
            value: rounded(figure.value),
            lower_value: figure.interval.map(|interval| rounded(interval.lower)),
            upper_value: figure.interval.map(|interval| rounded(interval.upper)),
        };
        benchmarks
            .entry(figure.benchmark())
            .or_default()
            .insert(figure.measure.slug(), metric);
    }
    let mut text = serde_json::to_string_pretty(&benchmarks)?;
    text.push('\n');
    Ok(text)
}
