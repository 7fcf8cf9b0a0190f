//! Ready-made questions.

use record::{Language, MessageKind};
use serde::Serialize;

use super::{Axis, Feature, Needs, Pattern, Workload};

/// A question with a name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Its name in flags.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Why it is asked like this.
    pub why: &'static str,
    /// The load.
    pub workload: Workload,
    /// What the library must have.
    pub needs: Needs,
    /// What to rank by.
    pub axis: Axis,
}

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Every profile, in the order of the list.
#[must_use]
pub fn profiles() -> Vec<Profile> {
    use MessageKind::{Binary, TextAscii, TextMultibyte};
    let load = |size_bytes, kind, connections, rate_per_s, pattern, burst| Workload {
        size_bytes,
        kind,
        connections,
        rate_per_s,
        pattern,
        burst,
    };
    let rust = || Needs {
        features: Vec::new(),
        runtime: None,
        http: None,
        licences: Vec::new(),
        maintained_within_months: None,
        language: Some(Language::Rust),
        memory_limit_bytes: None,
    };
    vec![
        Profile {
            name: "chat",
            title: "Chat",
            why: "Many people, most of them silent: memory per idle connection decides how many \
                  fit, and CPU hardly does.",
            workload: load(200, TextMultibyte, 10_000, 0.2, Pattern::Echo, 1),
            needs: rust(),
            axis: Axis::Memory,
        },
        Profile {
            name: "live-updates",
            title: "Live updates (push)",
            why: "The server sends small texts to everybody, several a second: CPU per message \
                  decides.",
            workload: load(500, TextAscii, 5_000, 5.0, Pattern::Push, 1),
            needs: rust(),
            axis: Axis::Cpu,
        },
        Profile {
            name: "market-data",
            title: "Market data",
            why: "Small binary messages in bursts to few connections, and the slowest ones count: \
                  response times decide where they can be told apart, CPU per message after them.",
            workload: load(64, Binary, 200, 100.0, Pattern::Push, 16),
            needs: rust(),
            axis: Axis::P99,
        },
        Profile {
            name: "large-blobs",
            title: "Large blobs",
            why: "Files and images both ways: CPU per message is a cost per byte, of copies and \
                  of unmasking.",
            workload: load(MIB, Binary, 50, 1.0, Pattern::Echo, 1),
            needs: rust(),
            axis: Axis::Cpu,
        },
        Profile {
            name: "iot",
            title: "IoT on small memory",
            why: "Thousands of devices that say something once a minute, on a machine with \
                  little memory: memory per idle connection decides, and what doesn't fit is out.",
            workload: load(125, Binary, 5_000, 0.02, Pattern::Echo, 1),
            needs: Needs {
                memory_limit_bytes: Some(256 * MIB),
                ..rust()
            },
            axis: Axis::Memory,
        },
        Profile {
            name: "api-gateway",
            title: "API gateway",
            why: "Requests and answers of JSON from clients of every make: TLS, every case of \
                  RFC 6455, and then CPU per message.",
            workload: load(KIB, TextAscii, 2_000, 10.0, Pattern::Echo, 1),
            needs: Needs {
                features: vec![Feature::Tls, Feature::Autobahn],
                ..rust()
            },
            axis: Axis::Cpu,
        },
    ]
}
