//! `facts` and `fairness` on a small workspace of their own.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::{fs, path::Path, process::Output};

use record::{Answer, BuildsFile, FactsFile, Found, Property};
use support::{assert_exit, harness};

const MANIFEST: &str = "[package]\nname = \"echo-sample\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
    [dependencies]\nsample-lib = { path = \"lib\" }\n\
    [workspace]\nmembers = [\"lib\"]\n\
    [package.metadata.contender]\nlibrary = \"sample-lib\"\nruntime = \"threads\"\napi = \"blocking\"\n\
    repository = \"https://example.org/lib\"\ndocumentation = \"https://docs.rs/sample-lib\"\n\
    [package.metadata.contender.variants.default]\nflush = \"after every message\"\n\
    [package.metadata.contender.claims]\n\
    split = { answer = \"yes\", source = \"https://docs.rs/sample-lib/2.0.0/sample_lib/\" }\n";

const LIBRARY: &str = "[package]\nname = \"sample-lib\"\nversion = \"2.0.0\"\nedition = \"2024\"\n\
    rust-version = \"1.85\"\nlicense = \"MIT\"\n";

fn workspace(manifest: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("src")).unwrap();
    fs::create_dir_all(folder.path().join("lib/src")).unwrap();
    fs::write(folder.path().join("src/main.rs"), "fn main() {}").unwrap();
    fs::write(
        folder.path().join("lib/src/lib.rs"),
        "pub fn f() -> u8 { unsafe { std::mem::zeroed() } }",
    )
    .unwrap();
    fs::write(folder.path().join("lib/Cargo.toml"), LIBRARY).unwrap();
    fs::write(
        folder.path().join("Cargo.lock"),
        "version = 4\n\n\
         [[package]]\nname = \"echo-sample\"\nversion = \"0.1.0\"\ndependencies = [\n \"sample-lib\",\n]\n\n\
         [[package]]\nname = \"sample-lib\"\nversion = \"2.0.0\"\n",
    )
    .unwrap();
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    folder
}

