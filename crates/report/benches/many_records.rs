//! How long it takes to read, analyse and render a run of 10,000 records and
//! more: the newest published run with its blocks three times over.
//!
//! `cargo bench -p report`; at the end stands the resident memory at its peak, of
//! a process that does this once and nothing else.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark program"
)]

use std::{
    env, fs,
    hint::black_box,
    io::{self, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use criterion::{BenchmarkId, Criterion, Throughput};
use report::{Beside, Run, analyse, render_folder, render_html};
use serde_json::Value;

/// How often each block stands in the run.
const COPIES: u64 = 3;

/// Set in the process whose memory is measured, which gets the run as its input.
const IS_MEASURED: &str = "MANY_RECORDS_MEMORY";

fn main() {
    if env::var_os(IS_MEASURED).is_some() {
        let run = io::read_to_string(io::stdin()).expect("the run can be read");
        black_box(whole_report(&run));
        print!("{}", peak_of_memory());
        return;
    }
    let text = repeated(&newest_run());
    let records = text.lines().count() as u64;
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("report");
    group.throughput(Throughput::Elements(records));
    group.bench_function(
        BenchmarkId::new("read, analyse, render", records),
        |bench| {
            bench.iter(|| whole_report(black_box(&text)));
        },
    );
    group.finish();
    criterion.final_summary();
    println!("peak of resident memory: {}", peak_for(&text));
}

fn whole_report(text: &str) -> usize {
    let run = Run::parse(text).expect("the run can be read");
    let findings = analyse(&run);
    let files = render_folder(&findings).expect("the tables can be rendered");
    let page = render_html(&findings, &Beside::default()).expect("the page can be rendered");
    files.len() + page.text.len()
}

/// The text of the newest run among the published results.
fn newest_run() -> String {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../results");
    let folders = fs::read_dir(results).expect("there are results");
    let files = folders
        .filter_map(|folder| Some(folder.ok()?.path().join("run.ndjson")))
        .filter(|file| file.is_file());
    let newest = files.max().expect("a run is published");
    fs::read_to_string(newest).expect("it can be read")
}

/// The same run with [`COPIES`] times as many blocks.
fn repeated(text: &str) -> String {
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let [header, trials @ .., end] = lines.as_slice() else {
        panic!("a run has a header and an end");
    };
    let mut header = header.clone();
    let plan = &mut header["plan"];
    let blocks = number(&plan["effort"], "blocks");
    plan["effort"]["blocks"] = (blocks * COPIES).into();
    let planned = plan["trials"].as_array().cloned().unwrap_or_default();
    plan["trials"] = copies(&planned, planned.len() as u64, blocks).into();
    let trials = copies(trials, planned.len() as u64, blocks);
    let all = [header].into_iter().chain(trials).chain([end.clone()]);
    all.map(|line| format!("{line}\n")).collect()
}

fn copies(trials: &[Value], planned: u64, blocks: u64) -> Vec<Value> {
    let of = |copy: u64| {
        trials.iter().map(move |trial| {
            let mut trial = trial.clone();
            trial["number"] = (number(&trial, "number") + copy * planned).into();
            trial["block"] = (number(&trial, "block") + copy * blocks).into();
            trial
        })
    };
    (0..COPIES).flat_map(of).collect()
}

fn number(of: &Value, field: &str) -> u64 {
    of[field].as_u64().expect("a number")
}

/// The peak of a process of its own, because making the run takes more memory
/// than its report.
fn peak_for(run: &str) -> String {
    let program = env::current_exe().expect("a program knows its path");
    let mut measured = Command::new(program)
        .env(IS_MEASURED, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be started");
    let mut input = measured.stdin.take().expect("its input is piped");
    input.write_all(run.as_bytes()).expect("it reads the run");
    drop(input);
    let output = measured.wait_with_output().expect("it ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("it tells its peak")
}

fn peak_of_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "unknown".to_owned(), |it| it.trim().to_owned())
}
