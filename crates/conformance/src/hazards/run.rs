//! One probe from its beginning to its grade.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use super::{
    Bounds, Cost, ExchangeRecord, Fault, Gauge, Grade, InnocentRecord, Probe, ProbeRecord, Usage,
    context::{Context, ns},
    innocent::{greet, keep_asking},
    judge::grade,
    sampler::{Levels, Sampled, watch},
    scripts::{Found, script},
};
use crate::Endpoint;

/// Descriptors that a server may open for itself meanwhile.
const OTHER_FILES: u64 = 2;

/// Time between two looks at whether the server has recovered.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What a panic's own line contains, in Rust and in Go.
const PANICS: [&str; 2] = ["panicked at", "panic: "];

/// The server does not serve an ordinary client, before anything was sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server echoes nothing to an ordinary client")]
pub struct NotServing;

/// How the server's process ended, if it did before it was told to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// How it ended, in words.
    pub status: Option<String>,
    /// The end of its standard error.
    pub stderr: String,
}

/// What was seen in a probe.
#[derive(Clone, Debug)]
pub struct Evidence {
    probe: &'static Probe,
    bounds: Bounds,
    found: Found,
    before: Option<Usage>,
    after: Option<Usage>,
    sampled: Sampled,
    ended: bool,
    innocent: InnocentRecord,
    recovered: Option<Duration>,
    elapsed: Duration,
}

