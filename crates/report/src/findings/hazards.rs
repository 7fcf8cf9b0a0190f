//! What hostile input did to a row's server.

use conformance::hazards::{HazardReport, Survival};
use record::{Protocol, TestedServer};
use schemars::JsonSchema;
use serde::Serialize;

use super::{EntryFinding, Findings, file_stem, tested_name};

/// Where a server stands under hostile input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Hazards {
    /// It speaks no WebSocket.
    NotApplicable,
    /// No report of this variant is published.
    NotPublished,
    /// Another version of the library was probed.
    OtherVersion {
        /// Which.
        version: String,
    },
    /// Not all probes were made.
    CutShort,
    /// They were made.
    Run {
        /// Probes that it survived.
        survived: usize,
        /// Probes that apply to it.
        applicable: usize,
        /// Name of the page with those that it did not pass.
        page: String,
        /// Whether that page says only how many there are, because at least one
        /// is not public knowledge.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        withheld: bool,
    },
}

impl Findings {
    /// The same with what hostile input did to each row's server. Without any
    /// report nothing is said of it.
    #[must_use]
    pub fn with_hazards(mut self, reports: &[HazardReport]) -> Self {
        let of_contenders =
            |it: &&HazardReport| matches!(it.server, TestedServer::Contender { .. });
        let reports: Vec<&HazardReport> = reports.iter().filter(of_contenders).collect();
        if !reports.is_empty() {
            for entry in &mut self.entries {
                entry.hazards = Some(standing(entry, &reports));
            }
        }
        self
    }
}

fn standing(entry: &EntryFinding, reports: &[&HazardReport]) -> Hazards {
    if entry.protocol != Protocol::Websocket {
        return Hazards::NotApplicable;
    }
    let name = tested_name(&entry.key);
    let Some(report) = reports.iter().find(|it| it.name == name) else {
        return Hazards::NotPublished;
    };
    match &report.server {
        // A baseline's version is this project's own and says nothing.
        TestedServer::Contender { version, .. }
            if !entry.version.is_empty() && *version != entry.version =>
        {
            Hazards::OtherVersion {
                version: version.clone(),
            }
        }
        _ if report.cut_short.is_some() => Hazards::CutShort,
        _ => {
            let Survival {
                survived,
                applicable,
            } = report.survival();
            Hazards::Run {
                survived,
                applicable,
                page: format!("{}.md", file_stem(&name)),
                withheld: report.withheld.is_some(),
            }
        }
    }
}
