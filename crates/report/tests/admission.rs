//! A contender that isn't admitted is shown, and not ranked.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "support/choosing.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by several programs")]
mod choosing;
mod support;

use record::{AdmissionReport, AdmissionRule, EntryKey, Received, RuleOutcome, Sent, Variant};
use report::{
    Beside, Findings, Staleness, TerminalOptions, analyse, analyse_admitted,
    choose::{choose, page_data},
    compare::History,
    findings::NotCompared,
    newest_page, readme_section, render_folder, render_html, terminal_summary,
};
use support::flawed::key;

/// Fast in the made-up run, so that a rank would be a good one.
const KEPT_OUT: &str = "fastwebsockets";
const LABEL: &str = "fastwebsockets (not admitted)";
const RECORD: &str = "admission/fastwebsockets.default.json";

fn report(entry: EntryKey, version: &str, outcome: RuleOutcome) -> AdmissionReport {
    let mut report = AdmissionReport::new(entry, KEPT_OUT.into(), version.into(), "tokio".into());
    report.push(AdmissionRule::Fragments, outcome);
    report
}

fn failed() -> RuleOutcome {
    RuleOutcome::Failed {
        sent: Sent::Message {
            text: true,
            size_bytes: 3000,
            frames: 3,
        },
        received: Received::WrongLength {
            message: 1,
            size_bytes: 1002,
            expected_bytes: 3000,
        },
        section: Some("5.4".to_owned()),
    }
}

fn with(report: AdmissionReport) -> Findings {
    analyse_admitted(&support::run(6), &[report])
}

fn kept_out() -> Findings {
    with(report(key(KEPT_OUT, Variant::Default), "0.10.0", failed()))
}

fn position(findings: &Findings) -> usize {
    let entries = &mut findings.entries.iter();
    let found = entries.position(|it| it.key == key(KEPT_OUT, Variant::Default));
    found.expect("it is there")
}

#[test]
fn it_has_figures_and_neither_ratio_nor_letters() {
    let (plain, findings) = (analyse(&support::run(6)), kept_out());
    let (before, row) = (position(&plain), position(&findings));
    assert_eq!(row, findings.entries.len() - 1, "it stands last");
    let mut with_letters = 0;
    for (cell, then) in findings.cells.iter().zip(&plain.cells) {
        for (metric, then) in cell.metrics.iter().zip(&then.metrics) {
            let (Some(found), Some(then)) = (metric.row(row), then.row(before)) else {
                continue;
            };
            with_letters += usize::from(!then.letters.is_empty());
            assert_eq!(found.blocks, then.blocks);
            assert_eq!((found.letters.as_str(), found.ratio), ("", None));
            if metric.metric.is_compared() {
                assert_eq!(found.not_compared, Some(NotCompared::NotAdmitted));
            }
        }
        let families = cell.metrics.iter().zip(&then.metrics);
        for (family, then) in families.map(|(it, then)| (it.family, then.family)) {
            let count = |it: Option<statistics::Family>| it.map_or(0, |it| it.comparisons);
            assert!(count(family) <= count(then), "it costs the others nothing");
        }
    }
    assert!(with_letters > 0, "without the report it has letters");
}

#[test]
fn every_page_says_so_with_a_link_to_the_report() {
    let findings = kept_out();
    let none = Staleness::default();
    let readme = readme_section(&findings, "results/2026-11-20-host", &none);
    let newest = newest_page(&findings, "2026-11-20-host", &none, &History::default());
    let mut pages = vec![
        ("the project's".to_owned(), readme.clone(), "(results/"),
        ("results/".to_owned(), newest, "("),
    ];
    for file in render_folder(&findings).expect("findings serialise") {
        if file.name.ends_with(".md") && file.text.contains("| server ") {
            pages.push((file.name.to_owned(), file.text, "(../"));
        }
    }
    assert!(pages.len() > 8, "{}", pages.len());
    for (name, text, folder) in &pages {
        let text = text.replace('\u{a0}', " ");
        let mut rows = text.lines().filter(|it| it.starts_with("| fastwebsockets"));
        let row = rows
            .find(|it| !it.contains("(tuned)"))
            .expect("it has a row");
        assert!(row.contains("not admitted"), "{name}: {row}");
        assert!(!row.contains("<sup>"), "{name}: {row}");
        let link = format!("]{folder}{RECORD})");
        assert!(text.contains(&link), "{link} is not in {name}");
        assert!(text.contains("1002 bytes instead of 3000"), "{name}");
    }
    insta::assert_snapshot!("first-table-with-one-not-admitted", readme);
    let page = render_html(&findings, &Beside::default()).expect("it renders");
    assert!(page.text.contains(&format!("href=\"../{RECORD}\"")));
    let options = TerminalOptions {
        width: 200,
        colour: false,
    };
    let summary = terminal_summary(&findings, options);
    assert!(summary.contains(&format!("- {LABEL}, and so not ranked: fails")));
}

#[test]
fn it_has_no_place_in_a_choice() {
    let mut question = choosing::plain_question();
    question.unknown_ok = true;
    let answer = |findings: &Findings| {
        let data = page_data(findings, None, &[]);
        choose(&data, &question).expect("it can be asked")
    };
    let is_it = |name: &str| name.starts_with(KEPT_OUT) && !name.contains("tuned");
    let before = answer(&analyse(&support::run(6)));
    assert!(before.picks.iter().any(|it| is_it(&it.name)));
    let after = answer(&kept_out());
    assert!(!after.picks.iter().any(|it| is_it(&it.name)));
    let told = after.unranked.iter().find(|it| it.name == LABEL);
    let told = &told.expect("it is told").because;
    assert!(told.starts_with("not admitted: fails"), "{told}");
}

#[test]
fn other_reports_say_nothing_of_it() {
    let plain = analyse(&support::run(6));
    let passed = RuleOutcome::Passed { fact: None };
    let row = key(KEPT_OUT, Variant::Default);
    for report in [
        report(row.clone(), "0.10.0", passed),
        report(row.clone(), "0.0.1", failed()),
        report(key(KEPT_OUT, Variant::Tuned), "0.10.0", failed()),
    ] {
        assert_eq!(with(report), plain);
    }
}
