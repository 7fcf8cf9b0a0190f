//! `hazards`: does a server survive hostile input?

mod files;
mod gauge;
mod options;

use std::{net::SocketAddr, path::Path, time::Instant};

use ::conformance::{
    Endpoint,
    hazards::{
        Bounds, Ending, Gauge, Grade, HAZARDS_VERSION, HazardReport, NotServing, Probe,
        ProbeRecord, Unseen, public_source, run,
    },
};
use anyhow::{Context as _, Result};
use record::{
    BuildOutcome, BuiltContender, CutShort, EntryKey, Flaw, Ready, Role, TestedServer, Variant,
};
use report::hazards_summary;

use gauge::ProcessGauge;
pub(crate) use options::HazardOptions;

use crate::{
    build::{self, Built},
    clock::{Clock as _, RealClock},
    conformance::Bench,
    exit::{Exit, Interrupted},
    interrupt::Interrupt,
    process::{ChildLauncher, ProgramCall, Server, Stop},
    progress::Progress,
    terminal::print,
};

/// How often a probe is made when its failure may be the machine's.
const MOST_ATTEMPTS: u32 = 3;

/// One call of the verb.
pub(crate) struct Call<'a> {
    /// Its flags.
    pub(crate) options: &'a HazardOptions,
    /// Decides random bytes.
    pub(crate) seed: u64,
    /// Where results go, when the command line says so.
    pub(crate) output: Option<&'a Path>,
    /// Whether the user asked to stop.
    pub(crate) interrupt: &'a Interrupt,
}

/// What a series of probes gave.
struct Series {
    server: Option<TestedServer>,
    probes: Vec<ProbeRecord>,
    cut_short: Option<CutShort>,
    began: Instant,
}

impl Series {
    fn new() -> Self {
        Self {
            server: None,
            probes: Vec::new(),
            cut_short: None,
            began: Instant::now(),
        }
    }

    fn report(self, name: &str, server: TestedServer, bounds: Bounds) -> HazardReport {
        let elapsed = self.began.elapsed();
        let now_s = RealClock.realtime_ns() / 1_000_000_000;
        HazardReport {
            schema_version: HAZARDS_VERSION,
            name: name.to_owned(),
            server: self.server.unwrap_or(server),
            started_unix_s: now_s.saturating_sub(elapsed.as_secs()),
            elapsed_ns: u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX),
            bounds,
            cut_short: self.cut_short,
            probes: self.probes,
        }
    }
}

