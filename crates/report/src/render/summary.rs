//! The pages that people see first.

use record::CostKind;
use statistics::{Family, Rule};

use super::{
    about, conformance::column as conformance, cpu, footer, headline, page::Page, sanity,
    throughput, words::echo_column,
};
use crate::{
    findings::{CellFinding, Findings, MetricFinding},
    plot::{self, Chosen},
};

/// `README.md` of a result folder.
pub(super) fn folder_page(findings: &Findings) -> String {
    let run = &findings.run;
    let mut page = Page::new(&format!(
        "Results of {} on {}",
        run.date(),
        crate::text::escaped(&run.host.name)
    ));
    about::partial(&mut page, findings);
    headline_section(&mut page, findings, "", conformance::FROM_FOLDER);
    page.paragraph(&families(findings));
    page.paragraph(&sanity::paragraph(findings));
    page.heading(2, "Tables");
    page.paragraph(&links(findings, ""));
    about::servers(&mut page, findings);
    about::options(&mut page, findings);
    about::checks(&mut page, findings);
    about::failures(&mut page, findings);
    about::circumstances(&mut page, findings);
    page.into_text()
}

/// The main tables for another page: the project's README or the index of all
/// results. `folder` is the path from that page to the result folder.
pub(super) fn section(findings: &Findings, folder: &str) -> String {
    let mut page = Page::default();
    about::partial(&mut page, findings);
    let pages = conformance::from_page(folder);
    let folder = folder.trim_end_matches('/');
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    headline_section(&mut page, findings, &prefix, &pages);
    let cells: Vec<&CellFinding> = findings.echo_cells().collect();
    if cells.len() > 1 {
        page.heading(3, "CPU time per message by size");
        cpu::overview(&mut page, findings, &cells, echo_column, &pages);
        page.heading(3, "Messages per second");
        page.paragraph(
            "‡: the load generator was saturated and the server was not; the figure is the \
             generator's and is not compared.",
        );
        throughput::overview(&mut page, findings, &cells);
    }
    page.paragraph(&sanity::paragraph(findings));
    page.paragraph(&format!(
        "All tables of this run, every flaw and the raw records: {}",
        links(findings, &prefix)
    ));
    page.into_text()
}

fn headline_section(page: &mut Page, findings: &Findings, prefix: &str, pages: &str) {
    match headline::section(findings, pages) {
        Some((table, explanation, line)) => {
            page.table(&table);
            page.paragraph(&explanation);
            page.paragraph(&line);
            page.paragraph(&plot::image(findings, Chosen::Cpu, prefix));
            page.paragraph(&plot::links(findings, Chosen::Cpu, prefix));
        }
        None => page.paragraph(&format!(
            "The plan of this run has no echo cell. {}",
            footer::line(
                findings,
                findings.run.whole_blocks as usize,
                footer::nothing_judged()
            )
        )),
    }
}

/// For how many families of comparisons the rules hold one by one.
pub(super) fn families(findings: &Findings) -> String {
    let judged = || {
        let metrics = findings.cells.iter().flat_map(|cell| &cell.metrics);
        metrics.filter(|metric| metric.noise_floor.is_some())
    };
    let counts = |family: fn(&MetricFinding) -> Option<Family>| {
        judged()
            .filter_map(family)
            .filter(|family| family.rule != Rule::NoClaims)
            .count()
    };
    let with_reference = counts(|metric| metric.family);
    let other_pairs = counts(|metric| metric.letters_family);
    if with_reference == 0 {
        return String::new();
    }
    format!(
        "How often that is wrong: the rules hold for one family of comparisons at a time, that \
         is for one quantity under one load. This run has {with_reference} families of comparisons \
         with the reference and {other_pairs} of other pairs, so a wrong claim somewhere in it \
         is likelier than a wrong claim in one table (docs/METHODOLOGY.md has the rates)."
    )
}

pub(super) fn links(findings: &Findings, prefix: &str) -> String {
    let mut links = Vec::new();
    let mut add = |is_there: bool, name: &str, file: &str| {
        if is_there {
            links.push(format!(
                "[{name}]({prefix}{file}.md) ([CSV]({prefix}{file}.csv))"
            ));
        }
    };
    let has_echo = findings.echo_cells().next().is_some();
    add(
        has_echo || findings.rate_cells().next().is_some(),
        "CPU per message",
        "cpu",
    );
    add(has_echo, "throughput", "throughput");
    add(findings.rate_cells().next().is_some(), "latency", "latency");
    add(
        has_echo || findings.idle_cells().next().is_some(),
        "memory",
        "memory",
    );
    add(
        findings.allocation_cells().next().is_some(),
        "allocations",
        "allocations",
    );
    for (counted, name, file) in [
        (CostKind::SystemCalls, "system calls", "system-calls"),
        (CostKind::Instructions, "instructions", "instructions"),
    ] {
        add(findings.cost_cells(counted).next().is_some(), name, file);
    }
    add(
        findings.handshake_cells().next().is_some(),
        "handshakes",
        "handshakes",
    );
    if !prefix.is_empty() {
        links.push(format!("[servers, options, failures]({prefix}README.md)"));
    }
    links.push(format!("[findings.json]({prefix}findings.json)"));
    links.push(format!("[run.ndjson]({prefix}run.ndjson)"));
    format!("{}.", links.join(" · "))
}
