//! Our verdicts held against an `index.json` in the suite's own format.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "support/cases.rs"]
mod cases;

use cases::case;
use record::{Behaviour, CloseBehaviour, ConformanceReport, TestedServer};
use report::{AgainstSuite, against_suite};

/// As the suite writes it, with a server that differs from ours in every way.
const INDEX: &str = include_str!("data/autobahn-index.json");

fn report(name: &str) -> ConformanceReport {
    use Behaviour as B;
    use CloseBehaviour as C;
    let url = name.to_owned();
    cases::report(
        name,
        TestedServer::Url { url },
        vec![
            case("1.1.1", B::Ok, C::Ok),
            case("6.4.1", B::NonStrict, C::Ok),
            case("7.1.6", B::Informational, C::Informational),
            case("7.3.6", B::Ok, C::FailedByClient),
            case("7.9.1", B::Ok, C::WrongCode),
            case("10.1.1", B::Ok, C::Ok),
            case("12.1.1", B::Unimplemented, C::Ok),
        ],
    )
}

#[test]
fn every_difference_is_named_with_both_verdicts() {
    let found = against_suite(&report("ws://127.0.0.1:9001/"), INDEX).expect("it is an index");
    let text = |text: &str| text.to_owned();
    assert_eq!(
        found,
        AgainstSuite {
            same: 6,
            differences: vec![(
                text("7.9.1"),
                text("OK / WRONG CODE"),
                text("FAILED / WRONG CODE")
            )],
            only_ours: vec![text("10.1.1")],
            only_theirs: vec![text("2.1")],
        }
    );
    assert!(!found.agrees());
    insta::assert_snapshot!("against-suite", found.to_string());
}

#[test]
fn a_server_is_found_by_its_name_among_several() {
    let two = format!(
        "{{\"other\":{{}},\"mine\":{}",
        INDEX.split_once(':').expect("it is an object").1
    );
    let found = against_suite(&report("mine"), &two).expect("it is there");
    assert_eq!(found.same, 6);
    let error = against_suite(&report("nobody"), &two).expect_err("it isn't");
    let error = error.to_string();
    assert!(
        error.contains("mine, other") && error.contains("nobody"),
        "{error}"
    );
}

#[test]
fn what_is_no_index_is_refused() {
    for text in ["", "[]", "{\"a\":{\"1.1.1\":{\"verdict\":\"OK\"}}}"] {
        let error = against_suite(&report("a"), text).expect_err("it is none");
        assert!(error.to_string().contains("index.json"), "{error}");
    }
}
