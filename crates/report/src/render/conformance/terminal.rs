//! The reports for a terminal.

use record::ConformanceReport;

use super::{super::tested, words};
use crate::{
    findings::CaseCounts,
    text::{Align, Table},
};

/// A line per server, and below it its cases that are not all well, for a
/// terminal.
#[must_use]
pub fn conformance_summary(reports: &[ConformanceReport]) -> String {
    let mut table = Table::new();
    table.column("server", Align::Left);
    for title in [
        "passed",
        "wrong\nanswer",
        "wrong\nend",
        "not\nstrict",
        "flaky",
        "late",
        "time\ns",
    ] {
        table.column(title, Align::Right);
    }
    for report in reports {
        let counts = CaseCounts::of(&report.cases);
        table.row(vec![
            report.name.clone(),
            format!("{}/{}", counts.passed, counts.applicable),
            counts.wrong_answer.to_string(),
            counts.wrong_end.to_string(),
            counts.non_strict.to_string(),
            counts.flaky.to_string(),
            counts.late.to_string(),
            tested::seconds(report.elapsed_ns),
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
        let compression = words::compression(report);
        if told.is_empty() && report.cut_short.is_none() && compression.is_none() {
            continue;
        }
        text.push_str(&format!("\n{}\n", report.name));
        if let Some(cause) = &report.cut_short {
            text.push_str(&format!("  {}\n", words::cut_short(cause)));
        }
        if let Some(compression) = compression {
            text.push_str(&format!("  {compression}\n"));
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
