//! What the cases of RFC 6455 said of a row's server.

use record::{ConformanceReport, EntryKey, Protocol, Role, TestedServer};
use schemars::JsonSchema;
use serde::Serialize;

use super::{CaseCounts, EntryFinding, Findings};

/// Where a server stands in the cases of RFC 6455.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Conformance {
    /// It speaks no WebSocket.
    NotApplicable,
    /// Nobody has run them against this variant.
    NotRun,
    /// They were run against another version of the library only.
    OtherVersion {
        /// Which.
        version: String,
    },
    /// Not all were run: the server failed, or time was up.
    CutShort,
    /// They were run.
    Run {
        /// Cases in which what came back and how the connection ended were both
        /// as they should be.
        passed: usize,
        /// Cases that apply to it: those of an extension that it doesn't have
        /// do not.
        applicable: usize,
        /// Name of the page with those that are not all well.
        page: String,
    },
}

impl Findings {
    /// The same with what the cases of RFC 6455 said of each row. Without any
    /// report nothing is said of them.
    #[must_use]
    pub fn with_conformance(mut self, reports: &[ConformanceReport]) -> Self {
        let of_contenders =
            |it: &&ConformanceReport| matches!(it.server, TestedServer::Contender { .. });
        let reports: Vec<&ConformanceReport> = reports.iter().filter(of_contenders).collect();
        if !reports.is_empty() {
            for entry in &mut self.entries {
                entry.conformance = Some(standing(entry, &reports));
            }
        }
        self
    }
}

fn standing(entry: &EntryFinding, reports: &[&ConformanceReport]) -> Conformance {
    if entry.protocol != Protocol::Websocket {
        return Conformance::NotApplicable;
    }
    let name = tested_name(&entry.key);
    let Some(report) = reports.iter().find(|it| it.name == name) else {
        return Conformance::NotRun;
    };
    match &report.server {
        // A baseline's version is this project's own and says nothing.
        TestedServer::Contender { version, .. }
            if !entry.version.is_empty() && *version != entry.version =>
        {
            Conformance::OtherVersion {
                version: version.clone(),
            }
        }
        _ if report.cut_short.is_some() => Conformance::CutShort,
        _ => {
            let counts = CaseCounts::of(&report.cases);
            Conformance::Run {
                passed: counts.passed,
                applicable: counts.applicable,
                page: format!("{}.md", file_stem(&name)),
            }
        }
    }
}

/// The name under which a row's server is tested: the reference's twin is the
/// reference's program.
pub(crate) fn tested_name(key: &EntryKey) -> String {
    EntryKey {
        role: Role::Contender,
        ..key.clone()
    }
    .to_string()
}

/// The name of a server that was tested as the start of the names of its files.
#[must_use]
pub fn file_stem(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let stem: String = name.chars().map(kept).collect();
    stem.trim_matches('-').to_owned()
}
