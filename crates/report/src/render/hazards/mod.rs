//! What servers did under hostile input.

mod csv;
mod page;
mod words;

use conformance::hazards::{Grade, HazardReport, ProbeRecord};

use super::{Page, RenderedFile, tested};
use crate::text::{Align, Table};

/// `hazards.md`, for whoever shows it in another form.
pub(crate) fn hazards_page(reports: &[HazardReport]) -> Page {
    page::page(reports)
}

/// The files of a folder of hazard reports: `hazards.md` and `hazards.csv`.
#[must_use]
pub fn render_hazards(reports: &[HazardReport]) -> Vec<RenderedFile> {
    let files = [
        ("hazards.md", page::page(reports).into_text()),
        ("hazards.csv", csv::csv(reports)),
    ];
    files
        .into_iter()
        .map(|(name, text)| RenderedFile { name, text })
        .collect()
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
        let counts = Counts::of(&report.probes);
        table.row(vec![
            report.name.clone(),
            counts.survived(),
            counts.pass.to_string(),
            counts.weak.to_string(),
            counts.author.to_string(),
            counts.fail.to_string(),
            counts.does_not_apply.to_string(),
            tested::seconds(report.elapsed_ns),
        ]);
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

/// How many probes went how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    pass: usize,
    author: usize,
    weak: usize,
    fail: usize,
    does_not_apply: usize,
}

impl Counts {
    fn of(probes: &[ProbeRecord]) -> Self {
        let mut counts = Self::default();
        for probe in probes {
            *match probe.grade {
                Grade::Pass => &mut counts.pass,
                Grade::Author => &mut counts.author,
                Grade::Weak => &mut counts.weak,
                Grade::Fail => &mut counts.fail,
                Grade::DoesNotApply => &mut counts.does_not_apply,
            } += 1;
        }
        counts
    }

    /// Survived of those that apply.
    fn survived(self) -> String {
        let survived = self.pass + self.author + self.weak;
        format!("{survived}/{}", survived + self.fail)
    }
}
