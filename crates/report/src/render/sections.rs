//! What the Markdown pages hold, as blocks: the HTML report shows the same in
//! another form.

use ::conformance::hazards::HazardReport;
use record::{ConformanceReport, CostKind, FactsFile};

use super::{
    Page, about, allocations, beside, conformance, costs, cpu, facts, footer, handshakes, hazards,
    headline, history, latency, memory, sanity, summary, throughput,
};
use crate::{compare::History, findings::Findings};

/// One row per server, one column per question.
pub(crate) fn headline(findings: &Findings) -> Page {
    let mut page = Page::new("All servers at a glance");
    if let Some((table, explanation, line)) = headline::section(findings, beside::FROM_FOLDER) {
        page.table(&table);
        page.paragraph(&explanation);
        page.paragraph(&summary::families(findings, beside::FROM_FOLDER));
        page.paragraph(&line);
    }
    page
}

/// CPU time per message, with the check against the baselines.
pub(crate) fn cpu(findings: &Findings) -> Page {
    let mut page = cpu::page(findings);
    let sanity = sanity::paragraph(findings);
    if !sanity.is_empty() {
        page.heading(2, "Held against the baselines");
        page.paragraph(&sanity);
    }
    page
}

/// Messages per second.
pub(crate) fn throughput(findings: &Findings) -> Page {
    throughput::page(findings)
}

/// Latency at fixed rates.
pub(crate) fn latency(findings: &Findings) -> Page {
    latency::page(findings)
}

/// Memory.
pub(crate) fn memory(findings: &Findings) -> Page {
    memory::page(findings)
}

/// Allocations.
pub(crate) fn allocations(findings: &Findings) -> Page {
    allocations::page(findings)
}

/// Opening handshakes.
pub(crate) fn handshakes(findings: &Findings) -> Page {
    handshakes::page(findings)
}

/// Exact costs of one kind, where they were counted.
pub(crate) fn costs(findings: &Findings, counted: CostKind) -> Option<Page> {
    costs::page(findings, counted)
}

/// What servers did in the cases of RFC 6455.
pub(crate) fn conformance(reports: &[ConformanceReport]) -> Page {
    conformance::conformance_page(reports)
}

/// What servers did under hostile input.
pub(crate) fn hazards(reports: &[HazardReport]) -> Page {
    hazards::hazards_page(reports)
}

/// What is known of the libraries besides.
pub(crate) fn facts(file: &FactsFile) -> Page {
    facts::facts_page(file)
}

/// How servers moved since earlier runs.
pub(crate) fn history(earlier: &History) -> Page {
    history::page(earlier)
}

/// Machine, toolchain, servers, checks and everything that went wrong.
pub(crate) fn method(findings: &Findings) -> Page {
    let mut page = Page::new("Host and method");
    about::circumstances(&mut page, findings);
    about::servers(&mut page, findings);
    about::checks(&mut page, findings);
    about::failures(&mut page, findings);
    page
}

/// Why a run is partial, if it is.
pub(crate) fn partial(findings: &Findings) -> Option<String> {
    footer::partial_sentence(&findings.run).map(|sentence| about::capitalised(&sentence))
}

/// Links to the files beside the page.
pub(crate) fn links(findings: &Findings) -> String {
    summary::links(findings, "")
}

/// A link in Markdown, where the address is one.
pub(crate) fn link(text: &str, url: &str) -> String {
    about::link(text, url)
}
