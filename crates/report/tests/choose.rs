//! Short lists from a made-up run.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test -p report`, then read
//! the difference.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "support/choosing.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by several programs")]
mod choosing;
mod support;

use choosing::{TODAY, data, facts, plain_question, report, reports};
use record::{CloseBehaviour, Language, MessageKind, Property};
use report::{
    analyse,
    choose::{
        Answer, Axis, ChooseError, Feature, Pattern, Pick, Question, State, choose, choose_text,
        page_data, profiles, profiles_text,
    },
};

fn asked(question: &Question) -> Answer {
    choose(data(), question).expect("the question can be asked")
}

fn with_needs(change: impl FnOnce(&mut Question)) -> Answer {
    let mut question = plain_question();
    change(&mut question);
    asked(&question)
}

fn pick<'a>(answer: &'a Answer, name: &str) -> &'a Pick {
    let mut picks = answer.picks.iter();
    picks.find(|pick| pick.name == name).expect("it is there")
}

#[test]
fn text_of_every_profile() {
    for profile in profiles() {
        let question = Question {
            workload: profile.workload.clone(),
            needs: profile.needs.clone(),
            axis: profile.axis,
            unknown_ok: false,
            today: TODAY.to_owned(),
        };
        let text = choose_text(&asked(&question), &question, Some(profile.title), 80);
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{}: {line}", profile.name);
        }
        insta::assert_snapshot!(format!("choose-{}", profile.name), text);
    }
}

#[test]
fn text_of_the_list_of_profiles() {
    insta::assert_snapshot!("choose-profiles", profiles_text(80));
}

#[test]
fn baselines_and_the_twin_are_never_candidates() {
    let names: Vec<&str> = data().candidates.iter().map(|it| &*it.name).collect();
    assert!(names.contains(&"tokio-tungstenite (tuned)"));
    for name in ["raw-tcp", "handwritten", "tokio-tungstenite (again)"] {
        assert!(!names.contains(&name), "{names:?}");
    }
}

#[test]
fn one_library_is_one_pick() {
    let answer = asked(&plain_question());
    let libraries: Vec<&str> = answer.picks.iter().map(|pick| &*pick.library).collect();
    assert_eq!(
        libraries,
        [
            "fastwebsockets",
            "ws-tool",
            "tokio-tungstenite",
            "tungstenite",
            "async-tungstenite"
        ]
    );
    let tokio = pick(&answer, "tokio-tungstenite (tuned)");
    assert_eq!(tokio.others[0].name, "tokio-tungstenite");
    assert!(tokio.others[0].text.contains("told apart"));
}

/// fastwebsockets and ws-tool-tokio differ by 0.3 % in truth.
#[test]
fn equals_share_a_place() {
    let answer = asked(&plain_question());
    let place = |name| pick(&answer, name).place;
    assert_eq!(place("fastwebsockets"), 1);
    assert_eq!(place("ws-tool-tokio"), 1);
    assert_eq!(place("tokio-tungstenite (tuned)"), 2);
    assert!(
        answer
            .sureness
            .iter()
            .any(|it| it.contains("2 libraries share place 1"))
    );
}

#[test]
fn costs_are_rate_times_cpu_and_connections_times_memory() {
    let answer = with_needs(|question| {
        question.workload.connections = 2000;
        question.workload.rate_per_s = 1e6;
    });
    let fast = pick(&answer, "fastwebsockets");
    let (cpu, cores) = (
        fast.cpu_ns.expect("measured"),
        fast.cores.expect("measured"),
    );
    // Two thousand million messages per second: nobody sleeps.
    assert!((cores.value / (2e9 * cpu.value / 1e9) - 1.0).abs() < 1e-9);
    assert!((cpu.value / 3986.0 - 1.0).abs() < 0.02, "{cpu:?}");
    let memory = fast.memory_bytes.expect("measured").value;
    let per_connection = fast.bytes_per_connection.expect("measured").value;
    assert!(memory > 2000.0 * per_connection);
    assert!(memory < 2000.0 * per_connection + 1e7);
}

