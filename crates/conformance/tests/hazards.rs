//! Grades of servers whose behaviour under hostile input is known.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod hazard_support;
mod support;

use std::io::{Read as _, Write as _};

use conformance::hazards::{
    ConnectionState, Ending, Fault, Gauge, Grade, ProbeRecord, Unseen, catalogue, run,
};
use hazard_support::{Behaviour, Fake, answer, bounds, grade_of, probe};
use support::{Fault as EchoFault, TestServer, accept};

fn echo(fault: EchoFault, id: &str) -> ProbeRecord {
    grade_of(&TestServer::echo(fault), &Fake::default(), id)
}

#[test]
fn a_good_server_survives_every_probe_but_what_it_has_not() {
    // No time-outs, no bound on lengths or on the handshake: a test server.
    for id in [
        "H05", "H13", "H14", "F03", "F04", "F06", "F07", "F08", "F10", "R04", "R05", "R06", "R08",
        "R15", "R16", "C02", "C03", "C05",
    ] {
        let record = echo(EchoFault::None, id);
        assert_eq!(record.grade, Grade::Pass, "{record:?}");
        assert!(record.innocent.echoes > 0 && record.innocent.drops == 0);
        assert!(record.recovered_ns.is_some() && !record.exchanges.is_empty());
    }
}

#[test]
fn a_time_out_that_is_missing_is_left_to_the_author() {
    let record = echo(EchoFault::None, "H01");
    assert_eq!(record.grade, Grade::Author, "{record:?}");
    assert_eq!(record.exchanges.len(), 2);
    // The same fault where it is the library's job.
    let endless = echo(EchoFault::None, "F01");
    assert_eq!(endless.grade, Grade::Weak, "{endless:?}");
    assert!(matches!(endless.faults[..], [Fault::StillOpen { .. }, ..]));
}

#[test]
fn who_goes_on_after_the_end_is_let_go() {
    // Takes a frame, answers with a Close frame, and ends TCP.
    let server = TestServer::start(|mut stream| {
        let mut buffer = [0; 4096];
        if accept(&mut stream).is_some() {
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                if buffer[0] & 0x70 != 0 {
                    let _ = stream.write_all(&[0x88, 2, 3, 0xea]);
                    return;
                }
                answer(&mut stream, &mut buffer[..count]);
            }
        }
    });
    let record = grade_of(&server, &Fake::default(), "C07");
    assert_eq!(record.grade, Grade::Pass, "{record:?}");
    assert_eq!(record.exchanges[0].close_code, Some(1002));
    assert_ne!(record.exchanges[0].state, ConnectionState::Open);
    // It reads on for as long as something comes.
    let lingers = echo(EchoFault::None, "C07");
    assert_eq!(lingers.grade, Grade::Author, "{lingers:?}");
    assert!(matches!(lingers.faults[..], [Fault::StillOpen { .. }]));
    assert_eq!(lingers.exchanges[0].close_code, Some(1002));
    // Going on with the conversation is another matter.
    let answers = echo(EchoFault::IgnoresReservedBits, "C07");
    assert_eq!(answers.grade, Grade::Weak, "{answers:?}");
    assert!(answers.faults.contains(&Fault::Echoed));
}

#[test]
fn codes_and_answers_that_break_a_rule_are_weak() {
    let wrong = echo(EchoFault::WrongCode, "F10");
    assert_eq!(wrong.grade, Grade::Weak);
    assert_eq!(wrong.faults, [Fault::WrongCode { code: 1000 }]);
    // No Close frame at all is as good everywhere but where one is asked for.
    assert_eq!(echo(EchoFault::NoCloseFrame, "F10").grade, Grade::Pass);
    let none = echo(EchoFault::NoCloseFrame, "C04");
    assert_eq!(none.grade, Grade::Weak);
    assert!(none.faults.contains(&Fault::NoCode), "{none:?}");
    let echoed = echo(EchoFault::IgnoresReservedBits, "F10");
    assert_eq!(
        (echoed.grade, &echoed.faults[..]),
        (Grade::Weak, &[Fault::Echoed][..])
    );
    // Its handshake accepts everything.
    let accepted = echo(EchoFault::None, "H08");
    assert_eq!(
        (accepted.grade, &accepted.faults[..]),
        (Grade::Weak, &[Fault::Accepted][..])
    );
    let unchecked = echo(EchoFault::NoUtf8Check, "F07");
    assert_eq!(unchecked.faults, [Fault::Echoed]);
}

#[test]
fn compression_that_a_server_has_not_does_not_apply() {
    for id in ["R09", "R10", "R11", "R12", "R14"] {
        let record = grade_of(&TestServer::echo(EchoFault::None), &Unseen, id);
        assert_eq!(record.grade, Grade::DoesNotApply, "{id}");
        assert_eq!(record.cost, None);
    }
}

fn behaving(behaviour: Behaviour, id: &str) -> ProbeRecord {
    let (server, gauge) = behaviour.start();
    grade_of(&server, &gauge, id)
}

