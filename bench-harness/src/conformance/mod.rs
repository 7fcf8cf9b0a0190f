//! `conformance`: does a server obey RFC 6455?

mod files;
mod freshness;
mod options;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use ::conformance::{Endpoint, Limits, Outcome, Target};
use anyhow::{Context as _, Result};
use record::{
    BuildOutcome, BuiltContender, CONFORMANCE_VERSION, ConformanceReport, CutShort, EntryKey, Flaw,
    Protocol, Ready, Role, TestedServer, Variant,
};
use report::{against_suite, conformance_summary};

pub(crate) use files::{read_all, write_pages};
pub(crate) use freshness::stale;
use options::Chosen;
pub(crate) use options::ConformanceOptions;

use crate::{
    build::{self, Built, Cargo, Go, Peers},
    clock::{Clock as _, RealClock},
    discover::{Contender, Source},
    exit::{Exit, Interrupted},
    interrupt::Interrupt,
    process::{ChildLauncher, Server, Stop},
    progress::Progress,
    terminal::print,
};

/// What there is to test contenders with.
pub(crate) struct Bench<'a> {
    /// How cargo is called.
    pub(crate) cargo: &'a Cargo,
    /// How Go is called.
    pub(crate) go: &'a Go,
    /// How peers are installed.
    pub(crate) peers: &'a Peers,
    /// Processors for servers.
    pub(crate) server_cpus: &'a [u32],
    /// What takes part.
    pub(crate) contenders: Vec<Contender>,
    /// In which variants.
    pub(crate) variants: Vec<Variant>,
}

/// One call of the verb.
pub(crate) struct Call<'a> {
    /// Its flags.
    pub(crate) options: &'a ConformanceOptions,
    /// Decides masking keys and nonces.
    pub(crate) seed: u64,
    /// Where results go, when the command line says so.
    pub(crate) output: Option<&'a Path>,
    /// Whether the user asked to stop.
    pub(crate) interrupt: &'a Interrupt,
}

