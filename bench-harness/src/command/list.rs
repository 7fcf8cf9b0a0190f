//! `list`: what there is.

use anyhow::Result;
use record::{Effort, Scenario, ScenarioKind};

use super::Setup;
use crate::{
    discover::{Contender, Source},
    exit::Exit,
    terminal::{columns, print},
};

/// Prints contenders with their variants, and scenarios with why they are
/// measured.
pub(super) fn list(setup: &Setup) -> Result<Exit> {
    let mut text = String::from("Contenders\n\n");
    let head = [
        "name", "library", "version", "runtime", "API", "variants", "",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut contenders: Vec<&Contender> = setup.contenders.iter().collect();
    contenders.sort_by_key(|contender| (!contender.facts.baseline, contender.name.as_str()));
    for contender in contenders {
        rows.push(row(contender, &setup.options.reference));
    }
    text.push_str(&columns(&rows));
    text.push_str("\nScenarios\n");
    for scenario in &setup.scenarios {
        text.push_str(&format!(
            "\n{}: {} ({})\n{}\n",
            scenario.name,
            scenario.title,
            in_words(scenario, &setup.effort),
            indented(&scenario.why)
        ));
    }
    print(&text)?;
    Ok(Exit::Ok)
}

fn row(contender: &Contender, reference: &str) -> Vec<String> {
    let facts = &contender.facts;
    let variants = contender.variants().map(|variant| variant.to_string());
    let mut notes = Vec::new();
    if facts.baseline {
        notes.push("baseline".to_owned());
    }
    if facts.core {
        notes.push("core".to_owned());
    }
    if !facts.language.is_rust() {
        notes.push(facts.language.to_string());
    }
    if contender.name == reference {
        notes.push("reference".to_owned());
    }
    if let Source::Command(command) = &contender.source {
        notes.push(format!("given: {}", command.join(" ")));
    }
    vec![
        contender.name.clone(),
        facts.library.clone(),
        contender.version.clone(),
        facts.runtime.clone(),
        facts.api.clone(),
        if facts.baseline {
            "default".to_owned()
        } else {
            variants.collect::<Vec<_>>().join(", ")
        },
        notes.join(", "),
    ]
}

/// What is done, in short.
pub(super) fn in_words(scenario: &Scenario, effort: &Effort) -> String {
    match &scenario.kind {
        ScenarioKind::Echo {
            connections,
            in_flight,
            message,
        } => format!(
            "{connections} connections, {in_flight} in flight, {} B {}",
            message.size_bytes, message.kind
        ),
        ScenarioKind::RateLadder {
            connections, rungs, ..
        } => {
            let shares: Vec<String> = rungs
                .iter()
                .map(|rung| format!("{:.0}", rung.fraction_of_slowest * 100.0))
                .collect();
            format!(
                "{connections} connections, {} % of the slowest capacity",
                shares.join(", ")
            )
        }
        ScenarioKind::Handshakes { concurrency } => format!("{concurrency} at a time"),
        ScenarioKind::Idle { levels } => {
            let levels: Vec<String> = levels
                .iter()
                .filter(|&&level| level <= effort.idle_level_limit)
                .map(ToString::to_string)
                .collect();
            format!("0, {} connections", levels.join(", "))
        }
        ScenarioKind::AllocationsPerMessage {
            sizes_bytes,
            messages,
            keep,
        } => {
            let sizes: Vec<String> = sizes_bytes.iter().map(ToString::to_string).collect();
            format!("{messages} messages of {} B, {keep} kept", sizes.join(", "))
        }
        ScenarioKind::PerMessageCosts { counted, sizes } => {
            let sizes: Vec<String> = sizes
                .iter()
                .map(|it| format!("{} and {} of {} B", it.fewer, it.more, it.size_bytes))
                .collect();
            format!(
                "{counted} by {} of messages: {}",
                counted.tool(),
                sizes.join(", ")
            )
        }
        ScenarioKind::AllocationsPerConnection {
            handshakes,
            connections,
        } => format!("{handshakes} handshakes, {connections} connections"),
    }
}

fn indented(text: &str) -> String {
    const WIDTH: usize = 74;
    let mut lines = Vec::new();
    let mut line = String::from("   ");
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() >= WIDTH {
            lines.push(std::mem::replace(&mut line, String::from("   ")));
        }
        line.push(' ');
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}
