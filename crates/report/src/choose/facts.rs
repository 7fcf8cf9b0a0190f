//! What is known of a row besides its figures.

use std::collections::BTreeMap;

use record::{
    Answer, Behaviour, CaseRecord, ConformanceReport, ContenderRow, Evidence, FactsFile, Found,
    Property, TestedServer,
};

use super::{
    Feature,
    data::{Fact, Licence, Named, Released, State},
    licence::alternatives,
};
use crate::findings::{EntryFinding, tested_name};

/// Everything that is known of the library of one row.
pub(super) struct Known {
    pub(super) features: BTreeMap<Feature, Fact>,
    pub(super) runtimes: Named,
    pub(super) http: Named,
    pub(super) licence: Licence,
    pub(super) released: Released,
}

/// Looks up the row of `entry`: facts of another version say nothing.
pub(super) fn known(
    entry: &EntryFinding,
    facts: Option<&FactsFile>,
    conformance: &[ConformanceReport],
) -> Known {
    let row = row_of(entry, facts);
    let of = |property| match &row {
        Ok(row) => evidence(row.properties.get(&property)),
        Err(why) => Err(why.clone()),
    };
    let tls = of(Property::TlsBackends);
    let features = Feature::ALL.map(|feature| {
        let fact = match feature {
            Feature::Tls => tls_fact(&tls, true),
            Feature::TlsBuiltIn => tls_fact(&tls, false),
            Feature::Deflate => yes_or_no(&of(Property::PermessageDeflate)),
            Feature::Wasm => yes_or_no(&of(Property::Wasm)),
            Feature::Autobahn => conforms(entry, conformance),
        };
        (feature, fact)
    });
    Known {
        features: features.into_iter().collect(),
        runtimes: named(&of(Property::Runtimes)),
        http: http_names(entry, &of(Property::HttpIntegration)),
        licence: match row.as_ref().map(|row| &row.derived.license) {
            Ok(Found::Known(text)) => Licence {
                alternatives: alternatives(text),
                text: text.clone(),
            },
            Ok(Found::Unknown(why)) | Err(why) => Licence {
                alternatives: None,
                text: why.clone(),
            },
        },
        released: match row.as_ref().map(|row| &row.derived.released) {
            Ok(Found::Known(day)) => Released {
                day: Some(day.clone()),
                text: String::new(),
            },
            Ok(Found::Unknown(why)) | Err(why) => Released {
                day: None,
                text: why.clone(),
            },
        },
    }
}

fn row_of<'a>(
    entry: &EntryFinding,
    facts: Option<&'a FactsFile>,
) -> Result<&'a ContenderRow, String> {
    let facts = facts.ok_or("there is no table of facts")?;
    let name = &entry.key.contender;
    let row = facts.contenders.iter().find(|row| row.contender == *name);
    let row = row.ok_or("the table of facts has no row of it")?;
    if row.version == entry.version {
        Ok(row)
    } else {
        Err(format!(
            "the facts are about {}, {} was measured",
            row.version, entry.version
        ))
    }
}

/// The answer with its evidence in words. What was seen counts more than what
/// is claimed.
fn evidence(found: Option<&Evidence>) -> Result<(Answer, String), String> {
    let found = found.ok_or("no fact about it")?;
    if let Some(probe) = &found.probe {
        return Ok((
            probe.answer.clone(),
            format!("{} (seen: {})", probe.answer, probe.probe),
        ));
    }
    let claim = found.claim.as_ref().ok_or("no fact about it")?;
    let text = match &claim.note {
        Some(note) if claim.answer == Answer::Unknown => note.trim_end_matches('.').to_owned(),
        Some(note) => format!("{}; {}", claim.answer, note.trim_end_matches('.')),
        None => claim.answer.to_string(),
    };
    Ok((claim.answer.clone(), text))
}

fn fact(state: State, text: &str) -> Fact {
    Fact {
        state,
        text: text.to_owned(),
    }
}

/// "In part" isn't enough for a need; its text says which part.
fn yes_or_no(found: &Result<(Answer, String), String>) -> Fact {
    match found {
        Ok((Answer::Yes | Answer::Value(_), text)) => fact(State::Yes, text),
        Ok((Answer::No | Answer::Partly, text)) => fact(State::No, text),
        Ok((Answer::Unknown, why)) | Err(why) => fact(State::Unknown, why),
    }
}

/// "None of its own" is TLS that the program brings as its stream.
fn tls_fact(found: &Result<(Answer, String), String>, from_outside: bool) -> Fact {
    match found {
        Ok((Answer::Value(value), text)) if value == "none of its own" => {
            let state = if from_outside { State::Yes } else { State::No };
            fact(state, text)
        }
        other => yes_or_no(other),
    }
}

