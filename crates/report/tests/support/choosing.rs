//! What a choice is made from, made up: facts of the servers of the made-up
//! run, and data and questions by chance.

use std::{collections::BTreeMap, sync::LazyLock};

use record::{
    Behaviour, Claim, CloseBehaviour, ConformanceReport, ContenderRow, DependencyCounts,
    DerivedFacts, Evidence, FACTS_VERSION, FactsFile, Found, Language, MessageKind, Property,
    Provenance, TestedServer, UnsafeCounts, Variant,
};
use report::{
    analyse,
    choose::{
        Axis, Candidate, ChooseData, Fact, Feature, Figure, Licence, Measured, Named, Needs,
        Pattern, Question, Released, State, Workload, page_data,
    },
};

use super::support::{cases, run};

/// The day on which made-up questions are asked.
pub const TODAY: &str = "2026-12-01";

fn unknown<T>(why: &str) -> Found<T> {
    Found::Unknown(why.to_owned())
}

fn row(
    contender: &str,
    library: &str,
    version: &str,
    released: &str,
    licence: Option<&str>,
    claims: [(Property, &str, Option<&str>); 5],
) -> ContenderRow {
    let properties = claims.into_iter().filter(|(_, answer, _)| *answer != "?");
    ContenderRow {
        contender: contender.to_owned(),
        language: record::Language::Rust,
        library: library.to_owned(),
        version: version.to_owned(),
        repository: format!("https://github.com/example/{library}"),
        derived: DerivedFacts {
            released: Found::Known(released.to_owned()),
            license: licence.map_or(unknown("the manifest only names a file, LICENSE"), |it| {
                Found::Known(it.to_owned())
            }),
            rust_version: unknown("the manifest names none"),
            dependencies: Found::Known(DependencyCounts::default()),
            unsafe_code: Found::Known(UnsafeCounts::default()),
            stripped_size: unknown("not taken"),
            build_times: unknown("not timed"),
            advisories: unknown("cargo-audit isn't installed"),
        },
        properties: properties
            .map(|(property, answer, note)| {
                let claim = Claim {
                    answer: answer.to_owned().into(),
                    source: Some("https://docs.rs/example".to_owned()),
                    note: note.map(ToOwned::to_owned),
                };
                let evidence = Evidence {
                    claim: Some(claim),
                    probe: None,
                };
                (property, evidence)
            })
            .collect::<BTreeMap<_, _>>(),
    }
}

/// Facts of the contenders of the made-up run, and of one that it has no row
/// of.
pub fn facts() -> FactsFile {
    use Property::{HttpIntegration, PermessageDeflate, Runtimes, TlsBackends, Wasm};
    let mit = Some("MIT");
    let claims = |tls, deflate, runtimes, http, wasm| {
        [
            (TlsBackends, tls, None),
            (PermessageDeflate, deflate, None),
            (Runtimes, runtimes, None),
            (HttpIntegration, http, None),
            (Wasm, wasm, None),
        ]
    };
    let mut fast = claims("none of its own", "no", "tokio", "hyper 1, axum", "no");
    fast[0].2 = Some("Takes any stream, TLS included.");
    let many = "tokio, smol, gio, async-std";
    let tungstenite = claims("native-tls, rustls", "no", "none needed", "any", "?");
    let tokio = claims("native-tls, rustls", "no", "tokio", "any", "?");
    let both = claims("rustls, native-tls", "no", many, "any", "?");
    let blocking = claims("rustls", "yes", "none needed", "axum, poem", "no");
    let ws_tool = claims("rustls", "yes", "tokio", "axum, poem", "no");
    let framework = claims("none of its own", "no", "tokio", "is a web framework", "no");
    FactsFile {
        facts_version: FACTS_VERSION,
        made: Provenance {
            day: "2026-11-21".to_owned(),
            ..Provenance::default()
        },
        target: "x86_64-unknown-linux-gnu".to_owned(),
        reference: "tokio-tungstenite".to_owned(),
        size_baseline: "handwritten".to_owned(),
        sizes_made: None,
        build_times_made: None,
        contenders: vec![
            row(
                "async-tungstenite-smol",
                "async-tungstenite",
                "0.35.0",
                "2026-07-28",
                mit,
                both,
            ),
            row(
                "async-tungstenite-tokio",
                "async-tungstenite",
                "0.35.0",
                "2026-07-28",
                mit,
                both,
            ),
            row("axum", "axum", "0.8.9", "2026-04-14", mit, framework),
            row(
                "fastwebsockets",
                "fastwebsockets",
                "0.10.0",
                "2025-01-14",
                Some("Apache-2.0"),
                fast,
            ),
            row(
                "tokio-tungstenite",
                "tokio-tungstenite",
                "0.30.0",
                "2026-07-11",
                mit,
                tokio,
            ),
            row(
                "tungstenite",
                "tungstenite",
                "0.30.0",
                "2026-07-11",
                Some("MIT OR Apache-2.0"),
                tungstenite,
            ),
            row(
                "ws-tool-blocking",
                "ws-tool",
                "0.11.1",
                "2025-05-12",
                None,
                blocking,
            ),
            row(
                "ws-tool-tokio",
                "ws-tool",
                "0.11.1",
                "2025-05-12",
                None,
                ws_tool,
            ),
        ],
    }
}

