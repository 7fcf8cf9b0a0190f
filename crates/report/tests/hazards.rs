//! The pages on hostile input, byte for byte.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "support/report_files.rs"]
mod report_files;

use conformance::hazards::{
    Bounds, ConnectionState, Cost, ExchangeRecord, Fault, Grade, HAZARDS_VERSION, HazardReport,
    InnocentRecord, ProbeRecord,
};
use record::{CutShort, Flaw, TestedServer, Variant};
use report::{hazards_summary, read_hazards, render_hazards};
use report_files::{assert_refuses_others, assert_survive};

fn exchange(what: &str, fault: Option<Fault>) -> ExchangeRecord {
    ExchangeRecord {
        what: what.to_owned(),
        connections: 1,
        sent_bytes: 2048,
        status: None,
        close_code: Some(1002),
        close_frames: 1,
        messages: 0,
        state: ConnectionState::Closed,
        reaction_ns: Some(1_250_000),
        fault,
    }
}

fn probe(
    id: &str,
    grade: Grade,
    exchanges: Vec<ExchangeRecord>,
    faults: Vec<Fault>,
) -> ProbeRecord {
    ProbeRecord {
        id: id.to_owned(),
        title: format!("The title of {id}"),
        grade,
        faults,
        exchanges,
        cost: Some(Cost {
            cpu_ns: 12_000_000,
            rss_before_bytes: 4 << 20,
            rss_peak_bytes: 20 << 20,
            rss_after_bytes: 6 << 20,
            files_before: 9,
            files_after: 9,
        }),
        innocent: InnocentRecord {
            echoes: 150,
            longest_ns: 3_400_000,
            drops: 0,
        },
        recovered_ns: Some(900_000),
        growth_bound_bytes: 64 << 20,
        elapsed_ns: 3_000_000_000,
        attempts: 1,
        public_source: None,
    }
}

fn contender(name: &str, probes: Vec<ProbeRecord>) -> HazardReport {
    HazardReport {
        schema_version: HAZARDS_VERSION,
        name: name.to_owned(),
        server: TestedServer::Contender {
            library: format!("{name}_ws"),
            version: "1.2.3".to_owned(),
            runtime: "tokio".to_owned(),
            variant: Variant::Default,
        },
        started_unix_s: 1_700_000_000,
        elapsed_ns: 98_700_000_000,
        bounds: Bounds::default(),
        cut_short: None,
        probes,
        withheld: None,
    }
}

/// A good server, one with every grade, one that died, one of a user, one with a
/// failure that is not public.
fn reports() -> Vec<HazardReport> {
    let accepted = Some(Fault::Accepted);
    let weak = probe(
        "H08",
        Grade::Weak,
        vec![
            ExchangeRecord {
                status: Some(101),
                close_code: None,
                close_frames: 0,
                state: ConnectionState::Open,
                ..exchange("version <12> | \"13, 8\"", accepted.clone())
            },
            exchange("not shown", None),
        ],
        vec![Fault::Accepted],
    );
    let open = Fault::StillOpen {
        waited_ns: 35_000_000_000,
    };
    let author = probe(
        "H01",
        Grade::Author,
        vec![ExchangeRecord {
            reaction_ns: None,
            close_code: None,
            close_frames: 0,
            state: ConnectionState::Open,
            ..exchange("nothing", Some(open.clone()))
        }],
        vec![open],
    );
    let grew = Fault::Grew {
        growth_bytes: 300 << 20,
        bound_bytes: 256 << 20,
    };
    let starved = Fault::Starved {
        longest_ns: 4_000_000_000,
        bound_ns: 2_000_000_000,
    };
    let mut failed = probe(
        "R01",
        Grade::Fail,
        vec![ExchangeRecord {
            connections: 3,
            ..exchange("fragments", None)
        }],
        vec![grew, starved],
    );
    failed.public_source = Some("https://example.com/issues/1".to_owned());
    failed.recovered_ns = None;
    let many = (0..10)
        .map(|n| exchange(&format!("text {n}"), Some(Fault::Echoed)))
        .collect();
    let cut = probe("F07", Grade::Weak, many, vec![Fault::Echoed]);
    let mut unseen = probe("F04", Grade::Weak, Vec::new(), vec![Fault::NoCode]);
    unseen.cost = None;
    let none = probe("R09", Grade::DoesNotApply, Vec::new(), Vec::new());
    let pass = probe(
        "F04",
        Grade::Pass,
        vec![exchange("a text", None)],
        Vec::new(),
    );
    let mut dead = contender("dead", Vec::new());
    dead.cut_short = Some(CutShort::ServerFailed {
        flaw: Flaw::NothingEchoed,
    });
    let mut url = contender("ws://127.0.0.1:9001/", vec![unseen]);
    url.server = TestedServer::Url {
        url: "ws://127.0.0.1:9001/".to_owned(),
    };
    let mut secret = failed.clone();
    secret.public_source = None;
    let secret = contender("secret", vec![pass.clone(), weak.clone(), secret]);
    vec![
        contender("good", vec![pass.clone(), none.clone()]),
        contender("poor", vec![author, weak, pass, cut, failed, none]),
        dead,
        url,
        secret.for_publication().expect("it is whole"),
    ]
}

