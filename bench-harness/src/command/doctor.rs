//! `doctor`: is this machine fit, and what does it do to the numbers?

use std::{
    env,
    io::{self, IsTerminal as _},
};

use anyhow::Result;
use record::ScenarioKind;

use super::Setup;
use crate::{
    clock::RealClock,
    doctor::{Facts, Needs, Severity, in_a_line, json, judge, look, report},
    exit::Exit,
    scenarios,
    terminal::print,
};

/// Prints what is found, as JSON or for people.
pub(super) fn doctor(setup: &Setup, as_json: bool) -> Result<Exit> {
    let facts = facts(setup)?;
    let findings = judge(&facts);
    let text = if as_json {
        json(&facts, &findings)?
    } else {
        // Colour only on a terminal, and never when NO_COLOR is set (no-color.org).
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        report(&findings, io::stdout().is_terminal() && !no_colour)
    };
    print(&text)?;
    let blocked = findings
        .iter()
        .any(|finding| finding.severity == Severity::Blocking);
    Ok(if blocked { Exit::Failed } else { Exit::Ok })
}

/// Says before a run what disturbs it, one line each.
pub(super) fn warn(setup: &Setup) -> Result<()> {
    for finding in judge(&facts(setup)?) {
        if finding.severity >= Severity::Warning {
            setup.progress.warn(&in_a_line(&finding));
        }
    }
    Ok(())
}

fn facts(setup: &Setup) -> Result<Facts> {
    let results = setup.workspace.root.join("results");
    let folder = setup.options.output.as_deref().unwrap_or(&results);
    let folder = std::path::absolute(folder)?;
    Ok(look(
        &RealClock,
        &setup.processors.server,
        &setup.processors.client,
        &folder,
        needs(setup)?,
    ))
}

/// What the scenarios of the run need. The set-up has already left out what
/// this machine can't do, so the files are read again.
fn needs(setup: &Setup) -> Result<Needs> {
    let mut needs = Needs::default();
    for scenario in scenarios::load(setup.options.scenarios.as_deref())? {
        let takes_part = setup
            .scenarios
            .iter()
            .any(|wanted| wanted.name == scenario.name);
        if !takes_part {
            continue;
        }
        let connections = match scenario.kind {
            ScenarioKind::Echo { connections, .. }
            | ScenarioKind::RateLadder { connections, .. } => connections,
            ScenarioKind::Handshakes { concurrency } => {
                needs.handshakes = true;
                concurrency
            }
            ScenarioKind::Idle { levels } => {
                needs.memory = true;
                let limit = setup.effort.idle_level_limit;
                let levels = levels.into_iter().filter(|&level| level <= limit);
                levels.max().unwrap_or(0)
            }
            ScenarioKind::AllocationsPerConnection { connections, .. } => 2 * connections,
            _ => 1,
        };
        needs.connections = needs.connections.max(connections);
    }
    Ok(needs)
}
