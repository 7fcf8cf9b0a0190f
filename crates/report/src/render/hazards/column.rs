//! The column beside the speed of each server.

use super::super::beside::{Column, NO_WEBSOCKET};
use crate::{
    findings::{EntryFinding, Findings, Hazards},
    text::escaped,
};

/// The column.
pub(in crate::render) const COLUMN: Column = Column {
    title: "hazards survived",
    short: "hazards",
    meaning: "probes of hostile input that the server survived / that apply to it; the \
              link leads to those that it did not pass. †: which ones is withheld, because at \
              least one is not public knowledge (docs/HAZARDS.md). *Not published*: there is no \
              report of this variant.",
    cell,
};

/// Whether there is anything to show.
pub(in crate::render) fn is_shown(findings: &Findings) -> bool {
    findings.entries.iter().any(|it| it.hazards.is_some())
}

fn cell(entry: &EntryFinding, results: &str) -> String {
    match &entry.hazards {
        None => String::new(),
        Some(Hazards::NotApplicable) => NO_WEBSOCKET.to_owned(),
        Some(Hazards::NotPublished) => "*not\u{a0}published*".to_owned(),
        Some(Hazards::OtherVersion { version }) => {
            format!("*probed with {} only*", escaped(version))
        }
        Some(Hazards::CutShort) => "*not all were made*".to_owned(),
        Some(Hazards::Run {
            survived,
            applicable,
            page,
            withheld,
        }) => {
            let mark = if *withheld { "†" } else { "" };
            format!("[{survived}/{applicable}]({results}hazards/{page}){mark}")
        }
    }
}
