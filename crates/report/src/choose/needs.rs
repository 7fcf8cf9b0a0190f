//! Whether a row has what is needed.

use super::{
    Needs, Question, Span,
    data::{Candidate, Named, State},
    date::Day,
    words::{bytes, grouped, say},
};

/// One need, and what is known of it about one row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Checked {
    /// The need in words.
    pub(super) need: String,
    /// Whether the row meets it.
    pub(super) state: State,
    /// The evidence, or why there is none.
    pub(super) text: String,
}

/// Every need of the question, in the order in which they are told.
pub(super) fn check(
    question: &Question,
    candidate: &Candidate,
    memory: &Result<Span, String>,
) -> Vec<Checked> {
    let needs = &question.needs;
    let mut found = Vec::new();
    found.extend(language(needs, candidate));
    for (index, feature) in needs.features.iter().enumerate() {
        if needs.features[..index].contains(feature) {
            continue;
        }
        let (state, text) = match candidate.features.get(feature) {
            Some(fact) => (fact.state, fact.text.clone()),
            None => (State::Unknown, say("no.fact", &[])),
        };
        found.push(Checked {
            need: say(&format!("need.{}", feature.name()), &[]),
            state,
            text,
        });
    }
    found.extend(runtime(needs, candidate));
    found.extend(http(needs, candidate));
    found.extend(licence(needs, candidate));
    found.extend(maintained(question, candidate));
    found.extend(memory_limit(question, memory));
    found
}

fn yes_if(is_met: bool) -> State {
    if is_met { State::Yes } else { State::No }
}

/// Nobody needs to be told that it is in the language that was asked for.
fn language(needs: &Needs, candidate: &Candidate) -> Option<Checked> {
    let wanted = needs.language?;
    if candidate.language == wanted {
        return None;
    }
    let language = candidate.language.to_string();
    Some(Checked {
        need: say("need.language", &[("name", &*wanted.to_string())]),
        state: State::No,
        text: say("language", &[("language", &*language)]),
    })
}

/// A row's figures are of the runtime that it ran on. What its documentation
/// says of another was not measured, so nothing is known of the row there.
fn runtime(needs: &Needs, candidate: &Candidate) -> Option<Checked> {
    let wanted = needs.runtime.as_ref()?;
    let measured = [("runtime", &*candidate.runtime)];
    let text = &candidate.runtimes.text;
    let (state, text) = if candidate.measured_on.contains(wanted) {
        (State::Yes, say("runtime.met", &measured))
    } else if let Some(names) = &candidate.runtimes.names {
        let names_it = names.contains(wanted) || names.iter().any(|name| name == "any");
        let state = if names_it { State::Unknown } else { State::No };
        (
            state,
            say("runtime.other", &[measured[0], ("claimed", &**text)]),
        )
    } else {
        (
            State::Unknown,
            say("runtime.nothing", &[measured[0], ("claimed", &**text)]),
        )
    };
    Some(Checked {
        need: say("need.runtime", &[("name", &**wanted)]),
        state,
        text,
    })
}

fn http(needs: &Needs, candidate: &Candidate) -> Option<Checked> {
    let wanted = needs.http.as_ref()?;
    let Named { names, text } = &candidate.http;
    let (state, text) = match names {
        None => (State::Unknown, text.clone()),
        Some(names) if names.contains(wanted) => (State::Yes, text.clone()),
        Some(names) if names.iter().any(|name| name == "any") => (
            State::Unknown,
            say("http.any", &[("text", &**text), ("name", &**wanted)]),
        ),
        Some(_) => (State::No, text.clone()),
    };
    Some(Checked {
        need: say("need.http", &[("name", &**wanted)]),
        state,
        text,
    })
}

fn licence(needs: &Needs, candidate: &Candidate) -> Option<Checked> {
    if needs.licences.is_empty() {
        return None;
    }
    let is_accepted = |licence: &String| {
        let licence = licence.to_lowercase();
        needs.licences.iter().any(|it| it.to_lowercase() == licence)
    };
    let state = match &candidate.licence.alternatives {
        None => State::Unknown,
        Some(sets) => yes_if(sets.iter().any(|set| set.iter().all(is_accepted))),
    };
    let names = needs.licences.join(", ");
    Some(Checked {
        need: say("need.licence", &[("names", &*names)]),
        state,
        text: candidate.licence.text.clone(),
    })
}

fn maintained(question: &Question, candidate: &Candidate) -> Option<Checked> {
    let months = question.needs.maintained_within_months?;
    let released = candidate.released.day.as_ref();
    let (state, text) = match (released, released.and_then(|day| Day::parse(day))) {
        (Some(day), Some(released)) => {
            let today = Day::parse(&question.today)?;
            let is_met = released.is_within_months(i64::from(months), today);
            (
                yes_if(is_met),
                say(
                    "released",
                    &[("version", &*candidate.version), ("day", &**day)],
                ),
            )
        }
        _ => (State::Unknown, candidate.released.text.clone()),
    };
    Some(Checked {
        need: say("need.maintained", &[("months", &*months.to_string())]),
        state,
        text,
    })
}

/// The upper end must fit.
fn memory_limit(question: &Question, memory: &Result<Span, String>) -> Option<Checked> {
    let limit = question.needs.memory_limit_bytes?;
    let (state, text) = match memory {
        Err(why) => (State::Unknown, why.clone()),
        Ok(memory) => {
            let value = bytes(memory.value);
            let connections = grouped(question.workload.connections);
            let text = say(
                "memory.need",
                &[("memory", &*value), ("connections", &*connections)],
            );
            (yes_if(memory.high <= limit as f64), text)
        }
    };
    Some(Checked {
        need: say("need.memory", &[("limit", &*bytes(limit as f64))]),
        state,
        text,
    })
}
