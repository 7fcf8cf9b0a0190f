//! The HTML report: its bytes, its size, and what a parser, a screen reader and
//! a browser's policy need of it. What it does in a browser is proved by
//! `scripts/test-page`.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use std::{collections::BTreeSet, sync::LazyLock};

use record::Variant;
use report::{
    Beside, HTML_FILE, Run, analyse,
    compare::{History, PastRun},
    read_conformance, render_html,
};
use scraper::{ElementRef, Html, Selector};
use support::{flawed, run_of, scenarios, truth};

fn page(run: &Run, beside: &Beside) -> String {
    let file = render_html(&analyse(run), beside).expect("it is rendered");
    assert_eq!(file.name, HTML_FILE);
    file.text
}

fn results() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../results")
}

/// The facts and conformance reports of this checkout.
fn published() -> Beside {
    let text = std::fs::read_to_string(results().join("facts/facts.json")).expect("it is there");
    let mut conformance = Vec::new();
    for entry in std::fs::read_dir(results().join("conformance")).expect("it is there") {
        let path = entry.expect("it can be listed").path();
        if path.extension().is_some_and(|it| it == "json") {
            let text = std::fs::read_to_string(&path).expect("it can be read");
            conformance.push(read_conformance(&text).expect("it is a report"));
        }
    }
    conformance.sort_by(|left, right| left.name.cmp(&right.name));
    Beside {
        facts: Some(serde_json::from_str(&text).expect("it is a file of facts")),
        conformance,
        hazards: hazards(),
        history: History::default(),
    }
}

fn hazards() -> Vec<::conformance::hazards::HazardReport> {
    let entries = std::fs::read_dir(results().join("hazards")).expect("it is there");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "json"));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).expect("it can be read");
            report::read_hazards(&text).expect("it is a report")
        })
        .collect()
}

/// A run of 43 rows: the servers of the made-up run, and others like them under
/// the names of the facts.
fn large_run() -> Run {
    let facts = PUBLISHED.facts.clone().expect("there are facts");
    let mut servers = truth::servers();
    let twin = servers.pop().expect("there is a twin");
    let like = servers.last().cloned().expect("there are servers");
    let known = facts.contenders.iter().map(|row| row.contender.clone());
    let others = (0..20).map(|at| format!("another-library-{at}"));
    let names: Vec<&'static str> = known
        .chain(others)
        .map(|name| &*name.leak())
        .filter(|name| servers.iter().all(|truth| truth.name != *name))
        .collect();
    for variant in [Variant::Default, Variant::Tuned] {
        for (at, name) in names.iter().enumerate() {
            servers.push(truth::Truth {
                name,
                variant,
                per_message_ns: 4_000.0 + 300.0 * at as f64,
                ..like.clone()
            });
        }
    }
    servers.truncate(42);
    servers.push(twin);
    assert_eq!(servers.len(), 43);
    run_of(6, &servers, scenarios(), 0.02)
}

/// What is dear to make is made once.
static PUBLISHED: LazyLock<Beside> = LazyLock::new(published);
static LARGE: LazyLock<String> = LazyLock::new(|| {
    let findings = analyse(&large_run());
    let mut beside = PUBLISHED.clone();
    beside.history.runs = vec![
        PastRun::of("2026-10-01-x", &findings, &findings),
        PastRun::damaged("2026-09-01-x", "torn".to_owned()),
    ];
    render_html(&findings, &beside)
        .expect("it is rendered")
        .text
});

fn all<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("it is a selector");
    document.select(&selector).collect()
}

fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect()
}

/// Some servers of a run in which much went wrong, without what has a golden
/// file of its own (the pictures, what is chosen from) or stands in a file as it
/// is (styles and scripts).
#[test]
fn a_flawed_run_byte_for_byte() {
    let mut page = page(&flawed::run(), &Beside::default());
    for (start, end) in [
        ("'sha256-", "'"),
        ("<svg ", "</svg>"),
        ("<style>", "</style>"),
        ("<script>", "</script>"),
        (
            "<script type=\"application/json\" id=\"choose-data\">",
            "</script>",
        ),
    ] {
        page = without(&page, start, end);
    }
    insta::assert_snapshot!("flawed-report.html", page);
}

