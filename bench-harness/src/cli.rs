//! The command line.

mod given;
mod values;

use std::{path::PathBuf, time::Duration};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use record::{EffortLevel, Variant};

use crate::{
    command::{CheckOptions, ChooseOptions, Format, NewOptions},
    conformance::ConformanceOptions,
    discover::External,
    exit::Exit,
    hazards::HazardOptions,
    selection::Group,
    selftest::SelftestOptions,
};

pub(crate) use values::window;
use values::{CpuList, budget, cpu_list};

/// The contender that ratios are taken against, unless another is named: the
/// library that most projects use.
pub(crate) const DEFAULT_REFERENCE: &str = "tokio-tungstenite";

/// Blocks above this make a plan too large to be of use.
const MOST_BLOCKS: i64 = 1_000;

/// Compares WebSocket libraries side by side.
///
/// Every library runs as the same echo server, each trial in a fresh process on
/// its own processor, driven by one neutral load generator that verifies every
/// byte. The tables land in results/DATE-HOST/ and are refreshed after every
/// block: a run can be read after its first block and only gets sharper.
#[derive(Debug, Parser)]
#[command(
    name = "bench-harness",
    version,
    arg_required_else_help = true,
    after_help = Exit::TABLE,
    after_long_help = Exit::TABLE
)]
pub(crate) struct Cli {
    /// Build, check, run and report; publish the tables when the run is complete
    ///
    /// A complete run of all contenders and scenarios at standard effort or
    /// better, in the project's own results folder, also replaces
    /// results/README.md and the tables in README.md.
    #[arg(long)]
    pub(crate) all: bool,

    /// What to take part, and how.
    #[command(flatten)]
    pub(crate) options: Options,

