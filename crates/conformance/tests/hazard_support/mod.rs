//! Servers in this process that behave in a known way under hostile input, and
//! a process that is made up.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test file is a crate of its own and uses some"
)]

mod doors;

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use conformance::hazards::{Bounds, Ending, Gauge, Probe, ProbeRecord, Usage, catalogue, run};
pub(crate) use doors::Door;

use crate::support::{TestServer, agree, header, request};

/// Bounds for tests: everything is small, and no wait is long.
pub(crate) fn bounds() -> Bounds {
    Bounds {
        wait_ns: 400_000_000,
        patience_ns: 600_000_000,
        flood_ns: 150_000_000,
        longest_probe_ns: 20_000_000_000,
        // Tests run beside each other and beside builds.
        starved_ns: 3_000_000_000,
        recovery_ns: 3_000_000_000,
        pending_connections: 40,
        dropped_connections: 60,
        random_streams: 40,
        flood_bytes: 32 << 20,
        message_limit_bytes: 1 << 20,
        memory_limit_bytes: 2 << 30,
    }
}

pub(crate) fn probe(id: &str) -> &'static Probe {
    catalogue().iter().find(|probe| probe.id == id).unwrap()
}

/// The record of one probe.
pub(crate) fn grade_of(server: &TestServer, gauge: &dyn Gauge, id: &str) -> ProbeRecord {
    let evidence = run(probe(id), &server.endpoint(), gauge, &bounds(), 1, &|| {
        false
    })
    .unwrap();
    evidence.judge(&Ending::default(), None)
}

/// A process that uses what it is told to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fake {
    rss_bytes: Arc<AtomicU64>,
    files: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
}

impl Gauge for Fake {
    fn rss_bytes(&self) -> Option<u64> {
        Some(self.rss_bytes.load(Ordering::SeqCst))
    }

    fn usage(&self) -> Option<Usage> {
        let rss_bytes = self.rss_bytes.load(Ordering::SeqCst);
        Some(Usage {
            rss_bytes,
            peak_rss_bytes: rss_bytes,
            cpu_ns: 0,
            open_files: self.files.load(Ordering::SeqCst),
        })
    }

    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    fn limit_open_files(&self, _most: u64) -> bool {
        true
    }

    fn kill(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }
}

/// What a server does when something hostile comes; until then, and to others,
/// it echoes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Its process ends.
    DiesOfReservedBits,
    /// It does nothing any more, for anybody.
    HangsAtReservedBits,
    /// Its memory grows far past every limit.
    ExplodesAtReservedBits,
    /// It keeps all that it reads.
    KeepsEveryByte,
    /// It keeps descriptors of connections that have ended.
    KeepsDescriptors,
    /// It stops reading a connection that sends much.
    StopsReading,
    /// It takes much memory for each connection that compresses.
    TakesMuchForCompression,
}

/// What one connection of [`Behaviour::StopsReading`] may send.
const MUCH_BYTES: u64 = 4 << 10;

/// Longer than a test: what hangs hangs for good.
const FOR_GOOD: Duration = Duration::from_secs(60);

impl Behaviour {
    pub(crate) fn start(self) -> (TestServer, Fake) {
        let fake = Fake::default();
        let shared = fake.clone();
        let stuck = Arc::new(AtomicBool::new(false));
        let server = TestServer::start(move |stream| {
            self.serve(stream, &shared, &stuck);
        });
        (server, fake)
    }

    fn serve(self, mut stream: TcpStream, fake: &Fake, stuck: &AtomicBool) {
        if fake.ended.load(Ordering::SeqCst) {
            return;
        }
        wait_while(stuck);
        if self == Self::KeepsDescriptors {
            fake.files.fetch_add(1, Ordering::SeqCst);
        }
        let Some(head) = request(&mut stream) else {
            return;
        };
        let mut fields = "";
        if header(&head, "Sec-WebSocket-Extensions").is_some() {
            fields = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
            if self == Self::TakesMuchForCompression {
                fake.rss_bytes.fetch_add(4 << 20, Ordering::SeqCst);
                // Memory is looked at every few milliseconds.
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        if agree(&mut stream, &head, fields.as_bytes()).is_none() {
            return;
        }
        let mut read_bytes = 0;
        let mut buffer = [0; 16 << 10];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            wait_while(stuck);
            if fake.ended.load(Ordering::SeqCst) {
                return;
            }
            read_bytes += count as u64;
            let first = buffer[0];
            let is_hostile = first & 0x70 != 0;
            match self {
                Self::DiesOfReservedBits if is_hostile => {
                    fake.ended.store(true, Ordering::SeqCst);
                    return;
                }
                Self::HangsAtReservedBits if is_hostile => {
                    stuck.store(true, Ordering::SeqCst);
                    wait_while(stuck);
                }
                Self::ExplodesAtReservedBits if is_hostile => {
                    fake.rss_bytes.store(8 << 30, Ordering::SeqCst);
                }
                Self::KeepsEveryByte => {
                    // A hundred for each: no test has time for real ones.
                    let kept = 100 * count as u64;
                    std::thread::sleep(Duration::from_millis(1));
                    fake.rss_bytes.fetch_add(kept, Ordering::SeqCst);
                }
                Self::StopsReading if read_bytes > MUCH_BYTES && first != 0x82 => {
                    std::thread::sleep(FOR_GOOD);
                }
                Self::StopsReading if read_bytes > 64 * MUCH_BYTES => {
                    std::thread::sleep(FOR_GOOD);
                }
                _ => {}
            }
            if first == 0x82 && !answer(&mut stream, &mut buffer[..count]) {
                return;
            }
        }
    }
}

fn wait_while(stuck: &AtomicBool) {
    let mut left = FOR_GOOD;
    while stuck.load(Ordering::SeqCst) && !left.is_zero() {
        let step = Duration::from_millis(10);
        std::thread::sleep(step);
        left = left.saturating_sub(step);
    }
}

/// Echoes one small binary message that came in one read; anything else is
/// passed over.
pub(crate) fn answer(stream: &mut TcpStream, frame: &mut [u8]) -> bool {
    let &mut [0x82, second, ref mut rest @ ..] = frame else {
        return true;
    };
    let length = usize::from(second & 0x7f);
    if length > 125 || rest.len() != 4 + length {
        return true;
    }
    let (key, payload) = rest.split_at_mut(4);
    let key = [key[0], key[1], key[2], key[3]];
    wire::apply_mask(key, 0, payload);
    let mut reply = vec![0x82, second & 0x7f];
    reply.extend_from_slice(payload);
    stream.write_all(&reply).is_ok()
}
