//! What happened in a case, in words.

use record::{
    Behaviour, CaseRecord, CloseBehaviour, ConformanceReport, ConnectionEnd, CutShort, Observed,
    ObservedEvent, TestedServer, Variant,
};

use super::super::tested::seconds;
use crate::findings::{CaseCounts, is_flaky};

/// Events that are told one by one.
const MOST_TOLD: usize = 4;

/// Whether there is something to tell of a case.
pub(super) fn is_told(case: &CaseRecord) -> bool {
    case.explanation.is_some()
}

/// What groups 12 and 13 found, where they have nothing to pass or fail.
pub(super) fn compression(report: &ConformanceReport) -> Option<String> {
    let compressed = |case: &&CaseRecord| case.id.starts_with("12.") || case.id.starts_with("13.");
    let counts = CaseCounts::of(report.cases.iter().filter(compressed));
    match (counts, &report.server) {
        (CaseCounts { run: 0, .. }, _) => {
            Some("Groups 12 and 13 (compression) were not run.".to_owned())
        }
        (CaseCounts { applicable: 0, .. }, TestedServer::Contender { variant, .. })
            if *variant != Variant::Compressed =>
        {
            Some(
                "Groups 12 and 13 (permessage-deflate) do not apply: compression is off in this \
                 variant, and the server accepted none of the offers."
                    .to_owned(),
            )
        }
        (CaseCounts { applicable: 0, .. }, _) => Some(
            "Groups 12 and 13 (permessage-deflate) do not apply: the server accepted none of the \
             offers."
                .to_owned(),
        ),
        _ => None,
    }
}

/// Both verdicts.
pub(super) fn verdict(case: &CaseRecord) -> String {
    let flaky = if is_flaky(case) {
        let all: Vec<String> = case
            .attempts
            .iter()
            .map(|it| format!("{}/{}", it.behaviour, it.close))
            .collect();
        format!(" (flaky: {})", all.join(", "))
    } else {
        String::new()
    };
    match (case.verdict.behaviour, case.verdict.close) {
        (Behaviour::Informational, CloseBehaviour::Informational) => {
            format!("INFORMATIONAL{flaky}")
        }
        (Behaviour::Unimplemented, CloseBehaviour::Ok) => format!("UNIMPLEMENTED{flaky}"),
        (behaviour, close) => format!("{behaviour}, closing {close}{flaky}"),
    }
}

/// What came back, and how it ended.
pub(super) fn came_back(observed: &Observed) -> String {
    if let ConnectionEnd::NeverOpen { error } = &observed.end {
        return format!("no opening handshake: {error}");
    }
    let mut words: Vec<String> = observed.events.iter().take(MOST_TOLD).map(event).collect();
    let further = observed.events.len().saturating_sub(MOST_TOLD) as u64 + observed.events_left_out;
    if further > 0 {
        words.push(format!("{further} further messages or pongs"));
    }
    words.extend(observed.violation.clone());
    if words.is_empty() {
        words.push("nothing".to_owned());
    }
    let mut text = words.join(", ");
    text.push_str("; ");
    text.push_str(&end(observed));
    text
}

fn event(event: &ObservedEvent) -> String {
    match event {
        ObservedEvent::Message {
            text,
            length_bytes,
            start_hex,
        } => {
            let kind = if *text { "text" } else { "binary" };
            let shown = match (length_bytes, start_hex.len() as u64 / 2) {
                (0, _) => String::new(),
                (length, shown) if *length > shown => format!(" ({start_hex}…)"),
                _ => format!(" ({start_hex})"),
            };
            format!("a {kind} message of {length_bytes} bytes{shown}")
        }
        ObservedEvent::Pong { payload_hex } if payload_hex.is_empty() => "an empty pong".to_owned(),
        ObservedEvent::Pong { payload_hex } => format!("a pong ({payload_hex})"),
        ObservedEvent::StillOpen { wait } => format!("still open after wait {wait}"),
    }
}

fn end(observed: &Observed) -> String {
    let frame = match (observed.close_frames, observed.close_code) {
        (0, _) => "no Close frame".to_owned(),
        (_, None) => "a Close frame without code".to_owned(),
        (_, Some(code)) => format!("a Close frame with code {code}"),
    };
    let first = if observed.ended_by_client && observed.close_frames > 0 {
        " after the client's"
    } else {
        ""
    };
    let tcp = match observed.end {
        ConnectionEnd::NeverOpen { .. } => "never open",
        ConnectionEnd::ClosedByServer => "TCP closed by the server",
        ConnectionEnd::ResetByServer => "TCP reset by the server",
        ConnectionEnd::NoCloseReply => "TCP closed by the client, whose Close had no answer",
        ConnectionEnd::NotDropped => {
            "TCP closed by the client, a second after the closing handshake"
        }
        ConnectionEnd::TimeLimit => "TCP closed by the client at the time limit",
        ConnectionEnd::Violation => "TCP closed by the client over the violation",
    };
    format!("{frame}{first}, {tcp}")
}

/// Why cases are missing.
pub(super) fn cut_short(cause: &CutShort) -> String {
    match cause {
        CutShort::TimeUp { limit_ns } => format!(
            "not all cases were run: the limit of {} s for the whole was reached",
            seconds(*limit_ns)
        ),
        CutShort::Interrupted => "not all cases were run: it was interrupted".to_owned(),
        CutShort::ServerFailed { flaw } => format!("the server failed: {flaw}"),
    }
}
