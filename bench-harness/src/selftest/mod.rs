//! Proves that the tool tells the truth: runs it against servers whose truth is
//! known, and compares what it says.
//!
//! claim → experiments → the tool's own run → its records and its analysis →
//! verdicts. Nothing here measures: an experiment is the command line of a
//! run, and judging is a pure function of what that run wrote.

mod claim;
mod experiment;
mod faulty;
mod judge;
mod known;
mod options;
mod proof;
mod table;
mod tool;
mod verdict;

use std::{
    env,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use record::{Effort, ScenarioKind};

pub(crate) use claim::Claim;
pub(crate) use options::SelftestOptions;
pub(crate) use proof::schema;

use crate::{
    build::Cargo,
    cli::Options,
    clock::{Clock as _, RealClock},
    exit::{Exit, Interrupted},
    interrupt::Interrupt,
    plan::{calibration_ns, effort_of, plan_ns},
    progress::{Progress, in_words},
    terminal::print,
};
use experiment::{Experiment, experiments};
use proof::Proof;
use tool::Tool;

/// What a run takes besides its trials: finding the workspace and the compiler,
/// and checking the servers.
const RUN_OVERHEAD_NS: u64 = 1_000_000_000;

/// Tries the claims and prints a verdict on each.
pub(crate) fn run(
    options: &Options,
    selftest: &SelftestOptions,
    interrupt: &Interrupt,
) -> Result<Exit> {
    options::refuse_others(options)?;
    if let Some(lines) = &selftest.tabulate {
        return tabulate(lines, options.output.as_deref());
    }
    let effort = effort(options);
    let claims = selftest.claims(options.quick);
    options::refuse_too_few_blocks(&claims, effort)?;
    let estimate_ns = claims.iter().map(|claim| claim_ns(*claim, effort)).sum();
    if selftest.estimate {
        print(&format!("{}\n", estimate_ns / 1_000_000_000))?;
        return Ok(Exit::Ok);
    }

    // Before the work starts: a file that can't be written is an error at once.
    let mut output = options.output.as_deref().map(create).transpose()?;
    let seed = options.seed.unwrap_or_else(|| RealClock.realtime_ns());
    let mut progress = Progress::new();
    progress.say(&format!(
        "seed {seed}; {} claims, about {} after the build",
        claims.len(),
        in_words(estimate_ns)
    ));
    let cargo = Cargo::new(&checkout(), options.jobs, interrupt.clone());
    let programs = known::programs(
        &cargo,
        options.load_generator.as_deref(),
        selftest.known_server.as_deref(),
        |text| progress.step(text),
    )?;

    let folder = Folder::new(selftest.keep.as_deref())?;
    let tool = Tool {
        options,
        programs: &programs,
        seed,
        folder: folder.path(),
        interrupt,
    };
    let mut proof = Proof::new(seed, effort, &claims, options);
    let start_ns = RealClock.monotonic_ns();
    let mut left_ns = estimate_ns;
    let ended = try_claims(&claims, effort, &tool, &mut proof, |claim| {
        progress.step(&format!("{claim} ({} left)", in_words(left_ns)));
        left_ns = left_ns.saturating_sub(claim_ns(claim, effort));
    });
    proof.took_ns = RealClock.monotonic_ns() - start_ns;
    progress.clear();
    let is_interrupted = ended.as_ref().is_err_and(|error| error.is::<Interrupted>());
    if !is_interrupted {
        ended?;
    }

    let kept = folder.keep(selftest.keep.is_some() || !proof.holds() && !is_interrupted);
    let text = if selftest.json {
        format!("{}\n", serde_json::to_string(&proof)?)
    } else {
        proof.text(kept.as_deref(), is_interrupted)
    };
    if is_interrupted && selftest.json {
        // Half a proof must not be taken for a whole one.
        return Ok(Exit::Interrupted);
    }
    if let Some(file) = &mut output {
        file.write_all(text.as_bytes())
            .context("the verdicts can't be written")?;
    }
    print(&text)?;
    Ok(match (is_interrupted, proof.holds()) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Ok,
        (false, false) => Exit::Failed,
    })
}

