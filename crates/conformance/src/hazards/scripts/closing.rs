//! Probes of the end of connections.

use std::time::{Duration, Instant};

use wire::Opcode;

use super::{Found, Script, announced, reserved_bit, unmasked, whole};
use crate::hazards::{
    ConnectionState, ExchangeRecord, Fault, Usage,
    client::{Client, Until},
    context::{Context, ns},
    exchange::{Exchange, never_open, noted, play_all},
    outgoing::Outgoing,
    request::Request,
    wanted::Wanted,
};

/// How long a server may keep a connection whose peer doesn't close.
const CLOSING: Duration = Duration::from_secs(10);

/// The same where the peer goes on sending: its bytes are a reason to end it.
const GIVING_UP: Duration = Duration::from_secs(5);

/// Time between the messages of one who goes on.
const TALKING: Duration = Duration::from_millis(20);

/// Messages behind the end are this large.
const LATE_BYTES: usize = 64 << 10;

pub(super) fn script(id: &str) -> Option<Script> {
    Some(match id {
        "C01" => never_closes,
        "C02" => data_after_the_end,
        "C03" => illegal_closes,
        "C04" => codes,
        "C05" => half_open,
        "C07" => goes_on_talking,
        _ => return None,
    })
}

fn never_closes(context: &Context<'_>) -> Found {
    let files = || {
        context
            .gauge
            .usage()
            .map(|Usage { open_files, .. }| open_files)
    };
    let what = "a text with a reserved bit, then nothing is read or closed";
    let before = files();
    let halt = || context.is_over();
    let opening = Request::good(context.endpoint).bytes();
    let opened = Client::open(context.endpoint, &opening, context.bounds.wait(), &halt);
    let Some(mut client) = opened else {
        return never_open(what.to_owned(), context.is_over()).into();
    };
    let began = Instant::now();
    let until = Until {
        time: began + context.bounds.wait(),
        sent: true,
        halt: &halt,
        enough: &|_| false,
    };
    client.pump(&mut Outgoing::once(reserved_bit()), false, &until);
    let patience = CLOSING.min(context.bounds.patience());
    // The server has let go when its descriptor is gone; from outside only the
    // end of its sending side can be seen.
    let has_let_go = || match (before, files()) {
        (Some(before), Some(now)) => now <= before,
        _ => client.is_hung_up(),
    };
    while began.elapsed() < patience && !has_let_go() && !context.is_over() {
        context.pause(Duration::from_millis(20));
    }
    let ended = has_let_go();
    let waited_ns = ns(began.elapsed());
    ExchangeRecord {
        sent_bytes: client.sent_bytes,
        state: if ended {
            ConnectionState::Closed
        } else {
            ConnectionState::Open
        },
        reaction_ns: ended.then_some(waited_ns),
        fault: (!ended && !context.is_over()).then_some(Fault::StillOpen { waited_ns }),
        ..never_open(what.to_owned(), true)
    }
    .into()
}

fn data_after_the_end(context: &Context<'_>) -> Found {
    let late = whole(Opcode::Binary, &vec![0x2a; LATE_BYTES]);
    let times = context.bounds.flood_bytes / late.len() as u64;
    let ends = [
        (
            "a Close frame, then messages",
            whole(Opcode::Close, &[3, 0xe8]),
        ),
        ("a reserved bit, then messages", reserved_bit()),
    ];
    let exchanges = ends.map(|(what, end)| {
        let out = Outgoing::once(end).repeated(late.clone(), times);
        Exchange::opened(context, what, out, Wanted::NoMessage)
            .flooding(context.bounds.flood())
            .waiting(Duration::from_millis(200))
    });
    play_all(context, exchanges.into()).into()
}

/// Codes that no Close frame may carry (RFC 6455 section 7.4): 1012 to 1014
/// have been registered since.
const ILLEGAL: [u16; 10] = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535];

fn illegal_closes(context: &Context<'_>) -> Found {
    let wanted = Wanted::Fails(&[1002]);
    let mut exchanges: Vec<Exchange> = ILLEGAL
        .map(|code| {
            let out = Outgoing::once(whole(Opcode::Close, &code.to_be_bytes()));
            Exchange::opened(context, format!("code {code}"), out, wanted)
        })
        .into();
    let half_a_code = Outgoing::once(whole(Opcode::Close, &[3]));
    exchanges.push(Exchange::opened(
        context,
        "a payload of one byte",
        half_a_code,
        wanted,
    ));
    play_all(context, exchanges).into()
}

fn codes(context: &Context<'_>) -> Found {
    let above = context.bounds.message_limit_bytes + (1 << 20);
    let errors = [
        ("a reserved bit", reserved_bit(), 1002),
        ("an unmasked text", unmasked(Opcode::Text, b"Hello"), 1002),
        (
            "a text that is no UTF-8",
            whole(Opcode::Text, b"\xce\xba\xed\xa0\x80"),
            1007,
        ),
        (
            "a frame above the message limit announced",
            announced(Opcode::Binary, above),
            1009,
        ),
    ];
    let exchanges = errors.map(|(what, bytes, code)| {
        let wanted = Wanted::FailsWithCode(code);
        Exchange::opened(context, what, Outgoing::once(bytes), wanted)
    });
    play_all(context, exchanges.into()).into()
}

fn half_open(context: &Context<'_>) -> Found {
    let text = whole(Opcode::Text, b"hello");
    let cut = text[..text.len() - 2].to_vec();
    let exchanges = [
        ("a message, then the end", text, Wanted::EchoThenEnded),
        ("the end", Vec::new(), Wanted::Ended),
        ("half a frame, then the end", cut, Wanted::Ended),
    ]
    .map(|(what, bytes, wanted)| {
        Exchange::opened(context, what, Outgoing::once(bytes), wanted).half_closing()
    });
    play_all(context, exchanges.into()).into()
}

/// A server that has ended TCP resets whoever goes on sending; that is how its
/// end is seen here, and not by a FIN, behind which a socket may stay open.
fn goes_on_talking(context: &Context<'_>) -> Found {
    let what = "a text with a reserved bit, then a text every 20 ms";
    let halt = || context.is_over();
    let opening = Request::good(context.endpoint).bytes();
    let opened = Client::open(context.endpoint, &opening, context.bounds.wait(), &halt);
    let Some(mut client) = opened else {
        return never_open(what.to_owned(), context.is_over()).into();
    };
    let text = whole(Opcode::Text, b"are you there?");
    let patience = GIVING_UP.min(context.bounds.patience());
    let began = Instant::now();
    let mut out = Outgoing::once(reserved_bit());
    while began.elapsed() < patience && !context.is_over() {
        if client.state == ConnectionState::Open {
            let until = Until {
                time: Instant::now() + TALKING,
                sent: false,
                halt: &halt,
                enough: &|_| false,
            };
            client.pump(&mut out, true, &until);
            if out.is_done() {
                out = Outgoing::once(text.clone());
            }
        } else if client.still_takes(&text) {
            context.pause(TALKING);
        } else {
            break;
        }
    }
    let waited_ns = ns(began.elapsed());
    let is_kept = client.still_takes(&text);
    let echoed = (client.seen.messages > 0).then_some(Fault::Echoed);
    let mut record = noted(what.to_owned(), &client, began);
    if is_kept {
        record.state = ConnectionState::Open;
    }
    record.fault = (is_kept && !context.is_over())
        .then_some(Fault::StillOpen { waited_ns })
        .or_else(|| echoed.clone());
    let mut found = Found::from(record);
    found.faults.extend(echoed);
    found
}
