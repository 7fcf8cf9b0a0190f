//! The column with the cases of RFC 6455 beside the speed of each server.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use record::{Behaviour, CloseBehaviour, ConformanceReport, CutShort, Role, TestedServer};
use report::{
    Findings, Staleness, analyse, compare::History, newest_page, readme_section, render_folder,
};
use support::cases::{self, case};

/// Five cases: good, allowed, a wrong answer, a wrong end, not implemented.
fn report(findings: &Findings, index: usize) -> ConformanceReport {
    let entry = &findings.entries[index];
    cases::report(
        &entry.key.to_string(),
        TestedServer::Contender {
            library: entry.library.clone(),
            version: entry.version.clone(),
            runtime: entry.runtime.clone(),
            variant: entry.key.variant,
        },
        vec![
            case("1.1.1", Behaviour::Ok, CloseBehaviour::Ok),
            case("6.4.1", Behaviour::NonStrict, CloseBehaviour::Ok),
            case("2.1", Behaviour::Failed, CloseBehaviour::Ok),
            case("7.1.1", Behaviour::Ok, CloseBehaviour::Unclean),
            case("12.1.1", Behaviour::Unimplemented, CloseBehaviour::Ok),
        ],
    )
}

fn contenders(findings: &Findings) -> Vec<usize> {
    let all = 0..findings.entries.len();
    all.filter(|&index| findings.entries[index].key.role == Role::Contender)
        .collect()
}

fn pages(findings: &Findings) -> Vec<(String, &'static str)> {
    let mut pages = vec![
        (
            readme_section(findings, "results/2026-11-20-host", &Staleness::default()),
            "results/conformance/",
        ),
        (
            newest_page(
                findings,
                "2026-11-20-host",
                &Staleness::default(),
                &History::default(),
            ),
            "conformance/",
        ),
    ];
    for file in render_folder(findings).expect("findings serialise") {
        if support::PAGES_WITH_TESTS.contains(&file.name) {
            pages.push((file.text, "../conformance/"));
        }
    }
    pages
}

#[test]
fn without_reports_nothing_is_said() {
    let findings = analyse(&support::run(2));
    let same = findings.clone().with_conformance(&[]);
    assert_eq!(findings, same);
    for (page, _) in pages(&findings) {
        assert!(!page.contains("RFC 6455 cases"));
    }
}

#[test]
fn each_row_has_its_figures_or_why_there_are_none() {
    let plain = analyse(&support::run(2));
    let rows = contenders(&plain);
    let tested = report(&plain, rows[0]);
    let mut older = report(&plain, rows[1]);
    if let TestedServer::Contender { version, .. } = &mut older.server {
        *version = "0.0.1".to_owned();
    }
    let mut cut = report(&plain, rows[2]);
    cut.cut_short = Some(CutShort::TimeUp { limit_ns: 1 });
    let name = tested.name.clone();
    let findings = plain.with_conformance(&[tested, older, cut]);
    for (page, folder) in pages(&findings) {
        let page = page.replace('\u{a0}', " ");
        let link = format!("[2/4]({folder}{name}.md)");
        for words in [
            "RFC 6455 cases",
            &link,
            "*run with 0.0.1 only*",
            "*not all were run*",
            "*not run*",
            "no WebSocket",
        ] {
            assert!(page.contains(words), "{words} is not in\n{page}");
        }
    }
    let json = serde_json::to_string(&findings).expect("findings serialise");
    assert!(json.contains(&format!(
        "{{\"outcome\":\"run\",\"passed\":2,\"applicable\":4,\"page\":\"{name}.md\"}}"
    )));
}

#[test]
fn the_references_twin_has_the_figures_of_the_reference() {
    let plain = analyse(&support::run(2));
    let reference = plain.reference().expect("there is one");
    let twin = plain
        .entries
        .iter()
        .position(|it| it.key.role == Role::Again);
    let twin = twin.expect("there is one");
    let reports = [report(&plain, reference)];
    let findings = plain.with_conformance(&reports);
    assert_eq!(
        findings.entries[twin].conformance,
        findings.entries[reference].conformance
    );
}