/// Makes `probe` against the server at `endpoint`, whose process `gauge` sees.
///
/// `seed` decides random bytes. When `stop` says so, the probe ends.
///
/// # Errors
/// When the server does not serve an ordinary client to begin with.
pub fn run(
    probe: &'static Probe,
    endpoint: &Endpoint,
    gauge: &dyn Gauge,
    bounds: &Bounds,
    seed: u64,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Evidence, NotServing> {
    let began = Instant::now();
    let (ready, done, alarm) = (
        AtomicBool::new(false),
        AtomicBool::new(false),
        AtomicBool::new(false),
    );
    let server_ended = || gauge.has_ended() || stop();
    std::thread::scope(|scope| {
        let innocent = scope.spawn(|| keep_asking(endpoint, bounds, &ready, &done, &server_ended));
        let ready_by = began + 2 * Duration::from_nanos(bounds.starved_ns);
        while !ready.load(Ordering::Relaxed) {
            if Instant::now() > ready_by || server_ended() {
                done.store(true, Ordering::Relaxed);
                return Err(NotServing);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let before = gauge.usage();
        let (levels, alarm, done) = (levels(probe, bounds, before), &alarm, &done);
        let sampler = scope.spawn(move || watch(gauge, levels, alarm, done));
        let context = Context {
            endpoint,
            bounds,
            gauge,
            seed,
            until: Instant::now() + Duration::from_nanos(bounds.longest_probe_ns),
            alarm,
            stop,
        };
        let found = script(&probe.id).map_or_else(Found::nothing, |script| script(&context));
        let recovered = recover(endpoint, gauge, bounds, before, &server_ended);
        let after = gauge.usage();
        let ended = gauge.has_ended();
        done.store(true, Ordering::Relaxed);
        Ok(Evidence {
            probe,
            bounds: *bounds,
            found,
            before,
            after,
            sampled: sampler.join().unwrap_or_default(),
            ended,
            innocent: innocent.join().unwrap_or_default(),
            recovered,
            elapsed: began.elapsed(),
        })
    })
}

fn levels(probe: &Probe, bounds: &Bounds, before: Option<Usage>) -> Levels {
    let base = before.map_or(0, |usage| usage.rss_bytes);
    Levels {
        stop_bytes: base + probe.growth_bound.bytes(bounds),
        kill_bytes: bounds.memory_limit_bytes,
    }
}

/// Waits until a new client is served and the descriptors of the probe's
/// connections are back; the time until the former.
fn recover(
    endpoint: &Endpoint,
    gauge: &dyn Gauge,
    bounds: &Bounds,
    before: Option<Usage>,
    server_ended: &dyn Fn() -> bool,
) -> Option<Duration> {
    let began = Instant::now();
    let mut served = None;
    while began.elapsed() < bounds.recovery() && !server_ended() {
        if served.is_none() {
            let left = bounds.recovery().saturating_sub(began.elapsed());
            served = greet(endpoint, left, server_ended).map(|_| began.elapsed());
        }
        let files = |usage: Option<Usage>| usage.map(|it| it.open_files);
        let back = match (files(before), files(gauge.usage())) {
            (Some(before), Some(now)) => now <= before + OTHER_FILES,
            _ => true,
        };
        if served.is_some() && back {
            break;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    served
}

impl Evidence {
    /// Grades what was seen. `public_source` says where it is public that this
    /// library does not survive the probe.
    #[must_use]
    pub fn judge(self, ending: &Ending, public_source: Option<&str>) -> ProbeRecord {
        let cost = self.cost();
        let faults = self.faults(cost, ending);
        let grade = if self.found.applies {
            grade(self.probe.whose, &faults)
        } else if faults
            .iter()
            .any(|it| it.severity() == super::Severity::Fatal)
        {
            Grade::Fail
        } else {
            Grade::DoesNotApply
        };
        ProbeRecord {
            id: self.probe.id.clone(),
            title: self.probe.title.clone(),
            grade,
            faults,
            exchanges: self.found.exchanges,
            cost,
            innocent: self.innocent,
            recovered_ns: self.recovered.map(ns),
            growth_bound_bytes: self.probe.growth_bound.bytes(&self.bounds),
            elapsed_ns: ns(self.elapsed),
            attempts: 1,
            public_source: (grade == Grade::Fail)
                .then(|| public_source.map(str::to_owned))
                .flatten(),
        }
    }

    fn cost(&self) -> Option<Cost> {
        let before = self.before?;
        let after = self.after.unwrap_or(Usage {
            rss_bytes: self.sampled.peak_bytes,
            ..before
        });
        // The kernel's own peak says more than samples, once it has moved.
        let kernels = if after.peak_rss_bytes > before.peak_rss_bytes {
            after.peak_rss_bytes
        } else {
            0
        };
        let peak = self.sampled.peak_bytes.max(kernels).max(before.rss_bytes);
        Some(Cost {
            cpu_ns: after.cpu_ns.saturating_sub(before.cpu_ns),
            rss_before_bytes: before.rss_bytes,
            rss_peak_bytes: peak,
            rss_after_bytes: after.rss_bytes,
            files_before: before.open_files,
            files_after: after.open_files,
        })
    }

    fn faults(&self, cost: Option<Cost>, ending: &Ending) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let Some(cost) = cost {
            let bound_bytes = self.probe.growth_bound.bytes(&self.bounds);
            let growth_bytes = cost.growth_bytes();
            if growth_bytes > bound_bytes {
                faults.push(Fault::Grew {
                    growth_bytes,
                    bound_bytes,
                });
            }
            let bound_ns = self.probe.cpu_bound_ms.map(|ms| ms * 1_000_000);
            if let Some(bound_ns) = bound_ns.filter(|&bound| cost.cpu_ns > bound) {
                faults.push(Fault::Busy {
                    cpu_ns: cost.cpu_ns,
                    bound_ns,
                });
            }
        }
        let is_panic = |line: &&str| PANICS.iter().any(|it| line.contains(it));
        if let Some(line) = ending.stderr.lines().find(is_panic) {
            let message = line.trim().chars().take(200).collect();
            faults.push(Fault::Panicked { message });
        }
        if self.ended || ending.status.is_some() {
            // Ended by this program for its memory, which `Grew` tells.
            if !self.sampled.killed {
                let status = ending.status.clone();
                faults.push(Fault::Exited {
                    status: status.unwrap_or_else(|| "its status is unknown".to_owned()),
                    stderr: ending.stderr.clone(),
                });
            }
            // Whatever else went wrong follows from it.
            return faults;
        }
        self.others(&mut faults);
        for fault in &self.found.faults {
            faults.push(fault.clone());
        }
        for fault in self
            .found
            .exchanges
            .iter()
            .filter_map(|it| it.fault.as_ref())
        {
            if !faults.contains(fault) {
                faults.push(fault.clone());
            }
        }
        faults
    }

    fn others(&self, faults: &mut Vec<Fault>) {
        let InnocentRecord {
            longest_ns, drops, ..
        } = self.innocent;
        let bound_ns = self.bounds.starved_ns;
        if longest_ns > bound_ns {
            faults.push(Fault::Starved {
                longest_ns,
                bound_ns,
            });
        } else if drops > 0 {
            faults.push(Fault::InnocentDropped { times: drops });
        }
        if self.recovered.is_none() {
            faults.push(Fault::NotRecovered {
                waited_ns: self.bounds.recovery_ns,
            });
        } else if let (Some(before), Some(after)) = (self.before, self.after)
            && after.open_files > before.open_files + OTHER_FILES
        {
            faults.push(Fault::FilesKept {
                before: before.open_files,
                after: after.open_files,
            });
        }
    }

    /// What was sent and what came back, before it is judged.
    #[must_use]
    pub fn exchanges(&self) -> &[ExchangeRecord] {
        &self.found.exchanges
    }
}
