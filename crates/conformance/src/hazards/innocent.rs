//! An ordinary client that wants its echoes while a probe goes on.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use wire::{FrameHeader, Opcode, append_frame};

use super::{
    Bounds, InnocentRecord,
    client::{Client, Until},
    context::ns,
    outgoing::Outgoing,
    request::Request,
};
use crate::Endpoint;

/// Time between two messages.
const EVERY: Duration = Duration::from_millis(20);

/// Time before a connection that failed is tried again.
const BEFORE_AGAIN: Duration = Duration::from_millis(100);

/// Bytes in a message.
const MESSAGE_BYTES: usize = 32;

const KEY: [u8; 4] = [0x21, 0x42, 0x63, 0x84];

/// Makes a handshake and one echo; the connection, when both went well.
pub(super) fn greet(
    endpoint: &Endpoint,
    time: Duration,
    halt: &dyn Fn() -> bool,
) -> Option<Client> {
    let request = Request::good(endpoint).bytes();
    let began = Instant::now();
    let mut client = Client::open(endpoint, &request, time, halt)?;
    echo(&mut client, time.saturating_sub(began.elapsed()), halt).then_some(client)
}

/// One echo; whether it came, alone and as long as it must be.
fn echo(client: &mut Client, time: Duration, halt: &dyn Fn() -> bool) -> bool {
    let (before, bytes_before) = (client.seen.messages, client.seen.message_bytes);
    let mut frame = Vec::new();
    let header = FrameHeader::single(Opcode::Binary, Some(KEY), MESSAGE_BYTES as u64);
    append_frame(&mut frame, &header, &[0x2a; MESSAGE_BYTES]);
    let until = Until {
        time: Instant::now() + time,
        sent: false,
        halt,
        enough: &|seen| seen.messages > before,
    };
    client.pump(&mut Outgoing::once(frame), true, &until);
    let messages = client.seen.messages - before;
    let bytes = client.seen.message_bytes - bytes_before;
    messages == 1 && bytes == MESSAGE_BYTES as u64
}

/// Asks for echoes until `done` says so. `ready` is set at the first one.
pub(super) fn keep_asking(
    endpoint: &Endpoint,
    bounds: &Bounds,
    ready: &AtomicBool,
    done: &AtomicBool,
    server_ended: &dyn Fn() -> bool,
) -> InnocentRecord {
    let mut record = InnocentRecord::default();
    // Twice the bound: how far past it is worth knowing.
    let time = Duration::from_nanos(bounds.starved_ns.saturating_mul(2));
    let mut connection: Option<Client> = None;
    while !done.load(Ordering::Relaxed) && !server_ended() {
        let began = Instant::now();
        let answered = match connection.take() {
            None => greet(endpoint, time, server_ended),
            Some(mut client) => echo(&mut client, time, server_ended).then_some(client),
        };
        let waited = began.elapsed();
        record.longest_ns = record.longest_ns.max(ns(waited));
        match answered {
            Some(client) => {
                record.echoes += 1;
                ready.store(true, Ordering::Relaxed);
                connection = Some(client);
                std::thread::sleep(EVERY.saturating_sub(waited));
            }
            None if server_ended() => break,
            None => {
                record.drops += 1;
                std::thread::sleep(BEFORE_AGAIN);
            }
        }
    }
    record
}