/// A folder from which cargo finds the workspace: that of the package that
/// `cargo run` runs, else the current one.
fn checkout() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

fn try_claims(
    claims: &[Claim],
    effort: Effort,
    tool: &Tool<'_>,
    proof: &mut Proof,
    mut before_each: impl FnMut(Claim),
) -> Result<()> {
    for &claim in claims {
        before_each(claim);
        for experiment in experiments(claim, effort) {
            let evidence = tool
                .run(&experiment)
                .with_context(|| format!("{}: {}", claim.name(), experiment.name))?;
            proof.add(
                &evidence.run.header,
                judge::judge(claim, &experiment, &evidence),
            );
        }
    }
    Ok(())
}

/// The effort of claims that need that of a real run.
fn effort(options: &Options) -> Effort {
    let mut effort = effort_of(options.level());
    if let Some(blocks) = options.blocks {
        effort.blocks = blocks;
    }
    if let Some(window) = options.window {
        effort.window_ns = u64::try_from(window.as_nanos()).unwrap_or(u64::MAX);
        effort.rate_window_ns = effort.window_ns;
    }
    effort
}

fn claim_ns(claim: Claim, effort: Effort) -> u64 {
    let experiments = experiments(claim, effort);
    experiments.iter().map(experiment_ns).sum()
}

fn experiment_ns(experiment: &Experiment) -> u64 {
    let calibration = match experiment.kind {
        ScenarioKind::RateLadder {
            connections,
            message,
            ..
        } => calibration_ns(connections, message),
        _ => 0,
    };
    RUN_OVERHEAD_NS
        + experiment.servers.len() as u64 * calibration
        + plan_ns(&experiment.plan())
        + faulty::waits_ns(experiment.servers.iter().map(|server| server.name.as_str()))
}

fn create(path: &Path) -> Result<File> {
    File::create(path).with_context(|| {
        format!(
            "{} can't be written; with selftest, --output is a file",
            path.display()
        )
    })
}

fn tabulate(lines: &Path, output: Option<&Path>) -> Result<Exit> {
    let text =
        fs::read_to_string(lines).with_context(|| format!("{} can't be read", lines.display()))?;
    let proofs = text
        .lines()
        .enumerate()
        .map(|(index, line)| {
            let place = || format!("{}, line {}", lines.display(), index + 1);
            Proof::parse(line).with_context(place)
        })
        .collect::<Result<Vec<Proof>>>()?;
    ensure!(
        !proofs.is_empty(),
        "{} holds no verdict; make some with `selftest --json`",
        lines.display()
    );
    let table = table::table(&proofs);
    match output {
        Some(path) => create(path)?.write_all(table.as_bytes())?,
        None => print(&table)?,
    }
    Ok(Exit::Ok)
}

/// Where the runs' records lie: a folder that was asked for, or one that goes
/// away unless something is to be seen in it.
enum Folder {
    Given(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Folder {
    fn new(given: Option<&Path>) -> Result<Self> {
        match given {
            None => tempfile::Builder::new()
                .prefix("selftest-")
                .tempdir()
                .map(Self::Temporary)
                .context("no folder for records can be created; set TMPDIR or use --keep"),
            Some(path) => {
                fs::create_dir(path).with_context(|| {
                    format!(
                        "--keep: {} can't be created; name a folder that doesn't exist yet",
                        path.display()
                    )
                })?;
                Ok(Self::Given(path.to_owned()))
            }
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// The folder's path if it stays.
    fn keep(self, wanted: bool) -> Option<PathBuf> {
        match self {
            Self::Given(path) => Some(path),
            Self::Temporary(folder) => wanted.then(|| folder.keep()),
        }
    }
}
