//! Whole runs on a fake machine: what fails is written down as what it is, and
//! the rest goes on.

use std::{fs, path::Path};

use record::{
    Calibration, Disturbance, Flaw, FlawKind, Measurement, Plan, RunEnd, RunLine, TrialRecord,
};

use super::{
    Due, Recorder, Schedule, Watch,
    fake::{Behaviour, FakeMachine},
    fixture,
    measure::{Finished, Portion, measure},
};
use crate::plan::plan_ns;

/// Notes what it is told.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) blocks: Vec<u32>,
    pub(super) remaining_ns: Vec<u64>,
}

impl Watch for Notes {
    fn trial_starts(&mut self, _: &Plan, _: Due<'_>, remaining_ns: u64) {
        self.remaining_ns.push(remaining_ns);
    }

    fn round_starts(&mut self, _: &Plan, _: Due<'_>, _: u32, remaining_ns: u64) {
        self.remaining_ns.push(remaining_ns);
    }

    fn trials_ended(&mut self, _: &[TrialRecord]) {}

    fn block_ended(&mut self, _: &Plan, block: u32) {
        self.blocks.push(block);
    }
}

fn calibrations() -> Vec<Calibration> {
    vec![Calibration {
        scenario: "ladder".to_owned(),
        capacities_per_s: Vec::new(),
        slowest: fixture::key("good"),
        rung_rates_per_s: vec![5_000.0],
    }]
}

pub(super) struct RunFile {
    pub(super) trials: Vec<TrialRecord>,
    pub(super) ends: Vec<RunEnd>,
}

fn read(path: &Path) -> RunFile {
    let mut file = RunFile {
        trials: Vec::new(),
        ends: Vec::new(),
    };
    for line in fs::read_to_string(path).unwrap().lines() {
        match serde_json::from_str(line).unwrap() {
            RunLine::Trial(trial) => file.trials.push(*trial),
            RunLine::End(end) => file.ends.push(end),
            RunLine::Header(_) => panic!("no header was written"),
        }
    }
    file
}

/// A run from its beginning.
pub(super) fn whole(plan: &Plan) -> Portion<'_> {
    Portion {
        schedule: Schedule::new(plan),
        done_took_ns: 0,
        budget_ns: None,
    }
}

pub(super) fn run(
    machine: &FakeMachine,
    plan: &Plan,
    portion: Portion<'_>,
) -> (Finished, RunFile, Notes) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.ndjson");
    let mut recorder = Recorder::create(&path).unwrap();
    let mut notes = Notes::default();
    let finished = measure(
        &machine.bench(),
        plan,
        &calibrations(),
        &mut recorder,
        portion,
        &mut notes,
    )
    .unwrap();
    assert_eq!(machine.0.alive.get(), 0, "a server outlived its trial");
    (finished, read(&path), notes)
}

#[test]
fn good_servers_give_a_number_in_every_cell_in_the_order_of_the_plan() {
    let machine = FakeMachine::new(&[("good", Behaviour::Good), ("fine", Behaviour::Good)]);
    let plan = fixture::plan(2, &["good", "fine"]);
    let (finished, file, notes) = run(&machine, &plan, whole(&plan));

    assert_eq!(
        finished,
        Finished {
            interrupted: false,
            whole_blocks: 2
        }
    );
    assert_eq!(notes.blocks, [0, 1]);
    assert_eq!(notes.remaining_ns[0], plan_ns(&plan));
    assert!(notes.remaining_ns.iter().all(|&ns| ns > 0));
    assert_eq!(file.trials.len(), plan.trials.len());
    for (record, planned) in file.trials.iter().zip(&plan.trials) {
        assert_eq!(record.number, planned.number);
        assert_eq!(record.block, planned.block);
        assert_eq!(record.cell, plan.cells[planned.cell].name);
        assert_eq!(record.entry, plan.entries[planned.entry].key);
        assert!(record.is_valid(), "{record:?}");
        let fits = match (record.scenario.as_str(), record.measurement.as_ref()) {
            ("echo", Some(Measurement::Echo { offered_per_s, .. })) => offered_per_s.is_none(),
            ("ladder", Some(Measurement::Echo { offered_per_s, .. })) => {
                *offered_per_s == Some(5_000.0)
            }
            ("handshakes", Some(Measurement::Handshakes { .. })) => true,
            ("idle", Some(Measurement::Idle { levels })) => levels
                .iter()
                .map(|level| level.connections)
                .eq([0, 10, 100]),
            ("allocations", Some(Measurement::Allocations(counted))) => {
                counted.keep == 4 && counted.steps.len() == 2
            }
            ("allocations-connection", Some(Measurement::Allocations(counted))) => {
                counted.steps.iter().map(|step| step.times).eq([5, 7])
            }
            _ => false,
        };
        assert!(fits, "{record:?}");
    }
    assert!(!file.ends[0].interrupted);
    assert_eq!(file.ends[0].whole_blocks, 2);
}

