//! What earlier runs say of the servers of a later one: version then, version
//! now, and what may be said of the change.
//!
//! Stricter than [`compare`]: a change is put down to a version only where
//! machine, toolchain and effort were the same. Only rows whose version changed
//! are judged, and only by the quantity of the first table, so that the family
//! is no larger than the question.

use record::{AllocationSubject, ScenarioKind};

use super::{
    cells::{compare, other_meaning},
    change::{
        AllocationChange, AllocationQuantity, Change, ChangeVerdict, Figure, NoVerdict, RowChange,
        RowKey, RunComparison,
    },
    difference::{Difference, Severity, Which},
    facts::{EffortFact, ToolchainFact},
    pick::Pick,
};
use crate::{
    Findings,
    findings::{CellFinding, Metric},
};

/// The runs that stand beside one and began before it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Newest first; those that can't be read come last.
    pub runs: Vec<PastRun>,
}

impl History {
    /// Those that were read, with the names of their folders.
    pub fn read(&self) -> impl Iterator<Item = (&str, &PastFindings)> {
        self.runs.iter().filter_map(|run| match &run.state {
            PastState::Read(past) => Some((run.folder.as_str(), past.as_ref())),
            PastState::Damaged { .. } => None,
        })
    }
}

/// An earlier run.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRun {
    /// The name of its folder, which lies beside that of the later run.
    pub folder: String,
    /// What is known of it.
    pub state: PastState,
}

/// What is known of an earlier run.
#[derive(Clone, Debug, PartialEq)]
pub enum PastState {
    /// Its file can't be read.
    Damaged {
        /// Why.
        why: String,
    },
    /// It was read.
    Read(Box<PastFindings>),
}

/// An earlier run against the later one.
#[derive(Clone, Debug, PartialEq)]
pub struct PastFindings {
    /// The day on which it started.
    pub date: String,
    /// Name of its host.
    pub host: String,
    /// Commit of the project.
    pub commit: Option<String>,
    /// Blocks that are whole.
    pub blocks: u32,
    /// Whether a change may be put down to a version.
    pub standing: Standing,
    /// What else should be known, a sentence each.
    pub cautions: Vec<String>,
    /// What ratios of both runs are taken to.
    pub base: Option<String>,
    /// Servers that both have, in the order of the later run's tables.
    pub rows: Vec<PastRow>,
    /// Servers that only the earlier run has.
    pub left: Vec<String>,
    /// Servers that only the later run has.
    pub joined: Vec<String>,
}

/// Whether a change between two runs may be put down to a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing forbids it.
    Comparable,
    /// Something else changed that could explain it: ratios are shown, and
    /// nothing is concluded.
    OnlyShown {
        /// What, a sentence each.
        reasons: Vec<String>,
    },
    /// The figures mean different things.
    NotComparable {
        /// Why.
        reason: String,
    },
}

/// One server in both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRow {
    /// Who, with its versions.
    pub key: RowKey,
    /// Whether it ran with other options or another flush rule.
    pub has_other_options: bool,
    /// CPU time per message in the earlier run.
    pub before: Option<Figure>,
    /// The same in the later run.
    pub after: Option<Figure>,
    /// The ratio to the base in the later run over that in the earlier one.
    pub change: Option<Change>,
    /// What may be said about it; `None` where the version is the same, or
    /// where nothing may be concluded from a change.
    pub verdict: Option<ChangeVerdict>,
    /// Allocations and reallocations per message of the smallest size.
    pub allocations: Option<PastCount>,
}

/// An exact count in both runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastCount {
    /// In the earlier run.
    pub before: f64,
    /// In the later run.
    pub after: f64,
    /// Whether all counts of each run agreed.
    pub is_exact: bool,
}

impl PastRow {
    /// Whether its library has another version.
    #[must_use]
    pub fn has_other_version(&self) -> bool {
        let (before, after) = (&self.key.version_before, &self.key.version_after);
        before != after && !before.is_empty() && !after.is_empty()
    }
}

impl PastRun {
    /// A run whose file can't be read.
    #[must_use]
    pub fn damaged(folder: &str, why: String) -> Self {
        Self {
            folder: folder.to_owned(),
            state: PastState::Damaged { why },
        }
    }

