//! A made-up run: known truth, seeded noise, every kind of cell.
#![allow(dead_code, reason = "every test program uses a part of it")]
#![allow(unreachable_pub, reason = "shared by several programs")]
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

pub mod cases;
pub mod exports;
pub mod flawed;
pub mod measurements;
pub mod pairs;
pub mod truth;

use measurements::Noise;
use record::{
    Calibration, Cell, CheckOutcome, CostKind, CostSize, Effort, EffortLevel, Entry, Host,
    MachineUse, MessageKind, MessageShape, OptionInForce, Plan, PlannedTrial, Repetition, Role,
    RunEnd, RunHeader, RunLine, Rung, SCHEMA_VERSION, Scenario, ScenarioKind, Spacing,
    ToolchainFacts, TrialRecord,
};
use report::Run;
use truth::{Truth, reference, servers};

const SECOND_NS: u64 = 1_000_000_000;
const STARTED_NS: u64 = 1_795_170_000 * SECOND_NS;

/// Files of a run's folder in which the columns of conformance and hazards stand.
pub const PAGES_WITH_TESTS: [&str; 5] = [
    "README.md",
    "cpu.md",
    "throughput.md",
    "latency.md",
    "handshakes.md",
];

/// A whole run of `blocks` blocks over all servers.
pub fn run(blocks: u32) -> Run {
    run_of(blocks, &servers(), scenarios(), 0.008)
}

/// A whole run over the given servers and scenarios; `noise` is the standard
/// deviation of a trial relative to its value.
pub fn run_of(blocks: u32, servers: &[Truth], scenarios: Vec<Scenario>, noise: f64) -> Run {
    let plan = plan(blocks, servers, scenarios);
    let mut random = Noise::new(plan.seed, noise);
    let trials: Vec<TrialRecord> = plan
        .trials
        .iter()
        .map(|planned| {
            let cell = &plan.cells[planned.cell];
            let scenario = plan.scenario_of(cell).expect("every cell has a scenario");
            TrialRecord {
                number: planned.number,
                block: planned.block,
                attempt: 0,
                cell: cell.name.clone(),
                scenario: scenario.name.clone(),
                entry: plan.entries[planned.entry].key.clone(),
                started_at_unix_ns: STARTED_NS + u64::from(planned.number) * 2 * SECOND_NS,
                took_ns: SECOND_NS * 19 / 10,
                flaws: Vec::new(),
                measurement: Some(measurements::of(
                    &servers[planned.entry],
                    &scenario.kind,
                    cell.rung,
                    &mut random,
                )),
                machine: Some(MachineUse {
                    ticks_per_s: 100,
                    elapsed_ticks: 100,
                    ..MachineUse::default()
                }),
                beside: None,
            }
        })
        .collect();
    let took_ns = trials.len() as u64 * 2 * SECOND_NS;
    Run {
        end: Some(RunEnd {
            ended_at_unix_ns: STARTED_NS + took_ns,
            took_ns,
            interrupted: false,
            whole_blocks: blocks,
        }),
        header: header(plan, servers),
        trials,
        cut_line: None,
    }
}

/// The run as the text of its file.
pub fn ndjson(run: &Run) -> String {
    let mut lines = vec![RunLine::Header(Box::new(run.header.clone()))];
    lines.extend(
        run.trials
            .iter()
            .cloned()
            .map(|trial| RunLine::Trial(Box::new(trial))),
    );
    lines.extend(run.end.clone().map(RunLine::End));
    let mut text = String::new();
    for line in lines {
        text += &serde_json::to_string(&line).expect("records serialise");
        text.push('\n');
    }
    text
}

fn header(plan: Plan, servers: &[Truth]) -> RunHeader {
    let checks = plan
        .entries
        .iter()
        .filter(|entry| entry.key.role != Role::Again)
        .map(|entry| CheckOutcome {
            entry: entry.key.clone(),
            flaws: Vec::new(),
            options: vec![OptionInForce {
                name: "TCP_NODELAY".to_owned(),
                value: "true".to_owned(),
            }],
        })
        .collect();
    RunHeader {
        schema_version: SCHEMA_VERSION,
        started_at_unix_ns: STARTED_NS,
        started_at: "2026-11-20T13:00:00Z".to_owned(),
        command: "cargo run --release -p bench-harness -- --all --seed 42".to_owned(),
        commit: Some("5d86a42c0ffee0123456789abcdef0123456789a".to_owned()),
        dirty: false,
        host: Host {
            name: "bench-host".to_owned(),
            cpu_model: "Example CPU 9000".to_owned(),
            cpus: 2,
            memory_bytes: 8 << 30,
            operating_system: "Debian GNU/Linux 12".to_owned(),
            kernel: "6.1.0".to_owned(),
            hypervisor: Some("KVM".to_owned()),
            governor: None,
            open_files: 1_048_576,
            backlog_limit: 4096,
            congestion_control: Some("cubic".to_owned()),
            clock_source: None,
            server_cpus: vec![0],
            client_cpus: vec![1],
            shared_core: None,
        },
        toolchain: ToolchainFacts {
            rustc: "rustc 1.95.0".to_owned(),
            cargo: "cargo 1.95.0".to_owned(),
            target: "x86_64-unknown-linux-gnu".to_owned(),
            rustflags: String::new(),
            profile: "release: opt-level 3, fat LTO, 1 codegen unit".to_owned(),
            overrides: Default::default(),
            go: None,
        },
        contenders: truth::built(servers),
        programs: Vec::new(),
        generator: None,
        left_out_levels: Vec::new(),
        checks,
        calibrations: vec![Calibration {
            scenario: "fixed-rate-512b-text".to_owned(),
            capacities_per_s: servers
                .iter()
                .map(|server| (server.key(), 1e9 / server.cpu_ns(512, 1)))
                .collect(),
            slowest: servers[0].key(),
            rung_rates_per_s: measurements::RATES_PER_S.to_vec(),
        }],
        plan,
        estimate_ns: 1000 * SECOND_NS,
    }
}

