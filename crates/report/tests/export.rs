//! Exports: golden files, what is left out, and the same figures as in the
//! findings.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test -p report --test
//! export`, then read the difference.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use std::collections::BTreeSet;

use record::Role;
use report::{
    Findings, analyse,
    export::{ExportFormat, LeftOut},
    findings::{Metric, NotAdmitted, RowStatus},
    render_folder,
};
use serde_json::Value;
use support::{
    exports::{Analysed, FLAWED, SMALL, exported, one_json, one_text},
    flawed,
};

const ALL: [ExportFormat; 7] = [
    ExportFormat::Bencher,
    ExportFormat::GithubActionSmallerIsBetter,
    ExportFormat::GithubActionBiggerIsBetter,
    ExportFormat::Hgrm,
    ExportFormat::Hlog,
    ExportFormat::OpenMetrics,
    ExportFormat::Csv,
];

#[test]
fn golden_files() {
    for (name, format) in [
        ("bmf.json", ExportFormat::Bencher),
        (
            "smaller-is-better.json",
            ExportFormat::GithubActionSmallerIsBetter,
        ),
        (
            "bigger-is-better.json",
            ExportFormat::GithubActionBiggerIsBetter,
        ),
        ("openmetrics.txt", ExportFormat::OpenMetrics),
    ] {
        insta::assert_snapshot!(format!("small-{name}"), one_text(&SMALL, format));
    }
    let hgrm = exported(&SMALL, ExportFormat::Hgrm).files.remove(0);
    insta::assert_snapshot!("small-hgrm", format!("{}\n{}", hgrm.name, hgrm.text));
    let hlog = exported(&SMALL, ExportFormat::Hlog).files.remove(0);
    let lines: Vec<String> = hlog.text.lines().map(short).collect();
    insta::assert_snapshot!(
        "small-hlog",
        format!("{}\n{}\n", hlog.name, lines.join("\n"))
    );
}

/// Without the histogram, which nobody can read.
fn short(line: &str) -> String {
    match line.split_once(",HISTF") {
        Some((before, _)) => format!("{before},HISTF…"),
        None => line.to_owned(),
    }
}

/// What isn't there is named, in every format that has no place for it.
#[test]
fn rows_without_figures_are_named() {
    let text: Vec<String> = ALL
        .into_iter()
        .map(|format| {
            let left_out = exported(&FLAWED, format).left_out;
            let lines: Vec<String> = left_out.iter().map(|it| format!("  {it}\n")).collect();
            format!("{format:?}\n{}", lines.concat())
        })
        .collect();
    insta::assert_snapshot!("flawed-left-out", text.concat());
}

/// A trial with a flaw changes no export but the CSV's counts of trials.
#[test]
fn flawed_trials_give_no_figure() {
    let findings = &FLAWED.1;
    let bmf = one_json(&FLAWED, ExportFormat::Bencher);
    let mut without = 0;
    for cell in &findings.cells {
        for (entry, row) in findings.entries.iter().zip(&cell.rows) {
            let mut name = format!(
                "{}/{}/{}",
                cell.name, entry.key.contender, entry.key.variant
            );
            if entry.key.role == Role::Again {
                name += "/again";
            }
            let is_there = bmf
                .as_object()
                .expect("it is a map")
                .keys()
                .any(|key| *key == name || key.starts_with(&format!("{name}/m")));
            let is_measured = row.status == RowStatus::Measured;
            without += usize::from(!is_measured);
            assert!(is_measured || !is_there, "{name}");
        }
    }
    assert!(without > 0);
    let corrupted = "echo-1m-binary/fastwebsockets/default";
    assert!(bmf.get(corrupted).is_none());
    for format in [ExportFormat::Hgrm, ExportFormat::Hlog] {
        let files = exported(&FLAWED, format).files;
        assert!(
            !files
                .iter()
                .any(|file| file.name.starts_with("handshakes.ws-tool-tokio.default"))
        );
        assert!(!files.iter().any(|file| file.name.contains("liar")));
    }
}

#[test]
fn a_rate_of_the_generator_is_no_figure_of_the_server() {
    let bound = "echo-1m-binary/raw-tcp/default";
    let bmf = one_json(&FLAWED, ExportFormat::Bencher);
    assert!(bmf[bound].get("throughput").is_none());
    assert!(bmf[bound].get("cpu-per-message").is_some());
    let left_out = exported(&FLAWED, ExportFormat::GithubActionBiggerIsBetter).left_out;
    assert!(left_out.contains(&LeftOut::GeneratorBound {
        row: bound.to_owned()
    }));
}

