//! A run in which much went wrong, and that is not finished.

use record::{
    AllocationStep, BuildOutcome, BuiltContender, CheckOutcome, Disturbance, EntryKey, Flaw,
    Measurement, Role, RunHeader, Scenario, TrialRecord, Variant,
};
use report::Run;

use super::{
    run_of, scenarios,
    truth::{Truth, servers},
};

/// Six planned blocks; the last one is not whole and the file's last line is
/// cut off.
pub fn run() -> Run {
    let mut run = run_of(6, &some_servers(), some_scenarios(), 0.008);
    wrong_bytes(&mut run);
    redone_after_a_disturbance(&mut run);
    rate_not_reached(&mut run);
    close_not_answered(&mut run);
    odd_allocations(&mut run);
    odd_costs(&mut run);
    saturated_generator(&mut run);
    without_ticks(&mut run);
    failed_check(&mut run);
    failed_build(&mut run.header);
    run.header.dirty = true;
    let block_five = run.trials.iter().position(|trial| trial.block == 5);
    run.trials
        .truncate(block_five.expect("there are six blocks") + 20);
    run.end = None;
    run.cut_line = Some(run.trials.len() + 2);
    run
}

pub fn key(name: &str, variant: Variant) -> EntryKey {
    EntryKey {
        contender: name.to_owned(),
        variant,
        role: if name == "raw-tcp" {
            Role::Baseline
        } else {
            Role::Contender
        },
    }
}

/// Few servers, so that a person can read the golden files.
pub fn some_servers() -> Vec<Truth> {
    let names = [
        "raw-tcp",
        "handwritten",
        "tokio-tungstenite",
        "fastwebsockets",
        "ws-tool-tokio",
    ];
    servers()
        .into_iter()
        .filter(|truth| names.contains(&truth.name))
        .collect()
}

/// One scenario of each kind, and two of echoes.
pub fn some_scenarios() -> Vec<Scenario> {
    let left_out = [
        "echo-1k-text",
        "echo-1k-ascii",
        "echo-16k-binary",
        "pipelined-64b-binary",
    ];
    let mut scenarios = scenarios();
    scenarios.retain(|scenario| !left_out.contains(&scenario.name.as_str()));
    scenarios
}

fn each<'a>(
    run: &'a mut Run,
    cell: &'a str,
    entry: &EntryKey,
) -> impl Iterator<Item = &'a mut TrialRecord> {
    let entry = entry.clone();
    run.trials
        .iter_mut()
        .filter(move |trial| trial.cell == cell && trial.entry == entry)
}

/// One server does not run under valgrind, one counts other calls each time.
fn odd_costs(run: &mut Run) {
    let entry = key("raw-tcp", Variant::Default);
    for trial in each(run, "instructions", &entry) {
        trial.measurement = None;
        trial.flaws.push(Flaw::ToolFailed {
            tool: "valgrind".to_owned(),
            error: "it does not know the system call 441 (epoll_pwait2)".to_owned(),
        });
    }
    let entry = key("ws-tool-tokio", Variant::Default);
    for trial in each(run, "system-calls", &entry) {
        let further = u64::from(trial.block) * 500;
        if let Some(Measurement::Costs(costs)) = &mut trial.measurement {
            for step in &mut costs.steps {
                step.more.total += further;
                step.more.by_name.insert("futex".to_owned(), further);
            }
        }
    }
}

fn wrong_bytes(run: &mut Run) {
    let entry = key("fastwebsockets", Variant::Default);
    for trial in each(run, "echo-1m-binary", &entry) {
        trial.flaws.push(Flaw::Corrupted { count: 17 });
    }
}

/// Block 2 of a cell was disturbed, and all its servers ran again; one of them
/// had crashed in the first attempt.
fn redone_after_a_disturbance(run: &mut Run) {
    let is_of_row = |trial: &TrialRecord| trial.block == 1 && trial.cell == "echo-125b-binary";
    let again: Vec<TrialRecord> = run
        .trials
        .iter()
        .filter(|trial| is_of_row(trial))
        .map(|trial| TrialRecord {
            attempt: 1,
            ..trial.clone()
        })
        .collect();
    for trial in run.trials.iter_mut().filter(|trial| is_of_row(trial)) {
        // What a disturbed attempt says of those that were valid is in no figure.
        if let Some(Measurement::Echo { load, .. }) = &mut trial.measurement {
            load.observed_cpu_ns = load.observed_cpu_ns.map(|ns| ns * 3);
        }
        match trial.entry.contender.as_str() {
            "tokio-tungstenite" if trial.entry.variant == Variant::Tuned => {
                trial.measurement = None;
                trial.flaws.push(Flaw::Exited {
                    status: "signal 6".to_owned(),
                    stderr: "thread 'main' panicked at `a|b`:\n<b>*index*</b> out of bounds"
                        .to_owned(),
                });
            }
            "fastwebsockets" => trial.flaws.push(Flaw::Disturbed {
                by: Disturbance::Steal,
                share: 0.213,
                bound: 0.05,
            }),
            _ => {}
        }
    }
    let last = run.trials.iter().rposition(|trial| trial.block == 1);
    let end = last.expect("there are six blocks") + 1;
    run.trials.splice(end..end, again);
}

