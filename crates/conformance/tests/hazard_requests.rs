//! Grades of servers whose way with strange requests is known.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod hazard_support;
mod support;

use conformance::hazards::{Fault, Grade, ProbeRecord};
use hazard_support::{Door, Fake, grade_of};

fn at(door: Door, id: &str) -> ProbeRecord {
    grade_of(&door.start(), &Fake::default(), id)
}

#[test]
fn a_body_that_is_refused_or_skipped_is_no_fault() {
    for door in [Door::RefusesBodies, Door::SkipsBodies] {
        let record = at(door, "H12");
        assert_eq!(record.grade, Grade::Pass, "{door:?}: {record:?}");
        assert_eq!(record.exchanges.len(), 6);
    }
    // The whole body was read before the answer.
    let skipped = at(Door::SkipsBodies, "H12");
    assert!(
        skipped.exchanges[..5]
            .iter()
            .all(|it| it.status == Some(101))
    );
    assert_eq!(skipped.exchanges[5].status, Some(400));
}

#[test]
fn a_body_that_is_answered_as_a_request_is_weak() {
    let record = at(Door::ReadsRequestsInBodies, "H12");
    assert_eq!(record.grade, Grade::Weak, "{record:?}");
    assert!(
        record
            .faults
            .contains(&Fault::SecondResponse { status: 400 })
    );
    assert_eq!(record.exchanges[0].fault, record.exchanges[3].fault);
    // What is no request has no answer.
    assert_eq!(record.exchanges[1].fault, None);
}

#[test]
fn a_body_that_is_read_as_frames_is_weak() {
    let record = at(Door::ReadsFramesInBodies, "H12");
    assert_eq!(record.grade, Grade::Weak, "{record:?}");
    let faults: Vec<Option<&Fault>> = record
        .exchanges
        .iter()
        .map(|it| it.fault.as_ref())
        .collect();
    let (echoed, accepted) = (Some(&Fault::Echoed), Some(&Fault::Accepted));
    // Neither a request nor a chunk begins with a frame: there the connection ends.
    assert_eq!(faults, [None, echoed, echoed, None, None, accepted]);
}

#[test]
fn what_a_request_plants_in_a_response_is_weak() {
    let record = at(Door::ReturnsSubprotocols, "H14");
    assert_eq!(record.grade, Grade::Weak, "{record:?}");
    let planted = |what: &str| {
        let exchange = record.exchanges.iter().find(|it| it.what == what).unwrap();
        exchange.fault.clone()
    };
    let line = "X-Planted: 1".to_owned();
    for what in ["a lone LF", "a lone CR"] {
        let fault = planted(&format!("{what} in Sec-WebSocket-Protocol"));
        let line = line.clone();
        assert_eq!(fault, Some(Fault::Planted { line }), "{what}");
    }
    for what in ["NUL", "0x80 to 0xFF"] {
        let fault = planted(&format!("{what} in Sec-WebSocket-Protocol"));
        assert!(matches!(fault, Some(Fault::Planted { .. })), "{what}");
    }
    for what in [
        // The escape comes back as an escape.
        "an escaped CR LF in Sec-WebSocket-Protocol",
        "a lone LF in Origin",
        "NUL in the path",
    ] {
        assert_eq!(planted(what), None, "{what}");
    }
}

#[test]
fn what_is_kept_back_is_no_fault() {
    let record = at(Door::ReturnsGoodSubprotocols, "H14");
    assert_eq!(record.grade, Grade::Pass, "{record:?}");
    assert_eq!(record.exchanges.len(), 18);
}
