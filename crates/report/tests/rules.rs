//! What is compared by which rule, and why something is not.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use record::{EntryKey, Flaw, LoadResult, Measurement, Role, Scenario, TrialRecord, Variant};
use report::{
    Findings, Run, analyse,
    findings::{
        BaselinePairs, CellFinding, Metric, MetricFinding, NoFloor, NotCompared, RowDetail,
    },
    render_folder,
};
use statistics::{Family, Rule, UnknownReason, Verdict};
use support::{
    flawed::{self, key},
    run_of, scenarios,
    truth::{reference, servers},
};

const ECHO: &str = "echo-125b-binary";
const CPU: Metric = Metric::ServerCpuNsPerMessage;

fn only(names: &[&str]) -> Vec<Scenario> {
    let mut scenarios = scenarios();
    scenarios.retain(|scenario| names.contains(&scenario.name.as_str()));
    scenarios
}

/// Few servers in one echo cell.
fn small(blocks: u32) -> Run {
    run_of(blocks, &flawed::some_servers(), only(&[ECHO]), 0.005)
}

fn twin() -> EntryKey {
    EntryKey {
        role: Role::Again,
        ..reference()
    }
}

fn trials_of<'a>(
    run: &'a mut Run,
    entry: &EntryKey,
) -> impl Iterator<Item = &'a mut TrialRecord> + use<'a> {
    let entry = entry.clone();
    run.trials
        .iter_mut()
        .filter(move |trial| trial.entry == entry)
}

fn load_of(trial: &mut TrialRecord) -> &mut LoadResult {
    match &mut trial.measurement {
        Some(Measurement::Echo { load, .. } | Measurement::Handshakes { load, .. }) => load,
        _ => panic!("the trial has no load"),
    }
}

/// The generator of these trials had no time left and the server had.
fn saturate(run: &mut Run, entry: &EntryKey) {
    for trial in trials_of(run, entry) {
        let load = load_of(trial);
        load.generator_cpu_ns = load.drained_ns * 97 / 100;
        load.observed_cpu_ns = Some(load.drained_ns / 3);
    }
}

fn position(findings: &Findings, label: &str) -> usize {
    let found = findings.entries.iter().position(|it| it.label == label);
    found.expect("the row is there")
}

fn metric(findings: &Findings, metric: Metric) -> &MetricFinding {
    let found = findings.cells[0].metric(metric);
    found.expect("it is measured")
}

fn page(findings: &Findings, name: &str) -> String {
    let files = render_folder(findings).expect("findings serialise");
    let found = files.into_iter().find(|file| file.name == name);
    found.expect("the file is rendered").text
}

/// Ten blocks are enough for Holm over 11 comparisons with the reference, and
/// not over the 55 other pairs: the table says both.
#[test]
fn the_rule_of_the_letters_is_kept_and_printed() {
    let family = |comparisons, blocks, rule| Family {
        comparisons,
        blocks,
        rule,
    };
    for (blocks, rule, words) in [
        (
            10,
            Rule::AllBlocksAgree,
            "55 other pairs (those without tokio-tungstenite); one is shown apart only if every \
             block (up to 10) shows it, by more than half the noise floor, and its median lies \
             beyond the whole floor; no correction",
        ),
        (
            12,
            Rule::Holm,
            "55 other pairs (those without tokio-tungstenite), by the same interval and noise \
             floor, with Holm's correction over them.",
        ),
    ] {
        let findings = analyse(&run_of(blocks as u32, &servers(), only(&[ECHO]), 0.005));
        let cpu = metric(&findings, CPU);
        assert_eq!(cpu.family, Some(family(11, blocks, Rule::Holm)));
        assert_eq!(cpu.letters_family, Some(family(55, blocks, rule)));
        let text = page(&findings, "cpu.md");
        assert!(text.contains(words), "{text}");
        assert!(text.contains("Holm's correction over 11 comparisons"));
    }
}

