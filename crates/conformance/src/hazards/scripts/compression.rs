//! Probes of permessage-deflate, where the server agrees to it.

use std::time::{Duration, Instant};

use wire::Opcode;

use super::{Found, Script, frame, part};
use crate::hazards::{
    ConnectionState, Fault,
    client::{Client, Until},
    context::Context,
    crowd::Crowd,
    deflate,
    exchange::{Exchange, never_open, noted, play, play_all},
    outgoing::Outgoing,
    request::Request,
    wanted::Wanted,
};

const TOO_BIG: Wanted = Wanted::Fails(&[1009]);

/// What a message of the amplified flood inflates to.
const INFLATED_BYTES: u64 = 1 << 20;

/// How long that flood lasts, and its pace: a MB a second.
const AMPLIFIED: Duration = Duration::from_secs(3);
const TICK: Duration = Duration::from_millis(20);
const TICK_BYTES: usize = 20_000;

/// Messages that may wait for their echoes: enough to leave the server no
/// pause, and few enough that it has worked on what was sent when that is
/// counted.
const UNANSWERED: u64 = 64;

/// Until memory has settled behind the last echo.
const SETTLING: Duration = Duration::from_millis(200);

pub(super) fn script(id: &str) -> Option<Script> {
    Some(match id {
        "R09" => bomb,
        "R10" => amplified,
        "R11" => broken_deflate,
        "R12" => memory_of_each,
        _ => return None,
    })
}

/// A request that offers compression.
fn offer(context: &Context<'_>) -> Request {
    Request::good(context.endpoint).with("Sec-WebSocket-Extensions: permessage-deflate")
}

/// Whether the server agrees to it.
fn compresses(context: &Context<'_>) -> bool {
    let halt = || context.is_over();
    let request = offer(context).bytes();
    Client::open(context.endpoint, &request, context.bounds.wait(), &halt)
        .and_then(|client| client.seen.extensions)
        .is_some_and(|it| it.contains("permessage-deflate"))
}

fn bomb(context: &Context<'_>) -> Found {
    if !compresses(context) {
        return Found::nothing();
    }
    let length = 4 * context.bounds.message_limit_bytes;
    let payload = deflate::bomb(length);
    let one = frame(Opcode::Binary, true, 4, &payload);
    let mut many = Vec::new();
    let size = payload.len().div_ceil(100);
    let count = payload.chunks(size).count();
    for (index, piece) in payload.chunks(size).enumerate() {
        let (opcode, rsv) = match index {
            0 => (Opcode::Binary, 4),
            _ => (Opcode::Continuation, 0),
        };
        many.extend_from_slice(&frame(opcode, index + 1 == count, rsv, piece));
    }
    // One after the other: their memory must not add up.
    let records = [("in one frame", one), ("in 100 fragments", many)].map(|(how, bytes)| {
        let what = format!("{length} zeros, {how}");
        let exchange = Exchange::opened(context, what, Outgoing::once(bytes), TOO_BIG)
            .opened_by(&offer(context))
            .waiting(Duration::from_secs(10));
        play(context, exchange)
    });
    Vec::from(records).into()
}

fn broken_deflate(context: &Context<'_>) -> Found {
    if !compresses(context) {
        return Found::nothing();
    }
    let mut continued = part(Opcode::Binary, b"hello");
    continued.extend_from_slice(&frame(Opcode::Continuation, true, 4, b"hello"));
    let list = [
        (
            "bytes that are no deflate stream",
            frame(Opcode::Binary, true, 4, &[0xff; 64]),
        ),
        ("RSV1 on a continuation", continued),
        ("RSV1 on a ping", frame(Opcode::Ping, true, 4, b"hello")),
        (
            "a copy from before the start",
            frame(Opcode::Binary, true, 4, &deflate::copy_from_nowhere()),
        ),
    ];
    let exchanges = list.map(|(what, bytes)| {
        let wanted = Wanted::Fails(&[1002, 1007]);
        Exchange::opened(context, what, Outgoing::once(bytes), wanted).opened_by(&offer(context))
    });
    play_all(context, exchanges.into()).into()
}

/// Many small messages that inflate a thousandfold, at a pace that any network
/// allows.
fn amplified(context: &Context<'_>) -> Found {
    if !compresses(context) {
        return Found::nothing();
    }
    let length = INFLATED_BYTES.min(context.bounds.message_limit_bytes / 2);
    let message = frame(Opcode::Binary, true, 4, &deflate::zeros(length));
    let what = format!(
        "messages of {} bytes that inflate to {length}",
        message.len()
    );
    let halt = || context.is_over();
    let opening = offer(context).bytes();
    let opened = Client::open(context.endpoint, &opening, context.bounds.wait(), &halt);
    let Some(mut client) = opened else {
        return never_open(what, context.is_over()).into();
    };
    let at_once = TICK_BYTES.div_ceil(message.len());
    let (mut out, mut sent) = (Outgoing::nothing(), 0);
    let began = Instant::now();
    let time = AMPLIFIED.min(context.bounds.flood());
    while began.elapsed() < time && !client.state.is_ended() && !context.is_over() {
        if out.is_done() && sent < client.seen.messages + UNANSWERED {
            out = Outgoing::nothing().repeated(message.clone(), at_once as u64);
            sent += at_once as u64;
        }
        client.pump(&mut out, true, &tick(&halt));
    }
    let mut record = noted(what, &client, began);
    if record.state == ConnectionState::Open {
        // What waits in buffers must not be worked on any more.
        record.state = ConnectionState::Dropped;
    }
    client.reset();
    record.into()
}

fn tick<'a>(halt: &'a dyn Fn() -> bool) -> Until<'a> {
    Until {
        time: Instant::now() + TICK,
        sent: false,
        halt,
        enough: &|_| false,
    }
}

/// A crowd of connections that each keep a window in both directions.
fn memory_of_each(context: &Context<'_>) -> Found {
    if !compresses(context) {
        return Found::nothing();
    }
    let message = frame(Opcode::Text, true, 4, &deflate::HELLO);
    let mut crowd = Crowd::gather(
        context,
        "a compressed message on each",
        context.bounds.compressing_connections(),
        Some(&offer(context).bytes()),
        &message,
    );
    crowd.hear(context);
    context.pause(SETTLING);
    let mut record = crowd.leave();
    let is_whole = record.messages == u64::from(record.connections);
    if record.fault.is_none() && !is_whole && !context.is_over() {
        record.fault = Some(Fault::NotEchoed);
    }
    record.into()
}