/// Every case that applies passed and closed well, with the version that was
/// measured. Where nobody tested the tuned variant the default one stands for
/// it: they differ in buffers and flushes.
fn conforms(entry: &EntryFinding, reports: &[ConformanceReport]) -> Fact {
    let version_of = |report: &ConformanceReport| match &report.server {
        TestedServer::Contender {
            library, version, ..
        } if *library == entry.library => Some(version.clone()),
        _ => None,
    };
    let of_library = |report: &&ConformanceReport| version_of(report).is_some();
    let mut of_library = reports.iter().filter(of_library);
    let named = |name: &str| of_library.clone().find(|report| report.name == name);
    let own = named(&tested_name(&entry.key));
    let Some(report) = own.or_else(|| named(&entry.key.contender)) else {
        const NONE: &str = "no conformance report of it";
        let another = of_library
            .find(|report| version_of(report).as_ref() == Some(&entry.version))
            .and_then(verdict);
        let why = another.map_or_else(
            || NONE.to_owned(),
            |(_, text, of)| format!("{NONE}; {of}, the same library: {text}"),
        );
        return fact(State::Unknown, &why);
    };
    let version = version_of(report).unwrap_or_default();
    if version != entry.version {
        let why = format!("its conformance report is of {version}");
        return fact(State::Unknown, &why);
    }
    match verdict(report) {
        None => fact(State::Unknown, "its conformance report was cut short"),
        Some((state, text, _)) if own.is_none() => {
            fact(state, &format!("{text}, tested as default"))
        }
        Some((state, text, _)) => fact(state, &text),
    }
}

/// What a whole report says, with the name of its server. Cases of an extension
/// that the server doesn't have say nothing of RFC 6455.
fn verdict(report: &ConformanceReport) -> Option<(State, String, &str)> {
    let applies = |case: &&CaseRecord| case.verdict.behaviour != Behaviour::Unimplemented;
    let applicable: Vec<&CaseRecord> = report.cases.iter().filter(applies).collect();
    if report.cut_short.is_some() || applicable.is_empty() {
        return None;
    }
    let cases = applicable.len();
    let count = |is_bad: fn(&CaseRecord) -> bool| {
        let bad = applicable.iter().filter(|case| is_bad(case));
        bad.count()
    };
    let failed = count(|case| !case.verdict.passed());
    let unclosed = count(|case| !case.verdict.closed_well());
    if failed == 0 && unclosed == 0 {
        let text = format!("all {cases} cases passed and closed well");
        return Some((State::Yes, text, &report.name));
    }
    let mut faults = Vec::new();
    if failed > 0 {
        faults.push(format!("{failed} failed"));
    }
    if unclosed > 0 {
        faults.push(format!("{unclosed} closed badly"));
    }
    let text = format!("of {cases} cases {}", faults.join(", "));
    Some((State::No, text, &report.name))
}

fn named(found: &Result<(Answer, String), String>) -> Named {
    match found {
        Ok((answer, text)) => Named {
            names: Some(names_in(&answer.to_string())),
            text: text.clone(),
        },
        Err(why) => Named {
            names: None,
            text: why.clone(),
        },
    }
}

/// A web framework is its own HTTP library.
fn http_names(entry: &EntryFinding, found: &Result<(Answer, String), String>) -> Named {
    let mut found = named(found);
    let is_framework = found.text.contains("web framework");
    if let (Some(names), true) = (&mut found.names, is_framework) {
        names.insert(0, entry.library.to_lowercase());
    }
    found
}

/// The names in a fact such as `hyper 1, axum` or `actix (tokio)`, in lower
/// case: words that begin with a letter and are no part of a sentence.
pub(super) fn names_in(text: &str) -> Vec<String> {
    const NO_NAMES: [&str; 16] = [
        "a",
        "as",
        "by",
        "framework",
        "http",
        "is",
        "its",
        "needed",
        "no",
        "none",
        "of",
        "on",
        "own",
        "the",
        "types",
        "web",
    ];
    let lower = text.to_lowercase();
    let words = lower.split(|it: char| !(it.is_alphanumeric() || it == '-' || it == '_'));
    let mut names: Vec<String> = Vec::new();
    for word in words {
        let is_name = word.starts_with(char::is_alphabetic) && !NO_NAMES.contains(&word);
        if is_name && !names.iter().any(|known| known == word) {
            names.push(word.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_sentences() {
        for (text, expected) in [
            ("tokio, smol, gio, async-std", "tokio smol gio async-std"),
            ("actix (tokio)", "actix tokio"),
            ("hyper 1, axum", "hyper axum"),
            ("is a web framework (hyper 1)", "hyper"),
            ("any by the types of `http`", "any"),
            ("none needed", ""),
            ("ntex on tokio", "ntex tokio"),
            ("no", ""),
        ] {
            assert_eq!(names_in(text).join(" "), expected, "{text}");
        }
    }
}
