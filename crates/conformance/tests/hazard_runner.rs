//! Whatever a server does, a probe ends, and keeps little of it.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod hazard_support;
mod support;

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use conformance::hazards::{Bounds, Ending, Grade, Unseen, catalogue, run};
use hazard_support::bounds;
use support::{Fault, TestServer, accept, echo};

/// Far above what buffers need, far below what these servers send.
const MOST_GROWTH_BYTES: u64 = 200 << 20;

/// How a server attacks who tests it, once an innocent client is there.
#[derive(Clone, Copy, Debug)]
enum Attack {
    /// Frames without end.
    Frames,
    /// One frame of 2^63 bytes.
    HugeFrame,
    /// Close frames without end.
    Closes,
    /// Bytes without sense, instead of a handshake.
    Garbage,
    /// A response whose header never ends.
    EndlessHeader,
    /// Takes the connection, and says and reads nothing.
    Mute,
    /// A handshake, then nothing is read.
    NeverReads,
}

const ATTACKS: [Attack; 7] = [
    Attack::Frames,
    Attack::HugeFrame,
    Attack::Closes,
    Attack::Garbage,
    Attack::EndlessHeader,
    Attack::Mute,
    Attack::NeverReads,
];

impl Attack {
    fn start(self) -> TestServer {
        let count = Arc::new(AtomicUsize::new(0));
        TestServer::start(move |stream| match count.fetch_add(1, Ordering::SeqCst) {
            0 => echo(stream, Fault::None),
            _ => self.attack(stream),
        })
    }

    fn attack(self, mut stream: TcpStream) {
        let opens = !matches!(self, Self::Garbage | Self::EndlessHeader | Self::Mute);
        if opens && accept(&mut stream).is_none() {
            return;
        }
        let _ = stream.set_write_timeout(Some(Duration::from_secs(5)));
        match self {
            Self::Frames => flood(stream, &[0x82, 0].repeat(10_000)),
            Self::HugeFrame => {
                let _ = stream.write_all(&[0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0]);
                flood(stream, &[0; 60_000]);
            }
            Self::Closes => flood(stream, &[0x88, 0].repeat(10_000)),
            Self::Garbage => {
                let bytes: Vec<u8> = (0..50_000_u32)
                    .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
                    .collect();
                flood(stream, &bytes);
            }
            Self::EndlessHeader => {
                let _ = stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nX: ");
                flood(stream, &[b'x'; 4096]);
            }
            Self::Mute | Self::NeverReads => {
                // Until the client is gone, which only a read can tell.
                let _ = stream.set_read_timeout(Some(Duration::from_millis(10)));
                std::thread::sleep(Duration::from_secs(1));
                let _ = stream.read(&mut [0; 1]);
            }
        }
    }
}

fn flood(mut stream: TcpStream, bytes: &[u8]) {
    while stream.write_all(bytes).is_ok() {}
}

#[test]
fn every_probe_ends_whatever_a_server_does() {
    let bounds = Bounds {
        wait_ns: 100_000_000,
        patience_ns: 100_000_000,
        flood_ns: 50_000_000,
        longest_probe_ns: 500_000_000,
        recovery_ns: 100_000_000,
        random_streams: 4,
        pending_connections: 8,
        dropped_connections: 8,
        ..bounds()
    };
    // What one probe may take with its recovery, many times over: a hang would
    // take for ever.
    let most = Duration::from_secs(60);
    let before = peak_bytes();
    std::thread::scope(|scope| {
        for attack in ATTACKS {
            scope.spawn(move || {
                for probe in catalogue() {
                    let server = attack.start();
                    let began = Instant::now();
                    let outcome = run(probe, &server.endpoint(), &Unseen, &bounds, 1, &|| false);
                    assert!(began.elapsed() < most, "{attack:?} {}", probe.id);
                    let record = outcome.unwrap().judge(&Ending::default(), None);
                    // Nobody new is served.
                    assert_eq!(record.grade, Grade::Fail, "{attack:?}: {record:?}");
                    let bytes = serde_json::to_string(&record).unwrap().len();
                    assert!(bytes < 64 << 10, "{attack:?} {}: {bytes}", probe.id);
                }
            });
        }
    });
    if let (Some(before), Some(after)) = (before, peak_bytes()) {
        let growth = after.saturating_sub(before);
        assert!(growth < MOST_GROWTH_BYTES, "grew by {growth} bytes");
    }
}

/// The most memory that this process has had, where the kernel tells.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}