#[test]
fn needs_are_held_against_facts() {
    let out = |answer: &Answer, name: &str| {
        let mut rows = answer.ruled_out.iter();
        rows.find(|row| row.name == name)
            .map(|row| (row.need.clone(), row.because.clone(), row.is_unknown))
    };
    let answer = with_needs(|it| it.needs.features = vec![Feature::TlsBuiltIn]);
    let (need, because, is_unknown) = out(&answer, "fastwebsockets").expect("it has none");
    assert_eq!(need, "TLS by an option of its own");
    assert_eq!(because, "none of its own; Takes any stream, TLS included");
    assert!(!is_unknown);
    assert_eq!(out(&answer, "tokio-tungstenite"), None);
    let answer = with_needs(|it| it.needs.features = vec![Feature::Tls]);
    assert_eq!(out(&answer, "fastwebsockets"), None);

    let answer = with_needs(|it| it.needs.features = vec![Feature::Autobahn]);
    let (_, because, is_unknown) = out(&answer, "fastwebsockets").expect("it closed badly");
    assert_eq!(
        (because.as_str(), is_unknown),
        ("of 2 cases 1 closed badly", false)
    );
    let (_, because, is_unknown) = out(&answer, "tungstenite").expect("of another version");
    assert_eq!(because, "its conformance report is of 0.29.0");
    assert!(is_unknown);
    assert_eq!(
        answer.candidates,
        ["tokio-tungstenite", "tokio-tungstenite (tuned)"]
    );
    let tuned = pick(&answer, "tokio-tungstenite (tuned)");
    let told = "conformance: all 2 cases passed and closed well, tested as default";
    assert!(tuned.reasons.contains(&told.to_owned()));
    assert_eq!(answer.alone.len(), 1);

    let answer = with_needs(|it| it.needs.runtime = Some("smol".to_owned()));
    assert_eq!(
        answer.candidates,
        ["async-tungstenite-smol", "async-tungstenite-smol (tuned)"]
    );
    let (_, because, is_unknown) =
        out(&answer, "async-tungstenite-tokio").expect("measured on tokio");
    assert!(is_unknown);
    assert_eq!(
        because,
        "measured on tokio; its documentation names tokio, smol, gio, async-std"
    );

    let answer = with_needs(|it| it.needs.licences = vec!["apache-2.0".to_owned()]);
    assert!(answer.candidates.contains(&"tungstenite".to_owned()));
    assert!(!answer.candidates.contains(&"tokio-tungstenite".to_owned()));
    assert!(out(&answer, "ws-tool-tokio").expect("only a file").2);

    let answer = with_needs(|it| it.needs.maintained_within_months = Some(12));
    let (_, because, _) = out(&answer, "fastwebsockets").expect("it is old");
    assert_eq!(because, "0.10.0 is of 2025-01-14");
    assert_eq!(out(&answer, "tungstenite"), None);

    let answer = with_needs(|it| it.needs.http = Some("axum".to_owned()));
    assert_eq!(
        answer.candidates,
        ["fastwebsockets", "ws-tool-blocking", "ws-tool-tokio"]
    );
    assert!(out(&answer, "tokio-tungstenite").expect("any").2);

    let answer = with_needs(|it| it.needs.language = Some(Language::Go));
    assert!(answer.picks.is_empty());
    assert!(answer.notes[0].starts_with("Nothing meets every need."));

    let answer = with_needs(|it| it.needs.memory_limit_bytes = Some(32 << 20));
    let (_, because, _) = out(&answer, "tokio-tungstenite").expect("it needs more");
    assert!(
        because.ends_with(" MiB resident at 1,000 idle connections"),
        "{because}"
    );
    assert_eq!(out(&answer, "fastwebsockets"), None);
}

#[test]
fn what_is_not_known_is_let_in_only_when_asked() {
    let answer = with_needs(|question| {
        question.needs.features = vec![Feature::Wasm];
        question.unknown_ok = true;
    });
    let tungstenite = pick(&answer, "tungstenite (tuned)");
    assert_eq!(
        tungstenite.caveats,
        ["WebAssembly: not known: no fact about it"]
    );
    // What was measured on it stands for the library, however it compares.
    let answer = with_needs(|question| {
        question.needs.runtime = Some("smol".to_owned());
        question.unknown_ok = true;
    });
    let smol = pick(&answer, "async-tungstenite-smol (tuned)");
    assert!(smol.caveats.is_empty());
    let strict = with_needs(|question| question.needs.features = vec![Feature::Wasm]);
    assert!(strict.candidates.is_empty());
}

