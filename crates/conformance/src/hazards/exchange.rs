//! One connection on which something is sent and a reaction waited for, and
//! many of them side by side.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    ConnectionState, ExchangeRecord, Fault,
    client::{Client, Until},
    context::{Context, ns},
    outgoing::Outgoing,
    request::Request,
    seen::Seen,
    wanted::Wanted,
};

/// Exchanges side by side.
const CONCURRENCY: usize = 16;

/// How long the end of TCP is waited for behind a Close frame.
const AFTER_CLOSE: Duration = Duration::from_millis(500);

/// How long sending may take where nothing else is said.
const SENDING: Duration = Duration::from_secs(10);

/// What is sent on a connection, and what should come of it.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    what: String,
    /// The opening request, where there is a handshake before.
    opening: Option<Vec<u8>>,
    out: Outgoing,
    wanted: Wanted,
    /// How long sending may last.
    sending: Duration,
    /// How long the reaction is waited for behind that.
    wait: Duration,
    reads: bool,
    half_closes: bool,
}

impl Exchange {
    /// Bytes on a new connection.
    pub(super) fn raw(
        context: &Context<'_>,
        what: impl Into<String>,
        out: Outgoing,
        wanted: Wanted,
    ) -> Self {
        Self {
            what: what.into(),
            opening: None,
            out,
            wanted,
            sending: SENDING,
            wait: context.bounds.wait(),
            reads: true,
            half_closes: false,
        }
    }

    /// A request.
    pub(super) fn request(
        context: &Context<'_>,
        what: impl Into<String>,
        request: &Request,
        wanted: Wanted,
    ) -> Self {
        Self::raw(context, what, Outgoing::once(request.bytes()), wanted)
    }

    /// Bytes behind a good handshake.
    pub(super) fn opened(
        context: &Context<'_>,
        what: impl Into<String>,
        out: Outgoing,
        wanted: Wanted,
    ) -> Self {
        Self {
            opening: Some(Request::good(context.endpoint).bytes()),
            ..Self::raw(context, what, out, wanted)
        }
    }

    /// With another opening request.
    pub(super) fn opened_by(mut self, request: &Request) -> Self {
        self.opening = Some(request.bytes());
        self
    }

    /// As fast as it is taken, for this long at most.
    pub(super) fn flooding(mut self, time: Duration) -> Self {
        self.sending = time;
        self
    }

    /// With this long a wait for the reaction.
    pub(super) fn waiting(mut self, time: Duration) -> Self {
        self.wait = time;
        self
    }

    /// Without reading.
    pub(super) fn deaf(mut self) -> Self {
        self.reads = false;
        self
    }

    /// Ends the sending side behind it.
    pub(super) fn half_closing(mut self) -> Self {
        self.half_closes = true;
        self
    }
}

/// Makes one exchange.
pub(super) fn play(context: &Context<'_>, exchange: Exchange) -> ExchangeRecord {
    let Exchange {
        what,
        opening,
        mut out,
        wanted,
        sending,
        wait,
        reads,
        half_closes,
    } = exchange;
    let halt = || context.is_over();
    let client = match &opening {
        Some(request) => Client::open(context.endpoint, request, context.bounds.wait(), &halt),
        None => Client::connect(context.endpoint).ok(),
    };
    let Some(mut client) = client else {
        return never_open(what, context.is_over());
    };
    if !reads {
        client.keep_little();
    }
    let began = Instant::now();
    let enough = |seen: &Seen| wanted.is_settled(seen);
    let until = |time: Duration, sent: bool| Until {
        time: Instant::now() + time,
        sent,
        halt: &halt,
        enough: &enough,
    };
    client.pump(&mut out, reads, &until(sending, true));
    if half_closes {
        client.half_close();
    }
    if reads {
        client.pump(&mut Outgoing::nothing(), true, &until(wait, false));
        if client.seen.close_frames > 0 {
            let end = Until {
                time: Instant::now() + AFTER_CLOSE,
                sent: false,
                halt: &halt,
                enough: &|_| false,
            };
            client.pump(&mut Outgoing::nothing(), true, &end);
        }
    }
    // A probe that was stopped has not waited long enough to blame anybody.
    let fault = wanted.fault(&client, began.elapsed());
    let fault = fault.filter(|fault| !(fault.is_patience() && context.is_over()));
    ExchangeRecord {
        fault,
        ..noted(what, &client, began)
    }
}

/// The record of a connection on which something was sent from `began` on, before
/// it is judged.
pub(super) fn noted(what: String, client: &Client, began: Instant) -> ExchangeRecord {
    let reacted = [client.seen.reacted, client.ended].into_iter().flatten();
    ExchangeRecord {
        what,
        connections: 1,
        sent_bytes: client.sent_bytes,
        status: client.seen.status,
        close_code: client.seen.close_code,
        close_frames: client.seen.close_frames,
        messages: client.seen.messages,
        state: client.state,
        reaction_ns: reacted.min().map(|at| ns(at.duration_since(began))),
        fault: None,
    }
}

/// The record of a connection that there never was.
pub(super) fn never_open(what: String, stopped: bool) -> ExchangeRecord {
    ExchangeRecord {
        what,
        connections: 1,
        sent_bytes: 0,
        status: None,
        close_code: None,
        close_frames: 0,
        messages: 0,
        state: ConnectionState::NeverOpen,
        reaction_ns: None,
        fault: (!stopped).then_some(Fault::NotOpened),
    }
}

/// Makes exchanges side by side; the records are in the order of the list.
pub(super) fn play_all(context: &Context<'_>, exchanges: Vec<Exchange>) -> Vec<ExchangeRecord> {
    let next = AtomicUsize::new(0);
    let records = Mutex::new(Vec::new());
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(exchange) = exchanges.get(at) else {
                return;
            };
            if context.is_over() {
                return;
            }
            let record = play(context, exchange.clone());
            records
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((at, record));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..CONCURRENCY.min(exchanges.len()) {
            scope.spawn(work);
        }
    });
    let mut records = records.into_inner().unwrap_or_else(PoisonError::into_inner);
    records.sort_by_key(|(at, _)| *at);
    records.into_iter().map(|(_, record)| record).collect()
}
