//! Exports in the hands of other people's readers, where they are installed:
//! `pip install prometheus_client hdrhistogram`, `npm install
//! hdr-histogram-js` (with `NODE_PATH`). A reader that is absent is skipped
//! with a message.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use report::export::ExportFormat;
use support::exports::{Analysed, FLAWED, SMALL, exported, merged_from_records, one_text};

/// Whether `program CODE` succeeds, so that the reader is there.
fn has(program: &str, code: &[&str], what: &str) -> bool {
    let is_there = Command::new(program)
        .args(code)
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_there {
        eprintln!("skipped: {what} is not installed");
    }
    is_there
}

/// What the program prints on standard output; it must succeed.
fn printed(command: &mut Command) -> String {
    let output = command.output().expect("it was there a moment ago");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("it prints text")
}

/// Writes all files of an export to a folder of their own.
fn folder(name: &str, analysed: &Analysed, format: ExportFormat) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // It may hold files of an earlier version.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("it can be created");
    for file in exported(analysed, format).files {
        fs::write(folder.join(file.name), file.text).expect("it can be written");
    }
    folder
}

/// The reference parser of OpenMetrics reads every sample back.
#[test]
fn prometheus_client_reads_open_metrics() {
    const READ: &str = "
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(open(sys.argv[1], encoding='utf-8').read()):
    for sample in family.samples:
        print(family.type, family.unit, sample.name, repr(float(sample.value)))
";
    if !has(
        "python3",
        &["-c", "import prometheus_client.openmetrics.parser"],
        "Python's prometheus_client",
    ) {
        return;
    }
    for (name, analysed) in [("small", &*SMALL), ("flawed", &*FLAWED)] {
        let folder = folder(
            &format!("openmetrics-{name}"),
            analysed,
            ExportFormat::OpenMetrics,
        );
        let path = folder.join("openmetrics.txt");
        let found = printed(Command::new("python3").args(["-c", READ]).arg(&path));
        let text = one_text(analysed, ExportFormat::OpenMetrics);
        let wanted: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(wanted.len() > 50);
        assert_eq!(found.lines().count(), wanted.len());
        for (found, wanted) in found.lines().zip(wanted) {
            let value = |line: &str| -> f64 {
                let (_, value) = line.rsplit_once(' ').expect("it has a value");
                value.parse().expect("it is a number")
            };
            assert_eq!(value(found), value(wanted), "{found}\n{wanted}");
        }
    }
}

/// Python's reader of interval logs counts what the records hold.
#[test]
fn hdrh_reads_interval_logs() {
    const READ: &str = "
import glob, os, sys
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader
for path in sorted(glob.glob(os.path.join(sys.argv[1], '*.hlog'))):
    merged = {}
    reader = HistogramLogReader(path, HdrHistogram(1, 3600000000000, 3))
    while True:
        interval = reader.get_next_interval_histogram()
        if interval is None:
            break
        tag = interval.get_tag()
        merged.setdefault(tag, HdrHistogram(1, 3600000000000, 3)).add(interval)
    for tag, histogram in merged.items():
        print(os.path.basename(path)[:-4] + tag, histogram.get_total_count(),
              histogram.get_max_value(), *(histogram.get_value_at_percentile(p)
              for p in (50, 90, 99, 99.9)))
";
    if !has("python3", &["-c", "import hdrh.log"], "Python's hdrh") {
        return;
    }
    let folder = folder("hlog-python", &FLAWED, ExportFormat::Hlog);
    let text = printed(Command::new("python3").args(["-c", READ]).arg(&folder));
    let mut found: Vec<&str> = text.lines().collect();
    found.sort_unstable();
    let mut wanted: Vec<String> = merged_from_records(&FLAWED.0)
        .iter()
        .map(|(name, histogram)| {
            let at = |quantile| histogram.value_at_quantile(quantile);
            format!(
                "{name} {} {} {} {} {} {}",
                histogram.len(),
                histogram.max(),
                at(0.5),
                at(0.9),
                at(0.99),
                at(0.999)
            )
        })
        .collect();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

/// JavaScript's implementation makes the same distributions out of the logs:
/// the two exports agree, and both are what that implementation expects.
#[test]
fn hdr_histogram_js_draws_the_same_distributions() {
    const READ: &str = "
const hdr = require('hdr-histogram-js'), fs = require('fs'), path = require('path');
const shape = { lowestDiscernibleValue: 1, highestTrackableValue: 3600000000000,
                numberOfSignificantValueDigits: 3, bitBucketSize: 64 };
for (const name of fs.readdirSync(process.argv[1])) {
  const reader = new hdr.HistogramLogReader(
    fs.readFileSync(path.join(process.argv[1], name), 'utf8'));
  const merged = {};
  for (let it; (it = reader.nextIntervalHistogram()); ) {
    merged[it.tag] ||= hdr.build(shape);
    merged[it.tag].add(it);
  }
  for (const tag in merged) {
    console.log('@' + name.slice(0, -5) + '.' + tag + '.hgrm');
    console.log(merged[tag].outputPercentileDistribution(5, 1e6).trimEnd());
  }
}
";
    if !has(
        "node",
        &["-e", "require('hdr-histogram-js')"],
        "JavaScript's hdr-histogram-js",
    ) {
        return;
    }
    let folder = folder("hlog-node", &FLAWED, ExportFormat::Hlog);
    let text = printed(Command::new("node").args(["-e", READ]).arg(&folder));
    let files = exported(&FLAWED, ExportFormat::Hgrm).files;
    let mut compared = 0;
    for theirs in text.split('@').skip(1) {
        let (name, theirs) = theirs.split_once('\n').expect("it has a name");
        let ours = files
            .iter()
            .find(|file| file.name == name)
            .expect("it is exported");
        assert_same_distribution(&ours.text, theirs, name);
        compared += 1;
    }
    assert_eq!(compared, files.len());
}

/// Word by word; a number may differ in its last digit, where the two round a
/// half differently.
fn assert_same_distribution(ours: &str, theirs: &str, name: &str) {
    let (ours, theirs) = (ours.trim_end(), theirs.trim_end());
    assert_eq!(ours.lines().count(), theirs.lines().count(), "{name}");
    let words = ours.split_whitespace().zip(theirs.split_whitespace());
    for (ours, theirs) in words {
        if ours == theirs {
            continue;
        }
        let number = |text: &str| -> f64 { text.parse().expect("only numbers may differ") };
        let last_digit = match ours.split_once('.') {
            Some((_, decimals)) => 0.1_f64.powi(decimals.len() as i32),
            None => 0.0,
        };
        let difference = (number(ours) - number(theirs)).abs();
        assert!(difference <= last_digit * 1.01, "{name}: {ours} {theirs}");
    }
}
