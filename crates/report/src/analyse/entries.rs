//! The rows: who they are and in which order they stand.

use std::cmp::Ordering;

use record::{
    AdmissionReport, BuildOutcome, BuiltContender, Entry, EntryKey, Language, Protocol, Role,
    ScenarioKind, Variant,
};

use super::trials::Trials;
use crate::{
    Run,
    findings::{CellFinding, EntryFinding, Metric, NotAdmitted, is_raw},
};

/// All rows, as planned: those of the plan, and contenders that never got into it
/// because they could not be built.
pub(super) fn described(run: &Run, trials: &Trials<'_>) -> Vec<EntryFinding> {
    let plan = &run.header.plan;
    let mut entries: Vec<EntryFinding> = plan
        .entries
        .iter()
        .map(|entry| describe(run, entry, trials))
        .collect();
    for contender in &run.header.contenders {
        let known = plan
            .entries
            .iter()
            .any(|entry| entry.key.contender == contender.name);
        let is_built = matches!(
            contender.build,
            BuildOutcome::Built { .. } | BuildOutcome::Given { .. }
        );
        if !known && !is_built {
            let role = if contender.facts.baseline {
                Role::Baseline
            } else {
                Role::Contender
            };
            let key = EntryKey {
                contender: contender.name.clone(),
                variant: Variant::Default,
                role,
            };
            let entry = Entry {
                key,
                is_reference: false,
            };
            entries.push(describe(run, &entry, trials));
        }
    }
    entries
}

/// The same with what the admission test said of each; a row that it kept out
/// says so wherever its name stands.
pub(super) fn with_admission(
    mut entries: Vec<EntryFinding>,
    reports: &[AdmissionReport],
) -> Vec<EntryFinding> {
    for entry in &mut entries {
        entry.not_admitted = NotAdmitted::of(entry, reports);
        if entry.not_admitted.is_some() {
            entry.label = with_remark(&entry.label, "not admitted");
        }
    }
    entries
}

/// The rows as they stand in tables: by the figure of the headline, the best
/// first, those that aren't admitted last. `headline` is the finding about the first plain echo, with the rows as
/// given.
pub(super) fn in_table_order(
    entries: &[EntryFinding],
    headline: Option<&CellFinding>,
) -> Vec<EntryFinding> {
    let cpu = headline.and_then(|cell| cell.metric(Metric::ServerCpuNsPerMessage));
    let cpu = |row: usize| Some(cpu?.rows[row].as_ref()?.median);
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by(|left, right| {
        compare_rows(
            (&entries[*left], cpu(*left)),
            (&entries[*right], cpu(*right)),
        )
    });
    put_twin_below_reference(entries, &mut order);
    order
        .into_iter()
        .map(|index| entries[index].clone())
        .collect()
}

fn compare_rows(
    left: (&EntryFinding, Option<f64>),
    right: (&EntryFinding, Option<f64>),
) -> Ordering {
    let group = |entry: &EntryFinding| {
        (
            entry.key.role != Role::Baseline,
            entry.not_admitted.is_some(),
            !is_raw(entry),
        )
    };
    let by_cpu = match (left.1, right.1) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    };
    group(left.0)
        .cmp(&group(right.0))
        .then(by_cpu)
        .then_with(|| left.0.key.cmp(&right.0.key))
}

fn put_twin_below_reference(entries: &[EntryFinding], order: &mut Vec<usize>) {
    let twins: Vec<usize> = order
        .iter()
        .copied()
        .filter(|index| entries[*index].key.role == Role::Again)
        .collect();
    if !entries.iter().any(|entry| entry.is_reference) {
        return;
    }
    order.retain(|index| entries[*index].key.role != Role::Again);
    if let Some(reference) = order.iter().position(|index| entries[*index].is_reference) {
        order.splice(reference + 1..reference + 1, twins);
    }
}

/// The place in the plan of the cell whose CPU time orders the rows.
pub(super) fn headline_cell(run: &Run) -> Option<usize> {
    let plan = &run.header.plan;
    let cells = plan.cells.iter().enumerate();
    let of_echo = cells.filter_map(|(index, cell)| {
        let scenario = plan.scenario_of(cell)?;
        matches!(scenario.kind, ScenarioKind::Echo { .. }).then_some((scenario.order, index))
    });
    of_echo.min().map(|(_, index)| index)
}

fn describe(run: &Run, entry: &Entry, trials: &Trials<'_>) -> EntryFinding {
    let key = &entry.key;
    let contender = run
        .header
        .contenders
        .iter()
        .find(|it| it.name == key.contender);
    let check = run
        .header
        .checks
        .iter()
        .find(|check| check.entry == *key)
        .or_else(|| {
            run.header
                .checks
                .iter()
                .find(|check| is_same_server(&check.entry, key))
        });
    let facts = contender.map(|it| &it.facts);
    let language = facts.map(|facts| facts.language).unwrap_or_default();
    let variant = facts.and_then(|facts| facts.variants.get(&key.variant));
    let text = |value: Option<&String>| value.cloned().unwrap_or_default();
    let recorded = trials.of_entry(key).map(|row| row.recorded.len()).sum();
    let valid = trials
        .of_entry(key)
        .map(|row| row.recorded.iter().filter(|trial| trial.is_valid()).count())
        .sum();
    EntryFinding {
        key: key.clone(),
        label: label(key, language),
        is_reference: entry.is_reference,
        library: text(facts.map(|facts| &facts.library)),
        version: version_of(contender, key),
        language,
        runtime: text(facts.map(|facts| &facts.runtime)),
        api: text(facts.map(|facts| &facts.api)),
        protocol: facts.map_or(Protocol::Websocket, |facts| facts.protocol),
        flush: text(variant.map(|variant| &variant.flush)),
        options: variant
            .map(|variant| variant.options.clone())
            .unwrap_or_default(),
        options_in_force: check.map(|check| check.options.clone()).unwrap_or_default(),
        gaps: facts.map(|facts| facts.gaps.clone()).unwrap_or_default(),
        repository: text(facts.map(|facts| &facts.repository)),
        documentation: text(facts.map(|facts| &facts.documentation)),
        build: contender.map(|it| it.build.clone()),
        checked: check.is_some(),
        check_flaws: check
            .map(|check| check.flaws.iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
        recorded_trials: recorded,
        valid_trials: valid,
        not_admitted: None,
        conformance: None,
        hazards: None,
    }
}

/// Its name in tables; one that is not in Rust says so: `ws (Go)`, or
/// `ws (tuned, Go)`.
fn label(key: &EntryKey, language: Language) -> String {
    let name = key.to_string();
    if language.is_rust() {
        return name;
    }
    with_remark(&name, &language.to_string())
}

/// `name (remark)`, or `name (tuned, remark)`.
fn with_remark(name: &str, remark: &str) -> String {
    match name.strip_suffix(')') {
        Some(open) => format!("{open}, {remark})"),
        None => format!("{name} ({remark})"),
    }
}

/// A baseline's version is this project's own and says nothing.
fn version_of(contender: Option<&BuiltContender>, key: &EntryKey) -> String {
    match contender {
        Some(contender) if key.role != Role::Baseline => contender.version.clone(),
        _ => String::new(),
    }
}

/// The twin runs the reference's program, so the reference's check is its own.
fn is_same_server(checked: &EntryKey, key: &EntryKey) -> bool {
    checked.contender == key.contender && checked.variant == key.variant
}
