//! What earlier runs say of the servers of a later one: runs of a known truth.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use std::sync::LazyLock;

use record::EffortLevel;
use report::{
    Beside, Findings, Run, Staleness, analyse,
    compare::{ChangeVerdict, History, PastFindings, PastRow, PastRun, PastState, Standing},
    newest_page, render_html,
};
use support::pairs::{
    few_servers, seeded, some_scenarios, with_other_scenario, with_slower, with_version,
};

fn run(seed: u64) -> Run {
    seeded(
        seed,
        8,
        &few_servers(),
        &some_scenarios(&["echo-125b-binary", "echo-1k-text", "allocations"]),
    )
}

static NOW: LazyLock<Findings> = LazyLock::new(|| analyse(&run(1)));

/// The same truth with fastwebsockets in another version, a fifth slower.
fn slower() -> Run {
    let servers = with_slower(&few_servers(), "fastwebsockets", 1.2);
    let scenarios = some_scenarios(&["echo-125b-binary", "echo-1k-text", "allocations"]);
    with_version(
        seeded(2, 8, &servers, &scenarios),
        "fastwebsockets",
        "0.9.0",
    )
}

fn past(folder: &str, run: &Run) -> PastRun {
    PastRun::of(folder, &analyse(run), &NOW)
}

fn read(run: &PastRun) -> &PastFindings {
    match &run.state {
        PastState::Read(past) => past,
        PastState::Damaged { why } => panic!("{why}"),
    }
}

fn row<'a>(past: &'a PastFindings, label: &str) -> &'a PastRow {
    let mut rows = past.rows.iter();
    rows.find(|row| row.key.label == label)
        .expect("it has a row")
}

fn page(runs: Vec<PastRun>) -> String {
    let history = History { runs };
    newest_page(&NOW, "2026-11-20-x", &Staleness::default(), &history)
}

fn html(runs: Vec<PastRun>) -> String {
    let beside = Beside {
        history: History { runs },
        ..Beside::default()
    };
    render_html(&NOW, &beside).expect("it is rendered").text
}

/// From the section's start to the next one's.
fn section(html: &str) -> &str {
    let (_, rest) = html
        .split_once("<section id=\"history\"")
        .expect("it is there");
    rest.split_once("</section>").expect("it ends").0
}

#[test]
fn a_single_run_says_that_there_is_nothing_earlier() {
    for text in [page(Vec::new()), html(Vec::new())] {
        assert!(text.contains("No earlier run stands beside this one"));
    }
}

#[test]
fn a_faster_version_is_better_and_nobody_else_moved() {
    let run = past("2026-10-01-x", &slower());
    let found = read(&run);
    assert_eq!(found.standing, Standing::Comparable);
    let moved = row(found, "fastwebsockets");
    assert_eq!(moved.verdict, Some(ChangeVerdict::Better));
    let change = moved.change.expect("it is compared");
    assert!((0.80..0.87).contains(&change.ratio), "{change:?}");
    for row in found.rows.iter().filter(|row| !row.has_other_version()) {
        assert_eq!(row.verdict, None, "{row:?}");
    }
    let text = page(vec![run.clone()]);
    assert!(text.contains("| fastwebsockets | 0.9.0 → 0.10.0"), "{text}");
    assert!(text.contains("| better"), "{text}");
    insta::assert_snapshot!("history-html", section(&html(vec![run])));
}

/// The same the other way round: a slower version is worse.
#[test]
fn a_slower_version_is_worse() {
    let run = PastRun::of("2026-10-01-x", &NOW, &analyse(&slower()));
    let found = read(&run);
    assert_eq!(
        row(found, "fastwebsockets").verdict,
        Some(ChangeVerdict::Worse)
    );
}

#[test]
fn another_version_of_the_same_speed_is_no_change() {
    let run = past("x", &with_version(run(3), "fastwebsockets", "0.9.0"));
    let verdict = row(read(&run), "fastwebsockets").verdict;
    assert!(
        matches!(
            verdict,
            Some(ChangeVerdict::Tied | ChangeVerdict::CannotTell)
        ),
        "{verdict:?}"
    );
}

/// Counts are exact on whatever machine.
#[test]
fn one_allocation_less_shows_on_any_host() {
    let mut servers = few_servers();
    for truth in servers
        .iter_mut()
        .filter(|truth| truth.name == "fastwebsockets")
    {
        truth.allocations[0] += 2;
    }
    let scenarios = some_scenarios(&["echo-125b-binary", "allocations"]);
    let mut other = with_version(
        seeded(4, 8, &servers, &scenarios),
        "fastwebsockets",
        "0.9.0",
    );
    "Other CPU".clone_into(&mut other.header.host.cpu_model);
    let run = past("x", &other);
    let found = read(&run);
    let count = row(found, "fastwebsockets").allocations.expect("counted");
    assert!(
        count.is_exact && count.before == count.after + 2.0,
        "{count:?}"
    );
}

