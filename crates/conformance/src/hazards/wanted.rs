//! What should come of an exchange, and what was wrong with what did.

use super::{
    ConnectionState, Fault,
    answer::{planted, second_status},
    client::Client,
    context::ns,
    seen::Seen,
};

/// What should come of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// An HTTP status from 400 on.
    Refused,
    /// Status 101.
    Opened,
    /// A status, or the end.
    AnsweredOrEnded,
    /// A status from 400 on, or the end, before all was sent.
    RefusedOrEnded,
    /// Status 101 without permessage-deflate, or a refusal, or the end.
    Declined,
    /// A status, or the end, and nothing in the response that the request has put
    /// there.
    NothingPlanted,
    /// A status, or the end; no message and no second response.
    BodyUnused,
    /// A Close frame with one of these codes, or the end without one.
    Fails(&'static [u16]),
    /// A Close frame with this code.
    FailsWithCode(u16),
    /// So many messages with so many bytes.
    Echo(u64, u64),
    /// A message, or the end.
    EchoOrEnded,
    /// A message, and then the end.
    EchoThenEnded,
    /// The end.
    Ended,
    /// No message.
    NoMessage,
    /// Nothing in particular: what it costs is judged.
    Anything,
}

/// What an exchange came to, for its judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Came {
    status: Option<u16>,
    close_code: Option<u16>,
    close_frames: u64,
    messages: u64,
    message_bytes: u64,
    ended: bool,
    waited_ns: u64,
}

impl Wanted {
    /// Whether nothing that could come matters any more.
    pub(super) fn is_settled(self, seen: &Seen) -> bool {
        match self {
            Self::Refused
            | Self::Opened
            | Self::AnsweredOrEnded
            | Self::RefusedOrEnded
            | Self::Declined
            | Self::NothingPlanted => seen.status.is_some(),
            Self::Fails(_) | Self::FailsWithCode(_) => seen.close_frames > 0 || seen.messages > 0,
            Self::Echo(messages, _) => seen.messages >= messages,
            Self::EchoOrEnded => seen.messages > 0 || seen.close_frames > 0,
            Self::NoMessage | Self::BodyUnused => seen.messages > 0,
            Self::EchoThenEnded | Self::Ended | Self::Anything => false,
        }
    }

    /// What was wrong.
    pub(super) fn fault(self, client: &Client, waited: std::time::Duration) -> Option<Fault> {
        let seen = &client.seen;
        self.fault_of(Came {
            status: seen.status,
            close_code: seen.close_code,
            close_frames: seen.close_frames,
            messages: seen.messages,
            message_bytes: seen.message_bytes,
            ended: matches!(
                client.state,
                ConnectionState::Closed | ConnectionState::Reset
            ),
            waited_ns: ns(waited),
        })
        .or_else(|| self.fault_of_answer(seen))
    }

    /// What was wrong with the response besides its status.
    fn fault_of_answer(self, seen: &Seen) -> Option<Fault> {
        match self {
            Self::Declined => {
                let value = seen.extensions.as_ref()?;
                let agreed = value.contains("permessage-deflate");
                agreed.then(|| Fault::BadParameters {
                    value: value.clone(),
                })
            }
            Self::NothingPlanted => planted(&seen.answer).map(|line| Fault::Planted { line }),
            Self::BodyUnused => {
                let status = second_status(&seen.answer)?;
                Some(Fault::SecondResponse { status })
            }
            _ => None,
        }
    }

