//! What servers did in the cases of RFC 6455.

mod against;
pub(super) mod column;
mod csv;
mod groups;
mod page;
mod server;
mod terminal;
mod words;

use record::ConformanceReport;

pub use against::{AgainstError, AgainstSuite, against_suite};
pub use terminal::conformance_summary;

use super::{Page, tested::TestedFile};
use crate::findings::file_stem;

/// The overview of `conformance.md`, for a page in the folder of a run.
pub(crate) fn conformance_page(reports: &[ConformanceReport]) -> Page {
    page::page(reports, "../conformance/")
}

/// The files of a folder of conformance reports: `conformance.md`,
/// `conformance.csv`, and a page per server.
#[must_use]
pub fn render_conformance(reports: &[ConformanceReport]) -> Vec<TestedFile> {
    let mut files = vec![
        TestedFile {
            name: "conformance.md".to_owned(),
            text: page::page(reports, "").into_text(),
        },
        TestedFile {
            name: "conformance.csv".to_owned(),
            text: csv::csv(reports),
        },
    ];
    files.extend(reports.iter().map(|report| TestedFile {
        name: format!("{}.md", file_stem(&report.name)),
        text: server::page(report),
    }));
    files
}