/// A report of two cases that apply, of which the second one closed well or
/// not, and one of an extension that the server doesn't have.
pub fn report(name: &str, version: &str, close: CloseBehaviour) -> ConformanceReport {
    let ok = Behaviour::Ok;
    cases::report(
        name,
        TestedServer::Contender {
            library: name.to_owned(),
            version: version.to_owned(),
            runtime: "tokio".to_owned(),
            variant: Variant::Default,
        },
        vec![
            cases::case("1.1.1", ok, CloseBehaviour::Ok),
            cases::case("7.1.1", ok, close),
            cases::case("12.1.1", Behaviour::Unimplemented, CloseBehaviour::Ok),
        ],
    )
}

/// Reports of three contenders: all well, closing badly, of another version.
pub fn reports() -> Vec<ConformanceReport> {
    vec![
        report("fastwebsockets", "0.10.0", CloseBehaviour::Unclean),
        report("tokio-tungstenite", "0.30.0", CloseBehaviour::Ok),
        report("tungstenite", "0.29.0", CloseBehaviour::Ok),
    ]
}

/// The made-up run with its facts and reports.
pub fn data() -> &'static ChooseData {
    static DATA: LazyLock<ChooseData> =
        LazyLock::new(|| page_data(&analyse(&run(12)), Some(&facts()), &reports()));
    &DATA
}

/// A question of the kind that a person asks who needs nothing.
pub fn plain_question() -> Question {
    Question {
        workload: Workload {
            size_bytes: 125,
            kind: MessageKind::Binary,
            connections: 1000,
            rate_per_s: 1.0,
            pattern: Pattern::Echo,
            burst: 1,
        },
        needs: Needs {
            features: Vec::new(),
            runtime: None,
            http: None,
            licences: Vec::new(),
            maintained_within_months: None,
            language: None,
            memory_limit_bytes: None,
        },
        axis: Axis::Cpu,
        unknown_ok: false,
        today: TODAY.to_owned(),
    }
}

/// Numbers by chance, the same for the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.one_in(2)).cloned().collect()
    }
}

fn measured(dice: &mut Dice, scale: f64) -> Measured {
    if dice.one_in(12) {
        return Measured::Missing("no valid figure".to_owned());
    }
    let value = scale * (0.5 + dice.share() * 4.0);
    let letters = match dice.below(6) {
        0 => Vec::new(),
        _ => dice.some(&["a", "b", "c", "52"].map(str::to_owned)),
    };
    Measured::Figure(Figure {
        value,
        low: value * (1.0 - dice.share() * 0.2),
        high: value * (1.0 + dice.share() * 0.2),
        is_range: letters.is_empty(),
        blocks: 2 + dice.below(11),
        letters,
    })
}