    /// One step only.
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

/// One step of `--all`, with the steps that it needs.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Verb {
    /// Say whether this machine is fit, and what it does to the numbers
    ///
    /// Exit code 1 when something makes a run impossible.
    Doctor {
        /// Print facts and findings as JSON
        #[arg(long)]
        json: bool,
    },
    /// List contenders and scenarios
    List,
    /// Print what a run would do, in order, and how long it would take
    Plan {
        /// Print the plan as JSON
        #[arg(long)]
        json: bool,
    },
    /// Build the contenders and the load generator, each in release by itself
    Build,
    /// Build, then test whether each server may take part, and what it is like
    ///
    /// First the check before a run: is the server what its metadata says, and
    /// does it echo to the load generator? Then the admission test, rule by rule,
    /// with the reason wherever one isn't kept. A server that breaks a mandatory
    /// rule may not take part (exit code 4); the other rules are only shown.
    Check(CheckOptions),
    /// Write the two files of a new contender, with three places to fill
    ///
    /// docs/ADDING_A_LIBRARY.md goes through it with an example.
    New(NewOptions),
    /// Build, check, run and report, without replacing published tables
    Run,
    /// Render the tables of a run again (default: the newest run)
    Report {
        /// The run's folder
        dir: Option<PathBuf>,
        /// Replace results/README.md and the tables in README.md by this run's
        #[arg(long)]
        publish: bool,
        /// Only say whether what is on disk is what this run renders to, and
        /// whether its versions are those of Cargo.lock
        #[arg(long, conflicts_with = "publish")]
        check: bool,
    },
    /// Write a run in the format of another tool (default: the newest run)
    ///
    /// To standard output, or to --output FILE; hgrm, hlog and csv have many
    /// files and need --output DIR. docs/RESULTS.md says what each holds.
    Export {
        /// The run's folder
        dir: Option<PathBuf>,
        /// The format
        #[arg(long, value_enum)]
        format: Format,
        /// With github-action-benchmark: the rates, for customBiggerIsBetter,
        /// instead of the measures of which less is better
        #[arg(long)]
        bigger_is_better: bool,
    },
    /// Take the figures of `cargo bench -p codec-bench` into a run's folder
    ///
    /// Writes codec.ndjson beside run.ndjson; from then on `report` renders
    /// codec.md and codec.csv there. They are codec cost alone, without
    /// sockets: no ranking sees them. (Default: the newest run.)
    Codec {
        /// The run's folder
        dir: Option<PathBuf>,
    },
    /// Write the JSON Schemas of run.ndjson, findings.json and the control lines
    Schema {
        /// Their folder (default: docs/schema)
        dir: Option<PathBuf>,
        /// Only say whether those on disk are what the types give
        #[arg(long)]
        check: bool,
    },
    /// Write results/facts/: what is known of the libraries besides speed
    ///
    /// Licence, age, dependencies, unsafe code, and what each claims or was seen
    /// to do, with the page or the probe behind every answer.
    Facts(FactsOptions),
    /// Write docs/FAIRNESS.md: every option of every contender, and why
    Fairness {
        /// Only say whether the page on disk is what the manifests give
        #[arg(long)]
        check: bool,
    },
    /// Continue a run that was stopped, with the same plan and seed
    Resume {
        /// The run's folder
        dir: PathBuf,
    },
    /// Make a short list of libraries for your needs and load, with the reasons
    ///
    /// From the newest run, the table of facts and the conformance reports.
    /// docs/CHOOSING.md says how it is decided.
    Choose(Box<ChooseOptions>),
    /// Compare two runs: what changed from A to B, as far as that may be said
    ///
    /// Each row's ratio to the reference is compared, not the figure itself: a
    /// machine drifts between two runs. --contender, --variant and --scenario
    /// narrow the comparison down, which makes it sharper.
    Compare {
        /// The earlier run: a result folder or its run.ndjson, a git revision
        /// (its newest results), or REV:results/FOLDER
        a: String,
        /// The later run, named likewise
        b: String,
        /// Exit with code 3 when a verdict says so; what the data can't tell
        /// never fails
        #[arg(long, value_name = "WHAT")]
        fail_on: Option<FailOn>,
        /// Print the comparison as JSON
        #[arg(long)]
        json: bool,
    },
    /// Test contenders, or the server at a URL, against RFC 6455
    ///
    /// Runs the cases of Autobahn|Testsuite's groups 1 to 7, 9, 10, 12 and 13 (the
    /// last two where the server compresses), and prints those that are not all well. All cases of contenders are written
    /// to results/conformance/; a part of them, and those of --url, only with
    /// --output DIR.
    Conformance(ConformanceOptions),
    /// Send contenders, or the server at a URL on this machine, hostile input
    ///
    /// Handshakes without end, huge lengths, floods, peers that never read: what
    /// each server did, what it cost it, and whether an ordinary client was
    /// still served. docs/HAZARDS.md lists the rules. All probes of contenders
    /// are written to results/hazards/, but for servers with failures that
    /// are not public; a part of them, and those of --url, only with --output
    /// DIR.
    Hazards(HazardOptions),
    /// Prove that the tool tells the truth, on servers whose truth is known
    ///
    /// Runs the tool itself against servers that are equal, that cost 5 or 20 %
    /// more, that stall, allocate or misbehave in a known way, and prints what
    /// was expected, what was seen and whether that held. --quick leaves out
    /// the claims that need blocks (under a minute). --output is a file here:
    /// it gets what is printed.
    Selftest(SelftestOptions),
}

/// What `facts` does besides what is cheap.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct FactsOptions {
    /// Build every contender and take the size of its stripped program
    #[arg(long)]
    pub(crate) sizes: bool,
    /// Time clean builds of every contender, in so many rounds (slow: minutes
    /// for each contender and round)
    #[arg(
        long,
        value_name = "ROUNDS",
        value_parser = clap::value_parser!(u8).range(1..=9)
    )]
    pub(crate) build_times: Option<u8>,
    /// Only say whether the tables on disk are those of the present manifests
    #[arg(long, conflicts_with_all = ["sizes", "build_times"])]
    pub(crate) check: bool,
}

/// With which verdicts `compare` fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// A row is worse
    Regressed,
    /// A row is worse or better
    Changed,
}

/// Options of all verbs.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "What takes part")]
pub(crate) struct Options {
    /// Only these contenders, by exact name (repeatable, or a comma list)
    ///
    /// In what measures, the reference and the baselines take part as well,
    /// because a number without them can't be judged; see --no-baselines.
    #[arg(long, value_name = "NAME", value_delimiter = ',', global = true)]
    pub(crate) contender: Vec<String>,

    /// Only these groups (repeatable, or a comma list); with --contender, both
    ///
    /// Without either, all but the peers take part, and --all publishes only that.
    #[arg(long, value_name = "GROUP", value_delimiter = ',', global = true)]
    pub(crate) group: Vec<Group>,

    /// Leave the baselines out
    #[arg(long, global = true)]
    pub(crate) no_baselines: bool,

