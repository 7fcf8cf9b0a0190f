//! The pages that people see first.

use record::CostKind;

use super::{about, cpu, footer, headline, page::Page, sanity, throughput, words::echo_column};
use crate::findings::{CellFinding, Findings};

/// `README.md` of a result folder.
pub(super) fn folder_page(findings: &Findings) -> String {
    let run = &findings.run;
    let mut page = Page::new(&format!(
        "Results of {} on {}",
        run.date(),
        crate::text::escaped(&run.host.name)
    ));
    about::partial(&mut page, findings);
    headline_section(&mut page, findings);
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
    headline_section(&mut page, findings);
    let cells: Vec<&CellFinding> = findings.echo_cells().collect();
    if cells.len() > 1 {
        page.heading(3, "CPU time per message by size");
        page.table(&cpu::overview(findings, &cells, echo_column));
        page.paragraph(&cpu::overview_footer(findings, &cells, echo_column));
        page.heading(3, "Messages per second");
        page.table(&throughput::overview(findings, &cells));
        page.paragraph(
            "‡: the load generator was saturated and the server was not; the figure is the \
             generator's and is not compared.",
        );
        page.paragraph(&footer::line(findings, blocks(&cells), None));
    }
    page.paragraph(&sanity::paragraph(findings));
    let folder = folder.trim_end_matches('/');
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    page.paragraph(&format!(
        "All tables of this run, every flaw and the raw records: {}",
        links(findings, &prefix)
    ));
    page.into_text()
}

fn headline_section(page: &mut Page, findings: &Findings) {
    match headline::section(findings) {
        Some((table, explanation, line)) => {
            page.table(&table);
            page.paragraph(&explanation);
            page.paragraph(&line);
        }
        None => page.paragraph(&format!(
            "The plan of this run has no echo cell. {}",
            footer::line(findings, findings.run.whole_blocks as usize, None)
        )),
    }
}

fn blocks(cells: &[&CellFinding]) -> usize {
    cells.iter().map(|cell| cell.blocks).max().unwrap_or(0)
}

fn links(findings: &Findings, prefix: &str) -> String {
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
