//! Grades of servers that compress and whose behaviour is known.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod hazard_support;
mod support;

use conformance::hazards::{Fault, Gauge as _, Grade, ProbeRecord};
use hazard_support::{Behaviour, Fake, bounds, grade_of};
use support::{TestServer, negotiated_echo};

fn good(id: &str) -> ProbeRecord {
    let server = TestServer::start(negotiated_echo);
    grade_of(&server, &Fake::default(), id)
}

fn behaving(behaviour: Behaviour, id: &str) -> ProbeRecord {
    let (server, gauge) = behaviour.start();
    grade_of(&server, &gauge, id)
}

#[test]
fn a_server_that_inflates_and_serves_others_passes() {
    let record = good("R10");
    assert_eq!(record.grade, Grade::Pass, "{record:?}");
    let exchange = &record.exchanges[0];
    assert!(exchange.messages > 0, "{record:?}");
    // No more than the pace, and the messages on the way.
    assert!(exchange.sent_bytes < 300_000, "{record:?}");
    assert!(record.innocent.echoes > 0 && record.innocent.drops == 0);
}

#[test]
fn a_server_that_serves_nobody_while_it_inflates_fails() {
    let record = behaving(Behaviour::HangsAtReservedBits, "R10");
    assert_eq!(record.grade, Grade::Fail);
    let starved = |it: &Fault| matches!(it, Fault::Starved { .. });
    assert!(record.faults.iter().any(starved), "{record:?}");
}

#[test]
fn a_server_that_explodes_is_ended() {
    let (server, gauge) = Behaviour::ExplodesAtReservedBits.start();
    let record = grade_of(&server, &gauge, "R10");
    assert!(gauge.has_ended());
    assert!(
        matches!(record.faults[..], [Fault::Grew { .. }]),
        "{record:?}"
    );
}

#[test]
fn every_connection_of_a_crowd_that_compresses_is_heard() {
    let record = good("R12");
    assert_eq!(record.grade, Grade::Pass, "{record:?}");
    let exchange = &record.exchanges[0];
    let count = bounds().pending_connections / 2;
    assert_eq!(exchange.connections, count);
    assert_eq!(exchange.messages, u64::from(count));
}

#[test]
fn too_much_memory_for_each_connection_fails_and_the_crowd_stops() {
    let record = behaving(Behaviour::TakesMuchForCompression, "R12");
    assert_eq!(record.grade, Grade::Fail);
    assert!(
        matches!(record.faults[..], [Fault::Grew { .. }]),
        "{record:?}"
    );
    let gathered = record.exchanges[0].connections;
    assert!(gathered < bounds().pending_connections / 2, "{record:?}");
}

#[test]
fn a_message_that_does_not_come_back_is_weak() {
    // It passes over what it does not understand.
    let record = behaving(Behaviour::KeepsEveryByte, "R12");
    assert_eq!(record.grade, Grade::Weak, "{record:?}");
    assert_eq!(record.faults, [Fault::NotEchoed]);
}