    /// Only this variant; the reference and the baselines keep their default one
    ///
    /// `compressed` has permessage-deflate and is tested by `conformance` and
    /// `hazards` alone.
    #[arg(
        long,
        value_name = "default|tuned|compressed",
        value_delimiter = ',',
        global = true
    )]
    pub(crate) variant: Vec<Variant>,

    /// Only these scenarios, by exact name (repeatable, or a comma list)
    #[arg(long, value_name = "NAME", value_delimiter = ',', global = true)]
    pub(crate) scenario: Vec<String>,

    /// The contender that ratios are taken against; it runs twice
    #[arg(
        long,
        value_name = "NAME",
        default_value = DEFAULT_REFERENCE,
        global = true
    )]
    pub(crate) reference: String,

    /// Add any executable that speaks the contender contract
    #[arg(long, value_name = "NAME=COMMAND", action = ArgAction::Append, global = true)]
    pub(crate) external: Vec<External>,

    /// Take scenarios from this folder instead of the built-in ones
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) scenarios: Option<PathBuf>,

    /// A look: 2 blocks with short windows (minutes: ten for all rows)
    #[arg(
        long,
        conflicts_with = "thorough",
        help_heading = "How much",
        global = true
    )]
    pub(crate) quick: bool,

    /// More blocks and longer windows than standard effort (an hour for fifteen rows)
    #[arg(long, help_heading = "How much", global = true)]
    pub(crate) thorough: bool,

    /// Run as many whole blocks as fit into this time, such as 10m
    #[arg(
        long,
        value_name = "TIME",
        value_parser = budget,
        help_heading = "How much",
        global = true
    )]
    pub(crate) budget: Option<Duration>,

    /// Blocks, instead of the effort's
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=MOST_BLOCKS),
        conflicts_with = "budget",
        help_heading = "How much",
        global = true
    )]
    pub(crate) blocks: Option<u32>,

    /// Measured window of a trial, instead of the effort's, such as 500ms
    #[arg(
        long,
        value_name = "TIME",
        value_parser = window,
        help_heading = "How much",
        global = true
    )]
    pub(crate) window: Option<Duration>,

    /// Seed of the order and of all payloads (default: from the clock; it is
    /// printed and recorded)
    #[arg(long, value_name = "N", help_heading = "How", global = true)]
    pub(crate) seed: Option<u64>,

    /// Offer the rates of this run instead of calibrating, to repeat it
    #[arg(long, value_name = "DIR", help_heading = "How", global = true)]
    pub(crate) rates_of: Option<PathBuf>,

    /// Folder for the results (default: results/DATE-HOST)
    #[arg(long, value_name = "DIR", help_heading = "How", global = true)]
    pub(crate) output: Option<PathBuf>,

    /// Processors for servers, such as 0-3 (default: the first)
    #[arg(
        long,
        value_name = "LIST",
        value_parser = cpu_list,
        help_heading = "How",
        global = true
    )]
    pub(crate) server_cpus: Option<CpuList>,

    /// Processors for the load generator (default: the first of another core)
    #[arg(
        long,
        value_name = "LIST",
        value_parser = cpu_list,
        help_heading = "How",
        global = true
    )]
    pub(crate) client_cpus: Option<CpuList>,

    /// Count trials however disturbed the machine was: for a look on a machine
    /// that is in use; the tables say so, and are never published
    #[arg(long, help_heading = "How", global = true)]
    pub(crate) tolerate_disturbance: bool,

    /// Use this load generator instead of building one
    #[arg(long, value_name = "PATH", help_heading = "How", global = true)]
    pub(crate) load_generator: Option<PathBuf>,

    /// Measure even while another run is going on on this machine
    ///
    /// The two take processor time from each other. Such a run is never
    /// published by --all, and no other run starts beside it without this flag.
    #[arg(
        long,
        env = "BENCH_HARNESS_BESIDE_OTHER_RUNS",
        help_heading = "How",
        global = true
    )]
    pub(crate) beside_other_runs: bool,

    /// Parallel jobs of each build
    #[arg(long, value_name = "N", help_heading = "How", global = true)]
    pub(crate) jobs: Option<u32>,
}

impl Options {
    /// The effort that was asked for.
    pub(crate) fn level(&self) -> EffortLevel {
        match (self.quick, self.thorough) {
            (true, _) => EffortLevel::Quick,
            (_, true) => EffortLevel::Thorough,
            _ => EffortLevel::Standard,
        }
    }
}

#[cfg(test)]
mod tests;
