//! From findings, facts and conformance reports to what a choice is made from.

use std::collections::BTreeSet;

use record::{ConformanceReport, FactsFile, Role, ScenarioKind, Variant};

use super::{
    CHOOSE_VERSION, ChooseData,
    data::{Candidate, EchoCell, Figure, Measured, RateRung, RunNote},
    facts::{known, names_in},
    profiles,
    words::sentences,
};
use crate::findings::{CellFinding, EntryFinding, Findings, IdleDetail, Metric, RowStatus};
use statistics::IntervalMethod;

/// Everything that a choice is made from: the rows of `findings` without
/// baselines and without the reference's twin, with what `facts` and
/// `conformance` say of their libraries. It serialises to what the page's
/// `chooseLibrary` takes.
#[must_use]
pub fn page_data(
    findings: &Findings,
    facts: Option<&FactsFile>,
    conformance: &[ConformanceReport],
) -> ChooseData {
    let cells: Vec<&CellFinding> = findings.echo_cells().collect();
    let rungs = rungs(findings);
    let idle = findings.idle_cells().next();
    let mut candidates: Vec<Candidate> = findings
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.key.role == Role::Contender)
        .map(|(index, entry)| {
            let sources = Sources {
                cells: &cells,
                rungs: &rungs,
                idle,
            };
            candidate(index, entry, &sources, facts, conformance)
        })
        .collect();
    candidates.sort_by(|left, right| left.name.cmp(&right.name));
    ChooseData {
        choose_version: CHOOSE_VERSION,
        run: run_note(findings),
        facts_day: facts.map(|facts| facts.made.day.clone()),
        cells: cells.iter().filter_map(|cell| echo_cell(cell)).collect(),
        rungs: rungs.iter().filter_map(|rung| rate_rung(rung)).collect(),
        idle_connections: idle.and_then(most_connections),
        not_measured: not_measured(findings, facts),
        runtimes: names(&candidates, |it| {
            it.measured_on
                .iter()
                .chain(it.runtimes.names.iter().flatten())
        }),
        http_names: names(&candidates, |it| it.http.names.iter().flatten()),
        licences: names(&candidates, |it| {
            it.licence.alternatives.iter().flatten().flatten()
        }),
        candidates,
        profiles: profiles(),
        words: sentences(),
    }
}

fn run_note(findings: &Findings) -> RunNote {
    let run = &findings.run;
    RunNote {
        day: run.date().to_owned(),
        host: run.host.name.clone(),
        cpu_model: run.host.cpu_model.clone(),
        server_processors: run.host.server_cpus.len().max(1),
        whole_blocks: run.whole_blocks,
        is_partial: run.is_partial(),
        tolerates_disturbance: run.tolerates_disturbance,
    }
}

/// The rungs of the first ladder that have a rate, the lowest first.
fn rungs(findings: &Findings) -> Vec<&CellFinding> {
    let first = findings.rate_cells().next().map(|cell| &cell.scenario.name);
    let rate = |cell: &CellFinding| cell.rung.as_ref().and_then(|rung| rung.rate_per_s);
    let mut rungs: Vec<(f64, &CellFinding)> = findings
        .rate_cells()
        .filter(|cell| Some(&cell.scenario.name) == first)
        .filter_map(|cell| Some((rate(cell).filter(|it| *it > 0.0)?, cell)))
        .collect();
    rungs.sort_by(|left, right| left.0.total_cmp(&right.0));
    rungs.into_iter().map(|(_, cell)| cell).collect()
}

fn echo_cell(cell: &CellFinding) -> Option<EchoCell> {
    let ScenarioKind::Echo {
        connections,
        in_flight,
        message,
    } = cell.scenario.kind
    else {
        return None;
    };
    Some(EchoCell {
        name: cell.name.clone(),
        size_bytes: message.size_bytes,
        kind: message.kind,
        in_flight,
        connections,
        blocks: cell.blocks,
        noise_floor: noise_floor(cell, Metric::ServerCpuNsPerMessage),
    })
}

fn rate_rung(cell: &CellFinding) -> Option<RateRung> {
    let ScenarioKind::RateLadder {
        connections,
        message,
        ..
    } = &cell.scenario.kind
    else {
        return None;
    };
    Some(RateRung {
        name: cell.name.clone(),
        rate_per_s: cell.rung.as_ref()?.rate_per_s?,
        size_bytes: message.size_bytes,
        kind: message.kind,
        connections: *connections,
        p99_noise_floor: noise_floor(cell, Metric::ResponseP99Ns),
    })
}

fn noise_floor(cell: &CellFinding, metric: Metric) -> Option<f64> {
    Some(cell.metric(metric)?.noise_floor?.factor)
}

fn most_connections(cell: &CellFinding) -> Option<u64> {
    let details = cell
        .rows
        .iter()
        .filter_map(|row| row.detail.as_ref()?.idle());
    let levels = details.flat_map(|detail| &detail.levels);
    levels.map(|level| level.connections).max()
}

fn not_measured(findings: &Findings, facts: Option<&FactsFile>) -> Vec<String> {
    let has_row = |name: &str| {
        let mut entries = findings.entries.iter();
        entries.any(|entry| entry.key.contender == name)
    };
    let rows = facts.into_iter().flat_map(|facts| &facts.contenders);
    rows.map(|row| row.contender.clone())
        .filter(|name| !has_row(name))
        .collect()
}

