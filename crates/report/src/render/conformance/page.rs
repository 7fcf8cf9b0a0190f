//! The page with the counts and every case that is not all well.

use record::{CaseExplanation, CaseRecord, ConformanceReport, TestedServer};

use super::{
    super::page::Page,
    counts::{Counts, GROUPS, group_of},
    words,
};
use crate::text::{Align, Table, code, escaped};

const ABOUT: &str = "\
Every case is one connection: frames are sent, legal and illegal ones, and what comes back is \
judged by the rules of Autobahn|Testsuite, whose numbers the cases have. There are two verdicts: \
one on the messages and pongs that came back, one on how the connection ended. A case is *passed* \
when the first is OK, NON-STRICT (allowed, but not the best) or INFORMATIONAL (nothing to pass or \
fail). It is *closed well* when the right side ended the connection, with a closing handshake where \
one is due, no wrong code, and TCP ended by the server; a server that ends TCP after an error \
without a Close frame counts as closing well, as in the suite.

A verdict is one on a library together with the documented loop around it: several libraries queue \
the Close frame after an error and send it at the next call, which their documented loop may not \
make. Groups 12 and 13 (compression) are not run.";

pub(super) fn page(reports: &[ConformanceReport]) -> Page {
    let mut page = Page::new("Conformance to RFC 6455");
    page.paragraph(ABOUT);
    if let Some(report) = reports.first() {
        page.paragraph(&format!("Cases: {}", escaped(&report.case_source)));
    }
    page.table(&overview(reports));
    page.paragraph(
        "*Flaky*: a case that does not go well is run again, and did not end alike each time; the \
         verdict is the one that came most often.",
    );
    page.heading(2, "By group");
    page.paragraph("Passed / run, and closed well where that is another number.");
    page.table(&by_group(reports));
    for report in reports {
        server(&mut page, report);
    }
    page
}

fn overview(reports: &[ConformanceReport]) -> Table {
    let mut table = Table::new();
    for title in ["server", "library", "version"] {
        table.column(title, Align::Left);
    }
    for title in [
        "cases",
        "passed",
        "of these NON-STRICT",
        "of these INFORMATIONAL",
        "failed",
        "closed well",
        "flaky",
        "time s",
    ] {
        table.column(title, Align::Right);
    }
    for report in reports {
        let counts = Counts::of(&report.cases);
        let (library, version) = words::library(&report.server);
        table.row(vec![
            escaped(&report.name),
            escaped(&library),
            escaped(&version),
            counts.run.to_string(),
            counts.passed.to_string(),
            counts.non_strict.to_string(),
            counts.informational.to_string(),
            (counts.run - counts.passed).to_string(),
            counts.closed_well.to_string(),
            counts.flaky.to_string(),
            words::seconds(report.elapsed_ns),
        ]);
    }
    table
}

fn by_group(reports: &[ConformanceReport]) -> Table {
    let mut table = Table::new();
    table.column("server", Align::Left);
    for (number, title) in GROUPS {
        table.column(format!("{number} {title}"), Align::Right);
    }
    for report in reports {
        let mut row = vec![escaped(&report.name)];
        row.extend(GROUPS.map(|(number, _)| {
            let cases = report.cases.iter().filter(|it| group_of(it) == number);
            let counts = Counts::of(cases);
            match counts {
                Counts { run: 0, .. } => "–".to_owned(),
                Counts {
                    run,
                    passed,
                    closed_well,
                    ..
                } if passed == closed_well => format!("{passed}/{run}"),
                Counts {
                    run,
                    passed,
                    closed_well,
                    ..
                } => format!("{passed}/{run}, {closed_well} closed well"),
            }
        }));
        table.row(row);
    }
    table
}

fn server(page: &mut Page, report: &ConformanceReport) {
    page.heading(2, &escaped(&report.name));
    page.paragraph(&about_server(report));
    if let Some(cause) = &report.cut_short {
        page.paragraph(&format!("**{}**", escaped(&words::cut_short(cause))));
    }
    let told: Vec<&CaseRecord> = report
        .cases
        .iter()
        .filter(|it| words::is_told(it))
        .collect();
    if told.is_empty() {
        let text = if report.cases.is_empty() {
            "No case was run."
        } else {
            "Every case that was run is OK or INFORMATIONAL, and closed well."
        };
        page.paragraph(text);
        return;
    }
    for (explanation, cases) in by_rule(&told) {
        page.heading(3, &escaped(&explanation.section));
        page.paragraph(&escaped(&explanation.rule));
        let mut table = Table::new();
        for title in ["case", "verdict", "sent", "should come back", "came back"] {
            table.column(title, Align::Left);
        }
        for case in cases {
            table.row(case_row(case));
        }
        page.table(&table);
    }
}

fn about_server(report: &ConformanceReport) -> String {
    match &report.server {
        TestedServer::Contender {
            library,
            version,
            runtime,
            variant,
        } => format!(
            "{} {}, runtime {}, variant {variant}.",
            escaped(library),
            escaped(version),
            escaped(runtime)
        ),
        TestedServer::Url { url } => format!("The server at {}.", code(url)),
    }
}

/// The cases under the rule that they are about, rules in the order of their
/// first case.
fn by_rule<'a>(told: &[&'a CaseRecord]) -> Vec<(&'a CaseExplanation, Vec<&'a CaseRecord>)> {
    let mut rules: Vec<(&CaseExplanation, Vec<&CaseRecord>)> = Vec::new();
    for case in told {
        let Some(explanation) = &case.explanation else {
            continue;
        };
        let same = rules
            .iter_mut()
            .find(|(it, _)| it.section == explanation.section && it.rule == explanation.rule);
        match same {
            Some((_, cases)) => cases.push(case),
            None => rules.push((explanation, vec![case])),
        }
    }
    rules
}

fn case_row(case: &CaseRecord) -> Vec<String> {
    let mut row = vec![case.id.clone(), words::verdict(case)];
    if let Some(told) = &case.explanation {
        let note = told.note.as_deref().map(|note| format!(". Note: {note}"));
        row.push(escaped(&format!(
            "{}{}",
            told.sends,
            note.unwrap_or_default()
        )));
        row.push(escaped(&format!(
            "{}; {}",
            told.expects, told.expects_close
        )));
    }
    row.push(escaped(&words::came_back(&case.observed)));
    row
}