#[test]
fn a_server_that_dies_fails_and_nothing_else_is_blamed_on_it() {
    let record = behaving(Behaviour::DiesOfReservedBits, "F10");
    assert_eq!(record.grade, Grade::Fail);
    assert!(
        matches!(record.faults[..], [Fault::Exited { .. }]),
        "{record:?}"
    );
    assert_eq!(record.recovered_ns, None);
}

#[test]
fn a_server_that_hangs_fails() {
    let record = behaving(Behaviour::HangsAtReservedBits, "F10");
    assert_eq!(record.grade, Grade::Fail);
    let starved = |it: &Fault| matches!(it, Fault::Starved { .. });
    assert!(record.faults.iter().any(starved), "{record:?}");
    let not_recovered = |it: &Fault| matches!(it, Fault::NotRecovered { .. });
    assert!(record.faults.iter().any(not_recovered), "{record:?}");
}

#[test]
fn a_server_that_grows_fails_and_the_probe_stops() {
    let record = behaving(Behaviour::KeepsEveryByte, "R01");
    assert_eq!(record.grade, Grade::Fail);
    let Some(Fault::Grew {
        growth_bytes,
        bound_bytes,
    }) = record.faults.first()
    else {
        panic!("{record:?}");
    };
    assert!(growth_bytes > bound_bytes && *bound_bytes == record.growth_bound_bytes);
    let sent = record.exchanges[0].sent_bytes;
    assert!(sent < bounds().flood_bytes, "{sent}");
    assert_eq!(record.cost.unwrap().growth_bytes(), *growth_bytes);
}

#[test]
fn a_server_that_grows_by_itself_is_ended() {
    let (server, gauge) = Behaviour::ExplodesAtReservedBits.start();
    let record = grade_of(&server, &gauge, "F10");
    assert!(gauge.has_ended());
    assert!(
        matches!(record.faults[..], [Fault::Grew { .. }]),
        "{record:?}"
    );
}

#[test]
fn descriptors_that_stay_open_fail() {
    let record = behaving(Behaviour::KeepsDescriptors, "R15");
    assert_eq!(record.grade, Grade::Fail);
    assert!(
        matches!(record.faults[..], [Fault::FilesKept { .. }]),
        "{record:?}"
    );
}

#[test]
fn a_server_that_stops_reading_is_under_control() {
    for id in ["R04", "R06", "H13"] {
        let record = behaving(Behaviour::StopsReading, id);
        assert_eq!(record.grade, Grade::Pass, "{record:?}");
    }
    // But a message without end has to be refused.
    let record = behaving(Behaviour::StopsReading, "R01");
    assert_eq!(record.grade, Grade::Weak, "{record:?}");
}

#[test]
fn a_panic_fails_even_when_the_process_goes_on() {
    let server = TestServer::echo(EchoFault::None);
    let endpoint = server.endpoint();
    let evidence = run(probe("F10"), &endpoint, &Unseen, &bounds(), 1, &|| false).unwrap();
    let ending = Ending {
        status: None,
        stderr: "some words\nthread 'x' panicked at src/a.rs:1:2:\nno".to_owned(),
    };
    let record = evidence.clone().judge(&ending, None);
    assert_eq!(record.grade, Grade::Fail);
    assert!(record.is_confidential() && record.public_source.is_none());
    let page = "https://example.com/issue";
    let public = evidence.judge(&ending, Some(page));
    assert!(!public.is_confidential());
    assert_eq!(public.public_source.as_deref(), Some(page));
}

#[test]
fn who_serves_nobody_is_told_apart() {
    let server = TestServer::start(drop);
    let outcome = run(
        probe("F10"),
        &server.endpoint(),
        &Unseen,
        &bounds(),
        1,
        &|| false,
    );
    assert!(outcome.is_err());
}

#[test]
fn an_interrupted_probe_ends_and_blames_nobody() {
    let server = TestServer::echo(EchoFault::None);
    let asked = std::sync::atomic::AtomicU32::new(0);
    // Not at once: the innocent client is served first.
    let stop = || asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 200;
    let bounds = conformance::hazards::Bounds {
        patience_ns: u64::MAX / 4,
        longest_probe_ns: u64::MAX / 4,
        ..bounds()
    };
    if let Ok(evidence) = run(probe("H01"), &server.endpoint(), &Unseen, &bounds, 1, &stop) {
        assert!(evidence.exchanges().iter().all(|it| it.fault.is_none()));
    }
}

#[test]
fn every_probe_of_the_catalogue_can_be_made() {
    let server = TestServer::echo(EchoFault::None);
    let gauge = Fake::default();
    for probe in catalogue() {
        let record = grade_of(&server, &gauge, &probe.id);
        assert_ne!(record.grade, Grade::Fail, "{record:?}");
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<ProbeRecord>(&text).unwrap(), record);
    }
}
