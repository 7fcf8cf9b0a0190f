//! What a case makes of bytes that came from nowhere.

use std::time::{Duration, Instant};

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use record::{CaseVerdict, ConnectionEnd, Observed};
use wire::ClientKey;

use crate::{
    case::Case,
    deflate::{Negotiated, Opening},
    judge::judge,
    pace::Pace,
    peer::State,
    play::Play,
};

/// The longest time limit of a case, as in a run.
const LONGEST_CASE: Duration = Duration::from_secs(60);

/// Plays a case against a recorded stream: all that a server sent behind its
/// response, in the parts in which it was read, before it ended the connection.
/// No time passes, so that how the stream is cut changes nothing.
///
/// An extension that the case offers counts as agreed on, without parameters.
#[must_use]
pub fn replay<'b>(
    case: &Case,
    parts: impl IntoIterator<Item = &'b [u8]>,
    seed: u64,
) -> (Observed, CaseVerdict) {
    let now = Instant::now();
    let random = ChaCha8Rng::seed_from_u64(seed);
    let agreed = (!case.offers.is_empty()).then(Negotiated::without_parameters);
    let pace = Pace::of_suite(LONGEST_CASE);
    let mut play = Play::new(case, random, pace, agreed.as_ref(), now);
    for part in parts {
        if play.peer.state == State::Closed {
            break;
        }
        play.input(part, now);
    }
    play.peer.end();
    let agreement = play.agreement();
    let observed = play.observed(ConnectionEnd::ClosedByServer, Duration::ZERO);
    let verdict = judge(case, &observed, agreement);
    (observed, verdict)
}

/// Reads a recorded response to a request with these offers, in the parts in
/// which it was read. Returns where it ended; `None` when more is needed.
///
/// # Errors
/// When the connection is not open, in words.
pub fn read_response<'b>(
    offers: &[String],
    nonce: [u8; 16],
    parts: impl IntoIterator<Item = &'b [u8]>,
) -> Result<Option<usize>, String> {
    let mut opening = Opening::new(&ClientKey::from_nonce(nonce), offers);
    let mut before = 0;
    for part in parts {
        match opening.push(part)? {
            Some(opened) => return Ok(Some(before + opened.used)),
            None => before += part.len(),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseTable;

    /// How long case 10.1.1, which waits for one text of 64 KiB, waits when this
    /// has come.
    fn waits_behind(stream: &[u8]) -> Duration {
        let cases = CaseTable::built_in().unwrap().cases;
        let case = cases.iter().find(|it| it.id.to_string() == "10.1.1");
        let pace = Pace::patient(LONGEST_CASE);
        let random = ChaCha8Rng::seed_from_u64(1);
        let now = Instant::now();
        let mut play = Play::new(case.unwrap(), random, pace, None, now);
        play.input(stream, now);
        play.tick(now);
        play.next_due() - now
    }

    #[test]
    fn what_is_wrong_already_is_not_waited_for_with_patience() {
        assert_eq!(waits_behind(b""), Duration::from_secs(30));
        // A frame whose payload is on its way.
        assert_eq!(waits_behind(b"\x81\x02*"), Duration::from_secs(30));
        assert_eq!(waits_behind(b"\x81\x01*"), Duration::from_secs(1));
    }
}
