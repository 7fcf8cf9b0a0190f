//! What reports say for the table of facts.

use record::Claim;
use serde_json::{Value, json};

use super::*;
use crate::discover::{Declared, External};

fn workspace(root: &Path, claims: &[(Property, &str)]) -> Workspace {
    let mut contender = "lib=./server".parse::<External>().unwrap().contender();
    contender.version = "1.0.0".to_owned();
    let claims = claims.iter().map(|(property, answer)| {
        let claim = Claim {
            answer: (*answer).to_owned().into(),
            source: None,
            note: None,
        };
        (*property, claim)
    });
    let declared = Declared {
        claims: claims.collect(),
        own_packages: Vec::new(),
    };
    Workspace {
        root: root.to_owned(),
        target: root.join("target"),
        contenders: vec![contender],
        declared: BTreeMap::from([("lib".to_owned(), declared)]),
    }
}

fn put(root: &Path, name: &str, value: &Value) {
    let path = root.join("results").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, value.to_string()).unwrap();
}

fn admission(version: &str, variant: &str) -> Value {
    json!({
        "schema_version": 1, "contender": "lib", "variant": variant, "role": "contender",
        "library": "lib", "version": version, "runtime": "tokio",
        "results": [
            { "rule": "fragments", "requirement": "mandatory", "outcome": "passed" },
            { "rule": "ping", "requirement": "mandatory", "outcome": "passed" },
            { "rule": "utf8-checked", "requirement": "shown", "outcome": "failed" },
            { "rule": "close", "requirement": "mandatory", "outcome": "not-applicable" },
            { "rule": "order", "requirement": "mandatory", "outcome": "passed" },
        ],
    })
}

fn conformance(verdicts: &[(&str, &str)]) -> Value {
    let cases: Vec<Value> = verdicts
        .iter()
        .map(|(behaviour, close)| {
            json!({ "id": "1.1.1", "verdict": { "behaviour": behaviour, "close": close } })
        })
        .collect();
    json!({
        "schema_version": 1, "name": "lib", "cut_short": null, "cases": cases,
        "server": { "kind": "contender", "library": "lib", "version": "1.0.0",
                    "runtime": "tokio", "variant": "default" },
    })
}

fn answers(workspace: &Workspace) -> BTreeMap<Property, String> {
    let file = gather(workspace, None).unwrap();
    file.contenders["lib"]
        .answers
        .iter()
        .map(|(property, probe)| (*property, probe.answer.to_string()))
        .collect()
}

#[test]
fn a_rule_confirms_or_contradicts_a_yes_and_raises_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = workspace(
        folder.path(),
        &[
            (Property::ReceivesFragmentedMessages, "yes"),
            (Property::Utf8Validation, "yes"),
            (Property::AutomaticClose, "yes"),
            (Property::AutomaticPong, "no"),
        ],
    );
    assert!(answers(&workspace).is_empty(), "there is no report");
    for (name, version, variant) in [
        ("lib.default", "1.0.0", "default"),
        ("lib.tuned", "1.0.0", "tuned"),
    ] {
        put(
            folder.path(),
            &format!("admission/{name}.json"),
            &admission(version, variant),
        );
    }
    let expected = [
        (Property::ReceivesFragmentedMessages, "yes"),
        (Property::Utf8Validation, "no"),
    ];
    assert_eq!(
        answers(&workspace),
        expected.map(|(it, answer)| (it, answer.to_owned())).into()
    );
    let old = admission("0.9.0", "default");
    put(folder.path(), "admission/lib.default.json", &old);
    assert!(answers(&workspace).is_empty(), "of another version");
}

#[test]
fn both_verdicts_of_a_case_count() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = workspace(folder.path(), &[]);
    for (verdicts, expected) in [
        (&[("OK", "OK"), ("NON-STRICT", "OK")][..], Some("yes")),
        (&[("UNIMPLEMENTED", "OK")], Some("yes")),
        (&[("OK", "OK"), ("FAILED", "OK")], Some("no")),
        (&[("OK", "UNCLEAN")], Some("no")),
        (&[], None),
    ] {
        let report = conformance(verdicts);
        put(folder.path(), "conformance/lib.json", &report);
        let found = answers(&workspace);
        let answer = found.get(&Property::PassesAutobahn).map(String::as_str);
        assert_eq!(answer, expected, "{verdicts:?}");
    }
    let mut short = conformance(&[("OK", "OK")]);
    short["cut_short"] = json!({ "cause": "interrupted" });
    put(folder.path(), "conformance/lib.json", &short);
    assert!(answers(&workspace).is_empty());
}

