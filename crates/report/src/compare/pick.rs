//! Which part of two runs is compared.

use record::{Role, Variant};

use crate::{
    Findings,
    findings::{CellFinding, EntryFinding},
};

/// What to compare; an empty list lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pick {
    /// Exact names of contenders.
    pub contenders: Vec<String>,
    /// Variants.
    pub variants: Vec<Variant>,
    /// Exact names of scenarios, or of cells.
    pub scenarios: Vec<String>,
}

/// Why two runs can't be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A name that neither run knows.
    #[error("neither run has {kind} {name:?}; there are {}", known.join(", "))]
    Unknown {
        /// `a contender` or `a scenario`.
        kind: &'static str,
        /// The name.
        name: String,
        /// Names that there are.
        known: Vec<String>,
    },
    /// Nothing in the runs means the same.
    #[error("nothing in these runs may be compared:\n  {}", reasons.join("\n  "))]
    NothingComparable {
        /// Why, one sentence each.
        reasons: Vec<String>,
    },
}

impl Pick {
    /// # Errors
    /// [`CompareError::Unknown`] for a name that is in neither run.
    pub(super) fn check(&self, before: &Findings, after: &Findings) -> Result<(), CompareError> {
        let runs = [before, after];
        let contenders = runs
            .iter()
            .flat_map(|run| &run.entries)
            .map(|entry| entry.key.contender.clone())
            .collect();
        known("a contender", &self.contenders, contenders, &[])?;
        let cells: Vec<&CellFinding> = runs.iter().flat_map(|run| &run.cells).collect();
        let scenarios = cells
            .iter()
            .map(|cell| cell.scenario.name.clone())
            .collect();
        let names: Vec<&str> = cells.iter().map(|cell| cell.name.as_str()).collect();
        known("a scenario", &self.scenarios, scenarios, &names)
    }

    pub(super) fn takes_row(&self, entry: &EntryFinding) -> bool {
        let named = self.contenders.contains(&entry.key.contender);
        entry.key.role != Role::Again
            && (named || self.contenders.is_empty())
            && (self.variants.is_empty() || self.variants.contains(&entry.key.variant))
    }

    pub(super) fn takes_cell(&self, cell: &CellFinding) -> bool {
        self.scenarios.is_empty()
            || self.scenarios.contains(&cell.scenario.name)
            || self.scenarios.contains(&cell.name)
    }
}

fn known(
    kind: &'static str,
    wanted: &[String],
    mut names: Vec<String>,
    also: &[&str],
) -> Result<(), CompareError> {
    names.sort();
    names.dedup();
    match wanted
        .iter()
        .find(|name| !names.contains(name) && !also.contains(&name.as_str()))
    {
        None => Ok(()),
        Some(name) => Err(CompareError::Unknown {
            kind,
            name: name.clone(),
            known: names,
        }),
    }
}
