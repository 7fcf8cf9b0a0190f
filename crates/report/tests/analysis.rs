//! Findings against the truth of made-up runs.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use std::sync::LazyLock;

use record::{Beside, BuildOutcome, Flaw, Measurement, Role, Variant};
use report::{
    Findings, Run, analyse,
    findings::{CellFinding, EntryFinding, Metric, NoFloor, RowDetail, RowStatus, RunState},
};
use statistics::{Family, Rule, UnknownReason, Verdict};
use support::{flawed, run_of, truth};

fn position(findings: &Findings, label: &str) -> usize {
    findings
        .entries
        .iter()
        .position(|entry| entry.label == label)
        .expect("the row is there")
}

fn cell<'a>(findings: &'a Findings, name: &str) -> &'a CellFinding {
    findings
        .cells
        .iter()
        .find(|cell| cell.name == name)
        .expect("the cell is there")
}

static FLAWED: LazyLock<Findings> = LazyLock::new(|| analyse(&flawed::run()));
/// Six blocks with half a per cent of noise.
static CLEAN: LazyLock<Run> = LazyLock::new(|| small_run(6, 0.005));
static CLEAN_FINDINGS: LazyLock<Findings> = LazyLock::new(|| analyse(&CLEAN));

fn small_run(blocks: u32, noise: f64) -> Run {
    run_of(
        blocks,
        &flawed::some_servers(),
        flawed::some_scenarios(),
        noise,
    )
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found / expected - 1.0).abs() < tolerance,
        "{found} is not {expected}"
    );
}

/// A row is shown at the speed of the reference, and stands where that puts it.
#[test]
fn rows_stand_in_the_order_of_the_figures_shown() {
    let mut run = CLEAN.clone();
    let is_other = |entry: &&EntryFinding| entry.key.role == Role::Contender && !entry.is_reference;
    let slow_moments = CLEAN_FINDINGS.entries.iter().rfind(is_other);
    let slow_moments = slow_moments.expect("there are such rows");
    for trial in &mut run.trials {
        if let Some(Measurement::Echo { load, .. }) = &trial.measurement {
            let mut beside = Beside::of(load);
            let times = if trial.entry == slow_moments.key {
                50
            } else {
                1
            };
            beside.observed_cpu_ns = Some(1_000_000 * times);
            beside.completed = 1_000;
            trial.beside = Some(beside);
        }
    }
    let findings = analyse(&run);
    let cpu = cell(&findings, "echo-125b-binary")
        .metric(Metric::ServerCpuNsPerMessage)
        .expect("it is measured");
    let shown: Vec<(&str, f64)> = findings
        .entries
        .iter()
        .zip(&cpu.rows)
        .filter(|(entry, _)| entry.key.role == Role::Contender)
        .filter_map(|(entry, row)| Some((entry.label.as_str(), row.as_ref()?.median)))
        .collect();
    assert!(shown.len() > 2, "{shown:?}");
    assert!(shown.is_sorted_by(|a, b| a.1 <= b.1), "{shown:?}");
    assert_eq!(shown[0].0, slow_moments.label);
}

#[test]
fn cpu_memory_and_handshakes_come_out_as_they_are() {
    let findings = &*CLEAN_FINDINGS;
    for truth in flawed::some_servers() {
        let row = position(findings, &truth.key().to_string());
        let echo = cell(findings, "echo-125b-binary");
        let cpu = echo
            .metric(Metric::ServerCpuNsPerMessage)
            .expect("it is measured");
        close(
            cpu.row(row).expect("valid").median,
            truth.cpu_ns(125, 1),
            0.02,
        );
        let detail = echo.detail(row).and_then(RowDetail::echo).expect("valid");
        close(detail.user_share.expect("ticks"), truth.user_share, 0.15);
        let (user, kernel) = (detail.user_ns_per_message, detail.kernel_ns_per_message);
        let sum = user
            .zip(kernel)
            .map(|(user, kernel)| user + kernel)
            .expect("ticks");
        close(sum, cpu.row(row).expect("valid").median, 1e-9);

        let idle = cell(findings, "idle").metric(Metric::RssBytesPerConnection);
        let per_connection = idle.and_then(|idle| idle.row(row)).expect("valid").median;
        close(per_connection, truth.kib_per_connection * 1024.0, 0.03);
        let shakes = cell(findings, "handshakes").metric(Metric::ServerCpuNsPerHandshake);
        let cpu = shakes
            .and_then(|shakes| shakes.row(row))
            .expect("valid")
            .median;
        close(cpu, truth.handshake_ns, 0.02);
    }
}

