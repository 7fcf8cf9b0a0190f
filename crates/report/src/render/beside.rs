//! The columns beside the speed of each server: what the tests of it said.

use super::{conformance::column as conformance, hazards::column as hazards};
use crate::findings::{EntryFinding, Findings};

/// Where the folders of reports stand, seen from inside a run's folder.
pub(super) const FROM_FOLDER: &str = "../";

/// What stands in a cell of a baseline that the column isn't about.
pub(super) const NO_WEBSOCKET: &str = "*no\u{a0}WebSocket*";

/// A column that has something to show.
pub(super) struct Column {
    /// Its title.
    pub(super) title: &'static str,
    /// Its title where there is little room.
    pub(super) short: &'static str,
    /// What its figures are.
    pub(super) meaning: &'static str,
    /// The cell of a row: its figures, or why there are none. The second
    /// argument leads to the folders of reports.
    pub(super) cell: fn(&EntryFinding, &str) -> String,
}

/// The columns that have something to show.
pub(super) fn columns(findings: &Findings) -> Vec<Column> {
    let all = [
        (conformance::is_shown(findings), conformance::COLUMN),
        (hazards::is_shown(findings), hazards::COLUMN),
    ];
    all.into_iter()
        .filter_map(|(is_shown, column)| is_shown.then_some(column))
        .collect()
}

/// Which columns these are, seen from the others: ` but the last`; empty when
/// there are none.
pub(super) fn but_these(findings: &Findings) -> &'static str {
    match columns(findings).len() {
        0 => "",
        1 => " but the last",
        _ => " but the last two",
    }
}

/// Where the folders of reports stand seen from a page from which `folder` is
/// the way to the run's folder.
pub(super) fn from_page(folder: &str) -> String {
    match folder.trim_end_matches('/').rsplit_once('/') {
        Some((parent, _)) => format!("{parent}/"),
        None if matches!(folder.trim_end_matches('/'), "" | ".") => FROM_FOLDER.to_owned(),
        None => String::new(),
    }
}

/// `text` with a link at each document that it names; `results` leads to the
/// folders of reports, below which nothing of the documents lies.
pub(super) fn with_documents(text: &str, results: &str) -> String {
    let root = match results.strip_suffix("results/") {
        Some(root) => root.to_owned(),
        None => format!("{results}../"),
    };
    let mut text = text.to_owned();
    for name in ["docs/HAZARDS.md", "docs/METHODOLOGY.md"] {
        text = text.replace(name, &format!("[{name}]({root}{name})"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_found_from_every_page() {
        assert_eq!(from_page("results/2026-11-20-host"), "results/");
        assert_eq!(from_page("2026-11-20-host/"), "");
        assert_eq!(from_page("."), FROM_FOLDER);
    }

    #[test]
    fn documents_are_linked_from_every_page() {
        for (results, root) in [("results/", ""), ("", "../"), (FROM_FOLDER, "../../")] {
            let expected = format!("see [docs/HAZARDS.md]({root}docs/HAZARDS.md)");
            assert_eq!(with_documents("see docs/HAZARDS.md", results), expected);
        }
    }
}
