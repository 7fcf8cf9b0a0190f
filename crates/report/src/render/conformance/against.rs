//! Our verdicts held against those of the suite itself.

use std::{collections::BTreeMap, fmt};

use record::{Behaviour, ConformanceReport};
use serde::Deserialize;

/// What the suite's `index.json` says of a case.
#[derive(Clone, Debug, Deserialize)]
struct Verdict {
    behavior: String,
    #[serde(rename = "behaviorClose")]
    behavior_close: String,
}

type Index = BTreeMap<String, BTreeMap<String, Verdict>>;

/// An `index.json` that our verdicts can't be held against.
#[derive(Debug, thiserror::Error)]
pub enum AgainstError {
    /// It is none.
    #[error(
        "this is no index.json of Autobahn|Testsuite, which has an object of cases per server: {0}"
    )]
    Broken(#[from] serde_json::Error),
    /// It doesn't have the server.
    #[error(
        "the index.json is about {}, not about {wanted:?}; run the suite against one server, or \
         with that name",
        names.join(", ")
    )]
    OtherServers {
        /// Our server.
        wanted: String,
        /// Those in the file.
        names: Vec<String>,
    },
}

/// How the verdicts on one server agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgainstSuite {
    /// Cases with the same two verdicts.
    pub same: usize,
    /// Cases with others: the case, our verdicts, those of the suite.
    pub differences: Vec<(String, String, String)>,
    /// Cases that only we have run.
    pub only_ours: Vec<String>,
    /// Cases that only the suite has run.
    pub only_theirs: Vec<String>,
}

/// Holds a report against the `index.json` that Autobahn|Testsuite, or a program
/// that writes the same, made of the same server.
///
/// # Errors
/// When it is no such file, or about other servers only.
pub fn against_suite(
    report: &ConformanceReport,
    index: &str,
) -> Result<AgainstSuite, AgainstError> {
    let mut index: Index = serde_json::from_str(index)?;
    let theirs = match index.remove(&report.name) {
        Some(cases) => cases,
        // Servers name themselves there; one is the one.
        None if index.len() == 1 => index.into_values().next().unwrap_or_default(),
        None => {
            return Err(AgainstError::OtherServers {
                wanted: report.name.clone(),
                names: index.into_keys().collect(),
            });
        }
    };
    Ok(compare(report, theirs))
}

fn compare(report: &ConformanceReport, mut theirs: BTreeMap<String, Verdict>) -> AgainstSuite {
    let mut found = AgainstSuite {
        same: 0,
        differences: Vec::new(),
        only_ours: Vec::new(),
        only_theirs: Vec::new(),
    };
    let mut lacking = Vec::new();
    for case in &report.cases {
        let verdict = case.verdict;
        let unimplemented = verdict.behaviour == Behaviour::Unimplemented;
        if unimplemented {
            lacking.push(subgroup(&case.id).to_owned());
        }
        let Some(their) = theirs.remove(&case.id) else {
            found.only_ours.push(case.id.clone());
            continue;
        };
        let (answer, end) = (verdict.behaviour.to_string(), verdict.close.to_string());
        // How a connection ended on which there was nothing to see is no verdict.
        let same_end = unimplemented || their.behavior_close == end;
        if their.behavior == answer && same_end {
            found.same += 1;
        } else {
            found.differences.push((
                case.id.clone(),
                format!("{answer} / {end}"),
                format!("{} / {}", their.behavior, their.behavior_close),
            ));
        }
    }
    for (id, their) in theirs {
        // Of an extension that isn't there we run a case per offer, the suite all.
        let same = their.behavior == Behaviour::Unimplemented.to_string()
            && lacking.iter().any(|it| it == subgroup(&id));
        if same {
            found.same += 1;
        } else {
            found.only_theirs.push(id);
        }
    }
    found
}

/// The first two numbers of a case.
fn subgroup(id: &str) -> &str {
    id.match_indices('.')
        .nth(1)
        .map_or(id, |(second, _)| &id[..second])
}

impl AgainstSuite {
    /// Whether no verdict differs.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differences.is_empty()
    }
}

impl fmt::Display for AgainstSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} cases have the same verdicts here and there, {} others",
            self.same,
            self.differences.len()
        )?;
        for (case, ours, theirs) in &self.differences {
            writeln!(f, "  {case}: here {ours}, there {theirs}")?;
        }
        for (cases, which) in [
            (&self.only_ours, "run here only"),
            (&self.only_theirs, "run there only"),
        ] {
            if !cases.is_empty() {
                writeln!(f, "  {which}: {}", cases.join(", "))?;
            }
        }
        Ok(())
    }
}
