//! Control frames, and text that is no text.

use std::time::Duration;

use record::{Fact, NotApplicable, Received, Sent};
use wire::{CloseReason, Opcode};

use super::{
    Judged, Trouble,
    peer::{Incoming, Loss, Peer, Place, fragment, frame, unexpected},
};

/// How long a pong inside a message is waited for: it is only shown, and a
/// server that waits for the message's end never sends it.
const PONG_LIMIT: Duration = Duration::from_secs(2);

/// Codes that a client may close with: of the protocol, of a library's registry
/// and of nobody's.
const CLOSE_CODES: [u16; 4] = [1000, 1001, 3000, 4999];

const PING_BYTES: [usize; 3] = [0, 4, 125];

/// Two letters and a byte that no UTF-8 has.
const INVALID_TEXT: &[u8] = b"ok\xff";

pub(super) fn a_connection_opens(place: &Place) -> Judged {
    match Peer::open(place) {
        Ok(_) => Ok(None),
        Err(loss) => Err(loss.after(Sent::Opening)),
    }
}

pub(super) fn pings_are_answered(place: &Place) -> Judged {
    let mut peer = open(place)?;
    for size_bytes in PING_BYTES {
        let payload = vec![b'p'; size_bytes];
        let sent = Sent::Ping {
            size_bytes: size_bytes as u64,
        };
        let deadline = peer.deadline();
        let pong = peer
            .send(&frame(Opcode::Ping, &payload))
            .and_then(|()| peer.next(deadline));
        match pong.map_err(|loss| loss.after(sent.clone()))? {
            Incoming::Pong(answer) if answer == payload => {}
            other => {
                let received = unexpected(&other);
                return Err(Trouble::Failed { sent, received });
            }
        }
    }
    Ok(None)
}

pub(super) fn pongs_come_inside_a_message(place: &Place) -> Judged {
    let mut hasty = place.clone();
    hasty.limit = place.limit.min(PONG_LIMIT);
    let mut peer = open(&hasty)?;
    let mut bytes = fragment(Opcode::Binary, b"half of it, ");
    bytes.extend(frame(Opcode::Ping, b"now?"));
    let lost = |loss: Loss| loss.after(Sent::FragmentAndPing);
    peer.send(&bytes).map_err(lost)?;
    let deadline = peer.deadline();
    match peer.next(deadline).map_err(lost)? {
        Incoming::Pong(answer) if answer == b"now?" => Ok(None),
        other => Err(Trouble::Failed {
            sent: Sent::FragmentAndPing,
            received: unexpected(&other),
        }),
    }
}

pub(super) fn close_is_answered(place: &Place) -> Judged {
    let (received, _) = close(place, Some(1000))?;
    match received {
        Ok(_) => Ok(None),
        Err(loss) => Err(loss.after(Sent::Close { code: Some(1000) })),
    }
}

pub(super) fn close_codes_are_echoed(place: &Place) -> Judged {
    for code in CLOSE_CODES.map(Some) {
        closes_with(place, code)?;
    }
    Ok(None)
}

pub(super) fn close_without_code_is_answered(place: &Place) -> Judged {
    closes_with(place, None)
}

fn closes_with(place: &Place, code: Option<u16>) -> Judged {
    let sent = Sent::Close { code };
    match close(place, code)?.0 {
        Ok(answer) if answer == code => Ok(None),
        Ok(answer) => Err(Trouble::Failed {
            sent,
            received: Received::Close { code: answer },
        }),
        Err(loss) => Err(loss.after(sent)),
    }
}

pub(super) fn close_ends_the_connection(place: &Place) -> Judged {
    let sent = Sent::Close { code: Some(1000) };
    let (answer, mut peer) = close(place, Some(1000))?;
    match answer {
        // Without an answer the connection may have ended all the same.
        Err(Loss::Received(Received::Ended | Received::Reset)) => Ok(None),
        Err(loss) => Err(loss.after(sent)),
        Ok(_) => match peer.end() {
            Ok(()) => Ok(None),
            Err(loss) => Err(loss.after(sent)),
        },
    }
}

/// Sends a Close frame; returns the code of the one that answers it.
fn close(place: &Place, code: Option<u16>) -> Result<(Result<Option<u16>, Loss>, Peer), Trouble> {
    let mut peer = open(place)?;
    let reason = CloseReason { code, reason: "" };
    // Every code here may be sent.
    let payload = reason.encode().unwrap_or_default();
    let deadline = peer.deadline();
    let answer = peer
        .send(&frame(Opcode::Close, &payload))
        .and_then(|()| peer.next(deadline))
        .and_then(|incoming| match incoming {
            Incoming::Close(code) => Ok(code),
            other => Err(unexpected(&other).into()),
        });
    Ok((answer, peer))
}

pub(super) fn invalid_text_is_not_echoed(place: &Place) -> Judged {
    match after_invalid_text(place)? {
        received @ Received::Message { .. } => Err(Trouble::Failed {
            sent: Sent::InvalidText,
            received,
        }),
        received => Ok(Some(Fact::Answer { received })),
    }
}

pub(super) fn invalid_text_closes_with_1007(place: &Place) -> Judged {
    match after_invalid_text(place)? {
        Received::Close { code: Some(1007) } => Ok(None),
        Received::Message { .. } => Err(Trouble::NotApplicable(NotApplicable::Utf8NotChecked)),
        received => Err(Trouble::Failed {
            sent: Sent::InvalidText,
            received,
        }),
    }
}

fn after_invalid_text(place: &Place) -> Result<Received, Trouble> {
    let mut peer = open(place)?;
    let deadline = peer.deadline();
    let answer = peer
        .send(&frame(Opcode::Text, INVALID_TEXT))
        .and_then(|()| peer.next(deadline));
    match answer {
        Ok(incoming) => Ok(unexpected(&incoming)),
        Err(Loss::Received(received)) => Ok(received),
        Err(Loss::Interrupted) => Err(Trouble::Interrupted),
    }
}

fn open(place: &Place) -> Result<Peer, Trouble> {
    Peer::open(place).map_err(|loss| loss.after(Sent::Opening))
}
