//! Plots: byte for byte of a run in which much went wrong, and what must hold of
//! every plot of any run.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test -p report`, then read
//! the difference and look at the pictures.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

mod support;

use std::{collections::BTreeSet, sync::LazyLock};

use record::{Flaw, Role, ScenarioKind};
use report::{
    Findings, RenderedFile, Run, analyse, newest_page,
    plot::{Plot, PlotKind, plots, plots_of},
    readme_section, render_folder,
};
use roxmltree::{Document, Node};
use support::{
    flawed, run, run_of, scenarios,
    truth::{Truth, servers},
};

fn flawed_findings() -> Findings {
    analyse(&flawed::run())
}

/// As many servers as the largest published run has rows, and their twin.
fn many_servers() -> Vec<Truth> {
    let mut many = Vec::new();
    for copy in 0..4 {
        for mut truth in servers() {
            if copy > 0 {
                if truth.role != Role::Contender {
                    continue;
                }
                let name = format!("{}-with-a-longer-name-{copy}", truth.name);
                truth.name = Box::leak(name.into_boxed_str());
                truth.per_message_ns *= 1.0 + f64::from(copy) * 0.21;
            }
            many.push(truth);
        }
    }
    many
}

/// Runs of all sorts: flawed, whole, short, large.
static ALL_SORTS: LazyLock<Vec<(&str, Findings)>> = LazyLock::new(|| {
    vec![
        ("flawed", flawed_findings()),
        ("whole", analyse(&run(7))),
        ("short", analyse(&run(1))),
        (
            "large",
            analyse(&run_of(6, &many_servers(), scenarios(), 0.02)),
        ),
    ]
});

fn file<'a>(files: &'a [RenderedFile], name: &str) -> Option<&'a str> {
    let found = files.iter().find(|file| file.name == name);
    found.map(|file| file.text.as_str())
}

fn texts(svg: &Document<'_>) -> Vec<String> {
    svg.descendants()
        .filter(|node| node.tag_name().name() == "text")
        .filter_map(|node| node.text().map(ToOwned::to_owned))
        .collect()
}

#[test]
fn every_plot_of_a_flawed_run() {
    let plots = plots(&flawed_findings());
    for plot in &plots {
        insta::assert_snapshot!(format!("flawed-{}.svg", plot.id), plot.svg);
    }
    let tables: Vec<String> = plots.iter().map(as_text).collect();
    insta::assert_snapshot!("flawed-tables", tables.join("\n"));
}

fn as_text(plot: &Plot) -> String {
    let mut text = format!(
        "{:?} {}\n{}\n{}\n",
        plot.kind, plot.id, plot.title, plot.note
    );
    text += &format!(
        "{}\n{}\n",
        plot.table.caption,
        plot.table.header.join(" | ")
    );
    for row in &plot.table.rows {
        text += &format!("{}\n", row.join(" | "));
    }
    text
}

#[test]
fn every_kind_of_plot_is_there_once_per_cell() {
    let findings = analyse(&run(2));
    let count = |kind| plots_of(&findings, kind).len();
    assert_eq!(count(PlotKind::CpuRatios), findings.echo_cells().count());
    assert_eq!(count(PlotKind::LatencyCurve), findings.rate_cells().count());
    assert_eq!(count(PlotKind::RateLadder), 1);
    assert_eq!(count(PlotKind::Memory), 1);
    assert_eq!(count(PlotKind::Allocations), 2);
}

#[test]
fn pictures_are_well_formed_and_stand_alone() {
    let mut ids = BTreeSet::new();
    for (name, findings) in ALL_SORTS.iter() {
        for plot in plots(findings) {
            let place = format!("{name} {}", plot.id);
            let svg = Document::parse(&plot.svg).unwrap_or_else(|error| panic!("{place}: {error}"));
            let root = svg.root_element();
            assert_eq!(root.tag_name().name(), "svg", "{place}");
            assert_eq!(root.attribute("role"), Some("img"), "{place}");
            let labels = format!("{0}-title {0}-desc", plot.id);
            assert_eq!(root.attribute("aria-labelledby"), Some(labels.as_str()));
            for node in svg.descendants().filter(Node::is_element) {
                let tag = node.tag_name().name();
                assert!(
                    !["script", "image", "use", "foreignObject"].contains(&tag),
                    "{place}"
                );
                for attribute in node.attributes() {
                    let attribute = attribute.name();
                    assert!(
                        !attribute.starts_with("on") && attribute != "href",
                        "{place}"
                    );
                }
                if let Some(id) = node.attribute("id") {
                    assert!(id.starts_with(&plot.id), "{place}: {id}");
                    assert!(ids.insert(format!("{name} {id}")), "{place}: {id} twice");
                }
            }
            let addresses = plot.svg.matches("http").count();
            assert_eq!(addresses, 1, "{place}: only the name of SVG's namespace");
            assert!(!plot.svg.contains("url("), "{place}");
            assert!(
                !plot.svg.contains("NaN") && !plot.svg.contains("inf\""),
                "{place}"
            );
        }
    }
}

