//! What a made-up trial measures.

use std::collections::BTreeMap;

use record::{
    AllocationCounts, AllocationMeasurement, AllocationStep, AllocationSubject, CostKind,
    CostMeasurement, CostPass, CostSize, CostStep, EncodedHistogram, HandshakeCounts, IdleLevel,
    LoadResult, Measurement, ProcessMemory, ProcessUse, ScenarioKind, VerificationCounts,
    new_latency_histogram,
};

use super::truth::Truth;

/// Rates of the ladder's rungs.
pub const RATES_PER_S: [f64; 3] = [16_000.0, 32_000.0, 48_000.0];

const WINDOW_NS: u64 = 1_000_000_000;
/// Echoes wait about so long for the last one.
const DRAIN_NS: u64 = 200_000;
const GENERATOR_NS: f64 = 2_600.0;

/// A seeded source of noise around 1.
pub struct Noise {
    state: u64,
    deviation: f64,
}

impl Noise {
    pub fn new(seed: u64, deviation: f64) -> Self {
        Self {
            state: seed,
            deviation,
        }
    }

    fn next(&mut self) -> f64 {
        // splitmix64 (Steele, Lea and Flood 2014).
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// 1 plus roughly normal noise.
    pub fn factor(&mut self) -> f64 {
        let sum: f64 = (0..12).map(|_| self.next()).sum();
        1.0 + (sum - 6.0) * self.deviation
    }
}

/// A measurement of the kind that the scenario asks for.
pub fn of(
    truth: &Truth,
    kind: &ScenarioKind,
    rung: Option<usize>,
    noise: &mut Noise,
) -> Measurement {
    match kind {
        ScenarioKind::Echo {
            in_flight,
            message,
            connections,
        } => {
            let cpu_ns = truth.cpu_ns(message.size_bytes, *in_flight) * noise.factor();
            let generator_ns = GENERATOR_NS + 0.2 * message.size_bytes as f64;
            let messages = WINDOW_NS as f64 / cpu_ns.max(generator_ns);
            let in_flight = f64::from(*connections) * f64::from(*in_flight);
            let latency_ns = in_flight * WINDOW_NS as f64 / messages;
            echo(
                truth,
                messages,
                cpu_ns,
                generator_ns,
                latency_ns,
                None,
                noise,
            )
        }
        ScenarioKind::RateLadder { message, .. } => {
            let rate = RATES_PER_S[rung.unwrap_or(0)];
            let cpu_ns = truth.cpu_ns(message.size_bytes, 1) * noise.factor();
            let load = (rate * cpu_ns / WINDOW_NS as f64).min(0.97);
            let latency_ns = 25_000.0 + cpu_ns / (1.0 - load) * noise.factor();
            echo(
                truth,
                rate,
                cpu_ns,
                GENERATOR_NS,
                latency_ns,
                Some(rate),
                noise,
            )
        }
        ScenarioKind::Handshakes { concurrency } => {
            let cpu_ns = truth.handshake_ns * noise.factor();
            let rate = WINDOW_NS as f64 / cpu_ns;
            let latency_ns = f64::from(*concurrency) * cpu_ns;
            let Measurement::Echo {
                mut load, server, ..
            } = echo(truth, rate, cpu_ns, 20_000.0, latency_ns, None, noise)
            else {
                unreachable!("echo gives an echo");
            };
            load.handshakes = Some(HandshakeCounts {
                completed: load.completed,
                ..HandshakeCounts::default()
            });
            Measurement::Handshakes { load, server }
        }
        ScenarioKind::Idle { levels } => Measurement::Idle {
            levels: std::iter::once(&0)
                .chain(levels)
                .map(|connections| {
                    let kib = 3_000.0
                        + truth.kib_per_connection * f64::from(*connections) * noise.factor();
                    let threads = if truth.runtime == "threads" {
                        connections + 2
                    } else {
                        2
                    };
                    IdleLevel {
                        connections: u64::from(*connections),
                        memory: memory(kib),
                        threads: u64::from(threads),
                    }
                })
                .collect(),
        },
        ScenarioKind::PerMessageCosts { counted, sizes } => {
            Measurement::Costs(costs(truth, *counted, sizes))
        }
        ScenarioKind::AllocationsPerMessage {
            sizes_bytes,
            messages,
            keep,
        } => {
            let per_message = truth.allocations[usize::from(*keep > 0)];
            let steps = sizes_bytes
                .iter()
                .map(|size_bytes| {
                    let subject = AllocationSubject::Message {
                        size_bytes: *size_bytes,
                    };
                    step(subject, *messages, per_message, per_message * size_bytes, 0)
                })
                .collect();
            Measurement::Allocations(AllocationMeasurement { keep: *keep, steps })
        }
        ScenarioKind::AllocationsPerConnection {
            handshakes,
            connections,
        } => {
            let live = (truth.kib_per_connection * 1000.0) as i64;
            let count = truth.allocations[2];
            let steps = vec![
                step(
                    AllocationSubject::Handshake,
                    *handshakes,
                    count,
                    count * 310,
                    0,
                ),
                step(
                    AllocationSubject::Connection,
                    u64::from(*connections),
                    count,
                    count * 320,
                    live,
                ),
            ];
            Measurement::Allocations(AllocationMeasurement { keep: 0, steps })
        }
    }
}

/// One read and one write per message, and a wait; work by the server's truth.
fn costs(truth: &Truth, counted: CostKind, sizes: &[CostSize]) -> CostMeasurement {
    let pass = |size_bytes: u64, messages: u64| match counted {
        CostKind::SystemCalls => {
            let by_name: BTreeMap<String, u64> = [
                ("recvfrom", messages + 4),
                ("sendto", messages),
                ("epoll_wait", messages + 9),
                ("execve", 1),
            ]
            .map(|(name, count)| (name.to_owned(), count))
            .into();
            CostPass {
                messages,
                total: by_name.values().sum(),
                by_name,
            }
        }
        CostKind::Instructions => CostPass {
            messages,
            total: 400_000 + messages * truth.cpu_ns(size_bytes, 1) as u64,
            by_name: BTreeMap::new(),
        },
    };
    CostMeasurement {
        counted,
        tool: format!("{} 1.0", counted.tool()),
        steps: sizes
            .iter()
            .map(|size| CostStep {
                size_bytes: size.size_bytes,
                fewer: pass(size.size_bytes, size.fewer),
                more: pass(size.size_bytes, size.more),
            })
            .collect(),
    }
}

fn echo(
    truth: &Truth,
    messages: f64,
    cpu_ns: f64,
    generator_ns: f64,
    latency_ns: f64,
    offered_per_s: Option<f64>,
    noise: &mut Noise,
) -> Measurement {
    let completed = messages as u64;
    let observed_ns = (completed as f64 * cpu_ns) as u64;
    let ticks = observed_ns / 10_000_000;
    let user = (ticks as f64 * truth.user_share * noise.factor()).round() as u64;
    let histogram = histogram(latency_ns, completed);
    Measurement::Echo {
        load: Box::new(LoadResult {
            started_at_unix_ns: 0,
            started_late_ns: 900,
            window_ns: WINDOW_NS,
            drained_ns: WINDOW_NS + DRAIN_NS,
            planned: completed,
            sent: completed,
            completed_in_window: completed,
            completed,
            lead_in_completed: 0,
            frames: completed,
            pings_answered: 0,
            sent_bytes: completed * 131,
            received_bytes: completed * 127,
            verification: VerificationCounts {
                verified: completed,
                ..VerificationCounts::default()
            },
            handshakes: None,
            service_time: offered_per_s.map(|_| histogram.clone()),
            schedule_lag: offered_per_s.map(|_| self::histogram(4_000.0, completed)),
            response_time: histogram,
            slices: vec![completed / 10; 10],
            generator_cpu_ns: (completed as f64 * generator_ns) as u64,
            generator_wait_ns: Some(90_000),
            observed_cpu_ns: Some(observed_ns),
            observed_user_ticks: Some(user),
            observed_kernel_ticks: Some(ticks.saturating_sub(user)),
        }),
        server: ProcessUse {
            memory: memory(4_000.0 + truth.kib_per_connection * 64.0),
            voluntary_switches: completed / 40,
            involuntary_switches: 12,
            threads: 2,
        },
        offered_per_s,
    }
}

fn memory(kib: f64) -> ProcessMemory {
    let rss_bytes = (kib * 1024.0) as u64;
    ProcessMemory {
        rss_bytes,
        pss_bytes: rss_bytes - 1_500 * 1024,
        peak_rss_bytes: rss_bytes + 64 * 1024,
    }
}

/// A long-tailed histogram around `middle_ns`.
pub fn histogram(middle_ns: f64, count: u64) -> EncodedHistogram {
    const STEPS: u64 = 200;
    let mut histogram = new_latency_histogram();
    for step in 0..STEPS {
        let position = (step as f64 + 0.5) / STEPS as f64;
        let spread = (position / (1.0 - position)).ln() * 0.12;
        let value = (middle_ns * spread.exp()).max(1.0) as u64;
        histogram
            .record_n(value, count / STEPS)
            .expect("within an hour");
    }
    histogram
        .record_n((middle_ns * 9.0) as u64, count / 5_000 + 1)
        .expect("within an hour");
    EncodedHistogram::encode(&histogram).expect("it encodes")
}

fn step(
    subject: AllocationSubject,
    times: u64,
    allocations: u64,
    bytes: u64,
    live: i64,
) -> AllocationStep {
    let counts = AllocationCounts {
        allocations: Some(allocations * times),
        reallocations: Some(0),
        frees: Some(allocations * times),
        allocated_bytes: Some(bytes * times),
        live_bytes: Some(live * times as i64),
        peak_live_bytes: Some(live * times as i64),
    };
    AllocationStep {
        subject,
        times,
        counts,
        counts_again: counts,
    }
}
