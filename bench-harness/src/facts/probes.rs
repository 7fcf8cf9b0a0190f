//! What the admission test and the conformance cases saw, as answers for the
//! table of facts.
//!
//! Both judge a server: a library and this project's loop on it. So a rule that
//! is kept confirms what the library's pages say, and one that is broken
//! contradicts them; but a server that does by hand what its library doesn't
//! makes no yes of a no, and cases that passed so are passed in part. Their files are read by the fields that are needed
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
        let nothing = Claims::new();
        let declared = workspace.declared.get(name);
        let claims = declared.map_or(&nothing, |it| &it.claims);
        let mut answers = BTreeMap::new();
        for report in admissions.iter().filter(|report| {
            report.contender == *name && report.version == *version && report.variant == VARIANT
        }) {
            answers.extend(of_admission(report, claims));
        }
        for report in conformances
            .iter()
            .filter(|report| report.is_of(name) && report.server.version == *version)
        {
            answers.extend(match report.server.variant.as_str() {
                VARIANT => of_conformance(report, claims),
                COMPRESSED => of_compression(report, claims),
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

/// What the server of this project does for a library whose pages say that it
/// doesn't, and whether the cases are about just that.
///
/// Text is checked by a library that does so in part: the part that its server
/// uses. Fragments in part are fragments handed out one by one.
fn by_hand(claims: &Claims) -> (Vec<&'static str>, bool) {
    let mut done = Vec::new();
    let mut is_essential = false;
    for (property, words, essential) in [
        (Property::Utf8Validation, "checks UTF-8", true),
        (
            Property::ReceivesFragmentedMessages,
            "puts fragments together",
            true,
        ),
        (Property::AutomaticPong, "answers pings", false),
        (Property::AutomaticClose, "answers Close frames", false),
    ] {
        let is_left = match claims.get(&property).map(|claim| &claim.answer) {
            Some(Answer::No) => true,
            Some(Answer::Partly) => property == Property::ReceivesFragmentedMessages,
            _ => false,
        };
        if is_left {
            done.push(words);
            is_essential |= essential;
        }
    }
    (done, is_essential)
}

fn of_conformance(report: &Conformance, claims: &Claims) -> Option<(Property, ProbeAnswer)> {
    if report.cut_short.is_some() || report.cases.is_empty() {
        return None;
    }
    let count = |wanted: &dyn Fn(&Verdict) -> bool| {
        report.cases.iter().filter(|it| wanted(&it.verdict)).count()
    };
    let failed = count(&|verdict| verdict.failed());
    let (done, is_essential) = by_hand(claims);
    let answer = match (failed, is_essential) {
        (0, false) => Answer::Yes,
        (0, true) => Answer::Partly,
        _ => Answer::No,
    };
    let compression = report.cases.iter().filter(|it| it.is_of_compression());
    let compression = compression.count();
    let mut probe = format!(
        "This project's server on it in {} cases ({compression} of compression): {failed} failed \
         by message or by close, {} not strict, {} not implemented.",
        report.cases.len(),
        count(&|verdict| verdict.behaviour == "NON-STRICT"),
        count(&|verdict| verdict.behaviour == "UNIMPLEMENTED"),
    );
    if failed == 0 && !done.is_empty() {
        probe.push_str(&format!(
            " By hand, because the library doesn't, the server {}.",
            done.join(", ")
        ));
    }
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
#[path = "probes_tests.rs"]
mod tests;
