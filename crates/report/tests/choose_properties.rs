//! What holds for every answer, whatever the data and the question.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "support/choosing.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by several programs")]
mod choosing;
mod support;

use std::collections::BTreeSet;

use choosing::{Dice, add_need, random_data, random_question};
use proptest::prelude::*;
use report::choose::{Answer, Axis, Candidate, ChooseData, Pick, Question, Span, choose};

fn asked(seed: u64) -> (ChooseData, Question, Dice) {
    let mut dice = Dice::new(seed);
    let data = random_data(&mut dice);
    let question = random_question(&mut dice);
    (data, question, dice)
}

fn answer(data: &ChooseData, question: &Question) -> Answer {
    choose(data, question).expect("the question can be asked")
}

fn names(answer: &Answer) -> BTreeSet<&str> {
    answer.candidates.iter().map(String::as_str).collect()
}

/// The figures of the three axes, where all were measured.
fn axes(pick: &Pick) -> Option<[f64; 3]> {
    let value = |span: Option<Span>| span.map(|span| span.value);
    Some([
        value(pick.cpu_ns)?,
        value(pick.bytes_per_connection)?,
        value(pick.p99_ns)?,
    ])
}

fn row<'a>(data: &'a ChooseData, name: &str) -> &'a Candidate {
    let mut rows = data.candidates.iter();
    rows.find(|row| row.name == name).expect("it is a row")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_further_need_never_adds_a_candidate(seed in any::<u64>()) {
        let (data, question, mut dice) = asked(seed);
        let before = answer(&data, &question);
        let mut further = question.clone();
        add_need(&mut dice, &mut further);
        let after = answer(&data, &further);
        prop_assert!(names(&after).is_subset(&names(&before)));
    }

    #[test]
    fn what_is_not_known_only_ever_lets_more_in(seed in any::<u64>()) {
        let (data, mut question, _) = asked(seed);
        question.unknown_ok = false;
        let strict = answer(&data, &question);
        question.unknown_ok = true;
        let lenient = answer(&data, &question);
        prop_assert!(names(&strict).is_subset(&names(&lenient)));
        prop_assert!(lenient.ruled_out.iter().all(|row| !row.is_unknown));
        prop_assert!(strict.picks.iter().all(|pick| pick.caveats.is_empty()));
        for out in strict.ruled_out.iter().filter(|row| !row.is_unknown) {
            prop_assert!(lenient.ruled_out.contains(out));
        }
    }

    #[test]
    fn every_row_is_listed_once_or_ruled_out(seed in any::<u64>()) {
        let (data, question, _) = asked(seed);
        let answer = answer(&data, &question);
        let out: BTreeSet<&str> = answer.ruled_out.iter().map(|row| &*row.name).collect();
        let mut listed: Vec<&str> = answer.unranked.iter().map(|row| &*row.name).collect();
        for pick in &answer.picks {
            listed.push(&pick.name);
            listed.extend(pick.others.iter().map(|other| &*other.name));
        }
        let once: BTreeSet<&str> = listed.iter().copied().collect();
        prop_assert_eq!(once.len(), listed.len());
        prop_assert_eq!(&once, &names(&answer));
        prop_assert!(out.is_disjoint(&once));
        prop_assert_eq!(out.len() + once.len(), data.candidates.len());
        let libraries: BTreeSet<(&str, &str)> = answer
            .picks
            .iter()
            .map(|pick| (&*pick.library, if row(&data, &pick.name).language.is_rust() { "Rust" } else { "Go" }))
            .collect();
        prop_assert_eq!(libraries.len(), answer.picks.len());
    }

    /// The list is by place, then by the second axis; what is worse on every
    /// axis comes later.
    #[test]
    fn worse_on_every_axis_never_comes_first(seed in any::<u64>()) {
        let (data, question, _) = asked(seed);
        let answer = answer(&data, &question);
        for (at, above) in answer.picks.iter().enumerate() {
            for below in &answer.picks[at + 1..] {
                prop_assert!(above.place <= below.place);
                if let (Some(above), Some(below)) = (axes(above), axes(below)) {
                    let is_worse = above.iter().zip(&below).all(|(above, below)| above > below);
                    prop_assert!(!is_worse, "{:?} above {:?}", above, below);
                }
            }
        }
    }

    /// By the letters of the only cell, looked up anew.
    #[test]
    fn who_share_a_place_share_a_letter(seed in any::<u64>()) {
        let (data, mut question, _) = asked(seed);
        question.axis = Axis::Cpu;
        question.workload.burst = 1;
        question.workload.size_bytes = 16_384;
        let cell = data.cells.iter().position(|cell| cell.size_bytes == 16_384);
        let cell = cell.expect("it is there");
        let answer = answer(&data, &question);
        let letters = |pick: &Pick| {
            let figure = row(&data, &pick.name).cpu[cell].figure();
            figure.expect("it is ranked").letters.clone()
        };
        for (at, one) in answer.picks.iter().enumerate() {
            for two in answer.picks[at + 1..].iter().filter(|two| two.place == one.place) {
                let (one, two) = (letters(one), letters(two));
                let is_unknown = one.is_empty() || two.is_empty();
                prop_assert!(is_unknown || one.iter().any(|letter| two.contains(letter)));
            }
        }
    }

    #[test]
    fn estimates_lie_inside_their_spans(seed in any::<u64>()) {
        let (data, question, _) = asked(seed);
        for pick in answer(&data, &question).picks {
            let spans = [pick.cpu_ns, pick.loaded_cpu_ns, pick.cores, pick.memory_bytes];
            for span in spans.into_iter().flatten() {
                prop_assert!(0.0 < span.low && span.low <= span.value && span.value <= span.high);
            }
            if let (Some(idle), Some(loaded)) = (pick.cpu_ns, pick.loaded_cpu_ns) {
                prop_assert!(idle.value <= loaded.value);
            }
        }
    }

    #[test]
    fn no_place_for_a_value_stays_empty(seed in any::<u64>()) {
        let (data, question, _) = asked(seed);
        let answer = answer(&data, &question);
        let json = serde_json::to_value(&answer).expect("it serialises");
        let mut texts = Vec::new();
        strings(&json, &mut texts);
        for text in texts {
            prop_assert!(!text.contains(['{', '}']), "{}", text);
        }
    }
}

fn strings<'a>(value: &'a serde_json::Value, found: &mut Vec<&'a str>) {
    match value {
        serde_json::Value::String(text) => found.push(text),
        serde_json::Value::Array(items) => items.iter().for_each(|it| strings(it, found)),
        serde_json::Value::Object(fields) => fields.values().for_each(|it| strings(it, found)),
        _ => {}
    }
}