impl Call<'_> {
    /// Tests the server that is running at the URL, if one was given.
    pub(crate) fn url(&self, progress: &mut Progress) -> Result<Option<Exit>> {
        let Some((url, endpoint)) = self.options.endpoint()? else {
            return Ok(None);
        };
        let chosen = self.options.chosen()?;
        let bounds = self.options.bounds()?;
        let gauge: Box<dyn Gauge> = match self.options.pid {
            Some(pid) => Box::new(ProcessGauge::of_other(pid)),
            None => Box::new(Unseen),
        };
        let mut series = Series::new();
        for &probe in &chosen {
            progress.step(&format!("{} {}: {url}", probe.id, probe.title));
            let stop = || self.interrupt.is_set();
            let made = confirmed(|| {
                let evidence = run(probe, &endpoint, &*gauge, &bounds, self.seed, &stop)?;
                Ok::<_, NotServing>(evidence.judge(&Ending::default(), None))
            });
            match made {
                _ if self.interrupt.is_set() => series.cut_short = Some(CutShort::Interrupted),
                Ok(record) => series.probes.push(record),
                Err(_) => series.cut_short = Some(nothing_echoed()),
            }
            if series.cut_short.is_some() {
                break;
            }
        }
        let server = TestedServer::Url {
            url: url.to_owned(),
        };
        let report = series.report(url, server, bounds);
        self.finish(&[report], self.output, false, progress)
            .map(Some)
    }

    /// Builds, starts and tests contenders.
    pub(crate) fn contenders(
        &self,
        bench: Bench<'_>,
        published: &Path,
        progress: &mut Progress,
    ) -> Result<Exit> {
        let chosen = self.options.chosen()?;
        let bounds = self.options.bounds()?;
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
            match &contender.build {
                BuildOutcome::ToolchainMissing(what) => {
                    progress.say(&format!("{}: {what}", contender.name));
                    continue;
                }
                BuildOutcome::Failed { error } => {
                    progress.warn(&format!("{} can't be built:\n{error}", contender.name));
                    missing = true;
                    continue;
                }
                _ => {}
            }
            for variant in variants_of(contender, &bench.variants) {
                let entry = EntryKey {
                    contender: contender.name.clone(),
                    variant,
                    role: Role::Contender,
                };
                let server = Tested {
                    contender,
                    entry,
                    built: &built,
                    cpus: bench.server_cpus,
                };
                reports.push(self.contender(&server, &chosen, bounds, progress)?);
            }
        }
        // A part of the probes would take the place of a whole report.
        let publishes = self.output.is_none() && self.options.probes.is_empty();
        let output = self.output.or(publishes.then_some(published));
        let exit = self.finish(&reports, output, publishes, progress)?;
        Ok(if missing { Exit::Incomplete } else { exit })
    }

    fn contender(
        &self,
        server: &Tested<'_>,
        chosen: &[&'static Probe],
        bounds: Bounds,
        progress: &mut Progress,
    ) -> Result<HazardReport, Interrupted> {
        let mut series = Series::new();
        for &probe in chosen {
            progress.step(&format!("{} {}: {}", probe.id, probe.title, server.entry));
            match confirmed(|| self.probe(server, probe, &bounds, &mut series.server)) {
                Ok(record) => series.probes.push(record),
                Err(Stop::Interrupted) => return Err(Interrupted),
                Err(Stop::Flawed(flaws)) => {
                    let flaw = flaws.into_iter().next_back();
                    series.cut_short = Some(CutShort::ServerFailed {
                        flaw: flaw.unwrap_or(Flaw::NothingEchoed),
                    });
                    break;
                }
            }
        }
        let unknown = server.described(None);
        Ok(series.report(&server.entry.to_string(), unknown, bounds))
    }

    /// One probe against a process of its own.
    fn probe(
        &self,
        server: &Tested<'_>,
        probe: &'static Probe,
        bounds: &Bounds,
        described: &mut Option<TestedServer>,
    ) -> Result<ProbeRecord, Stop> {
        let launcher = ChildLauncher::new(self.interrupt.clone());
        let mut process = Server::start(&launcher, &RealClock, &server.call()?)?;
        let ready = process.wait_ready()?;
        let address: SocketAddr = ready.address.parse().map_err(|_| Flaw::BadReadyLine {
            error: format!("{:?} is no address", ready.address),
        })?;
        let gauge = ProcessGauge::of_child(process.pid()).map_err(|error| Flaw::NotReadable {
            error: format!("the server's process can't be limited: {error}"),
        })?;
        let endpoint = Endpoint {
            address,
            host: ready.address.clone(),
            path: "/".to_owned(),
        };
        let stop = || self.interrupt.is_set();
        let evidence = run(probe, &endpoint, &gauge, bounds, self.seed, &stop);
        if self.interrupt.is_set() {
            return Err(Stop::Interrupted);
        }
        let mut ending = Ending {
            status: None,
            stderr: process.last_words(),
        };
        if let Some(Flaw::Exited { status, stderr }) = process.exited() {
            ending = Ending {
                status: Some(status),
                stderr,
            };
        }
        // Dropped without the end of its input: what it does then is no part
        // of the probe.
        drop(process);
        let evidence = evidence.map_err(|_| Flaw::NothingEchoed)?;
        let source = public_source(&ready.library, &probe.id);
        *described = Some(server.described(Some(&ready)));
        Ok(evidence.judge(&ending, source))
    }

    fn finish(
        &self,
        reports: &[HazardReport],
        output: Option<&Path>,
        publishes: bool,
        progress: &mut Progress,
    ) -> Result<Exit> {
        progress.clear();
        if self.options.json {
            let json = serde_json::to_string(reports).context("the reports can't be written")?;
            print(&format!("{json}\n"))?;
        } else {
            print(&hazards_summary(reports))?;
        }
        if let Some(folder) = output {
            let mut written = reports.to_vec();
            if publishes {
                self.warn_of_confidential(reports, progress);
                written.retain(HazardReport::is_publishable);
            }
            files::write(folder, &written)?;
            progress.say(&format!(
                "The reports are in {}, the page is hazards.md there.",
                folder.display()
            ));
        }
        if reports
            .iter()
            .any(|it| it.cut_short == Some(CutShort::Interrupted))
        {
            return Ok(Exit::Interrupted);
        }
        let incomplete = reports.iter().any(|it| it.cut_short.is_some());
        let failed = reports
            .iter()
            .flat_map(|it| &it.probes)
            .any(|it| it.grade == Grade::Fail);
        Ok(match (incomplete, failed && self.options.fail) {
            (true, _) => Exit::Incomplete,
            (_, true) => Exit::Gate,
            _ => Exit::Ok,
        })
    }

    fn warn_of_confidential(&self, reports: &[HazardReport], progress: &Progress) {
        for report in reports {
            for probe in report.probes.iter().filter(|it| it.is_confidential()) {
                progress.warn(&format!(
                    "{} did not survive {}, and no public page is known that says so: its report is \
                     not published. Tell the maintainers first; when it is public, the page \
                     belongs into crates/conformance/data/hazard-sources.json.",
                    report.name, probe.id
                ));
            }
        }
    }
}

