//! Plans and results that tests start from.

use record::{
    Effort, EffortLevel, EncodedHistogram, Entry, EntryKey, Host, LoadResult, MessageKind,
    MessageShape, Plan, ProgramFacts, Repetition, Role, RunHeader, Rung, SCHEMA_VERSION, Scenario,
    ScenarioKind, Spacing, ToolchainFacts, Variant, VerificationCounts, new_latency_histogram,
};

use crate::plan::make;

/// The row of a server.
pub(crate) fn key(name: &str) -> EntryKey {
    EntryKey {
        contender: name.to_owned(),
        variant: Variant::Default,
        role: Role::Contender,
    }
}

/// An effort of so many blocks with windows of 1 ms.
pub(crate) fn effort(blocks: u32) -> Effort {
    Effort {
        level: EffortLevel::Quick,
        blocks,
        exact_blocks: 1,
        rounds: 1,
        warm_up_ns: 1_000_000,
        window_ns: 1_000_000,
        rate_window_ns: 1_000_000,
        idle_level_limit: 1_000,
    }
}

/// One scenario of each kind that needs no tool beside the programs.
pub(crate) fn scenarios() -> Vec<Scenario> {
    let message = MessageShape {
        kind: MessageKind::Binary,
        size_bytes: 125,
    };
    let scenario = |name: &str, repetition, kind| Scenario {
        name: name.to_owned(),
        title: name.to_owned(),
        why: "a test".to_owned(),
        order: 1,
        repetition,
        kind,
    };
    vec![
        scenario(
            "echo",
            Repetition::EveryBlock,
            ScenarioKind::Echo {
                connections: 4,
                in_flight: 1,
                message,
            },
        ),
        scenario(
            "ladder",
            Repetition::EveryBlock,
            ScenarioKind::RateLadder {
                connections: 4,
                message,
                spacing: Spacing::Dithered,
                rungs: vec![Rung {
                    name: "50".to_owned(),
                    fraction_of_slowest: 0.5,
                }],
            },
        ),
        scenario(
            "handshakes",
            Repetition::EveryBlock,
            ScenarioKind::Handshakes { concurrency: 2 },
        ),
        scenario(
            "idle",
            Repetition::Twice,
            ScenarioKind::Idle {
                levels: vec![10, 100],
            },
        ),
        scenario(
            "allocations",
            Repetition::Twice,
            ScenarioKind::AllocationsPerMessage {
                sizes_bytes: vec![125, 1024],
                messages: 10,
                keep: 4,
            },
        ),
        scenario(
            "allocations-connection",
            Repetition::Twice,
            ScenarioKind::AllocationsPerConnection {
                handshakes: 5,
                connections: 7,
            },
        ),
    ]
}

/// All of [`scenarios`] for these servers.
pub(crate) fn plan(blocks: u32, servers: &[&str]) -> Plan {
    let entries = servers
        .iter()
        .map(|name| Entry {
            key: key(name),
            is_reference: false,
        })
        .collect();
    make(7, effort(blocks), scenarios(), entries, |_| true)
}

/// A window in which 100 messages were echoed.
pub(crate) fn load_result() -> LoadResult {
    let histogram =
        EncodedHistogram::encode(&new_latency_histogram()).expect("an empty histogram is small");
    LoadResult {
        started_at_unix_ns: 0,
        started_late_ns: 0,
        window_ns: 1_000_000,
        drained_ns: 1_000_000,
        planned: 100,
        sent: 100,
        completed_in_window: 100,
        completed: 100,
        lead_in_completed: 0,
        frames: 100,
        pings_answered: 0,
        sent_bytes: 13_100,
        received_bytes: 12_700,
        verification: VerificationCounts {
            verified: 100,
            ..VerificationCounts::default()
        },
        handshakes: None,
        response_time: histogram.clone(),
        service_time: Some(histogram),
        schedule_lag: None,
        slices: vec![100],
        generator_cpu_ns: 500_000,
        generator_wait_ns: Some(0),
        observed_cpu_ns: Some(400_000),
        observed_user_ticks: Some(0),
        observed_kernel_ticks: Some(0),
    }
}

/// An executable that was built here.
pub(crate) fn program(name: &str, sha256: &str) -> ProgramFacts {
    ProgramFacts {
        name: name.to_owned(),
        sha256: sha256.to_owned(),
        given: Vec::new(),
    }
}

/// The first line of a run of one block of the server `mine`.
pub(crate) fn header() -> RunHeader {
    let mut plan = plan(1, &["mine"]);
    plan.entries[0].is_reference = true;
    RunHeader {
        schema_version: SCHEMA_VERSION,
        started_at_unix_ns: 0,
        started_at: String::new(),
        command: String::new(),
        commit: None,
        dirty: false,
        host: Host {
            server_cpus: vec![0],
            client_cpus: vec![1],
            ..Host::default()
        },
        toolchain: ToolchainFacts::default(),
        contenders: Vec::new(),
        programs: vec![program("mine", "aa")],
        generator: Some(program("load-generator", "bb")),
        left_out_levels: Vec::new(),
        checks: Vec::new(),
        calibrations: Vec::new(),
        plan,
        estimate_ns: 0,
    }
}
