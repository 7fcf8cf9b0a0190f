//! Runs on a fake machine in which servers take turns.

use record::{Extent, Flaw, FlawKind, Measurement, Plan};

use super::{
    Schedule,
    fake::{Behaviour, FakeMachine},
    fixture,
    measure::Portion,
    whole_run::{run, whole},
};

/// The echo cell alone, in so many rounds.
fn in_rounds(servers: &[&str], rounds: u32) -> Plan {
    let mut plan = fixture::plan(1, servers);
    plan.trials
        .retain(|trial| plan.cells[trial.cell].name == "echo");
    for cell in &mut plan.cells {
        cell.rounds = rounds;
    }
    plan
}

#[test]
fn servers_take_turns_and_each_gets_its_window() {
    let servers = ["a", "b", "c"];
    let machine = FakeMachine::new(&servers.map(|name| (name, Behaviour::Good)));
    let plan = in_rounds(&servers, 4);
    let (finished, file, notes) = run(&machine, &plan, whole(&plan));
    assert!(!finished.interrupted);
    assert_eq!(
        *machine.0.windows.borrow(),
        [
            9001, 9002, 9003, 9003, 9002, 9001, 9001, 9002, 9003, 9003, 9002, 9001
        ]
    );
    // Three starts and four rounds.
    assert_eq!(notes.remaining_ns.len(), 7);
    assert!(
        notes
            .remaining_ns
            .is_sorted_by(|before, after| before >= after)
    );
    for (workload, record) in machine.0.workloads.borrow().iter().zip(&file.trials) {
        assert_eq!(workload.window, Extent::DurationNs(250_000));
        let Some(Measurement::Echo { load, server, .. }) = &record.measurement else {
            panic!("{record:?}");
        };
        assert_eq!((load.window_ns, load.completed), (4_000_000, 400));
        assert_eq!(server.voluntary_switches, 1_000);
        assert!(record.took_ns >= 1_000_000 && record.took_ns < 3_000_000);
    }
}

#[test]
fn a_server_that_fails_in_a_round_leaves_the_others_theirs() {
    for (behaviour, kind, windows) in [
        (Behaviour::Corrupts, FlawKind::Corrupted, 9),
        (Behaviour::ExitsInWindow, FlawKind::Exited, 9),
        (Behaviour::Refuses, FlawKind::ConnectionsFailed, 8),
    ] {
        let machine = FakeMachine::new(&[
            ("good", Behaviour::Good),
            ("bad", behaviour),
            ("fine", Behaviour::Good),
        ]);
        let plan = in_rounds(&["good", "bad", "fine"], 4);
        let (_, file, _) = run(&machine, &plan, whole(&plan));
        assert_eq!(machine.0.windows.borrow().len(), windows, "{behaviour:?}");
        for record in &file.trials {
            let kinds: Vec<_> = record.flaws.iter().map(Flaw::kind).collect();
            if record.entry.contender == "bad" {
                assert_eq!(kinds.first(), Some(&kind), "{behaviour:?}");
            } else {
                assert!(record.is_valid(), "{record:?}");
            }
        }
    }
}

#[test]
fn an_interrupt_abandons_all_that_take_turns_and_a_later_session_makes_them_up() {
    let servers = [("a", Behaviour::Good), ("b", Behaviour::Good)];
    let plan = in_rounds(&["a", "b"], 3);
    for windows in 0..6 {
        let machine = FakeMachine::new(&servers);
        machine.interrupt_after(windows);
        let (finished, file, _) = run(&machine, &plan, whole(&plan));
        assert!(finished.interrupted);
        assert!(file.trials.is_empty());
    }
    // A kill may cut what is written off after any record.
    let machine = FakeMachine::new(&servers);
    let (_, all, _) = run(&machine, &plan, whole(&plan));
    let machine = FakeMachine::new(&servers);
    let portion = Portion {
        schedule: Schedule::after(&plan, &all.trials[..1]).unwrap(),
        ..whole(&plan)
    };
    let (finished, rest, _) = run(&machine, &plan, portion);
    assert!(!finished.interrupted);
    assert_eq!(rest.trials.len(), 1);
    assert!(rest.trials[0].is_valid());
}