#[test]
fn style_holds_inside_of_plots_only_and_covers_them() {
    let findings = flawed_findings();
    for plot in plots(&findings) {
        let svg = Document::parse(&plot.svg).expect("it is well formed");
        let style = svg
            .descendants()
            .find(|node| node.tag_name().name() == "style")
            .and_then(|node| node.text())
            .expect("there is a style sheet");
        let dark = "@media (prefers-color-scheme:dark){";
        assert!(style.contains(dark));
        for rule in style.replace(dark, "").split('}') {
            let selector = rule.split('{').next().unwrap_or_default();
            assert!(
                selector.is_empty() || selector.starts_with(".wsplot"),
                "{selector}"
            );
        }
        for node in svg.descendants().filter(Node::is_element) {
            for class in node.attribute("class").unwrap_or_default().split(' ') {
                let has_rule = class.is_empty() || style.contains(&format!(".{class}"));
                assert!(has_rule, "{}: no rule for {class}", plot.id);
            }
        }
    }
}

/// A box around a text, narrower than a reader's font makes it.
struct Place {
    text: String,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

fn place(node: Node<'_, '_>) -> Place {
    let class = node.attribute("class").unwrap_or_default();
    let has = |name: &str| class.split(' ').any(|it| it == name);
    let size = match () {
        () if has("p-title") => 15.0,
        () if has("p-small") || has("p-note") => 11.0,
        () => 12.0,
    };
    let number = |name: &str| -> f64 {
        let text = node.attribute(name).expect("texts have places");
        text.parse().expect("places are numbers")
    };
    let text = node.text().unwrap_or_default().to_owned();
    let width = text.chars().count() as f64 * size * 0.45;
    let left = match number("x") {
        x if has("p-end") => x - width,
        x if has("p-middle") => x - width / 2.0,
        x => x,
    };
    let bottom = number("y");
    Place {
        text,
        left,
        right: left + width,
        top: bottom - size * 0.7,
        bottom,
    }
}

#[test]
fn no_text_is_cut_off_or_lies_on_another() {
    for (name, findings) in ALL_SORTS.iter() {
        for plot in plots(findings) {
            let svg = Document::parse(&plot.svg).expect("it is well formed");
            let height: f64 = svg
                .root_element()
                .attribute("height")
                .and_then(|text| text.parse().ok())
                .expect("it has a height");
            let places: Vec<Place> = svg
                .descendants()
                .filter(|node| node.tag_name().name() == "text")
                .map(place)
                .collect();
            for (index, one) in places.iter().enumerate() {
                let inside = one.left >= 0.0 && one.right <= 960.0 && one.bottom <= height;
                assert!(inside && one.top >= 0.0, "{name} {}: {}", plot.id, one.text);
                for other in &places[..index] {
                    let apart = one.right <= other.left
                        || other.right <= one.left
                        || one.bottom <= other.top
                        || other.bottom <= one.top;
                    assert!(apart, "{name} {}: {} on {}", plot.id, one.text, other.text);
                }
            }
        }
    }
}

#[test]
fn every_row_is_in_the_picture_and_in_the_table() {
    for (name, findings) in ALL_SORTS.iter() {
        for plot in plots(findings) {
            let place = format!("{name} {}", plot.id);
            let svg = Document::parse(&plot.svg).expect("it is well formed");
            let shown = texts(&svg);
            for row in &plot.table.rows {
                assert_eq!(row.len(), plot.table.header.len(), "{place}: {row:?}");
            }
            for (_, entry) in findings.rows_without_twin() {
                let label = entry.label_with_version();
                assert!(
                    plot.table.rows.iter().any(|row| row[0] == label),
                    "{place}: {label}"
                );
                let begins = |text: &String| {
                    let text = text.trim_end_matches('…');
                    label.starts_with(text) && (text.len() > 6 || text == label)
                };
                assert!(shown.iter().any(begins), "{place}: no {label}");
            }
        }
    }
}

/// The marks say what the verdicts say.
#[test]
fn claimed_differences_have_filled_marks() {
    let findings = analyse(&run(7));
    for plot in plots_of(&findings, PlotKind::CpuRatios) {
        let cell = findings
            .cells
            .iter()
            .find(|cell| cell.name == plot.cells[0]);
        let metric = cell
            .and_then(|cell| cell.metrics.first())
            .expect("it has CPU time");
        let claims = metric
            .rows
            .iter()
            .flatten()
            .filter(|row| row.verdict().is_some_and(statistics::Verdict::is_claim))
            .count();
        let compared = metric
            .rows
            .iter()
            .flatten()
            .filter(|row| row.ratio.is_some());
        let compared = compared.count();
        let svg = Document::parse(&plot.svg).expect("it is well formed");
        let marks = |class: &str| {
            svg.descendants()
                .filter(|node| {
                    node.parent_element().is_some_and(|it| {
                        it.attribute("class")
                            .is_some_and(|it| it.starts_with("p-row"))
                    })
                })
                .filter(|node| node.attribute("class") == Some(class))
                .count()
        };
        // The reference's own mark is filled as well.
        assert_eq!(marks("p-solid"), claims + 1, "{}", plot.id);
        assert_eq!(marks("p-open"), compared - claims, "{}", plot.id);
        assert_eq!(marks("p-bar") + marks("p-range"), compared, "{}", plot.id);
        assert!(claims > 0 && compared > claims, "{}", plot.id);
    }
}

#[test]
fn what_is_missing_says_why() {
    let findings = flawed_findings();
    let of = |id: &str| {
        let found = plots(&findings).into_iter().find(|plot| plot.id == id);
        found.unwrap_or_else(|| panic!("no {id}")).svg
    };
    let megabyte = of("plot-cpu-echo-1m-binary");
    for reason in ["wrong bytes", "failed the check", "did not build"] {
        assert!(megabyte.contains(reason), "{reason}");
    }
    assert!(of("plot-allocations-allocations").contains("it can&#39;t count its allocations"));
}

/// A rate at which a server has no valid trial is a cross in its panel.
#[test]
fn a_ladder_shows_its_wall() {
    let mut run = run_of(2, &flawed::some_servers(), flawed::some_scenarios(), 0.01);
    let id = "plot-ladder-fixed-rate-512b-text";
    let ladder = |run: &Run| {
        let plots = plots_of(&analyse(run), PlotKind::RateLadder);
        let plot = plots.into_iter().find(|plot| plot.id == id);
        plot.expect("there is a ladder")
    };
    assert!(!ladder(&run).svg.contains("no valid trial at this rate"));
    for trial in &mut run.trials {
        if trial.cell == "fixed-rate-512b-text-75" && trial.entry.contender == "ws-tool-tokio" {
            trial.flaws.push(Flaw::RateNotReached { ratio: 0.9 });
        }
    }
    let ladder = ladder(&run);
    assert!(ladder.svg.contains("no valid trial at this rate"));
    assert!(
        ladder
            .svg
            .contains("ws-tool-tokio 0.11.1, 48,000 messages/s: rate not reached")
    );
    let row = ladder
        .table
        .rows
        .iter()
        .find(|row| row[0] == "ws-tool-tokio 0.11.1");
    let row = row.expect("it has a row");
    assert!(
        row[1].contains("±") && row[6] == "rate not reached",
        "{row:?}"
    );
}

/// A run that measured a part of the scenarios has a part of the plots, and its
/// pages show no others.
#[test]
fn plots_without_figures_are_left_out() {
    let keep = |wanted: fn(&ScenarioKind) -> bool| {
        let mut scenarios = flawed::some_scenarios();
        scenarios.retain(|scenario| wanted(&scenario.kind));
        analyse(&run_of(2, &flawed::some_servers(), scenarios, 0.01))
    };
    let echo = keep(|kind| matches!(kind, ScenarioKind::Echo { .. }));
    let idle = keep(|kind| matches!(kind, ScenarioKind::Idle { .. }));
    let shakes = keep(|kind| matches!(kind, ScenarioKind::Handshakes { .. }));
    for (findings, expected) in [
        (&echo, vec!["plots/cpu.svg"]),
        (&idle, vec!["plots/memory.svg"]),
        (&shakes, vec![]),
    ] {
        let files = render_folder(findings).expect("findings serialise");
        let names: Vec<&str> = files
            .iter()
            .map(|file| file.name)
            .filter(|name| name.ends_with(".svg"))
            .collect();
        assert_eq!(names, expected);
    }
    assert!(plots(&shakes).is_empty());
}

/// Only the reference, or none: nothing is relative to anything.
#[test]
fn without_a_comparison_there_is_no_plot_of_ratios() {
    let only = |wanted: fn(&Truth) -> bool| {
        let servers: Vec<Truth> = servers().into_iter().filter(wanted).collect();
        analyse(&run_of(2, &servers, scenarios(), 0.01))
    };
    let alone = only(|truth| truth.key() == support::truth::reference());
    assert!(plots_of(&alone, PlotKind::CpuRatios).is_empty());
    let without = only(|truth| truth.name == "fastwebsockets" || truth.name == "raw-tcp");
    assert!(plots_of(&without, PlotKind::CpuRatios).is_empty());
    assert_eq!(plots_of(&without, PlotKind::RateLadder).len(), 1);
}

/// Pages show files that are there, and every file is shown or linked.
#[test]
fn pages_show_the_files_of_the_folder() {
    for (name, findings) in ALL_SORTS.iter() {
        let files = render_folder(findings).expect("findings serialise");
        let mut pages: Vec<String> = files
            .iter()
            .filter(|file| file.name.ends_with(".md"))
            .map(|file| file.text.clone())
            .collect();
        for page in [
            readme_section(findings, "results/x"),
            newest_page(findings, "x"),
        ] {
            assert!(
                !page.contains("](plots/"),
                "{name}: the path starts elsewhere"
            );
            assert!(page.contains("x/plots/cpu.svg)"), "{name}");
            pages.push(page.replace("](results/x/", "](").replace("](x/", "]("));
        }
        let mut shown = BTreeSet::new();
        for page in &pages {
            for part in page.split("](plots/").skip(1) {
                let path = part.split(')').next().unwrap_or_default();
                shown.insert(format!("plots/{path}"));
            }
        }
        let there: BTreeSet<String> = files
            .iter()
            .filter(|file| file.name.ends_with(".svg"))
            .map(|file| file.name.to_owned())
            .collect();
        assert_eq!(shown, there, "{name}");
        let alone = file(&files, "plots/cpu.svg").expect("there is an echo cell");
        assert_eq!(alone, plots(findings)[0].svg, "{name}");
    }
}

/// Names of servers, machines and reasons are written by others.
#[test]
fn foreign_text_is_shown_not_obeyed() {
    let mut findings = flawed_findings();
    let hostile = "</text><script>alert(\"1\")</script>&amp;'\u{1b}\u{ffff}";
    for entry in &mut findings.entries {
        entry.key.contender = format!("{}{hostile}", entry.key.contender);
        entry.label = entry.key.to_string();
    }
    findings.run.host.name = hostile.to_owned();
    for cell in &mut findings.cells {
        cell.scenario.title = format!("{}{hostile}", cell.scenario.title);
        cell.name = format!("{}{hostile}", cell.name);
    }
    for plot in plots(&findings) {
        let svg = Document::parse(&plot.svg).unwrap_or_else(|error| panic!("{}: {error}", plot.id));
        assert!(
            !svg.descendants()
                .any(|node| node.tag_name().name() == "script"),
            "{}",
            plot.id
        );
        let is_safe =
            |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
        assert!(
            plot.id.chars().all(|it| is_safe(it) || it == '-'),
            "{}",
            plot.id
        );
    }
}

/// All plots of a run of forty servers are a part of a page of 2 MB.
#[test]
fn plots_of_a_large_run_are_small() {
    let findings = analyse(&run_of(2, &many_servers(), scenarios(), 0.02));
    assert!(findings.entries.len() >= 40);
    let plots = plots(&findings);
    let bytes: usize = plots.iter().map(|plot| plot.svg.len()).sum();
    assert!(bytes < 1_000_000, "{bytes} bytes");
}