/// One rule for all rows of a table, whatever blocks a row lost.
#[test]
fn a_row_that_lost_a_block_is_judged_like_the_others() {
    let mut run = run_of(10, &servers(), only(&[ECHO]), 0.005);
    let lost = trials_of(&mut run, &key("fastwebsockets", Variant::Default)).next();
    lost.expect("it ran").flaws.push(Flaw::Missing { count: 1 });
    let findings = analyse(&run);
    let cpu = metric(&findings, CPU);
    for row in cpu.rows.iter().flatten() {
        if let Some(comparison) = row.comparison {
            assert_eq!(comparison.rule, Rule::Holm);
        }
    }
    let row = cpu.row(position(&findings, "fastwebsockets"));
    assert_eq!(row.expect("valid").blocks.len(), 9);
}

#[test]
fn five_common_blocks_of_the_twins_give_no_floor() {
    let mut run = small(6);
    let lost = trials_of(&mut run, &twin()).next();
    lost.expect("it ran").flaws.push(Flaw::Missing { count: 1 });
    let findings = analyse(&run);
    let cpu = metric(&findings, CPU);
    assert_eq!(cpu.noise_floor, None);
    let too_few = NoFloor::TooFewBlocks {
        blocks: 5,
        needed: 6,
    };
    assert_eq!(cpu.no_floor, Some(too_few));
    let row = cpu.row(position(&findings, "raw-tcp")).expect("valid");
    let reason = UnknownReason::NoNoiseFloor;
    assert_eq!(row.verdict(), Some(Verdict::Unknown { reason }));
    assert_eq!((row.letters.as_str(), cpu.letters_family), ("", None));
    assert!(page(&findings, "cpu.md").contains("noise floor unknown (5 A/A blocks)"));
}

/// Idle connections are measured in two blocks. The floor of two values that
/// happen to agree was printed as 0.0 %.
#[test]
fn memory_has_no_floor_of_two_blocks() {
    let findings = analyse(&run_of(2, &flawed::some_servers(), only(&["idle"]), 0.005));
    let text = page(&findings, "memory.md");
    assert!(
        text.contains("noise floor unknown (2 A/A blocks)"),
        "{text}"
    );
}

#[test]
fn a_missing_floor_has_its_true_reason() {
    let reason_of = |run: &Run, of: Metric| metric(&analyse(run), of).no_floor;

    let mut servers = flawed::some_servers();
    servers.retain(|it| it.role != Role::Again);
    let no_twin = run_of(6, &servers, only(&[ECHO]), 0.005);
    assert_eq!(reason_of(&no_twin, CPU), Some(NoFloor::NoTwin));

    let mut invalid = small(6);
    for trial in trials_of(&mut invalid, &twin()) {
        trial.flaws.push(Flaw::Missing { count: 1 });
    }
    assert_eq!(reason_of(&invalid, CPU), Some(NoFloor::TwinHasNoFigure));

    let mut without_reference = small(6);
    for trial in trials_of(&mut without_reference, &reference()) {
        trial.flaws.push(Flaw::Missing { count: 1 });
    }
    let because = |reason| Some(NoFloor::TwinNotCompared { reason });
    assert_eq!(
        reason_of(&without_reference, CPU),
        because(NotCompared::ReferenceHasNoFigure)
    );
    let text = page(&analyse(&without_reference), "cpu.md");
    assert!(
        text.contains("No ratio for any row: the reference has no valid figure."),
        "{text}"
    );
}

/// What the generator can do twice says nothing about the noise of servers.
#[test]
fn a_saturated_twin_makes_no_floor() {
    let mut run = small(6);
    saturate(&mut run, &twin());
    let findings = analyse(&run);
    let rate = metric(&findings, Metric::MessagesPerS);
    let reason = NotCompared::GeneratorBound;
    assert_eq!(rate.no_floor, Some(NoFloor::TwinNotCompared { reason }));
    assert_eq!(rate.noise_floor, None);
    let row = rate.row(position(&findings, "raw-tcp")).expect("valid");
    assert!(row.ratio.is_some() && row.letters.is_empty());
    assert!(metric(&findings, CPU).noise_floor.is_some());
    let text = page(&findings, "throughput.md");
    assert!(
        text.contains("noise floor unknown (the A/A row was limited by the load generator)"),
        "{text}"
    );
}

