//! What servers did in the cases of RFC 6455.

mod counts;
mod csv;
mod page;
mod read;
mod words;

use record::ConformanceReport;

pub use read::{ConformanceError, read_conformance};

use super::{Page, RenderedFile};
use crate::text::{Align, Table};
use counts::Counts;

/// `conformance.md`, for whoever shows it in another form.
pub(crate) fn conformance_page(reports: &[ConformanceReport]) -> Page {
    page::page(reports)
}

/// The files of a folder of conformance reports: `conformance.md` and
/// `conformance.csv`.
#[must_use]
pub fn render_conformance(reports: &[ConformanceReport]) -> Vec<RenderedFile> {
    let files = [
        ("conformance.md", conformance_page(reports).into_text()),
        ("conformance.csv", csv::csv(reports)),
    ];
    files
        .into_iter()
        .map(|(name, text)| RenderedFile { name, text })
        .collect()
}

/// A line per server, and below it its cases that are not all well, for a
/// terminal.
#[must_use]
pub fn conformance_summary(reports: &[ConformanceReport]) -> String {
    let mut table = Table::new();
    table.column("server", Align::Left);
    for title in ["passed", "not\nstrict", "closed\nwell", "flaky"] {
        table.column(title, Align::Right);
    }
    table.column("time\ns", Align::Right);
    for report in reports {
        let counts = Counts::of(&report.cases);
        table.row(vec![
            report.name.clone(),
            format!("{}/{}", counts.passed, counts.run),
            counts.non_strict.to_string(),
            format!("{}/{}", counts.closed_well, counts.run),
            counts.flaky.to_string(),
            words::seconds(report.elapsed_ns),
        ]);
    }
    let mut text = table.to_lines().join("\n");
    text.push('\n');
    for report in reports {
        let told: Vec<_> = report
            .cases
            .iter()
            .filter(|it| words::is_told(it))
            .collect();
        if told.is_empty() && report.cut_short.is_none() {
            continue;
        }
        text.push_str(&format!("\n{}\n", report.name));
        if let Some(cause) = &report.cut_short {
            text.push_str(&format!("  {}\n", words::cut_short(cause)));
        }
        for case in told {
            text.push_str(&format!(
                "  {}: {}; {}\n",
                case.id,
                words::verdict(case),
                words::came_back(&case.observed)
            ));
        }
    }
    text
}
