//! Flags of `selftest`.

use std::path::PathBuf;

use clap::Args;
use record::Effort;
use statistics::BLOCKS_FOR_AN_INTERVAL;

use super::Claim;
use crate::{cli::Options, exit::UsageError};

/// Flags of `selftest` besides those of all verbs.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SelftestOptions {
    /// Only this claim (repeatable, or a comma list)
    #[arg(long, value_name = "NAME", value_enum, value_delimiter = ',')]
    pub(crate) claim: Vec<Claim>,

    /// Print the verdicts as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Keep the records of all runs in this new folder, whatever the verdicts
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,

    /// Use this known server instead of building one
    #[arg(long, value_name = "PATH")]
    pub(crate) known_server: Option<PathBuf>,

    /// Only say how long it would take, in seconds, without building
    #[arg(long, conflicts_with_all = ["json", "keep"])]
    pub(crate) estimate: bool,

    /// Only make a table from lines that --json printed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["claim", "json", "keep", "estimate"])]
    pub(crate) tabulate: Option<PathBuf>,
}

impl SelftestOptions {
    /// The claims to try.
    pub(super) fn claims(&self, quick: bool) -> Vec<Claim> {
        Claim::ALL
            .into_iter()
            .filter(|claim| {
                if self.claim.is_empty() {
                    !(quick && claim.needs_effort())
                } else {
                    self.claim.contains(claim)
                }
            })
            .collect()
    }
}

/// Refuses blocks that can't decide a claim, however quiet the machine is.
pub(super) fn refuse_too_few_blocks(claims: &[Claim], effort: Effort) -> Result<(), UsageError> {
    let needed = BLOCKS_FOR_AN_INTERVAL;
    let enough = usize::try_from(effort.blocks).is_ok_and(|blocks| blocks >= needed);
    match claims.iter().find(|claim| claim.needs_effort()) {
        Some(claim) if !enough => Err(UsageError(format!(
            "{} needs at least {needed} blocks, and {} are asked for; leave --quick out, or say \
             --blocks {needed}",
            claim.name(),
            effort.blocks
        ))),
        _ => Ok(()),
    }
}

/// Refuses flags that choose what is compared: here the claims do.
pub(super) fn refuse_others(options: &Options) -> Result<(), UsageError> {
    let meaningful = [
        "--quick",
        "--thorough",
        "--blocks",
        "--window",
        "--seed",
        "--output",
        "--server-cpus",
        "--client-cpus",
        "--load-generator",
    ];
    match options.given_besides(&meaningful) {
        Some(flag) => Err(UsageError(format!(
            "{flag} means nothing to selftest, whose servers and scenarios belong to its \
             claims; leave it out, and choose claims with --claim"
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Verb};

    fn parse(words: &[&str]) -> (Options, SelftestOptions) {
        let cli = Cli::parse_from([&["bench-harness", "selftest"], words].concat());
        match cli.verb {
            Some(Verb::Selftest(selftest)) => (cli.options, selftest),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn quick_leaves_out_what_needs_blocks_unless_it_is_named() {
        let (options, selftest) = parse(&["--quick"]);
        assert_eq!(
            selftest.claims(options.quick),
            [Claim::Faults, Claim::Allocations, Claim::Stall]
        );
        let (options, selftest) = parse(&["--quick", "--claim", "cpu-plus5,faults"]);
        assert_eq!(
            selftest.claims(options.quick),
            [Claim::Faults, Claim::CpuPlus5]
        );
        let (options, selftest) = parse(&[]);
        assert_eq!(selftest.claims(options.quick), Claim::ALL);
    }

    #[test]
    fn too_few_blocks_are_refused_where_they_matter() {
        let effort = |level| crate::plan::effort_of(level);
        let refuse = |claim, level| refuse_too_few_blocks(&[claim], effort(level));
        let (quick, standard) = (record::EffortLevel::Quick, record::EffortLevel::Standard);
        let error = refuse(Claim::CpuPlus5, quick).unwrap_err().to_string();
        assert!(error.contains("--blocks 6"), "{error}");
        assert!(refuse(Claim::CpuPlus5, standard).is_ok());
        assert!(refuse(Claim::Stall, quick).is_ok());
    }

    #[test]
    fn flags_of_other_verbs_are_refused_by_name() {
        for words in [
            &["--contender", "tungstenite"][..],
            &["--scenario", "echo"],
            &["--reference", "tungstenite"],
            &["--external", "a=b"],
            &["--budget", "1m"],
        ] {
            let error = refuse_others(&parse(words).0).unwrap_err().to_string();
            assert!(error.starts_with(words[0]), "{error}");
        }
        assert!(refuse_others(&parse(&["--seed", "7", "--quick"]).0).is_ok());
    }
}