/// In a closed loop a time follows from the rate, so where the rate is the
/// generator's the time is too.
#[test]
fn times_of_a_saturated_closed_loop_are_not_compared() {
    let mut run = run_of(6, &flawed::some_servers(), only(&["handshakes"]), 0.005);
    saturate(&mut run, &key("raw-tcp", Variant::Default));
    let findings = analyse(&run);
    let raw = position(&findings, "raw-tcp");
    let handwritten = position(&findings, "handwritten");
    for of in [
        Metric::HandshakesPerS,
        Metric::HandshakeP50Ns,
        Metric::HandshakeP99Ns,
    ] {
        let found = metric(&findings, of);
        let row = found.row(raw).expect("it is shown");
        assert_eq!(row.not_compared, Some(NotCompared::GeneratorBound));
        assert_eq!((row.ratio, row.letters.as_str()), (None, ""));
        assert!(found.row(handwritten).expect("valid").ratio.is_some());
    }
    let cpu = metric(&findings, Metric::ServerCpuNsPerHandshake);
    assert!(cpu.row(raw).expect("valid").ratio.is_some());
}

/// A value that has no logarithm takes the ratio away, and says so; without a
/// verdict there is no letter, which would say "tied".
#[test]
fn a_value_of_zero_is_a_reason_and_not_a_tie() {
    let mut run = small(6);
    let third = trials_of(&mut run, &key("raw-tcp", Variant::Default)).nth(2);
    load_of(third.expect("it ran")).observed_cpu_ns = Some(0);
    let findings = analyse(&run);
    let cpu = metric(&findings, CPU);
    let row = cpu.row(position(&findings, "raw-tcp")).expect("valid");
    assert_eq!(
        row.not_compared,
        Some(NotCompared::NotPositive { block: 2 })
    );
    assert_eq!((row.ratio, row.letters.as_str()), (None, ""));
    let other = cpu.row(position(&findings, "handwritten")).expect("valid");
    assert!(!other.letters.is_empty() && other.not_compared.is_none());
    let text = page(&findings, "cpu.md");
    assert!(
        text.contains("No ratio for raw-tcp: in block 3 a value of its own"),
        "{text}"
    );
}

#[test]
fn a_median_of_zero_has_no_spread_in_per_cent() {
    let mut run = small(6);
    for trial in trials_of(&mut run, &key("raw-tcp", Variant::Default)) {
        load_of(trial).observed_cpu_ns = Some(0);
    }
    let findings = analyse(&run);
    let raw = position(&findings, "raw-tcp");
    let row = metric(&findings, CPU).row(raw).expect("valid");
    assert_eq!((row.median, row.spread_percent), (0.0, None));
    let text = page(&findings, "cpu.md");
    assert!(text.contains("±?") && !text.contains("±0.0 %"), "{text}");
}

fn sanity(run: &Run) -> (BaselinePairs, usize, String) {
    let findings = analyse(run);
    let text = page(&findings, "README.md");
    let line = text.lines().find(|line| line.starts_with("Sanity"));
    (
        findings.baseline_pairs,
        findings.exceptions.len(),
        line.unwrap_or_default().to_owned(),
    )
}