    /// What the run in `folder` says of the servers of a later one.
    #[must_use]
    pub fn of(folder: &str, then: &Findings, now: &Findings) -> Self {
        let run = &then.run;
        let mut past = PastFindings {
            date: run.date().to_owned(),
            host: run.host.name.clone(),
            commit: run.commit.clone(),
            blocks: run.whole_blocks,
            standing: Standing::Comparable,
            cautions: Vec::new(),
            base: None,
            rows: Vec::new(),
            left: Vec::new(),
            joined: Vec::new(),
        };
        match common_cell(then, now).and_then(|cell| {
            let found = of_cell(then, now, cell, &[]);
            let found = found.ok_or_else(|| "no server is in both".to_owned())?;
            Ok((cell, found))
        }) {
            Err(reason) => past.standing = Standing::NotComparable { reason },
            Ok((cell, found)) => past.take(then, now, cell, found),
        }
        Self {
            folder: folder.to_owned(),
            state: PastState::Read(Box::new(past)),
        }
    }
}

impl PastFindings {
    fn take(&mut self, then: &Findings, now: &Findings, cell: &CellFinding, found: RunComparison) {
        let differences = || found.differences.iter().map(|noted| &noted.difference);
        let reasons: Vec<String> = differences()
            .filter(|it| forbids(it))
            .map(in_words)
            .collect();
        self.cautions = differences()
            .filter(|it| is_caution(it))
            .map(in_words)
            .collect();
        for difference in differences() {
            match difference {
                Difference::RowOnlyIn { row, run: Which::A } => self.left.push(row.clone()),
                Difference::RowOnlyIn { row, run: Which::B } => self.joined.push(row.clone()),
                _ => {}
            }
        }
        let other_options: Vec<&String> = differences()
            .filter_map(|it| match it {
                Difference::OptionsChanged { row } => Some(row),
                _ => None,
            })
            .collect();
        let counts = allocations(then, now);
        self.rows = cpu_rows(&found)
            .map(|row| PastRow {
                key: row.key.clone(),
                has_other_options: other_options.contains(&&row.key.label),
                before: row.before,
                after: row.after,
                change: row.change,
                verdict: None,
                allocations: count_of(&counts, &row.key),
            })
            .collect();
        self.base.clone_from(&found.base);
        if reasons.is_empty() {
            self.judge(then, now, cell);
        } else {
            self.standing = Standing::OnlyShown { reasons };
        }
    }

    /// Judges the rows whose version changed, as one family.
    fn judge(&mut self, then: &Findings, now: &Findings, cell: &CellFinding) {
        let moved: Vec<String> = self
            .rows
            .iter()
            .filter(|row| row.has_other_version())
            .map(|row| row.key.entry.contender.clone())
            .collect();
        if moved.is_empty() {
            return;
        }
        let Some(judged) = of_cell(then, now, cell, &moved) else {
            return;
        };
        for row in self.rows.iter_mut().filter(|row| row.has_other_version()) {
            let found = cpu_rows(&judged).find(|it| it.key.entry == row.key.entry);
            if let Some(found) = found {
                row.change = found.change;
                row.verdict = Some(found.verdict);
            }
        }
    }
}

/// The cell of the first table, if it means the same in both runs.
fn common_cell<'a>(then: &Findings, now: &'a Findings) -> Result<&'a CellFinding, String> {
    let cell = now
        .headline_cell()
        .ok_or_else(|| "this run has no echo cell".to_owned())?;
    let old = then.cells.iter().find(|it| it.name == cell.name);
    let old = old.ok_or_else(|| format!("it has no cell {}", cell.name))?;
    match other_meaning(then, now, old, cell) {
        Some(difference) => Err(in_words(&difference)),
        None => Ok(cell),
    }
}

/// Both runs by one cell; `None` where they have no row in common.
fn of_cell(
    then: &Findings,
    now: &Findings,
    cell: &CellFinding,
    contenders: &[String],
) -> Option<RunComparison> {
    let pick = Pick {
        contenders: contenders.to_vec(),
        scenarios: vec![cell.name.clone()],
        ..Pick::default()
    };
    compare(then, now, ["then", "now"], &pick).ok()
}

fn cpu_rows(found: &RunComparison) -> impl Iterator<Item = &RowChange> {
    let metrics = found.cells.iter().flat_map(|cell| &cell.metrics);
    metrics
        .filter(|metric| metric.metric == Metric::ServerCpuNsPerMessage)
        .flat_map(|metric| &metric.rows)
}

