//! What the admission test said of a row's server.

use record::{AdmissionReport, AdmissionRule, EntryKey, Requirement, RuleOutcome, RuleResult};
use schemars::JsonSchema;
use serde::Serialize;

use super::EntryFinding;

/// Why a server is shown and not ranked: it breaks mandatory rules of the
/// admission test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotAdmitted {
    /// The mandatory rules that it breaks.
    pub broken: Vec<BrokenRule>,
    /// Name of the report in the folder `admission` beside the run's.
    pub record: String,
}

/// A rule that a server breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BrokenRule {
    /// Which.
    pub rule: AdmissionRule,
    /// What was sent, or looked at.
    pub sent: String,
    /// What came back, or was found.
    pub received: String,
}

impl BrokenRule {
    fn of(result: &RuleResult) -> Option<Self> {
        match &result.outcome {
            RuleOutcome::Failed { sent, received, .. }
                if result.requirement == Requirement::Mandatory =>
            {
                Some(Self {
                    rule: result.rule,
                    sent: sent.to_string(),
                    received: received.to_string(),
                })
            }
            _ => None,
        }
    }
}

impl NotAdmitted {
    /// What the report on this variant of this version says; `None`
    /// where it was admitted, and where nobody has tested it.
    pub(crate) fn of(entry: &EntryFinding, reports: &[AdmissionReport]) -> Option<Self> {
        let report = reports.iter().find(|report| {
            // The reference's twin is the reference's program, and a baseline's
            // version is this project's own.
            (&report.entry.contender, report.entry.variant)
                == (&entry.key.contender, entry.key.variant)
                && (entry.version.is_empty() || report.version == entry.version)
        })?;
        let broken: Vec<BrokenRule> = report.results.iter().filter_map(BrokenRule::of).collect();
        (!broken.is_empty()).then(|| Self {
            broken,
            record: file_name(&report.entry),
        })
    }

    /// What it doesn't do, in a few words of the admission test.
    #[must_use]
    pub fn reason(&self) -> String {
        let broken = self.broken.iter();
        let broken: Vec<String> = broken
            .map(|it| format!("\"{}\" (sent: {}; came: {})", it.rule, it.sent, it.received))
            .collect();
        format!("fails {}", broken.join(" and "))
    }
}

/// As `bench-harness check --save` names it.
fn file_name(entry: &EntryKey) -> String {
    format!("{}.{}.json", entry.contender, entry.variant)
}
