//! The servers of a made-up run and what they cost.

use std::collections::BTreeMap;

use record::{
    BuildOutcome, BuiltContender, ContenderFacts, EntryKey, Language, Protocol, Role, SettingFact,
    Variant, VariantFacts,
};

/// What a server truly costs, before noise.
#[derive(Clone, Debug)]
pub struct Truth {
    pub name: &'static str,
    pub variant: Variant,
    pub role: Role,
    pub runtime: &'static str,
    pub library: &'static str,
    pub version: &'static str,
    pub flush: &'static str,
    pub per_message_ns: f64,
    pub per_byte_ns: f64,
    /// Cost with sixteen messages in flight.
    pub pipelined_ns: f64,
    pub user_share: f64,
    pub kib_per_connection: f64,
    pub handshake_ns: f64,
    /// Allocations of a message, of a kept one, of a handshake.
    pub allocations: [u64; 3],
}

impl Truth {
    pub fn key(&self) -> EntryKey {
        EntryKey {
            contender: self.name.to_owned(),
            variant: self.variant,
            role: self.role,
        }
    }

    /// CPU time of one echo.
    pub fn cpu_ns(&self, size_bytes: u64, in_flight: u32) -> f64 {
        let base = if in_flight > 1 {
            self.pipelined_ns
        } else {
            self.per_message_ns
        };
        base + self.per_byte_ns * size_bytes as f64
    }
}

const EACH: &str = "after every message";
const IDLE: &str = "when no further message is ready";

/// All servers, the reference's twin last.
pub fn servers() -> Vec<Truth> {
    use Role::{Baseline, Contender};
    use Variant::{Default, Tuned};
    let row = |name,
               variant,
               role,
               library,
               runtime,
               flush,
               ns: [f64; 4],
               rest: [f64; 3],
               allocations| Truth {
        name,
        variant,
        role,
        runtime,
        library,
        version: match library {
            "ws-tool" => "0.11.1",
            "fastwebsockets" => "0.10.0",
            "async-tungstenite" => "0.35.0",
            "" => "0.1.0",
            _ => "0.30.0",
        },
        flush,
        per_message_ns: ns[0],
        per_byte_ns: ns[1],
        pipelined_ns: ns[2],
        user_share: ns[3],
        kib_per_connection: rest[0],
        handshake_ns: rest[1],
        allocations,
    };
    #[rustfmt::skip]
    let mut servers = vec![
        row("raw-tcp", Default, Baseline, "", "epoll", EACH, [2910.0, 0.10, 2500.0, 0.08], [0.4, 21e3, 0.0], [0, 0, 0]),
        row("handwritten", Default, Baseline, "", "tokio", EACH, [3620.0, 0.28, 3100.0, 0.14], [4.8, 38e3, 0.0], [0, 1, 6]),
        row("tungstenite", Default, Contender, "tungstenite", "threads", EACH, [10400.0, 0.44, 4900.0, 0.44], [147.0, 71e3, 0.0], [0, 0, 14]),
        row("tungstenite", Tuned, Contender, "tungstenite", "threads", IDLE, [6800.0, 0.42, 740.0, 0.22], [23.0, 70e3, 0.0], [0, 1, 14]),
        row("tokio-tungstenite", Default, Contender, "tokio-tungstenite", "tokio", EACH, [8710.0, 0.44, 4400.0, 0.53], [131.2, 52e3, 0.0], [0, 0, 17]),
        row("tokio-tungstenite", Tuned, Contender, "tokio-tungstenite", "tokio", IDLE, [4430.0, 0.42, 700.0, 0.21], [11.4, 51e3, 0.0], [0, 1, 17]),
        row("fastwebsockets", Default, Contender, "fastwebsockets", "tokio", EACH, [3950.0, 0.29, 3400.0, 0.17], [11.9, 61e3, 0.0], [0, 1, 31]),
        row("ws-tool-blocking", Default, Contender, "ws-tool", "threads", EACH, [6310.0, 0.30, 3600.0, 0.16], [19.1, 160e3, 0.0], [0, 1, 22]),
        row("ws-tool-tokio", Default, Contender, "ws-tool", "tokio", EACH, [3960.0, 0.30, 3500.0, 0.17], [14.0, 171e3, 0.0], [0, 1, 23]),
        row("async-tungstenite-tokio", Default, Contender, "async-tungstenite", "tokio", EACH, [8690.0, 0.45, 4450.0, 0.53], [131.6, 53e3, 0.0], [0, 0, 18]),
        row("async-tungstenite-smol", Default, Contender, "async-tungstenite", "smol", EACH, [13700.0, 0.46, 7200.0, 0.50], [133.0, 66e3, 0.0], [0, 0, 21]),
        row("async-tungstenite-smol", Tuned, Contender, "async-tungstenite", "smol", EACH, [7900.0, 0.44, 6100.0, 0.31], [13.9, 65e3, 0.0], [0, 1, 21]),
    ];
    let reference = servers.iter().find(|it| it.key() == reference()).cloned();
    servers.extend(reference.map(|twin| Truth {
        role: Role::Again,
        ..twin
    }));
    servers
}

