//! Many connections: held, dropped, or full of random bytes.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use super::{
    ConnectionState, ExchangeRecord,
    client::{Client, Until},
    context::Context,
    exchange::never_open,
    outgoing::Outgoing,
};

/// How long one connection of a crowd may take to come about.
const EACH: Duration = Duration::from_secs(2);

/// Connections that may fail before the rest is not tried.
const MOST_FAILURES: u32 = 20;

/// Connections that are held.
pub(super) struct Crowd {
    what: String,
    clients: Vec<Client>,
    sent_bytes: u64,
}

impl Crowd {
    /// Opens connections, with a handshake when there is an `opening` request,
    /// and sends `bytes` on each.
    pub(super) fn gather(
        context: &Context<'_>,
        what: &str,
        count: u32,
        opening: Option<&[u8]>,
        bytes: &[u8],
    ) -> Self {
        let mut crowd = Self {
            what: what.to_owned(),
            clients: Vec::new(),
            sent_bytes: 0,
        };
        let mut failures = 0;
        for _ in 0..count {
            if context.is_over() || failures >= MOST_FAILURES {
                break;
            }
            match joined(context, opening) {
                Some(mut client) => {
                    crowd.sent_bytes += send(context, &mut client, bytes);
                    crowd.clients.push(client);
                }
                None => failures += 1,
            }
        }
        crowd
    }

    /// Sends `bytes` on each connection.
    pub(super) fn send(&mut self, context: &Context<'_>, bytes: &[u8]) {
        for client in &mut self.clients {
            if context.is_over() {
                return;
            }
            self.sent_bytes += send(context, client, bytes);
        }
    }

    /// Waits for a message on each connection.
    pub(super) fn hear(&mut self, context: &Context<'_>) {
        let until = Until {
            time: Instant::now() + context.bounds.wait(),
            sent: false,
            halt: &|| context.is_over(),
            enough: &|seen| seen.messages > 0,
        };
        for client in &mut self.clients {
            client.pump(&mut Outgoing::nothing(), true, &until);
        }
    }

    /// Lets go of all of them.
    pub(super) fn leave(self) -> ExchangeRecord {
        let connections = u32::try_from(self.clients.len()).unwrap_or(u32::MAX);
        if connections == 0 {
            return never_open(self.what, false);
        }
        let kept = self.clients.iter().any(|client| !client.is_hung_up());
        ExchangeRecord {
            messages: self.clients.iter().map(|it| it.seen.messages).sum(),
            ..record(self.what, connections, self.sent_bytes, kept)
        }
    }
}

fn joined(context: &Context<'_>, opening: Option<&[u8]>) -> Option<Client> {
    match opening {
        None => Client::connect(context.endpoint).ok(),
        Some(request) => Client::open(context.endpoint, request, EACH, &|| context.is_over()),
    }
}

/// Sends without reading; how much was taken.
fn send(context: &Context<'_>, client: &mut Client, bytes: &[u8]) -> u64 {
    let before = client.sent_bytes;
    let until = Until {
        time: Instant::now() + EACH,
        sent: true,
        halt: &|| context.is_over(),
        enough: &|_| false,
    };
    client.pump(&mut Outgoing::once(bytes.to_vec()), false, &until);
    client.sent_bytes - before
}

fn record(what: String, connections: u32, sent_bytes: u64, kept: bool) -> ExchangeRecord {
    ExchangeRecord {
        connections,
        sent_bytes,
        state: if kept {
            ConnectionState::Open
        } else {
            ConnectionState::Closed
        },
        fault: None,
        ..never_open(what, true)
    }
}

/// Opens connections one after another, sends `bytes`, and resets them.
pub(super) fn reset_each(
    context: &Context<'_>,
    what: &str,
    count: u32,
    opening: &[u8],
    bytes: &[u8],
) -> ExchangeRecord {
    let (mut connections, mut failures, mut sent_bytes) = (0, 0, 0);
    while connections < count && failures < MOST_FAILURES && !context.is_over() {
        match joined(context, Some(opening)) {
            Some(mut client) => {
                connections += 1;
                sent_bytes += send(context, &mut client, bytes);
                client.reset();
            }
            None => failures += 1,
        }
    }
    dropped(what, connections, sent_bytes)
}

/// Connects and lets go at once: by a close, by a reset, and by a reset behind
/// half a request, in turns.
pub(super) fn connect_and_drop(
    context: &Context<'_>,
    what: &str,
    count: u32,
    half_a_request: &[u8],
) -> ExchangeRecord {
    let (mut connections, mut failures, mut sent_bytes) = (0, 0, 0);
    while connections < count && failures < MOST_FAILURES && !context.is_over() {
        if connections % 3 == 0 {
            match TcpStream::connect_timeout(&context.endpoint.address, EACH) {
                Ok(_) => connections += 1,
                Err(_) => failures += 1,
            }
            continue;
        }
        match joined(context, None) {
            Some(mut client) => {
                if connections % 3 == 2 {
                    sent_bytes += send(context, &mut client, half_a_request);
                }
                connections += 1;
                client.reset();
            }
            None => failures += 1,
        }
    }
    dropped(what, connections, sent_bytes)
}

fn dropped(what: &str, connections: u32, sent_bytes: u64) -> ExchangeRecord {
    if connections == 0 {
        return never_open(what.to_owned(), false);
    }
    ExchangeRecord {
        state: ConnectionState::Dropped,
        ..record(what.to_owned(), connections, sent_bytes, true)
    }
}

/// Many records of the same kind as one.
pub(super) fn merged(what: &str, records: &[ExchangeRecord]) -> ExchangeRecord {
    let sum = |of: fn(&ExchangeRecord) -> u64| records.iter().map(of).sum::<u64>();
    let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
    ExchangeRecord {
        close_frames: sum(|it| it.close_frames),
        messages: sum(|it| it.messages),
        fault: records.iter().find_map(|it| it.fault.clone()),
        ..dropped(what, count, sum(|it| it.sent_bytes))
    }
}