#[test]
fn pages_are_these() {
    for file in render_hazards(&reports()) {
        insta::assert_snapshot!(file.name, file.text);
    }
}

#[test]
fn terminal_is_this() {
    insta::assert_snapshot!("hazards-terminal", hazards_summary(&reports()));
}

#[test]
fn reports_survive_their_file_and_fit_their_schema() {
    let schema = format!("hazards.v{HAZARDS_VERSION}.schema.json");
    assert_survive(&reports(), &schema, read_hazards);
}

#[test]
fn another_version_is_refused_by_name() {
    assert_refuses_others(&reports()[0], "hazards", read_hazards);
}

#[test]
fn of_what_nobody_has_made_public_only_the_counts_are_published() {
    let report = reports().remove(1);
    assert!(report.is_publishable(), "its failure is public");
    assert_eq!(report.for_publication().as_ref(), Some(&report));
    let mut secret = report;
    for probe in &mut secret.probes {
        probe.public_source = None;
    }
    assert!(!secret.is_publishable());
    let published = secret.for_publication().expect("it is whole");
    assert!(published.is_publishable());
    assert_eq!(published.probes, [], "the others say which one is left");
    assert_eq!(published.survival(), secret.survival());
    assert_eq!(published.survival().to_string(), "4/5");
    assert_eq!(published.elapsed_ns, 0, "a wait is told from a crash by it");
    assert_eq!(published.started_unix_s % 86_400, 0);
    assert_eq!(published.for_publication().as_ref(), Some(&published));
    let mut cut = secret.clone();
    cut.cut_short = Some(CutShort::Interrupted);
    assert_eq!(
        cut.for_publication(),
        None,
        "the count says how far it came"
    );
    secret.probes.retain(|probe| probe.grade != Grade::Fail);
    assert!(secret.is_publishable(), "nothing else is secret");
}

#[test]
fn no_file_tells_which_probes_a_withheld_server_failed() {
    let all = reports();
    let secret = all.last().expect("there is one");
    assert_eq!(secret.name, "secret");
    let files = render_hazards(&all);
    let page = files.iter().find(|file| file.name == "secret.md");
    let page = &page.expect("it has a page").text;
    assert!(page.contains("2 of 3 applicable probes survived"), "{page}");
    let csv = files.iter().find(|file| file.name == "hazards.csv");
    assert!(!csv.expect("it is there").text.contains("secret"));
    for id in ["F04", "H08", "R01"] {
        assert!(!page.contains(id), "{page}");
        let overview = files.iter().find(|file| file.name == "hazards.md");
        let overview = &overview.expect("it is there").text;
        let rows: Vec<&str> = overview
            .lines()
            .filter(|it| it.contains("secret"))
            .collect();
        assert!(rows.len() == 1 && !rows[0].contains(id), "{rows:?}");
        let json = serde_json::to_string(secret).expect("reports serialise");
        assert!(!json.contains(id), "{json}");
    }
}
