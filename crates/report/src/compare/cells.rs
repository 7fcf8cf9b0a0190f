//! From two runs to their comparison.

use record::{Role, ScenarioKind};

use super::{
    base,
    change::{
        COMPARISON_VERSION, CellChange, ChangeVerdict, MetricChange, RowKey, RunComparison,
        RunName, Tally,
    },
    comparability,
    difference::{Difference, NotedDifference, Severity, Which},
    exact,
    judge::{self, Families, Place},
    pick::{CompareError, Pick},
};
use crate::{
    Findings,
    findings::{CellFinding, EntryFinding},
};

/// A row that both runs have: its positions among their entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CommonRow {
    pub(super) before: usize,
    pub(super) after: usize,
    /// What ratios are taken to.
    pub(super) is_base: bool,
    /// A baseline nobody asked for by name: it shows that the machine is the
    /// same, and is judged apart from the rest.
    pub(super) is_control: bool,
    /// Only there as the base of the rows that were asked for.
    pub(super) is_unasked: bool,
}

/// Two runs and what both have.
pub(super) struct Common<'a> {
    pub(super) before: &'a Findings,
    pub(super) after: &'a Findings,
    pub(super) base: Option<(usize, usize)>,
    pub(super) rows: Vec<CommonRow>,
    /// Nothing about machine, toolchain or effort forbids a look at absolute
    /// figures.
    pub(super) may_judge_absolute: bool,
}

impl Common<'_> {
    pub(super) fn key(&self, row: CommonRow) -> RowKey {
        let (before, after) = (
            &self.before.entries[row.before],
            &self.after.entries[row.after],
        );
        RowKey {
            entry: after.key.clone(),
            label: after.label.clone(),
            version_before: before.version.clone(),
            version_after: after.version.clone(),
            is_control: row.is_control,
        }
    }
}

/// Compares run B with run A; `sources` are the names by which they were asked
/// for.
///
/// # Errors
/// [`CompareError`] when `pick` names what neither has, or when nothing in the
/// two means the same.
pub fn compare(
    before: &Findings,
    after: &Findings,
    sources: [&str; 2],
    pick: &Pick,
) -> Result<RunComparison, CompareError> {
    pick.check(before, after)?;
    let mut differences = comparability::of_runs(before, after);
    let may_judge_absolute = !differences.iter().any(Difference::is_of_machine_or_effort);
    let base = base::choose(before, after);
    differences.extend(base.differences);
    let (pairs, of_cells) = common_cells(before, after, pick);
    let (rows, of_rows) = common_rows(before, after, pick, base.position);
    differences.extend(of_cells);
    differences.extend(of_rows);
    let common = Common {
        before,
        after,
        base: base.position,
        rows,
        may_judge_absolute,
    };
    if pairs.is_empty() || !common.rows.iter().any(|row| !row.is_base) {
        return Err(CompareError::NothingComparable {
            reasons: reasons(&differences, pairs.is_empty()),
        });
    }
    let mut cells = measured(&common, &pairs);
    for (cell, (a, b)) in cells.iter_mut().zip(&pairs) {
        cell.allocations = exact::changes(&common, a, b);
    }
    differences.extend(moved_controls(&cells));
    Ok(RunComparison {
        comparison_version: COMPARISON_VERSION,
        before: name(before, sources[0]),
        after: name(after, sources[1]),
        differences: differences.into_iter().map(NotedDifference::from).collect(),
        base: common.base.map(|(_, b)| after.entries[b].label.clone()),
        tally: tally(&cells),
        cells,
    })
}

fn name(findings: &Findings, source: &str) -> RunName {
    RunName {
        source: source.to_owned(),
        started_at: findings.run.started_at.clone(),
        commit: findings.run.commit.clone(),
        host: findings.run.host.name.clone(),
        blocks: findings.run.whole_blocks,
    }
}

fn reasons(differences: &[Difference], no_cell: bool) -> Vec<String> {
    let mut reasons: Vec<String> = differences
        .iter()
        .filter(|difference| difference.severity() == Severity::Refused)
        .map(ToString::to_string)
        .collect();
    if reasons.is_empty() {
        let missing = if no_cell { "scenario" } else { "contender" };
        reasons.push(format!("no {missing} that was asked for is in both runs"));
    }
    reasons
}

/// Cells that both have and that mean the same, in the order of B's tables.
fn common_cells<'a>(
    before: &'a Findings,
    after: &'a Findings,
    pick: &Pick,
) -> (Vec<(&'a CellFinding, &'a CellFinding)>, Vec<Difference>) {
    let find =
        |findings: &'a Findings, name: &str| findings.cells.iter().find(|cell| cell.name == name);
    let mut pairs = Vec::new();
    let mut differences: Vec<Difference> = Vec::new();
    for b in after.cells.iter().filter(|cell| pick.takes_cell(cell)) {
        let difference = match find(before, &b.name) {
            None => Difference::CellOnlyIn {
                cell: b.name.clone(),
                run: Which::B,
            },
            Some(a) => match other_meaning(before, after, a, b) {
                Some(difference) => difference,
                None => {
                    pairs.push((a, b));
                    continue;
                }
            },
        };
        if !differences.contains(&difference) {
            differences.push(difference);
        }
    }
    for a in before.cells.iter().filter(|cell| pick.takes_cell(cell)) {
        if find(after, &a.name).is_none() {
            differences.push(Difference::CellOnlyIn {
                cell: a.name.clone(),
                run: Which::A,
            });
        }
    }
    (pairs, differences)
}

