//! The page with the counts, and every probe that was not passed.

use conformance::hazards::{HazardReport, Probe, catalogue};

use super::{
    super::{page::Page, tested},
    words,
};
use crate::{
    findings::by_grade,
    text::{Align, Table, bytes, escaped},
};

/// Servers that stand beside each other in one table.
const MOST_BESIDE: usize = 6;

const ABOUT: &str = "\
Every probe is made against a fresh process of the server, on this machine only, while an innocent \
client sends 32 bytes every 20 ms and waits for their echo. A server *survives* a probe when its \
process goes on without a panic, grows and computes less than the bound, keeps the innocent client \
served, and afterwards serves a new client and has its descriptors back. It *passes* when it also \
does what a good server does; *weak* is what survived and broke a rule; *author* is what survived \
without a bound that setting is the job of who writes a server with the library, such as a \
time-out; *FAIL* is what did not survive. `–`: the server has nothing of what the probe is about. \
[docs/HAZARDS.md](../../docs/HAZARDS.md) says more on the rules and the bounds.

A grade is one on a library together with the documented loop around it, in the server of this \
project. Memory, processor time and waits are of one run on a machine that was not quiet: they are \
there to show magnitudes, and no server is ranked by them.

What a server did not survive is shown with a public page that says so. Where there is none, the \
maintainers come first: until it is public, only how many probes the server survived is said \
(*withheld*), because the others' outcomes would say which one is left.";

/// `prefix` leads to the folder of the servers' pages.
pub(super) fn page(reports: &[HazardReport], prefix: &str) -> Page {
    let mut page = Page::new("Hostile input");
    page.paragraph(ABOUT);
    page.paragraph("Each server's name leads to its page, with every probe that was not passed.");
    page.table(&overview(reports, prefix));
    page.heading(2, "By probe");
    let told: Vec<&HazardReport> = reports.iter().filter(|it| it.withheld.is_none()).collect();
    for some in told.chunks(MOST_BESIDE) {
        page.table(&by_probe(some));
    }
    page.heading(2, "Probes");
    page.table(&probes());
    page
}

fn overview(reports: &[HazardReport], prefix: &str) -> Table {
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
        let (library, version) = tested::library(&report.server);
        let mut row = vec![
            tested::page_link(&report.name, prefix),
            escaped(&library),
            escaped(&version),
            report.survival().to_string(),
        ];
        row.extend(by_grade(report));
        row.push(match report.withheld {
            None => tested::seconds(report.elapsed_ns),
            Some(_) => "withheld".to_owned(),
        });
        table.row(row);
    }
    table
}

/// Servers as rows, probes in columns would be wider than any page: the other
/// way round, and a few servers at a time.
fn by_probe(reports: &[&HazardReport]) -> Table {
    let mut table = Table::new();
    table.column("probe", Align::Left);
    for report in reports {
        table.column(escaped(&report.name), Align::Left);
    }
    for probe in catalogue() {
        let of = |report: &&HazardReport| {
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
