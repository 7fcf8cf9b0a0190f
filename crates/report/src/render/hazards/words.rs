//! What happened in a probe, in words.

use conformance::hazards::{ConnectionState, Cost, ExchangeRecord, Grade, ProbeRecord};
use record::CutShort;

use super::super::tested::seconds;
use crate::text::bytes;

/// The grade, with what makes it one.
pub(super) fn grade(probe: &ProbeRecord) -> String {
    match probe.grade {
        Grade::Fail => "FAIL".to_owned(),
        other => other.to_string(),
    }
}

/// The grade in a narrow column.
pub(super) fn short_grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Pass => "pass",
        Grade::Author => "author",
        Grade::Weak => "weak",
        Grade::Fail => "**FAIL**",
        Grade::DoesNotApply => "–",
    }
}

/// What was wrong, once each.
pub(super) fn faults(probe: &ProbeRecord) -> String {
    let mut all: Vec<String> = Vec::new();
    for fault in &probe.faults {
        let words = fault.to_string();
        if !all.contains(&words) {
            all.push(words);
        }
    }
    if all.is_empty() {
        return "nothing was wrong".to_owned();
    }
    all.join("; ")
}

/// What came back on a connection, and how it stood.
pub(super) fn came_back(exchange: &ExchangeRecord) -> String {
    let mut words = Vec::new();
    if let Some(status) = exchange.status {
        words.push(format!("status {status}"));
    }
    match exchange.messages {
        0 => {}
        1 => words.push("a message".to_owned()),
        count => words.push(format!("{count} messages")),
    }
    match (exchange.close_frames, exchange.close_code) {
        (0, _) => {}
        (_, None) => words.push("a Close frame without code".to_owned()),
        (_, Some(code)) => words.push(format!("a Close frame with code {code}")),
    }
    words.push(
        match exchange.state {
            ConnectionState::NeverOpen => "no connection",
            ConnectionState::Open => "still open in the end",
            ConnectionState::Closed => "TCP closed by the server",
            ConnectionState::Reset => "TCP reset by the server",
            ConnectionState::Dropped => "dropped by the probe",
        }
        .to_owned(),
    );
    let mut text = words.join(", ");
    if let Some(reaction_ns) = exchange.reaction_ns {
        text.push_str(&format!(" (after {} ms)", milliseconds(reaction_ns)));
    }
    text
}

/// How many bytes were taken on how many connections.
pub(super) fn taken(exchange: &ExchangeRecord) -> String {
    match exchange.connections {
        1 => bytes(exchange.sent_bytes),
        count => format!("{} on {count} connections", bytes(exchange.sent_bytes)),
    }
}

/// What it cost the server.
pub(super) fn cost(cost: Option<&Cost>, bound_bytes: u64) -> String {
    match cost {
        None => "its process could not be seen".to_owned(),
        Some(cost) => format!(
            "{} ms of processor time; grew by {} (bound: {}); {} files open before, {} after",
            milliseconds(cost.cpu_ns),
            bytes(cost.growth_bytes()),
            bytes(bound_bytes),
            cost.files_before,
            cost.files_after
        ),
    }
}

/// How an innocent client fared, and the recovery.
pub(super) fn innocent(probe: &ProbeRecord) -> String {
    let recovered = match probe.recovered_ns {
        Some(ns) => format!("a new client was served after {} ms", milliseconds(ns)),
        None => "no new client was served afterwards".to_owned(),
    };
    format!(
        "an innocent client got {} echoes, waited {} ms for one at most, and lost its connection \
         {} times; {recovered}",
        probe.innocent.echoes,
        milliseconds(probe.innocent.longest_ns),
        probe.innocent.drops
    )
}

/// Why probes are missing.
pub(super) fn cut_short(cause: &CutShort) -> String {
    match cause {
        CutShort::TimeUp { limit_ns } => format!(
            "not all probes were made: the limit of {} s was reached",
            seconds(*limit_ns)
        ),
        CutShort::Interrupted => "not all probes were made: it was interrupted".to_owned(),
        CutShort::ServerFailed { flaw } => {
            format!("not all probes were made: the server failed before one began: {flaw}")
        }
    }
}

fn milliseconds(ns: u64) -> String {
    let ms = ns as f64 / 1e6;
    if ms < 10.0 {
        format!("{ms:.1}")
    } else {
        format!("{ms:.0}")
    }
}
