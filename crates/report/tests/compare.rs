//! Two made-up runs against each other: the truth is known.
//!
//! After a wanted change of the text: `INSTA_UPDATE=always cargo test -p
//! report`, then read the difference.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use std::sync::LazyLock;

use record::{BuildOutcome, Role};
use report::{
    Findings, Run, analyse,
    compare::{
        ChangeVerdict, CompareError, Difference, HostFact, NoVerdict, Pick, RunComparison,
        Severity, VerdictFilter, compare, comparison_text,
    },
    findings::Metric,
};
use support::pairs::{
    few_servers, seeded, some_run, some_scenarios, with_other_scenario, with_slower, with_version,
};

fn run(seed: u64) -> Run {
    some_run(seed, 8)
}

static A: LazyLock<Findings> = LazyLock::new(|| analyse(&run(1)));
static B: LazyLock<Findings> = LazyLock::new(|| analyse(&run(2)));
static SLOWER: LazyLock<Findings> = LazyLock::new(|| {
    let slower = with_slower(&few_servers(), "fastwebsockets", 1.2);
    let run = seeded(3, 8, &slower, &some_scenarios(&["echo-125b-binary"]));
    analyse(&with_version(run, "fastwebsockets", "0.11.0"))
});

fn compared(before: &Findings, after: &Findings) -> RunComparison {
    compare(before, after, ["a", "b"], &Pick::default()).expect("they have much in common")
}

fn has(comparison: &RunComparison, wanted: impl Fn(&Difference) -> bool) -> bool {
    let mut differences = comparison.differences.iter();
    differences.any(|noted| wanted(&noted.difference))
}

/// Every verdict with its place.
fn verdicts(comparison: &RunComparison) -> Vec<(String, ChangeVerdict)> {
    let mut found = Vec::new();
    for cell in &comparison.cells {
        for metric in &cell.metrics {
            for row in &metric.rows {
                let name = metric.metric.column_name();
                let place = format!("{} {name} {}", cell.name, row.key.label);
                found.push((place, row.verdict));
            }
        }
    }
    found
}

