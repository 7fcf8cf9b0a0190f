//! Every case of every server as CSV.

use record::{ConformanceReport, ConnectionEnd};

use super::{super::tested, words};
use crate::{findings::is_flaky, text::Csv};

pub(super) fn csv(reports: &[ConformanceReport]) -> String {
    let mut csv = Csv::new(&[
        "server",
        "library",
        "version",
        "case",
        "behaviour",
        "close",
        "attempts",
        "flaky",
        "close_code",
        "ended_by",
        "end",
        "elapsed_ns",
        "came_back",
    ]);
    for report in reports {
        let (library, version) = tested::library(&report.server);
        for case in &report.cases {
            let observed = &case.observed;
            let ended_by = if observed.ended_by_client {
                "client"
            } else {
                "server"
            };
            csv.row(vec![
                report.name.clone(),
                library.clone(),
                version.clone(),
                case.id.clone(),
                case.verdict.behaviour.to_string(),
                case.verdict.close.to_string(),
                case.attempts.len().max(1).to_string(),
                is_flaky(case).to_string(),
                observed
                    .close_code
                    .map_or_else(String::new, |it| it.to_string()),
                ended_by.to_owned(),
                end(&observed.end).to_owned(),
                observed.elapsed_ns.to_string(),
                words::came_back(observed),
            ]);
        }
    }
    csv.into_text()
}

fn end(end: &ConnectionEnd) -> &'static str {
    match end {
        ConnectionEnd::NeverOpen { .. } => "never-open",
        ConnectionEnd::ClosedByServer => "closed-by-server",
        ConnectionEnd::ResetByServer => "reset-by-server",
        ConnectionEnd::NoCloseReply => "no-close-reply",
        ConnectionEnd::NotDropped => "not-dropped",
        ConnectionEnd::TimeLimit => "time-limit",
        ConnectionEnd::Violation => "violation",
    }
}
