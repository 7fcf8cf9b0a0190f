//! Probes of the opening handshake.

use std::time::Duration;

use wire::Opcode;

use super::{Found, Script, whole};
use crate::hazards::{
    Fault,
    context::{Context, ns},
    crowd::Crowd,
    exchange::{Exchange, play, play_all},
    outgoing::Outgoing,
    request::Request,
    wanted::Wanted,
};

/// Time between the bytes of a slow request.
const DRIP: Duration = Duration::from_millis(500);

/// Length of the header without end.
const ENDLESS_BYTES: u64 = 32 << 20;

/// The payload of a full Ethernet frame.
const SEGMENT_BYTES: usize = 1460;

const PLAIN_REQUESTS: u64 = 20_000;

pub(super) fn script(id: &str) -> Option<Script> {
    Some(match id {
        "H01" => never_complete,
        "H03" => crowd_of_incomplete,
        "H04" => endless_header,
        "H05" => many_headers,
        "H06" => quadratic,
        "H07" => bad_deflate_parameters,
        "H08" => wrong_version,
        "H09" => wrong_key,
        "H10" => no_upgrade,
        "H11" => twice,
        "H13" => pipelined,
        "H15" => early_data,
        _ => return None,
    })
}

fn good(context: &Context<'_>) -> Request {
    Request::good(context.endpoint)
}

fn never_complete(context: &Context<'_>) -> Found {
    let patience = context.bounds.patience();
    let request = good(context).bytes();
    // Never the last byte, however long it takes.
    let most = request.len() - 1;
    let slowly = Outgoing::once(request[..most].to_vec())
        .in_pieces(1)
        .slowly(DRIP);
    let exchanges = vec![
        Exchange::raw(context, "nothing", Outgoing::nothing(), Wanted::Ended).waiting(patience),
        Exchange::raw(context, "a byte every half second", slowly, Wanted::Ended)
            .flooding(patience)
            .waiting(Duration::ZERO),
    ];
    play_all(context, exchanges).into()
}

fn crowd_of_incomplete(context: &Context<'_>) -> Found {
    let request = good(context).bytes();
    let half = &request[..request.len() / 2];
    let count = context.bounds.pending_connections;
    let crowd = Crowd::gather(context, "half a request on each", count, None, half);
    context.pause(context.bounds.wait().min(Duration::from_secs(1)));
    let hello = Outgoing::once(whole(Opcode::Text, b"hello"));
    let new = play(
        context,
        Exchange::opened(context, "a new client meanwhile", hello, Wanted::Echo(1, 5)),
    );
    let starved = new.fault.is_some().then_some(Fault::Starved {
        longest_ns: ns(context.bounds.wait()),
        bound_ns: ns(context.bounds.wait()),
    });
    let mut found = Found::from(vec![crowd.leave(), new]);
    found.faults.extend(starved);
    found
}

fn endless_header(context: &Context<'_>) -> Found {
    let length = ENDLESS_BYTES.min(context.bounds.flood_bytes / 4);
    let start = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-A: ", context.endpoint.host);
    let out = Outgoing::once(start.into_bytes())
        .repeated(vec![b'a'; SEGMENT_BYTES], length / SEGMENT_BYTES as u64)
        .in_pieces(SEGMENT_BYTES);
    let exchange = Exchange::raw(
        context,
        format!("{length} bytes of header"),
        out,
        Wanted::RefusedOrEnded,
    )
    .flooding(3 * context.bounds.flood());
    play(context, exchange).into()
}

fn many_headers(context: &Context<'_>) -> Found {
    let request = (0..2_000).fold(good(context), |it, n| it.with(format!("a{n}: x")));
    let exchange = Exchange::request(
        context,
        "2,000 headers more",
        &request,
        Wanted::AnsweredOrEnded,
    );
    play(context, exchange).into()
}

fn quadratic(context: &Context<'_>) -> Found {
    let answered = |what: String, request: Request| {
        Exchange::request(context, what, &request, Wanted::AnsweredOrEnded)
    };
    let mut exchanges: Vec<Exchange> = [5_000, 10_000, 20_000]
        .map(|count| {
            let header = format!("Sec-WebSocket-Extensions: a; b=\"{}", "\\c".repeat(count));
            answered(
                format!("an extension with {count} escapes, unclosed"),
                good(context).with(header),
            )
        })
        .into();
    let spaces = format!("Sec-WebSocket-Protocol: b{}x", " ".repeat(32_000));
    exchanges.push(answered(
        "a subprotocol list with 32,000 spaces".to_owned(),
        good(context).with(spaces),
    ));
    for name in ["constructor", "__proto__", ",;x"] {
        exchanges.push(answered(
            format!("a header with the name {name}"),
            good(context).with(format!("{name}: x")),
        ));
    }
    play_all(context, exchanges).into()
}

