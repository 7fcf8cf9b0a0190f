//! Which options were given, for verbs to which some of them mean nothing: a flag
//! that would be passed over is refused.

use super::{DEFAULT_REFERENCE, Options};

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
