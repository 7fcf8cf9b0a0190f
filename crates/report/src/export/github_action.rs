//! `customSmallerIsBetter` and `customBiggerIsBetter` of
//! <https://github.com/benchmark-action/github-action-benchmark>: an array of
//! its `BenchmarkResult` (src/extract.ts). A file has one direction.

use serde::Serialize;
use statistics::{Direction, Interval};

use super::figure::{Figure, figures, rounded};
use crate::Findings;

#[derive(Serialize)]
struct BenchmarkResult {
    name: String,
    unit: &'static str,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    extra: String,
}

/// Times, memory and allocations.
pub(super) fn smaller(findings: &Findings) -> Result<String, serde_json::Error> {
    text(findings, Direction::LowerIsBetter)
}

/// Rates.
pub(super) fn bigger(findings: &Findings) -> Result<String, serde_json::Error> {
    text(findings, Direction::HigherIsBetter)
}

fn text(findings: &Findings, direction: Direction) -> Result<String, serde_json::Error> {
    let results: Vec<BenchmarkResult> = figures(findings)
        .iter()
        .filter(|figure| figure.measure.direction() == direction)
        .map(|figure| BenchmarkResult {
            name: format!("{} {}", figure.benchmark(), figure.measure.slug()),
            unit: figure.measure.unit(),
            value: rounded(figure.value),
            range: figure
                .interval
                .map(|interval| format!("± {}", rounded(interval.half_width()))),
            extra: extra(findings, figure),
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&results)?;
    text.push('\n');
    Ok(text)
}

/// What the chart shows when one points at the figure.
fn extra(findings: &Findings, figure: &Figure<'_>) -> String {
    let mut lines = vec![match figure.interval {
        Some(_) => format!("median over {} blocks", figure.trials),
        None => format!("from {} valid trials", figure.trials),
    }];
    lines.extend(figure.interval.as_ref().map(interval_in_words));
    if !figure.entry.version.is_empty() {
        lines.push(format!("{} {}", figure.entry.library, figure.entry.version));
    }
    lines.push(format!(
        "{}, {}",
        findings.run.host.cpu_model, findings.run.started_at
    ));
    lines.join("\n")
}

fn interval_in_words(interval: &Interval) -> String {
    format!(
        "{} {} to {} ({})",
        interval.method.word(),
        rounded(interval.lower),
        rounded(interval.upper),
        interval.method.name()
    )
}
