//! The column with what hostile input did beside the speed of each server.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use conformance::hazards::{
    Bounds, Grade, HAZARDS_VERSION, HazardReport, InnocentRecord, ProbeRecord,
};
use record::{CutShort, Flaw, Role, TestedServer};
use report::{
    Findings, Staleness, analyse, compare::History, newest_page, readme_section, render_folder,
};

fn probe(grade: Grade) -> ProbeRecord {
    ProbeRecord {
        id: "F01".to_owned(),
        title: String::new(),
        grade,
        faults: Vec::new(),
        exchanges: Vec::new(),
        cost: None,
        innocent: InnocentRecord::default(),
        recovered_ns: Some(1),
        growth_bound_bytes: 0,
        elapsed_ns: 0,
        attempts: 1,
        public_source: Some("https://example.com/1".to_owned()),
    }
}

/// A probe with each grade.
fn report(findings: &Findings, index: usize) -> HazardReport {
    let entry = &findings.entries[index];
    let grades = [
        Grade::Pass,
        Grade::Author,
        Grade::Weak,
        Grade::Fail,
        Grade::DoesNotApply,
    ];
    HazardReport {
        schema_version: HAZARDS_VERSION,
        name: entry.key.to_string(),
        server: TestedServer::Contender {
            library: entry.library.clone(),
            version: entry.version.clone(),
            runtime: entry.runtime.clone(),
            variant: entry.key.variant,
        },
        started_unix_s: 0,
        elapsed_ns: 0,
        bounds: Bounds::default(),
        cut_short: None,
        probes: grades.map(probe).to_vec(),
        withheld: None,
    }
}

fn contenders(findings: &Findings) -> Vec<usize> {
    let all = 0..findings.entries.len();
    all.filter(|&index| findings.entries[index].key.role == Role::Contender)
        .collect()
}

/// The pages with the column, and the way from each to the reports.
fn pages(findings: &Findings) -> Vec<(String, &'static str)> {
    let none = Staleness::default();
    let mut pages = vec![
        (
            readme_section(findings, "results/2026-11-20-host", &none),
            "results/hazards/",
        ),
        (
            newest_page(findings, "2026-11-20-host", &none, &History::default()),
            "hazards/",
        ),
    ];
    for file in render_folder(findings).expect("findings serialise") {
        if support::PAGES_WITH_TESTS.contains(&file.name) {
            pages.push((file.text, "../hazards/"));
        }
    }
    pages
}

#[test]
fn without_reports_nothing_is_said() {
    let findings = analyse(&support::run(2));
    assert_eq!(findings, findings.clone().with_hazards(&[]));
    for (page, _) in pages(&findings) {
        assert!(!page.contains("azards") && !page.contains("but the last"));
    }
}

#[test]
fn each_row_has_its_figures_or_why_there_are_none() {
    let plain = analyse(&support::run(2));
    let rows = contenders(&plain);
    let probed = report(&plain, rows[0]);
    let mut older = report(&plain, rows[1]);
    if let TestedServer::Contender { version, .. } = &mut older.server {
        *version = "0.0.1".to_owned();
    }
    let mut cut = report(&plain, rows[2]);
    cut.cut_short = Some(CutShort::ServerFailed {
        flaw: Flaw::NothingEchoed,
    });
    let name = probed.name.clone();
    let mut secret = report(&plain, rows[3]);
    for probe in &mut secret.probes {
        probe.public_source = None;
    }
    let secret = secret.for_publication().expect("it is whole");
    let findings = plain.with_hazards(&[probed, older, cut, secret.clone()]);
    for (page, folder) in pages(&findings) {
        let page = page.replace('\u{a0}', " ");
        let link = format!("[3/4]({folder}{name}.md)");
        let marked = format!("[3/4]({folder}{}.md)†", secret.name);
        for words in [
            "hazards",
            &link,
            &marked,
            "*probed with 0.0.1 only*",
            "*not all were made*",
            "*not published*",
            "no WebSocket",
        ] {
            assert!(page.contains(words), "{words} is not in\n{page}");
        }
    }
    let json = serde_json::to_string(&findings).expect("findings serialise");
    assert!(json.contains(&format!(
        "{{\"outcome\":\"run\",\"survived\":3,\"applicable\":4,\"page\":\"{name}.md\"}}"
    )));
    assert!(json.contains(&format!(
        "\"page\":\"{}.md\",\"withheld\":true}}",
        secret.name
    )));
    let first = readme_section(&findings, "results/a", &Staleness::default());
    insta::assert_snapshot!("first-table-with-hazards", first);
}

#[test]
fn nothing_of_a_users_own_server_gets_into_the_tables() {
    let plain = analyse(&support::run(2));
    let mut own = report(&plain, contenders(&plain)[0]);
    own.server = TestedServer::Url {
        url: "ws://127.0.0.1:1/".to_owned(),
    };
    assert_eq!(plain, plain.clone().with_hazards(&[own]));
}