fn named(dice: &mut Dice, of: &[&str]) -> Named {
    let names = dice.some(&of.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
    let text = names.join(", ");
    Named {
        names: (!dice.one_in(5)).then_some(names),
        text,
    }
}

fn candidate(dice: &mut Dice, index: usize, cells: usize, rungs: usize) -> Candidate {
    const RUNTIMES: [&str; 3] = ["tokio", "smol", "any"];
    let features = Feature::ALL.map(|feature| {
        let state = dice.one(&[State::Yes, State::Yes, State::No, State::Unknown]);
        let text = format!("fact {}", dice.below(3));
        (feature, Fact { state, text })
    });
    let licences: [Option<Vec<Vec<String>>>; 4] = [
        None,
        Some(vec![vec!["MIT".to_owned()], vec!["Apache-2.0".to_owned()]]),
        Some(vec![vec!["MIT".to_owned(), "ISC".to_owned()]]),
        Some(vec![vec!["MPL-2.0".to_owned()]]),
    ];
    let days = ["2026-07-11", "2025-12-01", "2025-11-30", "2020-02-29"];
    let runtime = dice.one(&RUNTIMES[..2]);
    Candidate {
        name: format!("row-{index:02}"),
        is_tuned: dice.one_in(3),
        library: format!("library-{}", dice.below(5)),
        version: "1.2.3".to_owned(),
        language: dice.one(&[Language::Rust, Language::Rust, Language::Go]),
        runtime: runtime.to_owned(),
        flush: dice.one(&["", "after every message"]).to_owned(),
        repository: "https://example.org".to_owned(),
        gaps: vec!["a gap".to_owned(); dice.below(3)],
        features: features.into_iter().collect(),
        measured_on: vec![runtime.to_owned()],
        runtimes: named(dice, &RUNTIMES),
        http: named(dice, &["axum", "hyper", "any"]),
        licence: Licence {
            alternatives: dice.one(&licences),
            text: "a licence".to_owned(),
        },
        released: Released {
            day: (!dice.one_in(5)).then(|| dice.one(&days).to_owned()),
            text: "the index names no date".to_owned(),
        },
        cpu: (0..cells).map(|_| measured(dice, 6000.0)).collect(),
        peak_bytes: (0..cells)
            .map(|_| (!dice.one_in(4)).then(|| 1e7 * (1.0 + dice.share())))
            .collect(),
        loaded_cpu: (0..rungs).map(|_| measured(dice, 16_000.0)).collect(),
        p99: (0..rungs).map(|_| measured(dice, 150_000.0)).collect(),
        memory: measured(dice, 50_000.0),
        base_bytes: (!dice.one_in(6)).then(|| 2e6 * (1.0 + dice.share())),
        threads_per_connection: dice.one(&[None, Some(0.0), Some(1.0)]),
    }
}

/// Data by chance.
pub fn random_data(dice: &mut Dice) -> ChooseData {
    let mut data = data().clone();
    let rungs = dice.one(&[0, 1, data.rungs.len()]);
    data.rungs.truncate(rungs);
    for rung in &mut data.rungs {
        rung.p99_noise_floor = (!dice.one_in(3)).then_some(1.5);
    }
    for cell in &mut data.cells {
        cell.noise_floor = (!dice.one_in(4)).then(|| 1.0 + dice.share() / 10.0);
    }
    let rows = dice.below(9);
    let cells = data.cells.len();
    data.candidates = (0..rows)
        .map(|index| candidate(dice, index, cells, rungs))
        .collect();
    data.runtimes = vec!["smol".to_owned(), "tokio".to_owned()];
    data.http_names = vec!["axum".to_owned(), "hyper".to_owned()];
    data.run.server_processors = 1 + dice.below(2);
    data.run.is_partial = dice.one_in(2);
    data.run.tolerates_disturbance = dice.one_in(4);
    if dice.one_in(4) {
        data.facts_day = None;
        data.not_measured.clear();
    }
    data
}

/// A question by chance, with all that `random_data` knows.
pub fn random_question(dice: &mut Dice) -> Question {
    let sizes = [
        1, 63, 64, 125, 126, 200, 256, 257, 999, 1024, 1025, 16_384, 100_000, 1_048_576, 5_000_000,
    ];
    let kinds = [
        MessageKind::Binary,
        MessageKind::TextAscii,
        MessageKind::TextMultibyte,
    ];
    let mut question = plain_question();
    question.workload = Workload {
        size_bytes: dice.one(&sizes),
        kind: dice.one(&kinds),
        connections: dice.one(&[1, 64, 5_000, 10_001, 250_000]),
        rate_per_s: dice.one(&[0.013, 0.2, 1.0, 7.5, 100.0, 1000.0]),
        pattern: dice.one(&[Pattern::Echo, Pattern::Push]),
        burst: dice.one(&[1, 1, 2, 4, 5, 16, 1000]),
    };
    question.axis = dice.one(&[Axis::Cpu, Axis::Memory, Axis::P99]);
    question.unknown_ok = dice.one_in(2);
    for _ in 0..dice.below(4) {
        add_need(dice, &mut question);
    }
    question
}

/// One need more than before.
pub fn add_need(dice: &mut Dice, question: &mut Question) {
    let needs = &mut question.needs;
    match dice.below(7) {
        0 => needs.features.push(dice.one(&Feature::ALL)),
        1 if needs.runtime.is_none() => {
            needs.runtime = Some(dice.one(&["tokio", "smol"]).to_owned());
        }
        2 if needs.http.is_none() => {
            needs.http = Some(dice.one(&["axum", "hyper"]).to_owned());
        }
        3 if needs.licences.is_empty() => {
            needs.licences = vec!["mit".to_owned()];
            needs.licences.extend(dice.some(&["ISC".to_owned()]));
        }
        4 if needs.maintained_within_months.is_none() => {
            needs.maintained_within_months = Some(dice.one(&[1, 12, 600]));
        }
        5 if needs.language.is_none() => {
            needs.language = Some(dice.one(&[Language::Rust, Language::Go]));
        }
        6 if needs.memory_limit_bytes.is_none() => {
            needs.memory_limit_bytes = Some(dice.one(&[3_000_000, 1 << 28, 1 << 33]));
        }
        _ => {}
    }
}
