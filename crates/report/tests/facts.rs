//! The table of facts and the page of options, byte for byte.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test -p report`, then read
//! the difference.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use record::{
    BuildTimes, Claim, ContenderFacts, ContenderRow, DependencyCounts, DerivedFacts, Evidence,
    FACTS_VERSION, FactsFile, Found, ProbeAnswer, Property, Protocol, Provenance, SettingFact,
    StrippedSize, UnsafeCounts, Variant, VariantFacts,
};
use report::{FairnessEntry, render_facts, render_fairness};

fn known<T>(value: T) -> Found<T> {
    Found::Known(value)
}

fn unknown<T>(reason: &str) -> Found<T> {
    Found::Unknown(reason.to_owned())
}

fn claim(answer: &str, source: Option<&str>, note: Option<&str>) -> Claim {
    Claim {
        answer: answer.to_owned().into(),
        source: source.map(ToOwned::to_owned),
        note: note.map(ToOwned::to_owned),
    }
}

fn row(name: &str, derived: DerivedFacts) -> ContenderRow {
    ContenderRow {
        contender: name.to_owned(),
        language: record::Language::Rust,
        library: name.to_owned(),
        version: "1.2.3".to_owned(),
        repository: format!("https://example.org/{name}"),
        derived,
        properties: BTreeMap::new(),
    }
}

/// A library of which everything is known.
fn known_facts() -> DerivedFacts {
    DerivedFacts {
        released: known("2026-07-11".to_owned()),
        license: known("MIT OR Apache-2.0".to_owned()),
        rust_version: known("1.85".to_owned()),
        dependencies: known(DependencyCounts {
            direct: 4,
            total: 20,
        }),
        unsafe_code: known(UnsafeCounts {
            packages: vec!["all_known 1.2.3".to_owned()],
            files: 9,
            blocks: 3,
            in_macros: 1,
            ..UnsafeCounts::default()
        }),
        stripped_size: known(StrippedSize {
            program_bytes: 1_500_000,
            baseline_bytes: 1_000_000,
        }),
        build_times: known(BuildTimes {
            rounds_ns: vec![12, 11, 10],
            reference_rounds_ns: vec![10, 10, 10],
        }),
        advisories: known(vec!["RUSTSEC-2026-0001 (x)".to_owned()]),
    }
}

/// One of which nothing is.
fn unknown_facts() -> DerivedFacts {
    DerivedFacts {
        released: unknown("the index names no date"),
        license: unknown("the manifest names none"),
        rust_version: unknown("the manifest names none"),
        dependencies: unknown("it is not there"),
        unsafe_code: unknown("a.rs can't be parsed"),
        stripped_size: unknown("`strip` can't be run"),
        build_times: unknown("not timed"),
        advisories: unknown("cargo-audit isn't installed"),
    }
}

fn file() -> FactsFile {
    let page = Some("https://docs.rs/x/1.2.3/x/");
    let mut all = row("all_known", known_facts());
    for (property, claim) in [
        (Property::PermessageDeflate, claim("no", None, None)),
        (Property::Split, claim("yes", page, None)),
        (
            Property::StreamingRead,
            claim("partly", page, Some("Frames, not `bytes` | parts.")),
        ),
        (Property::MessageLimitDefault, claim("64 MiB", page, None)),
        (Property::SizeLimit, claim("yes", page, None)),
        (Property::SendsClose, claim("yes", page, None)),
    ] {
        all.properties.entry(property).or_default().claim = Some(claim);
    }
    for (property, answer) in [
        (Property::PassesAutobahn, "no"),
        (Property::SizeLimit, "no"),
        (Property::SendsClose, "yes"),
    ] {
        let evidence: &mut Evidence = all.properties.entry(property).or_default();
        evidence.probe = Some(ProbeAnswer {
            answer: answer.to_owned().into(),
            probe: format!("{property} was tried"),
        });
    }
    let mut go = row("in_go", known_facts());
    go.language = record::Language::Go;
    go.derived.rust_version = known("Go 1.23".to_owned());
    let mut none = row("nothing_known", unknown_facts());
    none.derived.stripped_size = known(StrippedSize {
        program_bytes: 1_000,
        baseline_bytes: 3_048,
    });
    let made = Provenance {
        day: "2026-11-21".to_owned(),
        commit: Some("0123456789abcdef0123".to_owned()),
        dirty: true,
        machine: None,
        rustc: Some("rustc 1.95.0".to_owned()),
    };
    FactsFile {
        facts_version: FACTS_VERSION,
        made: made.clone(),
        target: "x86_64-unknown-linux-gnu".to_owned(),
        reference: "tokio-tungstenite".to_owned(),
        size_baseline: "handwritten".to_owned(),
        sizes_made: Some(made),
        build_times_made: None,
        contenders: vec![all, go, none],
    }
}

#[test]
fn page_of_facts() {
    insta::assert_snapshot!(render_facts(&file()));
}

#[test]
fn every_property_has_a_column() {
    let text = render_facts(&file());
    let titles: BTreeSet<&str> = text
        .lines()
        .filter(|line| line.starts_with("| contender"))
        .flat_map(|line| line.split('|').map(str::trim))
        .collect();
    for property in Property::ALL {
        assert!(titles.contains(property.to_string().as_str()), "{property}");
    }
}

#[test]
fn the_file_is_what_its_schema_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema");
    let text = fs::read_to_string(path.join("facts.v1.schema.json")).expect("it is committed");
    let schema = serde_json::from_str(&text).expect("it is JSON");
    let schema = jsonschema::validator_for(&schema).expect("it is a schema");
    let value = serde_json::to_value(file()).expect("it serialises");
    assert!(schema.is_valid(&value));
    let back: FactsFile = serde_json::from_value(value.clone()).expect("it is read back");
    assert_eq!(back, file());
    let mut wrong = value;
    wrong["contenders"][0]["properties"]["split"] = "yes".into();
    assert!(!schema.is_valid(&wrong));
}

fn options(names: &[(&str, &str)]) -> VariantFacts {
    VariantFacts {
        features: Vec::new(),
        flush: "after every message (`send`)".to_owned(),
        options: names
            .iter()
            .map(|(name, value)| SettingFact {
                name: (*name).to_owned(),
                value: (*value).to_owned(),
                reason: format!("Because `{name}` <is> so."),
            })
            .collect(),
    }
}

#[test]
fn page_of_options() {
    let facts = ContenderFacts {
        library: "lib_a".to_owned(),
        runtime: "tokio".to_owned(),
        api: "async".to_owned(),
        baseline: false,
        protocol: Protocol::Websocket,
        repository: "https://example.org/a".to_owned(),
        documentation: "https://docs.rs/a/1.2.3/a".to_owned(),
        gaps: vec!["No `deflate`.".to_owned()],
        helper_threads: Vec::new(),
        core: false,
        language: record::Language::Rust,
        variants: BTreeMap::from([
            (Variant::Default, options(&[("limit", "64")])),
            (
                Variant::Tuned,
                options(&[("limit", "64"), ("buffer", "16")]),
            ),
        ]),
    };
    let floor = ContenderFacts {
        library: "floor".to_owned(),
        baseline: true,
        protocol: Protocol::RawTcp,
        gaps: Vec::new(),
        variants: BTreeMap::from([(Variant::Default, options(&[]))]),
        ..facts.clone()
    };
    let entries = [("floor", floor), ("lib.a", facts)].map(|(name, facts)| FairnessEntry {
        name: name.to_owned(),
        version: "1.2.3".to_owned(),
        facts,
    });
    insta::assert_snapshot!(render_fairness(&entries));
}
