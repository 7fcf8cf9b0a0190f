//! Rates of the ladders: calibrated now, or those of an earlier run.

use std::path::Path;

use ::report::Run;
use anyhow::{Context as _, Result, ensure};
use record::{Calibration, EntryKey, Protocol, Role, Scenario, ScenarioKind};

use super::{Setup, check::passed};
use crate::{
    check::Checked,
    run::{self, Bench, Ladder, Recorder, calibrate},
};

/// One calibration per ladder, but for those on which every server failed.
pub(super) fn calibrations(
    setup: &mut Setup,
    bench: &Bench<'_>,
    checked: &[Checked],
) -> Result<Vec<Calibration>> {
    let found = match &setup.options.rates_of {
        Some(folder) => of_run(folder, &setup.scenarios)?,
        None => calibrate_all(setup, bench, checked)?,
    };
    for calibration in &found {
        setup.progress.say(&describe(calibration));
    }
    Ok(found)
}

/// What the run in `folder` has found; every ladder must be among it.
fn of_run(folder: &Path, scenarios: &[Scenario]) -> Result<Vec<Calibration>> {
    let path = folder.join(Recorder::FILE_NAME);
    let text = run::read(&path).with_context(|| format!("{} can't be read", path.display()))?;
    let run = Run::parse(&text).with_context(|| path.display().to_string())?;
    let mut found = Vec::new();
    for scenario in scenarios {
        let ScenarioKind::RateLadder { rungs, .. } = &scenario.kind else {
            continue;
        };
        let then = &run.header;
        ensure!(
            then.plan.scenarios.contains(scenario),
            "{} has another {} or none, so its rates mean something else",
            folder.display(),
            scenario.name
        );
        let calibration = then
            .calibrations
            .iter()
            .find(|it| it.scenario == scenario.name && it.rung_rates_per_s.len() == rungs.len())
            .with_context(|| format!("{} has no rates of {}", folder.display(), scenario.name))?;
        found.push(calibration.clone());
    }
    Ok(found)
}

fn calibrate_all(
    setup: &mut Setup,
    bench: &Bench<'_>,
    checked: &[Checked],
) -> Result<Vec<Calibration>> {
    let entries: Vec<EntryKey> = setup
        .entries()
        .into_iter()
        .map(|entry| entry.key)
        .filter(|entry| entry.role != Role::Again && passed(checked, entry))
        // No library is measured at another rate because HTTP is slower.
        .filter(|entry| {
            let protocol = setup.protocol_of(entry);
            matches!(protocol, Protocol::Websocket | Protocol::RawTcp)
        })
        .collect();
    let mut calibrations = Vec::new();
    for scenario in &setup.scenarios {
        let ScenarioKind::RateLadder {
            connections,
            message,
            rungs,
            ..
        } = &scenario.kind
        else {
            continue;
        };
        let progress = &mut setup.progress;
        progress.step(&format!("calibrating {}", scenario.name));
        let ladder = Ladder {
            scenario: &scenario.name,
            connections: *connections,
            message: *message,
            rungs,
        };
        let calibrated = calibrate(bench, ladder, &entries, setup.seed, |entry| {
            progress.now(&format!("calibrating {}: {entry}", scenario.name));
        })?;
        for (entry, flaws) in &calibrated.failed {
            let flaws: Vec<String> = flaws.iter().map(ToString::to_string).collect();
            progress.warn(&format!(
                "{entry} could not be calibrated, the rates come from the others: {}",
                flaws.join("; ")
            ));
        }
        if let Some(calibration) = calibrated.calibration {
            calibrations.push(calibration);
        }
    }
    Ok(calibrations)
}

fn describe(calibration: &Calibration) -> String {
    let rates: Vec<String> = calibration
        .rung_rates_per_s
        .iter()
        .map(|rate| format!("{rate:.0}"))
        .collect();
    format!(
        "{}: {} messages/s, fractions of the slowest ({})",
        calibration.scenario,
        rates.join(", "),
        calibration.slowest
    )
}
