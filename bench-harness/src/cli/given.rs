//! Which options were given, for verbs to which some of them mean nothing: a flag
//! that would be passed over is refused.

use super::{Cli, DEFAULT_REFERENCE, Options, Verb};
use crate::exit::UsageError;

/// What chooses the servers that `conformance` and `hazards` start, and how.
const TESTED: [&str; 7] = [
    "--contender",
    "--group",
    "--no-baselines",
    "--variant",
    "--external",
    "--server-cpus",
    "--seed",
];

impl Cli {
    /// Refuses a flag of all verbs that means nothing to the one that was asked
    /// for. `selftest`, `resume`, `compare` and `choose` do so themselves.
    pub(crate) fn refuse_idle_flags(&self) -> Result<(), UsageError> {
        let with_output = [&TESTED[..], &["--output"]].concat();
        let (verb, meaningful) = match &self.verb {
            Some(Verb::New(_)) => ("new", &[][..]),
            Some(Verb::Report { .. }) => ("report", &[][..]),
            Some(Verb::Facts(_)) => ("facts", &[][..]),
            Some(Verb::Fairness { .. }) => ("fairness", &[][..]),
            Some(Verb::Schema { .. }) => ("schema", &[][..]),
            Some(Verb::Export { .. }) => ("export", &["--output"][..]),
            Some(Verb::Conformance(flags)) if flags.url.is_some() => {
                ("conformance --url", &["--output", "--seed"][..])
            }
            Some(Verb::Hazards(flags)) if flags.url.is_some() => {
                ("hazards --url", &["--output", "--seed"][..])
            }
            Some(Verb::Conformance(_)) => ("conformance", &with_output[..]),
            Some(Verb::Hazards(_)) => ("hazards", &with_output[..]),
            _ => return Ok(()),
        };
        match self.options.given_besides(meaningful) {
            Some(flag) => Err(UsageError(format!(
                "{flag} means nothing to {verb}; leave it out"
            ))),
            None => Ok(()),
        }
    }
}

impl Options {
    /// The first option that was given and is not among those that mean
    /// something.
    pub(crate) fn given_besides(&self, meaningful: &[&str]) -> Option<&'static str> {
        let given = [
            ("--contender", !self.contender.is_empty()),
            ("--group", !self.group.is_empty()),
            ("--no-baselines", self.no_baselines),
            ("--variant", !self.variant.is_empty()),
            ("--scenario", !self.scenario.is_empty()),
            ("--reference", self.reference != DEFAULT_REFERENCE),
            ("--external", !self.external.is_empty()),
            ("--scenarios", self.scenarios.is_some()),
            ("--quick", self.quick),
            ("--thorough", self.thorough),
            ("--budget", self.budget.is_some()),
            ("--blocks", self.blocks.is_some()),
            ("--window", self.window.is_some()),
            ("--seed", self.seed.is_some()),
            ("--rates-of", self.rates_of.is_some()),
            ("--output", self.output.is_some()),
            ("--server-cpus", self.server_cpus.is_some()),
            ("--client-cpus", self.client_cpus.is_some()),
            ("--load-generator", self.load_generator.is_some()),
            ("--tolerate-disturbance", self.tolerate_disturbance),
        ];
        given
            .into_iter()
            .find(|(flag, is_given)| *is_given && !meaningful.contains(flag))
            .map(|(flag, _)| flag)
    }
}