/// Every count of messages that are not kept, in both runs.
fn allocations(then: &Findings, now: &Findings) -> Vec<AllocationChange> {
    let cell = now.allocation_cells().find(|cell| {
        matches!(
            cell.scenario.kind,
            ScenarioKind::AllocationsPerMessage { keep: 0, .. }
        )
    });
    let found = cell.and_then(|cell| of_cell(then, now, cell, &[]));
    let cells = found.map(|found| found.cells).unwrap_or_default();
    cells
        .into_iter()
        .flat_map(|cell| cell.allocations)
        .collect()
}

/// New and resized blocks together: both are calls of the allocator.
fn count_of(counts: &[AllocationChange], key: &RowKey) -> Option<PastCount> {
    let is_message = |it: &&AllocationChange| {
        it.key.entry == key.entry && matches!(it.subject, AllocationSubject::Message { .. })
    };
    let smallest = counts.iter().find(is_message)?.subject;
    let of = |quantity: AllocationQuantity| {
        counts.iter().find(|it| {
            it.key.entry == key.entry && it.subject == smallest && it.quantity == quantity
        })
    };
    let (new, resized) = (
        of(AllocationQuantity::Allocations)?,
        of(AllocationQuantity::Reallocations)?,
    );
    let varies = |it: &AllocationChange| {
        matches!(
            it.verdict,
            ChangeVerdict::Unknown {
                reason: NoVerdict::CountsVary
            }
        )
    };
    Some(PastCount {
        before: new.before? + resized.before?,
        after: new.after? + resized.after?,
        is_exact: !varies(new) && !varies(resized),
    })
}

/// Whether it could explain a change as well as a version does. More blocks are
/// only more of the same.
fn forbids(difference: &Difference) -> bool {
    match difference {
        Difference::Effort {
            fact: EffortFact::Blocks | EffortFact::ExactBlocks,
            ..
        } => false,
        // Where one run has no Go there is no row in Go to be explained.
        Difference::Toolchain {
            fact: ToolchainFact::Go,
            before,
            after,
        } => before != "none" && after != "none",
        Difference::SameRun | Difference::Schema { .. } | Difference::GivenGenerator { .. } => true,
        other => other.is_of_machine_or_effort(),
    }
}

/// Whether it is worth a sentence. That the commit is another one goes without
/// saying, and options are said at their row.
fn is_caution(difference: &Difference) -> bool {
    let is_said_elsewhere = matches!(
        difference,
        Difference::Commit { .. }
            | Difference::Effort { .. }
            | Difference::Toolchain { .. }
            | Difference::OptionsChanged { .. }
    );
    difference.severity() == Severity::Caution && !forbids(difference) && !is_said_elsewhere
}

fn name(run: Which) -> &'static str {
    match run {
        Which::A => "the earlier run",
        Which::B => "this run",
    }
}

/// The same as its text in a comparison, without A and B.
fn in_words(difference: &Difference) -> String {
    match difference {
        Difference::SameRun => "it is the same run".to_owned(),
        Difference::Host {
            fact,
            before,
            after,
        } => format!("another host: {fact} {before} then, {after} now"),
        Difference::Toolchain {
            fact,
            before,
            after,
        } => format!("another toolchain: {fact} {before} then, {after} now"),
        Difference::Effort {
            fact,
            before,
            after,
        } => format!("another effort: {fact} {before} then, {after} now"),
        Difference::Schema { before, after } => {
            format!("another format: schema version {before} then, {after} now")
        }
        Difference::Disturbed { run } => format!("{} counts disturbed trials", name(*run)),
        Difference::GivenGenerator { run } => format!(
            "{} was driven by a load generator that was given",
            name(*run)
        ),
        Difference::Dirty { run } => {
            format!("{} was made with uncommitted changes", name(*run))
        }
        Difference::Partial {
            run,
            whole_blocks,
            planned_blocks,
        } => format!(
            "{} is partial: {whole_blocks} of {planned_blocks} blocks are whole",
            name(*run)
        ),
        Difference::Reference { before, after } => {
            format!("another reference: {before} then, {after} now")
        }
        Difference::ReferenceMoved {
            reference,
            base: Some(base),
            ..
        } => format!(
            "{reference}, the reference then, is another program now: ratios are taken to {base}"
        ),
        Difference::ReferenceMoved { reference, .. } => format!(
            "{reference}, the reference then, is another program now, and no row can take its \
             place"
        ),
        Difference::BaseRebuilt { base, .. } => format!(
            "the base {base} is another executable: where most rows move the same way, suspect it"
        ),
        Difference::ScenarioChanged { scenario } => {
            format!("{scenario} was another load then")
        }
        other => other.to_string(),
    }
}
