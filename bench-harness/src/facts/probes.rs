//! What the admission test and the conformance cases saw, as answers for the
//! table of facts.
//!
//! Both judge a server: a library and this project's loop on it. So a rule that
//! is kept confirms what the library's pages say, and one that is broken
//! contradicts them; but a server that does by hand what its library doesn't
//! makes no yes of a no. Their files are read by the fields that are needed
//! here; the rest may grow.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use record::{Answer, Claims, FACTS_VERSION, ProbeAnswer, ProbedFacts, ProbesFile, Property};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{admission::PUBLISHED as ADMISSION, discover::Workspace, files::json_files};

/// Folder of the reports on conformance, below the workspace.
const CONFORMANCE: &str = "results/conformance";

/// The version of both kinds of report that is read.
const REPORT_VERSION: u32 = 1;

/// The variant whose reports count: what the library's documentation teaches.
const VARIANT: &str = "default";

/// The variant whose reports tell of compression.
const COMPRESSED: &str = "compressed";

/// One file of the admission test.
#[derive(Deserialize)]
struct Admission {
    schema_version: u32,
    contender: String,
    variant: String,
    version: String,
    results: Vec<RuleResult>,
}

#[derive(Deserialize)]
struct RuleResult {
    rule: String,
    outcome: String,
}

/// One file of the conformance cases.
#[derive(Deserialize)]
struct Conformance {
    schema_version: u32,
    name: String,
    server: TestedServer,
    cut_short: Option<serde_json::Value>,
    cases: Vec<Case>,
}

impl Conformance {
    /// Whether it is of a variant of the contender: `name` or `name (variant)`.
    fn is_of(&self, name: &str) -> bool {
        self.name.split(" (").next() == Some(name)
    }
}

#[derive(Deserialize)]
struct TestedServer {
    #[serde(default)]
    version: String,
    #[serde(default)]
    variant: String,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    verdict: Verdict,
}

impl Case {
    fn is_of_compression(&self) -> bool {
        self.id.starts_with("12.") || self.id.starts_with("13.")
    }
}

#[derive(Deserialize)]
struct Verdict {
    behaviour: String,
    close: String,
}

impl Verdict {
    fn failed(&self) -> bool {
        self.behaviour == "FAILED" || !matches!(self.close.as_str(), "OK" | "INFORMATIONAL")
    }
}

/// All answers for the versions in Cargo.lock: those of `given` (the file
/// `probes.json`) first, then those of the reports.
pub(crate) fn gather(workspace: &Workspace, given: Option<ProbesFile>) -> Result<ProbesFile> {
    let mut file = given.unwrap_or_else(|| ProbesFile {
        facts_version: FACTS_VERSION,
        made: Default::default(),
        contenders: BTreeMap::new(),
    });
    let admissions: Vec<Admission> = reports(&workspace.root.join(ADMISSION))?;
    let conformances: Vec<Conformance> = reports(&workspace.root.join(CONFORMANCE))?;
    for contender in &workspace.contenders {
        let (name, version) = (&contender.name, &contender.version);
        let mut answers = BTreeMap::new();
        for report in admissions.iter().filter(|report| {
            report.contender == *name && report.version == *version && report.variant == VARIANT
        }) {
            let claims = workspace.declared.get(name).map(|it| &it.claims);
            answers.extend(of_admission(report, claims.unwrap_or(&Claims::new())));
        }
        for report in conformances
            .iter()
            .filter(|report| report.is_of(name) && report.server.version == *version)
        {
            answers.extend(match report.server.variant.as_str() {
                VARIANT => of_conformance(report),
                COMPRESSED => {
                    let claims = workspace.declared.get(name).map(|it| &it.claims);
                    of_compression(report, claims.unwrap_or(&Claims::new()))
                }
                _ => None,
            });
        }
        let entry = file.contenders.entry(name.clone()).or_default();
        if entry.version == *version {
            answers.append(&mut entry.answers);
        }
        *entry = ProbedFacts {
            version: version.clone(),
            answers,
        };
    }
    Ok(file)
}

/// Properties that a rule of the admission test shows.
fn shown_by(rule: &str) -> Option<(Property, &'static str)> {
    Some(match rule {
        "fragments" => (
            Property::ReceivesFragmentedMessages,
            "a message in fragments with a ping between them",
        ),
        "ping" => (Property::AutomaticPong, "a ping"),
        "close" => (Property::AutomaticClose, "a Close frame"),
        "utf8-checked" => (Property::Utf8Validation, "text that is no UTF-8"),
        _ => return None,
    })
}

