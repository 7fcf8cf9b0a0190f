//! Probes of frames and messages.

use std::time::{Duration, Instant};

use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use wire::Opcode;

use super::{Found, KEY, Script, announced, frame, part, unmasked, whole};
use crate::hazards::{
    ExchangeRecord, Fault,
    context::{Context, ns},
    crowd::{Crowd, merged},
    exchange::{Exchange, play, play_all},
    outgoing::Outgoing,
    request::Request,
    wanted::Wanted,
};

const PROTOCOL_ERROR: Wanted = Wanted::Fails(&[1002]);
const TOO_BIG: Wanted = Wanted::Fails(&[1009, 1002]);
const NOT_UTF8: Wanted = Wanted::Fails(&[1007]);

/// Connections with a huge frame begun.
const HALF_SENT: u32 = 200;

/// How long a stream of random bytes is left alone before its connection ends.
const RANDOM_WAIT: Duration = Duration::from_millis(50);

pub(super) fn script(id: &str) -> Option<Script> {
    Some(match id {
        "F01" => top_bit,
        "F02" => huge_announced,
        "F03" => huge_half_sent,
        "F04" => unmasked_frames,
        "F05" => long_lengths,
        "F06" => bad_control_frames,
        "F07" => utf8_at_every_split,
        "F08" => small_pieces,
        "F09" => random_bytes,
        "F10" => reserved,
        _ => return None,
    })
}

/// One exchange for each of these.
fn each(context: &Context<'_>, wanted: Wanted, list: Vec<(String, Vec<u8>)>) -> Found {
    play_all(context, exchanges(context, wanted, list)).into()
}

fn exchanges(context: &Context<'_>, wanted: Wanted, list: Vec<(String, Vec<u8>)>) -> Vec<Exchange> {
    list.into_iter()
        .map(|(what, bytes)| Exchange::opened(context, what, Outgoing::once(bytes), wanted))
        .collect()
}

fn top_bit(context: &Context<'_>) -> Found {
    let list = [1_u64 << 63, u64::MAX].map(|length| {
        (
            format!("{length} bytes announced"),
            announced(Opcode::Binary, length),
        )
    });
    each(context, TOO_BIG, list.into())
}

fn huge_announced(context: &Context<'_>) -> Found {
    let limit = context.bounds.message_limit_bytes;
    let above = [
        (1 << 63) - 1,
        1 << 40,
        (1_u64 << 30).max(4 * limit),
        limit + (1 << 20),
    ];
    let list = above.map(|length| {
        (
            format!("{length} bytes announced"),
            announced(Opcode::Binary, length),
        )
    });
    let mut all = exchanges(context, TOO_BIG, list.into());
    // Nothing is wrong with this one: it must cost nothing.
    let at_limit = Outgoing::once(announced(Opcode::Binary, limit));
    all.push(
        Exchange::opened(
            context,
            format!("{limit} bytes announced, the limit"),
            at_limit,
            Wanted::Anything,
        )
        .waiting(context.bounds.wait().min(Duration::from_secs(1))),
    );
    play_all(context, all).into()
}

fn huge_half_sent(context: &Context<'_>) -> Found {
    let opening = Request::good(context.endpoint).bytes();
    let length = context.bounds.message_limit_bytes.min(16 << 20);
    let mut crowd = Crowd::gather(
        context,
        &format!("{length} bytes announced on each, one byte a second"),
        HALF_SENT.min(context.bounds.pending_connections),
        Some(&opening),
        &announced(Opcode::Binary, length),
    );
    for _ in 0..3 {
        crowd.send(context, b"x");
        context.pause(context.bounds.wait().min(Duration::from_secs(1)));
    }
    crowd.leave().into()
}

fn unmasked_frames(context: &Context<'_>) -> Found {
    let list = vec![
        ("a text".to_owned(), unmasked(Opcode::Text, b"Hello")),
        ("a ping".to_owned(), unmasked(Opcode::Ping, b"Hello")),
        ("a close".to_owned(), unmasked(Opcode::Close, &[3, 0xe8])),
    ];
    each(context, PROTOCOL_ERROR, list)
}

fn long_lengths(context: &Context<'_>) -> Found {
    let with_length = |octets: &[u8], count: usize| {
        let mut bytes = octets.to_vec();
        bytes.extend_from_slice(&KEY);
        let mut payload = vec![b'a'; count];
        wire::apply_mask(KEY, 0, &mut payload);
        bytes.extend_from_slice(&payload);
        bytes
    };
    let list = vec![
        (
            "5 bytes, length in 2".to_owned(),
            with_length(&[0x82, 0xfe, 0, 5], 5),
        ),
        (
            "5 bytes, length in 8".to_owned(),
            with_length(&[0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 5], 5),
        ),
        (
            "200 bytes, length in 8".to_owned(),
            with_length(&[0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 200], 200),
        ),
    ];
    each(context, PROTOCOL_ERROR, list)
}

fn bad_control_frames(context: &Context<'_>) -> Found {
    let mut list = Vec::new();
    for opcode in [Opcode::Ping, Opcode::Pong, Opcode::Close] {
        let payload = |length: usize| {
            let mut payload = vec![b'a'; length];
            // A Close frame would start with a good code.
            payload[..2].copy_from_slice(&1000_u16.to_be_bytes());
            payload
        };
        for length in [126, 65_535] {
            let bytes = whole(opcode, &payload(length));
            list.push((format!("a {opcode} of {length} bytes"), bytes));
        }
        let what = format!("a {opcode} with 2^40 bytes announced");
        list.push((what, announced(opcode, 1 << 40)));
        list.push((format!("a {opcode} without FIN"), part(opcode, &payload(2))));
    }
    each(context, PROTOCOL_ERROR, list)
}