fn rate_not_reached(run: &mut Run) {
    let entry = key("ws-tool-tokio", Variant::Default);
    for trial in each(run, "fixed-rate-512b-text-75", &entry) {
        if trial.block != 3 {
            trial.flaws.push(Flaw::RateNotReached { ratio: 0.913 });
        }
    }
    for trial in each(run, "fixed-rate-512b-text-50", &entry).take(1) {
        trial.flaws.push(Flaw::RateNotReached { ratio: 0.985 });
    }
}

fn close_not_answered(run: &mut Run) {
    let entry = key("ws-tool-tokio", Variant::Default);
    for trial in each(run, "handshakes", &entry) {
        trial.flaws.push(Flaw::ProtocolViolated {
            count: 311,
            first: "a Close frame was not answered (RFC 6455 section 5.5.1)".to_owned(),
        });
        if let Some(Measurement::Handshakes { load, .. }) = &mut trial.measurement
            && let Some(counts) = &mut load.handshakes
        {
            counts.not_closed = 311;
        }
    }
}

fn steps(trial: &mut TrialRecord) -> &mut [AllocationStep] {
    match &mut trial.measurement {
        Some(Measurement::Allocations(measured)) => &mut measured.steps,
        _ => panic!("no allocation trial"),
    }
}

/// One server whose counts wander, one that can't count.
fn odd_allocations(run: &mut Run) {
    let wanders = key("fastwebsockets", Variant::Default);
    for trial in each(run, "allocations-kept", &wanders) {
        for step in steps(trial) {
            step.counts.allocations = Some(260);
            step.counts_again.allocations = Some(257);
            step.counts.reallocations = Some(512);
            step.counts_again.reallocations = Some(512);
        }
    }
    let silent = key("ws-tool-tokio", Variant::Default);
    for trial in each(run, "allocations", &silent) {
        for step in steps(trial) {
            step.counts = record::AllocationCounts::default();
            step.counts_again = record::AllocationCounts::default();
        }
    }
}

fn saturated_generator(run: &mut Run) {
    let entry = key("raw-tcp", Variant::Default);
    for trial in each(run, "echo-1m-binary", &entry) {
        if let Some(Measurement::Echo { load, .. }) = &mut trial.measurement {
            load.generator_cpu_ns = load.drained_ns * 97 / 100;
            load.observed_cpu_ns = load.observed_cpu_ns.map(|ns| ns / 2);
        }
    }
}

/// A server so cheap that the kernel never sampled it.
fn without_ticks(run: &mut Run) {
    let entry = key("handwritten", Variant::Default);
    let entry = EntryKey {
        role: Role::Baseline,
        ..entry
    };
    for trial in each(run, "echo-125b-binary", &entry) {
        if let Some(Measurement::Echo { load, .. }) = &mut trial.measurement {
            load.observed_user_ticks = Some(0);
            load.observed_kernel_ticks = Some(0);
        }
    }
}

/// In the plan, but it lied in the check and never ran.
fn failed_check(run: &mut Run) {
    let liar = key("liar", Variant::Default);
    run.header.plan.entries.push(record::Entry {
        key: liar.clone(),
        is_reference: false,
    });
    run.header.checks.push(CheckOutcome {
        entry: liar,
        flaws: vec![Flaw::WrongOpcode { count: 3 }],
        options: Vec::new(),
    });
}

/// Not even in the plan.
fn failed_build(header: &mut RunHeader) {
    let facts = header.contenders[2].facts.clone();
    header.contenders.push(BuiltContender {
        name: "broken".to_owned(),
        facts,
        version: "9.9.9".to_owned(),
        build: BuildOutcome::Failed {
            error: "error[E0425]: cannot find value `x` in this scope".to_owned(),
        },
    });
}
