//! How many cases of RFC 6455 went how.

use record::{Behaviour, CaseRecord};

/// Counts over some cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CaseCounts {
    pub(crate) run: usize,
    /// Those of an extension that the server doesn't have do not apply.
    pub(crate) applicable: usize,
    /// Right in what came back and in how the connection ended.
    pub(crate) passed: usize,
    pub(crate) wrong_answer: usize,
    pub(crate) wrong_end: usize,
    pub(crate) non_strict: usize,
    pub(crate) informational: usize,
    pub(crate) flaky: usize,
    pub(crate) late: usize,
}

impl CaseCounts {
    pub(crate) fn of<'a>(cases: impl IntoIterator<Item = &'a CaseRecord>) -> Self {
        let mut counts = Self::default();
        for case in cases {
            let verdict = case.verdict;
            let behaviour = verdict.behaviour;
            counts.run += 1;
            counts.applicable += usize::from(behaviour != Behaviour::Unimplemented);
            counts.passed += usize::from(verdict.passed() && verdict.closed_well());
            counts.wrong_answer += usize::from(behaviour == Behaviour::Failed);
            counts.wrong_end += usize::from(!verdict.closed_well());
            counts.non_strict += usize::from(behaviour == Behaviour::NonStrict);
            counts.informational += usize::from(behaviour == Behaviour::Informational);
            counts.flaky += usize::from(is_flaky(case));
            counts.late += usize::from(is_late(case));
        }
        counts
    }
}

/// Whether several attempts ended differently.
pub(crate) fn is_flaky(case: &CaseRecord) -> bool {
    case.attempts.iter().any(|attempt| *attempt != case.verdict)
}

/// Whether a server was right, but not within the suite's time limits. Nothing
/// else is told of a case that went well each time.
pub(crate) fn is_late(case: &CaseRecord) -> bool {
    case.verdict.behaviour == Behaviour::Ok
        && case.verdict.closed_well()
        && !is_flaky(case)
        && case.explanation.is_some()
}