/// Texts that are no UTF-8, whole.
const INVALID: [(&str, &[u8]); 5] = [
    ("a surrogate", b"\xce\xba\xed\xa0\x80x"),
    ("a character above U+10FFFF", b"\xce\xba\xf4\x90\x80\x80x"),
    ("an overlong form", b"\xce\xba\xc0\xafx"),
    ("a lone 0xFF", b"\xce\xba\xffx"),
    ("a cut character", b"\xce\xbax\xe2\x82"),
];

/// One to four bytes for each character.
const VALID: &str = "aκ€𐍈z";

fn utf8_at_every_split(context: &Context<'_>) -> Found {
    let mut all = Vec::new();
    for (what, text) in INVALID {
        all.extend(splits(context, what, text, NOT_UTF8));
    }
    let length = VALID.len() as u64;
    all.extend(splits(
        context,
        "a valid text",
        VALID.as_bytes(),
        Wanted::Echo(1, length),
    ));
    all.push(Exchange::opened(
        context,
        "a Close reason that is no UTF-8",
        Outgoing::once(whole(Opcode::Close, b"\x03\xe8\xed\xa0\x80")),
        Wanted::Fails(&[1002, 1007]),
    ));
    play_all(context, all).into()
}

/// The text in two fragments, split at every byte, each in a write of its own.
fn splits(context: &Context<'_>, what: &str, text: &[u8], wanted: Wanted) -> Vec<Exchange> {
    (0..=text.len())
        .map(|at| {
            let (start, rest) = text.split_at(at);
            let mut bytes = part(Opcode::Text, start);
            let first = bytes.len();
            bytes.extend_from_slice(&whole(Opcode::Continuation, rest));
            let out = Outgoing::once(bytes).in_pieces(first);
            Exchange::opened(context, format!("{what}, split at {at}"), out, wanted)
        })
        .collect()
}

/// A text of `count` fragments of `size` bytes.
fn in_fragments(count: u64, size: usize) -> Outgoing {
    let piece = vec![b'x'; size];
    Outgoing::once(part(Opcode::Text, &piece))
        .repeated(part(Opcode::Continuation, &piece), count - 2)
        .ended_by(whole(Opcode::Continuation, &piece))
}

fn small_pieces(context: &Context<'_>) -> Found {
    let most = context.bounds.message_limit_bytes;
    let mut found = Found::from(Vec::new());
    for (size, once_bytes) in [
        (64, (2_u64 << 20).min(most / 4)),
        (1, (128_u64 << 10).min(most / 4)),
    ] {
        let count = once_bytes / size as u64;
        let mut costs = Vec::new();
        for times in [1, 2] {
            let bytes = times * count * size as u64;
            let what = format!("{bytes} bytes in fragments of {size}");
            let exchange = Exchange::opened(
                context,
                what,
                in_fragments(times * count, size),
                Wanted::Echo(1, bytes),
            )
            .waiting(Duration::from_secs(10));
            let (record, cost) = timed(context, exchange);
            found.exchanges.push(record);
            costs.extend(cost);
        }
        if let &[once_ns, twice_ns] = &costs[..]
            && twice_ns > 500_000_000
            && twice_ns > 3 * once_ns
        {
            found.faults.push(Fault::SuperLinear { once_ns, twice_ns });
        }
    }
    found
}

/// An exchange and the processor time that the server took for it.
fn timed(context: &Context<'_>, exchange: Exchange) -> (ExchangeRecord, Option<u64>) {
    let before = context.cpu_ns();
    let began = Instant::now();
    let record = play(context, exchange);
    let cost = match (before, context.cpu_ns()) {
        (Some(before), Some(after)) => Some(after.saturating_sub(before)),
        // What can't be seen is at most the time that it took.
        _ => Some(ns(began.elapsed())),
    };
    (record, cost)
}

fn random_bytes(context: &Context<'_>) -> Found {
    let mut random = ChaCha8Rng::seed_from_u64(context.seed);
    let mut all = Vec::new();
    for index in 0..context.bounds.random_streams {
        let mut bytes = vec![0; random.random_range(1..=4096)];
        random.fill_bytes(&mut bytes);
        if index % 2 == 1 {
            let mut start = frame(Opcode::Text, index % 4 == 1, 0, b"random");
            start.append(&mut bytes);
            bytes = start;
        }
        all.push(
            Exchange::opened(context, "", Outgoing::once(bytes), Wanted::Anything)
                .waiting(RANDOM_WAIT),
        );
    }
    let records = play_all(context, all);
    merged("streams of random bytes", &records).into()
}

fn reserved(context: &Context<'_>) -> Found {
    let mut list = Vec::new();
    for (rsv, name) in [(4, "RSV1"), (2, "RSV2"), (1, "RSV3")] {
        let bytes = frame(Opcode::Text, true, rsv, b"hello");
        list.push((format!("a text with {name}"), bytes));
    }
    for bits in (3..8).chain(11..16) {
        let bytes = whole(Opcode::from_bits(bits), b"hello");
        list.push((format!("opcode {bits}"), bytes));
    }
    let orphan = whole(Opcode::Continuation, b"hello");
    list.push(("a continuation without a start".to_owned(), orphan));
    let mut nested = part(Opcode::Text, b"hello");
    nested.extend_from_slice(&whole(Opcode::Text, b"hello"));
    list.push(("a text inside a text".to_owned(), nested));
    each(context, PROTOCOL_ERROR, list)
}