/// A contender under test.
struct Tested<'a> {
    contender: &'a BuiltContender,
    entry: EntryKey,
    built: &'a Built,
    cpus: &'a [u32],
}

impl Tested<'_> {
    fn call(&self) -> Result<ProgramCall, Flaw> {
        let program = self.built.servers.get(&self.contender.name);
        let program = program.ok_or_else(|| Flaw::NotStarted {
            error: format!("{} was not built", self.contender.name),
        })?;
        Ok(program.call(&self.entry, self.cpus, 0))
    }

    fn described(&self, ready: Option<&Ready>) -> TestedServer {
        let BuiltContender { facts, version, .. } = self.contender;
        TestedServer::Contender {
            library: ready.map_or(&facts.library, |it| &it.library).clone(),
            version: ready.map_or(version, |it| &it.version).clone(),
            runtime: ready.map_or(&facts.runtime, |it| &it.runtime).clone(),
            variant: self.entry.variant,
        }
    }
}

fn variants_of(contender: &BuiltContender, wanted: &[Variant]) -> Vec<Variant> {
    let wanted = match wanted {
        [] => &[Variant::Default][..],
        wanted => wanted,
    };
    let has = |it: &Variant| contender.facts.variants.contains_key(it);
    wanted.iter().copied().filter(has).collect()
}

fn nothing_echoed() -> CutShort {
    CutShort::ServerFailed {
        flaw: Flaw::NothingEchoed,
    }
}

/// Makes a probe, and again when its failure may be the machine's; the best
/// attempt counts, because what the server causes comes again.
fn confirmed<E>(mut make: impl FnMut() -> Result<ProbeRecord, E>) -> Result<ProbeRecord, E> {
    let mut best = make()?;
    for attempts in 2..=MOST_ATTEMPTS {
        if !best.may_be_the_machine_s() {
            break;
        }
        let again = make()?;
        if (again.grade, again.innocent.longest_ns) < (best.grade, best.innocent.longest_ns) {
            best = again;
        }
        best.attempts = attempts;
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use ::conformance::hazards::{Fault, InnocentRecord};

    use super::*;

    fn record(grade: Grade, fault: Option<Fault>, longest_ns: u64) -> ProbeRecord {
        ProbeRecord {
            id: "R08".to_owned(),
            title: String::new(),
            grade,
            faults: fault.into_iter().collect(),
            exchanges: Vec::new(),
            cost: None,
            innocent: InnocentRecord {
                longest_ns,
                ..InnocentRecord::default()
            },
            recovered_ns: Some(1),
            growth_bound_bytes: 0,
            elapsed_ns: 0,
            attempts: 1,
            public_source: None,
        }
    }

    fn starved(longest_ns: u64) -> ProbeRecord {
        let fault = Fault::Starved {
            longest_ns,
            bound_ns: 1,
        };
        record(Grade::Fail, Some(fault), longest_ns)
    }

    fn attempts(list: &[ProbeRecord]) -> (Grade, u32, u64) {
        let mut left = list.iter();
        let best = confirmed(|| Ok::<_, Infallible>(left.next().unwrap().clone())).unwrap();
        (best.grade, best.attempts, best.innocent.longest_ns)
    }

    #[test]
    fn only_what_the_machine_may_have_caused_is_tried_again() {
        let pass = record(Grade::Pass, None, 1);
        assert_eq!(attempts(std::slice::from_ref(&pass)), (Grade::Pass, 1, 1));
        assert_eq!(attempts(&[starved(9), pass]), (Grade::Pass, 2, 1));
        let three = [starved(9), starved(5), starved(7)];
        assert_eq!(attempts(&three), (Grade::Fail, 3, 5));
        let died = Fault::Exited {
            status: "signal 6".to_owned(),
            stderr: String::new(),
        };
        let died = record(Grade::Fail, Some(died), 9);
        assert_eq!(attempts(&[died]), (Grade::Fail, 1, 9));
    }
}
