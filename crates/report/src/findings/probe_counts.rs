//! How many probes of a report got which grade.

use conformance::hazards::{Grade, HazardReport, ProbeRecord};

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
}

/// The counts of a report as a table shows them: pass, weak, left to the author,
/// fail, does not apply.
pub(crate) fn by_grade(report: &HazardReport) -> [String; 5] {
    if report.withheld.is_some() {
        return [(); 5].map(|()| "withheld".to_owned());
    }
    let counts = ProbeCounts::of(&report.probes);
    [
        counts.pass,
        counts.weak,
        counts.author,
        counts.fail,
        counts.does_not_apply,
    ]
    .map(|count| count.to_string())
}