/// Nothing is said about a check that could not be made, and what could be
/// compared is counted.
#[test]
fn the_check_against_baselines_counts_what_it_compared() {
    let (pairs, exceptions, line) = sanity(&small(6));
    // Raw TCP under five servers, the handwritten one under four.
    let all = BaselinePairs {
        planned: 9,
        compared: 9,
    };
    assert_eq!((pairs, exceptions), (all, 0));
    assert!(
        line.contains("9 of 9 pairs") && line.contains("no proof"),
        "{line}"
    );

    // A range of five values is no interval.
    let (pairs, _, line) = sanity(&small(5));
    assert_eq!((pairs.compared, line.as_str()), (0, ""));

    let mut no_data = small(6);
    no_data
        .trials
        .retain(|trial| trial.entry.role != Role::Baseline);
    let (pairs, _, line) = sanity(&no_data);
    assert_eq!((pairs.planned, pairs.compared), (9, 0));
    assert_eq!(line, "");

    // Without a floor a pair that is far apart the wrong way is no finding.
    let mut under = small(6);
    for trial in trials_of(&mut under, &key("fastwebsockets", Variant::Default)) {
        let load = load_of(trial);
        load.observed_cpu_ns = load.observed_cpu_ns.map(|ns| ns / 2);
    }
    let (pairs, exceptions, line) = sanity(&under);
    assert_eq!((pairs.compared, exceptions), (9, 2));
    assert!(
        line.contains("9 of 9 pairs") && line.contains("2 contradict"),
        "{line}"
    );
    // What is on record is told, without a cause that nobody measured.
    let readme = page(&analyse(&under), "README.md");
    let row = readme
        .lines()
        .find(|line| line.contains(" in the kernel, "));
    assert!(row.is_some_and(|row| !row.contains(", so ")), "{row:?}");
    for trial in trials_of(&mut under, &twin()) {
        trial.flaws.push(Flaw::Missing { count: 1 });
    }
    let (pairs, exceptions, line) = sanity(&under);
    assert_eq!((pairs.compared, exceptions, line.as_str()), (0, 0, ""));
}

/// The figure beside ± lies inside its own interval and is not moved by the
/// tail of one bad block, which makes up the merged one.
#[test]
fn p99_is_the_median_to_which_its_spread_belongs() {
    let mut run = run_of(
        6,
        &flawed::some_servers(),
        only(&[ECHO, "fixed-rate-512b-text"]),
        0.005,
    );
    let bad = trials_of(&mut run, &key("raw-tcp", Variant::Default))
        .filter(|trial| trial.block == 1 && trial.cell == "fixed-rate-512b-text-50");
    for trial in bad {
        load_of(trial).response_time = support::measurements::histogram(9e6, 32_000);
    }
    let findings = analyse(&run);
    let cell: &CellFinding = findings.middle_rung().expect("there is a ladder");
    let raw = position(&findings, "raw-tcp");
    let found = cell.metric(Metric::ResponseP99Ns);
    let row = found.and_then(|found| found.row(raw)).expect("valid");
    assert!(row.interval.lower <= row.median && row.median <= row.interval.upper);
    let detail = cell.detail(raw).and_then(RowDetail::echo);
    let merged = detail.and_then(|detail| detail.latency?.response.p99_ns);
    let merged = merged.expect("enough messages");
    assert!(merged as f64 > 50.0 * row.median);
    // A single bad block stretches the interval to one side only.
    let shown = format!("{:.1} ÷1.0 ×", row.median / 1e3);
    // There a figure and its spread are kept in one line.
    let readme = page(&findings, "README.md").replace('\u{a0}', " ");
    let line = readme.lines().find(|line| line.starts_with("| raw-tcp"));
    assert!(line.is_some_and(|line| line.contains(&shown)), "{line:?}");
    // Merged figures have columns of their own.
    let latency = page(&findings, "latency.md");
    assert!(latency.contains("| merged p99 |"), "{latency}");
    assert!(latency.contains(&shown));
}

/// Where the same program under two names differs by more than half in p99, the
/// first tables show the median instead, and say why.
#[test]
fn the_first_tables_show_no_percentile_that_is_noise() {
    let ladder = || {
        run_of(
            6,
            &flawed::some_servers(),
            only(&[ECHO, "fixed-rate-512b-text"]),
            0.005,
        )
    };
    let mut run = ladder();
    let middle = |trial: &&mut TrialRecord| trial.cell == "fixed-rate-512b-text-50";
    for trial in run.trials.iter_mut().filter(middle) {
        if trial.entry.role == record::Role::Again {
            load_of(trial).response_time = support::measurements::histogram(9e6, 32_000);
        }
    }
    for (run, is_noise) in [(ladder(), false), (run, true)] {
        let readme = page(&analyse(&run), "README.md");
        assert_eq!(readme.contains("p50 µs |"), is_noise, "{readme}");
        assert_eq!(readme.contains("p99 µs |"), !is_noise, "{readme}");
        assert_eq!(readme.contains("Not p99: the reference"), is_noise);
    }
}
