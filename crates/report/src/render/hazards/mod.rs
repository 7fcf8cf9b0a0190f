//! What servers did under hostile input.

pub(super) mod column;
mod csv;
mod page;
mod server;
mod words;

use conformance::hazards::{Grade, HazardReport, ProbeRecord};

use super::{
    Page,
    tested::{self, TestedFile},
};
use crate::{
    findings::{by_grade, file_stem},
    text::{Align, Table},
};

/// The overview of `hazards.md`, for a page in the folder of a run.
pub(crate) fn hazards_page(reports: &[HazardReport]) -> Page {
    page::page(reports, "../hazards/")
}

/// The files of a folder of hazard reports: `hazards.md`, `hazards.csv`, and a
/// page per server.
#[must_use]
pub fn render_hazards(reports: &[HazardReport]) -> Vec<TestedFile> {
    let mut files = vec![
        TestedFile {
            name: "hazards.md".to_owned(),
            text: page::page(reports, "").into_text(),
        },
        TestedFile {
            name: "hazards.csv".to_owned(),
            text: csv::csv(reports),
        },
    ];
    files.extend(reports.iter().map(|report| TestedFile {
        name: format!("{}.md", file_stem(&report.name)),
        text: server::page(report),
    }));
    files
}

/// A line per server, and below it the probes that it did not pass, for a
/// terminal.
#[must_use]
pub fn hazards_summary(reports: &[HazardReport]) -> String {
    let mut table = Table::new();
    table.column("server", Align::Left);
    for title in [
        "survived",
        "pass",
        "weak",
        "left to\nauthor",
        "fail",
        "does not\napply",
        "time\ns",
    ] {
        table.column(title, Align::Right);
    }
    for report in reports {
        let mut row = vec![report.name.clone(), report.survival().to_string()];
        row.extend(by_grade(report));
        row.push(tested::seconds(report.elapsed_ns));
        table.row(row);
    }
    let mut text = table.to_lines().join("\n");
    text.push('\n');
    for report in reports {
        let told: Vec<&ProbeRecord> = told(report).collect();
        if told.is_empty() && report.cut_short.is_none() {
            continue;
        }
        text.push_str(&format!("\n{}\n", report.name));
        if let Some(cause) = &report.cut_short {
            text.push_str(&format!("  {}\n", words::cut_short(cause)));
        }
        for probe in told {
            text.push_str(&format!(
                "  {} {}: {}; {}\n",
                probe.id,
                probe.title,
                words::grade(probe),
                words::faults(probe)
            ));
        }
    }
    text
}

/// The probes that there is something to tell of.
fn told(report: &HazardReport) -> impl Iterator<Item = &ProbeRecord> {
    let is_told = |it: &&ProbeRecord| !matches!(it.grade, Grade::Pass | Grade::DoesNotApply);
    report.probes.iter().filter(is_told)
}
