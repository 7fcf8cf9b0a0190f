//! From records to findings: pure, the same findings for the same run.

mod allocations;
mod busy;
mod cell;
mod comparison;
mod costs;
mod echo;
mod entries;
mod exceptions;
pub(crate) mod flaws;
mod handshakes;
pub(crate) mod histograms;
mod idle;
mod letters;
mod percentiles;
mod run_facts;
mod speed;
mod trials;

use record::AdmissionReport;

use crate::{
    Run,
    findings::{BaselinePairs, FINDINGS_VERSION, Findings},
    parallel,
};
use trials::Trials;

/// Everything that can be said about `run`, however far it came.
#[must_use]
pub fn analyse(run: &Run) -> Findings {
    analyse_admitted(run, &[])
}

/// The same with what the admission test said of its servers: a row that it
/// didn't admit keeps its figures and is compared with no other.
#[must_use]
pub fn analyse_admitted(run: &Run, admission: &[AdmissionReport]) -> Findings {
    let trials = Trials::of(run);
    let described = entries::with_admission(entries::described(run, &trials), admission);
    let headline =
        entries::headline_cell(run).and_then(|index| cell::find(run, index, &described, &trials));
    let entries = entries::in_table_order(&described, headline.as_ref());
    let mut order: Vec<usize> = (0..run.header.plan.cells.len()).collect();
    order.sort_by_key(|index| {
        let cell = &run.header.plan.cells[*index];
        run.header
            .plan
            .scenario_of(cell)
            .map_or(u32::MAX, |scenario| scenario.order)
    });
    let cells = parallel::map(&order, |index| cell::find(run, *index, &entries, &trials));
    let mut findings = Findings {
        findings_version: FINDINGS_VERSION,
        run: run_facts::of(run, &trials),
        entries,
        cells: cells.into_iter().flatten().collect(),
        baseline_pairs: BaselinePairs::default(),
        exceptions: Vec::new(),
    };
    (findings.baseline_pairs, findings.exceptions) = exceptions::of(&findings);
    findings
}
