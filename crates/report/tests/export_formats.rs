//! Exports against their formats' own schemas and readers.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use hdrhistogram::{
    Histogram,
    serialization::interval_log::{IntervalLogIterator, LogEntry},
};
use record::{EncodedHistogram, Measurement, new_latency_histogram};
use report::{analyse, export::ExportFormat};
use serde_json::{Value, json};
use support::exports::{FLAWED, SMALL, exported, merged_from_records, one_json};

fn assert_valid(schema: &Value, value: &Value) {
    let schema = jsonschema::validator_for(schema).expect("it is a schema");
    let errors: Vec<String> = schema
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// The published schema, <https://bencher.dev/bmf.json>, and the limits that
/// <https://bencher.dev/docs/reference/bencher-metric-format> gives for names;
/// strict where that one lets anything else pass.
#[test]
fn bencher_metric_format() {
    let published = json!({
        "$schema": "http://json-schema.org/draft-07/schema",
        "type": "object",
        "patternProperties": { ".+": {
            "type": "object",
            "patternProperties": { ".+": {
                "type": "object",
                "properties": {
                    "value": { "type": "number" },
                    "lower_value": { "type": "number" },
                    "upper_value": { "type": "number" },
                },
                "required": ["value"],
            }},
        }},
    });
    let mut strict = published.clone();
    strict["propertyNames"] = json!({ "minLength": 1, "maxLength": 1024 });
    let measures = &mut strict["patternProperties"][".+"];
    measures["minProperties"] = json!(1);
    measures["propertyNames"] = json!({ "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64 });
    measures["patternProperties"][".+"]["additionalProperties"] = json!(false);
    for run in [&*SMALL, &*FLAWED] {
        let bmf = one_json(run, ExportFormat::Bencher);
        assert_valid(&published, &bmf);
        assert_valid(&strict, &bmf);
        for (name, measures) in bmf.as_object().expect("it is a map") {
            for (slug, metric) in measures.as_object().expect("it is a map") {
                let end = |key: &str| metric.get(key).and_then(Value::as_f64);
                let value = end("value").expect("it is a number");
                assert!(
                    end("lower_value").is_none_or(|lower| lower <= value),
                    "{name} {slug}"
                );
                assert!(
                    end("upper_value").is_none_or(|upper| value <= upper),
                    "{name} {slug}"
                );
            }
        }
    }
}

/// `BenchmarkResult` in src/extract.ts of
/// <https://github.com/benchmark-action/github-action-benchmark>, where the
/// two custom tools are read; an empty array is an error there.
#[test]
fn github_action_benchmark() {
    let schema = json!({
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "properties": {
                "name": { "type": "string", "minLength": 1 },
                "unit": { "type": "string", "minLength": 1 },
                "value": { "type": "number" },
                "range": { "type": "string", "pattern": "^± [0-9.]+$" },
                "extra": { "type": "string" },
            },
            "required": ["name", "unit", "value"],
            "additionalProperties": false,
        },
    });
    for run in [&*SMALL, &*FLAWED] {
        let mut names = BTreeSet::new();
        let mut results = 0;
        for (format, is_rate) in [
            (ExportFormat::GithubActionSmallerIsBetter, false),
            (ExportFormat::GithubActionBiggerIsBetter, true),
        ] {
            let value = one_json(run, format);
            assert_valid(&schema, &value);
            for result in value.as_array().expect("it is an array") {
                let text = |key: &str| result[key].as_str().expect("it is a text").to_owned();
                assert_eq!(text("unit").ends_with("/s"), is_rate, "{result}");
                names.insert(text("name"));
                results += 1;
            }
        }
        assert_eq!(names.len(), results, "a name stands for one figure");
    }
}

/// What the crate's own reader finds in the logs, merged, is what the records
/// hold: every bucket.
#[test]
fn hlog_round_trip() {
    for run in [&*SMALL, &*FLAWED] {
        let wanted = merged_from_records(&run.0);
        assert!(!wanted.is_empty());
        let mut found: BTreeMap<String, Histogram<u64>> = BTreeMap::new();
        for file in exported(run, ExportFormat::Hlog).files {
            let stem = file.name.strip_suffix(".hlog").expect("its name says so");
            let mut starts = 0;
            let mut last_start = None;
            for entry in IntervalLogIterator::new(file.text.as_bytes()) {
                let interval = match entry.expect("it is a log") {
                    LogEntry::Interval(interval) => interval,
                    LogEntry::StartTime(at) | LogEntry::BaseTime(at) => {
                        let wanted = run.0.header.started_at_unix_ns / 1_000_000;
                        assert_eq!(at.as_millis(), u128::from(wanted));
                        starts += 1;
                        continue;
                    }
                };
                let tag = interval.tag().expect("every line has one");
                assert!(last_start <= Some(interval.start_timestamp()));
                last_start = Some(interval.start_timestamp());
                assert_eq!(interval.duration().as_millis(), 1_000, "the made-up window");
                let histogram = EncodedHistogram(interval.encoded_histogram().to_owned())
                    .decode()
                    .expect("it is a histogram");
                let max_ms = histogram.max() as f64 / 1e6;
                assert!((interval.max() - max_ms).abs() <= 0.000_5, "{max_ms}");
                found
                    .entry(format!("{stem}.{}", tag.as_str()))
                    .or_insert_with(new_latency_histogram)
                    .add(histogram)
                    .expect("they have one shape");
            }
            assert_eq!(starts, 2);
        }
        assert!(found == wanted, "a histogram differs");
    }
}

/// Each line again, by other means than those that wrote it.
#[test]
fn hgrm_says_what_the_histogram_holds() {
    let mut wanted = merged_from_records(&SMALL.0);
    for file in exported(&SMALL, ExportFormat::Hgrm).files {
        let stem = file.name.strip_suffix(".hgrm").expect("its name says so");
        let histogram = wanted.remove(stem).expect("it was measured");
        let mut lines = file.text.lines();
        let head = "       Value     Percentile TotalCount 1/(1-Percentile)";
        assert_eq!(lines.next(), Some(head));
        assert_eq!(lines.next(), Some(""));
        let (table, footer): (Vec<&str>, Vec<&str>) =
            lines.partition(|line| !line.starts_with('#'));
        let mut last_percentile = -1.0;
        for line in &table {
            let numbers: Vec<f64> = line
                .split_whitespace()
                .map(|number| number.parse().expect("it is a number"))
                .collect();
            let [value_ms, percentile, count, rest @ ..] = &numbers[..] else {
                panic!("{line}");
            };
            assert!(*percentile > last_percentile, "{line}");
            last_percentile = *percentile;
            // The next value's bucket may begin a rounding error early.
            let value_ns = (value_ms * 1e6).round() as u64;
            let at = |percentile: f64| histogram.value_at_quantile(percentile.clamp(0.0, 1.0));
            let shown = |ns: u64| (ns as f64 / 1e6 * 1e3).round() as u64;
            assert!(
                shown(at(percentile - 1e-9)) <= shown(value_ns)
                    && shown(value_ns) <= shown(at(percentile + 1e-9)),
                "{line}"
            );
            let below = histogram.count_between(0, value_ns + 500);
            assert!(*count <= below as f64, "{line}");
            assert!(
                *count >= (percentile * histogram.len() as f64).floor(),
                "{line}"
            );
            match rest {
                [] => assert_eq!(*percentile, 1.0),
                [inverse] => assert!((inverse * (1.0 - percentile) - 1.0).abs() < 0.01, "{line}"),
                _ => panic!("{line}"),
            }
        }
        assert_eq!(last_percentile, 1.0);
        assert_eq!(
            footer,
            [
                format!(
                    "#[Mean    = {:>12.3}, StdDeviation   = {:>12.3}]",
                    histogram.mean() / 1e6,
                    histogram.stdev() / 1e6
                ),
                format!(
                    "#[Max     = {:>12.3}, Total count    = {:>12}]",
                    histogram.max() as f64 / 1e6,
                    histogram.len()
                ),
                format!(
                    "#[Buckets = {:>12}, SubBuckets     = {:>12}]",
                    histogram.buckets(),
                    2048
                ),
            ]
        );
    }
    assert!(wanted.is_empty(), "{:?}", wanted.keys());
}

/// A record whose histogram was damaged gives no line, and says so.
#[test]
fn a_damaged_histogram_is_named() {
    let mut run = SMALL.0.clone();
    for trial in &mut run.trials {
        if trial.cell == "handshakes"
            && trial.block == 2
            && let Some(Measurement::Handshakes { load, .. }) = &mut trial.measurement
        {
            load.response_time = EncodedHistogram("SElTVA==".to_owned());
        }
    }
    let findings = analyse(&run);
    let entries = run.header.plan.entries.len();
    let damaged = (run, findings);
    for format in [ExportFormat::Hgrm, ExportFormat::Hlog] {
        let left_out = exported(&damaged, format).left_out;
        assert_eq!(left_out.len(), entries);
        assert!(
            left_out[0]
                .to_string()
                .contains("handshake times of block 3")
        );
    }
    for format in [ExportFormat::Bencher, ExportFormat::OpenMetrics] {
        let left_out = exported(&damaged, format).left_out;
        let named = left_out
            .iter()
            .filter(|it| it.to_string().contains("handshake times of block 3"));
        assert_eq!(named.count(), entries);
    }
    let log = exported(&damaged, ExportFormat::Hlog)
        .files
        .into_iter()
        .find(|file| file.name.starts_with("handshakes"))
        .expect("the other blocks are whole");
    assert_eq!(log.text.matches("Tag=").count(), 7);
}
