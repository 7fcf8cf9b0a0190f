//! What the admission test of a server found, rule by rule.

mod outcome;
mod rule;

use serde::{Deserialize, Serialize};

pub use outcome::{Fact, NotApplicable, Received, RuleOutcome, Sent};
pub use rule::{AdmissionRule, Requirement};

use crate::{EntryKey, SCHEMA_VERSION};

/// What one rule gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleResult {
    /// Which rule.
    pub rule: AdmissionRule,
    /// Whether a server that breaks it may take part.
    pub requirement: Requirement,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: RuleOutcome,
}

/// The admission test of one server in one variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AdmissionReport {
    /// [`SCHEMA_VERSION`] of the writer.
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA_VERSION)))]
    pub schema_version: u32,
    /// Which server.
    #[serde(flatten)]
    pub entry: EntryKey,
    /// The library, by its package name.
    pub library: String,
    /// Its version.
    pub version: String,
    /// The runtime.
    pub runtime: String,
    /// One per rule, in the order of [`AdmissionRule::ALL`].
    pub results: Vec<RuleResult>,
}

impl AdmissionReport {
    /// A report without results.
    #[must_use]
    pub fn new(entry: EntryKey, library: String, version: String, runtime: String) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            entry,
            library,
            version,
            runtime,
            results: Vec::new(),
        }
    }

    /// Adds what a rule gave.
    pub fn push(&mut self, rule: AdmissionRule, outcome: RuleOutcome) {
        self.results.push(RuleResult {
            rule,
            requirement: rule.requirement(),
            outcome,
        });
    }

    /// What a rule gave, when it was looked at.
    #[must_use]
    pub fn outcome(&self, rule: AdmissionRule) -> Option<&RuleOutcome> {
        let found = self.results.iter().find(|result| result.rule == rule);
        found.map(|result| &result.outcome)
    }

    /// Whether the server may take part: no mandatory rule failed.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        !self.results.iter().any(|result| {
            result.requirement == Requirement::Mandatory
                && matches!(result.outcome, RuleOutcome::Failed { .. })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Role, Variant};

    fn report(results: &[(AdmissionRule, RuleOutcome)]) -> AdmissionReport {
        let entry = EntryKey {
            contender: "mine".to_owned(),
            variant: Variant::Default,
            role: Role::Contender,
        };
        let mut report = AdmissionReport::new(entry, "lib".into(), "1".into(), "tokio".into());
        for (rule, outcome) in results {
            report.push(*rule, outcome.clone());
        }
        report
    }

    fn failed() -> RuleOutcome {
        RuleOutcome::Failed {
            sent: Sent::Close { code: Some(1000) },
            received: Received::Ended,
            section: Some("5.5.1".to_owned()),
        }
    }

    #[test]
    fn only_mandatory_rules_keep_a_server_out() {
        let passed = RuleOutcome::Passed { fact: None };
        let shown = [
            (AdmissionRule::Close, passed),
            (AdmissionRule::CloseCode, failed()),
        ];
        assert!(report(&shown).is_admitted());
        let mandatory = [(AdmissionRule::Close, failed())];
        assert!(!report(&mandatory).is_admitted());
        assert_eq!(report(&mandatory).outcome(AdmissionRule::Ping), None);
    }

    #[test]
    fn a_report_survives_the_way_to_the_disk_and_back() {
        let report = report(&[
            (AdmissionRule::Close, failed()),
            (
                AdmissionRule::Threads,
                RuleOutcome::Passed {
                    fact: Some(Fact::Threads {
                        names: vec!["control".to_owned()],
                    }),
                },
            ),
            (
                AdmissionRule::Ping,
                RuleOutcome::NotApplicable {
                    reason: NotApplicable::RawTcp,
                },
            ),
        ]);
        let text = serde_json::to_string(&report).unwrap();
        let again: AdmissionReport = serde_json::from_str(&text).unwrap();
        assert_eq!(again, report, "{text}");
        assert!(text.contains(r#""rule":"close","requirement":"mandatory","outcome":"failed""#));
    }
}
