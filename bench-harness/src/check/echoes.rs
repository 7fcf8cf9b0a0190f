//! Does a server echo messages of every form of length and kind?

use record::{Extent, Load, MessageKind, MessageShape};

use crate::{process::Stop, run::Session};

/// Kinds and sizes: both sides of each form of length in a frame header
/// (RFC 6455 section 5.2), and text whose characters straddle any buffer.
const SHAPES: [(MessageKind, u64); 11] = [
    (MessageKind::Binary, 0),
    (MessageKind::Binary, 1),
    (MessageKind::Binary, 125),
    (MessageKind::Binary, 126),
    (MessageKind::Binary, 65_535),
    (MessageKind::Binary, 65_536),
    (MessageKind::Binary, 1 << 20),
    (MessageKind::TextAscii, 1_024),
    (MessageKind::TextMultibyte, 0),
    (MessageKind::TextMultibyte, 1_024),
    (MessageKind::TextMultibyte, 65_537),
];

/// Messages of each shape.
const MESSAGES: u64 = 8;

/// How many of them are on the way at a time, so that their order shows.
const IN_FLIGHT: u32 = 4;

/// Handshakes of their own, each closed in order.
const HANDSHAKES: u64 = 4;

/// Sends messages of every shape, each on a new connection that is closed in
/// order afterwards.
pub(super) fn echo(session: &mut Session<'_>, seed: u64) -> Result<(), Stop> {
    for (kind, size_bytes) in SHAPES {
        if !session.ready.protocol.carries(size_bytes) {
            continue;
        }
        let load = Load::Closed {
            in_flight: IN_FLIGHT,
        };
        let mut workload = session.workload(seed, 1, load, MessageShape { kind, size_bytes });
        workload.window = Extent::Count(MESSAGES);
        session.connect(&workload)?;
        let (_, flaws) = session.go(&workload)?;
        if !flaws.is_empty() {
            return Err(Stop::Flawed(flaws));
        }
        // While a connection is open: there may be a process for each.
        session.refuse_companions()?;
        session.disconnect()?;
    }
    Ok(())
}

/// Opens connections and closes them at once.
pub(super) fn open_and_close(session: &mut Session<'_>, seed: u64) -> Result<(), Stop> {
    let message = MessageShape {
        kind: MessageKind::Binary,
        size_bytes: 125,
    };
    let load = Load::Handshakes { concurrency: 1 };
    let mut workload = session.workload(seed, 1, load, message);
    workload.window = Extent::Count(HANDSHAKES);
    session.connect(&workload)?;
    let (_, flaws) = session.go(&workload)?;
    if !flaws.is_empty() {
        return Err(Stop::Flawed(flaws));
    }
    session.disconnect()
}
