//! Everything in which two runs may differ beside their figures is said.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use record::{BuildOutcome, Variant};
use report::{
    Run, analyse,
    compare::{Difference, Pick, RunComparison, VerdictFilter, compare, comparison_text},
};
use support::pairs::{few_servers, seeded, some_scenarios, with_slower};

const SCENARIOS: [&str; 2] = ["echo-125b-binary", "idle"];

fn run(seed: u64) -> Run {
    seeded(seed, 6, &few_servers(), &some_scenarios(&SCENARIOS))
}

fn compared(before: &Run, after: &Run) -> RunComparison {
    let (before, after) = (analyse(before), analyse(after));
    compare(&before, &after, ["a", "b"], &Pick::default()).expect("they have much in common")
}

#[test]
fn every_caution_has_its_sentence() {
    let mut other = run(2);
    let header = &mut other.header;
    "other".clone_into(&mut header.host.name);
    header.host.memory_bytes *= 2;
    header.host.cpus = 4;
    header.host.hypervisor = None;
    header.host.server_cpus = vec![0, 1];
    "-C target-cpu=native".clone_into(&mut header.toolchain.rustflags);
    header.plan.effort.window_ns /= 2;
    header.plan.effort.idle_level_limit = 1000;
    header.command += " --load-generator ./mine";
    header.commit = None;
    header.dirty = true;
    for contender in &mut header.contenders {
        if let BuildOutcome::Built { binary_bytes, .. } = &mut contender.build {
            *binary_bytes += 4096;
        }
        if let Some(tuned) = contender.facts.variants.get_mut(&Variant::Tuned) {
            "8192 or so".clone_into(&mut tuned.options[0].value);
        }
    }
    other.end = None;
    other.trials.truncate(40);
    let text = comparison_text(&compared(&run(1), &other), 80);
    let (differences, _) = text.split_once("How to read").expect("it is there");
    insta::assert_snapshot!("compare-differences-80", differences);
}

#[test]
fn a_baseline_that_moved_is_a_caution_and_no_regression() {
    let slower = with_slower(&few_servers(), "raw-tcp", 1.3);
    let other = seeded(2, 6, &slower, &some_scenarios(&SCENARIOS));
    let found = compared(&run(1), &other);
    let moved = Difference::ControlMoved {
        row: "raw-tcp".to_owned(),
        cell: "echo-125b-binary".to_owned(),
    };
    assert!(found.differences.iter().any(|it| it.difference == moved));
    assert_eq!(found.tally.caught_by(VerdictFilter::Changed), 0);
    // Asked for by name it is a row like others.
    let pick = Pick {
        contenders: vec!["raw-tcp".to_owned()],
        ..Pick::default()
    };
    let found = compare(&analyse(&run(1)), &analyse(&other), ["a", "b"], &pick);
    let tally = found.expect("both have it").tally;
    assert_eq!(tally.worse, 2);
}

#[test]
fn other_references_share_a_base() {
    let mut other = run(2);
    for entry in &mut other.header.plan.entries {
        let is_fast = entry.key.contender == "fastwebsockets";
        entry.is_reference = is_fast;
    }
    let found = compared(&run(1), &other);
    assert_eq!(found.base.as_deref(), Some("tokio-tungstenite"));
    let wanted = Difference::Reference {
        before: "tokio-tungstenite".to_owned(),
        after: "fastwebsockets".to_owned(),
    };
    assert!(found.differences.iter().any(|it| it.difference == wanted));
}