/// The entry that ratios are taken against.
pub fn reference() -> EntryKey {
    EntryKey {
        contender: "tokio-tungstenite".to_owned(),
        variant: Variant::Default,
        role: Role::Contender,
    }
}

/// What a run's header says about the servers.
pub fn built(servers: &[Truth]) -> Vec<BuiltContender> {
    let mut names: Vec<&Truth> = Vec::new();
    for truth in servers {
        if !names.iter().any(|known| known.name == truth.name) {
            names.push(truth);
        }
    }
    names
        .into_iter()
        .map(|truth| BuiltContender {
            name: truth.name.to_owned(),
            facts: facts(truth, servers),
            version: truth.version.to_owned(),
            build: BuildOutcome::Built {
                binary_bytes: 1_900_000 + truth.name.len() as u64 * 10_000,
                feature_hash: format!("{:08x}", truth.name.len() * 7919),
            },
        })
        .collect()
}

fn facts(truth: &Truth, servers: &[Truth]) -> ContenderFacts {
    let is_baseline = truth.role == Role::Baseline;
    let variants: BTreeMap<Variant, VariantFacts> = servers
        .iter()
        .filter(|other| other.name == truth.name && other.role != Role::Again)
        .map(|other| {
            let options = match other.variant {
                Variant::Default | Variant::Compressed => Vec::new(),
                Variant::Tuned => vec![SettingFact {
                    name: "read_buffer_size".to_owned(),
                    value: "8192".to_owned(),
                    reason: "zeroing 128 KiB before every read is half of a small message's cost"
                        .to_owned(),
                }],
            };
            let flush = other.flush.to_owned();
            let features = Vec::new();
            (
                other.variant,
                VariantFacts {
                    flush,
                    options,
                    features,
                },
            )
        })
        .collect();
    ContenderFacts {
        library: truth.library.to_owned(),
        runtime: truth.runtime.to_owned(),
        api: if truth.runtime == "threads" {
            "blocking"
        } else {
            "async"
        }
        .to_owned(),
        baseline: is_baseline,
        core: false,
        language: Language::Rust,
        protocol: if truth.name == "raw-tcp" {
            Protocol::RawTcp
        } else {
            Protocol::Websocket
        },
        repository: format!("https://github.com/example/{}", truth.library),
        documentation: format!("https://docs.rs/{}", truth.library),
        gaps: match truth.library {
            "ws-tool" => vec!["answers neither ping nor close by itself".to_owned()],
            "fastwebsockets" => vec!["accepts unmasked frames".to_owned()],
            _ => Vec::new(),
        },
        helper_threads: Vec::new(),
        variants,
    }
}
