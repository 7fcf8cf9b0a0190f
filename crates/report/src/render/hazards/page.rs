//! The page with the counts, and every probe that was not passed.

use conformance::hazards::{Grade, HazardReport, Probe, ProbeRecord, catalogue};

use super::{
    super::{page::Page, tested},
    Counts, told, words,
};
use crate::text::{Align, Table, bytes, escaped};

/// Connections of a probe that are shown.
const MOST_SHOWN: usize = 8;

const ABOUT: &str = "\
Every probe is made against a fresh process of the server, on this machine only, while an innocent \
client sends 32 bytes every 20 ms and waits for their echo. A server *survives* a probe when its \
process goes on without a panic, grows and computes less than the bound, keeps the innocent client \
served, and afterwards serves a new client and has its descriptors back. It *passes* when it also \
does what a good server does; *weak* is what survived and broke a rule; *author* is what survived \
without a bound that setting is the job of who writes a server with the library, such as a \
time-out; *FAIL* is what did not survive. `–`: the server has nothing of what the probe is about. \
docs/HAZARDS.md says more on the rules and the bounds.

A grade is one on a library together with the documented loop around it, in the server of this \
project. Memory, processor time and waits are of one run on a machine that was not quiet: they are \
there to show magnitudes, and no server is ranked by them.

What a server did not survive is shown with a public page that says so. Where there is none, the \
maintainers are told first, and the whole server is missing here until then.";

pub(super) fn page(reports: &[HazardReport]) -> Page {
    let mut page = Page::new("Hostile input");
    page.paragraph(ABOUT);
    page.table(&overview(reports));
    page.heading(2, "By probe");
    page.table(&by_probe(reports));
    for report in reports {
        server(&mut page, report);
    }
    page.heading(2, "Probes");
    page.table(&probes());
    page
}

fn overview(reports: &[HazardReport]) -> Table {
    let mut table = Table::new();
    for title in ["server", "library", "version"] {
        table.column(title, Align::Left);
    }
    for title in [
        "survived",
        "pass",
        "weak",
        "left to the author",
        "FAIL",
        "does not apply",
        "time s",
    ] {
        table.column(title, Align::Right);
    }
    for report in reports {
        let counts = Counts::of(&report.probes);
        let (library, version) = tested::library(&report.server);
        table.row(vec![
            escaped(&report.name),
            escaped(&library),
            escaped(&version),
            counts.survived(),
            counts.pass.to_string(),
            counts.weak.to_string(),
            counts.author.to_string(),
            counts.fail.to_string(),
            counts.does_not_apply.to_string(),
            tested::seconds(report.elapsed_ns),
        ]);
    }
    table
}

/// Servers as rows, probes in columns would be wider than any page: the other
/// way round.
fn by_probe(reports: &[HazardReport]) -> Table {
    let mut table = Table::new();
    table.column("probe", Align::Left);
    for report in reports {
        table.column(escaped(&report.name), Align::Left);
    }
    for probe in catalogue() {
        let of = |report: &HazardReport| {
            let record = report.probes.iter().find(|it| it.id == probe.id);
            record
                .map_or("", |it| words::short_grade(it.grade))
                .to_owned()
        };
        let mut row = vec![format!("{} {}", probe.id, escaped(&probe.title))];
        row.extend(reports.iter().map(of));
        table.row(row);
    }
    table
}

fn server(page: &mut Page, report: &HazardReport) {
    page.heading(2, &escaped(&report.name));
    page.paragraph(&tested::about(&report.server));
    if let Some(cause) = &report.cut_short {
        page.paragraph(&format!("**{}**", escaped(&words::cut_short(cause))));
    }
    let told: Vec<&ProbeRecord> = told(report).collect();
    if told.is_empty() {
        page.paragraph(if report.probes.is_empty() {
            "No probe was made."
        } else {
            "Every probe that was made and applies was passed."
        });
    }
    for record in told {
        probe(page, record);
    }
}

fn probe(page: &mut Page, record: &ProbeRecord) {
    page.heading(
        3,
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

fn probes() -> Table {
    let mut table = Table::new();
    for title in [
        "probe",
        "sent",
        "a good server",
        "whose job",
        "rule",
        "may grow by",
    ] {
        table.column(title, Align::Left);
    }
    let bounds = conformance::hazards::Bounds::default();
    for probe in catalogue() {
        table.row(vec![
            format!("{} {}", probe.id, escaped(&probe.title)),
            escaped(&probe.sends),
            escaped(&probe.good),
            probe.whose.to_string(),
            rule(probe),
            bytes(probe.growth_bound.bytes(&bounds)),
        ]);
    }
    table
}

fn rule(probe: &Probe) -> String {
    let mut text = escaped(&probe.rule);
    for (index, source) in probe.sources.iter().enumerate() {
        text.push_str(&format!(" [{}]({source})", index + 1));
    }
    text
}
