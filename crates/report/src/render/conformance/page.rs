//! The page with the counts of all servers.

use record::ConformanceReport;

use super::{
    super::{page::Page, tested},
    groups::{GROUPS, group_of},
    words,
};
use crate::{
    findings::CaseCounts,
    text::{Align, Table, escaped},
};

const ABOUT: &str = "\
Every case is one connection: frames are sent, legal and illegal ones, and what comes back is \
judged by the rules of Autobahn|Testsuite, whose numbers the cases have. There are two verdicts: \
one on the messages and pongs that came back, one on how the connection ended. A case is *passed* \
when both are good. The first is when it is OK, NON-STRICT (allowed, but not the best) or \
INFORMATIONAL (nothing to pass or fail); else it counts as a *wrong answer*. The second is when the \
right side ended the connection, with a closing handshake where one is due, no wrong code, and TCP \
ended by the server; else it counts as a *wrong end*. A server that ends TCP after an error without \
a Close frame ends well, as in the suite.

A verdict is one on a library together with the documented loop around it: several libraries queue \
the Close frame after an error and send it at the next call, which their documented loop may not \
make. Some leave the check of UTF-8 in messages to the application, and the cases of group 6 then \
say whether the server here makes it, as the known gaps of that server do.";

const MARKS: &str = "\
*Applicable*: all cases but those of an extension that the server doesn't have (UNIMPLEMENTED). \
*Flaky*: a case that does not go well is run again, and did not end alike each time; the verdict is \
the one that came most often. *Late*: the suite's limits are a second for most answers, which a good \
server can miss on a busy machine; a case in which one ran out is run again with limits three times \
as long, and what comes then counts. The servers were not run alone on the machine, so *time* says \
how long the cases take, not how fast a server is.";

/// `prefix` leads to the folder of the servers' pages.
pub(super) fn page(reports: &[ConformanceReport], prefix: &str) -> Page {
    let mut page = Page::new("Conformance to RFC 6455");
    page.paragraph(ABOUT);
    if let Some(report) = reports.first() {
        page.paragraph(&format!("Cases: {}", escaped(&report.case_source)));
    }
    page.paragraph("Each server's name leads to its page, with every case that is not all well.");
    page.table(&overview(reports, prefix));
    page.paragraph(MARKS);
    page.paragraph(&compression(reports));
    page.heading(2, "By group");
    page.paragraph("Passed / applicable.");
    page.table(&by_group(reports, prefix));
    page
}

fn overview(reports: &[ConformanceReport], prefix: &str) -> Table {
    let mut table = Table::new();
    for title in ["server", "library", "version"] {
        table.column(title, Align::Left);
    }
    for title in [
        "applicable",
        "passed",
        "of these NON-STRICT",
        "of these INFORMATIONAL",
        "wrong answer",
        "wrong end",
        "flaky",
        "late",
        "time s",
    ] {
        table.column(title, Align::Right);
    }
    for report in reports {
        let counts = CaseCounts::of(&report.cases);
        let (library, version) = tested::library(&report.server);
        table.row(vec![
            tested::page_link(&report.name, prefix),
            escaped(&library),
            escaped(&version),
            counts.applicable.to_string(),
            counts.passed.to_string(),
            counts.non_strict.to_string(),
            counts.informational.to_string(),
            counts.wrong_answer.to_string(),
            counts.wrong_end.to_string(),
            counts.flaky.to_string(),
            counts.late.to_string(),
            tested::seconds(report.elapsed_ns),
        ]);
    }
    table
}

/// What groups 12 and 13 found, in the servers for which that is the same.
fn compression(reports: &[ConformanceReport]) -> String {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for report in reports {
        let Some(text) = words::compression(report) else {
            continue;
        };
        match said.iter_mut().find(|(known, _)| *known == text) {
            Some((_, names)) => names.push(escaped(&report.name)),
            None => said.push((text, vec![escaped(&report.name)])),
        }
    }
    let sentences = said.into_iter().map(|(text, names)| {
        let others = reports.iter().map(|it| escaped(&it.name));
        let others: Vec<String> = others.filter(|it| !names.contains(it)).collect();
        if others.is_empty() {
            format!("{text} So in all of these servers.")
        } else if others.len() < names.len() {
            format!(
                "{text} So in all of these servers but {}.",
                others.join(", ")
            )
        } else {
            format!("{}: {text}", names.join(", "))
        }
    });
    sentences.collect::<Vec<_>>().join(" ")
}

fn by_group(reports: &[ConformanceReport], prefix: &str) -> Table {
    let mut table = Table::new();
    table.column("server", Align::Left);
    for (number, title) in GROUPS {
        table.column(format!("{number} {title}"), Align::Right);
    }
    for report in reports {
        let mut row = vec![tested::page_link(&report.name, prefix)];
        row.extend(GROUPS.map(|(number, _)| group(report, number)));
        table.row(row);
    }
    table
}

/// The cell of a group: how many passed, of those that apply.
pub(super) fn group(report: &ConformanceReport, number: &str) -> String {
    let counts = CaseCounts::of(report.cases.iter().filter(|it| group_of(it) == number));
    match counts {
        CaseCounts { run: 0, .. } => "–".to_owned(),
        CaseCounts { applicable: 0, .. } => "*not offered*".to_owned(),
        counts => format!("{}/{}", counts.passed, counts.applicable),
    }
}