#[test]
fn the_twin_ties_with_the_reference_and_gives_the_floor() {
    let findings = &*CLEAN_FINDINGS;
    let twin = position(findings, "tokio-tungstenite (again)");
    assert_eq!(findings.entries[twin - 1].label, "tokio-tungstenite");
    for cell in &findings.cells {
        for metric in cell
            .metrics
            .iter()
            .filter(|metric| metric.metric.is_compared())
        {
            let found = metric.row(twin).expect("valid");
            let Some(floor) = metric.noise_floor else {
                // Idle cells run in two blocks.
                assert_eq!(cell.name, "idle");
                assert_eq!(
                    metric.no_floor,
                    Some(NoFloor::TooFewBlocks {
                        blocks: 2,
                        needed: 6
                    })
                );
                continue;
            };
            assert_eq!(metric.no_floor, None);
            let verdict = found.verdict().expect("compared");
            assert!(!verdict.is_claim(), "{} {:?}", cell.name, metric.metric);
            assert!(found.ratio.expect("compared").ln().abs() <= floor.log_ratio);
            assert!(found.letters.is_empty());
        }
    }
}

/// 3.95 and 3.96 µs can't be told apart; 4.43 and 8.71 can.
#[test]
fn near_rows_share_a_letter_and_far_rows_do_not() {
    let findings = &*CLEAN_FINDINGS;
    let metric = cell(findings, "echo-125b-binary")
        .metric(Metric::ServerCpuNsPerMessage)
        .expect("it is measured");
    let row = |label: &str| metric.row(position(findings, label)).expect("valid");
    assert_eq!(row("fastwebsockets").letters, row("ws-tool-tokio").letters);
    assert_ne!(
        row("tokio-tungstenite (tuned)").letters,
        row("tokio-tungstenite").letters
    );
    assert_eq!(
        row("tokio-tungstenite (tuned)").verdict(),
        Some(Verdict::Better)
    );
    let family = |comparisons| Family {
        comparisons,
        blocks: 6,
        rule: Rule::AllBlocksAgree,
    };
    assert_eq!(metric.family, Some(family(5)));
    // Six rows but for the reference: ten pairs.
    assert_eq!(metric.letters_family, Some(family(10)));
    assert_eq!(row("raw-tcp").letters, "a");
}

#[test]
fn throughput_counts_the_other_way_round() {
    let findings = &*CLEAN_FINDINGS;
    let metric = cell(findings, "echo-125b-binary").metric(Metric::MessagesPerS);
    let metric = metric.expect("it is measured");
    let row = metric
        .row(position(findings, "handwritten"))
        .expect("valid");
    assert!(row.ratio.expect("compared") > 1.0);
    assert_eq!(row.verdict(), Some(Verdict::Better));
}

#[test]
fn few_blocks_give_no_verdict_and_no_letters() {
    let findings = analyse(&small_run(3, 0.005));
    let reason = UnknownReason::TooFewBlocks {
        blocks: 3,
        needed: 6,
    };
    for row in 0..findings.entries.len() {
        let metric = cell(&findings, "echo-125b-binary").metric(Metric::ServerCpuNsPerMessage);
        let found = metric.and_then(|metric| metric.row(row)).expect("valid");
        assert!(found.letters.is_empty());
        let verdict = found.verdict();
        assert!(verdict.is_none_or(|verdict| verdict == Verdict::Unknown { reason }));
        assert_eq!(found.interval.method.word(), "range");
    }
}

