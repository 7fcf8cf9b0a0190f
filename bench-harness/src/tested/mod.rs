//! Servers that are tested, by the cases of RFC 6455 or by hostile input: how
//! contenders are built, started and described, and how reports are kept.

mod files;
mod freshness;
mod server;

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use record::{BuildOutcome, EntryKey, Protocol, Role, Variant};
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
        let mut all = Reports {
            reports: Vec::new(),
            is_incomplete: false,
        };
        for batch in self.batches() {
            self.each_of(&batch, &mut all, progress, &mut test)?;
        }
        Ok(all)
    }

    /// What is built and tested together, with the variants that are wanted: the
    /// programs of a package that need other features replace each other.
    fn batches(&self) -> Vec<Batch> {
        let wanted = match self.variants.as_slice() {
            [] => &[Variant::Default][..],
            wanted => wanted,
        };
        let (mut usual, mut others) = (Batch::default(), Vec::new());
        for &variant in wanted {
            let mut special = Batch::default();
            for contender in &self.contenders {
                if !contender.facts.variants.contains_key(&variant) {
                    continue;
                }
                let features = contender.features_of(variant);
                let mut contender = contender.clone();
                contender.features = features.to_vec();
                let batch = match features {
                    [] => &mut usual,
                    _ => &mut special,
                };
                batch.add(contender, variant);
            }
            others.push(special);
        }
        others.insert(0, usual);
        others
    }

    fn each_of<R>(
        &self,
        batch: &Batch,
        all: &mut Reports<R>,
        progress: &mut Progress,
        test: &mut impl FnMut(&Tested<'_>, &mut Progress) -> Result<R, Interrupted>,
    ) -> Result<()> {
        let total = batch.contenders.len();
        let built = build::contenders(
            self.cargo,
            self.go,
            self.peers,
            &batch.contenders,
            |index, contender| {
                progress.step(&format!(
                    "building {}/{total}: {}",
                    index + 1,
                    contender.name
                ));
            },
        )?;
        for (contender, variants) in built.contenders.iter().zip(&batch.variants) {
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
            for &variant in variants {
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
        Ok(())
    }
}

/// Contenders, each with its variants that one build serves.
#[derive(Default)]
struct Batch {
    contenders: Vec<Contender>,
    variants: Vec<Vec<Variant>>,
}

impl Batch {
    fn add(&mut self, contender: Contender, variant: Variant) {
        let known = self
            .contenders
            .iter()
            .position(|it| it.name == contender.name);
        match known.and_then(|index| self.variants.get_mut(index)) {
            Some(variants) => variants.push(variant),
            None => {
                self.contenders.push(contender);
                self.variants.push(vec![variant]);
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::External;

    fn contender(name: &str, variants: &[(Variant, &[&str])]) -> Contender {
        let external: External = format!("{name}=server").parse().unwrap();
        let mut contender = external.contender();
        contender.facts.variants = variants
            .iter()
            .map(|&(variant, features)| {
                let facts = record::VariantFacts {
                    features: features.iter().map(|&it| it.to_owned()).collect(),
                    ..Default::default()
                };
                (variant, facts)
            })
            .collect();
        contender
    }

    #[test]
    fn programs_with_features_of_their_own_are_built_after_the_others_were_tested() {
        use Variant::{Compressed, Default, Tuned};

        let folder = tempfile::tempdir().unwrap();
        let interrupt = Interrupt::default();
        let contenders = vec![
            contender(
                "rust",
                &[(Default, &[]), (Tuned, &[]), (Compressed, &["compression"])],
            ),
            contender("go", &[(Default, &[]), (Compressed, &[])]),
            contender("plain", &[(Default, &[])]),
        ];
        let batches = |variants: &[Variant]| -> Vec<String> {
            let bench = Bench {
                cargo: &Cargo::new(folder.path(), None, interrupt.clone()),
                go: &Go::new(folder.path(), folder.path(), None, interrupt.clone()),
                peers: &Peers::new(folder.path(), interrupt.clone()),
                server_cpus: &[],
                contenders: contenders.clone(),
                variants: variants.to_vec(),
            };
            let in_words = |batch: Batch| {
                let each = batch.contenders.iter().zip(&batch.variants);
                let each = each
                    .map(|(it, variants)| format!("{} {variants:?} {:?}", it.name, it.features));
                each.collect::<Vec<_>>().join("; ")
            };
            bench
                .batches()
                .into_iter()
                .map(in_words)
                .filter(|it| !it.is_empty())
                .collect()
        };
        assert_eq!(
            batches(&[]),
            ["rust [Default] []; go [Default] []; plain [Default] []"]
        );
        assert_eq!(
            batches(&[Default, Tuned, Compressed]),
            [
                "rust [Default, Tuned] []; go [Default, Compressed] []; plain [Default] []",
                "rust [Compressed] [\"compression\"]",
            ]
        );
        assert_eq!(
            batches(&[Compressed]),
            ["go [Compressed] []", "rust [Compressed] [\"compression\"]"]
        );
    }
}