/// `text` with what stands between `start` and `end` left out.
fn without(text: &str, start: &str, end: &str) -> String {
    let mut pieces = text.split(start);
    let mut short = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (_, rest) = piece.split_once(end).expect("what starts ends");
        short.push_str(&format!("{start}…{end}{rest}"));
    }
    short
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let run = flawed::run();
    assert_eq!(page(&run, &PUBLISHED), page(&run, &PUBLISHED));
}

#[test]
fn forty_three_rows_stay_under_two_megabytes() {
    assert!(LARGE.len() < 2_000_000, "{} bytes", LARGE.len());
    let document = Html::parse_document(&LARGE);
    assert_eq!(all(&document, "#glance tbody tr").len(), 42);
}

#[test]
fn a_parser_finds_nothing_wrong() {
    let flawed = page(&flawed::run(), &Beside::default());
    for page in [&flawed, &*LARGE] {
        let document = Html::parse_document(page);
        assert_eq!(document.errors, Vec::<String>::new());
        assert_eq!(format!("{:?}", document.quirks_mode), "NoQuirks");
    }
}

#[test]
fn every_id_is_its_own_and_every_reference_has_one() {
    let document = Html::parse_document(&LARGE);
    let mut ids = BTreeSet::new();
    for element in all(&document, "[id]") {
        let id = element.attr("id").expect("it was selected by it");
        assert!(ids.insert(id), "{id} is there twice");
    }
    for attribute in ["aria-labelledby", "aria-describedby", "for", "href"] {
        for element in all(&document, &format!("[{attribute}]")) {
            let value = element.attr(attribute).expect("it was selected by it");
            if attribute == "href" && !value.starts_with('#') {
                continue;
            }
            for id in value.split_whitespace() {
                let id = id.trim_start_matches('#');
                assert!(
                    ids.contains(id),
                    "{attribute} names {id}, which is not there"
                );
            }
        }
    }
}

#[test]
fn tables_can_be_read_aloud() {
    let document = Html::parse_document(&LARGE);
    let tables = all(&document, ".scroll > table");
    assert!(tables.len() > 20, "{} tables", tables.len());
    let mut captions = BTreeSet::new();
    for table in tables {
        let caption = Selector::parse("caption").expect("it is a selector");
        let caption = table.select(&caption).next().expect("it has a caption");
        let caption = text_of(caption);
        assert!(
            captions.insert(caption.clone()),
            "{caption:?} is there twice"
        );
    }
    for head in all(&document, "th") {
        let scope = head.attr("scope");
        assert!(matches!(scope, Some("col" | "row")), "{}", text_of(head));
    }
    for region in all(&document, ".scroll") {
        assert_eq!(region.attr("tabindex"), Some("0"));
    }
    let mains = all(&document, "main").len();
    assert_eq!((mains, all(&document, "h1").len()), (1, 1));
    let skip = all(&document, "body > a")
        .first()
        .and_then(|it| it.attr("href"));
    assert_eq!(skip, Some("#answer"));
}

#[test]
fn the_sections_stand_in_the_order_of_their_use() {
    let document = Html::parse_document(&LARGE);
    let found: Vec<&str> = all(&document, "main > section")
        .iter()
        .filter_map(|section| section.attr("id"))
        .collect();
    let expected = [
        "answer",
        "cpu",
        "latency",
        "memory",
        "allocations",
        "conformance",
        "facts",
        "history",
        "options",
        "method",
        "data",
    ];
    let places: Vec<Option<usize>> = expected
        .iter()
        .map(|id| found.iter().position(|other| other == id))
        .collect();
    assert!(places.iter().all(Option::is_some), "{found:?}");
    assert!(places.is_sorted(), "{found:?}");
}

