//! Probes of memory, processor time and descriptors.

use std::time::{Duration, Instant};

use wire::Opcode;

use super::{Found, Script, part, whole};
use crate::hazards::{
    Fault,
    context::{Context, ns},
    crowd::{Crowd, connect_and_drop, reset_each},
    exchange::{Exchange, play, play_all},
    outgoing::Outgoing,
    request::Request,
    wanted::Wanted,
};

const TOO_BIG: Wanted = Wanted::Fails(&[1009]);

/// Frames in one write of a flood of small ones.
const BATCH: usize = 1_000;

/// Batches in a flood of fragments: 5 million of them.
const BATCHES: u64 = 5_000;

/// Open files of a server that shall have too few, and connections to it.
const FEW_FILES: u64 = 256;
const TOO_MANY_CONNECTIONS: u32 = 400;

/// How long it is left without descriptors.
const WITHOUT_FILES: Duration = Duration::from_secs(2);

const RESETS: u32 = 300;

/// Connections of the flood of pings.
const PING_FLOODS: u32 = 8;

pub(super) fn script(id: &str) -> Option<Script> {
    Some(match id {
        "R01" => endless_message,
        "R02" => empty_fragments,
        "R03" => fragments_of_one_byte,
        "R04" => ping_flood,
        "R05" => pong_flood,
        "R06" => never_reads,
        "R08" => small_messages,
        "R14" => no_descriptors,
        "R15" => resets,
        "R16" => drops,
        _ => return None,
    })
}

fn endless_message(context: &Context<'_>) -> Found {
    let piece = [0x2a; 1024];
    let batch = part(Opcode::Continuation, &piece).repeat(64);
    let times = context.bounds.flood_bytes / batch.len() as u64;
    let out = Outgoing::once(part(Opcode::Binary, &piece)).repeated(batch, times);
    let exchange = Exchange::opened(context, "fragments of 1 KiB", out, TOO_BIG)
        .flooding(3 * context.bounds.flood());
    play(context, exchange).into()
}

fn empty_fragments(context: &Context<'_>) -> Found {
    fragments(context, "empty fragments", Opcode::Text, b"")
}

fn fragments_of_one_byte(context: &Context<'_>) -> Found {
    fragments(context, "fragments of one byte", Opcode::Binary, b"x")
}

fn fragments(context: &Context<'_>, what: &str, opcode: Opcode, payload: &[u8]) -> Found {
    let batch = part(Opcode::Continuation, payload).repeat(BATCH);
    let times = BATCHES.min(context.bounds.flood_bytes / batch.len() as u64);
    let out = Outgoing::once(part(opcode, payload)).repeated(batch, times);
    let exchange = Exchange::opened(context, what, out, Wanted::Anything)
        .flooding(context.bounds.flood())
        .waiting(Duration::from_millis(200));
    play(context, exchange).into()
}

/// The same frames for the flood time.
fn flood(context: &Context<'_>, what: &str, frames: Vec<u8>) -> Exchange {
    let times = context.bounds.flood_bytes / frames.len() as u64;
    let out = Outgoing::nothing().repeated(frames, times);
    Exchange::opened(context, what, out, Wanted::Anything)
        .flooding(context.bounds.flood())
        .waiting(Duration::from_millis(200))
}

fn ping_flood(context: &Context<'_>) -> Found {
    let pings = whole(Opcode::Ping, &[b'p'; 125]).repeat(BATCH / 2);
    // Whether a server goes on reading while its pongs are stuck may depend on
    // where the pressure meets it: more than one connection finds out.
    let floods = (1..=PING_FLOODS)
        .map(|n| flood(context, &format!("pings, connection {n}"), pings.clone()).deaf())
        .collect();
    play_all(context, floods).into()
}

fn pong_flood(context: &Context<'_>) -> Found {
    let pongs = whole(Opcode::Pong, &[b'p'; 125]).repeat(BATCH / 2);
    play(context, flood(context, "pongs", pongs)).into()
}

fn never_reads(context: &Context<'_>) -> Found {
    let large = (64 << 10).min(context.bounds.message_limit_bytes);
    let large = vec![0x2a; usize::try_from(large).unwrap_or(usize::MAX)];
    let floods = vec![
        flood(context, "messages of 64 KiB", whole(Opcode::Binary, &large)).deaf(),
        flood(
            context,
            "messages of 16 bytes",
            whole(Opcode::Binary, &[0x2a; 16]).repeat(BATCH),
        )
        .deaf(),
    ];
    play_all(context, floods).into()
}

fn small_messages(context: &Context<'_>) -> Found {
    let messages = whole(Opcode::Binary, b"x").repeat(BATCH);
    play(context, flood(context, "messages of one byte", messages)).into()
}

fn no_descriptors(context: &Context<'_>) -> Found {
    if !context.gauge.limit_open_files(FEW_FILES) {
        return Found::nothing();
    }
    let request = Request::good(context.endpoint).bytes();
    let crowd = Crowd::gather(
        context,
        "a request on each",
        TOO_MANY_CONNECTIONS,
        None,
        &request,
    );
    let (before, began) = (context.cpu_ns(), Instant::now());
    context.pause(context.bounds.wait().min(WITHOUT_FILES));
    let bound_ns = ns(began.elapsed()) / 2;
    let mut found = Found::from(Vec::new());
    if let (Some(before), Some(after)) = (before, context.cpu_ns())
        && after.saturating_sub(before) > bound_ns
    {
        let cpu_ns = after.saturating_sub(before);
        found.faults.push(Fault::Busy { cpu_ns, bound_ns });
    }
    found.exchanges.push(crowd.leave());
    found
}

fn resets(context: &Context<'_>) -> Found {
    let opening = Request::good(context.endpoint).bytes();
    let count = RESETS.min(context.bounds.dropped_connections);
    let start = part(Opcode::Binary, &[0x2a; 1024]);
    reset_each(
        context,
        "the start of a message, then a reset",
        count,
        &opening,
        &start,
    )
    .into()
}

fn drops(context: &Context<'_>) -> Found {
    let request = Request::good(context.endpoint).bytes();
    let count = context.bounds.dropped_connections;
    let half = &request[..request.len() / 2];
    connect_and_drop(
        context,
        "close, reset, half a request and reset",
        count,
        half,
    )
    .into()
}
