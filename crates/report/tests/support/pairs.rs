//! Runs of a known truth, each with noise of its own, to hold against each
//! other.

use record::{BuildOutcome, MessageKind, MessageShape, Scenario, ScenarioKind};
use report::Run;

use super::{
    measurements::{self, Noise},
    run_of, scenarios,
    truth::{Truth, servers},
};

/// Baselines, reference, two contenders and the twin.
pub fn few_servers() -> Vec<Truth> {
    let names = [
        "raw-tcp",
        "handwritten",
        "tokio-tungstenite",
        "fastwebsockets",
    ];
    servers()
        .into_iter()
        .filter(|truth| names.contains(&truth.name))
        .collect()
}

/// Scenarios with something of each kind that is compared.
pub const SCENARIOS: [&str; 5] = [
    "echo-125b-binary",
    "echo-1k-text",
    "fixed-rate-512b-text",
    "idle",
    "allocations",
];

/// A run over these, whose noise comes from `seed`.
pub fn some_run(seed: u64, blocks: u32) -> Run {
    seeded(seed, blocks, &few_servers(), &some_scenarios(&SCENARIOS))
}

/// The named ones of the published scenarios.
pub fn some_scenarios(names: &[&str]) -> Vec<Scenario> {
    let mut some = scenarios();
    some.retain(|scenario| names.contains(&scenario.name.as_str()));
    some
}

/// A run over `servers` whose noise comes from `seed`.
pub fn seeded(seed: u64, blocks: u32, servers: &[Truth], scenarios: &[Scenario]) -> Run {
    let mut run = run_of(blocks, servers, scenarios.to_vec(), 0.0);
    let mut noise = Noise::new(seed, 0.008);
    let plan = &run.header.plan;
    for (trial, planned) in run.trials.iter_mut().zip(&plan.trials) {
        let cell = &plan.cells[planned.cell];
        let scenario = plan.scenario_of(cell).expect("every cell has a scenario");
        let truth = &servers[planned.entry];
        trial.measurement = Some(measurements::of(
            truth,
            &scenario.kind,
            cell.rung,
            &mut noise,
        ));
    }
    run.header.plan.seed = seed;
    run
}

/// The same servers, but for one that costs `factor` times as much.
pub fn with_slower(servers: &[Truth], name: &str, factor: f64) -> Vec<Truth> {
    let mut servers = servers.to_vec();
    for truth in servers.iter_mut().filter(|truth| truth.name == name) {
        truth.per_message_ns *= factor;
        truth.per_byte_ns *= factor;
    }
    servers
}

/// Another version of a contender in the header.
pub fn with_version(mut run: Run, name: &str, version: &str) -> Run {
    for contender in &mut run.header.contenders {
        if contender.name == name {
            version.clone_into(&mut contender.version);
            contender.build = BuildOutcome::Built {
                binary_bytes: 2_000_000,
                feature_hash: "another".to_owned(),
            };
        }
    }
    run
}

/// The scenario `echo-125b-binary` means something else.
pub fn with_other_scenario(mut run: Run) -> Run {
    for scenario in &mut run.header.plan.scenarios {
        if scenario.name == "echo-125b-binary" {
            scenario.kind = ScenarioKind::Echo {
                connections: 64,
                in_flight: 2,
                message: MessageShape {
                    kind: MessageKind::Binary,
                    size_bytes: 125,
                },
            };
        }
    }
    run
}
