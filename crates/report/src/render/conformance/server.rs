//! The page of one server: every case that is not all well.

use record::{CaseExplanation, CaseRecord, ConformanceReport};

use super::{
    super::{page::Page, tested},
    groups::GROUPS,
    page::group,
    words,
};
use crate::{
    findings::CaseCounts,
    text::{Align, Table, escaped},
};

pub(super) fn page(report: &ConformanceReport) -> String {
    let mut page = Page::new(&format!("RFC 6455 cases: {}", escaped(&report.name)));
    page.paragraph(&format!(
        "{} [What the cases are and how they are judged](conformance.md).",
        tested::about(&report.server)
    ));
    if let Some(cause) = &report.cut_short {
        page.paragraph(&format!("**{}**", escaped(&words::cut_short(cause))));
    }
    page.paragraph(&counts(report));
    if let Some(compression) = words::compression(report) {
        page.paragraph(&compression);
    }
    page.table(&groups(report));
    let told: Vec<&CaseRecord> = report
        .cases
        .iter()
        .filter(|it| words::is_told(it))
        .collect();
    if told.is_empty() {
        let text = if report.cases.is_empty() {
            "No case was run."
        } else {
            "Every case that applies is OK or INFORMATIONAL, and ended well."
        };
        page.paragraph(text);
    }
    for (explanation, cases) in by_rule(&told) {
        page.heading(2, &escaped(&explanation.section));
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
    page.into_text()
}

fn counts(report: &ConformanceReport) -> String {
    let counts = CaseCounts::of(&report.cases);
    format!(
        "{} of {} applicable cases passed in {} s; {} with a wrong answer, {} with a wrong end, \
         {} NON-STRICT, {} flaky, {} late.",
        counts.passed,
        counts.applicable,
        tested::seconds(report.elapsed_ns),
        counts.wrong_answer,
        counts.wrong_end,
        counts.non_strict,
        counts.flaky,
        counts.late
    )
}

fn groups(report: &ConformanceReport) -> Table {
    let mut table = Table::new();
    table.column("group", Align::Left);
    table.column("passed / applicable", Align::Right);
    for (number, title) in GROUPS {
        table.row(vec![format!("{number} {title}"), group(report, number)]);
    }
    table
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