fn of_admission(report: &Admission, claims: &Claims) -> Vec<(Property, ProbeAnswer)> {
    let mut found = Vec::new();
    for result in &report.results {
        let Some((property, sent)) = shown_by(&result.rule) else {
            continue;
        };
        if claims.get(&property).map(|claim| &claim.answer) != Some(&Answer::Yes) {
            continue;
        }
        let (answer, kept) = match result.outcome.as_str() {
            "passed" => (Answer::Yes, "keeps"),
            "failed" => (Answer::No, "breaks"),
            _ => continue,
        };
        let probe = format!(
            "This project's server on it was sent {sent} and {kept} the rule {:?} of the \
             admission test.",
            result.rule
        );
        found.push((property, ProbeAnswer { answer, probe }));
    }
    found
}

fn of_conformance(report: &Conformance) -> Option<(Property, ProbeAnswer)> {
    if report.cut_short.is_some() || report.cases.is_empty() {
        return None;
    }
    let count = |wanted: &dyn Fn(&Verdict) -> bool| {
        report.cases.iter().filter(|it| wanted(&it.verdict)).count()
    };
    let failed = count(&|verdict| verdict.failed());
    let answer = if failed == 0 { Answer::Yes } else { Answer::No };
    let compression = report.cases.iter().filter(|it| it.is_of_compression());
    let compression = compression.count();
    let probe = format!(
        "This project's server on it in {} cases ({compression} of compression): {failed} failed \
         by message or by close, {} not strict, {} not implemented.",
        report.cases.len(),
        count(&|verdict| verdict.behaviour == "NON-STRICT"),
        count(&|verdict| verdict.behaviour == "UNIMPLEMENTED"),
    );
    Some((Property::PassesAutobahn, ProbeAnswer { answer, probe }))
}

/// What the cases of compression say of a server that has it on. They try
/// neither all that the extension has nor how well it is done, so that they make
/// no yes of what the library's pages call less.
fn of_compression(report: &Conformance, claims: &Claims) -> Option<(Property, ProbeAnswer)> {
    let cases: Vec<&Case> = report
        .cases
        .iter()
        .filter(|it| it.is_of_compression())
        .collect();
    if report.cut_short.is_some() || cases.is_empty() {
        return None;
    }
    let count =
        |wanted: &dyn Fn(&Verdict) -> bool| cases.iter().filter(|it| wanted(&it.verdict)).count();
    let declined = count(&|verdict| verdict.behaviour == "UNIMPLEMENTED");
    let failed = count(&Verdict::failed);
    let answer = match (cases.len() - declined, failed) {
        (0, _) => Answer::No,
        (_, 0) => Answer::Yes,
        (taken, failed) if failed == taken => Answer::No,
        _ => Answer::Partly,
    };
    let claimed = claims.get(&Property::PermessageDeflate);
    if answer == Answer::Yes && claimed.map(|claim| &claim.answer) != Some(&Answer::Yes) {
        return None;
    }
    let probe = format!(
        "This project's server on it, with compression on, in {} cases of groups 12 and 13: \
         {failed} failed by message or by close; kinds of offers that it declined: {declined}.",
        cases.len()
    );
    Some((Property::PermessageDeflate, ProbeAnswer { answer, probe }))
}

/// Every report in a folder that may not be there.
fn reports<T: DeserializeOwned + Versioned>(folder: &Path) -> Result<Vec<T>> {
    json_files(folder)?.iter().map(report).collect()
}

fn report<T: DeserializeOwned + Versioned>(path: &PathBuf) -> Result<T> {
    let context = || {
        format!(
            "{} is no report that can be read; make it again, or move it away",
            path.display()
        )
    };
    let text = fs::read_to_string(path).with_context(context)?;
    let report: T = serde_json::from_str(&text).with_context(context)?;
    let version = report.version();
    ensure!(
        version == REPORT_VERSION,
        "{}: a report of version {version}; this program reads {REPORT_VERSION}",
        path.display()
    );
    Ok(report)
}

trait Versioned {
    fn version(&self) -> u32;
}

impl Versioned for Admission {
    fn version(&self) -> u32 {
        self.schema_version
    }
}

impl Versioned for Conformance {
    fn version(&self) -> u32 {
        self.schema_version
    }
}

#[cfg(test)]
mod tests {
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
}
