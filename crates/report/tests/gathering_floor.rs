//! Libraries that share writes, and the baseline that does.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use record::Variant;
use report::{analyse, render_folder};
use support::{
    run_of, scenarios,
    truth::{Truth, servers},
};

/// Under the variant that writes each message by itself, and not under the one
/// that gathers: the line about it says both.
#[test]
fn a_line_about_a_row_under_one_variant_names_the_other() {
    let mut all = servers();
    let own = all.iter().find(|it| it.name == "handwritten").cloned();
    let gathers = Truth {
        variant: Variant::Tuned,
        flush: "after what one read brought",
        pipelined_ns: 500.0,
        ..own.expect("it is there")
    };
    all.insert(2, gathers);
    let mut cells = scenarios();
    cells.retain(|scenario| scenario.name == "pipelined-64b-binary");
    let findings = analyse(&run_of(6, &all, cells, 0.005));
    let is_tuned = |index: usize| findings.entries[index].key.variant == Variant::Tuned;
    assert!(!findings.exceptions.is_empty());
    assert!(findings.exceptions.iter().all(|it| !is_tuned(it.baseline)));
    let files = render_folder(&findings).expect("findings serialise");
    let readme = files.iter().find(|file| file.name == "README.md");
    let text = &readme.expect("there is one").text;
    let mut lines = text.lines().filter(|it| it.contains("in the kernel"));
    let line = lines.find(|it| it.contains(": tungstenite 0.30.0 (tuned) used"));
    let line = line.expect("it is under the baseline");
    let other =
        " It is not under handwritten (tuned), which flushes after what one read brought: 0.5";
    assert!(line.contains(other) && line.ends_with(" µs."), "{line}");
}