/// Every name once, in order; "any" is no name.
fn names<'a, I: Iterator<Item = &'a String>>(
    candidates: &'a [Candidate],
    of: impl Fn(&'a Candidate) -> I,
) -> Vec<String> {
    let all: BTreeSet<&String> = candidates.iter().flat_map(of).collect();
    let all = all.into_iter().filter(|name| *name != "any");
    all.cloned().collect()
}

struct Sources<'a> {
    cells: &'a [&'a CellFinding],
    rungs: &'a [&'a CellFinding],
    idle: Option<&'a CellFinding>,
}

fn candidate(
    index: usize,
    entry: &EntryFinding,
    from: &Sources<'_>,
    facts: Option<&FactsFile>,
    conformance: &[ConformanceReport],
) -> Candidate {
    let known = known(entry, facts, conformance);
    let measured = |cell: &CellFinding, metric| match &entry.not_admitted {
        Some(why) => Measured::Missing(format!("not admitted: {}", why.reason())),
        None => measured(cell, metric, index),
    };
    let of_cells = |metric| {
        let cells = from.cells.iter();
        cells.map(|cell| measured(cell, metric)).collect()
    };
    let of_rungs = |metric| {
        let rungs = from.rungs.iter();
        rungs.map(|rung| measured(rung, metric)).collect()
    };
    let idle = from.idle.and_then(|cell| cell.detail(index)?.idle());
    let peak = |cell: &&CellFinding| {
        let echo = cell.detail(index)?.echo()?;
        Some(echo.peak_rss_bytes)
    };
    let library = if entry.library.is_empty() {
        entry.key.contender.clone()
    } else {
        entry.library.clone()
    };
    Candidate {
        name: entry.label.clone(),
        is_tuned: entry.key.variant == Variant::Tuned,
        library,
        version: entry.version.clone(),
        language: entry.language,
        runtime: entry.runtime.clone(),
        flush: entry.flush.clone(),
        repository: entry.repository.clone(),
        gaps: entry.gaps.clone(),
        features: known.features,
        measured_on: names_in(&entry.runtime),
        runtimes: known.runtimes,
        http: known.http,
        licence: known.licence,
        released: known.released,
        cpu: of_cells(Metric::ServerCpuNsPerMessage),
        peak_bytes: from.cells.iter().map(peak).collect(),
        loaded_cpu: of_rungs(Metric::ServerCpuNsPerMessage),
        p99: of_rungs(Metric::ResponseP99Ns),
        memory: match from.idle {
            Some(cell) => measured(cell, Metric::RssBytesPerConnection),
            None => Measured::Missing("idle connections were not measured".to_owned()),
        },
        base_bytes: idle.and_then(base_bytes),
        threads_per_connection: idle.and_then(threads_per_connection),
    }
}

/// A figure below zero or none, such as a slope of memory that shrank, is none.
fn measured(cell: &CellFinding, metric: Metric, entry: usize) -> Measured {
    let estimate = cell.metric(metric).and_then(|metric| metric.row(entry));
    let Some(estimate) = estimate.filter(|it| it.median > 0.0) else {
        return Measured::Missing(why_missing(cell, entry));
    };
    Measured::Figure(Figure {
        value: estimate.median,
        low: estimate.interval.lower,
        high: estimate.interval.upper,
        is_range: estimate.interval.method == IntervalMethod::Range,
        blocks: estimate.blocks.len(),
        letters: letters(&estimate.letters),
    })
}

fn why_missing(cell: &CellFinding, entry: usize) -> String {
    let Some(row) = cell.rows.get(entry) else {
        return "not measured".to_owned();
    };
    match &row.status {
        RowStatus::Excluded { reason } => reason.clone(),
        RowStatus::NotApplicable { reason } => reason.to_string(),
        RowStatus::NotYet => "not measured yet".to_owned(),
        RowStatus::NotPlanned => "not planned in this run".to_owned(),
        RowStatus::Measured | RowStatus::Invalid => match row.flaws.first() {
            Some(flaw) => flaw.short.clone(),
            None => "no valid figure".to_owned(),
        },
    }
}

/// Tie letters one by one; beyond the alphabet they are numbers in brackets.
fn letters(text: &str) -> Vec<String> {
    let mut letters: Vec<String> = Vec::new();
    let mut open: Option<String> = None;
    for letter in text.chars() {
        match (&mut open, letter) {
            (Some(number), ')') => {
                letters.push(number.clone());
                open = None;
            }
            (Some(number), _) => number.push(letter),
            (None, '(') => open = Some(String::new()),
            (None, _) => letters.push(letter.to_string()),
        }
    }
    letters
}

fn base_bytes(idle: &IdleDetail) -> Option<f64> {
    let first = idle.levels.iter().find(|level| level.connections == 0)?;
    Some(first.rss_bytes)
}

fn threads_per_connection(idle: &IdleDetail) -> Option<f64> {
    let (first, last) = (idle.levels.first()?, idle.levels.last()?);
    let further = last.connections.checked_sub(first.connections)?;
    (further > 0).then(|| (last.threads - first.threads) / further as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_beyond_the_alphabet_are_numbers() {
        assert_eq!(letters("abZ(53)(54)"), ["a", "b", "Z", "53", "54"]);
        assert!(letters("").is_empty());
    }
}