    fn fault_of(self, came: Came) -> Option<Fault> {
        let waited_ns = came.waited_ns;
        let silent = Fault::Silent { waited_ns };
        let still_open = || (!came.ended).then_some(Fault::StillOpen { waited_ns });
        match self {
            Self::Refused => match came.status {
                Some(400..=599) => None,
                Some(_) => Some(Fault::Accepted),
                None if came.ended => Some(Fault::NoResponse),
                None => Some(silent),
            },
            Self::RefusedOrEnded => match came.status {
                Some(400..=599) => None,
                Some(_) => Some(Fault::Accepted),
                None if came.ended => None,
                None => Some(silent),
            },
            Self::Opened => (came.status != Some(101)).then_some(Fault::Refused {
                status: came.status,
            }),
            Self::BodyUnused if came.messages > 0 => Some(Fault::Echoed),
            Self::AnsweredOrEnded | Self::Declined | Self::NothingPlanted | Self::BodyUnused => {
                (came.status.is_none() && !came.ended).then_some(silent)
            }
            Self::Fails(codes) => match came.close_code {
                _ if came.messages > 0 => Some(Fault::Echoed),
                Some(code) if !codes.contains(&code) => Some(Fault::WrongCode { code }),
                _ if came.close_frames > 0 => None,
                _ => still_open(),
            },
            Self::FailsWithCode(wanted) => match came.close_code {
                _ if came.messages > 0 => Some(Fault::Echoed),
                Some(code) if code == wanted => None,
                Some(code) => Some(Fault::WrongCode { code }),
                None if came.ended || came.close_frames > 0 => Some(Fault::NoCode),
                None => still_open(),
            },
            Self::Echo(messages, bytes) => {
                let whole = came.messages == messages && came.message_bytes == bytes;
                (!whole).then_some(Fault::NotEchoed)
            }
            Self::EchoOrEnded => {
                let refused = came.status.is_some_and(|code| code >= 400);
                let told = came.messages > 0 || came.close_frames > 0 || came.ended || refused;
                (!told).then_some(Fault::NotEchoed)
            }
            Self::EchoThenEnded if came.messages == 0 => Some(Fault::NotEchoed),
            Self::EchoThenEnded | Self::Ended => still_open(),
            Self::NoMessage => (came.messages > 0).then_some(Fault::Echoed),
            Self::Anything => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Came = Came {
        status: None,
        close_code: None,
        close_frames: 0,
        messages: 0,
        message_bytes: 0,
        ended: false,
        waited_ns: 7,
    };

    const SILENT: Fault = Fault::Silent { waited_ns: 7 };
    const OPEN: Fault = Fault::StillOpen { waited_ns: 7 };

    fn status(code: u16) -> Came {
        Came {
            status: Some(code),
            ..NOTHING
        }
    }

    fn closed(code: Option<u16>) -> Came {
        Came {
            close_code: code,
            close_frames: 1,
            ended: true,
            ..NOTHING
        }
    }

    const ENDED: Came = Came {
        ended: true,
        ..NOTHING
    };

    const ECHO: Came = Came {
        messages: 1,
        message_bytes: 5,
        ..NOTHING
    };

    #[test]
    fn handshakes_are_judged_by_their_status() {
        for (wanted, came, fault) in [
            (Wanted::Refused, status(426), None),
            (Wanted::Refused, status(101), Some(Fault::Accepted)),
            (Wanted::Refused, ENDED, Some(Fault::NoResponse)),
            (Wanted::Refused, NOTHING, Some(SILENT)),
            (Wanted::RefusedOrEnded, ENDED, None),
            (Wanted::RefusedOrEnded, status(200), Some(Fault::Accepted)),
            (Wanted::RefusedOrEnded, NOTHING, Some(SILENT)),
            (Wanted::Opened, status(101), None),
            (
                Wanted::Opened,
                status(400),
                Some(Fault::Refused { status: Some(400) }),
            ),
            (Wanted::Opened, ENDED, Some(Fault::Refused { status: None })),
            (Wanted::AnsweredOrEnded, status(101), None),
            (Wanted::AnsweredOrEnded, ENDED, None),
            (Wanted::AnsweredOrEnded, NOTHING, Some(SILENT)),
            (Wanted::NothingPlanted, status(101), None),
            (Wanted::NothingPlanted, NOTHING, Some(SILENT)),
            (Wanted::BodyUnused, status(101), None),
            (Wanted::BodyUnused, ENDED, None),
            (Wanted::BodyUnused, NOTHING, Some(SILENT)),
            (Wanted::BodyUnused, ECHO, Some(Fault::Echoed)),
        ] {
            assert_eq!(wanted.fault_of(came), fault, "{wanted:?} {came:?}");
        }
    }

    #[test]
    fn responses_are_judged_by_what_else_they_hold() {
        let of = |wanted: Wanted, answer: &[u8]| {
            let mut seen = Seen::new();
            seen.input(answer, std::time::Instant::now());
            wanted.fault_of_answer(&seen)
        };
        let agreed = b"HTTP/1.1 101 Yes\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
        let value = "permessage-deflate".to_owned();
        assert_eq!(
            of(Wanted::Declined, agreed),
            Some(Fault::BadParameters { value })
        );
        assert_eq!(of(Wanted::Opened, agreed), None);
        let planted = b"HTTP/1.1 101 Yes\r\nP: a\nX-Planted: 1\r\n\r\n";
        let line = "X-Planted: 1".to_owned();
        assert_eq!(
            of(Wanted::NothingPlanted, planted),
            Some(Fault::Planted { line })
        );
        let twice = b"HTTP/1.1 400 No\r\n\r\n".repeat(2);
        assert_eq!(
            of(Wanted::BodyUnused, &twice),
            Some(Fault::SecondResponse { status: 400 })
        );
        assert_eq!(of(Wanted::BodyUnused, &twice[..19]), None);
    }

    #[test]
    fn errors_are_judged_by_the_end_and_the_code() {
        const CODES: Wanted = Wanted::Fails(&[1002]);
        const CODE: Wanted = Wanted::FailsWithCode(1002);
        for (wanted, came, fault) in [
            (CODES, closed(Some(1002)), None),
            (CODES, closed(None), None),
            (CODES, ENDED, None),
            (
                CODES,
                closed(Some(1000)),
                Some(Fault::WrongCode { code: 1000 }),
            ),
            (CODES, NOTHING, Some(OPEN)),
            (CODES, ECHO, Some(Fault::Echoed)),
            (CODE, closed(Some(1002)), None),
            (CODE, closed(None), Some(Fault::NoCode)),
            (CODE, ENDED, Some(Fault::NoCode)),
            (
                CODE,
                closed(Some(1011)),
                Some(Fault::WrongCode { code: 1011 }),
            ),
            (CODE, NOTHING, Some(OPEN)),
        ] {
            assert_eq!(wanted.fault_of(came), fault, "{wanted:?} {came:?}");
        }
    }

    #[test]
    fn echoes_and_ends_are_judged_by_what_came() {
        let echo_then_end = Came {
            ended: true,
            ..ECHO
        };
        for (wanted, came, fault) in [
            (Wanted::Echo(1, 5), ECHO, None),
            (Wanted::Echo(1, 6), ECHO, Some(Fault::NotEchoed)),
            (Wanted::Echo(1, 5), ENDED, Some(Fault::NotEchoed)),
            (Wanted::EchoOrEnded, ENDED, None),
            (Wanted::EchoOrEnded, NOTHING, Some(Fault::NotEchoed)),
            (Wanted::EchoThenEnded, echo_then_end, None),
            (Wanted::EchoThenEnded, ECHO, Some(OPEN)),
            (Wanted::EchoThenEnded, ENDED, Some(Fault::NotEchoed)),
            (Wanted::Ended, ENDED, None),
            (Wanted::Ended, NOTHING, Some(OPEN)),
            (Wanted::NoMessage, NOTHING, None),
            (Wanted::NoMessage, ECHO, Some(Fault::Echoed)),
            (Wanted::Anything, NOTHING, None),
        ] {
            assert_eq!(wanted.fault_of(came), fault, "{wanted:?} {came:?}");
        }
    }
}
