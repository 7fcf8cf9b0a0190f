//! Whatever a server does, a run ends, and keeps little of it.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::time::Duration;

use conformance::Limits;
use record::{Behaviour, ConnectionEnd};
use support::{Hostile, run};

/// One that expects an echo, one that closes, one that waits, one with a large
/// message.
const CASES: [&str; 4] = ["1.1.2", "7.7.1", "5.19", "9.2.6"];

/// Far above what buffers need, far below what a server could fill in this time.
const MOST_GROWTH_BYTES: u64 = 400 << 20;

#[test]
fn every_hostile_server_is_survived() {
    let limits = Limits {
        concurrency: 4,
        large_concurrency: 1,
        confirmations: 0,
        longest_case: Duration::from_secs(1),
        longest_run: Duration::from_secs(60),
    };
    let before = peak_bytes();
    std::thread::scope(|scope| {
        for hostile in Hostile::ALL {
            scope.spawn(move || {
                let server = hostile.start();
                let outcome = run(&server, &CASES, &limits);
                assert_eq!(outcome.cases.len(), CASES.len(), "{hostile:?}");
                for record in outcome.cases {
                    let observed = &record.observed;
                    let opened = !matches!(observed.end, ConnectionEnd::NeverOpen { .. });
                    assert_eq!(opened, hostile.opens(), "{hostile:?}: {observed:?}");
                    let expects_nothing = record.id == "7.7.1";
                    if !expects_nothing || !opened {
                        assert_eq!(record.verdict.behaviour, Behaviour::Failed, "{hostile:?}");
                    }
                    assert!(!record.verdict.is_good(), "{hostile:?}, {}", record.id);
                    assert!(observed.events.len() <= 32, "{hostile:?}");
                }
            });
        }
    });
    if let (Some(before), Some(after)) = (before, peak_bytes()) {
        let growth = after.saturating_sub(before);
        assert!(growth < MOST_GROWTH_BYTES, "grew by {growth} bytes");
    }
}

#[test]
fn a_run_that_takes_too_long_ends_and_says_so() {
    let limits = Limits {
        concurrency: 1,
        confirmations: 0,
        longest_case: Duration::from_millis(200),
        longest_run: Duration::from_millis(1),
        ..Limits::default()
    };
    let server = Hostile::MuteAfterHandshake.start();
    let outcome = run(&server, &["1.*"], &limits);
    assert!(outcome.cases.len() < 16);
    assert_eq!(
        outcome.cut_short,
        Some(record::CutShort::TimeUp {
            limit_ns: 1_000_000
        })
    );
}

/// The most memory that this process has had, where the kernel tells.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}
