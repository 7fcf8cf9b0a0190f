//! The order of the trials.

use rand::{SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use record::{
    Cell, Effort, Entry, EntryKey, Plan, PlannedTrial, Repetition, Scenario, ScenarioKind, mixed,
};

use super::rounds::rounds_of;

/// Makes the plan. Entries that `may_run` refuses stay as rows, without trials.
///
/// In every block the cells come in random order, and in every cell its entries
/// do: servers that are compared run within seconds of each other, so that what
/// the machine does meanwhile befalls all of them.
pub(crate) fn make(
    seed: u64,
    effort: Effort,
    mut scenarios: Vec<Scenario>,
    entries: Vec<Entry>,
    may_run: impl Fn(&EntryKey) -> bool,
) -> Plan {
    for scenario in &mut scenarios {
        if let ScenarioKind::Idle { levels } = &mut scenario.kind {
            levels.retain(|&level| level <= effort.idle_level_limit);
        }
    }
    scenarios.sort_by(|left, right| {
        (left.order, left.name.as_str()).cmp(&(right.order, right.name.as_str()))
    });
    let cells = cells(&scenarios, &effort);
    let runners: Vec<usize> = (0..entries.len())
        .filter(|&entry| may_run(&entries[entry].key))
        .collect();

    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut trials = Vec::new();
    for block in 0..effort.blocks {
        let mut order: Vec<usize> = (0..cells.len())
            .filter(|&cell| runs_in(&scenarios, &cells[cell], block, &effort))
            .collect();
        order.shuffle(&mut random);
        for cell in order {
            let mut row = runners.clone();
            row.shuffle(&mut random);
            for entry in row {
                let number = u32::try_from(trials.len()).unwrap_or(u32::MAX);
                trials.push(PlannedTrial {
                    number,
                    block,
                    cell,
                    entry,
                });
            }
        }
    }
    Plan {
        seed,
        effort,
        tolerates_disturbance: false,
        scenarios,
        entries,
        cells,
        trials,
    }
}

fn cells(scenarios: &[Scenario], effort: &Effort) -> Vec<Cell> {
    let mut cells = Vec::new();
    for scenario in scenarios {
        let is_ladder = matches!(scenario.kind, ScenarioKind::RateLadder { .. });
        for (index, name) in scenario.cell_names().into_iter().enumerate() {
            cells.push(Cell {
                name,
                scenario: scenario.name.clone(),
                rung: is_ladder.then_some(index),
                rounds: rounds_of(&scenario.kind, effort),
            });
        }
    }
    cells
}

fn runs_in(scenarios: &[Scenario], cell: &Cell, block: u32, effort: &Effort) -> bool {
    scenarios
        .iter()
        .find(|scenario| scenario.name == cell.scenario)
        .is_some_and(|scenario| match scenario.repetition {
            Repetition::EveryBlock => true,
            Repetition::Twice => block < effort.exact_blocks,
        })
}

/// Seed of payloads, masks and phases: the same for all servers of a cell in a
/// block, so that they get the same bytes, and another in every other one.
pub(crate) fn cell_seed(plan_seed: u64, block: u32, cell: usize) -> u64 {
    mixed(plan_seed, u64::from(block) << 32 | cell as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet, HashSet};

    use proptest::prelude::*;
    use record::{EffortLevel, MessageKind, MessageShape, Role, Rung, Spacing, Variant};

    use super::*;
    use crate::plan::effort_of;

    fn scenario(name: &str, repetition: Repetition, rungs: usize) -> Scenario {
        let message = MessageShape {
            kind: MessageKind::Binary,
            size_bytes: 1,
        };
        Scenario {
            name: name.to_owned(),
            title: name.to_owned(),
            why: String::new(),
            order: 1,
            repetition,
            kind: if rungs > 0 {
                ScenarioKind::RateLadder {
                    connections: 1,
                    message,
                    spacing: Spacing::Dithered,
                    rungs: (0..rungs)
                        .map(|rung| Rung {
                            name: rung.to_string(),
                            fraction_of_slowest: 0.5,
                        })
                        .collect(),
                }
            } else {
                ScenarioKind::Echo {
                    connections: 1,
                    in_flight: 1,
                    message,
                }
            },
        }
    }

    fn rows(count: usize) -> Vec<Entry> {
        (0..count)
            .map(|number| Entry {
                key: EntryKey {
                    contender: format!("server-{number}"),
                    variant: Variant::Default,
                    role: Role::Contender,
                },
                is_reference: number == 0,
            })
            .collect()
    }

    fn plan_of(seed: u64, entries: usize, plain: usize, exact: usize, rungs: usize) -> Plan {
        let mut scenarios: Vec<_> = (0..plain)
            .map(|number| scenario(&format!("plain-{number}"), Repetition::EveryBlock, 0))
            .collect();
        scenarios.extend(
            (0..exact).map(|number| scenario(&format!("exact-{number}"), Repetition::Twice, 0)),
        );
        scenarios.push(scenario("ladder", Repetition::EveryBlock, rungs.max(1)));
        let effort = effort_of(EffortLevel::Standard);
        make(seed, effort, scenarios, rows(entries), |_| true)
    }

    proptest! {
        #[test]
        fn every_block_has_every_entry_once_in_every_cell(
            seed: u64, entries in 1_usize..8, plain in 0_usize..4, exact in 0_usize..3,
            rungs in 1_usize..4,
        ) {
            let plan = plan_of(seed, entries, plain, exact, rungs);
            prop_assert_eq!(plan.cells.len(), plain + exact + rungs);
            let mut seen = HashSet::new();
            for (index, trial) in plan.trials.iter().enumerate() {
                prop_assert_eq!(trial.number as usize, index);
                prop_assert!(seen.insert((trial.block, trial.cell, trial.entry)), "twice");
            }
            let blocks = plan.effort.blocks as usize;
            let exact_blocks = plan.effort.exact_blocks as usize;
            let expected = entries * ((plain + rungs) * blocks + exact * exact_blocks);
            prop_assert_eq!(plan.trials.len(), expected);
        }

        #[test]
        fn servers_of_a_cell_are_neighbours_and_blocks_come_in_order(
            seed: u64, entries in 1_usize..8, plain in 1_usize..4,
        ) {
            let plan = plan_of(seed, entries, plain, 1, 2);
            let mut runs = Vec::new();
            for trial in &plan.trials {
                if runs.last() != Some(&(trial.block, trial.cell)) {
                    runs.push((trial.block, trial.cell));
                }
            }
            let distinct: BTreeSet<_> = runs.iter().copied().collect();
            prop_assert_eq!(distinct.len(), runs.len(), "a cell is torn apart");
            prop_assert!(runs.is_sorted_by_key(|&(block, _)| block));
        }

        #[test]
        fn a_plan_is_a_function_of_its_seed(seed: u64, other: u64) {
            prop_assert_eq!(plan_of(seed, 6, 3, 1, 2), plan_of(seed, 6, 3, 1, 2));
            // 6 blocks of 6 cells of 6 entries: a collision is beyond chance.
            if seed != other {
                let (one, two) = (plan_of(seed, 6, 3, 1, 2), plan_of(other, 6, 3, 1, 2));
                prop_assert_ne!(one.trials, two.trials);
            }
        }
    }

    #[test]
    fn every_entry_comes_first_and_last_about_equally_often() {
        let mut firsts = BTreeMap::new();
        let mut count = 0;
        for seed in 0..200 {
            let plan = plan_of(seed, 4, 1, 0, 1);
            for row in plan.trials.chunks(4) {
                *firsts.entry(row[0].entry).or_insert(0_u32) += 1;
                count += 1;
            }
        }
        // 2,400 rows of 4: 600 each, standard deviation 21.
        for entry in 0..4 {
            assert!(firsts[&entry].abs_diff(count / 4) < 110, "{firsts:?}");
        }
    }

    #[test]
    fn the_order_of_a_seed_never_changes() {
        // A run is repeated by its seed: the order must outlive this version.
        let plan = plan_of(2026, 4, 2, 0, 1);
        let order: Vec<_> = plan
            .trials
            .iter()
            .take(8)
            .map(|trial| (trial.cell, trial.entry))
            .collect();
        assert_eq!(
            order,
            [
                (2, 3),
                (2, 0),
                (2, 1),
                (2, 2),
                (0, 1),
                (0, 2),
                (0, 0),
                (0, 3)
            ]
        );
    }

    #[test]
    fn refused_entries_stay_as_rows_without_trials() {
        let effort = effort_of(EffortLevel::Quick);
        let scenarios = vec![scenario("one", Repetition::EveryBlock, 0)];
        let plan = make(1, effort, scenarios, rows(3), |key| {
            key.contender != "server-1"
        });
        assert_eq!(plan.entries.len(), 3);
        assert!(plan.trials.iter().all(|trial| trial.entry != 1));
        assert_eq!(plan.trials.len(), 2 * effort.blocks as usize);
    }

    #[test]
    fn idle_levels_end_at_the_effort() {
        let mut idle = scenario("idle", Repetition::Twice, 0);
        idle.kind = ScenarioKind::Idle {
            levels: vec![1_000, 10_000],
        };
        let effort = effort_of(EffortLevel::Quick);
        let plan = make(1, effort, vec![idle], rows(1), |_| true);
        assert_eq!(
            plan.scenarios[0].kind,
            ScenarioKind::Idle {
                levels: vec![1_000]
            }
        );
    }

    #[test]
    fn seeds_of_cells_differ() {
        let seeds: HashSet<_> = (0..6)
            .flat_map(|block| (0..20).map(move |cell| cell_seed(7, block, cell)))
            .collect();
        assert_eq!(seeds.len(), 120);
        assert_ne!(cell_seed(7, 0, 0), cell_seed(8, 0, 0));
    }
}
