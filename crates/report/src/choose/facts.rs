//! What is known of a row besides its figures.

use std::collections::BTreeMap;

use record::{
    Answer, ConformanceReport, ContenderRow, Evidence, FactsFile, Found, Property, TestedServer,
};

use super::{
    Feature,
    data::{Fact, Licence, Named, Released, State},
    licence::alternatives,
};
use crate::findings::EntryFinding;

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
    let row = row.ok_or_else(|| format!("the table of facts has no row of {name}"))?;
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
        Err(why) => fact(State::Unknown, why),
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

/// Every case passed and closed well, with the version that was measured. The
/// cases are played against the default variant; the tuned one differs in
/// buffers and flushes.
fn conforms(entry: &EntryFinding, reports: &[ConformanceReport]) -> Fact {
    let name = &entry.key.contender;
    let Some(report) = reports.iter().find(|report| report.name == *name) else {
        return fact(State::Unknown, "no conformance report of it");
    };
    let TestedServer::Contender { version, .. } = &report.server else {
        return fact(State::Unknown, "no conformance report of it");
    };
    if *version != entry.version {
        let why = format!("its conformance report is of {version}");
        return fact(State::Unknown, &why);
    }
    if report.cut_short.is_some() || report.cases.is_empty() {
        return fact(State::Unknown, "its conformance report was cut short");
    }
    let cases = report.cases.len();
    let failed = report.cases.iter().filter(|case| !case.verdict.passed());
    let failed = failed.count();
    let closed = report
        .cases
        .iter()
        .filter(|case| !case.verdict.closed_well());
    let unclosed = closed.count();
    if failed == 0 && unclosed == 0 {
        return fact(
            State::Yes,
            &format!("all {cases} cases passed and closed well"),
        );
    }
    let mut faults = Vec::new();
    if failed > 0 {
        faults.push(format!("{failed} failed"));
    }
    if unclosed > 0 {
        faults.push(format!("{unclosed} closed badly"));
    }
    fact(
        State::No,
        &format!("of {cases} cases {}", faults.join(", ")),
    )
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