fn bad_deflate_parameters(context: &Context<'_>) -> Found {
    let exchanges = [
        "server_max_window_bits=0",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=99999999999999999999",
        "server_max_window_bits=abc",
        "server_max_window_bits",
        "server_max_window_bits=10; server_max_window_bits=10",
        "client_max_window_bits=7",
        "no_such_parameter",
    ]
    .map(|offer| {
        let header = format!("Sec-WebSocket-Extensions: permessage-deflate; {offer}");
        Exchange::request(
            context,
            offer,
            &good(context).with(header),
            Wanted::Declined,
        )
    });
    play_all(context, exchanges.into()).into()
}

/// Requests that must be refused.
fn refused(context: &Context<'_>, requests: Vec<(&str, Request)>) -> Vec<Exchange> {
    requests
        .into_iter()
        .map(|(what, request)| Exchange::request(context, what, &request, Wanted::Refused))
        .collect()
}

fn wrong_version(context: &Context<'_>) -> Found {
    const NAME: &str = "Sec-WebSocket-Version";
    let requests = vec![
        ("version 12", good(context).changed(NAME, "12")),
        ("version 14", good(context).changed(NAME, "14")),
        ("version \"13, 8\"", good(context).changed(NAME, "13, 8")),
        ("no version", good(context).without(NAME)),
    ];
    play_all(context, refused(context, requests)).into()
}

fn wrong_key(context: &Context<'_>) -> Found {
    const NAME: &str = "Sec-WebSocket-Key";
    // "***" in base64, so often.
    let stars = |count: usize, rest: &str| "Kioq".repeat(count) + rest;
    let requests = vec![
        ("no key", good(context).without(NAME)),
        ("the key \"abc\"", good(context).changed(NAME, "abc")),
        (
            "a key of 15 bytes",
            good(context).changed(NAME, &stars(5, "")),
        ),
        (
            "a key of 17 bytes",
            good(context).changed(NAME, &stars(5, "Kio=")),
        ),
    ];
    play_all(context, refused(context, requests)).into()
}

fn no_upgrade(context: &Context<'_>) -> Found {
    let requests = vec![
        ("POST", good(context).method("POST")),
        ("HTTP/1.0", good(context).version("HTTP/1.0")),
        ("no Upgrade header", good(context).without("Upgrade")),
        ("no Connection header", good(context).without("Connection")),
        ("Upgrade: h2c", good(context).changed("Upgrade", "h2c")),
    ];
    let mut exchanges = refused(context, requests);
    let legal = good(context).changed("Connection", "keep-alive, Upgrade");
    exchanges.push(Exchange::request(
        context,
        "Connection: keep-alive, Upgrade",
        &legal,
        Wanted::Opened,
    ));
    play_all(context, exchanges).into()
}

fn twice(context: &Context<'_>) -> Found {
    let other_key = format!("Sec-WebSocket-Key: {}Kg==", "Kioq".repeat(5));
    let requests = vec![
        ("two keys", good(context).with(other_key)),
        ("two hosts", good(context).with("Host: other.example")),
    ];
    play_all(context, refused(context, requests)).into()
}

fn pipelined(context: &Context<'_>) -> Found {
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", context.endpoint.host);
    let out = Outgoing::nothing().repeated(request.into_bytes(), PLAIN_REQUESTS);
    let exchange = Exchange::raw(context, "20,000 plain requests", out, Wanted::Anything)
        .flooding(context.bounds.flood())
        .deaf();
    play(context, exchange).into()
}

fn early_data(context: &Context<'_>) -> Found {
    let mut bytes = good(context).bytes();
    bytes.extend_from_slice(&whole(Opcode::Text, b"early"));
    let exchange = Exchange::raw(
        context,
        "the request and a text",
        Outgoing::once(bytes),
        Wanted::EchoOrEnded,
    );
    play(context, exchange).into()
}
