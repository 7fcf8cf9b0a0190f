//! Every rendered file of a run in which much went wrong, byte for byte, and
//! the first pages of a short and of a long one.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test -p report`, then read
//! the difference.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use report::{
    Findings, Outdated, Run, Staleness, TerminalOptions, analyse, compare::History, newest_page,
    readme_section, render_folder, terminal_summary,
};
use serde_json::Value;
use support::{flawed, run_of};

fn file(findings: &Findings, name: &str) -> String {
    let files = render_folder(findings).expect("findings serialise");
    files
        .into_iter()
        .find(|file| file.name == name)
        .expect("the file is rendered")
        .text
}

/// A whole run of the servers and scenarios of the flawed one.
fn small_run(blocks: u32) -> Run {
    run_of(
        blocks,
        &flawed::some_servers(),
        flawed::some_scenarios(),
        0.008,
    )
}

#[test]
fn every_file_of_a_flawed_run() {
    let findings = analyse(&flawed::run());
    for file in render_folder(&findings).expect("findings serialise") {
        // Plots have goldens of their own, in tests/plots.rs.
        if file.name != "findings.json" && !file.name.ends_with(".svg") {
            insta::assert_snapshot!(format!("flawed-{}", file.name), file.text);
        }
    }
}

#[test]
fn terminal_of_a_flawed_run() {
    let findings = analyse(&flawed::run());
    for width in [80, 200] {
        let options = TerminalOptions {
            width,
            colour: false,
        };
        let text = terminal_summary(&findings, options);
        insta::assert_snapshot!(format!("flawed-terminal-{width}"), text);
    }
}

#[test]
fn sections_for_other_pages() {
    let findings = analyse(&flawed::run());
    let folder = "results/2026-11-20-bench-host";
    let section = readme_section(&findings, folder, &Staleness::default());
    insta::assert_snapshot!("flawed-section", section);
    let newest = newest_page(
        &findings,
        "2026-11-20-bench-host/",
        &Staleness::default(),
        &History::default(),
    );
    insta::assert_snapshot!("flawed-newest", newest);
    assert!(newest.starts_with("# Newest results: 2026-11-20 on bench-host\n\n**Partial: 5 of 6"));
    assert!(newest.contains("](2026-11-20-bench-host/cpu.md)"));
}

/// Two blocks: ranges, no intervals, no claims.
#[test]
fn a_quick_run() {
    let findings = analyse(&small_run(2));
    insta::assert_snapshot!("quick-README.md", file(&findings, "README.md"));
    let options = TerminalOptions {
        width: 80,
        colour: false,
    };
    insta::assert_snapshot!("quick-terminal-80", terminal_summary(&findings, options));
}

/// Twelve blocks: bootstrap and Holm.
#[test]
fn a_thorough_run() {
    let findings = analyse(&small_run(12));
    insta::assert_snapshot!("thorough-cpu.md", file(&findings, "cpu.md"));
}

/// The JSON's fields are part of the format: their names and kinds, without the
/// numbers, and of each list the longest item.
#[test]
fn fields_of_the_findings() {
    let findings = analyse(&small_run(6));
    let mut json = serde_json::to_value(&findings).expect("findings serialise");
    // One cell of each kind.
    if let Some(cells) = json["cells"].as_array() {
        let mut by_kind: Vec<Value> = Vec::new();
        for cell in cells {
            if !by_kind
                .iter()
                .any(|known| known["scenario"]["kind"] == cell["scenario"]["kind"])
            {
                by_kind.push(cell.clone());
            }
        }
        json["cells"] = Value::Array(by_kind.into_iter().map(shape).collect());
    }
    let cells = json["cells"].take();
    let mut shape = shape(json);
    shape["cells"] = cells;
    let text = serde_json::to_string_pretty(&shape).expect("values serialise");
    insta::assert_snapshot!("fields-of-findings.json", text);
}

fn shape(value: Value) -> Value {
    match value {
        Value::Number(_) => Value::from(0),
        Value::Array(items) => {
            let longest = items
                .into_iter()
                .map(shape)
                .max_by_key(|item| item.to_string().len());
            Value::Array(longest.into_iter().collect())
        }
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, value)| (name, shape(value)))
                .collect(),
        ),
        other => other,
    }
}

/// Pages that claim to be the newest say what is not so any more.
#[test]
fn older_tables_say_so() {
    let findings = analyse(&small_run(2));
    let staleness = Staleness {
        outdated: vec![Outdated {
            name: "fastwebsockets".to_owned(),
            measured: "0.10.0".to_owned(),
            pinned: "0.11.0".to_owned(),
            pinned_in: "Cargo.lock",
        }],
        gone: Vec::new(),
        // Who joined makes no table untrue, and who adds a library changes no page.
        joined: vec!["newcomer".to_owned()],
    };
    for page in [
        readme_section(&findings, "results/x", &staleness),
        newest_page(&findings, "x", &staleness, &History::default()),
    ] {
        let note = "**Older than this checkout**: fastwebsockets 0.10.0 was measured, Cargo.lock \
                    has 0.11.0.";
        assert!(page.contains(note), "{page}");
        assert!(!page.contains("newcomer"), "{page}");
    }
}
