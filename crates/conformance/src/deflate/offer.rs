//! What is offered, and what a server makes of it (RFC 7692 section 7.1).

/// What both sides have agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Negotiated {
    /// Whether the server compresses each message by itself.
    pub(crate) server_forgets: bool,
    /// Whether the client has to.
    pub(crate) client_forgets: bool,
    /// The window that the client may use.
    pub(crate) client_window_bits: u8,
}

impl Negotiated {
    /// What an answer without parameters means.
    pub(crate) fn without_parameters() -> Self {
        Self {
            server_forgets: false,
            client_forgets: false,
            client_window_bits: 15,
        }
    }
}

/// An answer that fails the connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NegotiationError {
    /// It is no use of the one extension that was offered.
    #[error("the server accepts {0:?}, which was not offered (RFC 6455 section 9.1)")]
    NotOffered(String),
    /// A parameter is unknown, twice there, or has a value that it can't have.
    #[error("the server's answer has the parameter {0:?} (RFC 7692 section 7.1)")]
    Parameter(String),
    /// It lacks what every offer asked for.
    #[error("the server accepts {0:?}, which is less than any offer (RFC 7692 section 7.1)")]
    LessThanOffered(String),
}

const NAME: &str = "permessage-deflate";

/// The parameters of an offer, or of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Parameters {
    server_forgets: bool,
    client_forgets: bool,
    server_bits: Option<u8>,
    /// Whether it is there; its value, which an offer may leave open.
    client_bits: Option<Option<u8>>,
}

/// What the values of `Sec-WebSocket-Extensions` in an answer mean. `None`: the
/// server doesn't compress.
pub(crate) fn negotiated(
    offers: &[String],
    values: &[String],
) -> Result<Option<Negotiated>, NegotiationError> {
    let answer = values.join(", ");
    let answer = answer.trim_matches([' ', '\t', ',']);
    if answer.is_empty() {
        return Ok(None);
    }
    let shown = || answer.chars().take(120).collect::<String>();
    if answer.contains(',') {
        return Err(NegotiationError::NotOffered(shown()));
    }
    let parameters = parameters(answer, false)?;
    let fits = |offer: &String| {
        self::parameters(offer, true).is_ok_and(|offer| {
            (!offer.server_forgets || parameters.server_forgets)
                && offer
                    .server_bits
                    .is_none_or(|most| parameters.server_bits.is_some_and(|bits| bits <= most))
                && (offer.client_bits.is_some() || parameters.client_bits.is_none())
        })
    };
    if !offers.iter().any(fits) {
        return Err(NegotiationError::LessThanOffered(shown()));
    }
    Ok(Some(Negotiated {
        server_forgets: parameters.server_forgets,
        client_forgets: parameters.client_forgets,
        client_window_bits: parameters.client_bits.flatten().unwrap_or(15),
    }))
}

fn parameters(text: &str, is_offer: bool) -> Result<Parameters, NegotiationError> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    if !name.eq_ignore_ascii_case(NAME) {
        let name = name.chars().take(120).collect();
        return Err(NegotiationError::NotOffered(name));
    }
    let mut found = Parameters::default();
    for part in parts {
        let wrong = || NegotiationError::Parameter(part.chars().take(120).collect());
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim().trim_matches('"'))),
            None => (part, None),
        };
        let bits = || match value.map(str::parse::<u8>) {
            Some(Ok(bits @ 8..=15)) => Ok(bits),
            _ => Err(wrong()),
        };
        let again = match name {
            "server_no_context_takeover" if value.is_none() => {
                std::mem::replace(&mut found.server_forgets, true)
            }
            "client_no_context_takeover" if value.is_none() => {
                std::mem::replace(&mut found.client_forgets, true)
            }
            "server_max_window_bits" => found.server_bits.replace(bits()?).is_some(),
            "client_max_window_bits" => {
                let bits = match value {
                    None if is_offer => None,
                    _ => Some(bits()?),
                };
                found.client_bits.replace(bits).is_some()
            }
            _ => return Err(wrong()),
        };
        if again {
            return Err(wrong());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "permessage-deflate; client_no_context_takeover; client_max_window_bits";

    fn answer(offer: &str, value: &str) -> Result<Option<Negotiated>, NegotiationError> {
        negotiated(&[offer.to_owned()], &[value.to_owned()])
    }

    #[test]
    fn an_answer_says_how_each_side_compresses() {
        assert_eq!(answer(PLAIN, ""), Ok(None));
        assert_eq!(
            answer(PLAIN, "permessage-deflate"),
            Ok(Some(Negotiated {
                server_forgets: false,
                client_forgets: false,
                client_window_bits: 15
            }))
        );
        assert_eq!(
            answer(
                PLAIN,
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
                 client_max_window_bits=\"9\"; server_max_window_bits=12"
            ),
            Ok(Some(Negotiated {
                server_forgets: true,
                client_forgets: true,
                client_window_bits: 9
            }))
        );
    }

    #[test]
    fn what_was_asked_for_must_be_there() {
        let forget = "permessage-deflate; server_no_context_takeover";
        let small = "permessage-deflate; server_max_window_bits=9";
        for (offer, value, good) in [
            (forget, "permessage-deflate", false),
            (forget, forget, true),
            (small, "permessage-deflate", false),
            (
                small,
                "permessage-deflate; server_max_window_bits=10",
                false,
            ),
            (small, "permessage-deflate; server_max_window_bits=8", true),
            (
                "permessage-deflate",
                "permessage-deflate; client_max_window_bits=15",
                false,
            ),
        ] {
            assert_eq!(answer(offer, value).is_ok(), good, "{offer} / {value}");
        }
        let both = [small.to_owned(), "permessage-deflate".to_owned()];
        assert!(negotiated(&both, &["permessage-deflate".to_owned()]).is_ok());
    }

    #[test]
    fn what_has_no_meaning_is_refused_by_name() {
        for (value, word) in [
            ("x-webkit-deflate-frame", "x-webkit"),
            ("permessage-deflate, permessage-deflate", "not offered"),
            ("permessage-deflate; shiny", "shiny"),
            ("permessage-deflate; server_max_window_bits", "server_max"),
            ("permessage-deflate; server_max_window_bits=16", "16"),
            ("permessage-deflate; client_max_window_bits", "client_max"),
            (
                "permessage-deflate; server_no_context_takeover=1",
                "takeover=1",
            ),
            (
                "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
                "=9",
            ),
        ] {
            let error = answer(PLAIN, value).unwrap_err().to_string();
            assert!(error.contains(word), "{value}: {error}");
        }
    }
}
