//! The form that asks what a server is for. Its answers are those of
//! `bench-harness choose`: the same data, the same rules.

use std::collections::BTreeMap;

use askama::Template;
use serde::Serialize;

use super::policy::json_in_html;
use crate::choose::{Axis, ChooseData, Feature, Pattern};

/// Fills the form and shows the answer; [`crate::choose::SCRIPT`] finds it.
pub(super) const SCRIPT: &str = include_str!("../../templates/choose.js");

/// A value of a field, as a question has it and as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Choice {
    value: String,
    label: String,
}

/// The form.
#[derive(Template)]
#[template(path = "choose.html")]
pub(super) struct Chooser<'a> {
    data: &'a ChooseData,
    kinds: Vec<Choice>,
    patterns: Vec<Choice>,
    features: Vec<Choice>,
    languages: Vec<Choice>,
    axes: Vec<Choice>,
}

impl<'a> Chooser<'a> {
    /// The form for these data; `None` where they can't answer anything.
    pub(super) fn of(data: &'a ChooseData) -> Result<Option<Self>, serde_json::Error> {
        if data.cells.is_empty() || data.candidates.is_empty() {
            return Ok(None);
        }
        let kinds = data
            .cells
            .iter()
            .map(|cell| (cell.kind, cell.kind.to_string()));
        let languages = data
            .candidates
            .iter()
            .map(|it| (it.language, it.language.to_string()));
        Ok(Some(Self {
            kinds: distinct(kinds)?,
            patterns: in_order([
                (Pattern::Echo, "read and answered"),
                (Pattern::Push, "only sent by the server"),
            ])?,
            features: in_order(Feature::ALL.map(|feature| (feature, name(data, feature))))?,
            languages: distinct(languages)?,
            axes: in_order([Axis::Cpu, Axis::Memory, Axis::P99].map(|it| (it, it.to_string())))?,
            data,
        }))
    }
}

/// The data as the scripts read them.
pub(super) fn json(data: &ChooseData) -> Result<String, serde_json::Error> {
    Ok(json_in_html(&serde_json::to_string(data)?))
}

/// What the answer calls a need.
fn name(data: &ChooseData, feature: Feature) -> String {
    let key = format!("need.{}", feature.name());
    let word = data.words.get(key.as_str()).copied();
    word.unwrap_or_else(|| feature.name()).to_owned()
}

fn in_order<T: Serialize, L: Into<String>>(
    values: impl IntoIterator<Item = (T, L)>,
) -> Result<Vec<Choice>, serde_json::Error> {
    values
        .into_iter()
        .map(|(value, label)| {
            Ok(Choice {
                value: text_of(&value)?,
                label: label.into(),
            })
        })
        .collect()
}

fn distinct<T: Serialize>(
    values: impl IntoIterator<Item = (T, String)>,
) -> Result<Vec<Choice>, serde_json::Error> {
    let mut known = BTreeMap::new();
    for choice in in_order(values)? {
        known.insert(choice.value.clone(), choice);
    }
    Ok(known.into_values().collect())
}

/// An enum's name in JSON.
fn text_of<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::from_value(serde_json::to_value(value)?)
}
