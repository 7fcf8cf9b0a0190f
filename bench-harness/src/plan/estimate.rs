//! How long a run takes: before it, from the plan; during it, from what the
//! trials have really taken.

use record::{CostKind, CostSize, Effort, MessageShape, Plan, ScenarioKind};

use super::rounds::rounds_of;

const MS: u64 = 1_000_000;
const US: u64 = 1_000;

/// Start of both programs, connecting, draining and their end.
const TRIAL_OVERHEAD_NS: u64 = 25 * MS;

/// What each connection of a trial adds to that.
const CONNECTION_NS: u64 = 100 * US;

/// What each message adds with which connections are staggered.
const STAGGERED_MESSAGE_NS: u64 = 7 * US;

/// What a round of a closed loop takes besides its own length: its lead-in, both
/// edges and the readings.
const ROUND_NS: u64 = 3 * MS;

/// What an idle connection costs: opened, verified, torn down.
const IDLE_CONNECTION_NS: u64 = 200 * US;

/// Rest before memory is read, as in an idle trial.
const IDLE_SETTLE_NS: u64 = 150 * MS;

/// Both rests around each of two counts.
const COUNT_SETTLE_NS: u64 = 40 * MS;

/// An echo or a handshake with nothing else under way.
const LONE_ROUND_TRIP_NS: u64 = 60 * US;

/// What a byte adds to that.
const LONE_BYTE_NS: f64 = 1.3;

/// Start and end of a server under strace, and a message through it with the
/// rest before it.
const STRACE_START_NS: u64 = 60 * MS;
const STRACE_MESSAGE_NS: u64 = 1_000 * US;

/// The same under valgrind, which translates every function at its first call,
/// and asking it for its counts, with the rest before that.
const VALGRIND_START_NS: u64 = 400 * MS;
const VALGRIND_ASK_NS: u64 = 150 * MS;
const VALGRIND_MESSAGE_NS: u64 = 900 * US;

/// Length of a trial of this kind.
pub(crate) fn trial_ns(kind: &ScenarioKind, effort: &Effort) -> u64 {
    TRIAL_OVERHEAD_NS
        + match kind {
            ScenarioKind::Echo {
                connections,
                message,
                ..
            } => opening_ns(*connections, *message, effort.warm_up_ns) + in_rounds_ns(kind, effort),
            ScenarioKind::RateLadder {
                connections,
                message,
                ..
            } => opening_ns(*connections, *message, effort.warm_up_ns) + effort.rate_window_ns,
            ScenarioKind::Handshakes { .. } => effort.warm_up_ns + in_rounds_ns(kind, effort),
            ScenarioKind::Idle { levels } => {
                let highest = levels.iter().copied().max().unwrap_or(0);
                (levels.len() as u64 + 1) * IDLE_SETTLE_NS + u64::from(highest) * IDLE_CONNECTION_NS
            }
            ScenarioKind::AllocationsPerMessage {
                sizes_bytes,
                messages,
                keep,
            } => {
                let times = 2 * messages + 128 + 2 * u64::from(*keep);
                sizes_bytes
                    .iter()
                    .map(|&size| {
                        let message_ns = LONE_ROUND_TRIP_NS + (size as f64 * LONE_BYTE_NS) as u64;
                        COUNT_SETTLE_NS + times * message_ns
                    })
                    .sum()
            }
            ScenarioKind::PerMessageCosts { counted, sizes } => {
                let (once_ns, size_ns, message_ns) = match counted {
                    CostKind::SystemCalls => (0, 2 * STRACE_START_NS, STRACE_MESSAGE_NS),
                    CostKind::Instructions => {
                        (VALGRIND_START_NS, 3 * VALGRIND_ASK_NS, VALGRIND_MESSAGE_NS)
                    }
                };
                let warmed_up = match counted {
                    CostKind::SystemCalls => 2,
                    CostKind::Instructions => 1,
                } * crate::run::COST_WARM_UP_MESSAGES;
                let of_size =
                    |size: &CostSize| size_ns + (warmed_up + size.fewer + size.more) * message_ns;
                once_ns + sizes.iter().map(of_size).sum::<u64>()
            }
            ScenarioKind::AllocationsPerConnection {
                handshakes,
                connections,
            } => {
                2 * COUNT_SETTLE_NS
                    + (2 * handshakes + 32) * 4 * LONE_ROUND_TRIP_NS
                    + u64::from(2 * connections + 32) * IDLE_CONNECTION_NS
            }
        }
}

/// The window of a closed loop. After every two servers the reference has a round
/// as well.
fn in_rounds_ns(kind: &ScenarioKind, effort: &Effort) -> u64 {
    match u64::from(rounds_of(kind, effort)) {
        1 => effort.window_ns,
        rounds => (effort.window_ns + rounds * ROUND_NS) * 3 / 2,
    }
}

/// Opening and staggering connections, and what that leaves of the warm-up.
fn opening_ns(connections: u32, message: MessageShape, warm_up_ns: u64) -> u64 {
    let opened_ns = u64::from(connections) * CONNECTION_NS;
    let messages = crate::run::STAGGER_BYTES / 2 / (message.size_bytes + 8);
    let staggered_ns = u64::from(connections) * messages * STAGGERED_MESSAGE_NS;
    opened_ns + staggered_ns.max(warm_up_ns)
}