#[test]
fn servers_of_a_cell_get_the_same_bytes_and_cells_get_others() {
    let machine = FakeMachine::new(&[("good", Behaviour::Good), ("fine", Behaviour::Good)]);
    let mut plan = fixture::plan(2, &["good", "fine"]);
    plan.trials
        .retain(|trial| plan.cells[trial.cell].name == "echo");
    run(&machine, &plan, whole(&plan));
    let workloads = machine.0.workloads.borrow();
    let seeds: Vec<u64> = workloads.iter().map(|workload| workload.seed).collect();
    assert_eq!(seeds.len(), 4);
    assert_eq!(seeds[0], seeds[1]);
    assert_eq!(seeds[2], seeds[3]);
    assert_ne!(seeds[0], seeds[2]);
}

#[test]
fn each_fault_is_named_as_what_it_is_and_the_others_go_on() {
    let faults = [
        (Behaviour::NotStarted, FlawKind::NotStarted),
        (Behaviour::NeverReady, FlawKind::NeverReady),
        (Behaviour::BadReady, FlawKind::BadReadyLine),
        (Behaviour::ExitsAtOnce, FlawKind::Exited),
        (Behaviour::Refuses, FlawKind::ConnectionsFailed),
        (Behaviour::Corrupts, FlawKind::Corrupted),
        (Behaviour::ExitsInWindow, FlawKind::Exited),
        (Behaviour::BreaksGenerator, FlawKind::GeneratorFailed),
    ];
    for (behaviour, kind) in faults {
        let machine = FakeMachine::new(&[("bad", behaviour), ("good", Behaviour::Good)]);
        let mut plan = fixture::plan(1, &["bad", "good"]);
        plan.trials
            .retain(|trial| matches!(plan.cells[trial.cell].name.as_str(), "echo" | "ladder-50"));
        let (_, file, _) = run(&machine, &plan, whole(&plan));
        // What may be the tool's fault is tried again, what is the server's isn't.
        let tried = if kind.may_be_the_machine_s() { 8 } else { 4 };
        assert_eq!(file.trials.len(), tried);
        for record in &file.trials {
            if record.entry.contender == "bad" {
                assert_eq!(
                    record.flaws.first().map(record::Flaw::kind),
                    Some(kind),
                    "{behaviour:?}: {:?}",
                    record.flaws
                );
            } else {
                assert!(record.is_valid(), "{behaviour:?}: {record:?}");
            }
        }
    }
}

#[test]
fn a_slow_server_flaws_the_fixed_rate_only() {
    let machine = FakeMachine::new(&[("slow", Behaviour::Slow)]);
    let mut plan = fixture::plan(1, &["slow"]);
    plan.trials
        .retain(|trial| matches!(plan.cells[trial.cell].name.as_str(), "echo" | "ladder-50"));
    let (_, file, _) = run(&machine, &plan, whole(&plan));
    for record in &file.trials {
        let kinds: Vec<_> = record.flaws.iter().map(record::Flaw::kind).collect();
        if record.scenario == "ladder" {
            assert_eq!(kinds, [FlawKind::RateNotReached]);
        } else {
            assert!(kinds.is_empty());
        }
    }
}

#[test]
fn a_disturbed_cell_is_kept_and_runs_again() {
    let machine = FakeMachine::new(&[("good", Behaviour::Good), ("fine", Behaviour::Good)]);
    let mut plan = fixture::plan(1, &["good", "fine"]);
    plan.trials
        .retain(|trial| matches!(plan.cells[trial.cell].name.as_str(), "echo" | "handshakes"));
    machine.steal_after(1);
    let (finished, file, notes) = run(&machine, &plan, whole(&plan));
    assert!(!finished.interrupted);
    assert_eq!((finished.whole_blocks, notes.blocks), (1, vec![0]));

    let attempts: Vec<u32> = file.trials.iter().map(|trial| trial.attempt).collect();
    assert_eq!(attempts, [0, 0, 0, 0, 1, 1]);
    for (place, trial) in file.trials.iter().enumerate() {
        let disturbed = matches!(
            trial.flaws.as_slice(),
            [Flaw::Disturbed {
                by: Disturbance::Steal,
                ..
            }]
        );
        assert_eq!(disturbed, place == 1, "{trial:?}");
        assert!(trial.measurement.is_some());
        if trial.attempt == 1 {
            assert_eq!(trial.cell, file.trials[1].cell);
        }
    }
}