#[test]
fn what_else_changed_is_named_and_nothing_is_concluded() {
    let mut host = slower();
    "Other CPU".clone_into(&mut host.header.host.cpu_model);
    let mut effort = slower();
    effort.header.plan.effort.rounds = 10;
    let mut toolchain = slower();
    "rustc 1.99.0".clone_into(&mut toolchain.header.toolchain.rustc);
    for (run, reason) in [
        (
            host,
            "another host: processor Other CPU then, Example CPU 9000 now",
        ),
        (
            effort,
            "another effort: rounds within a block 10 then, 1 now",
        ),
        (
            toolchain,
            "another toolchain: rustc rustc 1.99.0 then, rustc 1.95.0 now",
        ),
    ] {
        let run = past("2026-10-01-x", &run);
        let found = read(&run);
        let Standing::OnlyShown { reasons } = &found.standing else {
            panic!("{:?}", found.standing);
        };
        assert_eq!(reasons, &[reason]);
        assert_eq!(row(found, "fastwebsockets").verdict, None);
        assert!(row(found, "fastwebsockets").change.is_some());
        for text in [page(vec![run.clone()]), html(vec![run])] {
            assert!(text.contains(reason), "{reason}");
            assert!(!text.contains("| better") && !text.contains(">better<"));
        }
    }
}

/// Half as many blocks are fewer of the same.
#[test]
fn another_number_of_blocks_forbids_nothing() {
    let servers = with_slower(&few_servers(), "fastwebsockets", 1.2);
    let scenarios = some_scenarios(&["echo-125b-binary"]);
    let fewer = seeded(5, 6, &servers, &scenarios);
    let run = past("x", &with_version(fewer, "fastwebsockets", "0.9.0"));
    let found = read(&run);
    assert_eq!((&found.standing, found.blocks), (&Standing::Comparable, 6));
    assert_eq!(
        row(found, "fastwebsockets").verdict,
        Some(ChangeVerdict::Better)
    );
}

#[test]
fn what_means_something_else_is_not_compared() {
    let other_cell = seeded(6, 8, &few_servers(), &some_scenarios(&["echo-1k-text"]));
    for (run, reason) in [
        (
            with_other_scenario(run(6)),
            "echo-125b-binary was another load then",
        ),
        (other_cell, "it has no cell echo-125b-binary"),
    ] {
        let run = past("2026-10-01-x", &run);
        let standing = &read(&run).standing;
        let expected = Standing::NotComparable {
            reason: reason.to_owned(),
        };
        assert_eq!(*standing, expected);
        for text in [page(vec![run.clone()]), html(vec![run])] {
            assert!(text.contains(reason), "{reason}");
        }
    }
}

/// A version that a newer run can't be held against is taken from an older one.
#[test]
fn each_version_is_shown_once_from_the_newest_comparable_run() {
    let mut elsewhere = slower();
    "Other CPU".clone_into(&mut elsewhere.header.host.cpu_model);
    let runs = vec![
        past("2026-10-03-elsewhere", &elsewhere),
        past("2026-10-02-x", &slower()),
        past("2026-10-01-x", &slower()),
        past(
            "2026-09-01-x",
            &with_version(run(7), "fastwebsockets", "0.8.0"),
        ),
    ];
    let text = page(runs);
    let steps: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| fastwebsockets") && line.contains("→"))
        .collect();
    assert_eq!(steps.len(), 2, "{steps:#?}");
    assert!(steps[0].contains("0.9.0") && steps[0].contains("2026-10-02-x"));
    assert!(steps[1].contains("0.8.0") && steps[1].contains("2026-09-01-x"));
}

#[test]
fn damaged_neighbours_are_named() {
    let why = Run::parse("{\"line\":\"header\",\"schema_version\":99}\n")
        .expect_err("nobody reads it")
        .to_string();
    let runs = vec![
        past("2026-10-01-x", &slower()),
        PastRun::damaged("2026-09-01-<x>", why),
    ];
    for text in [page(runs.clone()), html(runs)] {
        assert!(text.contains("schema version 99"), "{text}");
        assert!(!text.contains("<x>]"), "{text}");
    }
    let alone = page(vec![PastRun::damaged("broken", "torn".to_owned())]);
    assert!(alone.contains("`broken` can't be read: torn."), "{alone}");
}

/// A long history grows by a line each, not by a table each.
#[test]
fn many_runs_stay_short() {
    let mut thorough = run(8);
    thorough.header.plan.effort.level = EffortLevel::Thorough;
    let one = past("2026-10-01-x", &thorough);
    let runs = |count: usize| vec![one.clone(); count];
    let (few, many) = (html(runs(5)).len(), html(runs(50)).len());
    assert!(many - few < 45 * 400, "{few} and {many} bytes");
    assert!(page(runs(50)).contains("- and 40 more"));
}