fn plan(blocks: u32, servers: &[Truth], scenarios: Vec<Scenario>) -> Plan {
    let mut cells = Vec::new();
    for scenario in &scenarios {
        let is_ladder = matches!(scenario.kind, ScenarioKind::RateLadder { .. });
        for (index, name) in scenario.cell_names().into_iter().enumerate() {
            cells.push(Cell {
                rounds: 1,
                name,
                scenario: scenario.name.clone(),
                rung: is_ladder.then_some(index),
            });
        }
    }
    let entries: Vec<Entry> = servers
        .iter()
        .map(|server| Entry {
            is_reference: server.key() == reference(),
            key: server.key(),
        })
        .collect();
    let mut plan = Plan {
        seed: 42,
        tolerates_disturbance: false,
        effort: Effort {
            rounds: 1,
            level: EffortLevel::Standard,
            blocks,
            exact_blocks: 2,
            warm_up_ns: SECOND_NS / 4,
            window_ns: SECOND_NS,
            rate_window_ns: SECOND_NS,
            idle_level_limit: 10_000,
        },
        scenarios,
        entries,
        cells,
        trials: Vec::new(),
    };
    for block in 0..blocks {
        for (index, cell) in plan.cells.iter().enumerate() {
            let twice = plan.scenario_of(cell).map(|it| it.repetition) == Some(Repetition::Twice);
            if twice && block >= plan.effort.exact_blocks {
                continue;
            }
            for entry in 0..plan.entries.len() {
                plan.trials.push(PlannedTrial {
                    number: plan.trials.len() as u32,
                    block,
                    cell: index,
                    entry,
                });
            }
        }
    }
    plan
}

/// The scenarios of a published run.
pub fn scenarios() -> Vec<Scenario> {
    use MessageKind::{Binary, TextAscii, TextMultibyte};
    let shape = |kind, size_bytes| MessageShape { kind, size_bytes };
    let echo = |connections, in_flight, message| ScenarioKind::Echo {
        connections,
        in_flight,
        message,
    };
    let make = |name: &str, title: &str, order, repetition, kind| Scenario {
        name: name.to_owned(),
        title: title.to_owned(),
        why: format!("Why {title} is measured."),
        order,
        repetition,
        kind,
    };
    let every = |name, title, order, kind| make(name, title, order, Repetition::EveryBlock, kind);
    let twice = |name, title, order, kind| make(name, title, order, Repetition::Twice, kind);
    let rung = |name: &str, fraction_of_slowest| Rung {
        name: name.to_owned(),
        fraction_of_slowest,
    };
    let sizes_bytes = vec![125, 1024, 16_384, 1_048_576];
    #[rustfmt::skip]
    let scenarios = vec![
        every("echo-125b-binary", "Echo of 125 B, binary", 10, echo(64, 1, shape(Binary, 125))),
        every("echo-1k-text", "Echo of 1 KiB, multi-byte text", 20, echo(64, 1, shape(TextMultibyte, 1024))),
        every("echo-1k-ascii", "Echo of 1 KiB, ASCII text", 30, echo(64, 1, shape(TextAscii, 1024))),
        every("echo-16k-binary", "Echo of 16 KiB, binary", 40, echo(64, 1, shape(Binary, 16_384))),
        every("echo-1m-binary", "Echo of 1 MiB, binary", 50, echo(8, 1, shape(Binary, 1_048_576))),
        every("pipelined-64b-binary", "Pipelined: 64 B, 16 in flight", 60, echo(64, 16, shape(Binary, 64))),
        every("fixed-rate-512b-text", "Fixed rate: 512 B, multi-byte text, 256 connections", 70,
            ScenarioKind::RateLadder {
                connections: 256,
                message: shape(TextMultibyte, 512),
                spacing: Spacing::Dithered,
                rungs: vec![rung("25", 0.25), rung("50", 0.50), rung("75", 0.75)],
            }),
        every("handshakes", "Opening handshakes", 80, ScenarioKind::Handshakes { concurrency: 32 }),
        twice("idle", "Idle connections", 90, ScenarioKind::Idle { levels: vec![1000, 10_000] }),
        twice("allocations", "Allocations per message", 100, ScenarioKind::AllocationsPerMessage {
            sizes_bytes: sizes_bytes.clone(), messages: 256, keep: 0,
        }),
        twice("allocations-kept", "Allocations per kept message", 110, ScenarioKind::AllocationsPerMessage {
            sizes_bytes, messages: 256, keep: 64,
        }),
        twice("allocations-connection", "Allocations per connection", 120, ScenarioKind::AllocationsPerConnection {
            handshakes: 256, connections: 256,
        }),
        twice("system-calls", "System calls per message", 130, ScenarioKind::PerMessageCosts {
            counted: CostKind::SystemCalls, sizes: vec![cost_size(125), cost_size(16_384)],
        }),
        twice("instructions", "Instructions per message", 140, ScenarioKind::PerMessageCosts {
            counted: CostKind::Instructions, sizes: vec![cost_size(125), cost_size(16_384)],
        }),
    ];
    scenarios
}

fn cost_size(size_bytes: u64) -> CostSize {
    CostSize {
        size_bytes,
        fewer: 100,
        more: 1_100,
    }
}