/// What isn't admitted is in no format that can't say so.
#[test]
fn a_server_that_is_not_admitted_is_left_out_by_name() {
    let (run, mut findings) = FLAWED.clone();
    let refused = findings
        .entries
        .iter_mut()
        .find(|entry| entry.key.contender == "fastwebsockets")
        .expect("it takes part");
    refused.not_admitted = Some(NotAdmitted {
        broken: Vec::new(),
        record: "admission/fastwebsockets.default.json".to_owned(),
    });
    let changed = (run, findings);
    for format in [
        ExportFormat::Bencher,
        ExportFormat::GithubActionSmallerIsBetter,
        ExportFormat::GithubActionBiggerIsBetter,
        ExportFormat::OpenMetrics,
    ] {
        let figures = |measured: &Analysed| {
            let text = exported(measured, format).files.remove(0).text;
            let lines = text.lines().filter(|line| line.contains("fastwebsockets"));
            lines
                .filter(|line| !line.contains("_info") && !line.contains("_trials"))
                .count()
        };
        assert!(figures(&FLAWED) > 0, "{format:?}");
        assert_eq!(figures(&changed), 0, "{format:?}");
        let left_out = exported(&changed, format).left_out;
        let named = left_out
            .iter()
            .filter(|it| matches!(it, LeftOut::NotAdmitted { .. }));
        assert_eq!(named.count(), 1);
    }
}

/// Every compared estimate is in the export as it is in the findings, and in
/// the CSV files, which come from the same.
#[test]
fn figures_are_those_of_the_tables() {
    let findings = &SMALL.1;
    let bmf = one_json(&SMALL, ExportFormat::Bencher);
    let close = |found: &Value, wanted: f64| {
        let found = found.as_f64().expect("it is a number");
        assert!(
            (found - wanted).abs() <= wanted.abs() * 1e-11,
            "{found} {wanted}"
        );
    };
    let slugs = [
        (Metric::ServerCpuNsPerMessage, "cpu-per-message"),
        (Metric::MessagesPerS, "throughput"),
        (Metric::ResponseP99Ns, "latency-p99-over-blocks"),
        (Metric::HandshakesPerS, "throughput"),
        (Metric::ServerCpuNsPerHandshake, "cpu-per-handshake"),
        (Metric::RssBytesPerConnection, "rss-per-connection"),
    ];
    let mut compared = 0;
    for cell in &findings.cells {
        let name = format!("{}/tokio-tungstenite/tuned", cell.name);
        let entry = position(findings, "tokio-tungstenite", "tuned");
        for (metric, slug) in slugs {
            let Some(estimate) = cell.metric(metric).and_then(|found| found.row(entry)) else {
                continue;
            };
            let found = &bmf[&name][slug];
            close(&found["value"], estimate.median);
            close(&found["lower_value"], estimate.interval.lower);
            close(&found["upper_value"], estimate.interval.upper);
            compared += 1;
        }
        let latency = cell.detail(entry).and_then(|it| it.echo()?.latency);
        if let Some(latency) = latency {
            let p99 = latency.response.p99_ns.expect("there are enough") as f64;
            close(&bmf[&name]["latency-p99"]["value"], p99);
            let service = latency.service.expect("it was measured");
            close(
                &bmf[&name]["service-time-p50"]["value"],
                service.p50_ns.expect("there are enough") as f64,
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 8, "every kind of cell with a metric");
}

fn position(findings: &Findings, contender: &str, variant: &str) -> usize {
    let is_it = |key: &record::EntryKey| {
        key.contender == contender && key.variant.to_string() == variant && key.role != Role::Again
    };
    findings
        .entries
        .iter()
        .position(|entry| is_it(&entry.key))
        .expect("it takes part")
}

#[test]
fn csv_is_the_folder_s() {
    let exported = exported(&FLAWED, ExportFormat::Csv);
    let rendered = render_folder(&FLAWED.1).expect("findings serialise");
    let wanted: Vec<(&str, &str)> = rendered
        .iter()
        .filter(|file| file.name.ends_with(".csv"))
        .map(|file| (file.name, file.text.as_str()))
        .collect();
    let found: Vec<(&str, &str)> = exported
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.text.as_str()))
        .collect();
    assert_eq!(found.len(), 8);
    assert_eq!(found, wanted);
}

/// Whatever is missing, there is an export, and a file's name is its own.
#[test]
fn parts_of_a_run_can_be_exported() {
    for trials in [0, 1, 40, 200] {
        let mut run = flawed::run();
        run.trials.truncate(trials);
        let findings = analyse(&run);
        let part = (run, findings);
        for format in ALL {
            let files = exported(&part, format).files;
            let names: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
            assert_eq!(names.len(), files.len(), "{format:?}");
            assert!(
                names.iter().all(|name| !name.contains(['/', '\\'])),
                "{names:?}"
            );
        }
    }
}
