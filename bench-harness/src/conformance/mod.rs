//! `conformance`: does a server obey RFC 6455?

mod files;
mod freshness;
mod options;
#[cfg(test)]
mod sample;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use ::conformance::{Endpoint, Limits, Outcome, Target};
use anyhow::{Context as _, Result};
use record::{CONFORMANCE_VERSION, ConformanceReport, CutShort, Flaw, TestedServer};
use report::{against_suite, conformance_summary};

pub(crate) use files::{read_all, write_pages};
pub(crate) use freshness::stale;
use options::Chosen;
pub(crate) use options::ConformanceOptions;

use crate::{
    exit::{Exit, Interrupted},
    process::Stop,
    progress::Progress,
    terminal::print,
    tested::{Bench, Call, Started, Tested, ended_by, print_all, times},
};

impl Call<'_, ConformanceOptions> {
    /// Tests the server that is running at the URL, if one was given.
    pub(crate) fn url(&self, progress: &mut Progress) -> Result<Option<Exit>> {
        let Some(target) = self.options.target()? else {
            return Ok(None);
        };
        let chosen = self.options.chosen()?;
        let endpoint = target.resolve(self.options.allow_remote)?;
        progress.step(&format!("{} cases: {}", chosen.cases.len(), target.url()));
        let mut report = self.test(&chosen, &endpoint, target.url(), of_url(&target));
        // Cases that met nobody say nothing on the server.
        if report.cut_short.is_none()
            && let Err(error) = target.resolve(self.options.allow_remote)
        {
            report.cut_short = Some(ended_by(vec![Flaw::ConnectionsFailed {
                count: 1,
                first: error.to_string(),
            }]));
        }
        self.finish(&[report], self.output, progress).map(Some)
    }

    /// Builds, starts and tests contenders.
    pub(crate) fn contenders(
        &self,
        bench: &Bench<'_>,
        published: &Path,
        progress: &mut Progress,
    ) -> Result<Exit> {
        let chosen = self.options.chosen()?;
        let all = bench.each(progress, |tested, progress| {
            let entry = &tested.entry;
            progress.step(&format!("{} cases: {entry}", chosen.cases.len()));
            self.contender(&chosen, tested)
        })?;
        // A part of the cases would take the place of a whole report.
        let output = self.output.or(chosen.whole.then_some(published));
        let exit = self.finish(&all.reports, output, progress)?;
        Ok(if all.is_incomplete {
            Exit::Incomplete
        } else {
            exit
        })
    }

    fn contender(
        &self,
        chosen: &Chosen,
        tested: &Tested<'_>,
    ) -> Result<ConformanceReport, Interrupted> {
        let name = tested.entry.to_string();
        let started = match tested.start(self.interrupt) {
            Ok(started) => started,
            Err(Stop::Interrupted) => return Err(Interrupted),
            Err(Stop::Flawed(flaws)) => {
                let outcome = Outcome {
                    cases: Vec::new(),
                    cut_short: Some(ended_by(flaws)),
                };
                let server = tested.described(None);
                return Ok(report_of(chosen, &name, server, outcome, Duration::ZERO));
            }
        };
        let Started {
            mut server,
            ready,
            endpoint,
        } = started;
        let described = tested.described(Some(&ready));
        let mut report = self.test(chosen, &endpoint, &name, described);
        if let Some(flaw) = server.exited() {
            report.cut_short = Some(CutShort::ServerFailed { flaw });
        } else if let Err(Stop::Flawed(flaws)) = server.stop()
            && report.cut_short.is_none()
        {
            report.cut_short = Some(ended_by(flaws));
        }
        if report.cut_short == Some(CutShort::Interrupted) {
            return Err(Interrupted);
        }
        Ok(report)
    }

    fn test(
        &self,
        chosen: &Chosen,
        endpoint: &Endpoint,
        name: &str,
        server: TestedServer,
    ) -> ConformanceReport {
        let began = Instant::now();
        let outcome = ::conformance::run(
            &chosen.cases,
            endpoint,
            &Limits::default(),
            self.seed,
            &|_| {},
            &|| self.interrupt.is_set(),
        );
        report_of(chosen, name, server, outcome, began.elapsed())
    }

    fn finish(
        &self,
        reports: &[ConformanceReport],
        output: Option<&Path>,
        progress: &mut Progress,
    ) -> Result<Exit> {
        progress.clear();
        print_all(reports, self.options.json, conformance_summary)?;
        if let Some(folder) = output {
            files::write(folder, reports)?;
            progress.say(&format!(
                "The reports are in {}, the page is conformance.md there.",
                folder.display()
            ));
        }
        if reports
            .iter()
            .any(|it| it.cut_short == Some(CutShort::Interrupted))
        {
            return Ok(Exit::Interrupted);
        }
        let differs = self.say_differences(reports)?;
        let incomplete = reports.iter().any(|it| it.cut_short.is_some());
        let failed = reports
            .iter()
            .flat_map(|it| &it.cases)
            .any(|it| !it.verdict.passed());
        Ok(
            match (incomplete, (failed || differs) && self.options.fail) {
                (true, _) => Exit::Incomplete,
                (_, true) => Exit::Gate,
                _ => Exit::Ok,
            },
        )
    }

    /// Holds the reports against the suite's own, where that was given.
    fn say_differences(&self, reports: &[ConformanceReport]) -> Result<bool> {
        let Some(path) = &self.options.against else {
            return Ok(false);
        };
        let context = || path.display().to_string();
        let index = std::fs::read_to_string(path).with_context(context)?;
        let mut differs = false;
        for report in reports {
            let against = against_suite(report, &index).with_context(context)?;
            differs |= !against.agrees();
            print(&format!("{}: {against}", report.name))?;
        }
        Ok(differs)
    }
}

fn of_url(target: &Target) -> TestedServer {
    TestedServer::Url {
        url: target.url().to_owned(),
    }
}

fn report_of(
    chosen: &Chosen,
    name: &str,
    server: TestedServer,
    outcome: Outcome,
    elapsed: Duration,
) -> ConformanceReport {
    let limits = Limits::default();
    let Outcome { cases, cut_short } = outcome;
    let (started_unix_s, elapsed_ns) = times(elapsed);
    ConformanceReport {
        schema_version: CONFORMANCE_VERSION,
        name: name.to_owned(),
        server,
        started_unix_s,
        elapsed_ns,
        concurrency: u32::try_from(limits.concurrency).unwrap_or(u32::MAX),
        confirmations: limits.confirmations,
        case_source: chosen.source.clone(),
        cut_short,
        cases,
    }
}