/// Why figures of a cell mean different things in the two runs. Title, reason
/// and order of a scenario are words about it.
pub(super) fn other_meaning(
    before: &Findings,
    after: &Findings,
    a: &CellFinding,
    b: &CellFinding,
) -> Option<Difference> {
    if a.scenario.kind != b.scenario.kind {
        return Some(Difference::ScenarioChanged {
            scenario: b.scenario.name.clone(),
        });
    }
    let rate = |cell: &CellFinding| cell.rung.as_ref().and_then(|rung| rung.rate_per_s);
    let is_ladder = matches!(b.scenario.kind, ScenarioKind::RateLadder { .. });
    if is_ladder && (rate(a) != rate(b) || rate(b).is_none()) {
        return Some(Difference::RateChanged {
            cell: b.name.clone(),
            before_per_s: rate(a),
            after_per_s: rate(b),
        });
    }
    if let ScenarioKind::Idle { levels } = &b.scenario.kind {
        let held = |findings: &Findings| -> Vec<u32> {
            let limit = findings.run.effort.idle_level_limit;
            levels.iter().copied().filter(|it| *it <= limit).collect()
        };
        if held(before) != held(after) {
            return Some(Difference::IdleLevelsChanged {
                cell: b.name.clone(),
                before: held(before),
                after: held(after),
            });
        }
    }
    None
}

/// Rows that both have, in the order of B's tables; the base is always one.
fn common_rows(
    before: &Findings,
    after: &Findings,
    pick: &Pick,
    base: Option<(usize, usize)>,
) -> (Vec<CommonRow>, Vec<Difference>) {
    let mut rows = Vec::new();
    let mut differences = Vec::new();
    let only_in = |entry: &EntryFinding, run| Difference::RowOnlyIn {
        row: entry.label.clone(),
        run,
    };
    for (position, entry) in after.entries.iter().enumerate() {
        let is_base = base.is_some_and(|(_, b)| b == position);
        if !is_base && !pick.takes_row(entry) {
            continue;
        }
        let Some(then) = base::find(before, &entry.key) else {
            differences.push(only_in(entry, Which::B));
            continue;
        };
        if base::have_other_options(&before.entries[then], entry) {
            differences.push(Difference::OptionsChanged {
                row: entry.label.clone(),
            });
        }
        let is_named = pick.contenders.contains(&entry.key.contender);
        rows.push(CommonRow {
            before: then,
            after: position,
            is_base,
            is_control: entry.key.role == Role::Baseline && !is_named,
            is_unasked: !pick.takes_row(entry),
        });
    }
    for entry in before.entries.iter().filter(|entry| pick.takes_row(entry)) {
        if base::find(after, &entry.key).is_none() {
            differences.push(only_in(entry, Which::A));
        }
    }
    (rows, differences)
}

/// All cells with their quantities, judged.
fn measured(common: &Common<'_>, pairs: &[(&CellFinding, &CellFinding)]) -> Vec<CellChange> {
    let mut families = Families::default();
    let mut cells = Vec::with_capacity(pairs.len());
    for (cell, (a, b)) in pairs.iter().enumerate() {
        let mut metrics: Vec<MetricChange> = Vec::new();
        for of_b in b.metrics.iter().filter(|it| it.metric.is_compared()) {
            let Some(of_a) = a.metric(of_b.metric) else {
                continue;
            };
            let place = Place {
                cell,
                metric: metrics.len(),
                row: 0,
            };
            let quantity = judge::Quantity {
                common,
                cells: (a, b),
                metrics: (of_a, of_b),
            };
            metrics.push(quantity.change(place, &mut families));
        }
        cells.push(CellChange {
            name: b.name.clone(),
            title: b.scenario.title.clone(),
            metrics,
            allocations: Vec::new(),
        });
    }
    families.judge(&mut cells);
    cells
}

/// Baselines whose ratio to the base moved: no library explains that.
fn moved_controls(cells: &[CellChange]) -> Vec<Difference> {
    let mut found: Vec<Difference> = Vec::new();
    for cell in cells {
        let rows = cell.metrics.iter().flat_map(|metric| &metric.rows);
        for row in rows.filter(|row| row.key.is_control) {
            let has_moved = matches!(row.verdict, ChangeVerdict::Better | ChangeVerdict::Worse);
            let difference = Difference::ControlMoved {
                row: row.key.label.clone(),
                cell: cell.name.clone(),
            };
            if has_moved && !found.contains(&difference) {
                found.push(difference);
            }
        }
    }
    found
}

fn tally(cells: &[CellChange]) -> Tally {
    let mut tally = Tally::default();
    for (key, verdict) in cells.iter().flat_map(CellChange::verdicts) {
        if !key.is_control {
            tally.count(verdict);
        }
    }
    tally
}
