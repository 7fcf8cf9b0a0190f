//! What a server makes of the offer of compression (RFC 7692 section 7.1).

/// The largest window, which an answer without the parameter stands for.
pub(super) const LARGEST_WINDOW_BITS: u8 = 15;

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
            client_window_bits: LARGEST_WINDOW_BITS,
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
}

const NAME: &str = "permessage-deflate";

/// The parameters of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Parameters {
    server_forgets: bool,
    client_forgets: bool,
    server_bits: Option<u8>,
    client_bits: Option<u8>,
}

/// What the values of `Sec-WebSocket-Extensions` in an answer mean. `None`: the
/// server doesn't compress.
///
/// As in the suite, an answer is not held against the offer: a server that leaves
/// out a parameter that was asked for (RFC 7692 sections 7.1.1.1 and 7.1.2.1) is
/// taken at its word, and judged by its echoes.
pub(crate) fn negotiated(values: &[String]) -> Result<Option<Negotiated>, NegotiationError> {
    let answer = values.join(", ");
    let answer = answer.trim_matches([' ', '\t', ',']);
    if answer.is_empty() {
        return Ok(None);
    }
    if answer.contains(',') {
        let shown = answer.chars().take(120).collect();
        return Err(NegotiationError::NotOffered(shown));
    }
    let parameters = parameters(answer)?;
    Ok(Some(Negotiated {
        server_forgets: parameters.server_forgets,
        client_forgets: parameters.client_forgets,
        client_window_bits: parameters.client_bits.unwrap_or(LARGEST_WINDOW_BITS),
    }))
}

fn parameters(text: &str) -> Result<Parameters, NegotiationError> {
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
            "client_max_window_bits" => found.client_bits.replace(bits()?).is_some(),
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

    fn answer(value: &str) -> Result<Option<Negotiated>, NegotiationError> {
        negotiated(&[value.to_owned()])
    }

    #[test]
    fn an_answer_says_how_each_side_compresses() {
        assert_eq!(answer(""), Ok(None));
        assert_eq!(
            answer("permessage-deflate"),
            Ok(Some(Negotiated {
                server_forgets: false,
                client_forgets: false,
                client_window_bits: 15
            }))
        );
        assert_eq!(
            answer(
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

    /// What the suite says of gorilla/websocket 1.5.3 in group 13: all OK, though
    /// it leaves `server_max_window_bits` out.
    #[test]
    fn an_answer_that_leaves_a_parameter_out_is_taken_at_its_word() {
        let value = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
        let negotiated = answer(value).unwrap().unwrap();
        assert!(negotiated.server_forgets && negotiated.client_forgets);
        assert_eq!(negotiated.client_window_bits, 15);
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
            let error = answer(value).unwrap_err().to_string();
            assert!(error.contains(word), "{value}: {error}");
        }
    }
}
