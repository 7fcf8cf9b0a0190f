//! `hazards`: does a server survive hostile input?

mod files;
mod freshness;
mod gauge;
mod options;

use std::{path::Path, time::Instant};

use ::conformance::hazards::{
    Bounds, Ending, Gauge, Grade, HAZARDS_VERSION, HazardReport, NotServing, Probe, ProbeRecord,
    Unseen, public_source, run,
};
use anyhow::Result;
use record::{CutShort, Flaw, TestedServer};
use report::hazards_summary;

pub(crate) use files::{read_all, write_pages};
pub(crate) use freshness::stale;
use gauge::ProcessGauge;
pub(crate) use options::HazardOptions;

use crate::{
    exit::{Exit, Interrupted},
    process::Stop,
    progress::Progress,
    tested::{Bench, Call, Started, Tested, ended_by, print_all, times},
};

/// How often a probe is made when its failure may be the machine's.
const MOST_ATTEMPTS: u32 = 3;

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
        let (started_unix_s, elapsed_ns) = times(self.began.elapsed());
        HazardReport {
            schema_version: HAZARDS_VERSION,
            name: name.to_owned(),
            server: self.server.unwrap_or(server),
            started_unix_s,
            elapsed_ns,
            bounds,
            cut_short: self.cut_short,
            probes: self.probes,
            withheld: None,
        }
    }
}

impl Call<'_, HazardOptions> {
    /// Tests the server that is running at the URL, if one was given.
    pub(crate) fn url(&self, progress: &mut Progress) -> Result<Option<Exit>> {
        let chosen = self.options.chosen()?;
        let Some((url, endpoint)) = self.options.endpoint()? else {
            return Ok(None);
        };
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
                Err(_) => series.cut_short = Some(ended_by(vec![Flaw::NothingEchoed])),
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
        bench: &Bench<'_>,
        published: &Path,
        progress: &mut Progress,
    ) -> Result<Exit> {
        let chosen = self.options.chosen()?;
        let bounds = self.options.bounds()?;
        let all = bench.each(progress, |tested, progress| {
            self.contender(tested, &chosen, bounds, progress)
        })?;
        // A part of the probes would take the place of a whole report.
        let publishes = self.output.is_none() && self.options.probes.is_empty();
        let output = self.output.or(publishes.then_some(published));
        let exit = self.finish(&all.reports, output, publishes, progress)?;
        Ok(if all.is_incomplete {
            Exit::Incomplete
        } else {
            exit
        })
    }

    fn contender(
        &self,
        tested: &Tested<'_>,
        chosen: &[&'static Probe],
        bounds: Bounds,
        progress: &mut Progress,
    ) -> Result<HazardReport, Interrupted> {
        let mut series = Series::new();
        for &probe in chosen {
            progress.step(&format!("{} {}: {}", probe.id, probe.title, tested.entry));
            match confirmed(|| self.probe(tested, probe, &bounds, &mut series.server)) {
                Ok(record) => series.probes.push(record),
                Err(Stop::Interrupted) => return Err(Interrupted),
                Err(Stop::Flawed(flaws)) => {
                    series.cut_short = Some(ended_by(flaws));
                    break;
                }
            }
        }
        let unknown = tested.described(None);
        Ok(series.report(&tested.entry.to_string(), unknown, bounds))
    }

    /// One probe against a process of its own.
    fn probe(
        &self,
        tested: &Tested<'_>,
        probe: &'static Probe,
        bounds: &Bounds,
        described: &mut Option<TestedServer>,
    ) -> Result<ProbeRecord, Stop> {
        let Started {
            mut server,
            ready,
            endpoint,
        } = tested.start(self.interrupt)?;
        let gauge = ProcessGauge::of_child(server.pid()).map_err(|error| Flaw::NotReadable {
            error: format!("the server's process can't be limited: {error}"),
        })?;
        let stop = || self.interrupt.is_set();
        let evidence = run(probe, &endpoint, &gauge, bounds, self.seed, &stop);
        if self.interrupt.is_set() {
            return Err(Stop::Interrupted);
        }
        let mut ending = Ending {
            status: None,
            stderr: server.last_words(),
        };
        if let Some(Flaw::Exited { status, stderr }) = server.exited() {
            ending = Ending {
                status: Some(status),
                stderr,
            };
        }
        // Dropped without the end of its input: what it does then is no part
        // of the probe.
        drop(server);
        let evidence = evidence.map_err(|_| Flaw::NothingEchoed)?;
        let source = public_source(&ready.library, &probe.id);
        *described = Some(tested.described(Some(&ready)));
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
        print_all(reports, self.options.json, hazards_summary)?;
        if let Some(folder) = output {
            let mut written = reports.to_vec();
            if publishes {
                self.warn_of_confidential(reports, progress);
                written = reports
                    .iter()
                    .filter_map(HazardReport::for_publication)
                    .collect();
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
                    "{} did not survive {}, and no public page is known that says so: only how many \
                     probes it survived is published. Tell the maintainers first; when it is \
                     public, the page belongs into crates/conformance/data/hazard-sources.json.",
                    report.name, probe.id
                ));
            }
        }
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
