//! Short lists from the published runs.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

use std::{fs, path::Path};

use record::{ConformanceReport, FactsFile, MessageKind};
use report::{
    Run, analyse,
    choose::{ChooseData, Feature, Question, State, choose, page_data, profiles},
    read_conformance,
};

const TODAY: &str = "2026-12-01";

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The conformance reports in the project's results.
fn conformance() -> Vec<ConformanceReport> {
    let folder = fs::read_dir(root().join("results/conformance")).expect("it is there");
    folder
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .map(|path| fs::read_to_string(path).expect("it is committed"))
        .map(|text| read_conformance(&text).expect("it is a report"))
        .collect()
}

/// The runs in the project's results, each with the facts and the conformance
/// reports beside it.
fn published() -> Vec<ChooseData> {
    let conformance = conformance();
    let results = root().join("results");
    let text = fs::read_to_string(results.join("facts/facts.json")).expect("it is committed");
    let facts: FactsFile = serde_json::from_str(&text).expect("it is a table of facts");
    let folders = fs::read_dir(&results).expect("it is there");
    folders
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("run.ndjson")).ok())
        .map(|text| {
            let run = Run::parse(&text).expect("it is published");
            page_data(&analyse(&run), Some(&facts), &conformance)
        })
        .collect()
}

#[test]
fn published_runs_answer_every_profile() {
    let published = published();
    assert!(!published.is_empty());
    for data in &published {
        for profile in profiles() {
            let question = Question {
                workload: profile.workload,
                needs: profile.needs,
                axis: profile.axis,
                unknown_ok: false,
                today: TODAY.to_owned(),
            };
            let answer = choose(data, &question).expect("it can be asked");
            assert!(!answer.picks.is_empty(), "{}", profile.name);
            for pick in &answer.picks {
                assert!(
                    pick.memory_bytes.is_some() && pick.cores.is_some(),
                    "{}",
                    pick.name
                );
            }
        }
    }
}

/// Why sizes between cells lie on a straight line: leave 16 KiB out, and it is
/// nearer to the line from 1 KiB to 1 MiB than to the one between logarithms.
#[test]
fn a_straight_line_is_nearer_than_one_between_logarithms() {
    for data in published() {
        let cell = |size, kind| {
            let mut cells = data.cells.iter();
            cells.position(|cell| {
                cell.in_flight == 1 && cell.size_bytes == size && cell.kind == kind
            })
        };
        let (Some(low), Some(left_out), Some(high)) = (
            cell(1024, MessageKind::TextAscii),
            cell(16_384, MessageKind::Binary),
            cell(1_048_576, MessageKind::Binary),
        ) else {
            continue;
        };
        let (mut straight, mut logarithmic) = (Vec::new(), Vec::new());
        for row in &data.candidates {
            let value = |cell: usize| row.cpu[cell].figure().map(|figure| figure.value);
            let (Some(low), Some(truth), Some(high)) = (value(low), value(left_out), value(high))
            else {
                continue;
            };
            let line = low + (high - low) * (16_384.0 - 1024.0) / (1_048_576.0 - 1024.0);
            let share = 16.0_f64.ln() / 1024.0_f64.ln();
            straight.push((line / truth).ln().abs());
            logarithmic.push((low * (high / low).powf(share) / truth).ln().abs());
        }
        let median = |mut errors: Vec<f64>| {
            errors.sort_by(f64::total_cmp);
            errors[errors.len() / 2]
        };
        let (straight, logarithmic) = (median(straight), median(logarithmic));
        assert!(straight < logarithmic, "{straight} {logarithmic}");
    }
}

/// Every claim that the needs look at is understood: a fact that is there gives
/// a yes or a no, and names where it should hold some.
#[test]
fn published_facts_are_understood() {
    for data in published() {
        for row in data.candidates.iter().filter(|row| row.language.is_rust()) {
            for feature in [Feature::Tls, Feature::TlsBuiltIn, Feature::Deflate] {
                let fact = &row.features[&feature];
                assert_ne!(fact.state, State::Unknown, "{} {feature:?}", row.name);
            }
            assert_eq!(
                row.features[&Feature::Tls].state,
                State::Yes,
                "{}",
                row.name
            );
            assert!(!row.measured_on.is_empty(), "{}", row.name);
            assert!(row.http.names.is_some(), "{}", row.name);
        }
        for word in ["its", "web", "framework", "any"] {
            assert!(!data.http_names.iter().any(|name| name == word), "{word}");
            assert!(!data.runtimes.iter().any(|name| name == word), "{word}");
        }
    }
}
