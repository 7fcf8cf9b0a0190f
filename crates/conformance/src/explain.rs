//! What a case is about, in words.

use record::CaseExplanation;

use crate::{
    case::{Case, Expect, ExpectedEvent, Side},
    payload::{Payload, to_hex},
    rules::rule_of,
};

/// Longer payloads are told by their length.
const MOST_SHOWN_BYTES: usize = 24;

/// What stands in a record beside a verdict that is not OK.
pub(crate) fn explain(case: &Case) -> CaseExplanation {
    let rule = rule_of(&case.id, case.close.by == Side::Client);
    CaseExplanation {
        sends: case.sends.clone(),
        expects: expects(&case.expect),
        expects_close: expects_close(case),
        section: rule.section.to_owned(),
        rule: rule.says.to_owned(),
        note: case.note.clone(),
    }
}

fn expects(expect: &Expect) -> String {
    match expect {
        Expect::Events { ok, non_strict } => {
            let mut text = list(ok);
            if let Some(other) = non_strict {
                text.push_str(&format!(" (allowed as well: {})", list(other)));
            }
            text
        }
        Expect::Echoes {
            text,
            length,
            count,
        } => {
            let kind = kind(*text);
            match count {
                1 => format!("the {kind} message of {length} bytes"),
                _ => format!("{count} {kind} messages of {length} bytes, one after another"),
            }
        }
        Expect::Informational => "anything: it is only written down".to_owned(),
    }
}

fn list(events: &[ExpectedEvent]) -> String {
    if events.is_empty() {
        return "no message and no pong".to_owned();
    }
    let words: Vec<String> = events.iter().map(event).collect();
    words.join(", then ")
}

fn event(event: &ExpectedEvent) -> String {
    match event {
        ExpectedEvent::Message { text, payload } => {
            format!("the {} message {}", kind(*text), shown(payload))
        }
        ExpectedEvent::Pong(payload) => format!("a pong with {}", shown(payload)),
        ExpectedEvent::StillOpen(wait) => format!("the connection outlives wait {wait}"),
    }
}

fn kind(text: bool) -> &'static str {
    if text { "text" } else { "binary" }
}

fn shown(payload: &Payload) -> String {
    if payload.is_empty() {
        return "of 0 bytes".to_owned();
    }
    let bytes = payload.bytes();
    let length = bytes.len();
    match std::str::from_utf8(&bytes) {
        _ if length > MOST_SHOWN_BYTES => format!("of {length} bytes"),
        Ok(text) if !text.chars().any(char::is_control) => format!("{text:?}"),
        _ => format!("of {length} bytes, {}", to_hex(&bytes)),
    }
}

fn expects_close(case: &Case) -> String {
    let codes: Vec<String> = case.close.codes.iter().map(ToString::to_string).collect();
    let codes = codes.join(" or ");
    match (case.close.by, case.close.clean) {
        (Side::Server, _) => format!("the server ends the connection, with code {codes} or none"),
        (Side::Client, true) => {
            format!("a closing handshake; the server's code is {codes} or none")
        }
        (Side::Client, false) => format!(
            "the server answers the Close frame with code {codes} or without one, or closes TCP"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseTable;

    #[test]
    fn every_case_is_explained() {
        for case in CaseTable::built_in().unwrap().cases {
            let told = explain(&case);
            assert!(
                told.section.contains("section") && told.rule.ends_with('.'),
                "{}",
                case.id
            );
            assert!(!told.sends.is_empty() && !told.expects.is_empty());
        }
    }

    #[test]
    fn words_name_payloads_and_codes() {
        let cases = CaseTable::built_in().unwrap().cases;
        let told = |id: &str| {
            let case = cases.iter().find(|case| case.id.to_string() == id);
            explain(case.unwrap())
        };
        assert_eq!(
            told("3.2").expects,
            "the text message \"Hello, world!\" (allowed as well: no message and no pong)"
        );
        assert_eq!(told("1.2.8").expects, "the binary message of 65536 bytes");
        assert_eq!(
            told("7.7.2").expects_close,
            "a closing handshake; the server's code is 1000 or 1001 or none"
        );
        assert!(told("6.3.1").rule.contains("1007"));
        assert!(told("6.2.1").rule.contains("valid UTF-8 is a text"));
    }
}
