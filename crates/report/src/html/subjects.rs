//! Whom a row of a table is about, so that rows can be filtered.

use std::collections::{BTreeMap, BTreeSet};

use record::{Role, Variant};
use serde::Serialize;

use crate::{findings::Findings, text::escaped};

/// One server, or one contender whatever its variant. Short names: they stand
/// in the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Subject {
    /// Its name.
    n: String,
    /// Its language.
    l: String,
    /// Its runtime.
    r: String,
    /// Its variant; empty where a row is about all of them.
    v: String,
    /// Whether it is no library: a baseline, or the reference's twin.
    b: bool,
}

/// Everybody that has rows.
#[derive(Debug)]
pub(super) struct Subjects {
    list: Vec<Subject>,
    servers: BTreeMap<String, usize>,
    contenders: BTreeMap<String, usize>,
}

impl Subjects {
    pub(super) fn of(findings: &Findings) -> Self {
        let mut subjects = Self {
            list: Vec::new(),
            servers: BTreeMap::new(),
            contenders: BTreeMap::new(),
        };
        for entry in &findings.entries {
            let subject = Subject {
                n: entry.label_with_version(),
                l: entry.language.to_string(),
                r: entry.runtime.clone(),
                v: entry.key.variant.to_string(),
                b: entry.key.role != Role::Contender,
            };
            let at = subjects.list.len();
            for label in [&entry.label_with_version(), &entry.label] {
                subjects.servers.insert(label.clone(), at);
                subjects.servers.insert(escaped(label), at);
            }
            subjects.list.push(subject);
        }
        for entry in &findings.entries {
            let name = escaped(&entry.key.contender);
            if entry.key.role == Role::Again || subjects.contenders.contains_key(&name) {
                continue;
            }
            let at = subjects.list.len();
            subjects.contenders.insert(name, at);
            subjects.list.push(Subject {
                n: entry.key.contender.clone(),
                l: entry.language.to_string(),
                r: entry.runtime.clone(),
                v: String::new(),
                b: entry.key.role == Role::Baseline,
            });
        }
        subjects
    }

    /// The subject of a row by its first cell, in a table whose first column has
    /// this title.
    pub(super) fn of_row(&self, column: &str, label: &str) -> Option<usize> {
        match column {
            "server" => self.servers.get(label),
            "contender" => self.contenders.get(label),
            _ => None,
        }
        .copied()
    }

    pub(super) fn languages(&self) -> Vec<&str> {
        self.distinct(|subject| &subject.l)
    }

    pub(super) fn runtimes(&self) -> Vec<&str> {
        self.distinct(|subject| &subject.r)
    }

    pub(super) fn variants(&self) -> Vec<&str> {
        let all = [Variant::Default, Variant::Tuned].map(|variant| variant.to_string());
        let known = self.distinct(|subject| &subject.v);
        known
            .into_iter()
            .filter(|variant| all.iter().any(|name| name == variant))
            .collect()
    }

    fn distinct(&self, of: fn(&Subject) -> &String) -> Vec<&str> {
        let values: BTreeSet<&str> = self.list.iter().map(|it| of(it).as_str()).collect();
        values.into_iter().filter(|it| !it.is_empty()).collect()
    }

    /// The list, for the script.
    pub(super) fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(super::policy::json_in_html(&serde_json::to_string(
            &self.list,
        )?))
    }
}