/// A variant's report is its own.
#[test]
fn every_row_that_was_tested_is_in_the_section_of_its_tests() {
    let document = Html::parse_document(&LARGE);
    let shown: Vec<String> = all(&document, "#conformance tbody th")
        .into_iter()
        .map(text_of)
        .collect();
    for name in ["tungstenite", "tungstenite (tuned)"] {
        assert!(shown.iter().any(|it| it == name), "{name}: {shown:?}");
    }
}

/// What the policy lets through is what the page holds, and nothing asks for
/// anything from elsewhere.
#[test]
fn nothing_is_fetched() {
    let document = Html::parse_document(&LARGE);
    let policy = all(&document, "meta[http-equiv=\"Content-Security-Policy\"]");
    let policy = policy[0].attr("content").expect("it has a policy");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let inline = all(&document, "style, script:not([type])").len();
    assert_eq!(policy.matches("'sha256-").count(), inline, "{policy}");
    let loads = "img, iframe, object, embed, link, audio, video, source, base, [src], [srcset], \
                 [style], [onclick], [action]";
    assert!(all(&document, loads).is_empty());
    for style in all(&document, "style") {
        let style = text_of(style);
        assert!(!style.contains("url(") && !style.contains("@import"));
    }
    for link in all(&document, "a[href]") {
        let href = link.attr("href").expect("it was selected by it");
        let scheme = href.split_once(':').map(|(scheme, _)| scheme);
        assert!(matches!(scheme, None | Some("https")), "{href}");
    }
}

/// What a server, a manifest or a host says of itself is shown, never obeyed.
#[test]
fn foreign_text_is_shown_not_obeyed() {
    let evil = "</script></table><script>alert(1)</script><img src=x onerror=alert(1)>";
    let mut run = flawed::run();
    run.header.host.name = evil.to_owned();
    run.header.host.cpu_model = evil.to_owned();
    for contender in &mut run.header.contenders {
        contender.facts.runtime = evil.to_owned();
        contender.facts.gaps = vec![evil.to_owned(), format!("`{evil}`")];
        contender.facts.library = evil.to_owned();
        for facts in contender.facts.variants.values_mut() {
            facts.flush = evil.to_owned();
        }
    }
    let page = page(&run, &Beside::default());
    let document = Html::parse_document(&page);
    assert_eq!(document.errors, Vec::<String>::new());
    assert!(all(&document, "img, [onerror]").is_empty());
    let scripts = all(&document, "script");
    assert!(
        scripts
            .iter()
            .all(|script| !text_of(*script).contains("alert(1)</"))
    );
    let heading = text_of(all(&document, "h1")[0]);
    assert!(heading.contains("<img src=x"), "{heading}");
}

#[test]
fn the_answer_names_the_tie_group_and_how_sure_it_is() {
    let run = run_of(12, &flawed::some_servers(), flawed::some_scenarios(), 0.008);
    let page = page(&run, &Beside::default());
    let document = Html::parse_document(&page);
    let answers = all(&document, "#answer article");
    let first = text_of(answers[0]);
    // Both need the same in truth: 3,950 and 3,960 ns.
    for name in ["fastwebsockets 0.10.0", "ws-tool-tokio 0.11.1"] {
        assert!(first.contains(name), "{first}");
    }
    assert!(
        !first.contains("tokio-tungstenite 0.30.0 (tuned)"),
        "{first}"
    );
    assert!(first.contains("can't be told apart"), "{first}");
    assert!(first.contains("12 blocks"), "{first}");
    assert!(first.contains("raw-tcp"), "{first}");
    let quick = run_of(2, &flawed::some_servers(), flawed::some_scenarios(), 0.008);
    let page = self::page(&quick, &Beside::default());
    let document = Html::parse_document(&page);
    let first = text_of(all(&document, "#answer article")[0]);
    assert!(first.contains("No verdict"), "{first}");
}