fn call(folder: &Path, words: &[&str]) -> Output {
    let mut command = harness();
    command.args(words).current_dir(folder);
    command.env("CARGO_MANIFEST_DIR", folder).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_stale_page_of_options_is_refused_and_mended() {
    let folder = workspace(MANIFEST);
    let output = call(folder.path(), &["fairness", "--check"]);
    assert_exit(&output, 1);
    assert!(said(&output).contains("bench-harness fairness"));
    assert_exit(&call(folder.path(), &["fairness"]), 0);
    assert_exit(&call(folder.path(), &["fairness", "--check"]), 0);
    let page = fs::read_to_string(folder.path().join("docs/FAIRNESS.md")).unwrap();
    assert!(page.contains("sample-lib 2.0.0"), "{page}");
    let changed = MANIFEST.replace("after every message", "never");
    fs::write(folder.path().join("Cargo.toml"), changed).unwrap();
    assert_exit(&call(folder.path(), &["fairness", "--check"]), 1);
}

#[test]
fn facts_are_derived_and_a_stale_table_is_refused() {
    let folder = workspace(MANIFEST);
    let output = call(folder.path(), &["facts", "--check"]);
    assert_exit(&output, 1);
    assert!(said(&output).contains("facts.json"), "{}", said(&output));
    assert_exit(&call(folder.path(), &["facts"]), 0);
    assert_exit(&call(folder.path(), &["facts", "--check"]), 0);
    let text = fs::read_to_string(folder.path().join("results/facts/facts.json")).unwrap();
    let file: FactsFile = serde_json::from_str(&text).unwrap();
    let [row] = file.contenders.as_slice() else {
        panic!("{text}");
    };
    let derived = &row.derived;
    assert_eq!(row.version, "2.0.0");
    assert_eq!(derived.license, Found::Known("MIT".to_owned()));
    assert_eq!(derived.rust_version.known().unwrap(), "1.85.0");
    assert_eq!(derived.dependencies.known().unwrap().total, 0);
    assert_eq!(derived.unsafe_code.known().unwrap().blocks, 1);
    for reason in [
        derived.released.known().is_none(),
        derived.stripped_size.known().is_none(),
        derived.build_times.known().is_none(),
    ] {
        assert!(reason, "{derived:?}");
    }
    let claim = row.properties[&Property::Split].claim.as_ref().unwrap();
    assert_eq!(claim.answer, Answer::Yes);

    // What a probe saw is taken up, and its absence noticed.
    let probes = "{\"facts_version\":1,\"made\":{\"day\":\"2026-11-21\"},\"contenders\":{\
        \"sample\":{\"version\":\"2.0.0\",\"answers\":{\
        \"passes-autobahn\":{\"answer\":\"yes\",\"probe\":\"all cases\"}}}}}";
    fs::write(folder.path().join("results/facts/probes.json"), probes).unwrap();
    let output = call(folder.path(), &["facts", "--check"]);
    assert_exit(&output, 1);
    assert!(said(&output).contains("sample"), "{}", said(&output));
    assert_exit(&call(folder.path(), &["facts"]), 0);
    let page = fs::read_to_string(folder.path().join("results/facts/FACTS.md")).unwrap();
    assert!(page.contains("yes ✓"), "{page}");
    assert_exit(&call(folder.path(), &["facts", "--check"]), 0);

    // An answer that nobody knows has a page and a reason as well.
    let unknown = "wasm = { answer = \"?\", \
        source = \"https://docs.rs/sample-lib/2.0.0/\", note = \"Nobody tried.\" }\n";
    let manifest = format!("{MANIFEST}{unknown}");
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    assert_exit(&call(folder.path(), &["facts", "--check"]), 1);
    assert_exit(&call(folder.path(), &["facts"]), 0);
    let page = fs::read_to_string(folder.path().join("results/facts/FACTS.md")).unwrap();
    let cell = "[?](https://docs.rs/sample-lib/2.0.0/) <sup>1</sup>";
    assert!(
        page.contains(cell) && page.contains("1. Nobody tried."),
        "{page}"
    );
    assert_exit(&call(folder.path(), &["facts", "--check"]), 0);
}

#[test]
fn a_claim_without_a_page_or_of_another_version_is_named() {
    let page = ", source = \"https://docs.rs/sample-lib/2.0.0/sample_lib/\"";
    let folder = workspace(&MANIFEST.replace(page, ""));
    let output = call(folder.path(), &["list"]);
    assert_exit(&output, 1);
    let text = said(&output);
    assert!(
        text.contains("claims.split") && text.contains("source"),
        "{text}"
    );

    let folder = workspace(&MANIFEST.replace("lib/2.0.0/", "lib/1.9.0/"));
    let output = call(folder.path(), &["facts"]);
    assert_exit(&output, 1);
    let text = said(&output);
    assert!(
        text.contains("1.9.0") && text.contains("Cargo.lock"),
        "{text}"
    );
}

#[test]
fn a_file_of_another_version_is_refused_by_name() {
    let folder = workspace(MANIFEST);
    let path = folder.path().join("results/facts/builds.json");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    for (text, word) in [
        ("{\"facts_version\":9}", "version 9"),
        ("{}", "facts_version"),
    ] {
        fs::write(&path, text).unwrap();
        let output = call(folder.path(), &["facts"]);
        assert_exit(&output, 1);
        let said = said(&output);
        assert!(
            said.contains("builds.json") && said.contains(word),
            "{said}"
        );
    }
}

#[test]
fn what_building_tells_is_kept_with_what_it_was_built_of() {
    let folder = workspace(MANIFEST);
    let output = call(folder.path(), &["facts", "--sizes", "--build-times", "2"]);
    assert_exit(&output, 0);
    let path = folder.path().join("results/facts/builds.json");
    let builds =
        || -> BuildsFile { serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap() };
    let taken = builds();
    let sample = &taken.contenders["sample"];
    assert_eq!(sample.version, "2.0.0");
    assert!(taken.sizes_made.is_some() && taken.times_made.is_some());
    match sample.clean_build_ns.as_ref().unwrap() {
        Found::Known(times) => assert_eq!(times.len(), 2, "one per round"),
        Found::Unknown(reason) => panic!("{reason}"),
    }
    assert!(sample.stripped_bytes.is_some());

    // This workspace has neither the baseline nor the reference: both cells say so.
    let text = fs::read_to_string(folder.path().join("results/facts/facts.json")).unwrap();
    let file: FactsFile = serde_json::from_str(&text).unwrap();
    let derived = &file.contenders[0].derived;
    match &derived.build_times {
        Found::Unknown(reason) => assert!(reason.contains("tokio-tungstenite"), "{reason}"),
        Found::Known(times) => panic!("{times:?}"),
    }
    match &derived.stripped_size {
        // Without binutils there is no size at all, and the reason says that.
        Found::Unknown(reason) => assert!(
            reason.contains("handwritten") || reason.contains("strip"),
            "{reason}"
        ),
        Found::Known(size) => panic!("{size:?}"),
    }

    // A cheap run later keeps what was dear.
    assert_exit(&call(folder.path(), &["facts"]), 0);
    assert_eq!(builds(), taken);
}