#[test]
fn a_run_without_a_twin_claims_nothing() {
    let servers: Vec<_> = flawed::some_servers()
        .into_iter()
        .filter(|it| it.role != Role::Again)
        .collect();
    let findings = analyse(&run_of(6, &servers, flawed::some_scenarios(), 0.005));
    let metric = cell(&findings, "echo-125b-binary").metric(Metric::ServerCpuNsPerMessage);
    let metric = metric.expect("it is measured");
    assert_eq!(metric.noise_floor, None);
    let verdict = metric
        .row(position(&findings, "raw-tcp"))
        .and_then(|row| row.verdict());
    assert_eq!(
        verdict,
        Some(Verdict::Unknown {
            reason: UnknownReason::NoNoiseFloor
        })
    );
}

#[test]
fn invalid_trials_are_in_no_figure() {
    let mut dirty = CLEAN.clone();
    for trial in dirty.trials.iter_mut().filter(|trial| trial.block == 2) {
        trial.flaws.push(Flaw::Missing { count: 1 });
        if let Some(Measurement::Echo { load, .. }) = &mut trial.measurement {
            load.observed_cpu_ns = Some(1);
            load.completed_in_window = 1;
        }
    }
    let (clean, dirty) = (&*CLEAN_FINDINGS, analyse(&dirty));
    for (clean, dirty) in clean.cells.iter().zip(&dirty.cells) {
        for (clean, dirty) in clean.metrics.iter().zip(&dirty.metrics) {
            for (clean, dirty) in clean.rows.iter().zip(&dirty.rows) {
                let (clean, dirty) = (clean.as_ref(), dirty.as_ref());
                let expected: Vec<_> = clean
                    .map(|row| {
                        row.blocks
                            .iter()
                            .copied()
                            .filter(|it| it.block != 2)
                            .collect()
                    })
                    .unwrap_or_default();
                assert_eq!(
                    dirty.map(|row| row.blocks.clone()).unwrap_or_default(),
                    expected
                );
            }
        }
    }
}

#[test]
fn rows_without_figures_say_why() {
    let findings = &*FLAWED;
    let status = |name: &str, label: &str| {
        cell(findings, name).rows[position(findings, label)]
            .status
            .clone()
    };
    assert_eq!(
        status("echo-1m-binary", "fastwebsockets"),
        RowStatus::Invalid
    );
    let reason = |text: &str| RowStatus::Excluded {
        reason: text.to_owned(),
    };
    assert_eq!(status("idle", "broken"), reason("did not build"));
    assert_eq!(status("idle", "liar"), reason("failed the check"));
    let broken = &findings.entries[position(findings, "broken")];
    assert!(matches!(broken.build, Some(BuildOutcome::Failed { .. })));
    for cell in &findings.cells {
        for row in &cell.rows {
            let has_figure = cell
                .metrics
                .iter()
                .any(|metric| metric.row(row.entry).is_some());
            let measured = row.status == RowStatus::Measured;
            assert!(
                measured || (!has_figure && row.detail.is_none()),
                "{}",
                cell.name
            );
        }
    }
}

#[test]
fn a_redone_block_counts_once() {
    let findings = &*FLAWED;
    let entry = position(findings, "tokio-tungstenite (tuned)");
    let cell = cell(findings, "echo-125b-binary");
    let row = &cell.rows[entry];
    assert_eq!((row.valid_trials, row.recorded_trials), (6, 6));
    assert_eq!(
        row.flaws.len(),
        1,
        "the first attempt is named all the same"
    );
    let metric = cell
        .metric(Metric::ServerCpuNsPerMessage)
        .expect("it is measured");
    for row in metric.rows.iter().flatten() {
        // The attempt that counts is the same for all rows: the disturbed one's
        // figures, three times too high, are in none.
        let values = row.blocks.iter().map(|block| block.value);
        let lowest = values.clone().fold(f64::INFINITY, f64::min);
        assert_eq!(row.blocks.len(), 6);
        assert!(values.fold(0.0, f64::max) < 1.5 * lowest);
    }
}

