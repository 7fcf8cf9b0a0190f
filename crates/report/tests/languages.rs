//! Rows that are not in Rust say so, and why they are empty.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use record::{BuildOutcome, GoToolchain, Language, MissingToolchain};
use report::{TerminalOptions, analyse, render_folder, terminal_summary};
use support::flawed;

/// The run with the contender `broken` in Go, and what building it gave.
fn texts(build: BuildOutcome) -> Vec<(String, String)> {
    let mut run = flawed::run();
    let broken = run
        .header
        .contenders
        .iter_mut()
        .find(|it| it.name == "broken")
        .expect("it is there");
    broken.facts.language = Language::Go;
    broken.build = build;
    run.header.toolchain.go = Some(GoToolchain {
        version: "go version go1.26.8 linux/amd64".to_owned(),
        flags: "-trimpath".to_owned(),
        variables: Default::default(),
    });
    let findings = analyse(&run);
    let mut texts: Vec<(String, String)> = render_folder(&findings)
        .expect("findings serialise")
        .into_iter()
        .map(|file| (file.name.to_owned(), file.text))
        .collect();
    let options = TerminalOptions {
        width: 120,
        colour: false,
    };
    texts.push(("terminal".to_owned(), terminal_summary(&findings, options)));
    texts
}

#[test]
fn a_missing_toolchain_is_in_every_table_under_the_language_s_name() {
    let missing = MissingToolchain {
        language: Language::Go,
        needed: None,
        found: None,
    };
    let texts = texts(BuildOutcome::ToolchainMissing(missing));
    for topic in ["cpu", "throughput", "latency", "memory", "allocations"] {
        let text = |name: String| {
            let found = texts.iter().find(|(file, _)| *file == name);
            &found.expect("there is such a file").1
        };
        let page = text(format!("{topic}.md"));
        let row = page
            .lines()
            .find(|line| line.starts_with('|') && line.contains("broken"))
            .expect("it has a row");
        assert!(row.contains("(Go)"), "{row}");
        assert!(row.contains("Go toolchain not found"), "{row}");
        let sheet = text(format!("{topic}.csv"));
        assert!(sheet.contains("Go toolchain not found"), "{topic}.csv");
    }
    let about = &texts[texts.len() - 1].1;
    assert!(about.contains("broken (Go)"), "{about}");
    let readme = texts.iter().find(|(name, _)| name == "README.md");
    let readme = &readme.expect("there is a README").1;
    assert!(readme.contains("go version go1.26.8"), "{readme}");
    assert!(!readme.contains("did not build"), "{readme}");
}
