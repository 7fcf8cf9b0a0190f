//! The histograms behind the tables' percentiles, trial by trial.

use hdrhistogram::Histogram;
use record::{EncodedHistogram, EntryKey, Measurement, ScenarioKind, TrialRecord};

use super::trials::Trials;
use crate::Run;

/// What a histogram counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Time {
    /// Planned instant to complete echo.
    Response,
    /// Write to complete echo.
    Service,
    /// Planned instant to write, the generator's own error.
    ScheduleLag,
    /// Connect to 101.
    Handshake,
}

impl Time {
    /// Its name in files and tags.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Service => "service",
            Self::ScheduleLag => "schedule-lag",
            Self::Handshake => "handshake",
        }
    }
}

/// One histogram of a valid trial.
pub(crate) struct TrialHistogram<'a> {
    /// What it counts.
    pub(crate) time: Time,
    /// When the window started, ns since 1970.
    pub(crate) started_at_unix_ns: u64,
    /// Length of the window and of the wait for the last echo.
    pub(crate) length_ns: u64,
    /// As it stands in the record.
    pub(crate) encoded: &'a EncodedHistogram,
    /// The same, read.
    pub(crate) histogram: Histogram<u64>,
}

/// The histograms of one row.
pub(crate) struct RowHistograms<'a> {
    /// The cell.
    pub(crate) cell: &'a str,
    /// Which server.
    pub(crate) entry: &'a EntryKey,
    /// In the order of the trials' starts.
    pub(crate) trials: Vec<TrialHistogram<'a>>,
    /// Histograms of valid trials that can't be read: what and why.
    pub(crate) damaged: Vec<String>,
}

/// Histograms of the valid trials at fixed rates and of handshakes, a row per
/// cell and entry of the plan. Times of a closed loop say how long queues are,
/// so no table shows them and nor does this.
pub(crate) fn histograms(run: &Run) -> Vec<RowHistograms<'_>> {
    let plan = &run.header.plan;
    let trials = Trials::of(run);
    let mut rows = Vec::new();
    for cell in &plan.cells {
        let has_times = plan.scenario_of(cell).is_some_and(|scenario| {
            matches!(
                scenario.kind,
                ScenarioKind::RateLadder { .. } | ScenarioKind::Handshakes { .. }
            )
        });
        if !has_times {
            continue;
        }
        for entry in &plan.entries {
            let mut row = RowHistograms {
                cell: &cell.name,
                entry: &entry.key,
                trials: Vec::new(),
                damaged: Vec::new(),
            };
            for trial in trials.row(&cell.name, &entry.key).valid() {
                row.add(trial);
            }
            row.trials
                .sort_by_key(|trial| (trial.started_at_unix_ns, trial.time));
            rows.push(row);
        }
    }
    rows
}

impl<'a> RowHistograms<'a> {
    fn add(&mut self, trial: &'a TrialRecord) {
        let (load, times) = match &trial.measurement {
            Some(Measurement::Echo { load, .. }) => (
                load,
                [
                    (Time::Response, Some(&load.response_time)),
                    (Time::Service, load.service_time.as_ref()),
                    (Time::ScheduleLag, load.schedule_lag.as_ref()),
                ],
            ),
            Some(Measurement::Handshakes { load, .. }) => (
                load,
                [
                    (Time::Handshake, Some(&load.response_time)),
                    (Time::Service, None),
                    (Time::ScheduleLag, None),
                ],
            ),
            _ => return,
        };
        let window = load
            .started_at_unix_ns
            .saturating_add(load.started_late_ns)
            // A generator that doesn't say when it started did so in the trial.
            .max(trial.started_at_unix_ns);
        for (time, encoded) in times {
            let Some(encoded) = encoded else { continue };
            match encoded.decode() {
                Ok(histogram) => self.trials.push(TrialHistogram {
                    time,
                    started_at_unix_ns: window,
                    length_ns: load.drained_ns,
                    encoded,
                    histogram,
                }),
                Err(error) => self.damaged.push(format!(
                    "{} times of block {}: {error}",
                    time.name(),
                    trial.block + 1
                )),
            }
        }
    }
}
