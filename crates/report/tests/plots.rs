//! Plots: byte for byte of a run in which much went wrong, and what must hold of
//! every plot of any run.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test -p report`, then read
//! the difference and look at the pictures.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "plots/pictures.rs"]
mod pictures;
mod support;

use std::{collections::BTreeSet, sync::LazyLock};

use record::{Flaw, Role, ScenarioKind};
use report::{
    Findings, RenderedFile, Run, Staleness, analyse,
    compare::History,
    newest_page,
    plot::{Plot, PlotKind, plots},
    readme_section, render_folder,
};
use roxmltree::Document;
use support::{
    flawed, run, run_of, scenarios,
    truth::{Truth, servers},
};

fn flawed_findings() -> Findings {
    analyse(&flawed::run())
}

/// The plots of one kind.
fn plots_of(findings: &Findings, kind: PlotKind) -> Vec<Plot> {
    let mut plots = plots(findings);
    plots.retain(|plot| plot.kind == kind);
    plots
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

/// Two blocks give ranges and no noise floor, and the picture says both.
#[test]
fn a_short_run_claims_nothing() {
    let plot = plots_of(&analyse(&run(2)), PlotKind::CpuRatios).remove(0);
    for words in [
        "No noise floor (2 A/A blocks), so no difference is claimed.",
        "ratio (range)",
        "broken: a range",
    ] {
        assert!(plot.svg.contains(words), "{words}");
    }
    assert!(!plot.svg.contains("class=\"p-bar\""));
    assert!(plot.note.contains("nothing is claimed"), "{}", plot.note);
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
    assert!(!ladder(&run).svg.contains("or no valid trial"));
    for trial in &mut run.trials {
        if trial.cell == "fixed-rate-512b-text-75" && trial.entry.contender == "ws-tool-tokio" {
            trial.flaws.push(Flaw::RateNotReached { ratio: 0.9 });
        }
        if trial.cell == "fixed-rate-512b-text-50"
            && trial.entry.contender == "fastwebsockets"
            && trial.block == 0
        {
            trial.flaws.push(Flaw::RateNotReached { ratio: 0.98 });
        }
    }
    let ladder = ladder(&run);
    assert!(ladder.svg.contains("or no valid trial"));
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
            readme_section(findings, "results/x", &Staleness::default()),
            newest_page(findings, "x", &Staleness::default(), &History::default()),
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