/// Length of calibrating one entry.
pub(crate) fn calibration_ns(connections: u32, message: MessageShape) -> u64 {
    let (rounds, warm_up_ns, window_ns) = crate::run::CALIBRATION;
    let round_ns = TRIAL_OVERHEAD_NS + opening_ns(connections, message, warm_up_ns) + window_ns;
    u64::from(rounds) * round_ns
}

/// Length of all trials of a plan.
pub(crate) fn plan_ns(plan: &Plan) -> u64 {
    Estimate::new(plan).remaining_ns(plan, 0)
}

/// Blocks to plan for a time of `budget_ns`, where `plan_ns` says how long that
/// many blocks take: a quarter more than are expected to fit, so that a machine
/// that is faster than expected is kept busy. The run ends when the next block
/// doesn't fit.
pub(crate) fn blocks_within(budget_ns: u64, plan_ns: impl Fn(u32) -> u64) -> u32 {
    const MOST: u32 = 1_000;
    let generous_ns = budget_ns.saturating_add(budget_ns / 4);
    let (mut fits, mut too_many) = (1, MOST);
    while too_many - fits > 1 {
        let middle = fits.midpoint(too_many);
        if plan_ns(middle) <= generous_ns {
            fits = middle;
        } else {
            too_many = middle;
        }
    }
    fits
}

/// An estimate that learns.
#[derive(Clone, Debug)]
pub(crate) struct Estimate {
    /// By cell: what is expected of a trial.
    expected_ns: Vec<u64>,
    /// By cell: what trials have taken, and how many they were.
    taken: Vec<(u64, u64)>,
}

impl Estimate {
    /// Knows nothing but the plan.
    pub(crate) fn new(plan: &Plan) -> Self {
        let expected_ns: Vec<u64> = plan
            .cells
            .iter()
            .map(|cell| {
                plan.scenario_of(cell)
                    .map_or(0, |scenario| trial_ns(&scenario.kind, &plan.effort))
            })
            .collect();
        let taken = vec![(0, 0); expected_ns.len()];
        Self { expected_ns, taken }
    }

    /// Learns what a trial of a cell has taken.
    pub(crate) fn learn(&mut self, cell: usize, took_ns: u64) {
        if let Some((sum_ns, count)) = self.taken.get_mut(cell) {
            *sum_ns += took_ns;
            *count += 1;
        }
    }

    /// Length of the plan's trials from number `next` on.
    pub(crate) fn remaining_ns(&self, plan: &Plan, next: usize) -> u64 {
        self.cells_ns(plan.trials.iter().skip(next).map(|trial| trial.cell))
    }

    /// Length of one block.
    pub(crate) fn block_ns(&self, plan: &Plan, block: u32) -> u64 {
        let trials = plan.trials.iter().filter(|trial| trial.block == block);
        self.cells_ns(trials.map(|trial| trial.cell))
    }

    /// Length of one trial of each of these cells.
    pub(crate) fn cells_ns(&self, cells: impl Iterator<Item = usize>) -> u64 {
        let scale = self.scale();
        cells.map(|cell| self.cell_ns(cell, scale)).sum()
    }

    fn cell_ns(&self, cell: usize, scale: f64) -> u64 {
        match (self.taken.get(cell), self.expected_ns.get(cell)) {
            (Some((sum_ns, count @ 1..)), _) => sum_ns / count,
            (_, Some(&expected_ns)) => (expected_ns as f64 * scale) as u64,
            _ => 0,
        }
    }

    /// How much longer than expected trials have taken so far: what to expect
    /// of cells that have not run yet.
    fn scale(&self) -> f64 {
        let mut taken_ns = 0;
        let mut expected_ns = 0;
        for (&(sum_ns, count), &expected) in self.taken.iter().zip(&self.expected_ns) {
            taken_ns += sum_ns;
            expected_ns += expected * count;
        }
        if expected_ns == 0 {
            1.0
        } else {
            taken_ns as f64 / expected_ns as f64
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::fixture;

    #[test]
    fn it_learns_from_what_trials_took() {
        let plan = fixture::plan(2, &["one", "two"]);
        let mut estimate = Estimate::new(&plan);
        let before_ns = estimate.remaining_ns(&plan, 0);
        assert_eq!(before_ns, plan_ns(&plan));

        let first = plan.trials[0].cell;
        let expected_ns = estimate.expected_ns[first];
        estimate.learn(first, 2 * expected_ns);
        // Everything is taken to last twice as long, the other cell included.
        assert_eq!(estimate.remaining_ns(&plan, 0), 2 * before_ns);
        assert_eq!(estimate.remaining_ns(&plan, plan.trials.len()), 0);
    }

    #[test]
    fn a_budget_is_filled_with_something_to_spare() {
        // A first block of 10, then blocks of 4.
        let plan_ns = |blocks| 6 + 4 * u64::from(blocks);
        assert_eq!(blocks_within(1, plan_ns), 1);
        assert_eq!(blocks_within(40, plan_ns), 11);
        assert_eq!(blocks_within(u64::MAX, plan_ns), 999);
    }

    #[test]
    fn blocks_add_up_to_the_plan() {
        let plan = fixture::plan(3, &["one", "two"]);
        let estimate = Estimate::new(&plan);
        let sum_ns: u64 = (0..plan.effort.blocks)
            .map(|block| estimate.block_ns(&plan, block))
            .sum();
        assert_eq!(sum_ns, plan_ns(&plan));
    }
}
