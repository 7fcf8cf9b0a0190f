//! The page of one server: every probe that was not passed.

use conformance::hazards::{Grade, HazardReport, Probe, ProbeRecord, Survival, catalogue};

use super::{
    super::{page::Page, tested},
    told, words,
};
use crate::{
    findings::ProbeCounts,
    text::{Align, Table, escaped},
};

/// Connections of a probe that are shown.
const MOST_SHOWN: usize = 8;

pub(super) fn page(report: &HazardReport) -> String {
    let mut page = Page::new(&format!("Hostile input: {}", escaped(&report.name)));
    page.paragraph(&format!(
        "{} [What the probes are and how they are graded](hazards.md).",
        tested::about(&report.server)
    ));
    if let Some(cause) = &report.cut_short {
        page.paragraph(&format!("**{}**", escaped(&words::cut_short(cause))));
    }
    if let Some(Survival {
        survived,
        applicable,
    }) = report.withheld
    {
        page.paragraph(&format!(
            "{survived} of {applicable} applicable probes survived. Which were not is withheld: of \
             one at least, no public page is known that says so, and the maintainers come first."
        ));
        return page.into_text();
    }
    page.paragraph(&counts(report));
    let told: Vec<&ProbeRecord> = told(report).collect();
    if told.is_empty() {
        page.paragraph(if report.probes.is_empty() {
            "No probe was made."
        } else {
            "Every probe that was made and applies was passed."
        });
    }
    for record in told {
        probe(&mut page, record);
    }
    page.into_text()
}

fn counts(report: &HazardReport) -> String {
    let counts = ProbeCounts::of(&report.probes);
    let all = report.survival();
    format!(
        "{} of {} applicable probes survived in {} s: {} passed, {} weak, {} left to the author; \
         {} not survived; {} do not apply.",
        all.survived,
        all.applicable,
        tested::seconds(report.elapsed_ns),
        counts.pass,
        counts.weak,
        counts.author,
        counts.fail,
        counts.does_not_apply
    )
}

fn probe(page: &mut Page, record: &ProbeRecord) {
    page.heading(
        2,
        &format!(
            "{} {}: {}",
            record.id,
            escaped(&record.title),
            words::grade(record)
        ),
    );
    let known = catalogue().iter().find(|it| it.id == record.id);
    let seen = match record.grade {
        Grade::Author => "Seen",
        _ => "Wrong",
    };
    let faults = escaped(&words::faults(record));
    let mut items = vec![format!("- **{seen}**: {faults}.")];
    if let Some(Probe {
        sends,
        good,
        whose,
        why,
        rule,
        ..
    }) = known
    {
        items.insert(0, format!("- Sent: {}", escaped(sends)));
        items.insert(1, format!("- A good server: {}", escaped(good)));
        items.push(format!("- Rule: {}", escaped(rule)));
        items.push(format!("- Whose job: {whose}. {}", escaped(why)));
    }
    let cost = words::cost(record.cost.as_ref(), record.growth_bound_bytes);
    items.push(format!("- Cost: {cost}."));
    items.push(format!("- Others: {}.", words::innocent(record)));
    if let Some(source) = &record.public_source {
        items.push(format!("- Public since: <{source}>"));
    }
    page.paragraph(&items.join("\n"));
    let faulty: Vec<_> = match record.grade {
        Grade::Fail => record.exchanges.iter().collect(),
        _ => record
            .exchanges
            .iter()
            .filter(|it| it.fault.is_some())
            .collect(),
    };
    let mut table = Table::new();
    for title in ["sent", "taken", "came back", "wrong"] {
        table.column(title, Align::Left);
    }
    for exchange in faulty.iter().take(MOST_SHOWN) {
        let fault = exchange.fault.as_ref();
        table.row(vec![
            escaped(&exchange.what),
            words::taken(exchange),
            words::came_back(exchange),
            fault.map_or_else(String::new, |it| escaped(&it.to_string())),
        ]);
    }
    if !faulty.is_empty() {
        page.table(&table);
    }
    if let Some(more @ 1..) = faulty.len().checked_sub(MOST_SHOWN) {
        page.paragraph(&format!("And {more} more of the same kind."));
    }
}
