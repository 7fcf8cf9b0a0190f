//! `choose`: a short list of libraries for somebody's needs and load.

mod values;

use std::path::{Path, PathBuf};

use ::report::choose::{
    Axis, Choice, ChooseData, Feature, Needs, Pattern, Profile, Question, Workload,
    choose as decide, choose_text, page_data, profiles, profiles_text,
};
use anyhow::Result;
use clap::{Args, ValueEnum};
use record::{FactsFile, Language, MessageKind};

use super::facts::read as read_facts;
use crate::{
    cli::Options,
    clock::{Clock as _, RealClock, utc_day},
    conformance::read_all,
    discover::Workspace,
    exit::{Exit, UsageError},
    interrupt::Interrupt,
    output,
    terminal::{print, width},
};
use values::{Rate, amount_of_bytes, rate_per_s};

/// The needs and the load.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChooseOptions {
    /// Start from this ready-made question; flags change it
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// List the ready-made questions
    #[arg(long)]
    list_profiles: bool,
    /// The run's folder, with facts/ and conformance/ beside it (default: the
    /// newest run)
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Payload of a message, such as 125, 16KiB or 1MiB
    #[arg(long, value_name = "BYTES", value_parser = amount_of_bytes, help_heading = "The load")]
    size: Option<u64>,
    /// What it is made of
    #[arg(long, value_enum, help_heading = "The load")]
    kind: Option<Kind>,
    /// Connections at a time
    #[arg(long, value_name = "N", help_heading = "The load")]
    connections: Option<u64>,
    /// Messages per second on each connection, such as 2, 0.1 or 1/60
    #[arg(long, value_name = "RATE", value_parser = rate_per_s, help_heading = "The load")]
    rate: Option<Rate>,
    /// The server only sends; echoes stand in for it, and the answer says so
    #[arg(long, help_heading = "The load")]
    push: bool,
    /// Every message is read and answered
    #[arg(long, conflicts_with = "push", help_heading = "The load")]
    echo: bool,
    /// Messages that come together on a connection
    #[arg(long, value_name = "N", help_heading = "The load")]
    burst: Option<u32>,
    /// What the library must have (repeatable, or a comma list)
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        help_heading = "What is needed"
    )]
    needs: Vec<Need>,
    /// The runtime that it was measured on
    #[arg(long, value_name = "NAME", help_heading = "What is needed")]
    runtime: Option<String>,
    /// The HTTP library whose connections it takes over
    #[arg(long, value_name = "NAME", help_heading = "What is needed")]
    http: Option<String>,
    /// Licences that are accepted, by SPDX names (repeatable, or a comma list)
    #[arg(
        long,
        value_name = "SPDX",
        value_delimiter = ',',
        help_heading = "What is needed"
    )]
    licence: Vec<String>,
    /// The version that was measured is at most so many months old
    #[arg(long, value_name = "MONTHS", help_heading = "What is needed")]
    maintained_within: Option<u32>,
    /// The language
    #[arg(long, value_enum, help_heading = "What is needed")]
    language: Option<WantedLanguage>,
    /// Resident memory at most, at that many connections, such as 2GiB
    #[arg(long, value_name = "BYTES", value_parser = amount_of_bytes, help_heading = "What is needed")]
    memory: Option<u64>,
    /// Let in what isn't known; without this it counts as missing
    #[arg(long, help_heading = "What is needed")]
    unknown_ok: bool,
    /// What to rank by, instead of the profile's
    #[arg(long, value_enum)]
    by: Option<By>,
    /// Print question and answer as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Opcode 2
    Binary,
    /// ASCII text, as JSON in English mostly is
    Ascii,
    /// Text with characters of one to four bytes
    Multibyte,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Need {
    /// TLS, by an option of its own or over the program's stream
    Tls,
    /// TLS by an option of its own
    TlsBuiltIn,
    /// Compression (permessage-deflate)
    Deflate,
    /// Builds for WebAssembly
    Wasm,
    /// Passes and closes well in every case of RFC 6455
    Autobahn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WantedLanguage {
    /// Rust
    Rust,
    /// Go
    Go,
    /// Any
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// CPU time per message
    Cpu,
    /// Memory per idle connection
    Memory,
    /// 99th percentile of response times
    P99,
}

/// Answers the question.
pub(super) fn choose(options: &Options, asked: &ChooseOptions) -> Result<Exit> {
    refuse_others(options)?;
    if asked.list_profiles {
        let alone = ChooseOptions {
            list_profiles: true,
            ..ChooseOptions::default()
        };
        if *asked != alone {
            let message = "--list-profiles only lists: leave the other flags out";
            return Err(UsageError(message.to_owned()).into());
        }
        print(&profiles_text(width()))?;
        return Ok(Exit::Ok);
    }
    let (profile, is_changed) = asked.profile()?;
    let question = asked.question(&profile, utc_day(RealClock.realtime_ns()));
    let data = data(asked.results.as_deref())?;
    let answer = decide(&data, &question).map_err(|error| UsageError(error.to_string()))?;
    if asked.json {
        let choice = Choice { question, answer };
        print(&format!("{}\n", serde_json::to_string_pretty(&choice)?))?;
    } else {
        let title = if is_changed {
            "Your load"
        } else {
            profile.title
        };
        print(&choose_text(&answer, &question, Some(title), width()))?;
    }
    Ok(Exit::Ok)
}

/// What was measured is on record, and what is needed has flags of its own: a
/// flag that would be passed over is refused.
fn refuse_others(options: &Options) -> Result<(), UsageError> {
    match options.given_besides(&[]) {
        Some(flag) => Err(UsageError(format!(
            "{flag} means nothing to choose, which measures nothing; say what is needed with the \
             flags of `choose --help`"
        ))),
        None => Ok(()),
    }
}

/// The run's figures with facts and conformance reports from beside its folder.
fn data(results: Option<&Path>) -> Result<ChooseData> {
    let folder = match results {
        Some(folder) => output::of_run(folder)?,
        None => output::newest(&Workspace::find(&Interrupt::default())?.root.join("results"))?,
    };
    let rendered = output::render(&folder)?;
    let beside = folder.canonicalize().unwrap_or(folder);
    let beside = beside.parent().unwrap_or(&beside);
    let facts: Option<FactsFile> = read_facts(&beside.join("facts/facts.json"))?;
    let reports = read_all(&beside.join("conformance"))?;
    Ok(page_data(&rendered.findings, facts.as_ref(), &reports))
}

impl ChooseOptions {
    /// The profile, and whether flags change its load.
    fn profile(&self) -> Result<(Profile, bool), UsageError> {
        let known = profiles();
        let names: Vec<&str> = known.iter().map(|profile| profile.name).collect();
        let names = names.join(", ");
        let Some(wanted) = &self.profile else {
            return Ok((self.own_load(&names)?, true));
        };
        let unknown = UsageError(format!(
            "there is no profile {wanted:?}; there are: {names}"
        ));
        let is_changed = self.size.is_some()
            || self.kind.is_some()
            || self.connections.is_some()
            || self.rate.is_some()
            || self.push
            || self.echo
            || self.burst.is_some();
        let mut known = known.into_iter();
        let profile = known.find(|profile| profile.name == *wanted);
        Ok((profile.ok_or(unknown)?, is_changed))
    }

    /// A question without a profile says all of its load.
    fn own_load(&self, names: &str) -> Result<Profile, UsageError> {
        let missing: Vec<&str> = [
            ("--size", self.size.is_none()),
            ("--connections", self.connections.is_none()),
            ("--rate", self.rate.is_none()),
        ]
        .into_iter()
        .filter_map(|(flag, is_missing)| is_missing.then_some(flag))
        .collect();
        let (Some(size_bytes), Some(connections), Some(Rate(rate_per_s))) =
            (self.size, self.connections, self.rate)
        else {
            return Err(UsageError(format!(
                "the load is not known: give {}, or start from --profile NAME, one of {names}",
                missing.join(", ")
            )));
        };
        Ok(Profile {
            name: "own",
            title: "Your load",
            why: "",
            workload: Workload {
                size_bytes,
                kind: MessageKind::TextAscii,
                connections,
                rate_per_s,
                pattern: Pattern::Echo,
                burst: 1,
            },
            needs: Needs {
                features: Vec::new(),
                runtime: None,
                http: None,
                licences: Vec::new(),
                maintained_within_months: None,
                language: Some(Language::Rust),
                memory_limit_bytes: None,
            },
            axis: Axis::Cpu,
        })
    }

    fn question(&self, profile: &Profile, today: String) -> Question {
        let (load, needs) = (&profile.workload, &profile.needs);
        let mut features = needs.features.clone();
        for need in &self.needs {
            let feature = need.feature();
            if !features.contains(&feature) {
                features.push(feature);
            }
        }
        Question {
            workload: Workload {
                size_bytes: self.size.unwrap_or(load.size_bytes),
                kind: self.kind.map_or(load.kind, Kind::of_record),
                connections: self.connections.unwrap_or(load.connections),
                rate_per_s: self.rate.map_or(load.rate_per_s, |rate| rate.0),
                pattern: match (self.push, self.echo) {
                    (true, _) => Pattern::Push,
                    (_, true) => Pattern::Echo,
                    _ => load.pattern,
                },
                burst: self.burst.unwrap_or(load.burst),
            },
            needs: Needs {
                features,
                runtime: self.runtime.as_ref().map(|name| name.to_lowercase()),
                http: self.http.as_ref().map(|name| name.to_lowercase()),
                licences: self.licence.clone(),
                maintained_within_months: self.maintained_within,
                language: match self.language {
                    Some(WantedLanguage::Rust) => Some(Language::Rust),
                    Some(WantedLanguage::Go) => Some(Language::Go),
                    Some(WantedLanguage::Any) => None,
                    None => needs.language,
                },
                memory_limit_bytes: self.memory.or(needs.memory_limit_bytes),
            },
            axis: match self.by {
                Some(By::Cpu) => Axis::Cpu,
                Some(By::Memory) => Axis::Memory,
                Some(By::P99) => Axis::P99,
                None => profile.axis,
            },
            unknown_ok: self.unknown_ok,
            today,
        }
    }
}

impl Kind {
    fn of_record(self) -> MessageKind {
        match self {
            Self::Binary => MessageKind::Binary,
            Self::Ascii => MessageKind::TextAscii,
            Self::Multibyte => MessageKind::TextMultibyte,
        }
    }
}

impl Need {
    fn feature(self) -> Feature {
        match self {
            Self::Tls => Feature::Tls,
            Self::TlsBuiltIn => Feature::TlsBuiltIn,
            Self::Deflate => Feature::Deflate,
            Self::Wasm => Feature::Wasm,
            Self::Autobahn => Feature::Autobahn,
        }
    }
}