/// The text without its line breaks.
fn in_one_line(comparison: &RunComparison) -> String {
    let text = text(comparison, 80);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text(comparison: &RunComparison, width: usize) -> String {
    let text = comparison_text(comparison, width);
    let is_too_wide = |line: &&str| line.chars().count() > width;
    assert_eq!(text.lines().find(is_too_wide), None);
    text
}

#[test]
fn runs_of_the_same_truth_tie() {
    let found = compared(&A, &B);
    assert_eq!(found.tally.caught_by(VerdictFilter::Changed), 0);
    assert!(found.tally.tied > 0);
    assert_eq!(found.base.as_deref(), Some("tokio-tungstenite"));
    assert!(found.differences.is_empty(), "{:?}", found.differences);
    // Half of what has enough blocks must even be a tie, not only unknown.
    let cpu = &found.cells[0].metrics[0];
    assert_eq!(cpu.metric, Metric::ServerCpuNsPerMessage);
    assert!(cpu.absolute_least_effect.is_some());
    for row in &cpu.rows {
        let absolute = row.absolute.and_then(|it| it.judged).expect("it is judged");
        assert!(
            !matches!(absolute, ChangeVerdict::Better | ChangeVerdict::Worse),
            "{row:?}"
        );
    }
    insta::assert_snapshot!("compare-same-80", text(&found, 80));
}

#[test]
fn a_fifth_more_cpu_is_found_there_and_nowhere_else() {
    let pick = Pick {
        scenarios: vec!["echo-125b-binary".to_owned()],
        ..Pick::default()
    };
    let found = compare(&A, &SLOWER, ["a", "b"], &pick).expect("they have the cell");
    let claimed: Vec<String> = verdicts(&found)
        .into_iter()
        .filter(|(_, verdict)| matches!(verdict, ChangeVerdict::Better | ChangeVerdict::Worse))
        .map(|(place, verdict)| format!("{place}: {}", verdict.word()))
        .collect();
    assert_eq!(
        claimed,
        [
            "echo-125b-binary server_cpu_ns_per_message fastwebsockets: worse",
            "echo-125b-binary messages_per_s fastwebsockets: worse"
        ]
    );
    let row = &found.cells[0].metrics[0].rows;
    let change = row
        .iter()
        .find(|row| row.key.label == "fastwebsockets")
        .and_then(|row| row.change)
        .expect("it is compared");
    assert!((1.18..1.22).contains(&change.ratio), "{change:?}");
    assert!(change.lower < 1.2 && 1.2 < change.upper, "{change:?}");
    assert_eq!(found.tally.caught_by(VerdictFilter::Regressed), 2);
    insta::assert_snapshot!("compare-slower-80", text(&found, 80));
    insta::assert_snapshot!("compare-slower-120", text(&found, 120));
    // The other way round it is better, which is a change, but no regression.
    let turned = compare(&SLOWER, &A, ["b", "a"], &pick).expect("they have the cell");
    assert_eq!(turned.tally.better, 2);
    assert_eq!(turned.tally.caught_by(VerdictFilter::Regressed), 0);
    assert_eq!(turned.tally.caught_by(VerdictFilter::Changed), 2);
}

#[test]
fn a_run_against_itself_is_called_so() {
    let found = compared(&A, &A);
    assert!(has(&found, |it| *it == Difference::SameRun));
    for cell in &found.cells {
        for change in cell
            .metrics
            .iter()
            .flat_map(|it| &it.rows)
            .filter_map(|row| row.change)
        {
            assert!((change.ratio - 1.0).abs() < 1e-12);
            assert!(change.p_value > 0.5);
        }
    }
}

#[test]
fn another_host_is_a_caution_and_stops_absolute_verdicts() {
    let mut other = run(2);
    "7.0.0".clone_into(&mut other.header.host.kernel);
    "rustc 1.99.0".clone_into(&mut other.header.toolchain.rustc);
    other.header.dirty = true;
    other.header.commit = None;
    other.end = None;
    let found = compared(&A, &analyse(&other));
    assert!(has(&found, |it| matches!(
        it,
        Difference::Host {
            fact: HostFact::Kernel,
            ..
        }
    )));
    assert!(
        found
            .differences
            .iter()
            .all(|it| it.severity == Severity::Caution)
    );
    assert_eq!(found.tally.caught_by(VerdictFilter::Changed), 0);
    for metric in found.cells.iter().flat_map(|cell| &cell.metrics) {
        assert!(metric.absolute_least_effect.is_none());
        assert!(
            metric
                .rows
                .iter()
                .all(|row| row.absolute.is_none_or(|it| it.judged.is_none()))
        );
    }
    let text = in_one_line(&found);
    for word in [
        "kernel 6.1.0 in A, 7.0.0 in B",
        "rustc 1.99.0",
        "uncommitted",
        "partial",
    ] {
        assert!(text.contains(word), "{word} is missing: {text}");
    }
}

/// The whole machine is 30 % slower in the second run: no row changed.
#[test]
fn a_slower_machine_changes_no_ratio() {
    let mut slow = few_servers();
    for truth in &mut slow {
        truth.per_message_ns *= 1.3;
        truth.per_byte_ns *= 1.3;
    }
    let slow = seeded(4, 8, &slow, &some_scenarios(&["echo-125b-binary"]));
    let pick = Pick {
        scenarios: vec!["echo-125b-binary".to_owned()],
        ..Pick::default()
    };
    let found = compare(&A, &analyse(&slow), ["a", "b"], &pick).expect("they have the cell");
    assert_eq!(found.tally.caught_by(VerdictFilter::Changed), 0);
    let cpu = &found.cells[0].metrics[0];
    // The baselines show that the machine changed.
    assert!(cpu.absolute_least_effect.is_none());
    for row in &cpu.rows {
        let absolute = row.absolute.expect("it is there").change.ratio;
        assert!((1.25..1.35).contains(&absolute), "{absolute}");
    }
}

#[test]
fn another_scenario_under_the_same_name_is_left_out() {
    let other = analyse(&with_other_scenario(run(2)));
    let found = compared(&A, &other);
    assert!(
        found
            .cells
            .iter()
            .all(|cell| cell.name != "echo-125b-binary")
    );
    assert!(found.cells.iter().any(|cell| cell.name == "echo-1k-text"));
    let noted = found
        .differences
        .iter()
        .find(|it| it.severity == Severity::Refused)
        .expect("it is said");
    assert!(noted.text.contains("echo-125b-binary"), "{}", noted.text);
    let pick = Pick {
        scenarios: vec!["echo-125b-binary".to_owned()],
        ..Pick::default()
    };
    let error = compare(&A, &other, ["a", "b"], &pick).expect_err("nothing is left");
    assert!(error.to_string().contains("another scenario"), "{error}");
}

#[test]
fn other_rates_are_left_out_with_the_flag_that_helps() {
    let mut other = run(2);
    for calibration in &mut other.header.calibrations {
        calibration.rung_rates_per_s[1] *= 1.1;
    }
    let found = compared(&A, &analyse(&other));
    let names: Vec<&str> = found.cells.iter().map(|cell| cell.name.as_str()).collect();
    assert!(names.contains(&"fixed-rate-512b-text-25"));
    assert!(!names.contains(&"fixed-rate-512b-text-50"));
    assert!(in_one_line(&found).contains("--rates-of A"));
}

#[test]
fn a_moved_reference_gives_its_place_to_a_baseline() {
    let other = with_version(run(2), "tokio-tungstenite", "0.31.0");
    let found = compared(&A, &analyse(&other));
    assert_eq!(found.base.as_deref(), Some("handwritten"));
    assert!(has(&found, |it| matches!(
        it,
        Difference::ReferenceMoved { .. }
    )));
    assert!(in_one_line(&found).contains("version 0.30.0 in A, 0.31.0 in B"));
    // The reference is a row like others then.
    let of_reference = verdicts(&found)
        .into_iter()
        .find(|(place, _)| place == "echo-125b-binary server_cpu_ns_per_message tokio-tungstenite");
    assert!(of_reference.is_some_and(|(_, verdict)| verdict != ChangeVerdict::Base));
    assert_eq!(found.tally.caught_by(VerdictFilter::Changed), 0);
}

/// A crate that all share was updated: nothing is the same program any more.
#[test]
fn other_dependencies_everywhere_are_a_caution() {
    let mut other = run(2);
    for contender in &mut other.header.contenders {
        if let BuildOutcome::Built { feature_hash, .. } = &mut contender.build {
            feature_hash.push('x');
        }
    }
    let found = compared(&A, &analyse(&other));
    assert_eq!(found.base.as_deref(), Some("tokio-tungstenite"));
    assert!(has(&found, |it| matches!(
        it,
        Difference::BaseRelinked { .. }
    )));
    assert!(found.cells[0].metrics[0].absolute_least_effect.is_none());
    assert!(found.tally.tied > 0);
}

/// Names come from a file that anybody may have written.
#[test]
fn no_name_can_steer_a_terminal() {
    let mut other = run(2);
    "\u{1b}[2J\u{7}evil".clone_into(&mut other.header.host.name);
    let text = text(&compared(&A, &analyse(&other)), 80);
    assert!(text.contains("evil"), "{text}");
    let is_bad = |c: char| c.is_control() && c != '\n';
    assert!(!text.contains(is_bad), "{text:?}");
}

#[test]
fn without_a_base_there_are_no_verdicts_but_on_counts() {
    let without_baselines = |seed| {
        let mut servers = few_servers();
        servers.retain(|truth| truth.role != Role::Baseline);
        let scenarios = some_scenarios(&["echo-125b-binary", "allocations"]);
        seeded(seed, 6, &servers, &scenarios)
    };
    let other = with_version(without_baselines(6), "tokio-tungstenite", "0.31.0");
    let found = compared(&analyse(&without_baselines(5)), &analyse(&other));
    assert_eq!(found.base, None);
    for (place, verdict) in verdicts(&found) {
        let reason = NoVerdict::NoBase;
        assert_eq!(verdict, ChangeVerdict::Unknown { reason }, "{place}");
    }
    assert!(found.tally.tied > 0);
}

#[test]
fn one_allocation_more_is_a_change() {
    let mut servers = few_servers();
    for truth in servers
        .iter_mut()
        .filter(|truth| truth.name == "fastwebsockets")
    {
        truth.allocations[0] += 1;
    }
    let scenarios = some_scenarios(&["allocations"]);
    let before = analyse(&seeded(7, 2, &few_servers(), &scenarios));
    let after = analyse(&seeded(8, 2, &servers, &scenarios));
    let found = compared(&before, &after);
    // Four sizes, each with one more block and its bytes.
    assert_eq!(found.tally.worse, 8);
    assert_eq!(found.tally.better, 0);
    for change in &found.cells[0].allocations {
        let is_worse = change.verdict == ChangeVerdict::Worse;
        assert!(
            !is_worse || change.key.label == "fastwebsockets",
            "{change:?}"
        );
    }
    insta::assert_snapshot!("compare-allocations-80", text(&found, 80));
    assert_eq!(compared(&after, &before).tally.better, 8);
}

#[test]
fn few_blocks_are_no_evidence() {
    let scenarios = some_scenarios(&["echo-125b-binary"]);
    let slower = with_slower(&few_servers(), "fastwebsockets", 1.2);
    let before = analyse(&seeded(9, 2, &few_servers(), &scenarios));
    let after = analyse(&seeded(10, 2, &slower, &scenarios));
    let found = compared(&before, &after);
    assert_eq!(found.tally.caught_by(VerdictFilter::Changed), 0);
    assert!(in_one_line(&found).contains("2 of at least 6 blocks"));
}

#[test]
fn names_that_neither_run_has_are_refused() {
    for pick in [
        Pick {
            contenders: vec!["nonesuch".to_owned()],
            ..Pick::default()
        },
        Pick {
            scenarios: vec!["nonesuch".to_owned()],
            ..Pick::default()
        },
    ] {
        let error = compare(&A, &B, ["a", "b"], &pick).expect_err("nobody knows it");
        assert!(matches!(error, CompareError::Unknown { .. }));
        assert!(error.to_string().contains("nonesuch"), "{error}");
    }
    let pick = Pick {
        contenders: vec!["fastwebsockets".to_owned()],
        ..Pick::default()
    };
    let found = compare(&A, &B, ["a", "b"], &pick).expect("both have it");
    let labels: Vec<&str> = found.cells[0].metrics[0]
        .rows
        .iter()
        .map(|row| row.key.label.as_str())
        .collect();
    assert_eq!(labels, ["fastwebsockets", "tokio-tungstenite"]);
}

#[test]
fn what_is_in_one_run_only_is_named() {
    let names = ["echo-125b-binary", "idle"];
    let mut servers = few_servers();
    servers.retain(|truth| truth.name != "fastwebsockets");
    let smaller = analyse(&seeded(2, 8, &servers, &some_scenarios(&names)));
    let found = compared(&A, &smaller);
    assert_eq!(found.cells.len(), 2);
    let text = in_one_line(&found);
    assert!(text.contains("fastwebsockets is in A only"), "{text}");
    assert!(text.contains("echo-1k-text is in A only"), "{text}");
    let pick = Pick {
        contenders: vec!["fastwebsockets".to_owned()],
        ..Pick::default()
    };
    let error = compare(&A, &smaller, ["a", "b"], &pick).expect_err("nothing is left");
    assert!(
        error.to_string().contains("fastwebsockets is in A only"),
        "{error}"
    );
}

/// The JSON's fields are part of the format.
#[test]
fn the_json_says_which_version_it_is() {
    let json = serde_json::to_value(compared(&A, &SLOWER)).expect("it serialises");
    assert_eq!(json["comparison_version"], 1);
    let row = &json["cells"][0]["metrics"][0]["rows"][1];
    for field in [
        "contender",
        "role",
        "before",
        "after",
        "change",
        "verdict",
        "absolute",
    ] {
        assert!(!row[field].is_null(), "{field} is missing: {row}");
    }
    assert_eq!(json["differences"][0]["severity"], "refused");
}
