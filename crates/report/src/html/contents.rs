//! What stands on the page after the answer, in its order.

use record::CostKind;

use super::{
    Beside,
    figure::of_kind,
    options,
    section::{Open, Section, Writer},
};
use crate::{
    findings::{Findings, tested_name},
    plot::{Plot, PlotKind},
    render::{Page, sections},
};

pub(super) fn sections(
    writer: &mut Writer<'_>,
    findings: &Findings,
    beside: &Beside,
    plots: &[Plot],
) -> Vec<Section> {
    let mut all = measured(writer, findings, plots);
    let one = Open::First(1);
    all.push(writer.section("conformance", conformance(findings, beside), one, ""));
    let hazards = hazards(findings, beside);
    all.push(writer.section("hazards", hazards, Open::First(1), ""));
    all.push(writer.section("facts", facts(findings, beside), Open::All, ""));
    let history = sections::history(&beside.history);
    all.push(writer.section("history", history, Open::First(1), ""));
    let folded = Open::First(0);
    all.push(writer.section("options", options::page(findings), folded, ""));
    let method = sections::method(findings);
    all.push(writer.section("method", method, Open::First(3), ""));
    all.push(writer.section("data", data(findings, beside), Open::All, ""));
    all
}

/// What the run measured; a quantity without a cell in its plan has no section.
fn measured(writer: &mut Writer<'_>, findings: &Findings, plots: &[Plot]) -> Vec<Section> {
    let one = Open::First(1);
    let pages: [(&str, Page, Open, Option<PlotKind>); 7] = [
        (
            "cpu",
            sections::cpu(findings),
            Open::First(2),
            Some(PlotKind::CpuRatios),
        ),
        ("throughput", sections::throughput(findings), one, None),
        (
            "latency",
            sections::latency(findings),
            one,
            Some(PlotKind::LatencyCurve),
        ),
        ("rates", rates(), one, Some(PlotKind::RateLadder)),
        (
            "memory",
            sections::memory(findings),
            one,
            Some(PlotKind::Memory),
        ),
        (
            "allocations",
            sections::allocations(findings),
            one,
            Some(PlotKind::Allocations),
        ),
        ("handshakes", sections::handshakes(findings), one, None),
    ];
    let mut all = Vec::new();
    for (id, page, open, kind) in pages {
        let figures = kind.map_or(String::new(), |kind| of_kind(writer, plots, kind));
        all.push(writer.section(id, page, open, &figures));
    }
    for (id, counted) in [
        ("system-calls", CostKind::SystemCalls),
        ("instructions", CostKind::Instructions),
    ] {
        if let Some(page) = sections::costs(findings, counted) {
            all.push(writer.section(id, page, one, ""));
        }
    }
    all.retain(|section| section.body.contains("<table"));
    all
}

fn rates() -> Page {
    let mut page = Page::new("Rate ladder");
    page.paragraph(
        "How response times grow with the rate: the same rates for all servers, fractions of what \
         the slowest of them could bear. A server whose p99 leaves its p50 behind at a rung is \
         near what it can do.",
    );
    page
}

fn is_in_run(findings: &Findings, name: &str) -> bool {
    findings
        .entries
        .iter()
        .any(|entry| entry.key.contender == name)
}

/// Whether a server that was tested under this name, such as `axum (tuned)`, has
/// a row.
fn is_row(findings: &Findings, name: &str) -> bool {
    let mut entries = findings.entries.iter();
    entries.any(|entry| tested_name(&entry.key) == name)
}

fn conformance(findings: &Findings, beside: &Beside) -> Page {
    let mut reports = beside.conformance.clone();
    reports.retain(|report| is_row(findings, &report.name));
    if !reports.is_empty() {
        return sections::conformance(&reports);
    }
    let mut page = Page::new("Conformance to RFC 6455");
    page.paragraph(
        "Not measured for these servers, or not beside this run: `bench-harness conformance` \
         writes `results/conformance/`, and `bench-harness report` then shows it here.",
    );
    page
}

fn hazards(findings: &Findings, beside: &Beside) -> Page {
    let mut reports = beside.hazards.clone();
    reports.retain(|report| is_row(findings, &report.name));
    if !reports.is_empty() {
        return sections::hazards(&reports);
    }
    let mut page = Page::new("Hostile input");
    page.paragraph(
        "Not measured for these servers, or not beside this run: `bench-harness hazards` writes \
         `results/hazards/`, and `bench-harness report` then shows it here.",
    );
    page
}

fn facts(findings: &Findings, beside: &Beside) -> Page {
    let known = beside.facts.as_ref().map(|file| {
        let mut file = file.clone();
        file.contenders
            .retain(|row| is_in_run(findings, &row.contender));
        file
    });
    if let Some(file) = known.filter(|file| !file.contenders.is_empty()) {
        return sections::facts(&file);
    }
    let mut page = Page::new("Facts about the libraries");
    page.paragraph(
        "None stand beside this run: `bench-harness facts` writes `results/facts/`, and \
         `bench-harness report` then shows them here.",
    );
    page
}

fn data(findings: &Findings, beside: &Beside) -> Page {
    let mut page = Page::new("Raw data");
    page.paragraph(
        "Every figure of this page comes from these files, which lie beside it. `run.ndjson` holds \
         every trial, the invalid ones with their reasons; the rest is made from it.",
    );
    page.paragraph(&sections::links(findings));
    let mut others = Vec::new();
    if beside.facts.is_some() {
        others.push("[facts.json](../facts/facts.json) ([page](../facts/FACTS.md))");
    }
    if !beside.conformance.is_empty() {
        others.push(
            "[conformance.csv](../conformance/conformance.csv) \
             ([page](../conformance/conformance.md))",
        );
    }
    if !beside.hazards.is_empty() {
        others.push("[hazards.csv](../hazards/hazards.csv) ([page](../hazards/hazards.md))");
    }
    if !others.is_empty() {
        page.paragraph(&format!(
            "Of other records, in the folders next to this one: {}.",
            others.join(" · ")
        ));
    }
    page
}