#[test]
fn a_saturated_generator_is_not_compared() {
    let findings = &*FLAWED;
    let entry = position(findings, "raw-tcp");
    let cell = cell(findings, "echo-1m-binary");
    assert!(cell.detail(entry).expect("valid").is_generator_bound());
    let rate = cell
        .metric(Metric::MessagesPerS)
        .and_then(|metric| metric.row(entry));
    let rate = rate.expect("it is shown");
    assert_eq!((rate.ratio, rate.letters.as_str()), (None, ""));
    let cpu = cell
        .metric(Metric::ServerCpuNsPerMessage)
        .and_then(|metric| metric.row(entry));
    assert!(cpu.expect("valid").ratio.is_some());
}

#[test]
fn a_server_under_its_floor_is_named_with_the_facts() {
    let run = run_of(6, &truth::servers(), support::scenarios(), 0.005);
    let findings = analyse(&run);
    let tuned = position(&findings, "tokio-tungstenite (tuned)");
    let floor = position(&findings, "handwritten");
    let found = findings
        .exceptions
        .iter()
        .find(|it| it.entry == tuned && it.baseline == floor)
        .expect("it batches");
    assert_eq!(found.cell, "pipelined-64b-binary");
    assert!(found.kernel_difference_ns.expect("ticks") < -1_000.0);
    let cells: Vec<&str> = findings
        .exceptions
        .iter()
        .map(|it| it.cell.as_str())
        .collect();
    assert!(
        cells.iter().all(|cell| *cell == "pipelined-64b-binary"),
        "{cells:?}"
    );
}

#[test]
fn states_of_a_run() {
    let whole = small_run(2, 0.005);
    assert_eq!(analyse(&whole).run.state, RunState::Complete);
    assert_eq!(analyse(&whole).run.whole_blocks, 2);

    let mut interrupted = whole.clone();
    interrupted.end.as_mut().expect("it ended").interrupted = true;
    assert_eq!(analyse(&interrupted).run.state, RunState::Interrupted);

    let mut going_on = whole.clone();
    going_on.end = None;
    going_on.trials.pop();
    let facts = analyse(&going_on).run;
    assert_eq!((facts.state, facts.whole_blocks), (RunState::Unfinished, 1));

    let mut nothing = whole;
    nothing.end = None;
    nothing.trials.clear();
    let findings = analyse(&nothing);
    assert_eq!(findings.run.whole_blocks, 0);
    assert!(
        findings
            .cells
            .iter()
            .flat_map(|cell| &cell.rows)
            .all(|row| { matches!(row.status, RowStatus::NotYet) })
    );
}

#[test]
fn percentiles_need_values_above_them() {
    let mut run = CLEAN.clone();
    for trial in &mut run.trials {
        if let Some(Measurement::Echo {
            load,
            offered_per_s: Some(_),
            ..
        }) = &mut trial.measurement
        {
            load.response_time = support::measurements::histogram(30_000.0, 200);
        }
    }
    let findings = analyse(&run);
    let row = position(&findings, "raw-tcp");
    let detail = findings
        .middle_rung()
        .and_then(|cell| cell.detail(row)?.echo());
    let response = detail
        .and_then(|detail| detail.latency)
        .expect("valid")
        .response;
    // Six blocks of 201: ten lie above p99, one above p99.9.
    assert_eq!(response.count, 6 * 201);
    assert!(response.p99_ns.is_some() && response.p99_9_ns.is_none());
}

#[test]
fn a_damaged_histogram_is_a_fault_and_not_a_percentile() {
    let mut run = CLEAN.clone();
    let entry = flawed::key("fastwebsockets", Variant::Default);
    let damaged = run
        .trials
        .iter_mut()
        .find(|trial| trial.cell == "fixed-rate-512b-text-50" && trial.entry == entry);
    if let Some(Measurement::Echo { load, .. }) = &mut damaged.expect("it ran").measurement {
        load.response_time = record::EncodedHistogram("AAAA".to_owned());
    }
    let findings = analyse(&run);
    let row = position(&findings, "fastwebsockets");
    let cell = cell(&findings, "fixed-rate-512b-text-50");
    assert_eq!(cell.rows[row].flaws[0].short, "damaged record");
    let p99 = cell
        .metric(Metric::ResponseP99Ns)
        .and_then(|metric| metric.row(row));
    assert_eq!(p99.expect("five are whole").blocks.len(), 5);
}