#[test]
fn without_facts_every_need_is_unknown() {
    let findings = analyse(&support::run(6));
    let bare = page_data(&findings, None, &[]);
    let mut question = plain_question();
    question.needs.features = Feature::ALL.to_vec();
    let answer = choose(&bare, &question).expect("it can be asked");
    assert!(answer.candidates.is_empty());
    assert!(answer.ruled_out.iter().all(|row| row.is_unknown));
    assert!(
        answer
            .notes
            .iter()
            .any(|note| note.contains("bench-harness facts"))
    );
}

#[test]
fn facts_of_another_version_say_nothing() {
    let findings = analyse(&support::run(6));
    let mut facts = facts();
    for row in &mut facts.contenders {
        row.version = "0.0.1".to_owned();
    }
    let old = page_data(&findings, Some(&facts), &reports());
    let fast = old.candidates.iter().find(|it| it.name == "fastwebsockets");
    let fact = &fast.expect("it is there").features[&Feature::Tls];
    assert_eq!(fact.state, State::Unknown);
    assert_eq!(fact.text, "the facts are about 0.0.1, 0.10.0 was measured");
}

#[test]
fn what_was_looked_up_in_vain_is_unknown_with_its_reason() {
    let findings = analyse(&support::run(6));
    let mut facts = facts();
    let mut rows = facts.contenders.iter_mut();
    let row = rows.find(|row| row.contender == "fastwebsockets");
    let wasm = &mut row.expect("it is there").properties;
    let claim = wasm.entry(Property::Wasm).or_default().claim.as_mut();
    let claim = claim.expect("it has one");
    claim.answer = "?".to_owned().into();
    claim.note = Some("Nobody tried.".to_owned());
    let data = page_data(&findings, Some(&facts), &reports());
    let fast = data
        .candidates
        .iter()
        .find(|it| it.name == "fastwebsockets");
    let fact = &fast.expect("it is there").features[&Feature::Wasm];
    assert_eq!(fact.state, State::Unknown);
    assert_eq!(fact.text, "Nobody tried");
}

#[test]
fn a_report_that_was_cut_short_proves_nothing() {
    let mut cut = report("tokio-tungstenite", "0.30.0", CloseBehaviour::Ok);
    cut.cut_short = Some(record::CutShort::Interrupted);
    let findings = analyse(&support::run(6));
    let data = page_data(&findings, Some(&facts()), &[cut]);
    let row = data
        .candidates
        .iter()
        .find(|it| it.name == "tokio-tungstenite");
    let fact = &row.expect("it is there").features[&Feature::Autobahn];
    assert_eq!(fact.state, State::Unknown);
}

#[test]
fn cells_are_chosen_by_size_kind_and_burst() {
    let notes = |size_bytes, kind, burst| {
        let answer = with_needs(|question| {
            question.workload.size_bytes = size_bytes;
            question.workload.kind = kind;
            question.workload.burst = burst;
        });
        (
            pick(&answer, "fastwebsockets")
                .cpu_ns
                .expect("measured")
                .value,
            answer.notes.join("\n"),
        )
    };
    let (at_1k, _) = notes(1024, MessageKind::TextAscii, 1);
    let (at_16k, _) = notes(16_384, MessageKind::Binary, 1);
    let (between, text) = notes((1024 + 16_384) / 2, MessageKind::TextAscii, 1);
    assert!((between / ((at_1k + at_16k) / 2.0) - 1.0).abs() < 1e-9);
    assert!(
        text.contains("straight line between the measured 1 KiB and 16 KiB"),
        "{text}"
    );
    assert!(
        text.contains("The cell of 16 KiB echoes binary messages"),
        "{text}"
    );
    assert!(!text.contains("far apart"), "{text}");
    let (_, text) = notes(100_000, MessageKind::Binary, 1);
    assert!(text.contains("16 KiB and 1 MiB lie far apart"), "{text}");
    let (at_125, text) = notes(10, MessageKind::Binary, 1);
    assert!(
        text.contains("Nothing smaller than 125 B was measured"),
        "{text}"
    );
    assert_eq!(at_125, notes(125, MessageKind::Binary, 1).0);
    let (_, text) = notes(4 << 20, MessageKind::Binary, 1);
    assert!(
        text.contains("Nothing larger than 1 MiB was measured"),
        "{text}"
    );
    let (_, text) = notes(64, MessageKind::Binary, 16);
    assert!(text.contains("16 messages in flight"), "{text}");
    let (_, text) = notes(16_384, MessageKind::Binary, 16);
    assert!(
        text.contains("Bursts of 16 messages of 16 KiB were not measured"),
        "{text}"
    );
}

