//! What stands under and over tables.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use record::{Measurement, ScenarioKind};
use report::{
    Findings, Staleness, TerminalOptions, analyse, compare::History, newest_page, readme_section,
    render_folder, terminal_summary,
};
use support::{flawed, run_of};

/// Every Markdown page that is made from findings.
fn pages(findings: &Findings) -> Vec<(String, String)> {
    let files = render_folder(findings).expect("findings serialise");
    let mut pages: Vec<(String, String)> = files
        .into_iter()
        .filter(|file| file.name.ends_with(".md"))
        .map(|file| (file.name.to_owned(), file.text))
        .collect();
    pages.push((
        "section".to_owned(),
        readme_section(findings, "results/x", &Staleness::default()),
    ));
    pages.push((
        "newest".to_owned(),
        newest_page(findings, "x", &Staleness::default(), &History::default()),
    ));
    pages
}

/// The text from the end of each table to the next heading or table.
fn after_tables(page: &str) -> Vec<String> {
    let mut after: Vec<String> = Vec::new();
    let (mut in_table, mut open) = (false, false);
    for line in page.lines() {
        let is_row = line.starts_with('|');
        if is_row && !in_table {
            after.push(String::new());
            open = true;
        }
        in_table = is_row;
        open &= !line.starts_with('#');
        if let Some(text) = after.last_mut().filter(|_| open && !is_row) {
            *text += line;
            text.push('\n');
        }
    }
    after
}

#[test]
fn every_table_says_how_to_get_it_again() {
    let small = |blocks| {
        analyse(&run_of(
            blocks,
            &flawed::some_servers(),
            flawed::some_scenarios(),
            0.008,
        ))
    };
    for findings in [analyse(&flawed::run()), small(2), small(7)] {
        for (name, text) in pages(&findings) {
            for after in after_tables(&text) {
                let line = after.lines().find(|line| line.starts_with("<sub>"));
                let line = line.unwrap_or_else(|| panic!("{name}: nothing under a table"));
                for part in [
                    "n = ",
                    "noise floor",
                    "seed 42",
                    "2026-11-20",
                    "commit 5d86a42",
                    "`cargo run --release -p bench-harness -- --all --seed 42`",
                ] {
                    assert!(line.contains(part), "{name}: no {part:?} in {line}");
                }
            }
        }
    }
}

/// In the flawed run the columns of an overview rest on different numbers of
/// comparisons, and its rows on different numbers of blocks.
#[test]
fn sentences_hold_for_every_column_and_row() {
    let files = pages(&analyse(&flawed::run()));
    let text = |name: &str| {
        let found = files.iter().find(|(known, _)| known == name);
        found.expect("the page is there").1.as_str()
    };
    assert!(text("throughput.md").contains("Holm's correction over 3 to 5 comparisons"));
    assert!(text("cpu.md").contains("of ws-tool-tokio: half the range of 4 blocks"));
    assert!(
        text("README.md")
            .contains("are in no figure, but for the counts of connections that were not closed")
    );
    // Allocations, and the reallocations that come on top.
    assert!(text("README.md").contains("0 / ≈3.01 / 31"));
    assert!(text("memory.md").contains("kernel stack"));
    assert!(!text("memory.md").contains("the same for all"));
}

/// A row that is down to a range must not pass for one with an interval.
#[test]
fn a_range_among_intervals_says_that_it_is_one() {
    let mut run = run_of(6, &flawed::some_servers(), flawed::some_scenarios(), 0.008);
    let entry = flawed::key("fastwebsockets", record::Variant::Default);
    let lost = run.trials.iter_mut().find(|trial| trial.entry == entry);
    let lost = lost.expect("it ran");
    assert_eq!(lost.cell, "echo-125b-binary");
    lost.flaws.push(record::Flaw::Missing { count: 1 });
    let findings = analyse(&run);
    let options = TerminalOptions {
        width: 1_000,
        colour: false,
    };
    let terminal = terminal_summary(&findings, options);
    assert!(terminal.contains("half the interval, or the range where fewer than 6 blocks"));
    let cpu = pages(&findings)
        .into_iter()
        .find(|(name, _)| name == "cpu.md");
    let cpu = cpu.expect("the page is there").1;
    assert!(cpu.contains("of fastwebsockets: half the range of 5 blocks"));
    assert!(cpu.contains("| × interval |"));
    let is_row = |line: &&str| line.starts_with("| fastwebsockets") && line.contains("(range)");
    assert_eq!(cpu.lines().filter(is_row).count(), 1);
    assert!(cpu.contains("`?` at a single row"));
}

/// Titles and names of rungs come from files that anyone may write.
#[test]
fn markup_in_titles_is_shown_and_not_obeyed() {
    let mut scenarios = flawed::some_scenarios();
    for scenario in &mut scenarios {
        scenario.title += " <b>*t*</b>";
        if let ScenarioKind::RateLadder { rungs, .. } = &mut scenario.kind {
            for rung in rungs {
                rung.name += "<i>_r_</i>";
            }
        }
    }
    let mut run = run_of(6, &flawed::some_servers(), scenarios, 0.008);
    // Without a calibration the rung's name stands for the rate.
    run.header.calibrations.clear();
    // And one server under its floor, so that the check names the cell.
    let raw = flawed::key("raw-tcp", record::Variant::Default);
    for trial in run.trials.iter_mut().filter(|trial| trial.entry == raw) {
        if let Some(Measurement::Echo { load, .. }) = &mut trial.measurement {
            load.observed_cpu_ns = load.observed_cpu_ns.map(|ns| ns * 4);
        }
    }
    let findings = analyse(&run);
    assert!(!findings.exceptions.is_empty());
    for (name, text) in pages(&findings) {
        for raw in ["<b>", "<i>", "*t*", "_r_"] {
            assert!(!text.contains(raw), "{name} holds {raw}:\n{text}");
        }
    }
}
