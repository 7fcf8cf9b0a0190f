//! What the analysis says about a run: every number of every table, before it
//! becomes text.

mod admission;
mod case_counts;
mod cell;
mod conformance;
mod costs;
mod detail;
mod hazards;
mod metric;
mod overview;
mod probe_counts;
mod reasons;
mod sanity;

pub use admission::{BrokenRule, NotAdmitted};
pub(crate) use case_counts::{CaseCounts, is_flaky};
pub use cell::{CellFinding, CellRow, FlawNote, RowStatus, RungFacts};
pub(crate) use conformance::tested_name;
pub use conformance::{Conformance, file_stem};
pub use costs::{CostDetail, CostFigure};
pub use detail::{
    AllocationDetail, AllocationFigure, EchoDetail, HandshakeDetail, IdleDetail, IdleLevelFigure,
    LatencyDetail, Percentiles, QuantilePoint, RowDetail, StepFigures,
};
pub use hazards::Hazards;
pub use metric::{Estimate, Metric, MetricFinding, NoiseFloor};
pub use overview::{EntryFinding, RunFacts, RunState};
pub(crate) use probe_counts::{ProbeCounts, by_grade};
pub use reasons::{NoFloor, NotCompared};
pub use sanity::{BaselinePairs, Exception};

use record::{CostKind, Protocol, Role, ScenarioKind};
use schemars::JsonSchema;
use serde::Serialize;

/// Version of the JSON that [`Findings`] serialise to. It grows when a field
/// changes its meaning or goes away.
pub const FINDINGS_VERSION: u32 = 2;

/// Everything that can be said about a run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Findings {
    /// [`FINDINGS_VERSION`].
    #[schemars(extend("const" = FINDINGS_VERSION))]
    pub findings_version: u32,
    /// The run: when, where, how far it came.
    pub run: RunFacts,
    /// The rows of every table, in this order: baselines, contenders by CPU
    /// time per message in the first echo cell, those without one by name.
    pub entries: Vec<EntryFinding>,
    /// The cells in the order of the tables.
    pub cells: Vec<CellFinding>,
    /// How many servers could be held against a baseline that should be
    /// cheaper.
    pub baseline_pairs: BaselinePairs,
    /// Where a server used less CPU time than the baseline that should be its
    /// floor.
    pub exceptions: Vec<Exception>,
}

impl Findings {
    /// The cell that stands for all in the first table: the closed-loop echo
    /// that comes first.
    #[must_use]
    pub fn headline_cell(&self) -> Option<&CellFinding> {
        self.echo_cells().next()
    }

    /// Closed-loop echo cells.
    pub fn echo_cells(&self) -> impl Iterator<Item = &CellFinding> {
        self.cells
            .iter()
            .filter(|cell| matches!(cell.scenario.kind, ScenarioKind::Echo { .. }))
    }

    /// Fixed-rate cells, one per rung.
    pub fn rate_cells(&self) -> impl Iterator<Item = &CellFinding> {
        self.cells
            .iter()
            .filter(|cell| matches!(cell.scenario.kind, ScenarioKind::RateLadder { .. }))
    }

    /// The middle rung of the first ladder.
    #[must_use]
    pub fn middle_rung(&self) -> Option<&CellFinding> {
        let first = self.rate_cells().next()?;
        let rungs: Vec<&CellFinding> = self
            .rate_cells()
            .filter(|cell| cell.scenario.name == first.scenario.name)
            .collect();
        rungs.get(rungs.len() / 2).copied()
    }

    /// What the first tables show of response times: at the middle rung, the
    /// 99th percentile, or the median where the reference and its twin, which are
    /// the same program, differ by more than half in the 99th.
    #[must_use]
    pub fn headline_latency(&self) -> Option<(&CellFinding, Metric)> {
        const LARGEST_FLOOR: f64 = 1.5;
        let cell = self.middle_rung()?;
        let floor = cell.metric(Metric::ResponseP99Ns)?.noise_floor;
        let is_noise = floor.is_some_and(|floor| floor.factor > LARGEST_FLOOR);
        let metric = if is_noise {
            Metric::ResponseP50Ns
        } else {
            Metric::ResponseP99Ns
        };
        Some((cell, metric))
    }

    /// Cells of opening handshakes.
    pub fn handshake_cells(&self) -> impl Iterator<Item = &CellFinding> {
        self.cells
            .iter()
            .filter(|cell| matches!(cell.scenario.kind, ScenarioKind::Handshakes { .. }))
    }

    /// Cells of idle connections.
    pub fn idle_cells(&self) -> impl Iterator<Item = &CellFinding> {
        self.cells
            .iter()
            .filter(|cell| matches!(cell.scenario.kind, ScenarioKind::Idle { .. }))
    }

    /// Cells of allocations per message and per connection.
    pub fn allocation_cells(&self) -> impl Iterator<Item = &CellFinding> {
        self.cells.iter().filter(|cell| {
            matches!(
                cell.scenario.kind,
                ScenarioKind::AllocationsPerMessage { .. }
                    | ScenarioKind::AllocationsPerConnection { .. }
            )
        })
    }

    /// The first cell of allocations per message: of messages that are kept, or
    /// of those that are not.
    pub fn message_allocation_cell(&self, are_kept: bool) -> Option<&CellFinding> {
        self.cells.iter().find(|cell| {
            matches!(cell.scenario.kind,
                ScenarioKind::AllocationsPerMessage { keep, .. } if (keep > 0) == are_kept)
        })
    }

    /// Cells of exact costs of this kind.
    pub fn cost_cells(&self, wanted: CostKind) -> impl Iterator<Item = &CellFinding> {
        self.cells.iter().filter(move |cell| {
            matches!(
                cell.scenario.kind,
                ScenarioKind::PerMessageCosts { counted, .. } if counted == wanted
            )
        })
    }

    /// Position of the reference among the entries.
    #[must_use]
    pub fn reference(&self) -> Option<usize> {
        self.entries.iter().position(|entry| entry.is_reference)
    }

    /// Whether any row speaks `protocol`.
    #[must_use]
    pub fn speaks(&self, protocol: Protocol) -> bool {
        self.entries.iter().any(|entry| entry.protocol == protocol)
    }

    /// Entries that get a row in tables without the reference's twin.
    pub fn rows_without_twin(&self) -> impl Iterator<Item = (usize, &EntryFinding)> {
        self.entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.key.role != Role::Again)
    }
}

/// Whether an entry is the baseline that speaks no WebSocket.
pub(crate) fn is_raw(entry: &EntryFinding) -> bool {
    entry.key.role == Role::Baseline && entry.protocol == Protocol::RawTcp
}