#[test]
fn a_push_is_said_to_be_an_echo() {
    let answer = with_needs(|question| question.workload.pattern = Pattern::Push);
    assert!(
        answer
            .notes
            .iter()
            .any(|note| note.starts_with("Only echoes were measured."))
    );
}

#[test]
fn questions_that_can_not_be_asked_say_why() {
    let refused = |change: fn(&mut Question)| {
        let mut question = plain_question();
        change(&mut question);
        choose(data(), &question)
            .expect_err("it can't be asked")
            .to_string()
    };
    for (change, expected) in [
        (
            (|it| it.workload.size_bytes = 0) as fn(&mut Question),
            "1 B to 1 GiB",
        ),
        (|it| it.workload.connections = 0, "1 to 10,000,000"),
        (|it| it.workload.rate_per_s = f64::NAN, "above 0"),
        (|it| it.workload.rate_per_s = 2e6, "at most 1,000,000"),
        (|it| it.workload.burst = 0, "1 to 1,000"),
        (|it| it.needs.memory_limit_bytes = Some(0), "above 0"),
        (
            |it| it.needs.maintained_within_months = Some(0),
            "1 to 1,200",
        ),
        (
            |it| it.needs.runtime = Some("toko".to_owned()),
            "smol, threads, tokio",
        ),
        (|it| it.needs.http = Some("axxum".to_owned()), "axum, hyper"),
        (|it| it.today = "tomorrow".to_owned(), "2026-11-21"),
    ] {
        let text = refused(change);
        assert!(text.contains(expected), "{text}");
    }
    let mut empty = data().clone();
    empty.cells.clear();
    let error = choose(&empty, &plain_question()).expect_err("it has no cell");
    assert_eq!(error, ChooseError::NoEchoCell);
}

#[test]
fn memory_is_told_apart_without_a_test_only_by_a_margin() {
    let answer = with_needs(|question| question.axis = Axis::Memory);
    assert!(
        answer
            .sureness
            .iter()
            .any(|it| it.contains("more than 10 % above"))
    );
    let place = |name| pick(&answer, name).place;
    // 11.4 and 11.9 KiB, 13.9 and 14 KiB.
    assert_eq!(place("tokio-tungstenite (tuned)"), place("fastwebsockets"));
    assert!(place("tungstenite (tuned)") > place("fastwebsockets"));
}

/// It proves nothing of this server, but a person should know.
#[test]
fn a_report_on_another_server_of_the_library_is_told() {
    let findings = analyse(&support::run(6));
    let mut other = report("ws-tool", "0.11.1", CloseBehaviour::Unclean);
    other.name = "ws-tool-blocking".to_owned();
    let data = page_data(&findings, Some(&facts()), &[other]);
    let row = |name: &str| {
        let row = data.candidates.iter().find(|it| it.name == name);
        row.expect("it is there").features[&Feature::Autobahn].clone()
    };
    assert_eq!(row("ws-tool-blocking").state, State::No);
    assert_eq!(row("ws-tool-tokio").state, State::Unknown);
    assert_eq!(
        row("ws-tool-tokio").text,
        "no conformance report of it; ws-tool-blocking, the same library: of 2 cases 1 closed badly"
    );
}

#[test]
fn a_tuned_variant_goes_by_its_own_report_where_there_is_one() {
    let findings = analyse(&support::run(6));
    let default = report("tokio-tungstenite", "0.30.0", CloseBehaviour::Ok);
    let mut tuned = report("tokio-tungstenite", "0.30.0", CloseBehaviour::Unclean);
    tuned.name = "tokio-tungstenite (tuned)".to_owned();
    let data = page_data(&findings, Some(&facts()), &[default, tuned]);
    let said = |name: &str| {
        let row = data.candidates.iter().find(|it| it.name == name);
        row.expect("it is there").features[&Feature::Autobahn]
            .text
            .clone()
    };
    assert_eq!(
        said("tokio-tungstenite"),
        "all 2 cases passed and closed well"
    );
    assert_eq!(
        said("tokio-tungstenite (tuned)"),
        "of 2 cases 1 closed badly"
    );
}
