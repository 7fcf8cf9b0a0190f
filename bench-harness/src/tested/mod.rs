//! Servers that are tested, by the cases of RFC 6455 or by hostile input: how
//! contenders are built, started and described, and how reports are kept.

mod files;
mod freshness;
mod server;

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use record::{BuildOutcome, BuiltContender, EntryKey, Protocol, Role, Variant};
use serde::Serialize;

pub(crate) use files::{read_all, write};
pub(crate) use freshness::{of_version, stale_page};
pub(crate) use server::{Started, Tested, ended_by};

use crate::{
    build::{self, Cargo, Go, Peers},
    clock::{Clock as _, RealClock},
    discover::{Contender, Source},
    exit::Interrupted,
    interrupt::Interrupt,
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

/// One call of a verb that tests servers; `F` are the flags of its own.
pub(crate) struct Call<'a, F> {
    /// Its flags.
    pub(crate) options: &'a F,
    /// Decides whatever is random in what is sent.
    pub(crate) seed: u64,
    /// Where results go, when the command line says so.
    pub(crate) output: Option<&'a Path>,
    /// Whether the user asked to stop.
    pub(crate) interrupt: &'a Interrupt,
}

/// What came of all contenders.
pub(crate) struct Reports<R> {
    /// One per variant of those that could be built.
    pub(crate) reports: Vec<R>,
    /// Whether one could not be built.
    pub(crate) is_incomplete: bool,
}

impl Bench<'_> {
    /// Builds the contenders, and has each of their variants tested.
    pub(crate) fn each<R>(
        &self,
        progress: &mut Progress,
        mut test: impl FnMut(&Tested<'_>, &mut Progress) -> Result<R, Interrupted>,
    ) -> Result<Reports<R>> {
        let total = self.contenders.len();
        let built = build::contenders(
            self.cargo,
            self.go,
            self.peers,
            &self.contenders,
            |index, contender| {
                progress.step(&format!(
                    "building {}/{total}: {}",
                    index + 1,
                    contender.name
                ));
            },
        )?;
        let mut all = Reports {
            reports: Vec::new(),
            is_incomplete: false,
        };
        for contender in &built.contenders {
            match &contender.build {
                BuildOutcome::ToolchainMissing(what) => {
                    progress.say(&format!("{}: {what}", contender.name));
                    continue;
                }
                BuildOutcome::Failed { error } => {
                    progress.warn(&format!("{} can't be built:\n{error}", contender.name));
                    all.is_incomplete = true;
                    continue;
                }
                _ => {}
            }
            for variant in variants_of(contender, &self.variants) {
                let tested = Tested {
                    contender,
                    entry: EntryKey {
                        contender: contender.name.clone(),
                        variant,
                        role: Role::Contender,
                    },
                    program: built.servers.get(&contender.name),
                    cpus: self.server_cpus,
                };
                all.reports.push(test(&tested, progress)?);
            }
        }
        Ok(all)
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

/// What has just taken so long: when it began, in seconds since 1970, and the
/// nanoseconds that it took.
pub(crate) fn times(elapsed: Duration) -> (u64, u64) {
    let now_s = RealClock.realtime_ns() / 1_000_000_000;
    (
        now_s.saturating_sub(elapsed.as_secs()),
        u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX),
    )
}

/// Prints reports for a program or, as a summary, for a person.
pub(crate) fn print_all<R: Serialize>(
    reports: &[R],
    as_json: bool,
    summary: fn(&[R]) -> String,
) -> Result<()> {
    if as_json {
        let json = serde_json::to_string(reports).context("the reports can't be written")?;
        print(&format!("{json}\n"))?;
    } else {
        print(&summary(reports))?;
    }
    Ok(())
}
