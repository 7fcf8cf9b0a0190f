//! Probes of opening requests that carry more than they should: a body, or
//! lines of a response.

use std::time::Duration;

use wire::Opcode;

use super::{Found, Script, whole};
use crate::hazards::{
    answer::PLANTED,
    context::Context,
    exchange::{Exchange, play_all},
    outgoing::Outgoing,
    request::Request,
    wanted::Wanted,
};

/// How long a body's answer is waited for.
const ANSWER: Duration = Duration::from_secs(1);

/// Time between a head and its body, where they come apart.
const APART: Duration = Duration::from_millis(200);

pub(super) fn script(id: &str) -> Option<Script> {
    Some(match id {
        "H12" => bodies,
        "H14" => planted_lines,
        _ => return None,
    })
}

fn bodies(context: &Context<'_>) -> Found {
    let good = || Request::good(context.endpoint);
    let with_length = |lengths: &[usize], body: &[u8]| {
        let request = lengths.iter().fold(good(), |request, length| {
            request.with(format!("Content-Length: {length}"))
        });
        [&request.bytes(), body].concat()
    };
    let chunked = |body: &[u8]| {
        let head = good().with("Transfer-Encoding: chunked").bytes();
        let size = format!("{:x}\r\n", body.len());
        [&head, size.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
    };
    let second = format!("GET /x HTTP/1.1\r\nHost: {}\r\n\r\n", context.endpoint.host).into_bytes();
    let text = whole(Opcode::Text, b"from a body");
    let wait = ANSWER.min(context.bounds.wait());
    let exchange = |what: &str, out: Outgoing, wanted: Wanted| {
        Exchange::raw(context, what, out, wanted).waiting(wait)
    };
    let at_once =
        |what: &str, bytes: Vec<u8>| exchange(what, Outgoing::once(bytes), Wanted::BodyUnused);
    // A server that refuses bytes behind the head may do so for another reason:
    // it may not look for a body at all.
    let late = with_length(&[text.len()], &text);
    let head = late.len() - text.len();
    let late = Outgoing::once(late).in_pieces(head).slowly(APART);
    let exchanges = vec![
        at_once(
            "Content-Length, the body a second request",
            with_length(&[second.len()], &second),
        ),
        at_once(
            "Content-Length, the body a text message",
            with_length(&[text.len()], &text),
        ),
        exchange(
            "Content-Length, the body a text message, 200 ms behind the head",
            late,
            Wanted::BodyUnused,
        ),
        at_once("chunked, the body a second request", chunked(&second)),
        at_once("chunked, the body a text message", chunked(&text)),
        exchange(
            "Content-Length twice, with 0 and with the body's length",
            Outgoing::once(with_length(&[0, text.len()], &text)),
            Wanted::RefusedOrEnded,
        ),
    ];
    play_all(context, exchanges).into()
}

fn planted_lines(context: &Context<'_>) -> Found {
    let line = format!("{PLANTED}: 1");
    let high: Vec<u8> = (0x80..=0xff).collect();
    let tricks: [(&str, Vec<u8>); 6] = [
        ("a lone LF", format!("\n{line}").into_bytes()),
        ("a lone CR", format!("\r{line}").into_bytes()),
        (
            "an escaped CR LF",
            format!("%0d%0a{PLANTED}:%201").into_bytes(),
        ),
        ("NUL", b"\0".to_vec()),
        ("0x80 to 0xFF", high),
        ("a folded line", format!("\r\n {line}").into_bytes()),
    ];
    let good = || Request::good(context.endpoint);
    let mut exchanges = Vec::new();
    for (what, trick) in &tricks {
        let header = |name: &str, value: &str| {
            let mut header = format!("{name}: {value}").into_bytes();
            header.extend_from_slice(trick);
            good().with(header)
        };
        let requests = [
            (
                "Sec-WebSocket-Protocol",
                header("Sec-WebSocket-Protocol", "chat"),
            ),
            ("Origin", header("Origin", "http://example.com")),
            ("the path", good().query(trick)),
        ];
        for (place, request) in requests {
            let what = format!("{what} in {place}");
            exchanges.push(Exchange::request(
                context,
                what,
                &request,
                Wanted::NothingPlanted,
            ));
        }
    }
    play_all(context, exchanges).into()
}