#[test]
fn counts_that_can_not_be_had_are_no_numbers() {
    for behaviour in [Behaviour::BadStats, Behaviour::SilentStats] {
        let machine = FakeMachine::new(&[("bad", behaviour)]);
        let mut plan = fixture::plan(1, &["bad"]);
        plan.trials
            .retain(|trial| plan.cells[trial.cell].name == "allocations");
        let (_, file, _) = run(&machine, &plan, whole(&plan));
        let record = &file.trials[0];
        assert_eq!(record.flaws[0].kind(), FlawKind::ControlFailed);
        assert_eq!(record.measurement, None);
    }
}

#[test]
fn too_few_open_files_are_named() {
    let machine = FakeMachine::new(&[("good", Behaviour::Good)]);
    machine.0.file_limit.set(100);
    let mut plan = fixture::plan(1, &["good"]);
    plan.trials
        .retain(|trial| plan.cells[trial.cell].name == "idle");
    let (_, file, _) = run(&machine, &plan, whole(&plan));
    assert_eq!(file.trials[0].flaws[0].kind(), FlawKind::TooFewFiles);
    assert!(machine.0.calls.borrow().is_empty());
}

#[test]
fn a_ladder_without_rates_is_named() {
    let machine = FakeMachine::new(&[("good", Behaviour::Good)]);
    let mut plan = fixture::plan(1, &["good"]);
    plan.trials
        .retain(|trial| plan.cells[trial.cell].scenario == "ladder");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.ndjson");
    let mut recorder = Recorder::create(&path).unwrap();
    measure(
        &machine.bench(),
        &plan,
        &[],
        &mut recorder,
        whole(&plan),
        &mut Notes::default(),
    )
    .unwrap();
    assert_eq!(
        read(&path).trials[0].flaws[0].kind(),
        FlawKind::GeneratorFailed
    );
}

#[test]
fn an_interrupted_run_keeps_what_it_has_and_continues_to_the_same_plan() {
    let servers = [("good", Behaviour::Good), ("fine", Behaviour::Good)];
    let plan = fixture::plan(2, &["good", "fine"]);
    for windows in 0..12 {
        let machine = FakeMachine::new(&servers);
        machine.interrupt_after(windows);
        let (finished, first, _) = run(&machine, &plan, whole(&plan));
        assert!(finished.interrupted);
        assert!(first.ends[0].interrupted);
        assert!(first.trials.len() < plan.trials.len());

        let machine = FakeMachine::new(&servers);
        let portion = Portion {
            schedule: Schedule::after(&plan, &first.trials).unwrap(),
            done_took_ns: first.ends[0].took_ns,
            budget_ns: None,
        };
        let (finished, second, _) = run(&machine, &plan, portion);
        assert!(!finished.interrupted);
        assert_eq!(finished.whole_blocks, 2);
        assert!(second.ends[0].took_ns > first.ends[0].took_ns);
        let numbers = first.trials.iter().chain(&second.trials);
        assert!(
            numbers
                .map(|trial| trial.number)
                .eq(0..u32::try_from(plan.trials.len()).unwrap())
        );
    }
}

#[test]
fn a_budget_ends_the_run_after_a_whole_block() {
    let machine = FakeMachine::new(&[("good", Behaviour::Good)]);
    let plan = fixture::plan(5, &["good"]);
    let (_, all, _) = run(&machine, &plan, whole(&plan));
    let block_ns = |block| {
        let trials = all.trials.iter().filter(|trial| trial.block == block);
        trials.map(|trial| trial.took_ns).sum::<u64>()
    };
    let portion = Portion {
        budget_ns: Some(block_ns(0) + block_ns(1)),
        ..whole(&plan)
    };
    let (finished, file, notes) = run(&machine, &plan, portion);
    assert_eq!(finished.whole_blocks, 2);
    assert_eq!(notes.blocks, [0, 1]);
    assert!(!finished.interrupted, "nobody pressed Ctrl-C");
    assert!(file.ends[0].interrupted, "the plan is not at its end");

    let portion = Portion {
        budget_ns: Some(1),
        ..whole(&plan)
    };
    let (finished, ..) = run(&machine, &plan, portion);
    assert_eq!(finished.whole_blocks, 1, "the first block always runs");
}

#[test]
fn servers_are_started_by_the_contract() {
    let machine = FakeMachine::new(&[("good", Behaviour::Good)]);
    let plan = fixture::plan(1, &["good"]);
    run(&machine, &plan, whole(&plan));
    let calls = machine.0.calls.borrow();
    assert_eq!(calls.len(), plan.trials.len());
    for call in calls.iter() {
        let arguments = call.arguments.join(" ");
        assert!(
            arguments.starts_with("--listen 127.0.0.1:0 --threads 1 --variant default"),
            "{arguments}"
        );
        assert_eq!(call.cpus, [0]);
    }
    let keeping = calls.iter().filter(|call| {
        call.arguments
            .ends_with(&["--keep".to_owned(), "4".to_owned()])
    });
    assert_eq!(keeping.count(), 1);
}