#[test]
fn who_waits_in_io_uring_is_no_disk_to_wait_for() {
    for rounds in [1, 4] {
        let machine = FakeMachine::new(&[("good", Behaviour::Good), ("fine", Behaviour::Good)]);
        machine.0.counts_as_disk_wait.set(true);
        let plan = in_rounds(&["good", "fine"], rounds);
        let (_, file, _) = run(&machine, &plan, whole(&plan));
        assert_eq!(file.trials.len(), 2);
        for record in &file.trials {
            assert!(record.is_valid(), "{record:?}");
            assert_eq!(record.machine.unwrap().io_stall_ns, None);
        }
    }
}

#[test]
fn a_disturbed_round_is_measured_once_more_and_is_in_no_figure() {
    let servers = ["a", "b"];
    let machine = FakeMachine::new(&servers.map(|name| (name, Behaviour::Good)));
    machine.steal_after(2);
    let plan = in_rounds(&servers, 4);
    let (_, file, _) = run(&machine, &plan, whole(&plan));
    assert_eq!(
        machine.0.windows.borrow()[..5],
        [9001, 9002, 9002, 9002, 9001]
    );
    assert_eq!(machine.0.windows.borrow().len(), 9);
    for (record, repeated) in file.trials.iter().zip([0, 1]) {
        assert!(record.is_valid(), "{record:?}");
        let Some(Measurement::Echo { load, server, .. }) = &record.measurement else {
            panic!("{record:?}");
        };
        assert_eq!((load.window_ns, load.completed), (4_000_000, 400));
        assert_eq!(server.voluntary_switches, 1_000);
        assert_eq!(record.machine.unwrap().repeated_rounds, repeated);
    }
}

#[test]
fn a_fault_in_a_disturbed_round_stays() {
    let machine = FakeMachine::new(&[("bad", Behaviour::Corrupts)]);
    machine.steal_after(0);
    let plan = in_rounds(&["bad"], 4);
    let (_, file, _) = run(&machine, &plan, whole(&plan));
    assert_eq!(file.trials[0].flaws[0].kind(), FlawKind::Corrupted);
    assert_eq!(machine.0.windows.borrow().len(), 1);
}

#[test]
fn with_short_rounds_every_server_follows_the_reference_as_often_as_another() {
    for count in [4, 5, 8] {
        let names: Vec<String> = (0..count).map(|index| format!("server-{index}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let servers: Vec<_> = names.iter().map(|name| (*name, Behaviour::Good)).collect();
        let machine = FakeMachine::new(&servers);
        let mut plan = in_rounds(&names, 8);
        plan.entries[0].is_reference = true;
        let (finished, _, _) = run(&machine, &plan, whole(&plan));
        assert!(!finished.interrupted);
        let windows = machine.0.windows.borrow();
        let turns_of = |port: &u32| windows.iter().filter(|turn| *turn == port).count();
        let ports = 9001..=9000 + u32::try_from(count).unwrap();
        let reference = ports.clone().max_by_key(turns_of).unwrap();
        let mut others: Vec<u32> = Vec::new();
        for port in windows.iter().filter(|port| **port != reference) {
            if !others.contains(port) {
                others.push(*port);
            }
        }
        // Who stands outermost has the reference next to it more often.
        for port in &others[1..others.len() - 1] {
            let follows = windows.windows(2).filter(|pair| pair[1] == *port);
            let after_reference = follows.filter(|pair| pair[0] == reference).count();
            assert_eq!(
                (turns_of(port), after_reference),
                (8, 4),
                "{port}: {windows:?}"
            );
        }
    }
}
