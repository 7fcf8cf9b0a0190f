//! The column beside the speed of each server.

use super::super::beside::{Column, NO_WEBSOCKET};
use crate::{
    findings::{Conformance, EntryFinding, Findings},
    text::escaped,
};

/// The column.
pub(in crate::render) const COLUMN: Column = Column {
    title: "RFC 6455 cases",
    short: "RFC 6455",
    meaning: "passed / applicable. A case is passed when what came back and how \
              the connection ended are both right; the link leads to those that are not.",
    cell,
};

/// Whether there is anything to show.
pub(in crate::render) fn is_shown(findings: &Findings) -> bool {
    findings.entries.iter().any(|it| it.conformance.is_some())
}

fn cell(entry: &EntryFinding, results: &str) -> String {
    match &entry.conformance {
        None => String::new(),
        Some(Conformance::NotApplicable) => NO_WEBSOCKET.to_owned(),
        Some(Conformance::NotRun) => "*not run*".to_owned(),
        Some(Conformance::OtherVersion { version }) => {
            format!("*run with {} only*", escaped(version))
        }
        Some(Conformance::CutShort) => "*not all were run*".to_owned(),
        Some(Conformance::Run {
            passed,
            applicable,
            page,
        }) => format!("[{passed}/{applicable}]({results}conformance/{page})"),
    }
}
