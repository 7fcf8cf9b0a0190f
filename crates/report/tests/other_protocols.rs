//! Baselines that speak UDP or HTTP: what has no meaning for them says so, and
//! they are nobody's floor.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use record::{AllocationSubject, Measurement, Protocol};
use report::{
    Findings, Run, analyse,
    compare::{Pick, compare},
    render_folder,
};
use support::{pairs::with_version, run_of, scenarios, truth::servers};

/// A run with rows for both; HTTP is dearer than any library.
fn run() -> Run {
    let mut servers = servers();
    let handwritten = servers.iter().find(|it| it.name == "handwritten").cloned();
    let handwritten = handwritten.expect("it is there");
    for (name, per_message_ns) in [("udp", 2_000.0), ("http", 60_000.0)] {
        let mut other = handwritten.clone();
        other.name = name;
        other.per_message_ns = per_message_ns;
        servers.push(other);
    }
    let mut run = run_of(6, &servers, scenarios(), 0.008);
    for contender in &mut run.header.contenders {
        contender.facts.protocol = match contender.name.as_str() {
            "udp" => Protocol::Udp,
            "http" => Protocol::Http,
            _ => contender.facts.protocol,
        };
    }
    let plan = &mut run.header.plan;
    let scenarios = plan.scenarios.clone();
    let applies = |contender: &str, scenario: &str| {
        let scenario = scenarios.iter().find(|it| it.name == scenario);
        let kind = &scenario.expect("it is planned").kind;
        contender != "udp" || kind.inapplicable_to(Protocol::Udp).is_none()
    };
    let (cells, entries) = (&plan.cells, &plan.entries);
    plan.trials.retain(|trial| {
        applies(
            &entries[trial.entry].key.contender,
            &cells[trial.cell].scenario,
        )
    });
    run.trials
        .retain(|trial| applies(&trial.entry.contender, &trial.scenario));
    for trial in &mut run.trials {
        if trial.entry.contender == "udp"
            && let Some(Measurement::Allocations(counted)) = &mut trial.measurement
        {
            counted.steps.retain(|step| match step.subject {
                AllocationSubject::Message { size_bytes } => Protocol::Udp.carries(size_bytes),
                _ => true,
            });
        }
    }
    run
}

fn page(findings: &Findings, name: &str) -> String {
    let files = render_folder(findings).expect("findings serialise");
    let file = files.into_iter().find(|file| file.name == name);
    file.expect("the page is there").text
}

/// The row of `server` in the table under the heading that begins so.
fn row(page: &str, heading: &str, server: &str) -> String {
    page.lines()
        .skip_while(|line| !(line.starts_with('#') && line.contains(heading)))
        .find(|line| line.starts_with(&format!("| {server} ")))
        .expect("it has a row")
        .to_owned()
}

#[test]
fn what_has_no_meaning_for_datagrams_says_so_in_every_table() {
    let findings = analyse(&run());
    let memory = page(&findings, "memory.md");
    let no_connections = "*has no connections*";
    assert!(row(&memory, "Idle", "udp").contains(no_connections));
    assert!(memory.contains("- udp: not applicable: datagrams need no connection"));
    let handshakes = page(&findings, "handshakes.md");
    assert!(row(&handshakes, "handshakes", "udp").contains(no_connections));
    let too_large = "*too large for a datagram*";
    let throughput = page(&findings, "throughput.md");
    assert!(row(&throughput, "Echo of 1 MiB", "udp").contains(too_large));
    assert!(throughput.contains("at most 65507 bytes"));
    assert!(!row(&throughput, "Echo of 16 KiB", "udp").contains(too_large));
    let allocations = page(&findings, "allocations.md");
    let plain = row(&allocations, "per message", "udp");
    assert_eq!(plain.matches(too_large).count(), 1, "{plain}");
    assert!(row(&allocations, "per kept message", "udp").contains(no_connections));
    // None of it counts as something that went wrong.
    assert_eq!(findings.run.valid_trials, findings.run.recorded_trials);
    let readme = page(&findings, "README.md");
    assert!(readme.contains("In *italics*") && !readme.contains("(5 of 6)"));
}

#[test]
fn over_http_everything_has_a_meaning_and_a_number() {
    let findings = analyse(&run());
    for name in [
        "memory.md",
        "handshakes.md",
        "throughput.md",
        "allocations.md",
    ] {
        let text = page(&findings, name);
        let rows = text.lines().filter(|line| line.starts_with("| http "));
        assert!(rows.into_iter().all(|row| !row.contains('*')), "{name}");
    }
    let handshakes = page(&findings, "handshakes.md");
    assert!(handshakes.contains("one POST without a body"));
    assert!(page(&findings, "README.md").contains("one POST per message"));
}

#[test]
fn they_are_nobody_s_floor() {
    let with = analyse(&run());
    let without = analyse(&support::run(6));
    assert_eq!(with.baseline_pairs, without.baseline_pairs);
    for exception in &with.exceptions {
        let baseline = &with.entries[exception.baseline].key.contender;
        assert!(baseline != "udp" && baseline != "http", "{exception:?}");
    }
    let text = page(&analyse(&support::run(6)), "README.md");
    assert!(!text.contains("other protocols") && !text.contains("datagram"));
}

#[test]
fn runs_are_never_held_against_each_other_by_datagrams() {
    let mut other = run();
    for moved in ["tokio-tungstenite", "handwritten"] {
        other = with_version(other, moved, "0.99.0");
    }
    let (a, b) = (analyse(&run()), analyse(&other));
    let found = compare(&a, &b, ["a", "b"], &Pick::default()).expect("they are comparable");
    assert_eq!(found.base.as_deref(), Some("raw-tcp"));
}
