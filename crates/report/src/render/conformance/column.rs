//! The column beside the speed of each server.

use crate::{
    findings::{Conformance, EntryFinding, Findings},
    text::escaped,
};

/// Its title.
pub(in crate::render) const TITLE: &str = "RFC 6455 cases";

/// What its figures are.
pub(in crate::render) const MEANING: &str = "passed / applicable. A case is passed \
     when what came back and how the connection ended are both right; the link leads to those \
     that are not.";

/// Where the pages stand, seen from inside a run's folder.
pub(in crate::render) const FROM_FOLDER: &str = "../conformance/";

/// Where they stand seen from a page from which `folder` is the way to the run's
/// folder.
pub(in crate::render) fn from_page(folder: &str) -> String {
    match folder.trim_end_matches('/').rsplit_once('/') {
        Some((parent, _)) => format!("{parent}/conformance/"),
        None if matches!(folder.trim_end_matches('/'), "" | ".") => FROM_FOLDER.to_owned(),
        None => "conformance/".to_owned(),
    }
}

/// Whether there is anything to show.
pub(in crate::render) fn is_shown(findings: &Findings) -> bool {
    findings.entries.iter().any(|it| it.conformance.is_some())
}

/// The cell of a row: its figures, or why there are none.
pub(in crate::render) fn cell(entry: &EntryFinding, pages: &str) -> String {
    match &entry.conformance {
        None => String::new(),
        Some(Conformance::NotApplicable) => "*no WebSocket*".to_owned(),
        Some(Conformance::NotRun) => "*not run*".to_owned(),
        Some(Conformance::OtherVersion { version }) => {
            format!("*run with {} only*", escaped(version))
        }
        Some(Conformance::CutShort) => "*not all were run*".to_owned(),
        Some(Conformance::Run {
            passed,
            applicable,
            page,
        }) => format!("[{passed}/{applicable}]({pages}{page})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_found_from_every_page() {
        assert_eq!(from_page("results/2026-11-20-host"), "results/conformance/");
        assert_eq!(from_page("2026-11-20-host/"), "conformance/");
        assert_eq!(from_page("."), FROM_FOLDER);
    }
}
