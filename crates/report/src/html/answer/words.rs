//! Plain words for what a server is used for.

use record::{MessageShape, ScenarioKind};

use crate::{
    findings::{CellFinding, Metric},
    text::{bytes, grouped},
};

/// The use that a cell stands for.
pub(super) fn title(cell: &CellFinding) -> String {
    match &cell.scenario.kind {
        ScenarioKind::Echo {
            in_flight, message, ..
        } if *in_flight > 1 => {
            format!(
                "Bursts of messages ({}, {in_flight} at once)",
                shape(message)
            )
        }
        ScenarioKind::Echo { message, .. } => {
            format!("{} messages ({})", size(message.size_bytes), shape(message))
        }
        ScenarioKind::RateLadder { .. } => "Short waits under a steady load".to_owned(),
        ScenarioKind::Idle { .. } => "Many open, quiet connections".to_owned(),
        ScenarioKind::Handshakes { .. } => "Many short connections".to_owned(),
        ScenarioKind::AllocationsPerMessage { keep: 0, .. } => "Messages passed on".to_owned(),
        ScenarioKind::AllocationsPerMessage { .. } => "Messages that are kept".to_owned(),
        _ => cell.scenario.title.clone(),
    }
}

/// The quantity, and what was done.
pub(super) fn what(cell: &CellFinding, metric: Metric) -> String {
    let connections = |count: u32| grouped(u64::from(count));
    match (&cell.scenario.kind, metric) {
        (
            ScenarioKind::Echo {
                connections: count, ..
            },
            _,
        ) => format!(
            "The server's CPU time per message, {} connections, as fast as it answers",
            connections(*count)
        ),
        (
            ScenarioKind::RateLadder {
                connections: count,
                message,
                ..
            },
            _,
        ) => {
            let rate = cell.rung.as_ref().and_then(|rung| rung.rate_per_s);
            let rate = rate.map_or("a fixed rate".to_owned(), |rate| {
                format!("{} messages per second", grouped(rate.round() as u64))
            });
            let which = match metric {
                Metric::ResponseP50Ns => "Median",
                _ => "99th percentile",
            };
            format!(
                "{which} of response times at {rate} ({}, {} connections), counted from \
                 the instant at which a message was due",
                shape(message),
                connections(*count)
            )
        }
        (ScenarioKind::Idle { .. }, _) => {
            "Resident memory per idle connection, without what the kernel holds".to_owned()
        }
        (ScenarioKind::Handshakes { .. }, _) => {
            "The server's CPU time per connection that is opened, upgraded and closed".to_owned()
        }
        _ => cell.scenario.title.clone(),
    }
}

fn size(bytes: u64) -> &'static str {
    match bytes {
        0..512 => "Small",
        512..8_192 => "Middle-sized",
        8_192..262_144 => "Large",
        _ => "Very large",
    }
}

fn shape(message: &MessageShape) -> String {
    // A size stays in one line.
    let size = bytes(message.size_bytes).replace(' ', "\u{a0}");
    format!("{size} {}", message.kind)
}
