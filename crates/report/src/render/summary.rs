//! The pages that people see first.

use record::CostKind;
use statistics::{Family, Rule};

use super::{
    about, beside, cpu, history, narrow, page::Page, sanity, throughput, words::echo_column,
};
use crate::{
    compare::History,
    findings::{CellFinding, Findings, Metric, MetricFinding},
    plot::{self, Chosen},
    staleness::Staleness,
    text::escaped,
};

/// `README.md` of a result folder.
pub(super) fn folder_page(findings: &Findings) -> String {
    let run = &findings.run;
    let mut page = Page::new(&format!(
        "Results of {} on {}",
        run.date(),
        escaped(&run.host.name)
    ));
    about::partial(&mut page, findings);
    narrow::in_full(&mut page, findings, beside::FROM_FOLDER);
    pictures(&mut page, findings, "");
    page.paragraph(&families(findings, beside::FROM_FOLDER));
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

/// The first table for the project's README. `folder` is the path from there to
/// the result folder.
pub(super) fn section(findings: &Findings, folder: &str, staleness: &Staleness) -> String {
    let mut page = Page::default();
    page.paragraph(&staleness.markdown().unwrap_or_default());
    about::partial(&mut page, findings);
    let prefix = prefix(folder);
    narrow::at_a_glance(&mut page, findings, &beside::from_page(folder));
    page.paragraph(&plot::image(findings, Chosen::Cpu, &prefix));
    page.paragraph(&further(findings, folder, &prefix));
    page.into_text()
}

/// Where all the rest is.
fn further(findings: &Findings, folder: &str, prefix: &str) -> String {
    let index = match folder.trim_end_matches('/').rsplit_once('/') {
        Some((parent, _)) => format!("{parent}/README.md"),
        None => "README.md".to_owned(),
    };
    let below = match findings.exceptions.len() {
        0 => String::new(),
        1 => {
            " One figure is under a baseline that should be cheaper: it is listed there.".to_owned()
        }
        many => format!(
            " {many} figures are under a baseline that should be cheaper: they are listed there."
        ),
    };
    format!(
        "**[More tables]({index})**: CPU time and messages per second by size, where the time goes, \
         handshakes, all allocations, earlier runs, and the rules behind `~` and letters.{below} \
         **[One page with all of it]({prefix}report.html)**, with plots, tables to sort and a form \
         that asks what the library is for (download it, it needs no network). \
         [Servers, options, failures]({prefix}README.md) · [raw records]({prefix}run.ndjson)."
    )
}

/// `results/README.md`. `folder` is the name of the result folder beside it.
pub(super) fn newest(
    findings: &Findings,
    folder: &str,
    staleness: &Staleness,
    earlier: &History,
) -> String {
    let mut page = Page::new(&format!(
        "Newest results: {} on {}",
        findings.run.date(),
        escaped(&findings.run.host.name)
    ));
    page.paragraph(&staleness.markdown().unwrap_or_default());
    about::partial(&mut page, findings);
    let prefix = prefix(folder);
    let results = beside::from_page(folder);
    narrow::in_full(&mut page, findings, &results);
    pictures(&mut page, findings, &prefix);
    let cells: Vec<&CellFinding> = findings.echo_cells().collect();
    if cells.len() > 1 {
        page.heading(2, "CPU time per message by size");
        narrow::overview(
            &mut page,
            findings,
            &cells,
            Metric::ServerCpuNsPerMessage,
            &|some| cpu::table(findings, some, echo_column, None),
            &format!("[cpu.md]({prefix}cpu.md)"),
            &results,
        );
        page.heading(2, "Messages per second");
        page.paragraph(
            "‡: the load generator was saturated before the server was; the figure is the \
             generator's and is not compared.",
        );
        narrow::overview(
            &mut page,
            findings,
            &cells,
            Metric::MessagesPerS,
            &|some| throughput::table(findings, some, None),
            &format!("[throughput.md]({prefix}throughput.md)"),
            &results,
        );
    }
    let sanity = sanity::paragraph(findings);
    if !sanity.is_empty() {
        page.heading(2, "Held against the baselines");
        page.paragraph(&sanity);
        page.paragraph(&families(findings, &results));
    }
    page.heading(2, "Earlier runs");
    history::short(&mut page, findings, earlier);
    page.heading(2, "All tables of this run");
    page.paragraph(&format!(
        "Every flaw, every option and the raw records: {}",
        links(findings, &prefix)
    ));
    page.into_text()
}

fn prefix(folder: &str) -> String {
    match folder.trim_end_matches('/') {
        "" => String::new(),
        folder => format!("{folder}/"),
    }
}

fn pictures(page: &mut Page, findings: &Findings, prefix: &str) {
    page.paragraph(&plot::image(findings, Chosen::Cpu, prefix));
    page.paragraph(&plot::links(findings, Chosen::Cpu, prefix));
}

/// For how many families of comparisons the rules hold one by one; `results`
/// leads to the folders of reports.
pub(super) fn families(findings: &Findings, results: &str) -> String {
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
    let text = format!(
        "How often that is wrong: the rules hold for one family of comparisons at a time, that \
         is for one quantity under one load. This run has {with_reference} families of comparisons \
         with the reference and {other_pairs} of other pairs, so a wrong claim somewhere in it \
         is likelier than a wrong claim in one table (docs/METHODOLOGY.md has the rates)."
    );
    beside::with_documents(&text, results)
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
