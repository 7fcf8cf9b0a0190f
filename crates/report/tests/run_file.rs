//! Reading `run.ndjson`, and what must not matter.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use std::sync::LazyLock;

use proptest::prelude::*;
use record::TrialRecord;
use report::{
    Run, RunError, Staleness, TerminalOptions, analyse, readme_section, render_folder,
    terminal_summary,
};
use support::{flawed, ndjson, run_of};

static RUN: LazyLock<Run> = LazyLock::new(|| {
    run_of(
        2,
        &flawed::some_servers()[..3],
        flawed::some_scenarios(),
        0.01,
    )
});
static FLAWED: LazyLock<Run> = LazyLock::new(flawed::run);
static TEXT: LazyLock<String> = LazyLock::new(|| ndjson(&RUN));

/// Everything that can be rendered, as one text.
fn everything(run: &Run) -> String {
    let findings = analyse(run);
    let mut text = readme_section(&findings, "results/x", &Staleness::default());
    for file in render_folder(&findings).expect("findings serialise") {
        text += file.name;
        text += &file.text;
    }
    for (width, colour) in [(40, false), (80, true), (200, false)] {
        text += &terminal_summary(&findings, TerminalOptions { width, colour });
    }
    text
}

#[test]
fn a_whole_file_is_read_as_it_was_written() {
    assert_eq!(Run::parse(&TEXT).expect("it is whole"), *RUN);
    let read = Run::parse(&ndjson(&FLAWED)).expect("it is whole");
    assert_eq!(read.trials, FLAWED.trials);
}

#[test]
fn what_is_no_run_says_so() {
    let error = |text: &str| Run::parse(text).expect_err("it is no run").to_string();
    assert!(error("").contains("no complete line"));
    assert!(error("{\"line\":\"header\"").contains("no complete line"));
    assert!(error("{\"line\":\"end\"}\n").contains("not the header"));
    let header = TEXT.lines().next().expect("there is a header");
    let newer = header.replace("\"schema_version\":1", "\"schema_version\":99");
    assert!(error(&format!("{newer}\n")).contains("schema version 99"));
    assert!(error(&format!("{header}\n{header}\n")).contains("second header"));
}

#[test]
fn records_that_are_not_the_plans_are_errors() {
    let error = |change: fn(&mut Vec<TrialRecord>)| {
        let mut run = RUN.clone();
        change(&mut run.trials);
        let error = Run::parse(&ndjson(&run)).expect_err("it is no trial of this run");
        error.to_string()
    };
    for change in [
        (|trials| trials[2].cell = "nosuch".to_owned()) as fn(&mut Vec<TrialRecord>),
        |trials| trials[2].block = 999,
        |trials| trials[2].number = 999_999,
        |trials| trials[2].entry.contender = "other".to_owned(),
    ] {
        let said = error(change);
        assert!(said.contains("line 4") && said.contains("plan"), "{said}");
    }
    let said = error(|trials| trials.push(trials[2].clone()));
    assert!(said.contains("second time"), "{said}");
}

#[test]
fn a_damaged_line_in_the_middle_is_an_error() {
    let mut lines: Vec<&str> = TEXT.lines().collect();
    lines[3] = "{\"line\":\"trial\"";
    let text = lines.join("\n") + "\n";
    assert!(matches!(
        Run::parse(&text),
        Err(RunError::BadLine { line: 4, .. })
    ));
}

#[test]
fn trials_after_an_end_line_reopen_the_run() {
    let mut lines: Vec<&str> = TEXT.lines().collect();
    let end = lines.pop().expect("there is an end");
    lines.insert(3, end);
    let read = Run::parse(&(lines.join("\n") + "\n")).expect("it was resumed");
    assert_eq!(read.end, None);
    assert_eq!(read.trials, RUN.trials);
}

#[test]
fn colour_changes_nothing_but_colour() {
    let findings = analyse(&FLAWED);
    let plain = terminal_summary(
        &findings,
        TerminalOptions {
            width: 100,
            colour: false,
        },
    );
    let coloured = terminal_summary(
        &findings,
        TerminalOptions {
            width: 100,
            colour: true,
        },
    );
    assert!(!plain.contains('\u{1b}'));
    assert_ne!(plain, coloured);
    let mut stripped = coloured;
    for code in ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[33m", "\u{1b}[0m"] {
        stripped = stripped.replace(code, "");
    }
    assert_eq!(plain, stripped);
}

#[test]
fn the_terminal_summary_fits() {
    let findings = analyse(&support::run(6));
    for width in [80, 100, 120, 160, 240] {
        let text = terminal_summary(
            &findings,
            TerminalOptions {
                width,
                colour: false,
            },
        );
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(
            widest.is_some_and(|widest| widest <= width),
            "{width}: {widest:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// A run that is killed loses the line that was being written, no more.
    #[test]
    fn a_file_cut_anywhere_can_be_read(fraction in 0.0..1.0_f64) {
        let mut at = (TEXT.len() as f64 * fraction) as usize;
        while !TEXT.is_char_boundary(at) { at -= 1; }
        let cut = &TEXT[..at];
        let whole_lines = cut.matches('\n').count();
        match Run::parse(cut) {
            Err(RunError::Empty) => prop_assert_eq!(whole_lines, 0),
            Err(error) => prop_assert!(false, "{}", error),
            Ok(run) => {
                // Only the newline may be missing: then nothing is lost.
                let kept = 1 + run.trials.len() + usize::from(run.end.is_some());
                let has_rest = !cut.ends_with('\n');
                prop_assert_eq!(kept + usize::from(run.cut_line.is_some()),
                    whole_lines + usize::from(has_rest));
                prop_assert_eq!(&run.trials[..], &RUN.trials[..run.trials.len()]);
                prop_assert!(!everything(&run).is_empty());
            }
        }
    }

    /// The order in which trials ran is no finding.
    #[test]
    fn order_of_trials_does_not_matter(seed in any::<u64>()) {
        let mut shuffled = RUN.clone();
        let mut state = seed | 1;
        for index in (1..shuffled.trials.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.trials.swap(index, (state >> 33) as usize % (index + 1));
        }
        prop_assert_eq!(everything(&shuffled), everything(&RUN));
    }

    /// Whatever is missing, there is a report.
    #[test]
    fn any_part_of_a_run_can_be_rendered(keep in prop::collection::vec(any::<bool>(), 200)) {
        let mut part = FLAWED.clone();
        let mut keep = keep.iter().cycle();
        part.trials.retain(|_| *keep.next().expect("it goes round"));
        prop_assert!(everything(&part).contains("artial"));
    }
}