impl Call<'_> {
    /// Tests the server that is running at the URL, if one was given.
    pub(crate) fn url(&self, progress: &mut Progress) -> Result<Option<Exit>> {
        let Some(target) = self.options.target()? else {
            return Ok(None);
        };
        let chosen = self.options.chosen()?;
        let endpoint = target.resolve(self.options.allow_remote)?;
        progress.step(&format!("{} cases: {}", chosen.cases.len(), target.url()));
        let report = self.test(&chosen, &endpoint, target.url(), of_url(&target));
        self.finish(&[report], self.output, progress).map(Some)
    }

    /// Builds, starts and tests contenders.
    pub(crate) fn contenders(
        &self,
        bench: Bench<'_>,
        published: &Path,
        progress: &mut Progress,
    ) -> Result<Exit> {
        let chosen = self.options.chosen()?;
        let total = bench.contenders.len();
        let built = build::contenders(
            bench.cargo,
            bench.go,
            bench.peers,
            &bench.contenders,
            |index, contender| {
                progress.step(&format!(
                    "building {}/{total}: {}",
                    index + 1,
                    contender.name
                ));
            },
        )?;
        let mut reports = Vec::new();
        let mut missing = false;
        for contender in &built.contenders {
            if let BuildOutcome::ToolchainMissing(what) = &contender.build {
                progress.say(&format!("{}: {what}", contender.name));
                continue;
            }
            if let BuildOutcome::Failed { error } = &contender.build {
                progress.warn(&format!("{} can't be built:\n{error}", contender.name));
                missing = true;
                continue;
            }
            for variant in variants_of(contender, &bench.variants) {
                let entry = EntryKey {
                    contender: contender.name.clone(),
                    variant,
                    role: Role::Contender,
                };
                progress.step(&format!("{} cases: {entry}", chosen.cases.len()));
                let report = self.contender(&chosen, &bench, &built, contender, &entry)?;
                if report.cut_short == Some(CutShort::Interrupted) {
                    return Err(Interrupted.into());
                }
                reports.push(report);
            }
        }
        // A part of the cases would take the place of a whole report.
        let output = self.output.or(chosen.whole.then_some(published));
        let exit = self.finish(&reports, output, progress)?;
        Ok(if missing { Exit::Incomplete } else { exit })
    }

    fn contender(
        &self,
        chosen: &Chosen,
        bench: &Bench<'_>,
        built: &Built,
        contender: &BuiltContender,
        entry: &EntryKey,
    ) -> Result<ConformanceReport, Interrupted> {
        let launcher = ChildLauncher::new(self.interrupt.clone());
        let name = entry.to_string();
        let tested = |ready: Option<&Ready>| TestedServer::Contender {
            library: ready
                .map_or(&contender.facts.library, |it| &it.library)
                .clone(),
            version: ready.map_or(&contender.version, |it| &it.version).clone(),
            runtime: ready
                .map_or(&contender.facts.runtime, |it| &it.runtime)
                .clone(),
            variant: entry.variant,
        };
        let failed = |flaw: Flaw| {
            let outcome = Outcome {
                cases: Vec::new(),
                cut_short: Some(CutShort::ServerFailed { flaw }),
            };
            report_of(chosen, &name, tested(None), outcome, Duration::ZERO)
        };
        let started = built
            .servers
            .get(&contender.name)
            .ok_or_else(|| {
                Stop::from(Flaw::NotStarted {
                    error: format!("{} was not built", contender.name),
                })
            })
            .and_then(|program| {
                let call = program.call(entry, bench.server_cpus, 0);
                let mut server = Server::start(&launcher, &RealClock, &call)?;
                let ready = server.wait_ready()?;
                let address = ready.address.parse().map_err(|_| Flaw::BadReadyLine {
                    error: format!("{:?} is no address", ready.address),
                })?;
                Ok((server, ready, address))
            });
        let (mut server, ready, address) = match started {
            Ok(started) => started,
            Err(Stop::Interrupted) => return Err(Interrupted),
            Err(Stop::Flawed(flaws)) => {
                let flaw = flaws.into_iter().next_back();
                return Ok(failed(flaw.unwrap_or(Flaw::NotStarted {
                    error: "no reason is known".to_owned(),
                })));
            }
        };
        let endpoint = Endpoint {
            address,
            host: ready.address.clone(),
            path: "/".to_owned(),
        };
        let mut report = self.test(chosen, &endpoint, &name, tested(Some(&ready)));
        if let Some(flaw) = server.exited() {
            report.cut_short = Some(CutShort::ServerFailed { flaw });
        } else if let Err(Stop::Flawed(flaws)) = server.stop()
            && report.cut_short.is_none()
        {
            let flaw = flaws.into_iter().next_back();
            report.cut_short = flaw.map(|flaw| CutShort::ServerFailed { flaw });
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
        if self.options.json {
            let json = serde_json::to_string(reports).context("the reports can't be written")?;
            print(&format!("{json}\n"))?;
        } else {
            print(&conformance_summary(reports))?;
        }
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

/// Keeps what speaks the protocol, and, where the command line names
/// contenders, only these and the programs that it gives.
pub(crate) fn take_part(
    contenders: Vec<Contender>,
    named: &[String],
    no_baselines: bool,
) -> Vec<Contender> {
    contenders
        .into_iter()
        .filter(|it| it.facts.protocol == Protocol::Websocket)
        .filter(|it| !(no_baselines && it.facts.baseline))
        .filter(|it| {
            let given = matches!(it.source, Source::Command(_));
            named.is_empty() || given || named.contains(&it.name)
        })
        .collect()
}

fn variants_of(contender: &BuiltContender, wanted: &[Variant]) -> Vec<Variant> {
    let wanted = match wanted {
        [] => &[Variant::Default][..],
        wanted => wanted,
    };
    let has = |it: &Variant| contender.facts.variants.contains_key(it);
    wanted.iter().copied().filter(has).collect()
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
    let now_s = RealClock.realtime_ns() / 1_000_000_000;
    ConformanceReport {
        schema_version: CONFORMANCE_VERSION,
        name: name.to_owned(),
        server,
        started_unix_s: now_s.saturating_sub(elapsed.as_secs()),
        elapsed_ns: u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX),
        concurrency: u32::try_from(limits.concurrency).unwrap_or(u32::MAX),
        confirmations: limits.confirmations,
        case_source: chosen.source.clone(),
        cut_short,
        cases,
    }
}
