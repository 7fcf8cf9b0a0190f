//! Runs and helpers for tests of exports.

use std::{collections::BTreeMap, sync::LazyLock};

use hdrhistogram::Histogram;
use record::{EncodedHistogram, Measurement, Role, ScenarioKind, new_latency_histogram};
use report::{
    Findings, Run, analyse,
    export::{ExportFormat, Exported, export},
};
use serde_json::Value;

use super::{flawed, run_of};

/// A run with its findings.
pub type Analysed = (Run, Findings);

/// One library in both variants with its twin: few rows, so that a person can
/// read the golden files.
pub static SMALL: LazyLock<Analysed> = LazyLock::new(|| {
    let mut servers = flawed::some_servers();
    servers.retain(|truth| truth.name == "tokio-tungstenite");
    let mut scenarios = flawed::some_scenarios();
    scenarios.retain(|scenario| !["echo-1m-binary", "allocations-kept"].contains(&&*scenario.name));
    for scenario in &mut scenarios {
        match &mut scenario.kind {
            ScenarioKind::RateLadder { rungs, .. } => rungs.truncate(1),
            ScenarioKind::AllocationsPerMessage { sizes_bytes, .. } => sizes_bytes.truncate(1),
            _ => {}
        }
    }
    let run = run_of(8, &servers, scenarios, 0.008);
    let findings = analyse(&run);
    (run, findings)
});

/// A run in which much went wrong.
pub static FLAWED: LazyLock<Analysed> = LazyLock::new(|| {
    let run = flawed::run();
    let findings = analyse(&run);
    (run, findings)
});

pub fn exported((run, findings): &Analysed, format: ExportFormat) -> Exported {
    export(run, findings, format).expect("it can be exported")
}

/// The text of a format with one file.
pub fn one_text(analysed: &Analysed, format: ExportFormat) -> String {
    let mut files = exported(analysed, format).files;
    assert_eq!(files.len(), 1);
    files.remove(0).text
}

pub fn one_json(analysed: &Analysed, format: ExportFormat) -> Value {
    serde_json::from_str(&one_text(analysed, format)).expect("it is JSON")
}

/// The histograms of the valid trials, merged straight from the records.
pub fn merged_from_records(run: &Run) -> BTreeMap<String, Histogram<u64>> {
    let mut merged: BTreeMap<String, Histogram<u64>> = BTreeMap::new();
    for trial in run.trials.iter().filter(|trial| trial.is_valid()) {
        let scenario = run
            .header
            .plan
            .scenarios
            .iter()
            .find(|scenario| scenario.name == trial.scenario)
            .expect("it is in the plan");
        let times: Vec<(&str, &EncodedHistogram)> = match (&trial.measurement, &scenario.kind) {
            (Some(Measurement::Echo { load, .. }), ScenarioKind::RateLadder { .. }) => {
                let mut times = vec![("response", &load.response_time)];
                times.extend(load.service_time.iter().map(|it| ("service", it)));
                times.extend(load.schedule_lag.iter().map(|it| ("schedule-lag", it)));
                times
            }
            (Some(Measurement::Handshakes { load, .. }), _) => {
                vec![("handshake", &load.response_time)]
            }
            _ => continue,
        };
        let again = if trial.entry.role == Role::Again {
            ".again"
        } else {
            ""
        };
        for (time, encoded) in times {
            let name = format!(
                "{}.{}.{}{again}.{time}",
                trial.cell, trial.entry.contender, trial.entry.variant
            );
            merged
                .entry(name)
                .or_insert_with(new_latency_histogram)
                .add(encoded.decode().expect("it is whole"))
                .expect("they have one shape");
        }
    }
    merged
}