#[test]
fn what_the_server_does_by_hand_makes_no_yes_of_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let utf8 = Property::Utf8Validation;
    let fragments = Property::ReceivesFragmentedMessages;
    let (pong, close) = (Property::AutomaticPong, Property::AutomaticClose);
    for (claims, expected, named) in [
        (&[(utf8, "yes"), (fragments, "yes")][..], "yes", &[][..]),
        (&[], "yes", &[]),
        (&[(utf8, "?")], "yes", &[]),
        (&[(utf8, "no")], "partly", &["UTF-8"]),
        (&[(utf8, "partly")], "yes", &[]),
        (
            &[(utf8, "no"), (fragments, "partly")],
            "partly",
            &["UTF-8", "fragments"],
        ),
        (&[(fragments, "no")], "partly", &["fragments"]),
        (
            &[(pong, "no"), (close, "no"), (utf8, "no")],
            "partly",
            &["pings", "Close frames", "UTF-8"],
        ),
        (&[(pong, "partly"), (close, "no")], "yes", &["Close frames"]),
    ] {
        let workspace = workspace(folder.path(), claims);
        let mut report = conformance(&[("OK", "OK")]);
        put(folder.path(), "conformance/lib.json", &report);
        let file = gather(&workspace, None).unwrap();
        let found = &file.contenders["lib"].answers[&Property::PassesAutobahn];
        assert_eq!(found.answer.to_string(), expected, "{claims:?}");
        for word in ["UTF-8", "fragments", "pings", "Close frames"] {
            let says = found.probe.contains(word);
            assert_eq!(says, named.contains(&word), "{claims:?}: {}", found.probe);
        }

        report["cases"][0]["verdict"]["behaviour"] = json!("FAILED");
        put(folder.path(), "conformance/lib.json", &report);
        let failed = answers(&workspace)[&Property::PassesAutobahn].clone();
        assert_eq!(failed, "no", "{claims:?}");
    }
}

#[test]
fn compression_is_what_the_compressed_variant_shows() {
    let folder = tempfile::tempdir().unwrap();
    let claimed = |answer| workspace(folder.path(), &[(Property::PermessageDeflate, answer)]);
    let workspace = claimed("yes");
    for (verdicts, expected) in [
        (&[("OK", "OK"), ("UNIMPLEMENTED", "OK")][..], Some("yes")),
        (&[("OK", "OK"), ("FAILED", "OK")], Some("partly")),
        (&[("OK", "OK"), ("OK", "FAILED BY CLIENT")], Some("partly")),
        (&[("FAILED", "OK"), ("UNIMPLEMENTED", "OK")], Some("no")),
        (&[("UNIMPLEMENTED", "OK")], Some("no")),
        (&[], None),
    ] {
        let mut report = conformance(verdicts);
        report["name"] = json!("lib (compressed)");
        report["server"]["variant"] = json!("compressed");
        for case in report["cases"].as_array_mut().unwrap() {
            case["id"] = json!("12.1.1");
        }
        put(folder.path(), "conformance/lib--compressed.json", &report);
        let found = answers(&workspace);
        let answer = found.get(&Property::PermessageDeflate).map(String::as_str);
        assert_eq!(answer, expected, "{verdicts:?}");
        assert!(!found.contains_key(&Property::PassesAutobahn), "{found:?}");
        let raised = answers(&claimed("partly"));
        let answer = raised.get(&Property::PermessageDeflate).map(String::as_str);
        assert_eq!(answer, expected.filter(|&it| it != "yes"), "{verdicts:?}");
    }
}

#[test]
fn a_report_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = workspace(folder.path(), &[]);
    let mut newer = admission("1.0.0", "default");
    newer["schema_version"] = json!(2);
    for (value, word) in [(json!({}), "make it again"), (newer, "version 2")] {
        put(folder.path(), "admission/lib.default.json", &value);
        let error = format!("{:#}", gather(&workspace, None).unwrap_err());
        assert!(
            error.contains("lib.default.json") && error.contains(word),
            "{error}"
        );
    }
}
