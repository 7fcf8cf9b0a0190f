//! What must hold of every picture: it can be read, by programs and by people.

use std::collections::BTreeSet;

use report::{analyse, plot::plots};
use roxmltree::{Document, Node};

use super::{
    ALL_SORTS, flawed_findings, many_servers,
    support::{run_of, scenarios},
};

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
