//! How many probes of a report went how.

use conformance::hazards::{Grade, ProbeRecord};

/// Counts over probes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProbeCounts {
    /// Those in which the server did what a good one does.
    pub(crate) pass: usize,
    /// Survived, without a bound that is its author's to set.
    pub(crate) author: usize,
    /// Survived, and broke a rule.
    pub(crate) weak: usize,
    /// Not survived.
    pub(crate) fail: usize,
    /// About something that it doesn't have.
    pub(crate) does_not_apply: usize,
}

impl ProbeCounts {
    /// Counts the probes.
    pub(crate) fn of(probes: &[ProbeRecord]) -> Self {
        let mut counts = Self::default();
        for probe in probes {
            *match probe.grade {
                Grade::Pass => &mut counts.pass,
                Grade::Author => &mut counts.author,
                Grade::Weak => &mut counts.weak,
                Grade::Fail => &mut counts.fail,
                Grade::DoesNotApply => &mut counts.does_not_apply,
            } += 1;
        }
        counts
    }

    /// Those that it survived.
    pub(crate) fn survived(self) -> usize {
        self.pass + self.author + self.weak
    }

    /// Those that apply.
    pub(crate) fn applicable(self) -> usize {
        self.survived() + self.fail
    }

    /// Survived of those that apply.
    pub(crate) fn ratio(self) -> String {
        format!("{}/{}", self.survived(), self.applicable())
    }
}
