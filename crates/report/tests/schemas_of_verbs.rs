//! What `compare` and `choose` print with `--json` is what its committed schema
//! says, in every shape that made-up runs give it.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "support/choosing.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by several programs")]
mod choosing;
#[path = "support/schemas.rs"]
mod schemas;
mod support;

use choosing::{TODAY, data, plain_question};
use record::Language;
use report::{
    Run, analyse,
    choose::{Axis, Choice, Feature, Question, choose, profiles},
    compare::{Pick, RunComparison, compare},
};
use schemas::{assert_needs_every_field, assert_refuses, assert_written_valid, schema};
use serde_json::{Value, json};
use support::pairs::{
    SCENARIOS, few_servers, seeded, some_run as run, some_scenarios, with_other_scenario,
    with_slower,
};

fn compared(before: &Run, after: &Run) -> RunComparison {
    let (before, after) = (analyse(before), analyse(after));
    compare(&before, &after, ["a", "b"], &Pick::default()).expect("they have much in common")
}

/// Runs of one truth, and such as differ in nearly all that can be said.
fn comparisons() -> Vec<(&'static str, RunComparison)> {
    let slower = with_slower(&few_servers(), "fastwebsockets", 1.2);
    let slower = seeded(3, 8, &slower, &some_scenarios(&SCENARIOS));
    let mut elsewhere = run(4, 8);
    let header = &mut elsewhere.header;
    header.host.cpu_model = "Other CPU".to_owned();
    header.toolchain.rustc = "rustc 2.0.0".to_owned();
    header.commit = None;
    header.dirty = true;
    let mut partial = run(5, 8);
    partial.trials.truncate(partial.trials.len() / 2);
    let fewer = seeded(6, 8, &few_servers(), &some_scenarios(&SCENARIOS[..2]));
    let a = run(1, 8);
    [
        ("same run", a.clone()),
        ("same truth", run(2, 8)),
        ("slower", slower),
        ("elsewhere", elsewhere),
        ("too few blocks", run(7, 2)),
        ("partial", partial),
        ("fewer cells", fewer),
        ("another scenario", with_other_scenario(run(8, 8))),
    ]
    .map(|(name, b)| (name, compared(&a, &b)))
    .into()
}

#[test]
fn comparisons_are_valid() {
    let of_comparison = schema("comparison.v1.schema.json");
    let mut written = String::new();
    for (name, found) in comparisons() {
        assert_written_valid(&of_comparison, &found, name);
        written += &serde_json::to_string(&found).expect("it serialises");
    }
    // What the schema was held against has these in it.
    for shape in [
        r#""verdict":"worse""#,
        r#""verdict":"tied""#,
        r#""verdict":"base""#,
        r#""verdict":"unknown","reason":{"because":"#,
        r#""because":"too-few-blocks""#,
        r#""difference":"same-run""#,
        r#""difference":"host","fact":"cpu-model""#,
        r#""difference":"partial""#,
        r#""difference":"cell-only-in""#,
        r#""difference":"scenario-changed""#,
        r#""quantity":"allocated-bytes""#,
        r#""judged":{"#,
        r#""judged":null"#,
    ] {
        assert!(written.contains(shape), "no {shape}");
    }
}

#[test]
fn what_is_no_comparison_is_refused() {
    let found = compared(&run(1, 8), &run(7, 2));
    let found = serde_json::to_value(found).expect("it serialises");
    let row = "/cells/0/metrics/0/rows/0";
    let of_comparison = schema("comparison.v1.schema.json");
    assert_needs_every_field(&of_comparison, &found);
    assert_refuses(
        &of_comparison,
        &found,
        &[
            ("/comparison_version", json!(2)),
            ("/before/blocks", json!(-1)),
            ("/tally/worse", Value::Null),
            ("/differences/0/difference", json!("mood")),
            ("/differences/0/severity", json!("grave")),
            ("/cells/0/metrics/0/metric", json!("charm")),
            (&format!("{row}/verdict"), json!("great")),
            (&format!("{row}/role"), json!("winner")),
            (&format!("{row}/before/median"), json!("1")),
        ],
    );
}

fn asked(question: Question) -> Choice {
    let answer = choose(data(), &question).expect("the question can be asked");
    Choice { question, answer }
}

fn changed(change: impl FnOnce(&mut Question)) -> Choice {
    let mut question = plain_question();
    change(&mut question);
    asked(question)
}

#[test]
fn choices_are_valid() {
    let mut choices: Vec<Choice> = profiles()
        .into_iter()
        .map(|profile| {
            asked(Question {
                workload: profile.workload,
                needs: profile.needs,
                axis: profile.axis,
                unknown_ok: false,
                today: TODAY.to_owned(),
            })
        })
        .collect();
    choices.push(changed(|it| it.needs.language = Some(Language::Go)));
    choices.push(changed(|it| it.needs.memory_limit_bytes = Some(1)));
    choices.extend([Axis::Cpu, Axis::Memory, Axis::P99].map(|axis| {
        changed(|it| {
            it.axis = axis;
            it.unknown_ok = true;
            it.needs.features = Feature::ALL.to_vec();
            it.needs.licences = vec!["MIT".to_owned()];
        })
    }));
    choices.extend(Feature::ALL.map(|feature| {
        changed(|it| {
            it.unknown_ok = true;
            it.needs.features = vec![feature];
        })
    }));
    let of_choice = schema("choice.v1.schema.json");
    for (index, choice) in choices.iter().enumerate() {
        assert_written_valid(&of_choice, choice, &format!("choice {index}"));
    }
    let any = |has: fn(&Choice) -> bool| choices.iter().any(has);
    assert!(any(|it| it.answer.picks.is_empty()), "no empty list");
    assert!(any(|it| !it.answer.ruled_out.is_empty()));
    assert!(any(|it| !it.answer.alone.is_empty()));
    assert!(any(|it| it
        .answer
        .picks
        .iter()
        .any(|pick| !pick.others.is_empty())));
    assert!(any(|it| it
        .answer
        .picks
        .iter()
        .any(|pick| pick.p99_ns.is_some())));
    assert!(any(|it| it
        .answer
        .picks
        .iter()
        .any(|pick| !pick.caveats.is_empty())));
}

#[test]
fn what_is_no_choice_is_refused() {
    let choice = changed(|it| it.axis = Axis::Cpu);
    let choice = serde_json::to_value(choice).expect("it serialises");
    let of_choice = schema("choice.v1.schema.json");
    assert_needs_every_field(&of_choice, &choice);
    assert_refuses(
        &of_choice,
        &choice,
        &[
            ("/answer/chooseVersion", json!(2)),
            ("/answer/axis", json!("taste")),
            ("/answer/picks/0/place", json!(0.5)),
            ("/answer/picks/0/cpuNs/low", Value::Null),
            ("/question/needs/features", json!(["charm"])),
            ("/question/workload/sizeBytes", json!(-1)),
            ("/question/workload/pattern", json!("shout")),
        ],
    );
}
